//! The view model: everything that the screen needs, and nothing to decide on it.
//!
//! It follows from the machine's state alone, time included: what is left is counted at the last step.
//! A step at which nothing but time has passed changes [`View::countdown`] and nothing else.

use crate::event::{Config, Drawing};
use crate::fault::{Fault, FaultCode};
use crate::model::{
    Check, Checkout, Code, CreatePhase, OfferState, PictureNote, Stage, State, TrackedPayment,
};
use crate::time::Now;
use paywith_protocol::{Action, Money, PaymentId, Provider, Review, Status};
use paywith_qris::Payee;

/// What is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Which screen, with its data.
    pub screen: ScreenModel,
    /// What the last call ran into, shown beside any screen.
    pub trouble: Option<Trouble>,
    /// What runs down on the screen.
    pub countdown: Countdown,
    /// The page stated another price than the backend asks for.
    pub difference: Option<Difference>,
    /// What became of the shopper's own look at the payment, while it is not paid.
    pub check: Option<Check>,
    /// Play money.
    pub is_test: bool,
    /// The buttons are disabled.
    pub is_disabled: bool,
}

/// What was left at the machine's last step, in seconds, of which the last counts as a whole one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Countdown {
    /// Of the code's time, where it has an end.
    pub code_s: Option<u64>,
    /// Until the next try, where there is trouble; 0 while it is under way.
    pub retry_s: Option<u64>,
}

/// One variant per screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenModel {
    /// What can be paid is being asked.
    Loading,
    /// The element is set up wrongly; only its developer can help.
    Broken(Fault),
    /// One button per provider.
    Choose {
        /// In this order.
        providers: Vec<Provider>,
        /// The price, as far as it is known.
        amount: Option<Money>,
        /// What went wrong before.
        notice: Option<FaultCode>,
    },
    /// A payment is being asked for.
    Starting {
        /// From whom.
        provider: Provider,
    },
    /// A code to scan.
    Code(Box<CodeScreen>),
    /// The shopper is on the way to a hosted page.
    Leaving {
        /// Whose page.
        provider: Option<Provider>,
        /// Its address, for a shopper whom the browser did not take there.
        url: String,
    },
    /// The hosted page is open in a window of its own.
    Window {
        /// Whose page.
        provider: Option<Provider>,
    },
    /// Another tab of this browser has the order's payment open.
    Elsewhere {
        /// Whose payment.
        provider: Option<Provider>,
    },
    /// The payment's truth is being asked.
    Checking {
        /// Whose payment.
        provider: Option<Provider>,
    },
    /// Not paid yet; it can be gone on with.
    Open {
        /// Whose payment.
        provider: Option<Provider>,
        /// What is to be paid.
        amount: Option<Money>,
        /// Its own page can be opened, or its code asked for again.
        can_continue: bool,
    },
    /// The code's time is over; one last check.
    Confirming,
    /// It ended without success, as far as anybody knows.
    Ended {
        /// How.
        ending: Ending,
        /// Whose payment.
        provider: Option<Provider>,
        /// It showed a code, which may have been saved as a picture.
        was_code: bool,
    },
    /// Money is on its way, or a person must look at it.
    Processing {
        /// Why a person must look.
        review: Option<Review>,
    },
    /// Verified.
    Paid {
        /// What was paid.
        amount: Option<Money>,
        /// To whom.
        merchant_name: Option<String>,
        /// It had been replaced or ended before.
        is_late: bool,
        /// Where the shopper goes next.
        next: Option<String>,
    },
    /// Given back.
    Refunded {
        /// What was given back.
        amount: Option<Money>,
    },
}

/// A payment's end short of success. Each may still turn into success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Time ran out.
    Expired,
    /// Declined.
    Failed,
    /// Given up.
    Canceled,
}

/// The QR screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeScreen {
    /// Whose code: a new id is a new screen.
    pub id: PaymentId,
    /// Who gets the money.
    pub merchant_name: Option<String>,
    /// Who is paid, as the code says and the shopper's banking app will show.
    pub payee: Payee,
    /// That app may ask for a tip: the shopper leaves it at 0 to pay exactly the amount.
    pub asks_for_tip: bool,
    /// To be paid exactly.
    pub amount: Option<Money>,
    /// The price, when the amount is the price plus a unique code of 1 to 99.
    pub price: Option<Money>,
    /// The unique code: `amount - price`, 1 to 99.
    pub unique: Option<u64>,
    /// What is shown as the code.
    pub picture: Picture,
    /// The text of the code, where it is our own drawing.
    pub payload: Option<String>,
    /// RFC 3339, for display.
    pub expires_at: Option<String>,
    /// The provider's own page for the same code.
    pub checkout_url: Option<String>,
}

