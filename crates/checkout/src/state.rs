//! The states, each with its data. What cannot be said here cannot happen.

use crate::clock::{Clocks, Deadline, Now};
use crate::effect::Snapshot;
use crate::event::{Config, Drawing, Returned};
use crate::fault::Fault;
use crate::planted::{self, Defect};
use crate::schedule::{FIRST_GAP_MS, LONGEST_GAP_MS};
use crate::window::Window;
use paywith_protocol::{Action, Money, Payment, PaymentId, Provider, Review, Status};
use paywith_qris::Payee;

pub use crate::record::{Attempt, Record, Seen, Watched};
pub use crate::watch::Verified;

/// The checkout of one order in one page.
#[derive(Clone, Debug)]
pub struct Checkout {
    pub(crate) config: Option<Config>,
    pub(crate) state: State,
    /// What the next document of this browser should know.
    pub(crate) record: Record,
    /// Payments that were shown and are not shown any more; asked slowly.
    pub(crate) old: Vec<Old>,
    /// The one status call in flight.
    pub(crate) asking: Option<Asking>,
    /// What the last calls ran into; shown beside whatever the state is.
    pub(crate) trouble: Option<Hindrance>,
    /// What the backend offers, once asked.
    pub(crate) offer: OfferState,
    pub(crate) returned: Option<Returned>,
    pub(crate) record_on_load: Option<Record>,
    /// Payment ids whose `paid` this document was told.
    pub(crate) told_paid: Vec<PaymentId>,
    pub(crate) is_visible: bool,
    pub(crate) clocks: Option<Clocks>,
    pub(crate) calls: u32,
    /// When the last status call went out, on the monotonic clock.
    pub(crate) last_ask_ms: Option<u64>,
    /// The server asked for a pause until then, on the monotonic clock.
    pub(crate) pause_until_ms: u64,
    /// Long waits that something on the way cut off: after two of them there are none any more.
    pub(crate) cut_waits: u32,
    /// This tab asks; others mirror it.
    pub(crate) is_leading: bool,
    /// What the last [`crate::Effect::Lead`] said.
    pub(crate) wants_lead: bool,
    /// The hosted page's own window.
    pub(crate) window: Window,
    /// When the page goes to its `success-url`, on the monotonic clock.
    pub(crate) leave_at_ms: Option<u64>,
    /// What became of the shopper's own look at the payment.
    pub(crate) check: Option<crate::view::Check>,
    /// Faults of the page's surroundings that its developer was told of.
    pub(crate) noticed: Vec<Fault>,
    /// When it came into which state, by the device's wall clock.
    pub(crate) history: Vec<(u64, &'static str)>,
}

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
    Elsewhere,
    /// A payment is being asked for.
    Creating(Creating),
    /// A payment exists.
    Paying { live: Box<Live>, stage: Stage },
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

/// The code of a payment and how it is shown.
#[derive(Clone, Debug)]
pub(crate) enum Code {
    /// Sound; being drawn.
    Drawing,
    /// Sound and drawn.
    Drawn(Drawing),
    /// Sound and drawn, on a page that refuses pictures: its outline is shown.
    Outlined(Drawing),
    /// Not ours to draw: the provider's picture, and why.
    Provided { image: String, note: crate::view::PictureNote },
    /// No picture at all, but the provider's own page shows one.
    Elsewhere,
}

/// A payment that exists, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) id: PaymentId,
    /// The order as the backend calls it.
    pub(crate) order: Option<String>,
    pub(crate) provider: Option<Provider>,
    pub(crate) status: Status,
    pub(crate) amount: Option<Money>,
    pub(crate) base_amount: Option<Money>,
    pub(crate) action: Option<Action>,
    pub(crate) merchant_name: Option<String>,
    /// Who is paid, as the code on the screen says.
    pub(crate) payee: Payee,
    /// The shopper's app may ask for a tip beside the code's amount.
    pub(crate) asks_for_tip: bool,
    pub(crate) review: Option<Review>,
    pub(crate) test: bool,
    pub(crate) expires_at: Option<String>,
    pub(crate) deadline: Option<Deadline>,
    /// The time left as the last answer named it, in ms, and when.
    pub(crate) told_left: Option<(u64, Now)>,
    pub(crate) pace: Pace,
    /// The longest wait that the backend takes with a status call, in ms.
    pub(crate) wait_ms: Option<u64>,
    /// When an answer last told of it in this document, on the monotonic clock.
    pub(crate) told_ms: Option<u64>,
    /// A status answer has told of it in this document.
    pub(crate) is_confirmed: bool,
    /// An earlier document of this browser was told that it is paid.
    pub(crate) was_told_paid: bool,
    /// It ended, or was replaced, before it was paid.
    pub(crate) is_late: bool,
}

