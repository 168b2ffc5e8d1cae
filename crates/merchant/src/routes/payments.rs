//! `POST /api/payments`, `GET /api/payments/{id}`, `POST /api/payments/{id}/cancel`.

use super::etag::{etag, is_known, sent_tags};
use super::guard::limit_order;
use super::problem::ApiError;
use super::{PathText, pairs, path_text, proven_order, shown, value};
use crate::pay::{self, Created, PayError, Request};
use crate::store::StoredPayment;
use crate::{Order, Shop};
use axum::Json as Body;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use paywith_protocol::{AttemptKey, Json, Provider, Status, code};
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

const STALE: HeaderName = HeaderName::from_static("x-paywith-stale");

/// Creates a payment, or returns the one that this request means.
pub(crate) async fn create(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = read_body(&headers, body)?;
    let key = read_key(&headers)?;
    let token = text(&body, "order")?;
    let provider = Provider::parse(text(&body, "provider")?).ok_or_else(|| {
        ApiError::bad_request("`provider` must be cashii, cashpay, kashier or cashi")
    })?;
    let request = Request {
        key,
        provider,
        return_url: body.get_present("return_url").and_then(Json::as_str).map(str::to_owned),
        locale: optional_text(&body, "locale")?.unwrap_or("en").to_owned(),
        supersedes: optional_text(&body, "supersedes")?.map(str::to_owned),
    };
    let order = proven_order(&shop, token, true, &headers).await?;
    let order = order.ok_or_else(ApiError::not_found)?;
    limit_order(&shop, &order.id)?;
    let created = create_on(shop, order, request).await?;
    let status = if created.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Body(created.payment)).into_response())
}

/// The work goes on if the browser hangs up: an attempt is finished, not dropped halfway.
pub(super) async fn create_on(
    shop: Arc<Shop>,
    order: Order,
    request: Request,
) -> Result<Created, PayError> {
    let work = async move {
        let created = pay::create(&shop, &order, &request).await;
        shop.metrics.created(request.provider, outcome(&created));
        created
    };
    // A panic is logged where it happens.
    tokio::spawn(work.in_current_span()).await.unwrap_or(Err(PayError::Broken))
}

fn outcome(created: &Result<Created, PayError>) -> &'static str {
    match created {
        Ok(Created { is_new: true, .. }) => "created",
        Ok(Created { is_new: false, .. }) => "known",
        Err(PayError::Problem(problem)) if problem.status < 500 => "refused",
        Err(PayError::Problem(_)) => "provider_failed",
        Err(PayError::Database(_) | PayError::NoRandomness | PayError::Broken) => "failed",
    }
}

/// A payment's status; with `wait_ms`, as soon as it differs from `status`.
pub(crate) fn show(
    State(shop): State<Arc<Shop>>,
    id: PathText,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> impl Future<Output = Result<Response, ApiError>> + Send {
    let (tags, query) = (sent_tags(&headers), pairs(query.as_deref()));
    let (seen, most) = wish(&query);
    let owned = shop.clone();
    // Boxed, because thousands may wait: the request's own data is freed as soon as it has been read.
    let finding =
        Box::pin(
            async move { find(&owned, &path_text(id)?, &query, &headers).await.map(Box::new) },
        );
    async move {
        let current = pay::wait(&shop, finding.await?, seen, most).await?;
        let current = current.ok_or_else(ApiError::not_found)?;
        let payment = shown(&shop, &current.payment)?;
        let etag = etag(&payment);
        let is_known = etag.as_ref().is_some_and(|etag| is_known(&tags, etag));
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Body(payment).into_response()
        };
        if let Some(etag) = etag {
            response.headers_mut().insert(header::ETAG, etag);
        }
        if current.is_stale {
            response.headers_mut().insert(STALE, HeaderValue::from_static("1"));
        }
        Ok(response)
    }
}

/// The shopper gave up.
pub(crate) async fn cancel(
    State(shop): State<Arc<Shop>>,
    id: PathText,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let known = find(&shop, &path_text(id)?, &pairs(query.as_deref()), &headers).await?;
    let payment = pay::cancel(&shop, &known.id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Body(shown(&shop, &payment)?).into_response())
}

/// The status that the caller knows, and how long it will wait for a different one.
fn wish(query: &[(String, String)]) -> (Option<Status>, Duration) {
    let wait_ms = value(query, "wait_ms").and_then(|text| text.parse().ok()).unwrap_or(0);
    (value(query, "status").map(Status::parse), Duration::from_millis(wait_ms))
}

/// The payment, if it belongs to the order that the query names and the caller may see.
async fn find(
    shop: &Shop,
    id: &str,
    query: &[(String, String)],
    headers: &HeaderMap,
) -> Result<StoredPayment, ApiError> {
    let id = if id == "_" { value(query, "id").unwrap_or_default() } else { id };
    let (Some(reference), false) = (value(query, "order"), id.is_empty()) else {
        return Err(ApiError::not_found());
    };
    let order = proven_order(shop, reference, false, headers).await?;
    let order = order.ok_or_else(ApiError::not_found)?;
    let payment = shop.store.payment(id).await?;
    let is_disclosed = |payment: &StoredPayment| payment.creation.provider_payment().is_some();
    let payment = payment.filter(|payment| payment.order_id == order.id && is_disclosed(payment));
    payment.ok_or_else(ApiError::not_found)
}

fn read_key(headers: &HeaderMap) -> Result<String, ApiError> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let key = key.and_then(AttemptKey::parse).ok_or_else(|| {
        let detail = "send the header `Idempotency-Key`: one UUID per attempt, the same on a retry";
        ApiError::new(code::IDEMPOTENCY_KEY_MISSING, 400, "No idempotency key", detail)
    })?;
    Ok(key.as_str().to_owned())
}

/// A JSON body. Requiring its content type keeps out plain forms from other sites.
pub(super) fn read_body(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json, ApiError> {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("application/json") {
        let detail = "send `content-type: application/json`";
        return Err(ApiError::new(code::BAD_REQUEST, 415, "No JSON", detail));
    }
    let body = body.map_err(|_| {
        ApiError::new(code::BAD_REQUEST, 413, "Too long", "the body is longer than 64 kB")
    })?;
    let json: Json =
        crate::json::read(&body).map_err(|_| ApiError::bad_request("the body is not JSON"))?;
    if json.is_object() {
        Ok(json)
    } else {
        Err(ApiError::bad_request("the body must be an object"))
    }
}

fn text<'a>(body: &'a Json, field: &str) -> Result<&'a str, ApiError> {
    let text = body.get_present(field).and_then(Json::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| ApiError::bad_request(&format!("`{field}` must be a text")))
}

fn optional_text<'a>(body: &'a Json, field: &str) -> Result<Option<&'a str>, ApiError> {
    match body.get_present(field) {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(ApiError::bad_request(&format!("`{field}` must be a text or null"))),
        },
    }
}
