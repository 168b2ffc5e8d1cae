//! The checkout machine: what happens to one order in one page, decided in one place.
//!
//! ```text
//! (Checkout, Event) --step--> (Checkout, Vec<Effect>)        Checkout --view--> View
//! ```
//!
//! ```
//! use paywith_checkout::{
//!     Checkout, Config, Context, Effect, Event, Mode, Now, ScreenModel, step, view,
//! };
//! use paywith_protocol::{AttemptKey, Provider};
//!
//! let key = AttemptKey::parse("00000000-0000-4000-8000-000000000001").expect("a UUID");
//! let context = Context {
//!     now: Now { monotonic_ms: 0, wall_ms: 1_700_000_000_000 },
//!     fresh_key: key,
//!     jitter_permille: 0,
//!     stored: &|| None,
//! };
//! let config = Config {
//!     order: "INV-1".to_owned(),
//!     providers: Some(vec![Provider::Cashi]),
//!     hint: None,
//!     mode: Mode::Auto,
//!     success_url: None,
//!     is_resuming: true,
//!     is_disabled: false,
//! };
//! let opened = Event::Opened { config: Ok(config), record: None, returned: None };
//! let (checkout, _) = step(Checkout::new(), opened, &context);
//! assert!(matches!(view(&checkout).screen, ScreenModel::Choose { .. }));
//!
//! let (_, effects) = step(checkout, Event::StartAsked(None), &context);
//! assert!(effects.contains(&Effect::ProposeStart(Provider::Cashi)));
//! ```
//!
//! Times are milliseconds (`…_ms`), of the monotonic clock unless the name says `wall`. No function fails:
//! what went wrong outside arrives as a [`Failure`] or a [`Fault`], and shows beside the state or in it.
//!
//! It deliberately knows no clock, no randomness, no browser and no provider's words: time, ids
//! and jitter arrive with each step as a [`Context`], answers arrive already read. Invariants:
//!
//! - [`Verified`] can be made only where a status answer says `paid`, so nothing else can
//!   show success (contract 4.1). No create answer, return address or storage leads there.
//! - `paid` is left for `refunded` only ([`paywith_protocol::Status::merge`], contract 4.2).
//! - Trouble is a property beside the state, never a state: a failed call cannot fail a payment.
//! - One create and one status call are in flight at the most; a retry carries the same key.
//! - Another tab, a window's message, an address or storage can only cause a question.
//! - What was shown is watched on: replaced and ended payments for 15 minutes more.
//!
//! One direction: data, `model`, `transition` (the one writer of the state), `flow`s that are strangers
//! to each other, and [`step()`], which alone knows them all. [`view()`] reads the model. Start at [`step()`].

// The invariants are shared with the integration tests, which name the crate from outside.
#[cfg(test)]
extern crate self as paywith_checkout;

mod context;
mod effect;
mod event;
mod fault;
mod flow;
mod memory;
mod model;
mod polling;
mod record;
#[cfg(test)]
mod simulation;
mod step;
mod step_context;
mod tab_message;
mod time;
mod transition;
mod view;

pub use context::Context;
pub use effect::{CreateRequest, Effect, Moment, Snapshot};
pub use event::{Answer, Config, Drawing, Event, Failure, Mode, Returned};
pub use fault::{Fault, FaultCode, FaultKind};
pub use model::{Check, Checkout, PictureNote, Support, Verified};
pub use paywith_qris::Payee;
pub use record::{Attempt, Record, StoredPayment, StoredWatch};
pub use step::step;
pub use tab_message::TabMessage;
pub use time::Now;
pub use view::{
    CodeScreen, Countdown, Difference, Ending, Picture, ScreenModel, Trouble, View, view,
};
