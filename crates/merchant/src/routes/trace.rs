//! What surrounds every request: an id, in its answer and in every log line that it causes, and the
//! headers that every answer has.
//!
//! Only the route's pattern is logged, never the address itself: it may contain order tokens, or
//! the secret that only CashPay knows. The functions here and in `guard` are not `async`, and box what
//! they await: an async function has room for its arguments twice, and thousands may be held.

use super::guard::{Answer, guard};
use super::table::{self, Route};
use super::{cors, lenient, problem};
use crate::{Shop, ids};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 64;

/// The headers of every answer, unless its route sets them. They are set here and not in separate
/// layers, each of which would cost memory for every waiting call.
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

/// The pattern of the request's address: only these are counted and logged.
pub(super) fn route(request: &Request) -> &'static str {
    known_route(request).map_or("other", |route| route.path)
}

/// The address that the request is for.
pub(super) fn known_route(request: &Request) -> Option<&'static Route> {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    // For a mistyped address, the one that was meant.
    let meant = || lenient::read(request.uri().path()).map(|target| target.route());
    matched.and_then(table::with_pattern).or_else(|| meant().and_then(table::with_pattern))
}

/// The id of the request that is being answered.
pub(super) fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Gives the request an id, answers and counts it, and logs everything except successful reads.
pub(super) fn trace(
    State(shop): State<Arc<Shop>>,
    request: Request,
    next: Next,
) -> impl Future<Output = Response> + Send {
    let id = given_id(&request)
        .or_else(|| ids::random_hex(shop.randomness(), 8).ok())
        .unwrap_or_default();
    let header = HeaderValue::from_str(&id);
    let route = route(&request);
    let attempt = tracing::field::Empty;
    let span = tracing::info_span!("request", id, method = %request.method(), route, attempt);
    let origin = cors::allowed_origin(&shop, &request);
    let answer: Answer = match cors::preflight(&shop, &request, origin.is_some()) {
        Some(response) => {
            shop.metrics.answered(route, response.status().as_u16(), None);
            Box::pin(ready(response))
        }
        None => {
            // What is done before the first await, such as a refusal, needs the id, too.
            let begin = || span.in_scope(|| answered(shop, route, request, next));
            let work = REQUEST_ID.sync_scope(id.clone(), begin);
            Box::pin(REQUEST_ID.scope(id, work).instrument(span))
        }
    };
    async move {
        let mut response = answer.await;
        cors::disclose(&mut response, origin);
        for (name, value) in FIXED {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        if let Ok(header) = header {
            response.headers_mut().insert(HEADER, header);
        }
        response
    }
}

fn answered(
    shop: Arc<Shop>,
    route: &'static str,
    request: Request,
    next: Next,
) -> impl Future<Output = Response> + Send {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Such a call may be held on purpose: how long it took says nothing.
    let is_held = request.uri().query().is_some_and(|query| query.contains("wait_ms="));
    let begun = Instant::now();
    let answer = catch_unwind(AssertUnwindSafe(|| guard(&shop, request, next)));
    async move {
        let response = match answer {
            Ok(answer) => AssertUnwindSafe(answer).catch_unwind().await,
            Err(panic) => Err(panic),
        };
        let response = response.unwrap_or_else(problem::panicked);
        let status = response.status().as_u16();
        shop.metrics.answered(route, status, (!is_held).then(|| begun.elapsed()));
        if !is_read || status >= 400 {
            let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(status, took_ms, "answered");
        }
        response
    }
}

/// The id that a web server in front has given it, if it is harmless.
fn given_id(request: &Request) -> Option<String> {
    let given = request.headers().get(HEADER)?.to_str().ok()?;
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_harmless = (1..=LONGEST_ID).contains(&given.len()) && given.bytes().all(is_safe);
    is_harmless.then(|| given.to_owned())
}
