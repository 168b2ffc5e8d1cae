//! The hosted pages: where a shopper approves, declines, cancels or walks away. One page for all
//! three redirect providers, one with the code for Cashi, and the fault switches on both.
//!
//! It does not know how a provider names things on the way back; the provider files do.

use axum::Router;
use axum::extract::{Form, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::clock::wib;
use crate::faults::{Call, Fault, Kind, Match, default_delay_ms, default_retry_after_s};
use crate::html::{facts, hidden, page, problem_page};
use crate::ledger::{Details, Payment, Provider, State};
use crate::picture;
use crate::returning::{Parameters, encode, is_web_address, join};
use crate::webhook::notify;
use crate::world::Sandbox;
use crate::{cashii, cashpay, kashier};

/// Where the forms of the hosted pages go.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/pages/press", post(press)).route("/pages/fault", post(switch_fault))
}

/// The page of a redirect provider. `back` is where Cashii was told to return to; the others
/// carry that in the payment.
pub(crate) fn hosted_page(payment: &Payment, back: Option<&str>) -> Response {
    let ids = hidden("provider", payment.provider().key()) + &hidden("id", &payment.id);
    let back_field = back.map(|back| hidden("back", back)).unwrap_or_default();
    let buttons = match payment.state() {
        State::Open => {
            "<button class=\"first\" id=\"approve\" name=\"press\" value=\"approve\">Approve</button>\
             <button id=\"decline\" name=\"press\" value=\"decline\">Decline</button>\
             <button id=\"cancel\" name=\"press\" value=\"cancel\">Cancel</button>\
             <button id=\"approve-no-return\" name=\"press\" value=\"approve-no-return\">\
             Approve, then close without returning</button>"
        }
        State::Paid | State::Declined | State::Canceled | State::Expired | State::Refunded => {
            "<p>Nothing is left to do here.</p>\
             <button class=\"first\" id=\"return\" name=\"press\" value=\"return\">\
             Return to the shop</button>"
        }
    };
    let body = format!(
        "{}<form method=\"post\" action=\"/pages/press\">{ids}{back_field}{buttons}\
         <button id=\"leave\" name=\"press\" value=\"leave\">Leave (back without a word)</button>\
         </form>{}",
        facts_of(payment),
        fault_switches(payment, back)
    );
    page(StatusCode::OK, &format!("Pay with {}", payment.provider().name()), &body)
}

/// Cashi's page: the code, its amount and its deadline.
pub(crate) fn code_page(order: &Payment) -> Response {
    let Details::Cashi(details) = &order.details else {
        return problem_page(StatusCode::NOT_FOUND, "This payment has no code.");
    };
    let code = match (order.state(), picture::data_address(&details.payload)) {
        (State::Open, Some(picture)) => {
            let text = format!("QRIS code over Rp {}", order.money.units);
            let until = order.expires_ms.map(wib).unwrap_or_default();
            format!(
                "<img id=\"code\" src=\"{picture}\" alt=\"{text}\">\
                 <p>Pay exactly this amount, do not round. Valid until {until} WIB.</p>\
                 <p><a id=\"phone\" href=\"/phone?scan={}\">Scan it with the phone</a></p>",
                encode(&order.id)
            )
        }
        _ => "<p>This code is no longer shown.</p>".to_owned(),
    };
    let body = format!("{}{code}{}", facts_of(order), fault_switches(order, None));
    page(StatusCode::OK, "Pay with Cashi", &body)
}

fn facts_of(payment: &Payment) -> String {
    let amount = format!("{} {}", payment.money.text(), payment.money.currency);
    let status = payment.word_for(payment.state()).unwrap_or("-");
    facts(&[
        ("Amount", &amount),
        ("Order", &payment.order_ref),
        ("Payment", &payment.id),
        ("Status", status),
    ])
}

fn fault_switches(payment: &Payment, back: Option<&str>) -> String {
    let options: String =
        Kind::ALL.iter().map(|(_, name)| format!("<option>{name}</option>")).collect();
    format!(
        "<details id=\"faults\"><summary>Fault switches for this order</summary>\
         <form method=\"post\" action=\"/pages/fault\">{}{}{}\
         <label>What goes wrong<select id=\"fault\" name=\"fault\">{options}</select></label>\
         <label>How many times (empty: always)\
         <input id=\"times\" name=\"times\" inputmode=\"numeric\" value=\"1\"></label>\
         <button id=\"add-fault\">Switch on</button></form></details>",
        hidden("provider", payment.provider().key()),
        hidden("id", &payment.id),
        back.map(|back| hidden("back", back)).unwrap_or_default(),
    )
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
            let text = "<p id=\"done\">Approved. Close this page; nobody returns to the shop.</p>";
            page(StatusCode::OK, "Done", &(facts_of(&payment) + text))
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

fn return_parameters(sandbox: &Sandbox, payment: &Payment) -> Parameters {
    match payment.provider() {
        Provider::Cashii => cashii::return_parameters(payment, sandbox.settings()),
        Provider::Cashpay => cashpay::return_parameters(payment),
        Provider::Kashier => kashier::return_parameters(payment, sandbox.settings()),
        Provider::Cashi => Parameters::new(),
    }
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

/// The path of the payment's own page on this server.
pub(crate) fn page_path(payment: &Payment, back: Option<&str>) -> String {
    let id = encode(&payment.id);
    match &payment.details {
        Details::Cashii(_) => {
            format!("/cashii/payment?code={id}&redirect={}", encode(back.unwrap_or_default()))
        }
        Details::Cashpay(_) => format!("/cashpay/session/{id}"),
        Details::Kashier(_) => format!("/kashier/session/{id}?mode=test"),
        Details::Cashi(details) => format!("/cashi/pay/{}", details.page_code),
    }
}
