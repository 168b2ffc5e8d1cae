//! The view model: everything that the screen needs, and nothing to decide on it.
//!
//! It follows from the machine's state alone, time included: what is left is counted at the last step.
//! Each variant of [`ScreenModel`] is one screen; amounts are exact, words are the widget's own. It says
//! nothing of calls, keys or other payments: what is not in here cannot be shown.
//!
//! A step at which nothing but time has passed changes [`View::countdown`] and nothing else.

mod code_screen;
mod model;
mod price;

pub use code_screen::{CodeScreen, Picture};
pub use model::{Countdown, Difference, Ending, ScreenModel, Trouble, View};

use crate::fault::Fault;
use crate::model::{Checkout, Code, CreatePhase, OfferState, Stage, State, TrackedPayment};
use crate::time::Now;
use paywith_protocol::{Action, Status};
use price::{difference, hint, unique_code};

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
        is_in_dialog: checkout.is_in_dialog(),
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
            let is_shown = matches!(stage, Stage::Code(_)) && !checkout.is_code_put_away();
            let deadline = tracked.deadline.filter(|_| is_shown);
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
        State::Paying { tracked, .. } if checkout.is_code_put_away() => open(tracked),
        State::Paying { tracked, stage } => paying(checkout, tracked, stage),
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

fn paying(checkout: &Checkout, tracked: &TrackedPayment, stage: &Stage) -> ScreenModel {
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
        Stage::Open => open(tracked),
        Stage::Confirming { .. } => ScreenModel::Confirming,
        Stage::Expired => ended(Ending::Expired),
        Stage::Failed => ended(Ending::Failed),
        Stage::Canceled => ended(Ending::Canceled),
        Stage::Processing => ScreenModel::Processing { review: tracked.review },
        Stage::Paid(_) => ScreenModel::Paid {
            amount: tracked.amount,
            merchant_name: tracked.merchant_name.clone(),
            is_late: tracked.is_late,
            next: checkout.success_address(),
            is_leaving: checkout.leave_at_ms.is_some(),
            provider,
            order: checkout.config.as_ref().map(|config| config.order.clone()).unwrap_or_default(),
        },
        Stage::Refunded => ScreenModel::Refunded { amount: tracked.amount },
    }
}

/// Not paid yet: what can be gone on with.
fn open(tracked: &TrackedPayment) -> ScreenModel {
    ScreenModel::Open {
        provider: tracked.provider,
        amount: tracked.amount,
        can_continue: tracked.action.is_some() || tracked.provider.is_some(),
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
