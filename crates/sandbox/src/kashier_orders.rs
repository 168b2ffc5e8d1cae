//! Kashier's orders: the look-up by the merchant's own reference and the paged list. A session is
//! made in `kashier.rs`; here the same payment is seen as an order, in the documented envelope.

use axum::Router;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::json as answer;
use crate::clock::iso;
use crate::faults::Twist;
use crate::kashier::{authorized, order_id, transaction_id};
use crate::ledger::Payment;
use crate::provider::{Provider, State};
use crate::world::Sandbox;

const DEFAULT_PAGE_SIZE: usize = 10;
const LARGEST_PAGE_SIZE: usize = 100;

/// The paths of orders.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/payments/orders", get(list)).route("/payments/orders/{order}", get(read))
}

/// The word of an order. Refunds are seen in `totalRefundedAmount`, not in the word; canceled and
/// expired ones being `FAILED` is an assumption.
fn order_word(state: State) -> &'static str {
    match state {
        State::Open => "PENDING",
        State::Paid | State::Refunded => "CAPTURED",
        State::Declined | State::Canceled | State::Expired => "FAILED",
    }
}

async fn read(
    Shared(sandbox): Shared<Sandbox>,
    headers: HeaderMap,
    Path(order): Path<String>,
) -> Response {
    let id = {
        let ledger = sandbox.ledger();
        let session = ledger.of(Provider::Kashier).find(|session| session.order_ref == order);
        session.map(|session| session.id.clone()).unwrap_or_default()
    };
    let twist = sandbox.status_twist(Provider::Kashier, &id);
    let work = || {
        if let Err(refusal) = authorized(&sandbox, &headers) {
            return refusal.into_response();
        }
        let body = match sandbox.ledger().find(Provider::Kashier, &id) {
            Some(session) => json!({
                "response": order_object(session, &twist),
                "status": "SUCCESS",
                "message": "The order has been retrieved [success]",
            }),
            // An unknown order is a good answer whose status judges the call.
            None => json!({
                "response": null,
                "status": "FAILURE",
                "message": "The order was not found [failure]",
            }),
        };
        answer(StatusCode::OK, body)
    };
    twist.around(work).await
}

fn order_object(session: &Payment, twist: &Twist) -> Value {
    let state = session.state();
    let amount = twist.money(state, &session.money).json_number();
    let transaction = |operation: &str, word: &str| {
        json!({
            "amount": amount,
            "currency": session.money.currency,
            "status": word,
            "transactionId": format!("{}-{operation}", transaction_id(session)),
            "operation": operation,
        })
    };
    let partly = session.refunded.as_ref().map(|part| part.json_number());
    let refunded = match state {
        State::Refunded => amount.clone(),
        State::Open | State::Paid | State::Declined | State::Canceled | State::Expired => {
            partly.clone().unwrap_or_else(|| Value::from(0))
        }
    };
    let transactions = match state {
        State::Open | State::Canceled | State::Expired => Vec::new(),
        State::Paid => {
            let mut all = vec![transaction("pay", "SUCCESS")];
            if let Some(part) = partly {
                let mut refund = transaction("refund", "SUCCESS");
                if let Some(fields) = refund.as_object_mut() {
                    fields.insert("amount".to_owned(), part);
                }
                all.push(refund);
            }
            all
        }
        State::Declined => vec![transaction("pay", "FAILED")],
        State::Refunded => vec![transaction("pay", "SUCCESS"), transaction("refund", "SUCCESS")],
    };
    let captured = matches!(state, State::Paid | State::Refunded);
    json!({
        "merchantOrderId": session.order_ref,
        "orderId": order_id(session),
        "totalCapturedAmount": if captured { amount.clone() } else { Value::from(0) },
        "totalRefundedAmount": refunded,
        "currency": session.money.currency,
        "method": "card",
        "status": twist.word(order_word(state)),
        "createdAt": iso(session.created_ms),
        "transactions": transactions,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    page_size: Option<usize>,
    current_page: Option<usize>,
}

async fn list(
    Shared(sandbox): Shared<Sandbox>,
    headers: HeaderMap,
    Query(paging): Query<Paging>,
) -> Response {
    let twist = sandbox.status_twist(Provider::Kashier, "");
    let work = || {
        if let Err(refusal) = authorized(&sandbox, &headers) {
            return refusal.into_response();
        }
        let ledger = sandbox.ledger();
        let orders: Vec<&Payment> = ledger.of(Provider::Kashier).rev().collect();
        answer(StatusCode::OK, page_of(&orders, &paging, &twist))
    };
    twist.around(work).await
}

fn page_of(orders: &[&Payment], paging: &Paging, twist: &Twist) -> Value {
    let limit = paging.page_size.unwrap_or(DEFAULT_PAGE_SIZE).clamp(1, LARGEST_PAGE_SIZE);
    let page = paging.current_page.unwrap_or(1).max(1);
    let pages = orders.len().div_ceil(limit).max(1);
    let skipped = (page - 1).saturating_mul(limit);
    let shown: Vec<Value> =
        orders.iter().skip(skipped).take(limit).map(|order| order_object(order, twist)).collect();
    json!({
        "response": shown,
        "pagination": {
            "totalDocs": orders.len(),
            "limit": limit,
            "totalPages": pages,
            "page": page,
            "pagingCounter": skipped.saturating_add(1),
            "hasPrevPage": page > 1,
            "hasNextPage": page < pages,
            "prevPage": (page > 1).then(|| page - 1),
            "nextPage": (page < pages).then(|| page + 1),
        },
        "status": "SUCCESS",
        "message": "The orders have been retrieved [success]",
    })
}
