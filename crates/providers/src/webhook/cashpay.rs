//! CashPay's webhook: the charge itself, sent to the `post_url` of the create call.
//!
//! CashPay's public page calls it the source of truth and documents neither its body nor a signature;
//! the body is assumed to be that of the create answer.

use super::event::{WebhookEvent, money};
use crate::amount::read_whole;
use crate::cashpay::status_word;
use paywith_protocol::{Json, ReadError};

/// Reads CashPay's charge. Its `amount` is an integer in units of which `10^exponent` make one;
/// without a currency beside it the amount is left out.
///
/// # Errors
/// `id` is not a charge id (`chg_…`), or `status` is missing.
pub fn cashpay(body: &Json, exponent: u8) -> Result<WebhookEvent, ReadError> {
    let id = body.get("id").and_then(Json::as_str).filter(|id| id.starts_with("chg_"));
    let id = id.ok_or(ReadError::new("id", "a charge id that begins with chg_"))?;
    let word = body.get("status").and_then(Json::as_str);
    let word = word.ok_or(ReadError::new("status", "a string"))?;
    let value = body.get("amount").and_then(|amount| read_whole(amount, exponent));
    let currency = body.get("currency").and_then(Json::as_str);
    let amount = value.zip(currency).and_then(|(value, currency)| money(value, currency));
    let status = status_word(word);
    Ok(WebhookEvent { order: None, id: Some(id.to_owned()), status, amount, is_refund: false })
}
