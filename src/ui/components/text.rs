//! Headings, sentences and signs.

use super::element::{Look, group, text};
use super::icon::{Icon, WARNING, icon};
use leptos::prelude::AnyView;

/// A screen's heading; it takes the focus when its screen replaces one that had it.
pub(crate) fn heading(words: String) -> AnyView {
    text(Look::new("H2", "title").part("status").with("tabindex", "-1"), words)
}

/// A sentence below a heading.
pub(crate) fn note(words: String) -> AnyView {
    text(Look::new("P", "note"), words)
}

/// A sentence that must not be overlooked: `notice`, or `notice bad`.
pub(crate) fn notice(class: &'static str, words: String) -> AnyView {
    let words = text(Look::new("P", ""), words);
    group(Look::new("DIV", class).role("alert"), vec![Some(icon("", WARNING)), Some(words)])
}

/// Words inside a line.
pub(crate) fn span(class: &'static str, words: String) -> AnyView {
    text(Look::new("SPAN", class), words)
}

/// A name or an id of others: never translated, in a direction of its own (`auto`, or `ltr` for an id).
pub(crate) fn foreign_text(class: &'static str, dir: &'static str, words: String) -> AnyView {
    text(Look::new("BDI", class).foreign(dir), words)
}

/// A sign above a heading, for the eye only.
pub(crate) fn sign(class: &'static str, icons: Vec<Option<AnyView>>) -> AnyView {
    group(Look::new("DIV", class).with("aria-hidden", "true"), icons)
}

/// A sign of one drawing.
pub(crate) fn plain_sign(class: &'static str, drawing: Icon) -> AnyView {
    sign(class, vec![Some(icon("", drawing))])
}

/// The ring of what is under way.
pub(crate) fn ring() -> AnyView {
    sign("spinner", Vec::new())
}
