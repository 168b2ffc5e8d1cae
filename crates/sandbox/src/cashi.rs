//! Cashi: orders paid with a QRIS code in place, and the page behind `checkout_url`.
//!
//! Documented: both calls, the unique 1 to 99, ten minutes of life, `SETTLED`. Reported by users:
//! `orderId`, `expires_at` in WIB, `PENDING`, `EXPIRED`, the limits of the amount. Ours alone: a
//! reused order id meets the order that is still open, and is refused when it is not.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Refusal, header, json as answer, read_json};
use crate::cashi_rules::unique_total;
use crate::clock::wib;
use crate::details::{self, Details};
use crate::faults::{Kind, Twist};
use crate::html::problem_page;
use crate::ledger::{Ledger, Payment};
use crate::money::Money;
use crate::pages::code_page;
use crate::picture;
use crate::provider::{Provider, State};
use crate::qris::compose;
use crate::world::{Sandbox, random_number};

const LEAST_RUPIAH: u64 = 2000;
const MOST_RUPIAH: u64 = 10_000_000;
const LONGEST_ORDER_ID: usize = 128;

#[derive(Deserialize)]
struct OrderRequest {
    amount: u64,
    order_id: Option<String>,
}

/// Cashi's paths.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/api/create-order", post(create))
        .route("/api/check-status/{*order_id}", get(read))
        .route("/pay/{page_code}", get(page))
}

/// Cashi's word for a state; it documents no failure, cancel or refund.
pub(crate) fn word(state: State) -> Option<&'static str> {
    match state {
        State::Open => Some("PENDING"),
        State::Paid => Some("SETTLED"),
        State::Expired => Some("EXPIRED"),
        State::Declined | State::Canceled | State::Refunded => None,
    }
}

async fn create(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let request = read_json::<OrderRequest>(&body);
    let order_ref = request.as_ref().ok().and_then(|wish| wish.order_id.clone());
    let twist = sandbox.create_twist(Provider::Cashi, &order_ref.unwrap_or_default());
    let work = || {
        let request = authorized(&sandbox, &headers).and(request.map_err(|why| invalid(&why)));
        match request.and_then(|request| create_or_meet(&sandbox, &twist, request)) {
            Ok(order) => created(&sandbox, &order, &twist),
            Err(refusal) => refusal.into_response(),
        }
    };
    twist.around(work).await
}

fn create_or_meet(
    sandbox: &Sandbox,
    twist: &Twist,
    request: OrderRequest,
) -> Result<Payment, Refusal> {
    if !(LEAST_RUPIAH..=MOST_RUPIAH).contains(&request.amount) {
        return Err(invalid("amount must be a whole number from 2000 to 10000000."));
    }
    let order_id = match request.order_id {
        None => format!("ORD-{:016x}", random_number()),
        Some(id) if (1..=LONGEST_ORDER_ID).contains(&id.len()) => id,
        Some(_) => return Err(invalid("order_id must have 1 to 128 characters.")),
    };
    let mut ledger = sandbox.ledger();
    if let Some(known) = ledger.find_mut(Provider::Cashi, &order_id) {
        if known.state() != State::Open {
            return Err(invalid("order_id has been used before."));
        }
        known.creates = known.creates.saturating_add(1);
        return Ok(known.clone());
    }
    let order = new_order(&ledger, sandbox, twist, order_id, request.amount)?;
    ledger.add(order.clone());
    Ok(order)
}

fn new_order(
    ledger: &Ledger,
    sandbox: &Sandbox,
    twist: &Twist,
    order_id: String,
    base_rupiah: u64,
) -> Result<Payment, Refusal> {
    let busy = || refuse(StatusCode::SERVICE_UNAVAILABLE, "No unique amount is free, try later.");
    let total = unique_total(ledger, base_rupiah, random_number()).ok_or_else(busy)?;
    let money = Money::from_units(total, 0, "IDR").ok_or_else(busy)?;
    let tampered = twist.has(Kind::TamperedCode);
    let details = details::Cashi {
        payload: compose(if tampered { base_rupiah } else { total }, &order_id),
        base_rupiah,
        page_code: format!("ORD-{:016x}", random_number()),
    };
    let mut order = Payment::open(order_id.clone(), order_id, money, Details::Cashi(details));
    order.expires_ms = Some(order.created_ms.saturating_add(sandbox.settings().cashi_life_ms));
    Ok(order)
}

fn created(sandbox: &Sandbox, order: &Payment, twist: &Twist) -> Response {
    let Details::Cashi(details) = &order.details else {
        return invalid("Not an order.").into_response();
    };
    let payload = if twist.has(Kind::TamperedCode) {
        compose(details.base_rupiah, &order.id)
    } else {
        details.payload.clone()
    };
    let picture = if twist.has(Kind::BadPicture) {
        Some(picture::as_data_address(b"this is not a picture"))
    } else {
        picture::data_address(&payload)
    };
    let page = sandbox.address(&format!("/cashi/pay/{}", details.page_code));
    let body = json!({
        "success": true,
        "order_id": order.id,
        "orderId": order.id,
        "amount": order.money.units,
        "checkout_url": twist.address(page),
        "qrUrl": picture,
        "expires_at": order.expires_ms.map(wib),
    });
    answer(StatusCode::OK, body)
}

async fn read(
    Shared(sandbox): Shared<Sandbox>,
    headers: HeaderMap,
    Path(order_id): Path<String>,
) -> Response {
    let twist = sandbox.status_twist(Provider::Cashi, &order_id);
    let work = || {
        if let Err(refusal) = authorized(&sandbox, &headers) {
            return refusal.into_response();
        }
        match sandbox.ledger().find(Provider::Cashi, &order_id) {
            Some(order) => answer(StatusCode::OK, status_object(order, &twist)),
            None => refuse(StatusCode::NOT_FOUND, "Order not found.").into_response(),
        }
    };
    twist.around(work).await
}

fn status_object(order: &Payment, twist: &Twist) -> Value {
    let state = order.state();
    let mut object = json!({
        "success": true,
        "status": twist.word(word(state).unwrap_or("PENDING")),
        "amount": twist.money(state, &order.money).units,
        "order_id": order.id,
    });
    if let (Value::Object(fields), State::Paid) = (&mut object, state) {
        // Eleven digits, as in the documents; the same on every read of one order.
        let number = 30_000_000_000 + order.created_ms % 10_000_000_000;
        fields.insert("provider_tx_id".to_owned(), Value::from(number.to_string()));
    }
    object
}

fn authorized(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refusal> {
    if header(headers, "x-api-key") == sandbox.settings().cashi_api_key {
        return Ok(());
    }
    Err(refuse(StatusCode::UNAUTHORIZED, "The API key is missing or wrong."))
}

fn invalid(why: &str) -> Refusal {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, why)
}

fn refuse(status: StatusCode, why: &str) -> Refusal {
    Refusal { status, body: json!({ "success": false, "message": why }) }
}

async fn page(Shared(sandbox): Shared<Sandbox>, Path(page_code): Path<String>) -> Response {
    let ledger = sandbox.ledger();
    match ledger.of(Provider::Cashi).find(|order| has_page(order, &page_code)) {
        Some(order) => code_page(order, word(order.state())),
        None => problem_page(StatusCode::NOT_FOUND, "There is no such order."),
    }
}

fn has_page(order: &Payment, page_code: &str) -> bool {
    matches!(&order.details, Details::Cashi(details) if details.page_code == page_code)
}
