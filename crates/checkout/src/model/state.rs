//! The states, each with its data, and their named predicates.
//!
//! `transition.rs` is the only file that assigns one.

use super::{Code, TrackedPayment, Verified};
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
    Paying { live: Box<TrackedPayment>, stage: Stage },
}

/// What is known of the backend's offer.
#[derive(Clone, Debug)]
pub(crate) enum OfferState {
    /// Not needed, or not yet.
    Unasked,
    Loading {
        call: u32,
        give_up_at_ms: u64,
        failures: u32,
    },
    /// It failed; asked again at this moment.
    Waiting {
        retry_at_ms: u64,
        failures: u32,
    },
    Known(Box<paywith_protocol::Offer>),
}

/// A payment is being asked for: in flight, or waiting to be asked again with the same key.
#[derive(Clone, Debug)]
pub(crate) struct Creating {
    pub(crate) attempt: Attempt,
    pub(crate) phase: CreatePhase,
    pub(crate) failures: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CreatePhase {
    InFlight { call: u32, sent_at: Now, give_up_at_ms: u64 },
    Waiting { retry_at_ms: u64 },
}

/// How a payment stands for the shopper.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Its code is on the screen.
    Code(Code),
    /// The shopper is being sent to this hosted page.
    Leaving {
        url: String,
    },
    /// This hosted page is open in a window of its own.
    Window,
    /// Its truth is being asked for the first time.
    Checking,
    /// It waits for the shopper elsewhere: not paid yet.
    Open,
    /// Its time is over; the last check runs until this moment of the monotonic clock.
    Confirming {
        until_ms: u64,
    },
    Expired,
    Failed,
    Canceled,
    /// Money is on its way, or a person must look.
    Processing,
    /// The only way to success: a status answer that said so.
    Paid(Verified),
    Refunded,
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

/// The status call in flight.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) call: u32,
    pub(crate) id: PaymentId,
    pub(crate) sent_at: Now,
    pub(crate) give_up_at_ms: u64,
    /// It waits for news at the backend, for so many ms; 0: it is answered at once.
    pub(crate) wait_ms: u64,
}

/// What the last call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionTrouble {
    pub(crate) is_network: bool,
}

impl Stage {
    /// Paid, or given back: the shopper is done.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Stage::Paid(_) | Stage::Refunded)
    }

    /// It ended without success, as far as is known here.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self, Stage::Expired | Stage::Failed | Stage::Canceled)
    }

    /// The shopper can still pay, and may give up.
    pub(crate) fn waits_for_shopper(&self) -> bool {
        matches!(
            self,
            Stage::Code(_) | Stage::Leaving { .. } | Stage::Window | Stage::Checking | Stage::Open
        )
    }

    /// Another payment may take its place.
    pub(crate) fn may_be_replaced(&self) -> bool {
        matches!(self, Stage::Open) || self.has_ended()
    }

    /// Nothing but news of the status is awaited, so that the backend may hold the call until there is some.
    pub(crate) fn may_wait_for_news(&self) -> bool {
        matches!(
            self,
            Stage::Code(_)
                | Stage::Leaving { .. }
                | Stage::Window
                | Stage::Open
                | Stage::Processing
        )
    }

    /// One stable word for the stage.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Stage::Code(_) => "code",
            Stage::Leaving { .. } => "leaving",
            Stage::Window => "window",
            Stage::Checking => "checking",
            Stage::Open => "open",
            Stage::Confirming { .. } => "confirming",
            Stage::Expired => "expired",
            Stage::Failed => "failed",
            Stage::Canceled => "canceled",
            Stage::Processing => "processing",
            Stage::Paid(_) => "paid",
            Stage::Refunded => "refunded",
        }
    }
}
