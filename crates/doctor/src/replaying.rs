//! The same `Idempotency-Key` again: one payment per attempt, however often it is sent.

use crate::made::{Made, same};
use crate::report::{Tried, differs, expect};
use crate::visit::Visit;
use crate::wire::Response;
use crate::{rules, shape};
use paywith_protocol::{Json, Provider};

/// The lost answer: the browser asks again.
pub(crate) async fn same_key(visit: &mut Visit<'_>, made: &Made) {
    if made.is_native && matches!(made.provider, Provider::Cashii | Provider::CashPay) {
        // Every further call would make another payment at the provider.
        return;
    }
    let response = visit.post(Some(&made.key), &visit.body()).await;
    let tried = response.and_then(|response| {
        // Kashier answers 400 to a repeated order, with the session that there is.
        let is_answer = made.is_native || matches!(response.status, 200 | 201);
        expect(is_answer, "200 or 201", &response)?;
        same(visit.plan, made, &response)
    });
    visit.add(rules::REPLAY_SAME, tried);
}

/// A key that is used for something else is an error of the page, never a second payment.
pub(crate) async fn other_request(visit: &mut Visit<'_>, made: &Made) {
    let (plan, other) = (visit.plan, visit.plan.second_provider);
    let supersedes = if other.is_none() { Some("no-payment-of-this-order") } else { None };
    let body = visit.body_with(other.unwrap_or(plan.provider), &plan.return_url, supersedes);
    let response = visit.post(Some(&made.key), &body).await;
    let judge = |response: &Response| shape::problem(response, 422, None);
    let tried = visit.refused("a key's second request", response, judge);
    visit.add(rules::REPLAY_OTHER, tried);
}

/// The double click: `second` came beside the answer that led to the payment with this id.
pub(crate) fn at_once(id: &str, second: &Response) -> Tried {
    let wanted = format!("the payment {id}, or a retryable 409");
    match second.status {
        200 | 201 => expect(second.text_of("id") == id, &wanted, second),
        409 if second.json.get("retryable").and_then(Json::as_bool) == Some(true) => Ok(()),
        _ => Err(differs(&wanted, second)),
    }
}
