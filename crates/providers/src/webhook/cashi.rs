//! Cashi's webhook, `PAYMENT_SETTLED`. Cashi's own documentation of it is not public; the shape is the
//! one on which independent integrations agree.

use super::event::{WebhookEvent, money};
use crate::amount::read_whole;
use crate::cashi::status_word;
use paywith_protocol::{Json, ReadError};

/// Orders whose reference begins so are Cashi's own test deliveries and move no money.
const CASHI_TRIAL: &str = "TEST-";

/// Reads Cashi's `{"event","data":{"order_id","amount","status",…}}`; integrations also
/// see `orderId`.
///
/// `amount` is in whole rupiah and includes the unique 1 to 99 that Cashi added; an amount that is
/// not whole is left out.
///
/// # Errors
/// `data`, `data.order_id` or `data.status` is missing or of the wrong type.
pub fn cashi(body: &Json) -> Result<WebhookEvent, ReadError> {
    let data = body.get_present("data").ok_or(ReadError::new("data", "an object"))?;
    let order = data.get_present("order_id").or_else(|| data.get_present("orderId"));
    let order = order.and_then(Json::as_str).ok_or(ReadError::new("data.order_id", "a string"))?;
    let word = data.get("status").and_then(Json::as_str);
    let word = word.ok_or(ReadError::new("data.status", "a string"))?;
    // Cashi sends no currency, because it has only one.
    let amount = data.get("amount").and_then(|amount| read_whole(amount, 0));
    let amount = amount.and_then(|rupiah| money(rupiah, "IDR"));
    Ok(WebhookEvent {
        order: Some(order.to_owned()),
        id: Some(order.to_owned()),
        status: status_word(word),
        amount,
        is_refund: false,
    })
}

/// Whether this is one of Cashi's own test deliveries, which must not fulfil an order.
pub fn is_cashi_trial(event: &WebhookEvent) -> bool {
    let starts = |order: &String| {
        order.get(..CASHI_TRIAL.len()).is_some_and(|it| it.eq_ignore_ascii_case(CASHI_TRIAL))
    };
    event.order.as_ref().is_some_and(starts)
}
