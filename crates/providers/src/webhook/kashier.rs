//! Kashier's webhook (developers.kashier.io/payment/webhook).

use super::event::{WebhookEvent, money};
use crate::amount::read_decimal;
use crate::kashier::return_word;
use paywith_protocol::{Json, ReadError, Status};

/// The events that report money given back. Source: Kashier's page on webhooks lists `refund` and
/// `void`; integrations also see `partial_refund` and `reversal`.
const KASHIER_REFUNDS: [&str; 4] = ["refund", "partial_refund", "reversal", "void"];

/// Reads Kashier's `{"event","data":{…}}`. `event` is not signed, and a failed payment is also
/// `pay`: only `data.status` counts, and only for `pay`. Every other event means: ask the provider.
///
/// `amount` is a number or text in major units (`250` is 250 pounds).
///
/// # Errors
/// `data`, `data.merchantOrderId` or `data.status` is missing or of the wrong type.
pub fn kashier(body: &Json) -> Result<WebhookEvent, ReadError> {
    let data = body.get_present("data").ok_or(ReadError::new("data", "an object"))?;
    let order = data.get("merchantOrderId").and_then(Json::as_str);
    let order = order.ok_or(ReadError::new("data.merchantOrderId", "a string"))?;
    let word = data.get("status").and_then(Json::as_str);
    let word = word.ok_or(ReadError::new("data.status", "a string"))?;
    let event = body.get("event").and_then(Json::as_str).unwrap_or_default().trim();
    let is_payment = event.eq_ignore_ascii_case("pay");
    let value = data.get("amount").and_then(read_decimal);
    let currency = data.get("currency").and_then(Json::as_str);
    let amount = value.zip(currency).and_then(|(value, currency)| money(value, currency));
    Ok(WebhookEvent {
        order: Some(order.to_owned()),
        id: None,
        status: if is_payment { return_word(word) } else { Status::Pending },
        amount,
        is_refund: KASHIER_REFUNDS.iter().any(|name| event.eq_ignore_ascii_case(name)),
    })
}
