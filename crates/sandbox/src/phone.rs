//! The phone: a wallet that scans Cashi's codes, by pasted text, order id, or from its list of
//! pictures, expired ones included, because shoppers save pictures and pay them later.
//!
//! It sees only what a wallet sees, the code's text; which order a transfer pays, Cashi decides
//! in `cashi_rules.rs`. It decodes no pictures.

use axum::Router;
use axum::extract::{Form, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::cashi_rules::order_paid_by;
use crate::details::Details;
use crate::html::{escape, facts, hidden, page, problem_page};
use crate::ledger::{Ledger, Payment};
use crate::provider::{Provider, State};
use crate::qris::{Reading, read};
use crate::returning::encode;
use crate::webhook::notify;
use crate::world::Sandbox;

/// The phone's paths.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/phone", get(phone)).route("/phone/pay", post(pay))
}

#[derive(Deserialize)]
struct Scan {
    scan: Option<String>,
}

async fn phone(Shared(sandbox): Shared<Sandbox>, Query(query): Query<Scan>) -> Response {
    let ledger = sandbox.ledger();
    match query.scan.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => page(StatusCode::OK, "The phone", &(scan_form() + &pictures(&ledger))),
        Some(text) => {
            let payload = payload_of(&ledger, text).unwrap_or(text);
            match read(payload) {
                Ok(reading) => confirm_page(payload, &reading),
                Err(why) => problem_page(StatusCode::UNPROCESSABLE_ENTITY, why),
            }
        }
    }
}

/// The code's text of an order named by its id.
fn payload_of<'a>(ledger: &'a Ledger, order_id: &str) -> Option<&'a str> {
    match &ledger.find(Provider::Cashi, order_id)?.details {
        Details::Cashi(details) => Some(&details.payload),
        Details::Cashii(_) | Details::Cashpay(_) | Details::Kashier(_) => None,
    }
}

fn scan_form() -> String {
    "<form action=\"/phone\"><label>Paste a code's text, or an order id\
     <textarea id=\"scan\" name=\"scan\" required></textarea></label>\
     <button class=\"first\" id=\"scan-button\">Scan</button></form>"
        .to_owned()
}

/// The unpaid orders, newest first.
fn pictures(ledger: &Ledger) -> String {
    let items: String = ledger.of(Provider::Cashi).rev().filter_map(picture_item).collect();
    let none = "<p class=\"note\">There is no code to scan.</p>";
    format!("<h2>Codes in sight</h2>{}", if items.is_empty() { none } else { &items })
}

fn picture_item(order: &Payment) -> Option<String> {
    let kind = match order.state() {
        State::Open => "on the screen",
        State::Expired => "saved picture, expired",
        State::Paid | State::Declined | State::Canceled | State::Refunded => return None,
    };
    Some(format!(
        "<div class=\"item\"><a class=\"scan\" data-order=\"{0}\" href=\"/phone?scan={1}\">{0}</a>\
         <br>Rp {2} <span class=\"note\">({kind})</span></div>",
        escape(&order.id),
        encode(&order.id),
        order.money.units
    ))
}

fn confirm_page(payload: &str, reading: &Reading) -> Response {
    let amount = reading.amount_rupiah.map(|amount| amount.to_string());
    let shown = amount.as_deref().map_or("to be typed".to_owned(), |amount| format!("Rp {amount}"));
    let body = format!(
        "{}<form method=\"post\" action=\"/phone/pay\">{}\
         <label>Amount to transfer, in rupiah\
         <input id=\"amount\" name=\"amount\" inputmode=\"numeric\" value=\"{}\" required></label>\
         <button class=\"first\" id=\"pay\">Pay</button></form><p><a href=\"/phone\">Back</a></p>",
        facts(&[("Merchant", &reading.merchant), ("Amount in the code", &shown)]),
        hidden("payload", payload),
        amount.as_deref().unwrap_or_default(),
    );
    page(StatusCode::OK, "Confirm the payment", &body)
}

#[derive(Deserialize)]
struct Transfer {
    payload: String,
    amount: String,
}

async fn pay(Shared(sandbox): Shared<Sandbox>, Form(transfer): Form<Transfer>) -> Response {
    let (Ok(reading), Ok(amount)) =
        (read(&transfer.payload), transfer.amount.trim().parse::<u64>())
    else {
        return problem_page(StatusCode::UNPROCESSABLE_ENTITY, "Code or amount cannot be read.");
    };
    let paid = {
        let mut ledger = sandbox.ledger();
        order_paid_by(&ledger, &transfer.payload, amount)
            .and_then(|order_id| ledger.record(Provider::Cashi, &order_id, State::Paid))
    };
    let outcome = match &paid {
        Some(order) => {
            notify(&sandbox, order);
            format!("Cashi settled order {}.", order.id)
        }
        None => {
            "Cashi knows no order with this amount: the money arrived and settled nothing.".into()
        }
    };
    let body = format!(
        "{}<p id=\"outcome\" data-matched=\"{}\">{}</p><p><a href=\"/phone\">Back</a></p>",
        facts(&[("Merchant", &reading.merchant), ("Transferred", &format!("Rp {amount}"))]),
        paid.is_some(),
        escape(&outcome)
    );
    page(StatusCode::OK, "Transferred", &body)
}
