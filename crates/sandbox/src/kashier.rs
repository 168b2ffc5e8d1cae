//! Kashier: payment sessions, the hosted page behind `sessionUrl`, the signed return.
//!
//! One success has three words: `PAID` for the session, `CAPTURED` for the order (see
//! `kashier_orders.rs`), `SUCCESS` on the return. The official page on sessions was not at hand;
//! the fields are those that callers agree on. Unlike the real thing, local addresses are welcome.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Refusal, header, json as answer, read_json};
use crate::clock::{iso, now_ms, parse_iso};
use crate::details::{self, Details};
use crate::faults::Twist;
use crate::html::problem_page;
use crate::kashier_signing::sign_return;
use crate::ledger::Payment;
use crate::money::Money;
use crate::pages::hosted_page;
use crate::provider::{Provider, State};
use crate::returning::{Parameters, is_web_address};
use crate::settings::Settings;
use crate::world::{Sandbox, random_number};

/// A session without `expireAt` lives this long.
const DEFAULT_LIFE_MS: u64 = 24 * 3_600_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionRequest {
    merchant_id: String,
    order: String,
    amount: String,
    currency: String,
    merchant_redirect: String,
    server_webhook: Option<String>,
    expire_at: Option<String>,
    #[serde(default)]
    customer: Value,
    #[serde(default)]
    meta_data: Value,
}

/// The paths of sessions.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v3/payment/sessions", post(create))
        .route("/v3/payment/sessions/{id}/payment", get(read))
        .route("/session/{id}", get(page))
}

/// The word of a session. A refunded one stays `PAID`: the order says what was refunded.
pub(crate) fn session_word(state: State) -> &'static str {
    match state {
        State::Open => "PENDING",
        State::Paid | State::Refunded => "PAID",
        State::Declined => "FAILED",
        State::Canceled => "CANCELLED",
        State::Expired => "EXPIRED",
    }
}

async fn create(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let request = read_json::<SessionRequest>(&body);
    let order_ref = request.as_ref().map(|wish| wish.order.clone()).unwrap_or_default();
    let twist = sandbox.create_twist(Provider::Kashier, &order_ref);
    let work = || {
        let keys = authorized(&sandbox, &headers).and_then(|()| with_api_key(&sandbox, &headers));
        let request = keys.and(request.map_err(|why| invalid(&why)));
        match request.and_then(|request| create_session(&sandbox, &twist, request)) {
            Ok(session) => session,
            Err(refusal) => refusal.into_response(),
        }
    };
    twist.around(work).await
}

fn create_session(
    sandbox: &Sandbox,
    twist: &Twist,
    request: SessionRequest,
) -> Result<Response, Refusal> {
    let mut ledger = sandbox.ledger();
    let existing = ledger.of(Provider::Kashier).find(|known| known.order_ref == request.order);
    if let Some(id) = existing.map(|known| known.id.clone()) {
        let known = ledger.find_mut(Provider::Kashier, &id);
        return Err(
            known.map_or_else(|| invalid("Unknown order."), |known| duplicate(known, twist))
        );
    }
    let session = parse_session(sandbox, request)?;
    let Details::Kashier(details) = &session.details else {
        return Err(invalid("Not a session."));
    };
    let body = json!({
        "_id": session.id,
        "status": "CREATED",
        "sessionUrl": twist.address(details.session_url.clone()),
        "expireAt": session.expires_ms.map(iso),
        "merchantId": sandbox.settings().kashier_merchant_id,
        "order": session.order_ref,
        "amount": session.money.text(),
        "currency": session.money.currency,
        "mode": "test",
    });
    ledger.add(session);
    Ok(answer(StatusCode::OK, body))
}

fn parse_session(sandbox: &Sandbox, request: SessionRequest) -> Result<Payment, Refusal> {
    if request.merchant_id != sandbox.settings().kashier_merchant_id {
        return Err(invalid("merchantId is not the account's."));
    }
    if request.order.is_empty() || !is_web_address(&request.merchant_redirect) {
        return Err(invalid("order and an absolute merchantRedirect are needed."));
    }
    let money = Money::from_decimal(&request.amount, &request.currency)
        .ok_or_else(|| invalid("amount must be a positive decimal string."))?;
    let expires_ms = match &request.expire_at {
        None => now_ms().saturating_add(DEFAULT_LIFE_MS),
        Some(text) => parse_iso(text).ok_or_else(|| invalid("expireAt must be ISO 8601, UTC."))?,
    };
    let id = format!("{:08x}{:016x}", random_number() & 0xFFFF_FFFF, random_number());
    let details = details::Kashier {
        merchant_redirect: request.merchant_redirect,
        server_webhook: request.server_webhook,
        customer: request.customer,
        meta_data: request.meta_data,
        session_url: sandbox.address(&format!("/kashier/session/{id}?mode=test")),
    };
    let mut session = Payment::open(id, request.order, money, Details::Kashier(details));
    session.expires_ms = Some(expires_ms);
    Ok(session)
}

