//! `GET /api/checkout?order=…`: what an order costs, which providers accept it, and its live
//! payment.

use super::problem::ApiError;
use super::{pairs, proven_order, shown, value};
use crate::Shop;
use crate::store::StoredPayment;
use axum::Json as Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use paywith_protocol::{Money, Payment, Provider};
use serde::Serialize;
use std::sync::Arc;

/// The contract's shape; `amount` carries its currency.
#[derive(Serialize)]
pub(crate) struct Checkout {
    order: String,
    amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_name: Option<String>,
    providers: Vec<Provider>,
    payment: Option<Payment>,
    test: bool,
}

pub(crate) async fn show(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Body<Checkout>, ApiError> {
    let query = pairs(query.as_deref());
    let token = value(&query, "order").ok_or_else(ApiError::not_found)?;
    let order = proven_order(&shop, token, false, &headers).await?;
    let order = order.ok_or_else(ApiError::not_found)?;
    let payments = shop.store.payments_of_order(&order.id).await?;
    // The paid one first, then what can still be paid: a paid order must not look payable.
    let paid = payments.iter().find(|payment| payment.has_money());
    let is_open =
        |payment: &&StoredPayment| payment.is_live(shop.now_ms()) && payment.price == order.price;
    let live = paid.or_else(|| payments.iter().find(is_open));
    let payment = live.map(|payment| shown(&shop, payment)).transpose()?;
    let is_listed =
        |provider: &Provider| order.providers.is_empty() || order.providers.contains(provider);
    let providers = shop.clients.offered(&order.price).into_iter().filter(is_listed).collect();
    Ok(Body(Checkout {
        order: order.id,
        amount: order.price,
        description: order.description,
        merchant_name: shop.config.merchant_name.clone(),
        providers,
        payment,
        test: shop.config.test,
    }))
}
