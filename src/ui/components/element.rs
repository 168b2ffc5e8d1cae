//! Elements with a text, and elements with children.
//!
//! All of them share two types: Leptos compiles whatever type a view has on its own, and a shopper's phone
//! would load each of them (see `docs/adr`).
//!
//! A text is set through its element, never as a node of its own: page translators and extensions replace
//! the nodes of texts, and the sentence would stay as it was.

use leptos::html::custom;
use leptos::prelude::*;
use leptos::tachys::html::property::IntoProperty;
use web_sys::Element;

/// The tag and the attributes of an element; `tag` is written in upper case, as the browser answers it.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) tag: &'static str,
    pub(crate) class: &'static str,
    pub(crate) part: Option<&'static str>,
    pub(crate) role: Option<&'static str>,
    /// `ltr`, `rtl`, or `auto` for a name that may be of any script.
    pub(crate) dir: Option<&'static str>,
    /// `no` for what a page translator must leave alone: amounts, times, names and ids.
    pub(crate) translate: Option<&'static str>,
    /// What makes `role` and the like complete.
    pub(crate) other: Option<(&'static str, &'static str)>,
}

impl Look {
    pub(crate) const fn new(tag: &'static str, class: &'static str) -> Look {
        Look { tag, class, part: None, role: None, dir: None, translate: None, other: None }
    }

    pub(crate) const fn part(self, part: &'static str) -> Look {
        Look { part: Some(part), ..self }
    }

    pub(crate) const fn role(self, role: &'static str) -> Look {
        Look { role: Some(role), ..self }
    }

    /// For what belongs to others: in a direction of its own, and never translated.
    pub(crate) const fn foreign(self, dir: &'static str) -> Look {
        Look { dir: Some(dir), translate: Some("no"), ..self }
    }

    pub(crate) const fn untranslated(self) -> Look {
        Look { translate: Some("no"), ..self }
    }

    pub(crate) const fn dir(self, dir: &'static str) -> Look {
        Look { dir: Some(dir), ..self }
    }

    pub(crate) const fn with(self, name: &'static str, value: &'static str) -> Look {
        Look { other: Some((name, value)), ..self }
    }
}

/// An element with a text.
pub(crate) fn text(look: Look, words: String) -> AnyView {
    text_element(look, Text(words))
}

/// An element with a text that changes by itself.
pub(crate) fn live_text(look: Look, words: impl Fn() -> String + Send + 'static) -> AnyView {
    let words: Box<dyn Fn() -> String + Send> = Box::new(words);
    text_element(look, move || Text(words()))
}

fn text_element(look: Look, text: impl IntoProperty + Send + 'static) -> AnyView {
    custom(look.tag)
        .class(look.class)
        .part(look.part)
        .role(look.role)
        .dir(look.dir)
        .translate(look.translate)
        .prop("", Other(look.other))
        .prop("textContent", text)
        .into_any()
}

/// An element with children; one that is `None` keeps its place, so that the others stay the same elements.
pub(crate) fn group(look: Look, children: Vec<Option<AnyView>>) -> AnyView {
    labeled_group(look, None, children)
}

/// The same, with a name that is read out.
pub(crate) fn labeled_group(
    look: Look,
    label: Option<String>,
    children: Vec<Option<AnyView>>,
) -> AnyView {
    custom(look.tag)
        .class(look.class)
        .part(look.part)
        .role(look.role)
        .dir(look.dir)
        .translate(look.translate)
        .prop("", Other(look.other))
        .aria_label(label)
        .child(children)
        .into_any()
}

/// One attribute of any name. Leptos keeps an element for what follows in its place, and would leave an attribute
/// behind that the next one does not have: a screen reader would pass over what came after an `aria-hidden` sign.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Other(Option<(&'static str, &'static str)>);

impl Other {
    fn write(self, element: &Element) {
        // Our own names and values: none of them is refused.
        if let Some((name, value)) = self.0 {
            element.set_attribute(name, value).unwrap_or(());
        }
    }
}

impl IntoProperty for Other {
    type State = (Element, Other);
    type Cloneable = Other;
    type CloneableOwned = Other;

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element, key: &str) -> Self::State {
        self.build(element, key)
    }

    fn build(self, element: &Element, _key: &str) -> Self::State {
        self.write(element);
        (element.clone(), self)
    }

    fn rebuild(self, (element, before): &mut Self::State, _key: &str) {
        if self == *before {
            return;
        }
        if let Some((name, _)) = before.0 {
            element.remove_attribute(name).unwrap_or(());
        }
        self.write(element);
        *before = self;
    }

    fn into_cloneable(self) -> Other {
        self
    }

    fn into_cloneable_owned(self) -> Other {
        self
    }
}

/// The whole text of an element. The same text again changes nothing: what is set anew is read out anew.
#[derive(Clone)]
pub(super) struct Text(pub(super) String);

impl IntoProperty for Text {
    type State = (Element, String);
    type Cloneable = Text;
    type CloneableOwned = Text;

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element, key: &str) -> Self::State {
        self.build(element, key)
    }

    fn build(self, element: &Element, _key: &str) -> Self::State {
        element.set_text_content(Some(&self.0));
        (element.clone(), self.0)
    }

    fn rebuild(self, (element, before): &mut Self::State, _key: &str) {
        if self.0 != *before {
            element.set_text_content(Some(&self.0));
            *before = self.0;
        }
    }

    fn into_cloneable(self) -> Text {
        self
    }

    fn into_cloneable_owned(self) -> Text {
        self
    }
}