/// What is shown as the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Nothing yet.
    Drawing,
    /// Our own drawing of a checked payload.
    Drawn(Drawing),
    /// The same, on a page that refuses pictures: its outline.
    Outlined(Drawing),
    /// The provider's picture, unchanged.
    Provided(String, PictureNote),
    /// None; the provider's page shows it.
    Elsewhere,
}

/// What the last call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// No answer at all, rather than an unfit one.
    pub is_network: bool,
    /// A payment is known, which may have been paid.
    pub has_payment: bool,
}

/// Two prices for one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the page stated.
    pub stated: Money,
    /// What the backend asks for.
    pub asked: Money,
}

impl View {
    /// Something on the screen runs down: [`crate::Event::Ticked`] is to be reported each half second.
    pub fn counts_down(&self) -> bool {
        self.countdown.code_s.is_some() || self.countdown.retry_s.is_some_and(|left_s| left_s > 0)
    }
}

/// What the shopper should see now.
pub fn view(checkout: &Checkout) -> View {
    view_at(checkout, checkout.clocks.map(|clocks| clocks.last))
}

/// What she would see if the screen read a clock.
pub(crate) fn view_at(checkout: &Checkout, now: Option<Now>) -> View {
    let config = checkout.config.as_ref();
    let tracked = checkout.shown().map(|(tracked, _)| tracked);
    let offer_is_test = matches!(&checkout.offer, OfferState::Known(offer) if offer.test);
    View {
        screen: screen(checkout),
        trouble: trouble(checkout, tracked),
        countdown: now.map(|now| countdown(checkout, now)).unwrap_or_default(),
        difference: tracked.and_then(|tracked| difference(checkout, tracked)),
        check: checkout.check.filter(|_| checkout.shown_status() == Some(Status::Pending)),
        is_test: tracked.map_or(offer_is_test, |tracked| tracked.test),
        is_disabled: config.is_some_and(|config| config.is_disabled),
    }
}

fn trouble(checkout: &Checkout, tracked: Option<&TrackedPayment>) -> Option<Trouble> {
    let is_network = checkout.trouble?.is_network;
    Some(Trouble { is_network, has_payment: tracked.is_some() })
}

fn countdown(checkout: &Checkout, now: Now) -> Countdown {
    let until_s = |at_ms: u64| at_ms.saturating_sub(now.monotonic_ms).div_ceil(1_000);
    let (deadline, retry_at_ms) = match &checkout.state {
        State::Creating(creating) => match creating.phase {
            CreatePhase::Waiting { retry_at_ms } => (None, retry_at_ms),
            CreatePhase::InFlight { .. } => (None, 0),
        },
        State::Paying { tracked, stage } => {
            let deadline = tracked.deadline.filter(|_| matches!(stage, Stage::Code(_)));
            // While it is being asked, nothing is due.
            (deadline, tracked.pace.due_at_ms.unwrap_or(0))
        }
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::OtherTab => (None, 0),
    };
    let code_s = deadline.map(|deadline| deadline.left_ms(now).div_ceil(1_000));
    Countdown { code_s, retry_s: checkout.trouble.map(|_| until_s(retry_at_ms)) }
}

fn screen(checkout: &Checkout) -> ScreenModel {
    match &checkout.state {
        State::Unopened => ScreenModel::Loading,
        State::Broken(fault) => ScreenModel::Broken(fault.clone()),
        State::Choosing { notice } => choose(checkout, notice.as_ref()),
        State::OtherTab => ScreenModel::Elsewhere { provider: checkout.record.provider() },
        State::Creating(creating) => ScreenModel::Starting { provider: creating.attempt.provider },
        State::Paying { tracked, stage } => paying(tracked, stage, checkout.success_address()),
    }
}

