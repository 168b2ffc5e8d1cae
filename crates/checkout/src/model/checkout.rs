//! [`Checkout`], all that the machine knows of one order in one page, and the predicates on it.

use super::payment::TrackedPayment;
use super::retired::RetiredPayment;
use super::stage::Stage;
use super::state::{
    Check, ConnectionTrouble, Creating, OfferState, PopupWindow, State, StatusCall,
};
use crate::event::{Config, Returned};
use crate::fault::Fault;
use crate::record::Record;
use crate::time::Clocks;
use paywith_protocol::{PaymentId, Provider};

/// The checkout of one order in one page.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// The element's attributes; `None` until they are usable for the first time.
    pub(crate) config: Option<Config>,
    /// Where it stands. Assigned in `transition.rs` alone.
    pub(crate) state: State,
    /// What the next document of this browser should know.
    pub(crate) record: Record,
    /// Payments that were shown and are not shown any more; asked slowly.
    pub(crate) retired: Vec<RetiredPayment>,
    /// The one status call in flight.
    pub(crate) status_call: Option<StatusCall>,
    /// What the last calls ran into; shown beside whatever the state is.
    pub(crate) trouble: Option<ConnectionTrouble>,
    /// What the backend offers, once asked.
    pub(crate) offer: OfferState,
    /// What the address bar said when the page was loaded.
    pub(crate) returned: Option<Returned>,
    /// What was stored when the page was loaded, until the attributes are usable.
    pub(crate) record_on_load: Option<Record>,
    /// Ids of the payments for which this document has received the `paid` event.
    pub(crate) paid_event_sent: Vec<PaymentId>,
    /// The page is in front. Nothing is asked while it is not.
    pub(crate) is_visible: bool,
    /// Both clocks at the last step; `None` before the first one.
    pub(crate) clocks: Option<Clocks>,
    /// The number of the last call; each call has its own.
    pub(crate) calls: u32,
    /// When the last status call went out, on the monotonic clock.
    pub(crate) last_status_call_ms: Option<u64>,
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
    /// The dialog was opened by a press and not closed since (mode `modal`).
    pub(crate) is_dialog_wanted: bool,
    /// When the page goes to its `success-url`, on the monotonic clock.
    pub(crate) leave_at_ms: Option<u64>,
    /// What became of the shopper's own look at the payment.
    pub(crate) check: Option<Check>,
    /// Faults of the page's surroundings that were reported to its developer.
    pub(crate) reported_faults: Vec<Fault>,
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
            retired: Vec::new(),
            status_call: None,
            trouble: None,
            offer: OfferState::Unasked,
            returned: None,
            record_on_load: None,
            paid_event_sent: Vec::new(),
            is_visible: true,
            clocks: None,
            calls: 0,
            last_status_call_ms: None,
            pause_until_ms: 0,
            cut_waits: 0,
            is_leading: true,
            wants_lead: false,
            window: PopupWindow::Unused,
            is_dialog_wanted: false,
            leave_at_ms: None,
            check: None,
            reported_faults: Vec::new(),
            history: Vec::new(),
        }
    }

    /// The payment on the screen, and how it stands for the shopper.
    pub(crate) fn shown(&self) -> Option<(&TrackedPayment, &Stage)> {
        let State::Paying { tracked, stage } = &self.state else { return None };
        Some((tracked, stage))
    }

    /// What is known of the payment on the screen, to be changed; its stage is not.
    pub(crate) fn shown_mut(&mut self) -> Option<(&mut TrackedPayment, &Stage)> {
        let State::Paying { tracked, stage } = &mut self.state else { return None };
        Some((tracked, stage))
    }

    /// This payment is on the screen.
    pub(crate) fn shows(&self, id: &PaymentId) -> bool {
        self.shown().is_some_and(|(payment, _)| payment.id == *id)
    }

    /// The payment on the screen is paid or refunded: nothing else is shown any more.
    pub(crate) fn is_final(&self) -> bool {
        self.shown().is_some_and(|(_, stage)| stage.is_final())
    }

    /// The create call in flight, or waiting to be sent again.
    pub(crate) fn creating(&self) -> Option<&Creating> {
        if let State::Creating(creating) = &self.state { Some(creating) } else { None }
    }

    /// The buttons are shown.
    pub(crate) fn is_choosing(&self) -> bool {
        matches!(self.state, State::Choosing { .. })
    }

    /// Another tab of this browser has the payment open.
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
        let is_paid = self.shown().is_some_and(|(_, stage)| stage.is_paid());
        self.config.as_ref().filter(|_| is_paid)?.success_url.clone()
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
