//! What is to be done, in the imperative. The shell does it and decides nothing.

use crate::fault::Fault;
use crate::record::Record;
use crate::tab_message::TabMessage;
use paywith_protocol::{AttemptKey, Money, PaymentId, Provider, Review, Status};

/// One thing for the shell to do, in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask what can be paid.
    LoadOffer {
        /// To be repeated in the answer.
        call: u32,
    },
    /// Ask the page whether this start may go on (`paystart`); if so, report `StartAllowed`.
    ProposeStart(Provider),
    /// Ask for a payment.
    Create {
        /// To be repeated in the answer.
        call: u32,
        /// What to ask for.
        request: CreateRequest,
    },
    /// Ask how a payment stands.
    FetchStatus {
        /// To be repeated in the answer.
        call: u32,
        /// Which payment.
        id: PaymentId,
        /// Its provider, where it is known: only then can a native answer be read.
        provider: Option<Provider>,
        /// The status known so far.
        status: Status,
        /// The backend may answer this much later, in ms, or as soon as the status is another one.
        wait_ms: Option<u64>,
    },
    /// Tell the backend that the shopper gave up. Its answer is of no interest.
    CancelPayment {
        /// Which payment.
        id: PaymentId,
        /// Its provider.
        provider: Option<Provider>,
    },
    /// End a call; no answer of it may arrive afterwards.
    Abort {
        /// The call.
        call: u32,
    },
    /// Keep this for the next document of this browser, before anything that follows in the list.
    /// [`Record::reconcile`] merges it with what another tab has stored; if the other one wins, report
    /// `TabMessageReceived` with it.
    Remember(Record),
    /// Draw a code that holds these very bytes and report `CodeDrawn`.
    DrawCode {
        /// Whose code.
        id: PaymentId,
        /// A payload that passed its checks; not always UTF-8.
        bytes: Vec<u8>,
    },
    /// Send the shopper to this checked address, unless the page objects (`redirecting`).
    Navigate {
        /// An absolute https address.
        url: String,
    },
    /// The payment is done: go to the page's own next address, in this window.
    Leave {
        /// An absolute address, checked.
        url: String,
    },
    /// Open an empty window, in the click that brought this here; report `WindowBlocked` if the
    /// browser refuses. If it is open already, bring it to the front.
    OpenWindow,
    /// Show this checked address in that window, unless the page objects (`redirecting`); report
    /// `WindowClosed` when the shopper closes it.
    ShowInWindow {
        /// An absolute https address.
        url: String,
    },
    /// Close that window; no report of it may come afterwards.
    CloseWindow,
    /// Try to become the leader, the tab that polls, and report `LeadershipChanged`; or step down.
    RequestLeadership(bool),
    /// Send this to the other tabs of this browser with the same order.
    Broadcast(TabMessage),
    /// Dispatch the event of this moment on the element. If the page prevents `paid`, report `StayAsked`.
    Emit(Moment, Box<Snapshot>),
    /// Dispatch the `fault` event.
    EmitFault(Fault),
    /// Resolve the promise of `start()` with the outcome.
    Resolve(Box<Snapshot>),
    /// Reject the promise of `start()`.
    Reject(Fault),
    /// Report `Ticked` at this moment of the monotonic clock, and at no other that an earlier one of
    /// these named; `None`: at none. It is reported each half second besides, while the view counts down.
    Wake {
        /// Milliseconds of the monotonic clock.
        at_ms: Option<u64>,
    },
}

/// What to ask for in a create call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRequest {
    /// The same on every retry of one attempt.
    pub key: AttemptKey,
    /// Who shall take the money.
    pub provider: Provider,
    /// The payment that this one replaces.
    pub supersedes: Option<PaymentId>,
}

/// A moment in the life of a payment: an event for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The widget can be used.
    Ready,
    /// A payment exists.
    Created,
    /// The status is another one than before.
    StatusChange,
    /// Money is on its way, or a person must look.
    Processing,
    /// Verified. `replayed` after a reload.
    Paid {
        /// An earlier document of this browser has received it already.
        replayed: bool,
    },
    /// Declined.
    Failed,
    /// Given up.
    Canceled,
    /// Time ran out.
    Expired,
    /// Another payment took this one's place.
    Superseded,
    /// Given back.
    Refunded,
    /// The shopper closed the dialog; the payment may still come.
    Dismissed,
}

impl Moment {
    /// The event's name.
    pub fn name(self) -> &'static str {
        match self {
            Moment::Ready => "ready",
            Moment::Created => "created",
            Moment::StatusChange => "statuschange",
            Moment::Processing => "processing",
            Moment::Paid { .. } => "paid",
            Moment::Failed => "failed",
            Moment::Canceled => "canceled",
            Moment::Expired => "expired",
            Moment::Superseded => "superseded",
            Moment::Refunded => "refunded",
            Moment::Dismissed => "dismissed",
        }
    }
}

/// A payment as the page sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// `None` before there is a payment.
    pub payment_id: Option<PaymentId>,
    /// The order reference of the element.
    pub order: String,
    /// Who takes the money.
    pub provider: Option<Provider>,
    /// How far it is.
    pub status: Option<Status>,
    /// What is paid, exactly.
    pub amount: Option<Money>,
    /// The order's price before a unique code.
    pub base_amount: Option<Money>,
    /// Money came that a person must look at.
    pub review: Option<Review>,
    /// Play money.
    pub test: bool,
    /// When the backend's answer said paid, by the device's wall clock, ms since 1970.
    pub verified_at_wall_ms: Option<u64>,
}
