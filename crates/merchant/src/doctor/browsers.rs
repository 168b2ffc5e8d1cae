//! What a browser on another origin may do: the shop's pages may do everything, others nothing.

use super::report::{Tried, expect};
use super::{Finding, Visit, send};
use reqwest::Method;

const PREFLIGHT: &str = "cors: the shop's origin may send content-type and idempotency-key";
const EXPOSED: &str = "cors: the shop's origin may read retry-after, date and etag";
const FOREIGN: &str = "cors: a foreign origin may not";

/// Nobody's origin.
const FOREIGN_ORIGIN: &str = "https://foreign.invalid";
const ALLOWED: &str = "access-control-allow-origin";

pub(super) async fn look(visit: &mut Visit<'_>) {
    let tried = foreign(visit).await;
    visit.add(FOREIGN, tried);
    let Some(origin) = visit.plan.origin.as_ref().map(ToString::to_string) else {
        for rule in [PREFLIGHT, EXPOSED] {
            visit.skip(rule, "name the shop's --origin where it is not the backend's own");
        }
        return;
    };
    let tried = preflight(visit, &origin).await;
    visit.add(PREFLIGHT, tried);
    let tried = exposed(visit, &origin).await;
    visit.add(EXPOSED, tried);
}

async fn ask_first(visit: &Visit<'_>, origin: &str) -> Result<super::Response, Finding> {
    let request = visit.wire.ask(Method::OPTIONS, "/payments", &[]).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    send(request.header("access-control-request-headers", "content-type,idempotency-key")).await
}

async fn preflight(visit: &Visit<'_>, origin: &str) -> Tried {
    let response = ask_first(visit, origin).await?;
    expect((200..300).contains(&response.status), "an answer of 200 or 204 to OPTIONS", &response)?;
    let allowed = response.header(ALLOWED);
    let wanted = format!("`{ALLOWED}: {origin}`");
    expect(matches!(allowed, "*") || allowed == origin, &wanted, format!("{allowed:?}"))?;
    let name = "access-control-allow-headers";
    for header in ["content-type", "idempotency-key"] {
        let wanted = format!("`{name}` with {header}");
        expect(response.lists(name, header), &wanted, format!("{:?}", response.header(name)))?;
    }
    Ok(())
}

async fn exposed(visit: &Visit<'_>, origin: &str) -> Tried {
    let request = visit.wire.ask(Method::GET, "/checkout", &[("order", &visit.plan.order)]);
    let response = send(request.header("origin", origin)).await?;
    let name = "access-control-expose-headers";
    for header in ["retry-after", "date", "etag"] {
        let wanted = format!("`{name}` with {header}");
        expect(response.lists(name, header), &wanted, format!("{:?}", response.header(name)))?;
    }
    Ok(())
}

async fn foreign(visit: &Visit<'_>) -> Tried {
    let response = ask_first(visit, FOREIGN_ORIGIN).await?;
    let allowed = response.header(ALLOWED);
    let is_open = matches!(allowed, "*") || allowed == FOREIGN_ORIGIN;
    expect(!is_open, &format!("no `{ALLOWED}`"), format!("{allowed:?}"))
}
