//! The screens: Leptos views of the checkout's view model. They decide nothing; what the shopper presses
//! goes out as an [`Action`].
//!
//! Start at [`Ui`], the signals; then `app`, the frame around every screen, `screens`, one function for each
//! variant of the view model, and `components`, what several screens share.

mod action;
mod announce;
mod app;
mod components;
#[cfg(test)]
mod first_screen;
pub(crate) mod i18n;
mod mount;
pub(crate) mod names;
mod screens;
mod signals;
#[cfg(all(test, target_arch = "wasm32"))]
mod tests;

pub(crate) use action::Action;
pub(crate) use mount::Mount;
pub(crate) use screens::fault_message;
pub(crate) use signals::{Device, Ui};

/// The styles of what the loader does not draw, for a constructable style sheet; `first_screen.css` has the
/// others.
pub(crate) const STYLE: &str = include_str!("style.css");
