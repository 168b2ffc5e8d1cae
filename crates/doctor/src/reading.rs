//! `GET {endpoint}/payments/{id}`: the current state, never from a cache, only for callers who may
//! see it.

use crate::made::Made;
use crate::report::{Tried, expect};
use crate::visit::{IN_QUERY, NO_ORDER, Visit, in_query, no_store, path};
use crate::wire::Response;
use crate::{Finding, rules, shape};
use paywith_protocol::{Json, PaymentId};
use paywith_providers::{Answer, Asked, read_status};
use std::time::Duration;

/// Long enough for a countdown in whole seconds to change.
const A_WHILE: Duration = Duration::from_millis(1_100);
/// Ids that mean another address, if they are not encoded on their way to the provider.
const UNSAFE: [&str; 6] = ["..", "../", "../payments", "a/../..", "?limit=1", "%2e%2e%2f"];

pub(crate) async fn read(visit: &mut Visit<'_>, made: &Made) {
    let response = visit.status(made, &[]).await;
    let first = response.as_ref().ok().and_then(left_ms);
    let tried =
        response.as_ref().map_err(Clone::clone).and_then(|response| about(visit, made, response));
    visit.add(rules::STATUS, tried);
    if let Ok(response) = &response {
        visit.answered("GET payments/{id}", response);
        visit.add(rules::STATUS_CACHE, no_store(response));
    }
    by_query(visit, made).await;
    foreign(visit, made).await;
    let tried = unsafe_ids(visit).await;
    visit.add(rules::STATUS_UNSAFE, tried);
    if !made.is_native {
        unknown(visit).await;
        time_left(visit, made, first).await;
    }
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
        let read = read_status(made.provider, &answer, &asked);
        let is_same = read.as_ref().is_ok_and(|payment| payment.id.as_str() == made.id);
        let got = read.map_or_else(|error| error.to_string(), |_| response.to_string());
        return expect(is_same, &wanted, got);
    }
    shape::payment(&response.json, made.provider)?;
    expect(response.text_of("id") == made.id, &wanted, shape::shown(response.json.get("id")))
}

/// Ids that do not fit in a path must be sent this way; ordinary ones may.
async fn by_query(visit: &mut Visit<'_>, made: &Made) {
    let query = [&visit.usual(made.provider)[..], &[("id", made.id.as_str())]].concat();
    let response = visit.wire.get(IN_QUERY, &query).await;
    let tried = response.and_then(|response| about(visit, made, &response));
    visit.add(rules::STATUS_QUERY, tried);
}

async fn unknown(visit: &mut Visit<'_>) {
    let query = visit.usual(visit.plan.provider);
    let response = visit.wire.get("/payments/pay_that_nobody_made", &query).await;
    let judge = |response: &Response| shape::problem(response, 404, None);
    let tried = visit.refused("an unknown id", response, judge);
    visit.add(rules::STATUS_UNKNOWN, tried);
}

/// A relay must know whose payment it shows, too: otherwise one payment could pay two orders.
async fn foreign(visit: &mut Visit<'_>, made: &Made) {
    let stranger = [("provider", made.provider.id()), ("order", NO_ORDER)];
    let query = [&stranger[..], &in_query(&made.id)].concat();
    let response = visit.wire.get(&path(&made.id), &query).await;
    let judge = |response: &Response| shape::problem(response, 404, None);
    let tried = visit.refused("a payment of another order", response, judge);
    visit.add(rules::STATUS_FOREIGN, tried);
}

async fn unsafe_ids(visit: &mut Visit<'_>) -> Tried {
    for id in UNSAFE {
        let query = [&visit.usual(visit.plan.provider)[..], &[("id", id)]].concat();
        let response = visit.wire.get(IN_QUERY, &query).await;
        let judge = |response: &Response| {
            let wanted = format!("a refusal (4xx) of the id {id:?}");
            expect((400..500).contains(&response.status), &wanted, response)
        };
        visit.refused("an unsafe id", response, judge)?;
    }
    Ok(())
}

/// Three answers, with a pause between the last two.
async fn time_left(visit: &mut Visit<'_>, made: &Made, first: Option<u64>) {
    let begun = made.json.get("expires_in_ms").and_then(Json::as_u64);
    let (Some(begun), Some(first)) = (begun, first) else {
        return visit.skip(rules::STATUS_TIME, "this payment has no `expires_in_ms`");
    };
    tokio::time::sleep(A_WHILE).await;
    let tried = visit.status(made, &[]).await.and_then(|response| {
        let Some(last) = left_ms(&response) else {
            return expect(false, "`expires_in_ms` in every answer", response);
        };
        let is_falling = begun >= first && first > last;
        expect(is_falling, "less in every answer", format!("{begun}, {first}, {last}"))
    });
    visit.add(rules::STATUS_TIME, tried);
}

fn left_ms(response: &Response) -> Option<u64> {
    response.json.get("expires_in_ms").and_then(Json::as_u64)
}

/// Whether the payment is still the one that was made; used by other groups.
pub(crate) fn still(visit: &Visit<'_>, made: &Made, response: Result<Response, Finding>) -> Tried {
    response.and_then(|response| about(visit, made, &response))
}
