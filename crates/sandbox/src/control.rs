//! The control API for tests and demonstrations: reading the ledger, settling payments behind
//! everyone's back, breaking answers. JSON without authentication, on this machine only.
//!
//! It knows no provider's rules; it refuses a state for which the provider documents no word.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::json as answer;
use crate::details::CashiWebhook;
use crate::dispatch::word_for;
use crate::faults::Fault;
use crate::ledger::Payment;
use crate::money::Money;
use crate::provider::{Provider, State};
use crate::webhook::notify;
use crate::world::Sandbox;

/// The paths under `/control`.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/orders", get(orders))
        .route("/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/tokens", delete(forget_tokens))
        .route("/webhooks/cashi", put(set_cashi_webhook).delete(unset_cashi_webhook))
        .route("/{provider}/{id}/{change}", post(change))
        .route("/kashier/{id}/refund/{amount}", post(refund_part))
}

async fn orders(Shared(sandbox): Shared<Sandbox>) -> Json<Value> {
    let ledger = sandbox.ledger();
    Json(ledger.payments().iter().map(row).collect())
}

fn row(payment: &Payment) -> Value {
    let state = payment.state();
    json!({
        "provider": payment.provider(),
        "id": payment.id,
        "order_ref": payment.order_ref,
        "status": word_for(payment.provider(), state),
        "state": state,
        "amount": payment.money.text(),
        "currency": payment.money.currency,
        "created_ms": payment.created_ms,
        "creates": payment.creates,
        "reads": payment.reads,
    })
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Settle,
    Decline,
    Cancel,
    Expire,
    Refund,
}

impl Change {
    fn state(self) -> State {
        match self {
            Self::Settle => State::Paid,
            Self::Decline => State::Declined,
            Self::Cancel => State::Canceled,
            Self::Expire => State::Expired,
            Self::Refund => State::Refunded,
        }
    }
}

async fn change(
    Shared(sandbox): Shared<Sandbox>,
    Path((provider, id, change)): Path<(Provider, String, Change)>,
) -> Response {
    let changed = {
        let mut ledger = sandbox.ledger();
        let Some(payment) = ledger.find(provider, &id) else {
            return problem(StatusCode::NOT_FOUND, "There is no such payment.");
        };
        if word_for(payment.provider(), change.state()).is_none() {
            let why = "This provider documents no status word for that.";
            return problem(StatusCode::UNPROCESSABLE_ENTITY, why);
        }
        ledger.record(provider, &id, change.state())
    };
    match changed {
        Some(payment) => {
            notify(&sandbox, &payment);
            answer(StatusCode::OK, row(&payment))
        }
        None => problem(StatusCode::NOT_FOUND, "There is no such payment."),
    }
}

/// Only Kashier's documents tell how much was given back.
async fn refund_part(
    Shared(sandbox): Shared<Sandbox>,
    Path((id, amount)): Path<(String, String)>,
) -> Response {
    let changed = {
        let mut ledger = sandbox.ledger();
        let Some(payment) = ledger.find(Provider::Kashier, &id) else {
            return problem(StatusCode::NOT_FOUND, "There is no such payment.");
        };
        let part = Money::from_decimal(&amount, &payment.money.currency);
        part.and_then(|part| ledger.refund(Provider::Kashier, &id, &part))
    };
    match changed {
        Some(payment) => {
            notify(&sandbox, &payment);
            answer(StatusCode::OK, row(&payment))
        }
        None => {
            let why = "A part of a paid payment, with as many decimals as its amount.";
            problem(StatusCode::UNPROCESSABLE_ENTITY, why)
        }
    }
}

fn problem(status: StatusCode, why: &str) -> Response {
    answer(status, json!({ "message": why }))
}

async fn list_faults(Shared(sandbox): Shared<Sandbox>) -> Response {
    Json(sandbox.ledger().faults()).into_response()
}

async fn add_fault(Shared(sandbox): Shared<Sandbox>, Json(fault): Json<Fault>) -> Response {
    let answer = (StatusCode::CREATED, Json(&fault)).into_response();
    sandbox.ledger().add_fault(fault);
    answer
}

async fn clear_faults(Shared(sandbox): Shared<Sandbox>) -> StatusCode {
    sandbox.ledger().clear_faults();
    StatusCode::NO_CONTENT
}

async fn forget_tokens(Shared(sandbox): Shared<Sandbox>) -> StatusCode {
    sandbox.ledger().tokens.clear();
    StatusCode::NO_CONTENT
}

async fn set_cashi_webhook(
    Shared(sandbox): Shared<Sandbox>,
    Json(webhook): Json<CashiWebhook>,
) -> StatusCode {
    sandbox.ledger().cashi_webhook = Some(webhook);
    StatusCode::NO_CONTENT
}

async fn unset_cashi_webhook(Shared(sandbox): Shared<Sandbox>) -> StatusCode {
    sandbox.ledger().cashi_webhook = None;
    StatusCode::NO_CONTENT
}
