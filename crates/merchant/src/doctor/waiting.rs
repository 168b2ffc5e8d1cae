//! The long wait and the conditional request, where the backend offers them.

use super::report::{Tried, expect, skipped};
use super::{Finding, Made, Visit, path};
use paywith_protocol::Json;
use reqwest::Method;
use std::time::Duration;

const WAIT: &str = "status: wait_ms is waited for, and not longer";
const UNCHANGED: &str = "status: If-None-Match with the ETag is 304 or the payment";

/// The longest wait that is tested.
const MOST_WAIT_MS: u64 = 2_000;
/// Timers are not exact, and a backend may spread the ends of waits that began together; the
/// requested time is the latest at which they are answered.
const EARLY: Duration = Duration::from_millis(100);
const EARLY_PART: u32 = 10;
/// Reading from the provider adds to the wait.
const LATE: Duration = Duration::from_secs(15);

pub(super) async fn wait(visit: &mut Visit<'_>, made: &Made) {
    let tried = long(visit, made).await;
    visit.add(WAIT, tried);
    let tried = unchanged(visit, made).await;
    visit.add(UNCHANGED, tried);
}

async fn long(visit: &Visit<'_>, made: &Made) -> Tried {
    let response = visit.status(&made.id, &[]).await?;
    let offered = response.json.get("wait_ms").and_then(Json::as_u64).filter(|ms| *ms > 0);
    let Some(offered) = offered else { return Err(skipped("no `wait_ms` is offered")) };
    let wait_ms = offered.min(MOST_WAIT_MS);
    let known = response.text_of("status").to_owned();
    let text = wait_ms.to_string();
    let response = visit.status(&made.id, &[("wait_ms", &text), ("status", &known)]).await?;
    expect(response.status == 200, "200", &response)?;
    if response.text_of("status") != known {
        return Err(skipped("the status changed meanwhile"));
    }
    let wait = Duration::from_millis(wait_ms);
    let earliest = wait.saturating_sub(wait / EARLY_PART).saturating_sub(EARLY);
    let is_right = (earliest..wait + LATE).contains(&response.took);
    let wanted = format!("an answer after {wait_ms} ms while nothing changes");
    expect(is_right, &wanted, format!("one after {} ms", response.took.as_millis()))
}

async fn unchanged(visit: &Visit<'_>, made: &Made) -> Result<(), Finding> {
    let response = visit.status(&made.id, &[]).await?;
    let tag = response.header("etag").to_owned();
    if tag.is_empty() {
        return Err(skipped("no `ETag` is offered"));
    }
    let usual = [("provider", visit.plan.provider.id()), ("order", visit.plan.order.as_str())];
    let query = [&usual[..], &super::in_query(&made.id)].concat();
    let request = visit.wire.ask(Method::GET, &path(&made.id), &query);
    let response = super::send(request.header("if-none-match", tag)).await?;
    let is_same = response.status == 304 || response.text_of("id") == made.id;
    expect(is_same, "304, or 200 with the payment", response)
}
