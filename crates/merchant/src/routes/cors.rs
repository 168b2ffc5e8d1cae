//! What browsers on other origins may do: the shop's own pages and apps may do everything that the
//! widget needs, others nothing; and nobody may use the support pages.
//!
//! Only preflights, which browsers send before a call, are answered here. Any other OPTIONS request
//! goes to its address like every method. It is part of `trace` and not a separate layer, which
//! would cost memory for every waiting call.

use crate::Shop;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

/// What the widget always sends.
const ALWAYS: [&str; 2] = ["content-type", "idempotency-key"];
const METHODS: HeaderValue = HeaderValue::from_static("GET,POST");
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after,date,etag");
/// Two hours: no browser caches an answer much longer, and a changed setting takes effect soon
/// enough.
const REMEMBERED_S: HeaderValue = HeaderValue::from_static("7200");
/// What answers depend on, for caches.
const VARY: HeaderValue = HeaderValue::from_static(
    "origin, access-control-request-method, access-control-request-headers",
);

/// The origin of the calling page, if it is the shop's.
pub(super) fn allowed_origin(shop: &Shop, request: &Request) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let is_listed = shop.config.shop_origins.iter().any(|listed| origin == listed.as_str());
    let is_for_people = request.uri().path().starts_with("/admin");
    (is_listed && !is_for_people).then(|| origin.clone())
}

/// The answer to a preflight; `None` if the request is not one.
pub(super) fn preflight(shop: &Shop, request: &Request, is_allowed: bool) -> Option<Response> {
    let headers = request.headers();
    let is_preflight = *request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if is_allowed {
        warn_of_unlisted(shop, headers);
        let answer = response.headers_mut();
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED_S);
        let own = shop.config.allowed_headers.iter().map(HeaderName::as_str);
        let list = ALWAYS.into_iter().chain(own).collect::<Vec<_>>().join(",");
        if let Ok(list) = HeaderValue::from_str(&list) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, list);
        }
    }
    Some(response)
}

/// Adds the headers that let the calling page read this answer.
pub(super) fn disclose(response: &mut Response, origin: Option<HeaderValue>) {
    let headers = response.headers_mut();
    headers.append(header::VARY, VARY);
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// The browser will not send the call, and the page only learns that there was no answer.
fn warn_of_unlisted(shop: &Shop, headers: &HeaderMap) {
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let asked = asked.and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let is_listed = |name: &str| {
        let own = shop.config.allowed_headers.iter().map(HeaderName::as_str);
        ALWAYS.into_iter().chain(own).any(|listed| listed.eq_ignore_ascii_case(name))
    };
    let mut names = asked.split(',').map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = names.find(|name| !is_listed(name)) {
        let header = name.chars().take(60).collect::<String>();
        tracing::warn!(header, "a page of the shop may not send it: add it to `allowed_headers`");
    }
}
