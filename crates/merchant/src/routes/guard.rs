//! The limits in front of every route: how often one client may call, how long a body and a whole
//! request may take.

use super::client::{client_key, is_public};
use super::lenient::{self, Target};
use super::problem::ApiError;
use super::table::Limit;
use super::trace::{known_route, route};
use crate::Shop;
use crate::pay::{PayError, rate_limited};
use crate::webhooks::Reason;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use paywith_protocol::{Provider, code};
use std::future::ready;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Once};
use std::time::Duration;

/// No valid request is longer.
const MOST_BODY_BYTES: usize = 64 * 1024;
/// How much of an ignored body is read, and for how long.
const MOST_IGNORED_BYTES: usize = 1024 * 1024;
const IGNORED_PATIENCE: Duration = Duration::from_secs(3);
/// A whole body must arrive within this time: a few kilobytes, over a bad mobile connection.
const BODY_PATIENCE: Duration = Duration::from_secs(20);
/// How long a request may take, besides waiting: a create call may have to read four payments at a
/// slow provider before it asks for a new one.
const REQUEST_PATIENCE: Duration = Duration::from_secs(90);

fn limit(request: &Request) -> Limit {
    match known_route(request).map_or(Limit::Calling, |route| route.limit) {
        Limit::Form if matches!(*request.method(), Method::GET | Method::HEAD) => Limit::Reading,
        Limit::Form => Limit::Calling,
        limit => limit,
    }
}

/// An answer to come.
pub(super) type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Lets a request through, and ends it if it takes too long. A provider call that it has begun goes
/// on. It is called by `trace`, because each layer would cost memory for every waiting call.
pub(super) fn guard(shop: &Arc<Shop>, request: Request, next: Next) -> Answer {
    if let Err(refusal) = limit_client(shop, &request) {
        return Box::pin(ready(ApiError::from(refusal).into_response()));
    }
    let patience = shop.config.wait.saturating_add(REQUEST_PATIENCE);
    let reading = Box::pin(take_body(shop.clone(), request));
    let work = async move {
        match reading.await {
            Ok(request) => next.run(request).await,
            Err(refusal) => refusal.into_response(),
        }
    };
    let late = |_| {
        let detail = "send it again; what was begun goes on";
        ApiError::new(code::INTERNAL, 503, "It took too long", detail).into_response()
    };
    Box::pin(tokio::time::timeout(patience, work).map(move |answer| answer.unwrap_or_else(late)))
}

/// Refuses clients that call too often.
fn limit_client(shop: &Shop, request: &Request) -> Result<(), PayError> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    let proxies = shop.config.trusted_proxies;
    warn_of_proxies(request, peer, proxies);
    let Some(key) = client_key(peer, request.headers(), proxies) else { return Ok(()) };
    let (limit, taken) = match limit(request) {
        Limit::None => return Ok(()),
        Limit::Reading => ("status_per_client", shop.limits.reader(key)),
        Limit::Form | Limit::Calling => ("per_client", shop.limits.client(key)),
    };
    taken.map_err(|wait| {
        shop.metrics.limited(limit);
        rate_limited(wait)
    })
}

/// Behind a web server that is not configured, all shoppers look like one client, which is
/// therefore not limited: warns once.
fn warn_of_proxies(request: &Request, peer: Option<IpAddr>, proxies: usize) {
    static SAID: Once = Once::new();
    let is_proxied = request.headers().contains_key("x-forwarded-for");
    if proxies == 0 && is_proxied && peer.is_some_and(|peer| !is_public(&peer)) {
        SAID.call_once(|| {
            tracing::warn!("a web server is in front: set `trusted_proxies` to limit its clients");
        });
    }
}

/// Refuses clients that try to pay one order too often.
pub(super) fn limit_order(shop: &Shop, order_id: &str) -> Result<(), PayError> {
    shop.limits.order(order_id).map_err(|wait| {
        shop.metrics.limited("per_order");
        rate_limited(wait)
    })
}

/// Reads the body, or gives up on it, before any route sees the request.
async fn take_body(shop: Arc<Shop>, request: Request) -> Result<Request, ApiError> {
    let is_way_back = matches!(route(&request), "/api/return" | "/api/return/{payment}");
    let (head, body) = request.into_parts();
    if is_way_back {
        // A provider's form. It is read only so that the sender goes on to read the answer.
        let ignored = to_bytes(body, MOST_IGNORED_BYTES);
        drop(tokio::time::timeout(IGNORED_PATIENCE, ignored).await);
        return Ok(Request::from_parts(head, Body::empty()));
    }
    match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, MOST_BODY_BYTES)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(head, Body::from(bytes))),
        Ok(Err(_)) => {
            count_too_long(&shop, &head.uri);
            let detail = "the body is longer than 64 kB, or was cut off";
            Err(ApiError::new(code::BAD_REQUEST, 413, "Too long", detail))
        }
        Err(_) => {
            let detail = "the body took longer than 20 seconds";
            Err(ApiError::new(code::BAD_REQUEST, 408, "Too slow", detail))
        }
    }
}

fn count_too_long(shop: &Shop, uri: &Uri) {
    if let Some(Target::Webhook { provider, .. }) = lenient::read(uri.path()) {
        shop.cannot_use(provider.map_or("other", Provider::id), Reason::TooLong);
    }
}
