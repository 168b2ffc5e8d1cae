//! What several screens share.

mod button;
mod element;
mod money;
mod text;
mod trouble;

pub(crate) use button::{CopyLabels, actions, button, check, copy_button, link, pay_button};
pub(crate) use element::{Look, group, labeled_group, live_text, text};
pub(crate) use money::{amount, total};
pub(crate) use text::{foreign_text, heading, note, notice, sign, span};
pub(crate) use trouble::{retry_line, support};
