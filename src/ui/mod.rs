//! The screen: draws the view model and reports what the shopper did. It decides nothing.
//!
//! A screen is a function from the model to a [`node::Node`]; Leptos draws it anew when the model
//! changes, and `node` changes on the page what differs.

mod announce;
mod app;
mod desk;
mod node;
mod parts;
mod press;
mod screens;
pub(crate) mod text;

pub(crate) use app::app;
pub(crate) use desk::Desk;
pub(crate) use press::{Press, Presses};
pub(crate) use screens::fault_sentence;

/// The widget's styles, for the page's constructable style sheet.
pub(crate) const STYLE: &str = include_str!("style.css");