/// A known order is refused, and the refusal carries the address of the session that exists.
fn duplicate(known: &mut Payment, twist: &Twist) -> Refusal {
    known.creates = known.creates.saturating_add(1);
    let Details::Kashier(details) = &known.details else { return invalid("Not a session.") };
    let body = json!({
        "error": { "cause": "DUPLICATE_ORDER", "explanation": "The order has a session already." },
        "messages": { "en": "Duplicate order", "ar": "طلب مكرر" },
        "sessionUrl": twist.address(details.session_url.clone()),
        "status": "FAILURE",
    });
    Refusal { status: StatusCode::BAD_REQUEST, body }
}

async fn read(
    Shared(sandbox): Shared<Sandbox>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let twist = sandbox.status_twist(Provider::Kashier, &id);
    let work = || {
        if let Err(refusal) = authorized(&sandbox, &headers) {
            return refusal.into_response();
        }
        match sandbox.ledger().find(Provider::Kashier, &id) {
            Some(session) => answer(StatusCode::OK, session_payment(session, &twist)),
            None => refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such session.")
                .into_response(),
        }
    };
    twist.around(work).await
}

fn session_payment(session: &Payment, twist: &Twist) -> Value {
    let Details::Kashier(details) = &session.details else { return Value::Null };
    let state = session.state();
    let word = twist.word(session_word(state));
    json!({
        "message": "Payment session retrieved",
        "data": {
            "sessionId": session.id,
            "status": word,
            "amount": twist.money(state, &session.money).text(),
            "currency": session.money.currency,
            "method": "card",
            "merchantOrderId": session.order_ref,
            "orderId": order_id(session),
            "customer": details.customer,
            "metaData": details.meta_data,
            "createdAt": iso(session.created_ms),
            "updatedAt": iso(now_ms()),
            "history": [{ "status": word }],
        },
        "status": "SUCCESS",
    })
}

/// Kashier's own id of the order, made from the session's.
pub(crate) fn order_id(session: &Payment) -> String {
    format!("ko-{}", session.id)
}

/// The id of the one attempt to pay.
pub(crate) fn transaction_id(session: &Payment) -> String {
    format!("TX-{}", session.id)
}

/// The secret key stands raw in the header, without `Bearer`.
pub(crate) fn authorized(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refusal> {
    if header(headers, "authorization") == sandbox.settings().kashier_secret_key {
        return Ok(());
    }
    Err(refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "The secret key is missing or wrong."))
}

fn with_api_key(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refusal> {
    if header(headers, "api-key") == sandbox.settings().kashier_api_key {
        return Ok(());
    }
    let why = "The API key is missing, wrong or of the other mode.";
    Err(refuse(StatusCode::FORBIDDEN, "INVALID_HASH_CHECK", why))
}

fn invalid(why: &str) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, "INVALID_REQUEST", why)
}

fn refuse(status: StatusCode, cause: &str, explanation: &str) -> Refusal {
    let body = json!({
        "error": { "cause": cause, "explanation": explanation },
        "messages": { "en": explanation, "ar": "تعذر تنفيذ الطلب" },
        "status": "FAILURE",
    });
    Refusal { status, body }
}

async fn page(Shared(sandbox): Shared<Sandbox>, Path(id): Path<String>) -> Response {
    match sandbox.ledger().find(Provider::Kashier, &id) {
        Some(session) => hosted_page(session, Some(session_word(session.state())), None),
        None => problem_page(StatusCode::NOT_FOUND, "There is no such session."),
    }
}

/// What is appended on the way back. A failed payment brings no card; a canceled or expired one
/// comes without card, transaction and signature.
pub(crate) fn return_parameters(session: &Payment, settings: &Settings) -> Parameters {
    let (word, attempted) = match session.state() {
        State::Paid | State::Refunded => ("SUCCESS", true),
        State::Declined => ("FAILED", true),
        State::Canceled => ("CANCELLED", false),
        State::Expired => ("EXPIRED", false),
        State::Open => ("PENDING", false),
    };
    let paid = word == "SUCCESS";
    let candidates = [
        ("paymentStatus", true, word.to_owned()),
        ("cardDataToken", paid, format!("tok-{}", session.id)),
        ("maskedCard", paid, "512345******0008".to_owned()),
        ("merchantOrderId", true, session.order_ref.clone()),
        ("orderId", true, order_id(session)),
        ("cardBrand", paid, "Mastercard".to_owned()),
        ("orderReference", attempted, format!("TEST-ORD-{}", session.id)),
        ("transactionId", attempted, transaction_id(session)),
        ("amount", true, session.money.text()),
        ("currency", true, session.money.currency.clone()),
        ("mode", true, "test".to_owned()),
    ];
    let mut parameters: Parameters = candidates
        .into_iter()
        .filter(|(_, present, _)| *present)
        .map(|(name, _, value)| (name, value))
        .collect();
    if attempted {
        parameters.push(("signature", sign_return(&settings.kashier_api_key, &parameters)));
    }
    parameters
}
