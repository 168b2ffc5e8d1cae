//! What can happen, in the past tense.

use crate::fault::{Fault, FaultCode};
use crate::record::Record;
use crate::tab_message::TabMessage;
use paywith_protocol::{Money, Offer, Payment, PaymentId, Provider};

/// Something that happened outside.
#[derive(Clone, Debug)]
pub enum Event {
    /// The element is on the page, its attributes are read, its storage is looked through.
    Opened {
        /// The attributes, or what is wrong with them.
        config: Result<Config, Fault>,
        /// What this browser remembers of this order.
        record: Option<Record>,
        /// What the address bar said.
        returned: Option<Returned>,
    },
    /// Attributes or properties changed. A new order starts afresh; the rest keeps the payment.
    Configured {
        /// The attributes, or what is wrong with them.
        config: Result<Config, Fault>,
        /// What this browser remembers, should the order be another one.
        record: Option<Record>,
    },
    /// The backend answered what can be paid.
    OfferAnswered {
        /// The call that this answers.
        call: u32,
        /// The offer, or why there is none.
        result: Result<Offer, Failure>,
    },
    /// A button was pressed, or `start()` called. `None` takes the first provider.
    StartAsked(Option<Provider>),
    /// The page did not object to the start.
    StartAllowed(Provider),
    /// The backend answered a create call.
    CreateAnswered {
        /// The call that this answers.
        call: u32,
        /// The payment, or why there is none.
        result: Result<Answer, Failure>,
    },
    /// The backend answered a status call.
    StatusAnswered {
        /// The call that this answers.
        call: u32,
        /// The payment, or why there is none.
        result: Result<Answer, Failure>,
    },
    /// The code was drawn as a picture, or could not be.
    CodeDrawn {
        /// Whose code.
        id: PaymentId,
        /// The picture.
        picture: Option<Drawing>,
    },
    /// The browser did not show the picture of a code.
    PictureBlocked {
        /// Whose code.
        id: PaymentId,
    },
    /// The shell found something that the page's developer has to fix and that no call depends on.
    FaultNoticed(Fault),
    /// The page prevented `paid`: it stays where it is.
    StayAsked,
    /// `checkNow()`, or the button of that name.
    CheckAsked,
    /// The shopper wants to go on with the open payment: to the hosted page, or to its code.
    ContinueAsked,
    /// `close()`, the dialog's own button, Escape, or a press beside the dialog. Nothing ends with it.
    DismissAsked,
    /// `renew()`: a new code for an expired payment.
    RenewAsked,
    /// `cancel()`: stop showing, never watching.
    CancelAsked,
    /// `reset()`: back to the buttons. What was shown is watched on.
    ResetAsked,
    /// `resume()`: look for the payment that this browser or the address bar knows of.
    ResumeAsked,
    /// The page came to the front, or back from the back/forward cache, or online.
    Woken,
    /// The page was hidden.
    Hidden,
    /// Another tab of this browser sent a message about this order.
    TabMessageReceived(TabMessage),
    /// This tab became the leader, the one that polls (`true`), or another tab is, or none is yet.
    LeadershipChanged(bool),
    /// The browser did not open the window that [`crate::Effect::OpenWindow`] asked for.
    WindowBlocked,
    /// The shopper closed the hosted page's window.
    WindowClosed,
    /// Time has passed: the moment that the last [`crate::Effect::Wake`] named has come, or nearly; or
    /// half a second, while [`crate::View::counts_down`] and somebody can see it.
    Ticked,
}

/// The attributes and properties that decide something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The order reference, opaque.
    pub order: String,
    /// The providers to offer; `None` asks the backend.
    pub providers: Option<Vec<Provider>>,
    /// The price as the page states it, shown until the backend answers.
    pub hint: Option<Money>,
    /// Where hosted pages are shown.
    pub mode: Mode,
    /// Where the page goes after `paid`, checked.
    pub success_url: Option<String>,
    /// Whether a known payment is looked up on load.
    pub is_resuming: bool,
    /// Whether the buttons are disabled.
    pub is_disabled: bool,
}

/// Where a payment is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A code in place, a hosted page in this tab.
    #[default]
    Auto,
    /// The provider's own page in this tab, also for a code, where there is one.
    Redirect,
    /// A hosted page in a window of its own; in this tab where the browser does not allow that.
    Popup,
    /// Everything after the shopper's press in a dialog above the page.
    Modal,
}

/// What the address bar said when the shopper came back. Never proof, only whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The value of `paywith`: an attempt key or a payment id.
    pub paywith: Option<String>,
    /// The provider, where the parameters give it away.
    pub provider: Option<Provider>,
    /// A payment id among the provider's own parameters.
    pub id: Option<PaymentId>,
}

/// A payment as it was answered, its addresses checked at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The payment. A picture or address that failed its check is taken out.
    pub payment: Payment,
    /// The hosted page's address was refused, and why.
    pub refused_address: Option<&'static str>,
}

/// A code drawn as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// A `data:` address of a PNG, black on white with its quiet zone.
    pub url: String,
    /// The same as an SVG path of black modules, one unit each: for a page that refuses pictures.
    pub outline: String,
    /// Modules along one side, the quiet zone included: its size on the screen is a multiple.
    pub side_modules: u32,
}

/// Why a call brought no payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer at all.
    Unreachable,
    /// No answer at all, and not for want of a network: the fault says what it may be.
    Blocked(Fault),
    /// 408, 429, 5xx, or a problem that is worth another try.
    Busy {
        /// The pause that the answer asks for, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// An answer that cannot be read; the payment may exist all the same.
    Unreadable(Fault),
    /// A definite no.
    Refused(Fault),
    /// The order has a live payment at another provider.
    PaymentOpen(Box<Payment>),
    /// The order has been paid; the payment says how. Still to be verified.
    AlreadyPaid(Box<Payment>),
}

impl Failure {
    /// The fault that the page receives for this failure.
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Failure::Unreachable => Fault::new(FaultCode::Unreachable, "no answer came"),
            Failure::Busy { .. } => Fault::new(FaultCode::Busy, "the backend asks to try again"),
            Failure::Blocked(fault) | Failure::Unreadable(fault) | Failure::Refused(fault) => {
                fault.clone()
            }
            Failure::PaymentOpen(_) | Failure::AlreadyPaid(_) => {
                Fault::new(FaultCode::BackendRefused, "the order has another payment")
            }
        }
    }
}
