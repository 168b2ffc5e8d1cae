//! `GET /api/return/{payment}`: where a provider sends the shopper back to.
//!
//! Whatever the provider says in the address is ignored: the hop asks the provider itself, and
//! then sends the shopper to the shop's own page with `paywith=<payment id>`.

use super::{PathText, path_text};
use crate::{Shop, pay};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use paywith_providers::urls::with_parameter;
use std::sync::Arc;
use std::time::Duration;

/// A shopper waits no longer than this for a provider that does not answer; the widget asks again.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn go_back(State(shop): State<Arc<Shop>>, payment: PathText) -> Response {
    let Ok(payment) = path_text(payment) else { return lost(&shop) };
    let stored = shop.store.payment(&payment).await.ok().flatten();
    let Some(stored) = stored else { return lost(&shop) };
    let reading = tokio::time::timeout(PATIENCE, pay::read_truth(&shop, &stored.id)).await;
    if !matches!(reading, Ok(Ok(_))) {
        tracing::warn!(payment = stored.id, "the return hop could not ask the provider");
    }
    // It was checked when it was stored; the configuration may have changed since.
    let is_ours = |url: &String| shop.config.is_own_address(url);
    match stored.return_url.filter(is_ours) {
        Some(url) => see_other(&with_parameter(&url, "paywith", &stored.id)),
        None => lost(&shop),
    }
}

/// An address that leads nowhere: back to the shop's front page.
fn lost(shop: &Shop) -> Response {
    match shop.config.shop_origins.first() {
        Some(origin) => see_other(&format!("{origin}/")),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn see_other(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_owned())]).into_response()
}
