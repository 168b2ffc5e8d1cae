//! Headings, sentences and signs.

use super::element::{Look, text};
use leptos::prelude::AnyView;

/// A screen's heading; it takes the focus when its screen replaces one that had it.
pub(crate) fn heading(words: String) -> AnyView {
    text(Look::new("H2", "title").part("status").with("tabindex", "-1"), words)
}

/// A sentence below a heading.
pub(crate) fn note(words: String) -> AnyView {
    text(Look::new("P", "note"), words)
}

/// A sentence that must not be overlooked: `notice warning` or `notice danger`.
pub(crate) fn notice(class: &'static str, words: String) -> AnyView {
    text(Look::new("P", class).role("alert"), words)
}

/// Words inside a line.
pub(crate) fn span(class: &'static str, words: String) -> AnyView {
    text(Look::new("SPAN", class), words)
}

/// A name or an id of others: never translated, in a direction of its own (`auto`, or `ltr` for an id).
pub(crate) fn foreign_text(class: &'static str, dir: &'static str, words: String) -> AnyView {
    text(Look::new("BDI", class).foreign(dir), words)
}

/// A sign for the eye only.
pub(crate) fn sign(class: &'static str, sign: &str) -> AnyView {
    text(Look::new("DIV", class).with("aria-hidden", "true"), sign.to_owned())
}
