//! `/pay/{order}`: paying without JavaScript. The link inside `<pay-with>` leads here when the
//! widget cannot: a form that leads to the provider, or the code with its amount and deadline,
//! refreshed by the page itself.
//!
//! It makes no decisions of its own: `pay` decides, as for the widget.

mod messages;
mod view;

use super::guard::limit_order;
use super::payments::create_on;
use super::{PathText, path_text, proven_order};
use crate::orders::Order;
use crate::pay::{self, PayError, Request};
use crate::store::StoredPayment;
use crate::{Shop, ids};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use messages::Messages;
use paywith_protocol::{Action, Provider};
use paywith_providers::{returns, urls};
use std::sync::Arc;

/// What the page may use: its own style, pictures of codes, and its own form, whose answer may send
/// the shopper to any provider.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; \
     form-action 'self' https: http://127.0.0.1:* http://localhost:*",
);

/// What is shown about an order.
struct Page<'a> {
    shop: &'a Shop,
    messages: &'static Messages,
    order: &'a Order,
    /// The token, or the order's id, as given in the address.
    token: &'a str,
    /// The payment that matters: the paid one, otherwise the one that can still be paid.
    payment: Option<StoredPayment>,
    /// Whether the newest payment ended without success.
    has_ended: bool,
    /// The providers that accept the order.
    providers: Vec<Provider>,
    /// The key of the next attempt: pressing twice makes one payment.
    key: String,
    now_ms: i64,
}

/// The page of an order.
pub(crate) async fn show(
    State(shop): State<Arc<Shop>>,
    token: PathText,
    headers: HeaderMap,
) -> Response {
    let messages = Messages::of(&headers);
    let token = path_text(token).unwrap_or_default();
    let order = match proven_order(&shop, &token, false, &headers).await {
        Ok(Some(order)) => order,
        Ok(None) => return unknown(messages),
        Err(error) => return refused(messages, &token, &error),
    };
    match page(&shop, messages, &order, &token).await {
        Ok(page) => answer(StatusCode::OK, view::page(&page)),
        Err(error) => refused(messages, &token, &error),
    }
}

/// The shopper chose a provider.
pub(crate) async fn begin(
    State(shop): State<Arc<Shop>>,
    token: PathText,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let messages = Messages::of(&headers);
    let token = path_text(token).unwrap_or_default();
    let order = match proven_order(&shop, &token, true, &headers).await {
        Ok(order) => order,
        Err(error) => return refused(messages, &token, &error),
    };
    let fields = body.map(|body| returns::pairs(&String::from_utf8_lossy(&body)));
    let fields = fields.unwrap_or_default();
    let field = |name: &str| {
        let found = fields.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.clone())
    };
    let provider = field("provider").and_then(|id| Provider::parse(&id));
    let key = field("key").filter(|key| paywith_protocol::AttemptKey::parse(key).is_some());
    let (Some(order), Some(provider), Some(key)) = (order, provider, key) else {
        return unknown(messages);
    };
    let request = Request {
        key,
        provider,
        return_url: Some(format!("{}{}", shop.config.public_url, own(&token))),
        locale: messages.tag.to_owned(),
        supersedes: field("supersedes"),
    };
    if let Err(refusal) = limit_order(&shop, &order.id) {
        return refused(messages, &token, &refusal);
    }
    match create_on(shop, order, request).await {
        Ok(created) => match created.payment.action {
            Some(Action::Redirect { url }) => see_other(&url),
            Some(Action::Qr { .. }) | None => see_other(&own(&token)),
        },
        // Another payment blocks this one: the page shows that payment.
        Err(PayError::Problem(problem)) if problem.payment.is_some() => see_other(&own(&token)),
        Err(error) => refused(messages, &token, &error),
    }
}

/// The page's style sheet.
pub(crate) async fn style() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css"), (header::CACHE_CONTROL, "max-age=3600")];
    (kind, include_str!("style.css")).into_response()
}

/// What is known about the order, after reading the payment that matters again.
async fn page<'a>(
    shop: &'a Shop,
    messages: &'static Messages,
    order: &'a Order,
    token: &'a str,
) -> Result<Page<'a>, PayError> {
    let payments = shop.store.payments_of_order(&order.id).await?;
    let paid = payments.iter().find(|payment| payment.has_money());
    let is_open =
        |payment: &&StoredPayment| payment.is_live(shop.now_ms()) && payment.price == order.price;
    let known = paid.or_else(|| payments.iter().find(is_open)).or(payments.first());
    let known = known.filter(|payment| payment.creation.provider_payment().is_some());
    let known = match known {
        Some(known) => pay::refresh(shop, &known.id).await?.map(|current| *current.payment),
        None => None,
    };
    let now_ms = shop.now_ms();
    let is_shown = |payment: &StoredPayment| payment.has_money() || payment.is_live(now_ms);
    let has_ended = known.as_ref().is_some_and(|payment| !is_shown(payment));
    let payment = known.filter(is_shown);
    let is_listed =
        |provider: &Provider| order.providers.is_empty() || order.providers.contains(provider);
    let providers = shop.clients.offered(&order.price).into_iter().filter(is_listed).collect();
    let key = ids::random_hex(shop.randomness(), 16)?;
    Ok(Page { shop, messages, order, token, payment, has_ended, providers, key, now_ms })
}

/// A token contains only characters that are valid in a path; an order's id may contain others.
fn own(token: &str) -> String {
    format!("/pay/{}", urls::percent_encode(token))
}

/// The return page of a shop that has only an app and no web page.
pub(crate) fn go_back_to_the_app(headers: &HeaderMap) -> Response {
    let messages = Messages::of(headers);
    answer(StatusCode::OK, view::message(messages, messages.back_to_app, None))
}

/// One answer for "no such order" and "not yours".
fn unknown(messages: &'static Messages) -> Response {
    answer(StatusCode::NOT_FOUND, view::message(messages, messages.unknown_order, None))
}

fn refused(messages: &'static Messages, token: &str, error: &PayError) -> Response {
    let (status, detail) = match error {
        PayError::Problem(problem) => (problem.status, problem.detail.as_deref()),
        PayError::Database(error) => {
            tracing::error!(%error, "the database failed");
            (503, None)
        }
        PayError::NoRandomness | PayError::Broken => (500, None),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let sentence = if status.is_server_error() { messages.trouble } else { messages.refused };
    let mut response = answer(status, view::message(messages, sentence, Some(&own(token))));
    if let Some(detail) = detail.and_then(|detail| HeaderValue::from_str(detail).ok()) {
        // For the developer; the shopper sees a sentence.
        response.headers_mut().insert("x-paywith-detail", detail);
    }
    response
}

fn answer(status: StatusCode, page: Markup) -> Response {
    let mut response = (status, page).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

fn see_other(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_owned())]).into_response()
}
