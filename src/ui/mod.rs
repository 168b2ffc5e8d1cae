//! The screen: draws the view model and reports what the shopper did. It decides nothing.
//!
//! Everything is written in builder form (`html::div()`), never with `view!`: the macro writes
//! static parts with `innerHTML`, which a page under Trusted Types refuses.

mod announce;
mod app;
mod bridge;
mod parts;
mod screens;
pub(crate) mod text;

pub(crate) use app::app;
pub(crate) use bridge::{Bridge, Reporter};
pub(crate) use screens::fault_sentence;

/// The widget's styles, for the page's constructable style sheet.
pub(crate) const STYLE: &str = include_str!("style.css");
