//! CashPay: charges, the hosted page behind `transaction_url`, the post to `post_url`.
//!
//! Documented: the charge object, its three status words, bearer tokens good for 55 minutes, the
//! two addresses of a request. All paths, the token call, the error bodies and the parameter on
//! the way back are assumptions; `docs/sandbox.md` lists them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Refusal, bearer, json as answer, read_json};
use crate::clock::now_ms;
use crate::details::{self, Details};
use crate::faults::Twist;
use crate::html::problem_page;
use crate::ledger::Payment;
use crate::money::Money;
use crate::pages::hosted_page;
use crate::provider::{Provider, State};
use crate::returning::{Parameters, is_web_address};
use crate::world::{Sandbox, random_number};

/// The documents' example is 2000 YER for a watch, so an integer counts whole units.
const FRACTION_DIGITS: u32 = 0;

#[derive(Deserialize)]
struct TokenRequest {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct ChargeRequest {
    amount: u64,
    currency: String,
    #[serde(default)]
    description: String,
    redirect_url: String,
    post_url: Option<String>,
}

/// CashPay's paths, all of them assumed.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/auth/token", post(token))
        .route("/charges", post(create))
        .route("/charges/{id}", get(read))
        .route("/session/{id}", get(page))
}

/// CashPay's word for a state; it documents three, and none for a refund.
pub(crate) fn word(state: State) -> Option<&'static str> {
    match state {
        State::Open => Some("INITIATED"),
        State::Paid => Some("CAPTURED"),
        State::Declined | State::Canceled | State::Expired => Some("FAILED"),
        State::Refunded => None,
    }
}

async fn token(Shared(sandbox): Shared<Sandbox>, body: Bytes) -> Response {
    let settings = sandbox.settings();
    let request = match read_json::<TokenRequest>(&body) {
        Ok(request) => request,
        Err(why) => return unprocessable(&why).into_response(),
    };
    let known = request.client_id == settings.cashpay_client_id
        && request.client_secret == settings.cashpay_client_secret;
    if !known {
        return refuse(StatusCode::UNAUTHORIZED, "Unknown client.").into_response();
    }
    let token = format!("cpt_{:016x}{:016x}", random_number(), random_number());
    sandbox.ledger().tokens.insert(token.clone(), now_ms());
    let body = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": settings.cashpay_token_life_ms / 1000,
    });
    answer(StatusCode::OK, body)
}

fn authorized(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refusal> {
    let life_ms = sandbox.settings().cashpay_token_life_ms;
    let given_ms = sandbox.ledger().tokens.get(bearer(headers)).copied();
    if given_ms.is_some_and(|given_ms| now_ms() < given_ms.saturating_add(life_ms)) {
        return Ok(());
    }
    Err(refuse(StatusCode::UNAUTHORIZED, "The token is missing, unknown or expired."))
}

async fn create(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let request = read_json::<ChargeRequest>(&body);
    let order_ref = request.as_ref().map(|wish| wish.description.clone()).unwrap_or_default();
    let twist = sandbox.create_twist(Provider::Cashpay, &order_ref);
    let work = || {
        let request =
            authorized(&sandbox, &headers).and(request.map_err(|why| unprocessable(&why)));
        match request.and_then(|request| create_charge(&sandbox, request)) {
            Ok(charge) => answer(StatusCode::CREATED, charge_object(&charge, &twist)),
            Err(refusal) => refusal.into_response(),
        }
    };
    twist.around(work).await
}

fn create_charge(sandbox: &Sandbox, request: ChargeRequest) -> Result<Payment, Refusal> {
    let currency_fits = request.currency.len() == 3
        && request.currency.bytes().all(|letter| letter.is_ascii_uppercase());
    let money = Money::from_units(request.amount, FRACTION_DIGITS, &request.currency)
        .filter(|_| currency_fits)
        .ok_or_else(|| unprocessable("amount must be a positive integer, currency ISO."))?;
    if !is_web_address(&request.redirect_url) {
        return Err(unprocessable("redirect_url must be a web address."));
    }
    let id = format!("chg_{:016x}", random_number());
    let details = details::Cashpay {
        redirect_url: request.redirect_url,
        post_url: request.post_url,
        transaction_url: sandbox.address(&format!("/cashpay/session/{id}")),
    };
    let charge = Payment::open(id, request.description, money, Details::Cashpay(details));
    sandbox.ledger().add(charge.clone());
    Ok(charge)
}

async fn read(
    Shared(sandbox): Shared<Sandbox>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let twist = sandbox.status_twist(Provider::Cashpay, &id);
    let work = || {
        if let Err(refusal) = authorized(&sandbox, &headers) {
            return refusal.into_response();
        }
        match sandbox.ledger().find(Provider::Cashpay, &id) {
            Some(charge) => answer(StatusCode::OK, charge_object(charge, &twist)),
            None => refuse(StatusCode::NOT_FOUND, "There is no such charge.").into_response(),
        }
    };
    twist.around(work).await
}

/// The documented charge object.
pub(crate) fn charge_object(charge: &Payment, twist: &Twist) -> Value {
    let Details::Cashpay(details) = &charge.details else { return Value::Null };
    let state = charge.state();
    json!({
        "id": charge.id,
        "status": twist.word(word(state).unwrap_or("CAPTURED")),
        "amount": twist.money(state, &charge.money).units,
        "currency": charge.money.currency,
        "description": charge.order_ref,
        "transaction_url": twist.address(details.transaction_url.clone()),
        "created": charge.created_ms / 1000,
    })
}

fn unprocessable(why: &str) -> Refusal {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, why)
}

/// The documents show no error body; this is a common one.
fn refuse(status: StatusCode, why: &str) -> Refusal {
    Refusal { status, body: json!({ "error": { "code": status.as_u16(), "message": why } }) }
}

async fn page(Shared(sandbox): Shared<Sandbox>, Path(id): Path<String>) -> Response {
    match sandbox.ledger().find(Provider::Cashpay, &id) {
        Some(charge) => hosted_page(charge, word(charge.state()), None),
        None => problem_page(StatusCode::NOT_FOUND, "There is no such charge."),
    }
}

/// What is appended on the way back; an assumption, by likeness to a related gateway.
pub(crate) fn return_parameters(charge: &Payment) -> Parameters {
    vec![("charge_id", charge.id.clone())]
}
