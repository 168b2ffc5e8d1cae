//! The states, each with its data. How a payment stands is `stage.rs`.
//!
//! `transition.rs` is the only file that assigns one.

use super::payment::TrackedPayment;
use super::stage::Stage;
use crate::fault::Fault;
use crate::record::Attempt;
use crate::time::Now;
use paywith_protocol::PaymentId;

/// Where the checkout stands.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Before the element is on the page.
    Unopened,
    /// An attribute is missing or wrong; a change of it goes on.
    Broken(Fault),
    /// The buttons, with what went wrong before, if anything did.
    Choosing { notice: Option<Fault> },
    /// The record tells of a payment that another tab of this browser has open.
    OtherTab,
    /// A payment is being asked for.
    Creating(Creating),
    /// A payment exists.
    Paying { tracked: Box<TrackedPayment>, stage: Stage },
}

/// What is known of the backend's offer.
#[derive(Clone, Debug)]
pub(crate) enum OfferState {
    /// Not needed, or not yet.
    Unasked,
    /// The call is in flight; ended at `give_up_at_ms` of the monotonic clock.
    Loading { call: u32, give_up_at_ms: u64, failures: u32 },
    /// It failed; asked again at this moment.
    Waiting { retry_at_ms: u64, failures: u32 },
    /// The backend's answer.
    Known(Box<paywith_protocol::Offer>),
}

/// A payment is being asked for: in flight, or waiting to be asked again with the same key.
#[derive(Clone, Debug)]
pub(crate) struct Creating {
    /// What is asked for, and under which key.
    pub(crate) attempt: Attempt,
    /// In flight, or waiting.
    pub(crate) phase: CreatePhase,
    pub(crate) failures: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CreatePhase {
    /// The call left at `sent_at`; ended and sent again at `give_up_at_ms` of the monotonic clock.
    InFlight { call: u32, sent_at: Now, give_up_at_ms: u64 },
    /// It leaves again at this moment of the monotonic clock.
    Waiting { retry_at_ms: u64 },
}

/// The window of its own in which a hosted page is shown (mode `popup`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PopupWindow {
    /// None was wanted.
    Unused,
    /// The shopper has it in front, or behind.
    Open,
    /// The shopper closed it.
    Closed,
    /// The browser did not allow it: the page goes there itself.
    Blocked,
}

/// The shopper asked whether the payment has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The answer is on its way.
    Asked,
    /// It was not paid then.
    Answered {
        /// By the device's wall clock, ms since 1970.
        at_wall_ms: u64,
    },
}

/// A call from before the page was hidden, or before the clocks disagreed, is ended when it is older than
/// this.
pub(crate) const STALE_CALL_MS: u64 = 3_000;

/// The status call in flight.
#[derive(Clone, Debug)]
pub(crate) struct StatusCall {
    pub(crate) call: u32,
    /// The payment that it asks about: an answer about another one is refused.
    pub(crate) id: PaymentId,
    /// When it left: the age of its answer is counted from here.
    pub(crate) sent_at: Now,
    /// Ended then, on the monotonic clock.
    pub(crate) give_up_at_ms: u64,
    /// It waits for news at the backend, for so many ms; 0: it is answered at once.
    pub(crate) wait_ms: u64,
}

/// What the last call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionTrouble {
    /// There was no answer at all, rather than one that cannot be used.
    pub(crate) is_network: bool,
}
