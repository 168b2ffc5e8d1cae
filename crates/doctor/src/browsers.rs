//! What a browser on another origin may do: the shop's pages may do everything, others nothing.

use crate::report::{Tried, expect};
use crate::visit::{NO_ORDER, Visit};
use crate::wire::{Response, send};
use crate::{Finding, rules};
use reqwest::Method;

/// Nobody's origin, and that of a frame without one.
const FOREIGN_ORIGINS: [&str; 2] = ["https://foreign.invalid", "null"];
const ALLOWED: &str = "access-control-allow-origin";

pub(crate) async fn look(visit: &mut Visit<'_>) {
    let tried = foreign(visit).await;
    visit.add(rules::CORS_FOREIGN, tried);
    let Some(origin) = visit.plan.origin.as_ref().map(ToString::to_string) else {
        for rule in [rules::CORS_SEND, rules::CORS_READ, rules::CORS_EXPOSED] {
            visit.skip(rule, "name the shop's --origin where it is not the backend's own");
        }
        return;
    };
    let tried = preflight(visit, &origin).await;
    visit.add(rules::CORS_SEND, tried);
    let tried = readable(visit, &origin).await;
    visit.add(rules::CORS_READ, tried);
    let tried = exposed(visit, &origin).await;
    visit.add(rules::CORS_EXPOSED, tried);
}

async fn ask_first(visit: &Visit<'_>, origin: &str) -> Result<Response, Finding> {
    // Browsers send no cookie with it.
    let wire = visit.wire.of_a_stranger();
    let request = wire.ask(Method::OPTIONS, "/payments", &[]).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    send(request.header("access-control-request-headers", "content-type,idempotency-key")).await
}

/// The status call of a page on this origin.
async fn get(visit: &Visit<'_>, origin: &str, order: &str) -> Result<Response, Finding> {
    let request = visit.wire.ask(Method::GET, "/checkout", &[("order", order)]);
    send(request.header("origin", origin)).await
}

fn is_allowed(origin: &str, response: &Response) -> Tried {
    let allowed = response.header(ALLOWED);
    let wanted = format!("`{ALLOWED}: {origin}`");
    expect(matches!(allowed, "*") || allowed == origin, &wanted, format!("{allowed:?}"))
}

async fn preflight(visit: &Visit<'_>, origin: &str) -> Tried {
    let response = ask_first(visit, origin).await?;
    expect((200..300).contains(&response.status), "an answer of 200 or 204 to OPTIONS", &response)?;
    is_allowed(origin, &response)?;
    let name = "access-control-allow-headers";
    for header in ["content-type", "idempotency-key"] {
        let wanted = format!("`{name}` with {header}");
        expect(response.lists(name, header), &wanted, format!("{:?}", response.header(name)))?;
    }
    Ok(())
}

/// An error that the page may not read looks to it like no answer at all.
async fn readable(visit: &Visit<'_>, origin: &str) -> Tried {
    is_allowed(origin, &get(visit, origin, &visit.plan.order).await?)?;
    is_allowed(origin, &get(visit, origin, NO_ORDER).await?)
}

async fn exposed(visit: &Visit<'_>, origin: &str) -> Tried {
    let response = get(visit, origin, &visit.plan.order).await?;
    let name = "access-control-expose-headers";
    for header in ["retry-after", "date", "etag"] {
        let wanted = format!("`{name}` with {header}");
        expect(response.lists(name, header), &wanted, format!("{:?}", response.header(name)))?;
    }
    Ok(())
}

async fn foreign(visit: &Visit<'_>) -> Tried {
    for origin in FOREIGN_ORIGINS {
        let answers =
            [ask_first(visit, origin).await?, get(visit, origin, &visit.plan.order).await?];
        for response in answers {
            let allowed = response.header(ALLOWED);
            let is_open = matches!(allowed, "*") || allowed == origin;
            let wanted = format!("no `{ALLOWED}` for {origin}");
            expect(!is_open, &wanted, format!("{allowed:?}"))?;
        }
    }
    Ok(())
}