fn choose(checkout: &Checkout, notice: Option<&Fault>) -> ScreenModel {
    let config = checkout.config.as_ref();
    let listed = config.and_then(|config| config.providers.clone());
    let offer = match &checkout.offer {
        OfferState::Known(offer) => Some(offer),
        OfferState::Unasked | OfferState::Loading { .. } | OfferState::Waiting { .. } => None,
    };
    let Some(providers) = listed.or(offer.map(|offer| offer.providers.clone())) else {
        return match notice {
            Some(fault) => ScreenModel::Choose {
                providers: Vec::new(),
                amount: None,
                notice: Some(fault.code),
            },
            None => ScreenModel::Loading,
        };
    };
    let amount = offer.and_then(|offer| offer.amount).or(hint(config));
    ScreenModel::Choose { providers, amount, notice: notice.map(|fault| fault.code) }
}

fn paying(tracked: &TrackedPayment, stage: &Stage, next: Option<String>) -> ScreenModel {
    let provider = tracked.provider;
    let ended = |ending| {
        let was_code = matches!(tracked.action, Some(Action::Qr { .. }));
        ScreenModel::Ended { ending, provider, was_code }
    };
    match stage {
        Stage::Code(code) => ScreenModel::Code(Box::new(code_screen(tracked, code))),
        Stage::Leaving { url } => ScreenModel::Leaving { provider, url: url.clone() },
        Stage::Window => ScreenModel::Window { provider },
        Stage::Checking => ScreenModel::Checking { provider },
        Stage::Open => ScreenModel::Open {
            provider,
            amount: tracked.amount,
            can_continue: tracked.action.is_some() || provider.is_some(),
        },
        Stage::Confirming { .. } => ScreenModel::Confirming,
        Stage::Expired => ended(Ending::Expired),
        Stage::Failed => ended(Ending::Failed),
        Stage::Canceled => ended(Ending::Canceled),
        Stage::Processing => ScreenModel::Processing { review: tracked.review },
        Stage::Paid(_) => ScreenModel::Paid {
            amount: tracked.amount,
            merchant_name: tracked.merchant_name.clone(),
            is_late: tracked.is_late,
            next,
        },
        Stage::Refunded => ScreenModel::Refunded { amount: tracked.amount },
    }
}

fn code_screen(tracked: &TrackedPayment, code: &Code) -> CodeScreen {
    let unique = unique_code(tracked);
    let checkout_url = match &tracked.action {
        Some(Action::Qr { checkout_url, .. }) => checkout_url.clone(),
        Some(Action::Redirect { .. }) | None => None,
    };
    let picture = match code {
        Code::Drawing => Picture::Drawing,
        Code::Drawn(drawing) => Picture::Drawn(drawing.clone()),
        Code::Outlined(drawing) => Picture::Outlined(drawing.clone()),
        Code::Provided { image, note } => Picture::Provided(image.clone(), *note),
        Code::Elsewhere => Picture::Elsewhere,
    };
    CodeScreen {
        id: tracked.id.clone(),
        merchant_name: tracked.merchant_name.clone(),
        payee: tracked.payee.clone(),
        asks_for_tip: tracked.asks_for_tip,
        amount: tracked.amount,
        price: tracked.base_amount.filter(|_| unique.is_some()),
        unique,
        picture,
        payload: payload_of(tracked, code),
        expires_at: tracked.expires_at.clone(),
        checkout_url,
    }
}

fn payload_of(tracked: &TrackedPayment, code: &Code) -> Option<String> {
    match (&tracked.action, code) {
        (Some(Action::Qr { payload, .. }), Code::Drawn(_) | Code::Outlined(_)) => payload.clone(),
        _ => None,
    }
}

/// The 1 to 99 that Cashi adds, when amount and price differ by just that.
fn unique_code(tracked: &TrackedPayment) -> Option<u64> {
    let (amount, price) = (tracked.amount?, tracked.base_amount?);
    if amount.currency != price.currency {
        return None;
    }
    let unique = amount.value.checked_sub(price.value)?.as_minor(0)?;
    (1..=99).contains(&unique).then_some(unique)
}

fn difference(checkout: &Checkout, tracked: &TrackedPayment) -> Option<Difference> {
    let amount = tracked.amount?;
    let price = tracked.base_amount.unwrap_or(amount);
    let stated = hint(checkout.config.as_ref()).unwrap_or(price);
    if stated != price {
        return Some(Difference { stated, asked: price });
    }
    let is_explained = amount == price || unique_code(tracked).is_some();
    (!is_explained).then_some(Difference { stated: price, asked: amount })
}

/// The price that the page stated, next to what the backend asks for.
fn hint(config: Option<&Config>) -> Option<Money> {
    config.and_then(|config| config.hint)
}
