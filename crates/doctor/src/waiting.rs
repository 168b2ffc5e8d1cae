//! The long wait and the conditional request, where the backend offers them.

use crate::made::Made;
use crate::report::{Tried, expect, skipped};
use crate::visit::{Visit, in_query, path};
use crate::wire::{Response, send};
use crate::{Finding, rules};
use paywith_protocol::Json;
use reqwest::Method;
use std::time::Duration;

/// The longest wait that is tested.
const MOST_WAIT_MS: u64 = 2_000;
/// Timers are not exact, and a backend may spread the ends of waits that began together; the
/// requested time is the latest at which they are answered.
const EARLY: Duration = Duration::from_millis(100);
const EARLY_PART: u32 = 4;
/// Reading from the provider adds to the wait.
const LATE: Duration = Duration::from_secs(15);
/// A tag that no backend gave out.
const OTHER_TAG: &str = "\"paywith-doctor\"";

pub(crate) async fn wait(visit: &mut Visit<'_>, made: &Made) {
    if !made.is_native {
        let tried = held(visit, made).await;
        visit.add(rules::WAIT_HELD, tried);
        let tried = answered_at_once(visit, made).await;
        visit.add(rules::WAIT_DIFFERS, tried);
    }
    let tried = matching(visit, made).await;
    visit.add(rules::ETAG_MATCH, tried);
    let tried = other(visit, made).await;
    visit.add(rules::ETAG_OTHER, tried);
}

/// The longest wait that the backend offers, and the status as it is.
async fn offered(visit: &Visit<'_>, made: &Made) -> Result<(u64, String), Finding> {
    let response = visit.status(made, &[]).await?;
    let offered = response.json.get("wait_ms").and_then(Json::as_u64).filter(|ms| *ms > 0);
    let offered = offered.ok_or_else(|| skipped("no `wait_ms` is offered"))?;
    Ok((offered, response.text_of("status").to_owned()))
}

async fn held(visit: &Visit<'_>, made: &Made) -> Tried {
    let (offered, known) = offered(visit, made).await?;
    let wait_ms = offered.min(MOST_WAIT_MS);
    let text = wait_ms.to_string();
    let response = visit.status(made, &[("wait_ms", &text), ("status", &known)]).await?;
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

/// The caller knows an older status than the backend: there is nothing to wait for.
async fn answered_at_once(visit: &Visit<'_>, made: &Made) -> Tried {
    let (offered, now) = offered(visit, made).await?;
    let other = if now == "processing" { "pending" } else { "processing" };
    let text = offered.to_string();
    let response = visit.status(made, &[("wait_ms", &text), ("status", other)]).await?;
    expect(response.status == 200, "200", &response)?;
    let half = Duration::from_millis(offered) / 2;
    let wanted = format!("an answer at once to `status={other}` while it is {now}");
    expect(response.took < half, &wanted, format!("one after {} ms", response.took.as_millis()))
}

async fn conditional(visit: &Visit<'_>, made: &Made, tag: &str) -> Result<Response, Finding> {
    let query = [&visit.usual(made.provider)[..], &in_query(&made.id)].concat();
    let request = visit.wire.ask(Method::GET, &path(&made.id), &query);
    send(request.header("if-none-match", tag)).await
}

async fn matching(visit: &Visit<'_>, made: &Made) -> Tried {
    let response = visit.status(made, &[]).await?;
    let tag = response.header("etag").to_owned();
    if tag.is_empty() {
        return Err(skipped("no `ETag` is offered"));
    }
    let response = conditional(visit, made, &tag).await?;
    if response.status == 304 {
        return Ok(());
    }
    crate::reading::still(visit, made, Ok(response))
}

/// A 304 here would hide every change from the shopper.
async fn other(visit: &Visit<'_>, made: &Made) -> Tried {
    let response = conditional(visit, made, OTHER_TAG).await?;
    crate::reading::still(visit, made, Ok(response))
}
