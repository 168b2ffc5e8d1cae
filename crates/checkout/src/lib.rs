//! The checkout machine: what happens to one order in one page, decided in one place.
//!
//! ```text
//! (Checkout, Event) --step--> (Checkout, Vec<Effect>)        Checkout --view--> View
//! ```
//!
//! It deliberately knows no clock, no randomness, no browser and no provider's words: time, ids
//! and jitter arrive with each step as a [`Context`], answers arrive already read. Invariants:
//!
//! - [`state::Verified`] can be made only where a status answer says `paid`, so nothing else can
//!   show success (contract 4.1). No create answer, return address or storage leads there.
//! - `paid` is left for `refunded` only ([`paywith_protocol::Status::then`], contract 4.2).
//! - Trouble is a property beside the state, never a state: a failed call cannot fail a payment.
//! - One create and one status call are in flight at the most; a retry carries the same key.
//! - Another tab, a window's message, an address or storage can only cause a question.
//! - What was shown is watched on: replaced and ended payments for 15 minutes more.
//!
//! Start at [`step()`], then read [`state`].

mod clock;
mod code;
mod effect;
mod event;
mod fault;
mod history;
mod live;
mod old;
mod open;
mod record;
mod schedule;
mod show;
#[cfg(test)]
mod simulation;
mod start;
pub mod state;
mod step;
mod success;
mod tabs;
mod view;
mod watch;
mod window;

pub use clock::{Context, Now};
pub use effect::{CreateRequest, Effect, Moment, Snapshot};
pub use event::{Answer, Config, Drawing, Event, Failure, Mode, Returned};
pub use fault::{Fault, FaultCode, Kind};
pub use history::Support;
pub use paywith_qris::Payee;
pub use record::{Attempt, Record, Seen, Watched};
pub use state::Checkout;
pub use step::step;
pub use tabs::Word;
pub use view::{
    Check, CodeScreen, Countdown, Difference, Ending, Picture, PictureNote, ScreenModel, Trouble,
    View, view,
};
