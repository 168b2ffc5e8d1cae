//! Cashii: remote payments of `api.cashii.app`, and the hosted page at `cashii.app/payment`.
//!
//! Documented: both calls, the page's `code` and `redirect`, the three return parameters. Not
//! documented and therefore ours: error bodies, timestamps, what the signature is made of.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Refusal, bearer, json as answer, read_json};
use crate::clock::iso;
use crate::details::{self, Details};
use crate::faults::Twist;
use crate::html::problem_page;
use crate::ledger::Payment;
use crate::money::Money;
use crate::pages::hosted_page;
use crate::provider::{Provider, State};
use crate::returning::{Parameters, is_web_address};
use crate::settings::Settings;
use crate::signing::hmac_hex;
use crate::world::{Sandbox, random_number};

const CURRENCIES: [&str; 4] = ["SYP", "USD", "TRY", "EUR"];
/// Amounts are hundredths: 10098 is 100.98, for SYP too.
const FRACTION_DIGITS: u32 = 2;
const MERCHANT_ACCOUNT: &str = "9630000000000001";
const SHOPPER_ACCOUNT: &str = "9630000000000002";

#[derive(Deserialize)]
struct CreateRequest {
    amount: u64,
    currency: String,
    note: Option<String>,
    metadata: Option<Value>,
    payable_to: Option<String>,
}

impl CreateRequest {
    /// The merchant's reference: `metadata.orderId`, else the note.
    fn order_ref(&self) -> String {
        let order_id = self.metadata.as_ref().and_then(|metadata| metadata.get("orderId"));
        match order_id {
            Some(Value::String(order_id)) => order_id.clone(),
            Some(other) => other.to_string(),
            None => self.note.clone().unwrap_or_default(),
        }
    }
}

/// Cashii's paths.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/api/v1/remote-payments", post(create))
        .route("/api/v1/remote-payments/{id}", get(read))
        .route("/payment", get(page))
}

/// Cashii's word for a state; it documents none for an expired payment.
pub(crate) fn word(state: State) -> Option<&'static str> {
    match state {
        State::Open => Some("pending"),
        State::Paid => Some("paid"),
        State::Declined => Some("rejected"),
        State::Canceled => Some("canceled"),
        State::Refunded => Some("refunded"),
        State::Expired => None,
    }
}

async fn create(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let request = read_json::<CreateRequest>(&body);
    let order_ref = request.as_ref().map(CreateRequest::order_ref).unwrap_or_default();
    let twist = sandbox.create_twist(Provider::Cashii, &order_ref);
    let work =
        || match authorized(&sandbox, &headers).and(request.map_err(|why| unprocessable(&why))) {
            Ok(request) => create_payment(&sandbox, request, order_ref)
                .unwrap_or_else(IntoResponse::into_response),
            Err(refusal) => refusal.into_response(),
        };
    twist.around(work).await
}

fn create_payment(
    sandbox: &Sandbox,
    request: CreateRequest,
    order_ref: String,
) -> Result<Response, Refusal> {
    let money = Money::from_units(request.amount, FRACTION_DIGITS, &request.currency)
        .filter(|money| CURRENCIES.contains(&money.currency.as_str()))
        .ok_or_else(|| {
            unprocessable("amount must be a positive integer, currency SYP, USD, TRY or EUR.")
        })?;
    let details = details::Cashii {
        note: request.note,
        metadata: request.metadata,
        payable_to: request.payable_to,
    };
    let id = new_id();
    let details = Details::Cashii(details);
    sandbox.ledger().add(Payment::open(id.clone(), order_ref, money, details));
    Ok(answer(StatusCode::CREATED, json!({ "data": { "id": id } })))
}

/// Sixteen digits that do not begin with a zero.
fn new_id() -> String {
    (1_000_000_000_000_000 + random_number() % 9_000_000_000_000_000).to_string()
}

async fn read(
    Shared(sandbox): Shared<Sandbox>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let twist = sandbox.status_twist(Provider::Cashii, &id);
    let work = || {
        if let Err(refusal) = authorized(&sandbox, &headers) {
            return refusal.into_response();
        }
        match sandbox.ledger().find(Provider::Cashii, &id) {
            Some(payment) => answer(StatusCode::OK, json!({ "data": full(payment, &twist) })),
            None => refuse(StatusCode::NOT_FOUND, "Remote payment not found.").into_response(),
        }
    };
    twist.around(work).await
}

/// The documented object; `from` is there after a payment only.
fn full(payment: &Payment, twist: &Twist) -> Value {
    let Details::Cashii(details) = &payment.details else { return Value::Null };
    let state = payment.state();
    let mut object = json!({
        "_id": payment.id,
        "amount": twist.money(state, &payment.money).units,
        "currency": payment.money.currency,
        "status": twist.word(word(state).unwrap_or("pending")),
        "to": MERCHANT_ACCOUNT,
        "createdAt": iso(payment.created_ms),
    });
    let paid = matches!(state, State::Paid | State::Refunded);
    let optional = [
        ("from", paid.then(|| Value::from(SHOPPER_ACCOUNT))),
        ("note", details.note.clone().map(Value::from)),
        ("metadata", details.metadata.clone()),
        ("payable_to", details.payable_to.clone().map(Value::from)),
    ];
    if let Value::Object(fields) = &mut object {
        for (name, value) in optional {
            fields.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
    object
}

fn authorized(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Refusal> {
    if bearer(headers) == sandbox.settings().cashii_api_key {
        return Ok(());
    }
    Err(refuse(StatusCode::UNAUTHORIZED, "The API key is missing or wrong."))
}

fn unprocessable(why: &str) -> Refusal {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, why)
}

/// The documents show no error body; this is a common one.
fn refuse(status: StatusCode, why: &str) -> Refusal {
    Refusal { status, body: json!({ "statusCode": status.as_u16(), "message": why }) }
}

#[derive(Deserialize)]
struct PageQuery {
    code: Option<String>,
    redirect: Option<String>,
}

async fn page(Shared(sandbox): Shared<Sandbox>, Query(query): Query<PageQuery>) -> Response {
    let (Some(code), Some(redirect)) = (query.code, query.redirect) else {
        return problem_page(StatusCode::BAD_REQUEST, "This page needs code and redirect.");
    };
    if !is_web_address(&redirect) {
        return problem_page(StatusCode::BAD_REQUEST, "The redirect is not a web address.");
    }
    let ledger = sandbox.ledger();
    match ledger.find(Provider::Cashii, &code) {
        Some(payment) => hosted_page(payment, word(payment.state()), Some(&redirect)),
        None => problem_page(StatusCode::NOT_FOUND, "There is no payment with this code."),
    }
}

/// What is appended on the way back. The id of the payment is not among it, by the documents, and
/// the signature cannot be checked: how it is made has not been published.
pub(crate) fn return_parameters(payment: &Payment, settings: &Settings) -> Parameters {
    let transaction_id = format!("TRX{}", payment.id.get(6..).unwrap_or_default());
    let status = word(payment.state()).unwrap_or("pending").to_owned();
    let signature = hmac_hex(&settings.cashii_api_key, &format!("{transaction_id}{status}"));
    vec![("transaction_id", transaction_id), ("status", status), ("signature", signature)]
}
