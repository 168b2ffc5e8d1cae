//! The states, each with its data. What cannot be said here cannot happen.

use crate::clock::{Clocks, Deadline, Now};
use crate::effect::Snapshot;
use crate::event::{Config, Drawing, Returned};
use crate::fault::Fault;
use crate::window::Window;
use paywith_protocol::{PaymentId, Status};

pub(crate) use crate::live::Live;
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