/// When the next status call is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Monotonic; `None` when nothing more is to be asked.
    pub(crate) due_at_ms: Option<u64>,
    pub(crate) gap_ms: u64,
    /// The server's pace: a minimum.
    pub(crate) least_gap_ms: u64,
    pub(crate) failures: u32,
    /// The next call may wait for news; one that was asked for by hand answers at once.
    pub(crate) may_wait: bool,
    /// Ended payments are asked until then.
    pub(crate) until: Option<Deadline>,
}

/// A payment that was shown before.
#[derive(Clone, Debug)]
pub(crate) struct Old {
    pub(crate) live: Box<Live>,
    /// Monotonic; `u64::MAX` while it is being asked, and nobody has asked for another look.
    pub(crate) due_at_ms: u64,
    pub(crate) until: Deadline,
    /// An address named another payment, which may turn out not to exist: then this one comes back.
    pub(crate) made_room: bool,
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

/// What stands in the way of the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hindrance {
    pub(crate) is_network: bool,
}

/// Within this time two answers may well name the same time left.
const SAME_ANSWER_MS: u64 = 5_000;

impl Checkout {
    /// A checkout that waits for [`crate::Event::Opened`].
    pub fn new() -> Checkout {
        Checkout {
            config: None,
            state: State::Unopened,
            record: Record::default(),
            old: Vec::new(),
            asking: None,
            trouble: None,
            offer: OfferState::Unasked,
            returned: None,
            record_on_load: None,
            told_paid: Vec::new(),
            is_visible: true,
            clocks: None,
            calls: 0,
            last_ask_ms: None,
            pause_until_ms: 0,
            cut_waits: 0,
            is_leading: true,
            wants_lead: false,
            window: Window::Unused,
            leave_at_ms: None,
            check: None,
            noticed: Vec::new(),
            history: Vec::new(),
        }
    }

    /// The payment as the page sees it; the order alone before there is one.
    pub fn snapshot(&self) -> Box<Snapshot> {
        let mut snapshot = Box::<Snapshot>::default();
        if let Some(config) = &self.config {
            snapshot.order.clone_from(&config.order);
        }
        if let State::Paying { live, stage } = &self.state {
            snapshot.payment_id = Some(live.id.clone());
            snapshot.provider = live.provider;
            snapshot.status = self.shown_status();
            snapshot.amount = live.amount;
            snapshot.base_amount = live.base_amount;
            snapshot.review = live.review;
            snapshot.test = live.test;
            if let Stage::Paid(verified) = stage {
                snapshot.verified_at_wall_ms = Some(verified.at_wall_ms());
            }
        }
        snapshot
    }

    /// The status as the page is told it: an end that was decided here (time ran out, the shopper
    /// gave up) counts while the backend still says pending.
    pub(crate) fn shown_status(&self) -> Option<Status> {
        let State::Paying { live, stage } = &self.state else { return None };
        Some(match (stage, live.status) {
            (Stage::Expired, Status::Pending) => Status::Expired,
            (Stage::Canceled, Status::Pending) => Status::Canceled,
            (_, status) => status,
        })
    }

