//! What follows from a press on a hosted page: the shopper approves, declines, cancels or walks
//! away, and goes back to the shop; or a fault is switched on.

use axum::Router;
use axum::extract::{Form, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::details::Details;
use crate::dispatch::{return_parameters, word_for};
use crate::faults::{Call, Fault, Kind, Match, default_delay_ms, default_retry_after_s};
use crate::html::{page, problem_page};
use crate::ledger::Payment;
use crate::pages::{facts_of, page_path};
use crate::provider::{Provider, State};
use crate::returning::{Parameters, is_web_address, join};
use crate::webhook::notify;
use crate::world::Sandbox;

/// Where the forms of the hosted pages go.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/pages/press", post(press)).route("/pages/fault", post(switch_fault))
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Press {
    Approve,
    ApproveNoReturn,
    Decline,
    Cancel,
    /// Go back as after an outcome, without causing one.
    Return,
    /// Go back as if nothing had happened, without any parameters.
    Leave,
}

#[derive(Deserialize)]
struct PressForm {
    provider: Provider,
    id: String,
    back: Option<String>,
    press: Press,
}

async fn press(Shared(sandbox): Shared<Sandbox>, Form(form): Form<PressForm>) -> Response {
    let wish = match form.press {
        Press::Approve | Press::ApproveNoReturn => Some(State::Paid),
        Press::Decline => Some(State::Declined),
        Press::Cancel => Some(State::Canceled),
        Press::Return | Press::Leave => None,
    };
    let Some(payment) = settle_if_open(&sandbox, form.provider, &form.id, wish) else {
        return problem_page(StatusCode::NOT_FOUND, "There is no such payment.");
    };
    match form.press {
        Press::ApproveNoReturn => {
            let text = "<p id=\"done\">Approved. Close this page; the shopper does not return to the shop.</p>";
            page(
                StatusCode::OK,
                "Done",
                &(facts_of(&payment, word_for(form.provider, payment.state())) + text),
            )
        }
        Press::Leave => send_back(&sandbox, &payment, form.back.as_deref(), &Parameters::new()),
        Press::Approve | Press::Decline | Press::Cancel | Press::Return => {
            let parameters = return_parameters(&sandbox, &payment);
            send_back(&sandbox, &payment, form.back.as_deref(), &parameters)
        }
    }
}

/// The payment after the press. One that is no longer open is not changed by a page that was
/// left standing in another tab.
fn settle_if_open(
    sandbox: &Sandbox,
    provider: Provider,
    id: &str,
    wish: Option<State>,
) -> Option<Payment> {
    let (payment, changed) = {
        let mut ledger = sandbox.ledger();
        let payment = ledger.find(provider, id)?.clone();
        match wish.filter(|_| payment.state() == State::Open) {
            Some(state) => (ledger.record(provider, id, state)?, true),
            None => (payment, false),
        }
    };
    if changed {
        notify(sandbox, &payment);
    }
    Some(payment)
}

fn send_back(
    sandbox: &Sandbox,
    payment: &Payment,
    back: Option<&str>,
    parameters: &Parameters,
) -> Response {
    let address = match &payment.details {
        Details::Cashii(_) => back.unwrap_or_default(),
        Details::Cashpay(details) => &details.redirect_url,
        Details::Kashier(details) => &details.merchant_redirect,
        Details::Cashi(_) => "",
    };
    if !is_web_address(address) {
        return problem_page(StatusCode::BAD_REQUEST, "There is no shop to return to.");
    }
    let order_ref = &payment.order_ref;
    let twist = sandbox.ledger().take_faults(payment.provider(), order_ref, Call::Return);
    let address = join(address, parameters, twist.has(Kind::SecondQuestionMark));
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

#[derive(Deserialize)]
struct FaultForm {
    provider: Provider,
    id: String,
    back: Option<String>,
    fault: Kind,
    #[serde(default)]
    times: String,
}

async fn switch_fault(Shared(sandbox): Shared<Sandbox>, Form(form): Form<FaultForm>) -> Response {
    let mut ledger = sandbox.ledger();
    let Some(payment) = ledger.find(form.provider, &form.id).cloned() else {
        return problem_page(StatusCode::NOT_FOUND, "There is no such payment.");
    };
    let times = match form.times.trim() {
        "" => None,
        text => match text.parse() {
            Ok(times) => Some(times),
            Err(_) => return problem_page(StatusCode::BAD_REQUEST, "Times must be a number."),
        },
    };
    let matching =
        Match { provider: Some(form.provider), order: Some(payment.order_ref.clone()), call: None };
    ledger.add_fault(Fault {
        matching,
        kind: form.fault,
        times,
        delay_ms: default_delay_ms(),
        retry_after_s: default_retry_after_s(),
    });
    let address = page_path(&payment, form.back.as_deref());
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
