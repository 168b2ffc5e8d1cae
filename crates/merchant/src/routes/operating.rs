//! For operators: `GET /readyz` and `GET /metrics`. (`/healthz` only says that the process runs.)

use super::problem::ApiError;
use crate::{Shop, ids};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use paywith_protocol::code;
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A slower database is useless to shoppers.
const DATABASE_PATIENCE: Duration = Duration::from_secs(1);
/// Headers that a web server in front adds.
const OF_PROXIES: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// Whether shoppers can be sent here.
pub(super) async fn ready(State(shop): State<Arc<Shop>>) -> Result<&'static str, ApiError> {
    let unready = |title: &str| Err(ApiError::new(code::INTERNAL, 503, title, ""));
    if shop.stop.has_begun() {
        return unready("The backend is stopping");
    }
    // A read would prove nothing: a full disk and a read-only server can still be read.
    match tokio::time::timeout(DATABASE_PATIENCE, shop.store.can_write()).await {
        Ok(Ok(_)) => Ok("ready"),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database failed");
            unready("The database is not available")
        }
        Err(_) => unready("The database does not answer"),
    }
}

/// The metrics, for callers with the token; if none is configured, only for this machine.
pub(super) async fn metrics(
    State(shop): State<Arc<Shop>>,
    request: Request,
) -> Result<Response, ApiError> {
    match &shop.config.metrics_token {
        Some(token) if !is_bearer(request.headers(), token.expose_secret()) => {
            let detail = "send `Authorization: Bearer` with the configured `metrics_token`";
            return Err(ApiError::new("unauthorized", 401, "The token is missing", detail));
        }
        None if !is_local(&request) => return Err(ApiError::not_found()),
        Some(_) | None => {}
    }
    let now_ms = shop.now_ms();
    // Like `ready`: a database that can only be read is not up.
    let asked = async {
        shop.store.can_write().await?;
        shop.store.backlog(now_ms).await
    };
    let backlog = tokio::time::timeout(DATABASE_PATIENCE, asked).await;
    let mut backlog = backlog.ok().and_then(Result::ok);
    if let Some(backlog) = &mut backlog {
        // Events are stored all the same, for a shop that wants them later; nobody waits for them.
        backlog.event_ms = backlog.event_ms.filter(|_| shop.config.notify.is_some());
        // Where only a webhook can end it, a payment that was never paid stays under way.
        backlog.processing.retain(|(provider, _)| shop.clients.can_read(*provider));
    }
    let text = shop.metrics.text(shop.waiters.shoppers(), backlog.as_ref(), now_ms);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

fn is_bearer(headers: &HeaderMap, token: &str) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|sent| sent.to_str().ok());
    let sent = sent.and_then(|sent| sent.strip_prefix("Bearer ")).unwrap_or_default();
    // Comparing digests leaks nothing through timing.
    ids::sha256_hex(sent) == ids::sha256_hex(token)
}

/// Whether the request comes from this machine itself, and not through a web server on it.
fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_loopback = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    is_loopback && OF_PROXIES.iter().all(|name| !request.headers().contains_key(*name))
}
