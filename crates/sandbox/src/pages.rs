//! The hosted pages: where a shopper approves, declines, cancels or walks away. One page for all
//! three redirect providers, one with the code for Cashi, and the fault switches on both.
//!
//! It draws them; `press` does what their buttons say. It does not know how a provider names things;
//! the provider files do.

use axum::http::StatusCode;
use axum::response::Response;

use crate::clock::wib;
use crate::details::Details;
use crate::faults::Kind;
use crate::html::{facts, hidden, page, problem_page};
use crate::ledger::Payment;
use crate::picture;
use crate::provider::State;
use crate::returning::encode;

/// The provider's own word for a state.
type Word = Option<&'static str>;

/// The page of a redirect provider. `back` is where Cashii was told to return to; the others
/// carry that in the payment.
pub(crate) fn hosted_page(payment: &Payment, status: Word, back: Option<&str>) -> Response {
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
        facts_of(payment, status),
        fault_switches(payment, back)
    );
    page(StatusCode::OK, &format!("Pay with {}", payment.provider().name()), &body)
}

/// Cashi's page: the code, its amount and its deadline.
pub(crate) fn code_page(order: &Payment, status: Word) -> Response {
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
    let body = format!("{}{code}{}", facts_of(order, status), fault_switches(order, None));
    page(StatusCode::OK, "Pay with Cashi", &body)
}

/// What both pages say of a payment.
pub(crate) fn facts_of(payment: &Payment, status: Word) -> String {
    let amount = format!("{} {}", payment.money.text(), payment.money.currency);
    facts(&[
        ("Amount", &amount),
        ("Order", &payment.order_ref),
        ("Payment", &payment.id),
        ("Status", status.unwrap_or("-")),
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
