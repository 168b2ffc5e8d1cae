//! What several screens share.

mod button;
mod element;
pub(crate) mod icon;
mod money;
mod text;
mod trouble;

pub(crate) use button::{
    CopyLabels, button, check, copy_button, icon_button, link, links, named_copy_button,
    pay_button, sign_button, single_pay_button, ways,
};
pub(crate) use element::{Look, group, labeled_group, live_text, text};
pub(crate) use money::{amount, marked_amount, total};
pub(crate) use text::{foreign_text, heading, note, notice, plain_sign, ring, sign, span};
pub(crate) use trouble::{retry_line, support};
