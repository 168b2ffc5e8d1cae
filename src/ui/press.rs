//! What the shopper pressed. One listener hears every button, so that a button is nothing but its
//! attributes.

use paywith_protocol::Provider;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget};

/// The attribute that says what a press on an element means.
pub(crate) const ATTRIBUTE: &str = "data-press";

/// What a press means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    Start(Provider),
    Check,
    Continue,
    Renew,
    Cancel,
    Reset,
    /// The exact amount goes to the clipboard.
    Copy,
    /// The code's payload goes to the clipboard.
    CopyCode,
    /// What the shop's support needs goes to the clipboard.
    Support,
}

impl Press {
    const PLAIN: [Press; 8] = [
        Press::Check,
        Press::Continue,
        Press::Renew,
        Press::Cancel,
        Press::Reset,
        Press::Copy,
        Press::CopyCode,
        Press::Support,
    ];

    /// The attribute's value.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Press::Start(provider) => provider.id(),
            Press::Check => "check",
            Press::Continue => "continue",
            Press::Renew => "renew",
            Press::Cancel => "cancel",
            Press::Reset => "reset",
            Press::Copy => "copy",
            Press::CopyCode => "copy-code",
            Press::Support => "support",
        }
    }

    fn parse(word: &str) -> Option<Press> {
        let plain = Press::PLAIN.into_iter().find(|press| press.word() == word);
        plain.or_else(|| Provider::parse(word).map(Press::Start))
    }
}

/// Hears presses on everything inside an element, until it is dropped.
pub(crate) struct Presses {
    target: EventTarget,
    heard: Closure<dyn FnMut(Event)>,
}

impl Presses {
    pub(crate) fn listen(target: EventTarget, report: impl Fn(Press) + 'static) -> Presses {
        let heard = Closure::new(move |event: Event| {
            // A press on a button's label is one on the button. Where a script pressed something
            // that is no element, `closest` fails, and nothing is reported.
            let Some(pressed) = event.target() else { return };
            let pressed: Element = pressed.unchecked_into();
            let element = pressed.closest(&["[", ATTRIBUTE, "]"].concat()).ok().flatten();
            let word = element.and_then(|element| element.get_attribute(ATTRIBUTE));
            if let Some(press) = word.and_then(|word| Press::parse(&word)) {
                report(press);
            }
        });
        // Adding a listener only fails on something that is no event target.
        target.add_event_listener_with_callback("click", callback(&heard)).unwrap_or(());
        Presses { target, heard }
    }
}

impl Drop for Presses {
    fn drop(&mut self) {
        let callback = callback(&self.heard);
        self.target.remove_event_listener_with_callback("click", callback).unwrap_or(());
    }
}

fn callback(heard: &Closure<dyn FnMut(Event)>) -> &js_sys::Function {
    AsRef::<JsValue>::as_ref(heard).unchecked_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        let starts = Provider::ALL.map(Press::Start);
        for press in Press::PLAIN.into_iter().chain(starts) {
            assert_eq!(Press::parse(press.word()), Some(press));
        }
        assert_eq!(Press::parse(""), None);
    }
}
