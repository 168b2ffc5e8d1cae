//! `POST /api/webhooks/{provider}`: where providers post what has become of a payment.
//!
//! The raw bytes are verified and kept before the answer; they are worked on afterwards.

use super::problem::ApiError;
use super::{PathText, path_text};
use crate::store::StoreError;
use crate::webhooks::{Heard, receive};
use crate::{Shop, pay};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use paywith_protocol::{Provider, code};
use std::sync::Arc;
use tracing::Instrument;

type Parts = Result<Path<(String, String)>, PathRejection>;

/// Cashi and Kashier, who sign.
pub(crate) async fn hear(
    State(shop): State<Arc<Shop>>,
    provider: PathText,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<&'static str, ApiError> {
    hear_from(shop, &path_text(provider)?, None, &headers, body).await
}

/// CashPay, who alone knows the address.
pub(crate) async fn hear_at(
    State(shop): State<Arc<Shop>>,
    parts: Parts,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<&'static str, ApiError> {
    let Path((provider, token)) = parts.map_err(|_| ApiError::not_found())?;
    hear_from(shop, &provider, Some(&token), &headers, body).await
}

async fn hear_from(
    shop: Arc<Shop>,
    provider: &str,
    token: Option<&str>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<&'static str, ApiError> {
    let provider = Provider::parse(provider).ok_or_else(ApiError::not_found)?;
    let body = body.map_err(|_| {
        ApiError::new(code::BAD_REQUEST, 413, "The body is too long", "at most 64 kB")
    })?;
    let heard = receive(&shop, provider, token, headers, &body).await;
    shop.metrics.heard(provider, outcome(&heard));
    match heard? {
        Heard::Kept(webhook) => {
            let work = async move { pay::hear(&shop, &webhook).await };
            tokio::spawn(work.in_current_span());
            Ok("ok")
        }
        Heard::KnownOrTrial => Ok("ok"),
        Heard::NobodyThere => Err(ApiError::not_found()),
        Heard::Forged => {
            tracing::warn!(provider = provider.id(), "a post with a wrong signature");
            let detail = "the signature is not that of the configured secret over this body";
            Err(ApiError::new("bad_signature", 401, "Not signed by the provider", detail))
        }
    }
}

fn outcome(heard: &Result<Heard, StoreError>) -> &'static str {
    match heard {
        Ok(Heard::Kept(_)) => "kept",
        Ok(Heard::KnownOrTrial) => "known_or_trial",
        Ok(Heard::NobodyThere) => "nobody_there",
        Ok(Heard::Forged) => "forged",
        Err(_) => "not_kept",
    }
}
