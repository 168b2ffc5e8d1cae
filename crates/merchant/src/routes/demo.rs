//! The demonstration shop's own backend: four products, and orders priced here, never in the
//! browser. It exists only if `demo.enabled` is set.

use super::payments::read_body;
use super::problem::ApiError;
use super::{PathText, path_text};
use crate::{Order, Shop, ids};
use axum::Json as Body;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use paywith_protocol::{Json, Money};
use serde_json::{Value, json};
use std::sync::Arc;

/// A demonstration order can be paid for a day.
const TOKEN_LIFE_S: u64 = 86_400;
const MOST_PIECES: u64 = 20;

struct Product {
    id: &'static str,
    price: (&'static str, &'static str),
    /// English, Indonesian, Arabic, Turkish.
    names: [&'static str; 4],
}

const PRODUCTS: [Product; 4] = [
    Product {
        id: "coffee",
        price: ("15000", "IDR"),
        names: [
            "Gayo coffee, 100 g",
            "Kopi Gayo, 100 g",
            "قهوة غايو، ١٠٠ غ",
            "Gayo kahvesi, 100 g",
        ],
    },
    Product {
        id: "scarf",
        price: ("165.50", "EGP"),
        names: [
            "Egyptian cotton scarf",
            "Syal katun Mesir",
            "وشاح من القطن المصري",
            "Mısır pamuğu atkı",
        ],
    },
    Product {
        id: "soap",
        price: ("100.98", "SYP"),
        names: [
            "Aleppo laurel soap",
            "Sabun laurel Aleppo",
            "صابون غار حلبي",
            "Halep defne sabunu",
        ],
    },
    Product {
        id: "honey",
        price: ("2000", "YER"),
        names: ["Sidr honey, 250 g", "Madu Sidr, 250 g", "عسل سدر، ٢٥٠ غ", "Sidr balı, 250 g"],
    },
];

/// The shop's shelf.
pub(crate) async fn products(State(shop): State<Arc<Shop>>) -> Body<Value> {
    let shelf = PRODUCTS.iter().filter_map(|product| {
        let (amount, currency) = product.price;
        let price = Money::parse(amount, currency).ok()?;
        let [en, id, ar, tr] = product.names;
        let providers: Vec<&str> =
            shop.clients.offered(&price).iter().map(|provider| provider.id()).collect();
        Some(json!({
            "id": product.id,
            "name": { "en": en, "id": id, "ar": ar, "tr": tr },
            "price": amount,
            "currency": currency,
            "providers": suitable(currency, &providers),
        }))
    });
    Body(json!({ "products": shelf.collect::<Vec<_>>() }))
}

/// The provider of the currency's own country; Kashier and CashPay would accept others too.
fn suitable<'a>(currency: &str, offered: &[&'a str]) -> Vec<&'a str> {
    let home = match currency {
        "IDR" => "cashi",
        "EGP" => "kashier",
        "SYP" => "cashii",
        _ => "cashpay",
    };
    offered.iter().copied().filter(|id| *id == home).collect()
}

/// Prices a cart and signs the order.
pub(crate) async fn order(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Body<Value>, ApiError> {
    let body = read_body(&headers, body)?;
    let items = body.get("items").and_then(Json::as_array).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| ApiError::bad_request("`items` must be a list of products"))?;
    let mut total: Option<Money> = None;
    let mut names = Vec::new();
    for item in items {
        let (product, quantity) = read_item(item)?;
        let (amount, currency) = product.price;
        let price = Money::parse(amount, currency).map_err(|_| ApiError::internal())?;
        let line = price.value.checked_mul(quantity).ok_or_else(ApiError::internal)?;
        let sum = match total {
            None => Some(line),
            Some(total) if total.currency == price.currency => total.value.checked_add(line),
            Some(_) => return Err(bad_cart("`items` must all have one currency")),
        };
        let value = sum.ok_or_else(|| bad_cart("`items` cost too much"))?;
        total = Some(Money { value, currency: price.currency });
        let [name, ..] = product.names;
        names.push(format!("{quantity} × {name}"));
    }
    let price = total.ok_or_else(|| bad_cart("`items` must be a list of products"))?;
    let id = ids::new_order_id(shop.randomness()).map_err(|_| ApiError::internal())?;
    let order = Order {
        id,
        price,
        description: Some(names.join(", ")),
        providers: Vec::new(),
        extras: crate::OrderExtras::default(),
    };
    let now_s = u64::try_from(shop.now_ms() / 1_000).unwrap_or(0);
    let token = order.sign(&shop.config.order_token_secret, now_s + TOKEN_LIFE_S);
    Ok(Body(json!({
        "order": token.ok_or_else(ApiError::internal)?,
        "order_id": order.id,
        "amount": order.price.value.to_string(),
        "currency": order.price.currency.as_str(),
        "description": order.description,
    })))
}

fn read_item(item: &Json) -> Result<(&'static Product, u64), ApiError> {
    let id = item.get("id").and_then(Json::as_str).unwrap_or_default();
    let product = PRODUCTS.iter().find(|product| product.id == id);
    let product = product.ok_or_else(|| bad_cart("`items.id` names no product of this shop"))?;
    let quantity = item.get("quantity").and_then(Json::as_u64).unwrap_or(0);
    if (1..=MOST_PIECES).contains(&quantity) {
        Ok((product, quantity))
    } else {
        Err(bad_cart("`items.quantity` must be 1 to 20"))
    }
}

fn bad_cart(detail: &str) -> ApiError {
    ApiError::new(paywith_protocol::code::BAD_REQUEST, 422, "This cart cannot be ordered", detail)
}

/// The server's own view of an order: goods ship because of this, never because of an event in a
/// browser.
pub(crate) async fn show(
    State(shop): State<Arc<Shop>>,
    order: PathText,
) -> Result<Body<Value>, ApiError> {
    let order = path_text(order)?;
    let payments = shop.store.payments_of_order(&order).await?;
    let is_paid = payments.iter().any(|payment| payment.status == paywith_protocol::Status::Paid);
    let rows = payments.iter().map(|payment| {
        json!({
            "id": payment.id,
            "provider": payment.provider.id(),
            "status": payment.status.as_str(),
            "review": payment.review.map(|review| review.as_str()),
            "amount": payment.amount,
        })
    });
    Ok(Body(json!({ "order_id": order, "paid": is_paid, "payments": rows.collect::<Vec<_>>() })))
}
