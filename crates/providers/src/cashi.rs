//! Cashi (cashi.id, Indonesia): a QRIS order that lives ten minutes.
//!
//! Amounts are whole rupiah. Cashi adds a unique 1 to 99, by which it recognizes the transfer:
//! the amount of its answer is what the shopper pays, exactly.

use crate::amount::{AmountError, minor_units, only, read_whole};
use crate::answer::{
    Answer, Asked, Read, Unreadable, message_of, new_payment, refuse_http_error, refused, same_id,
    same_order,
};
use crate::fields::{id_at, word_at};
use paywith_protocol::{
    Action, Currency, Json, Money, Payment, PaymentId, Provider, Status, payload_text,
};

mod image_header;
mod picture;
mod time;

pub use picture::{MOST_BYTES, MOST_PIXELS, PictureFlaw, picture_uri};
pub use time::seconds_left;

/// The smallest and largest order, in rupiah.
pub const LIMITS_IDR: (u64, u64) = (2_000, 10_000_000);
/// An order can be paid for ten minutes.
pub const LIFE_MS: u64 = 600_000;

const WHOLE_RUPIAH: &str = "whole rupiah, as a number or as digits";

/// How the text of every QRIS code begins.
const PAYLOAD_START: &str = "000201";

/// Cashi's one global return address adds nothing that is documented.
pub const RETURN_PARAMETERS: &[&str] = &[];

/// The one table of Cashi's status words. `SETTLED` is documented; `PENDING` and `EXPIRED` are what
/// integrations see.
pub fn status_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "SETTLED" => Status::Paid,
        "EXPIRED" => Status::Expired,
        // "PENDING", and every word that we do not know.
        _ => Status::Pending,
    }
}

/// The amount in whole rupiah, within Cashi's limits.
///
/// # Errors
/// Another currency, decimals, or outside 2,000 to 10,000,000.
pub fn wire_amount(money: &Money) -> Result<u64, AmountError> {
    only(money.currency, "IDR")?;
    let rupiah = minor_units(money, 0)?;
    let (min, max) = LIMITS_IDR;
    if (min..=max).contains(&rupiah) {
        Ok(rupiah)
    } else {
        Err(AmountError::OutOfRange { min, max })
    }
}

/// The payment of a create answer:
///
/// ```json
/// { "success": true, "order_id": "INV-1", "amount": 15023, "qrUrl": "data:image/png;base64,…",
///   "checkout_url": "https://cashi.id/pay/…", "expires_at": "2026-07-18 10:20:00" }
/// ```
///
/// `amount` is what the shopper pays, in rupiah; the price that was asked becomes `base_amount`.
/// `expires_at` has no zone and is read as Jakarta time; without it, or without a `Date` header, the
/// order lives for [`LIFE_MS`]. Integrations also see `orderId`, and no `checkout_url` for an account
/// with a QRIS code of its own.
pub(crate) fn created(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_failure(answer)?;
    let body = answer.body;
    let id = order_id(body)?;
    same_order(asked, Some(id.as_str()), id_field(body))?;
    let amount = amount(body)?.ok_or_else(|| Unreadable::field("amount", WHOLE_RUPIAH))?;
    let text = |key: &str| body.get_present(key).and_then(Json::as_str).map(str::to_owned);
    let action =
        code(text("qrUrl").as_deref(), text("checkout_url").filter(|url| !url.is_empty()))?;
    let left = text("expires_at").zip(answer.date);
    let left = left.and_then(|(expires_at, date)| seconds_left(&expires_at, date));
    let left_ms = left.map_or(LIFE_MS, |seconds| seconds.min(LIFE_MS / 1_000) * 1_000);
    let mut payment = new_payment(Provider::Cashi, id, asked);
    payment.amount = Some(amount);
    payment.base_amount = price_in_rupiah(asked);
    payment.action = Some(action);
    payment.expires_in_ms = Some(left_ms);
    Ok(payment)
}

/// The picture, or the text of the code where an answer has that in its place. A picture that cannot
/// be shown is a loss only where nothing else shows the code.
fn code(shown: Option<&str>, checkout_url: Option<String>) -> Read<Action> {
    let payload = shown.map(payload_text).filter(|text| text.starts_with(PAYLOAD_START));
    if let Some(payload) = payload {
        let payload = Some(payload.to_owned());
        return Ok(Action::Qr { payload, image: None, checkout_url });
    }
    match shown.map(picture_uri) {
        Some(Ok(image)) => Ok(Action::Qr { payload: None, image: Some(image), checkout_url }),
        Some(Err(flaw)) if checkout_url.is_none() => {
            Err(Unreadable::field("qrUrl", flaw.expected()))
        }
        Some(Err(_)) | None => Ok(Action::Qr { payload: None, image: None, checkout_url }),
    }
}

/// The payment of a status answer:
///
/// ```json
/// { "success": true, "order_id": "INV-1", "amount": 15023, "status": "SETTLED", "provider_tx_id": "…" }
/// ```
///
/// # Errors
/// `success: false`, another order, or a field of the wrong type. None of them means that the payment
/// failed.
pub(crate) fn status(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_failure(answer)?;
    let body = answer.body;
    let id = match (order_id(body), asked.id) {
        (Ok(id), _) => id,
        (Err(_), Some(asked)) if is_without_id(body) => asked.clone(),
        (Err(error), _) => return Err(error),
    };
    same_id(asked, &id, "order_id")?;
    let word = body.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("status", "a string"))?;
    let amount = amount(body)?;
    let base_amount = amount.and(price_in_rupiah(asked));
    let mut payment = new_payment(Provider::Cashi, id, asked);
    payment.status = status_word(word);
    payment.amount = amount;
    payment.base_amount = base_amount;
    payment.facts.transaction = word_at(body, "provider_tx_id");
    Ok(payment)
}

/// Cashi adds its unique digits to rupiah only, so a price in another currency is not a base.
fn price_in_rupiah(asked: &Asked<'_>) -> Option<Money> {
    asked.price.filter(|price| price.currency == Currency::IDR)
}

/// `success:false` is a refusal, whatever the HTTP status.
fn refuse_failure(answer: &Answer<'_>) -> Read<()> {
    refuse_http_error(answer)?;
    match answer.body.get("success").and_then(Json::as_bool) {
        Some(true) => Ok(()),
        Some(false) => Err(refused(message_of(answer.body), false)),
        None => Err(Unreadable::field("success", "true or false")),
    }
}

fn is_without_id(body: &Json) -> bool {
    body.get_present("order_id").is_none() && body.get_present("orderId").is_none()
}

/// The order's id, under either of its names.
fn order_id(body: &Json) -> Read<PaymentId> {
    id_at(body, id_field(body))
}

fn id_field(body: &Json) -> &'static str {
    if body.get_present("order_id").is_some() { "order_id" } else { "orderId" }
}

/// The stated amount in rupiah; `None` where there is none.
fn amount(body: &Json) -> Read<Option<Money>> {
    let Some(amount) = body.get_present("amount") else { return Ok(None) };
    let value = read_whole(amount, 0).ok_or_else(|| Unreadable::field("amount", WHOLE_RUPIAH))?;
    Ok(Some(Money { value, currency: Currency::IDR }))
}
