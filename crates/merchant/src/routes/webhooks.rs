//! `POST /api/webhooks/{provider}`: where providers send their webhooks.
//!
//! The raw bytes are verified and stored before the answer, and processed afterwards. Unusable
//! webhooks are counted with their reason, and a GET says what the address accepts.

use super::lenient::{self, Target};
use super::problem::ApiError;
use crate::store::StoreError;
use crate::webhooks::{Reason, Receipt, receive};
use crate::{Shop, json, pay};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use paywith_protocol::{Json, Provider, code};
use std::sync::Arc;
use tracing::Instrument;

/// The metrics label for an unknown provider.
const OTHER: &str = "other";

/// Handles every request to a webhook address, with any method.
pub(crate) async fn door(State(shop): State<Arc<Shop>>, request: Request) -> Response {
    let is_post = *request.method() == Method::POST;
    let (provider, token) = match lenient::read(request.uri().path()) {
        Some(Target::Webhook { provider, token }) => (provider, token),
        Some(Target::Return { .. }) | None => (None, None),
    };
    let Some(provider) = provider else {
        shop.cannot_use(OTHER, Reason::UnknownProvider);
        return nobody().into_response();
    };
    if !is_post {
        return told(&shop, provider);
    }
    let headers = request.headers().clone();
    let Ok(body) = Bytes::from_request(request, &()).await else {
        shop.cannot_use(provider.id(), Reason::TooLong);
        let refusal =
            ApiError::new(code::BAD_REQUEST, 413, "The body is too long", "at most 64 kB");
        return refusal.into_response();
    };
    receive_and_process(shop, provider, token.as_deref(), &headers, body).await.into_response()
}

async fn receive_and_process(
    shop: Arc<Shop>,
    provider: Provider,
    token: Option<&str>,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<&'static str, ApiError> {
    if let Some(reason) = Reason::of_configuration(&shop, provider) {
        shop.cannot_use(provider.id(), reason);
        return Err(not_configured(provider, reason));
    }
    let receipt = receive(&shop, provider, token, headers, &body).await;
    if let Some(word) = outcome(&receipt) {
        shop.metrics.webhook(provider.id(), word);
    }
    match receipt? {
        Receipt::Stored(webhook) => {
            let work = async move { pay::process_webhook(&shop, &webhook).await };
            tokio::spawn(work.in_current_span());
            Ok("ok")
        }
        Receipt::KnownOrTest => Ok("ok"),
        Receipt::NoSuchAddress => {
            shop.cannot_use(provider.id(), Reason::WrongAddress);
            Err(ApiError::not_found())
        }
        Receipt::Forged => {
            let is_json = json::read::<Json>(&body).is_ok();
            let reason = if is_json { Reason::Forged } else { Reason::Unreadable };
            shop.cannot_use(provider.id(), reason);
            let detail = "the signature is not that of the configured secret over this body";
            Err(ApiError::new("bad_signature", 401, "Not signed by the provider", detail))
        }
    }
}

/// The outcomes that are not counted with a [`Reason`].
fn outcome(receipt: &Result<Receipt, StoreError>) -> Option<&'static str> {
    match receipt {
        Ok(Receipt::Stored(_)) => Some("stored"),
        Ok(Receipt::KnownOrTest) => Some("known_or_trial"),
        Ok(Receipt::NoSuchAddress | Receipt::Forged) => None,
        Err(_) => Some("not_stored"),
    }
}

fn nobody() -> ApiError {
    let detail = "the address of webhooks ends with the provider's name, such as \
                  /api/webhooks/cashi or /api/webhooks/kashier";
    ApiError::new(code::NOT_FOUND, 404, "No provider has this name", detail)
}

fn not_configured(provider: Provider, reason: Reason) -> ApiError {
    let title = format!("{}'s webhooks are not used here yet", provider.name());
    ApiError::new("webhook_not_configured", 404, &title, reason.remedy())
}

/// For a person with a browser, and for a dashboard's "test" button. Never a success: nothing was
/// tested.
fn told(shop: &Shop, provider: Provider) -> Response {
    shop.cannot_use(provider.id(), Reason::WrongMethod);
    let name = provider.name();
    let title = format!("This is the address of {name}'s webhooks");
    let missing = Reason::of_configuration(shop, provider);
    let missing = missing.map(|reason| format!(". Before it works: {}", reason.remedy()));
    let detail = format!(
        "it takes another method: POST, signed by {name}. Enter it in {name}'s dashboard; opening it \
         in a browser tries nothing{}",
        missing.unwrap_or_default()
    );
    let mut response = ApiError::new(code::BAD_REQUEST, 405, &title, &detail).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}