    /// One stable word for the state, for `element.state` and the event log.
    pub fn state_word(&self) -> &'static str {
        match &self.state {
            State::Unopened => "unopened",
            State::Broken(_) => "broken",
            State::Choosing { .. } => "choosing",
            State::Elsewhere => "elsewhere",
            State::Creating(_) => "creating",
            State::Paying { stage, .. } => match stage {
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
            },
        }
    }

    /// Whether the address bar says that the shopper comes back from a provider.
    pub fn has_returned(&self) -> bool {
        self.returned.is_some()
    }
}

impl Default for Checkout {
    fn default() -> Checkout {
        Checkout::new()
    }
}

impl Live {
    /// A payment known by its id alone: from storage, or from the address bar.
    pub(crate) fn by_id(id: PaymentId, provider: Option<Provider>) -> Box<Live> {
        Box::new(Live {
            id,
            order: None,
            provider,
            status: Status::Pending,
            amount: None,
            base_amount: None,
            action: None,
            merchant_name: None,
            payee: Payee::default(),
            asks_for_tip: false,
            review: None,
            test: false,
            expires_at: None,
            deadline: None,
            told_left: None,
            pace: Pace::fresh(),
            wait_ms: None,
            told_ms: None,
            is_confirmed: false,
            was_told_paid: false,
            is_late: false,
        })
    }

    /// Whether an answer names the very time left that another one named some time ago: it comes from a
    /// cache, or from a backend that does not count, and must not put the end off.
    fn is_told_again(&self, left_ms: u64, now: Now) -> bool {
        self.told_left.is_some_and(|(told_ms, told_at)| {
            // By the clock that nobody sets: a deadline is based anew when the other one was.
            let passed_ms = now.monotonic_ms.saturating_sub(told_at.monotonic_ms);
            told_ms == left_ms && passed_ms > SAME_ANSWER_MS
        })
    }

    /// It ended without success, as the backend says.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.status, Status::Expired | Status::Failed | Status::Canceled)
    }

    /// Takes over what an answer says. What it does not say stays: a native status answer has
    /// neither action nor price. The status obeys [`Status::then`]. The answer may be `age_ms` old.
    pub(crate) fn learn(&mut self, payment: &Payment, now: Now, age_ms: u64) {
        self.told_ms = Some(now.monotonic_ms);
        self.provider = Some(payment.provider);
        self.status = if planted::is_on(Defect::FailureOverwritesPaid) {
            payment.status
        } else {
            self.status.then(payment.status)
        };
        self.order = payment.order.clone().or(self.order.take());
        self.wait_ms = payment.wait_ms;
        self.amount = payment.amount.or(self.amount);
        self.base_amount = payment.base_amount.or(self.base_amount);
        self.action = payment.action.clone().or(self.action.take());
        self.merchant_name = payment.merchant_name.clone().or(self.merchant_name.take());
        self.review = payment.review;
        self.test = payment.test || self.test;
        self.expires_at = payment.expires_at.clone().or(self.expires_at.take());
        if let Some(left_ms) = payment.expires_in_ms
            && !self.is_told_again(left_ms, now)
        {
            self.deadline = Some(Deadline::after(now, left_ms.saturating_sub(age_ms)));
            self.told_left = Some((left_ms, now));
        }
        if let Some(least_gap_ms) = payment.poll_after_ms {
            self.pace.least_gap_ms = least_gap_ms.min(60_000);
        }
    }
}

impl Pace {
    pub(crate) fn fresh() -> Pace {
        Pace {
            due_at_ms: None,
            gap_ms: FIRST_GAP_MS,
            least_gap_ms: FIRST_GAP_MS,
            failures: 0,
            may_wait: false,
            until: None,
        }
    }

    pub(crate) fn next_gap_ms(&mut self) -> u64 {
        let gap_ms = self.gap_ms.max(self.least_gap_ms);
        self.gap_ms = (self.gap_ms + self.gap_ms / 20).min(LONGEST_GAP_MS);
        gap_ms
    }
}
