//! The screen: draws the view model and reports what the shopper did. It decides nothing.
//!
//! A screen is a function from the model to a [`node::Node`]; Leptos draws it anew when the model
//! changes, and `node` changes on the page what differs.

mod announce;
mod app;
mod bridge;
mod node;
mod parts;
mod screens;
pub(crate) mod text;

pub(crate) use app::app;
pub(crate) use bridge::{Bridge, Reporter};
pub(crate) use screens::fault_sentence;

/// The widget's styles, for the page's constructable style sheet.
pub(crate) const STYLE: &str = include_str!("style.css");
