//! The checkout as data, and the questions that can be asked of it. What cannot be said here cannot
//! happen.
//!
//! The model knows neither effects nor how one state follows another: that is `transition.rs`, the only
//! file that assigns the state. Start at [`checkout`], [`state`] and [`stage`]. This file lists and
//! re-exports; the others import each other by file, and never in a circle.

mod checkout;
mod code;
mod due;
mod manual_check;
mod pace;
mod payment;
mod polling;
mod presentation;
mod replacement;
mod retired;
mod snapshot;
mod stage;
mod state;
mod support;
mod verified;
mod watches;

pub use checkout::Checkout;
pub(crate) use code::Code;
pub use code::PictureNote;
pub(crate) use manual_check::LEAST_GAP_MS;
pub(crate) use payment::TrackedPayment;
pub(crate) use presentation::Presentation;
pub(crate) use retired::RetiredPayment;
pub(crate) use stage::Stage;
pub use state::Check;
pub(crate) use state::{
    ConnectionTrouble, CreatePhase, Creating, OfferState, PopupWindow, STALE_CALL_MS, State,
    StatusCall,
};
pub use support::Support;
pub use verified::Verified;
pub(crate) use watches::RETIRED_WATCH_MS;
