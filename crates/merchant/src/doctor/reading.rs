//! `GET {endpoint}/payments/{id}`: the current state, never from a cache, only for callers who may
//! see it.

use super::report::{Tried, expect};
use super::wire::Response;
use super::{Finding, Made, Visit, no_store, path, shape};
use paywith_protocol::{Json, PaymentId};
use paywith_providers::{Answer, Asked, read_status};
use std::time::Duration;

const FRESH: &str = "status: the same payment";
const CACHE: &str = "status: kept by no cache";
const IN_QUERY: &str = "status: an id in the query, under /payments/_";
const UNKNOWN: &str = "status: an unknown id is 404";
const FOREIGN: &str = "status: a payment of another order is 404";
const TIME_LEFT: &str = "status: expires_in_ms goes down, never up";

/// Long enough for a countdown in whole seconds to change.
const A_WHILE: Duration = Duration::from_millis(1_100);
const RELAY: &str = "a relaying backend answers what the provider says";

pub(super) async fn read(visit: &mut Visit<'_>, made: &Made) {
    let response = visit.status(&made.id, &[]).await;
    let first = response.as_ref().ok().and_then(left_ms);
    let tried =
        response.as_ref().map_err(Clone::clone).and_then(|response| about(visit, made, response));
    visit.add(FRESH, tried);
    if let Ok(response) = &response {
        visit.add(CACHE, no_store(response));
    }
    in_query(visit, made).await;
    if made.is_native {
        for rule in [UNKNOWN, FOREIGN, TIME_LEFT] {
            visit.skip(rule, RELAY);
        }
        return;
    }
    unknown(visit, made).await;
    time_left(visit, made, first).await;
}

/// A valid answer about the payment that was made.
fn about(visit: &Visit<'_>, made: &Made, response: &Response) -> Tried {
    expect(response.status == 200, "200", response)?;
    let wanted = format!("the payment {}", made.id);
    if made.is_native {
        let id = PaymentId::parse(&made.id);
        let asked = Asked { id: id.as_ref(), ..Asked::about(&visit.plan.order) };
        let is_json = response.json != Json::Null;
        let answer =
            Answer { http_status: response.status, body: &response.json, is_json, date: None };
        let read = read_status(visit.plan.provider, &answer, &asked);
        let is_same = read.as_ref().is_ok_and(|payment| payment.id.as_str() == made.id);
        return expect(
            is_same,
            &wanted,
            read.map_or_else(|e| e.to_string(), |_| response.to_string()),
        );
    }
    shape::payment(&response.json, visit.plan.provider)?;
    expect(response.text_of("id") == made.id, &wanted, shape::shown(response.json.get("id")))
}

/// Ids that do not fit in a path must be sent this way; ordinary ones may.
async fn in_query(visit: &mut Visit<'_>, made: &Made) {
    let (provider, order) = (visit.plan.provider.id(), visit.plan.order.as_str());
    let query = [("provider", provider), ("order", order), ("id", made.id.as_str())];
    let response = visit.wire.get(super::IN_QUERY, &query).await;
    let tried = response.and_then(|response| about(visit, made, &response));
    visit.add(IN_QUERY, tried);
}

async fn unknown(visit: &mut Visit<'_>, made: &Made) {
    let judge = |response: &Response| shape::problem(response, 404, None);
    let response = visit.status("pay_that_nobody_made", &[]).await;
    let tried = visit.refused("an unknown id", response, judge);
    visit.add(UNKNOWN, tried);
    let stranger = [("provider", visit.plan.provider.id()), ("order", "no-order-of-this-shop")];
    let query = [&stranger[..], &super::in_query(&made.id)].concat();
    let response = visit.wire.get(&path(&made.id), &query).await;
    let tried = visit.refused("a payment of another order", response, judge);
    visit.add(FOREIGN, tried);
}

/// Three answers, with a pause between the last two.
async fn time_left(visit: &mut Visit<'_>, made: &Made, first: Option<u64>) {
    let begun = made.json.get("expires_in_ms").and_then(Json::as_u64);
    let (Some(begun), Some(first)) = (begun, first) else {
        return visit.skip(TIME_LEFT, "this payment has no `expires_in_ms`");
    };
    tokio::time::sleep(A_WHILE).await;
    let tried = visit.status(&made.id, &[]).await.and_then(|response| {
        let Some(last) = left_ms(&response) else {
            return expect(false, "`expires_in_ms` in every answer", response);
        };
        let is_falling = begun >= first && first > last;
        expect(is_falling, "less in every answer", format!("{begun}, {first}, {last}"))
    });
    visit.add(TIME_LEFT, tried);
}

fn left_ms(response: &Response) -> Option<u64> {
    response.json.get("expires_in_ms").and_then(Json::as_u64)
}

/// Whether the payment is still the one that was made; used by other groups.
pub(super) fn still(visit: &Visit<'_>, made: &Made, response: Result<Response, Finding>) -> Tried {
    response.and_then(|response| about(visit, made, &response))
}
