//! The HTTP surface (contract section 3): who may call, what can be requested, how it is answered;
//! and the page for shoppers without JavaScript.

mod admin;
mod checkout;
mod client;
mod cors;
mod demo;
mod etag;
mod guard;
mod lenient;
mod openapi;
mod operating;
mod pay_page;
mod payments;
mod problem;
mod return_hop;
mod table;
mod trace;
mod webhooks;

use crate::{Shop, pay};
use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use std::sync::Arc;
pub use table::addresses;

pub(crate) fn router(shop: Arc<Shop>) -> Router {
    table::routes(&shop.config)
        .fallback(lenient::fallback)
        .method_not_allowed_fallback(problem::wrong_method)
        .with_state(shop.clone())
        .layer(from_fn_with_state(shop, trace::trace))
}

/// The variable part of an address, which may be invalid text, such as `%ff`.
type PathText = Result<Path<String>, PathRejection>;

/// Invalid text is not the id of anything.
fn path_text(part: PathText) -> Result<String, problem::ApiError> {
    part.map(|Path(text)| text).map_err(|_| problem::ApiError::not_found())
}

/// The pairs of a query or a form, decoded.
fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    paywith_providers::returns::pairs(query.unwrap_or_default())
}

/// The first value of this name.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The order that a token proves, or that the shop says is the caller's. `must_be_fresh` is for
/// paying; an order whose token has expired can still be read, otherwise a shopper who waits too
/// long would see "unknown order".
async fn proven_order(
    shop: &Shop,
    reference: &str,
    must_be_fresh: bool,
    headers: &HeaderMap,
) -> Result<Option<crate::Order>, pay::PayError> {
    let now_s = u64::try_from(shop.now_ms() / 1_000).unwrap_or(u64::MAX);
    let now_s = if must_be_fresh { now_s } else { 0 };
    match crate::Order::verify(reference, &shop.config.order_token_secret, now_s) {
        Some(order) => Ok(Some(order)),
        None => crate::order_lookup::look_up(shop, reference, headers).await,
    }
}

/// A stored payment as the contract's JSON.
fn shown(
    shop: &Shop,
    stored: &crate::store::StoredPayment,
) -> Result<paywith_protocol::Payment, problem::ApiError> {
    let payment = pay::present(stored, &shop.config, shop.now_ms());
    payment.ok_or(problem::ApiError::internal())
}
