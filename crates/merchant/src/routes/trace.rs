//! What stands around every request: one name for it, in its answer and in every line of the log
//! that it causes, and the headers that every answer has.
//!
//! Logged is the route's pattern, never the address itself: order tokens stand in it, and the
//! secret that only CashPay knows.

use super::{cors, lenient};
use crate::{Shop, ids};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 64;

/// What every answer says unless its route says otherwise. Here and not in layers of their own: each
/// of those would be memory for everybody who waits.
const FIXED: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    ),
];

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Every address there is: what is counted and logged is one of these.
pub(super) const ROUTES: [&str; 19] = [
    "/api/checkout",
    "/api/payments",
    "/api/payments/{id}",
    "/api/payments/{id}/cancel",
    "/api/return",
    "/api/return/{payment}",
    "/api/webhooks/{provider}",
    "/api/webhooks/{provider}/{token}",
    "/pay/{order}",
    "/pay.css",
    "/healthz",
    "/readyz",
    "/metrics",
    "/admin",
    "/admin/payments/{id}",
    "/admin.css",
    "/api/demo/products",
    "/api/demo/orders",
    "/api/demo/orders/{order}",
];

/// The pattern of the request's address.
pub(super) fn route(request: &Request) -> &'static str {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let known = matched.and_then(|path| ROUTES.into_iter().find(|route| *route == path));
    // Of an address as people type it, the one that they meant.
    let meant = || lenient::read(request.uri().path()).map(|target| target.route());
    known.or_else(meant).unwrap_or("other")
}

/// The name of the request that is being answered.
pub(super) fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Names the request, answers it, counts it, and logs what is not a read that went well.
pub(super) async fn trace(State(shop): State<Arc<Shop>>, request: Request, next: Next) -> Response {
    let id = given_id(&request).or_else(|| ids::random_hex(8).ok()).unwrap_or_default();
    let header = HeaderValue::from_str(&id);
    let route = route(&request);
    let span = tracing::info_span!("request", id, method = %request.method(), route);
    let origin = cors::allowed_origin(&shop, &request);
    let mut response = match cors::preflight(&shop, &request, origin.is_some()) {
        Some(response) => {
            shop.metrics.answered(route, response.status().as_u16());
            response
        }
        None => {
            let work = answered(shop, route, request, next);
            REQUEST_ID.scope(id, work).instrument(span).await
        }
    };
    cors::disclose(&mut response, origin);
    for (name, value) in FIXED {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}

async fn answered(shop: Arc<Shop>, route: &'static str, request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    shop.metrics.answered(route, status);
    if !is_read || status >= 400 {
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, took_ms, "answered");
    }
    response
}

/// The name that a web server in front has given it, if it is a harmless one.
fn given_id(request: &Request) -> Option<String> {
    let given = request.headers().get(HEADER)?.to_str().ok()?;
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_harmless = (1..=LONGEST_ID).contains(&given.len()) && given.bytes().all(is_safe);
    is_harmless.then(|| given.to_owned())
}
