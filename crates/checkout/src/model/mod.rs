//! The checkout as data, and the questions that can be asked of them. What cannot be said here
//! cannot happen.
//!
//! The model knows neither effects nor how one state follows another: that is `transition.rs`, the only
//! file that assigns [`State`]. Start at [`state`].

mod code;
mod payment;
mod polling;
mod retired;
mod state;
mod support;
mod verified;

use crate::effect::Snapshot;
use crate::event::{Config, Returned};
use crate::fault::Fault;
use crate::record::Record;
use crate::time::Clocks;
use paywith_protocol::{PaymentId, Provider, Status};

pub use code::PictureNote;
pub(crate) use code::{CONFIRM_LIMIT_MS, Code, Presentation};
pub(crate) use payment::TrackedPayment;
pub(crate) use polling::{LEAST_GAP_MS, RETIRED_WATCH_MS, STALE_CALL_MS};
pub(crate) use retired::RetiredPayment;
pub use state::Check;
pub(crate) use state::{
    Asking, ConnectionTrouble, CreatePhase, Creating, OfferState, PopupWindow, Stage, State,
};
pub use support::Support;
pub use verified::Verified;

/// The checkout of one order in one page.
#[derive(Clone, Debug)]
pub struct Checkout {
    pub(crate) config: Option<Config>,
    pub(crate) state: State,
    /// What the next document of this browser should know.
    pub(crate) record: Record,
    /// Payments that were shown and are not shown any more; asked slowly.
    pub(crate) old: Vec<RetiredPayment>,
    /// The one status call in flight.
    pub(crate) asking: Option<Asking>,
    /// What the last calls ran into; shown beside whatever the state is.
    pub(crate) trouble: Option<ConnectionTrouble>,
    /// What the backend offers, once asked.
    pub(crate) offer: OfferState,
    pub(crate) returned: Option<Returned>,
    pub(crate) record_on_load: Option<Record>,
    /// Ids of the payments for which this document has received the `paid` event.
    pub(crate) paid_event_sent: Vec<PaymentId>,
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
    /// What the last [`crate::Effect::RequestLeadership`] said.
    pub(crate) wants_lead: bool,
    /// The hosted page's own window.
    pub(crate) window: PopupWindow,
    /// When the page goes to its `success-url`, on the monotonic clock.
    pub(crate) leave_at_ms: Option<u64>,
    /// What became of the shopper's own look at the payment.
    pub(crate) check: Option<Check>,
    /// Faults of the page's surroundings that were reported to its developer.
    pub(crate) noticed: Vec<Fault>,
    /// When it came into which state, by the device's wall clock.
    pub(crate) history: Vec<(u64, &'static str)>,
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
            paid_event_sent: Vec::new(),
            is_visible: true,
            clocks: None,
            calls: 0,
            last_ask_ms: None,
            pause_until_ms: 0,
            cut_waits: 0,
            is_leading: true,
            wants_lead: false,
            window: PopupWindow::Unused,
            leave_at_ms: None,
            check: None,
            noticed: Vec::new(),
            history: Vec::new(),
        }
    }

    /// The payment on the screen, and how it stands for the shopper.
    pub(crate) fn shown(&self) -> Option<(&TrackedPayment, &Stage)> {
        match &self.state {
            State::Paying { live, stage } => Some((live, stage)),
            State::Unopened
            | State::Broken(_)
            | State::Choosing { .. }
            | State::OtherTab
            | State::Creating(_) => None,
        }
    }

    /// What is known of the payment on the screen, to be changed; its stage is not.
    pub(crate) fn shown_mut(&mut self) -> Option<(&mut TrackedPayment, &Stage)> {
        match &mut self.state {
            State::Paying { live, stage } => Some((live, stage)),
            State::Unopened
            | State::Broken(_)
            | State::Choosing { .. }
            | State::OtherTab
            | State::Creating(_) => None,
        }
    }

    /// This payment is on the screen.
    pub(crate) fn shows(&self, id: &PaymentId) -> bool {
        self.shown().is_some_and(|(payment, _)| payment.id == *id)
    }

    /// The payment on the screen is paid or refunded: nothing else is shown any more.
    pub(crate) fn is_final(&self) -> bool {
        self.shown().is_some_and(|(_, stage)| stage.is_final())
    }

    pub(crate) fn is_choosing(&self) -> bool {
        matches!(self.state, State::Choosing { .. })
    }

    pub(crate) fn is_other_tab(&self) -> bool {
        matches!(self.state, State::OtherTab)
    }

    /// A click may begin a payment. The shopper may choose another way: what was shown is watched on.
    pub(crate) fn may_start(&self) -> bool {
        self.is_choosing() || self.shown().is_some_and(|(_, stage)| stage.may_be_replaced())
    }

    /// The page itself says which providers to offer.
    pub(crate) fn lists_providers(&self) -> bool {
        self.config.as_ref().is_some_and(|config| config.providers.is_some())
    }

    /// The providers to offer, in order.
    pub(crate) fn offered_providers(&self) -> Vec<Provider> {
        let configured = self.config.as_ref().and_then(|config| config.providers.clone());
        configured.unwrap_or_else(|| match &self.offer {
            OfferState::Known(offer) => offer.providers.clone(),
            OfferState::Unasked | OfferState::Loading { .. } | OfferState::Waiting { .. } => {
                Vec::new()
            }
        })
    }

    /// Where the page goes from the screen that says "paid".
    pub(crate) fn success_address(&self) -> Option<String> {
        let (_, stage) = self.shown()?;
        match stage {
            Stage::Paid(_) => self.config.as_ref()?.success_url.clone(),
            Stage::Code(_)
            | Stage::Leaving { .. }
            | Stage::Window
            | Stage::Checking
            | Stage::Open
            | Stage::Confirming { .. }
            | Stage::Expired
            | Stage::Failed
            | Stage::Canceled
            | Stage::Processing
            | Stage::Refunded => None,
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

    /// The status that the page sees: an end that was decided here (time ran out, the shopper
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
            State::OtherTab => "elsewhere",
            State::Creating(_) => "creating",
            State::Paying { stage, .. } => stage.as_str(),
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
