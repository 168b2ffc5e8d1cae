//! How a payment stands for the shopper, and what may be asked of that: the named predicates.

use super::code::Code;
use super::verified::Verified;

/// How a payment stands for the shopper.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Its code is on the screen.
    Code(Code),
    /// The shopper is being sent to this hosted page.
    Leaving { url: String },
    /// This hosted page is open in a window of its own.
    Window,
    /// Its truth is being asked for the first time.
    Checking,
    /// It waits for the shopper elsewhere: not paid yet.
    Open,
    /// Its time is over; the last check runs until this moment of the monotonic clock.
    Confirming { until_ms: u64 },
    /// Its time ran out, by the backend's answer or after the last check.
    Expired,
    /// Declined by the provider.
    Failed,
    /// Given up by the shopper, here or at the provider.
    Canceled,
    /// Money is on its way, or a person must look.
    Processing,
    /// The only way to success: a status answer that said so.
    Paid(Verified),
    /// The money was given back.
    Refunded,
}

impl Stage {
    /// A status answer has said so.
    pub(crate) fn is_paid(&self) -> bool {
        matches!(self, Stage::Paid(_))
    }

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

    /// Money has come, or is on its way.
    pub(crate) fn has_money(&self) -> bool {
        self.is_final() || matches!(self, Stage::Processing)
    }

    /// The shopper may go on to the hosted page or the code.
    pub(crate) fn can_continue(&self) -> bool {
        matches!(self, Stage::Open | Stage::Leaving { .. } | Stage::Checking)
    }

    /// It stands so only until an answer says how the payment stands.
    pub(crate) fn is_provisional(&self) -> bool {
        matches!(self, Stage::Checking | Stage::Confirming { .. } | Stage::Processing)
    }

    /// What the tab that polls says of the time left counts here, too.
    pub(crate) fn follows_leader(&self) -> bool {
        matches!(self, Stage::Code(_) | Stage::Open | Stage::Window)
    }

    /// Only its proof leads to paid, and paid is left for refunded only.
    pub(crate) fn may_become(&self, next: &Stage) -> bool {
        if self.is_paid() { matches!(next, Stage::Refunded) } else { !self.is_final() }
    }

    /// When the last check of a code ends, in milliseconds of the monotonic clock.
    pub(crate) fn confirms_until_ms(&self) -> Option<u64> {
        if let Stage::Confirming { until_ms } = self { Some(*until_ms) } else { None }
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
