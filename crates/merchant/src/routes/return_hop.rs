//! `/api/return/{payment}`: where a provider sends the shopper back to, by any method.
//! `/api/return/cashi` and `/api/return` do the same if the account has one address for all orders.
//!
//! What the provider says in the address or in a posted form is ignored, or only identifies the
//! payment: the hop asks the provider itself, and then sends the shopper to the shop's own page
//! with `paywith=<payment id>`.

use super::lenient::{self, Target};
use super::pay_page::go_back_to_the_app;
use crate::store::StoredPayment;
use crate::{Shop, pay};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use paywith_protocol::Provider;
use paywith_providers::returns;
use paywith_providers::urls::with_parameter;
use std::sync::Arc;
use std::time::Duration;

/// How long a shopper waits for a provider that does not answer; the widget asks again.
const PATIENCE: Duration = Duration::from_secs(5);
/// Parameters that may contain an order's reference. No provider documents one for an account-wide
/// address.
const REFERENCES: [&str; 5] = ["order_id", "orderId", "order", "merchantOrderId", "reference"];
/// None of our references is longer.
const MOST_REFERENCE_BYTES: usize = 200;

/// Sends the shopper back to the shop.
pub(crate) async fn go_back(State(shop): State<Arc<Shop>>, request: Request) -> Response {
    let headers = request.headers();
    let stored = match lenient::read(request.uri().path()) {
        Some(Target::Return { payment: Some(id), .. }) => {
            shop.store.payment(&id).await.ok().flatten()
        }
        Some(Target::Return { payment: None, provider }) => {
            find(&shop, provider, request.uri().query().unwrap_or_default()).await
        }
        Some(Target::Webhook { .. }) | None => None,
    };
    let Some(stored) = stored else { return front_page(&shop, None, headers) };
    let reading = tokio::time::timeout(PATIENCE, pay::refresh(&shop, &stored.id)).await;
    if !matches!(reading, Ok(Ok(_))) {
        tracing::warn!(payment = stored.id, "the return hop could not ask the provider");
    }
    // It was checked when it was stored; the configuration may have changed since.
    let is_ours = |url: &String| shop.config.is_own_address(url);
    match stored.return_url.filter(is_ours) {
        Some(url) => see_other(&with_parameter(&url, "paywith", &stored.id)),
        None => front_page(&shop, Some(&stored.id), headers),
    }
}

/// The payment that a provider names by the reference that we gave it. Unlike an order's number,
/// that reference cannot be guessed: nobody can find another shopper's payment here.
async fn find(shop: &Shop, provider: Option<Provider>, query: &str) -> Option<StoredPayment> {
    let pairs = returns::pairs(query);
    let is_asked = |provider_: &Provider| provider.is_none_or(|asked| asked == *provider_);
    for (_, reference) in pairs.iter().filter(|(name, _)| REFERENCES.contains(&name.as_str())) {
        if reference.is_empty()
            || reference.len() > MOST_REFERENCE_BYTES
            || reference.contains('\0')
        {
            continue;
        }
        for provider in Provider::ALL.into_iter().filter(is_asked) {
            let found = shop.store.payment_by_reference(provider, reference).await.ok().flatten();
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// The fallback: the first of the shop's pages. An app has none, so a sentence says to go back to
/// it.
fn front_page(shop: &Shop, payment: Option<&str>, headers: &HeaderMap) -> Response {
    let page = shop.config.shop_origins.iter().find(|origin| origin.is_web());
    match (page, payment) {
        (Some(origin), Some(id)) => {
            see_other(&with_parameter(&format!("{origin}/"), "paywith", id))
        }
        (Some(origin), None) => see_other(&format!("{origin}/")),
        (None, _) => go_back_to_the_app(headers),
    }
}

fn see_other(url: &str) -> Response {
    // Only ASCII is safe in a header; other letters are encoded as browsers encode them.
    let ascii = if url.is_ascii() { None } else { url::Url::parse(url).ok() };
    let location = ascii.map_or_else(|| url.to_owned(), String::from);
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}
