//! CashPay (cashpay.siloye.com, Yemen): a charge `chg_…` and the hosted page it names.
//!
//! Amounts are integers; whether in rials or in hundredths is not documented, so the exponent is
//! a setting (0 matches the documented example). The create and read paths, the token call and
//! the return parameters are not documented either: see docs/backend.md for what is assumed.

use crate::amount::{AmountError, minor_units, read_whole};
use crate::answer::{Answer, Asked, Read, Unreadable, new_payment, refuse_http_error, same_id};
use crate::fields::{id_at, word_at};
use paywith_protocol::{Action, Currency, Json, Money, Payment, Provider, Status};

/// Decimals of the integer amounts: 0, by the documented example (`2000` YER). Not documented as such.
pub const EXPONENT: u8 = 0;

/// Names under which the charge's id may come back; none is documented.
pub const RETURN_PARAMETERS: &[&str] = &["charge_id", "tap_id"];

/// The one table of CashPay's status words.
pub fn status_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "CAPTURED" => Status::Paid,
        "FAILED" => Status::Failed,
        // "INITIATED", and every word that we do not know.
        _ => Status::Pending,
    }
}

/// The amount in whole units (or whatever `exponent` says), exactly.
///
/// # Errors
/// More decimals than it counts in, or zero.
pub fn wire_amount(money: &Money, exponent: u8) -> Result<u64, AmountError> {
    minor_units(money, exponent)
}

/// The payment of a create answer: the charge, with the hosted page in `transaction_url`.
///
/// ```json
/// { "id": "chg_1", "status": "INITIATED", "amount": 2000, "currency": "YER",
///   "transaction_url": "https://…", "created": 1700000000 }
/// ```
///
/// Source: the public page cashpay.siloye.com, the only one there is.
pub(crate) fn created(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let mut payment = charge(answer, asked)?;
    let url = answer.body.get("transaction_url").and_then(Json::as_str);
    let url = url.ok_or_else(|| Unreadable::field("transaction_url", "a string"))?;
    payment.action = Some(Action::Redirect { url: url.to_owned() });
    Ok(payment)
}

/// The payment of a status answer. CashPay does not document one; the shape is assumed to be that of
/// the create answer.
pub(crate) fn status(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    charge(answer, asked)
}

/// What both answers share. `created` is in seconds since 1970.
fn charge(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_http_error(answer)?;
    let charge = answer.body;
    let id = id_at(charge, "id")?;
    if !id.as_str().starts_with("chg_") {
        return Err(Unreadable::field("id", "a charge id that begins with chg_"));
    }
    same_id(asked, &id, "id")?;
    let word = charge.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("status", "a string"))?;
    let amount = amount(charge, asked)?;
    let mut payment = new_payment(Provider::CashPay, id, asked);
    payment.status = status_word(word);
    payment.amount = amount;
    payment.facts.created_s = word_at(charge, "created").and_then(|text| text.parse().ok());
    Ok(payment)
}

/// The stated amount; the price that was asked where the charge states none.
fn amount(charge: &Json, asked: &Asked<'_>) -> Read<Option<Money>> {
    let Some(amount) = charge.get_present("amount") else { return Ok(asked.price) };
    let value = read_whole(amount, asked.cashpay_exponent);
    let value = value
        .ok_or_else(|| Unreadable::field("amount", "whole units, as a number or as digits"))?;
    let currency = charge.get("currency").and_then(Json::as_str).and_then(Currency::parse);
    let currency = currency.ok_or_else(|| Unreadable::field("currency", "an ISO 4217 code"))?;
    Ok(Some(Money { value, currency }))
}
