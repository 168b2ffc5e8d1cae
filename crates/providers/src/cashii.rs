//! Cashii (cashii.app, Syria): a 16-digit remote payment and a hosted page that we address.
//!
//! Amounts are integers in hundredths. There is no webhook, and the signature of the return is
//! not documented: the status is read, never believed.

use crate::amount::{AmountError, minor_units, only, read_whole};
use crate::answer::{
    Answer, Asked, Read, Unreadable, new_payment, refuse_http_error, same_id, same_order,
};
use crate::fields::{id_at, word_at};
use crate::urls::with_parameter;
use paywith_protocol::{Action, Currency, Json, Money, Payment, PaymentId, Provider, Status};

/// The hosted page, to which `code` and `redirect` are added.
pub const HOSTED_PAGE: &str = "https://cashii.app/payment";
/// Amounts are in hundredths.
pub const EXPONENT: u8 = 2;

/// What Cashii adds to the return address, on success and on failure alike. `transaction_id` is not the
/// payment's id, and how `signature` is made is not documented.
pub const RETURN_PARAMETERS: &[&str] = &["transaction_id", "status", "signature"];

/// The one table of Cashii's status words, as docs.cashii.app/core-concepts lists them. `canceled` has
/// one `l`; letter case does not matter.
pub fn status_word(word: &str) -> Status {
    match word.to_ascii_lowercase().as_str() {
        "paid" => Status::Paid,
        "canceled" => Status::Canceled,
        "rejected" => Status::Failed,
        "refunded" => Status::Refunded,
        // "pending", and every word that we do not know.
        _ => Status::Pending,
    }
}

/// The amount in hundredths (or whatever `exponent` says), exactly.
///
/// # Errors
/// A currency that Cashii does not take, more decimals than it counts in, or zero.
pub fn wire_amount(money: &Money, exponent: u8) -> Result<u64, AmountError> {
    only(money.currency, "SYP, USD, TRY, EUR")?;
    minor_units(money, exponent)
}

/// The hosted page of a payment; the shopper comes back to `return_url`. A `page` of one's own
/// may have a query already.
pub fn page_url(page: &str, id: &PaymentId, return_url: &str) -> String {
    let page = with_parameter(page, "code", id.as_str());
    with_parameter(&page, "redirect", return_url)
}

/// The payment of a create answer, whose `id` has 16 digits:
///
/// ```json
/// { "data": { "id": "1234567890123456" } }
/// ```
///
/// The answer names no page: the redirect is composed here, and only if the caller gave a return
/// address. Source: docs.cashii.app/payment-flow.
pub(crate) fn created(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_http_error(answer)?;
    let data = data(answer.body)?;
    let field = if data.get("id").is_some() { "id" } else { "_id" };
    let id = id_at(data, field)?;
    if !is_sixteen_digits(&id) {
        return Err(Unreadable::field("data.id", "16 digits"));
    }
    let action = asked.return_url.map(|return_url| {
        // Cashii's return names no payment, so the address itself has to.
        let mark = ["cashii:", id.as_str()].concat();
        let return_url = with_parameter(return_url, "paywith", &mark);
        Action::Redirect { url: page_url(asked.cashii_page, &id, &return_url) }
    });
    let mut payment = new_payment(Provider::Cashii, id, asked);
    payment.amount = asked.price;
    payment.action = action;
    Ok(payment)
}

/// The payment of a status answer (`GET` of the remote payment):
///
/// ```json
/// { "data": { "_id": "1234567890123456", "status": "paid", "amount": 10098, "currency": "SYP",
///             "from": "…", "to": "…", "metadata": { "orderId": "INV-1" } } }
/// ```
///
/// `amount` is in hundredths. Another payment, order or receiving account is an error.
pub(crate) fn status(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_http_error(answer)?;
    let data = data(answer.body)?;
    let field = if data.get("_id").is_some() { "_id" } else { "id" };
    let id = id_at(data, field)?;
    same_id(asked, &id, "data._id")?;
    let word = data.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("data.status", "a string"))?;
    let mut payment = new_payment(Provider::Cashii, id, asked);
    let paid_to = word_at(data, "to");
    if asked.cashii_account.is_some_and(|own| paid_to.as_deref().is_some_and(|to| to != own)) {
        return Err(Unreadable::field("data.to", "the account in `cashii.account`"));
    }
    let order = data.get("metadata").and_then(|metadata| word_at(metadata, "orderId"));
    same_order(asked, order.as_deref(), "data.metadata.orderId")?;
    let amount = amount(data, asked.cashii_exponent)?;
    payment.status = status_word(word);
    payment.amount = amount;
    payment.facts.paid_from = word_at(data, "from");
    payment.facts.paid_to = paid_to;
    Ok(payment)
}

/// Every answer of Cashii has its content in `data`.
fn data(body: &Json) -> Read<&Json> {
    let data = body.get("data").filter(|data| data.is_object());
    data.ok_or_else(|| Unreadable::field("data", "an object"))
}

/// The stated amount in major units; a stated one needs a currency beside it.
fn amount(data: &Json, exponent: u8) -> Read<Option<Money>> {
    let Some(amount) = data.get_present("amount") else { return Ok(None) };
    let value = read_whole(amount, exponent);
    let value = value.ok_or_else(|| {
        Unreadable::field("data.amount", "whole hundredths, as a number or as digits")
    })?;
    let currency = data.get("currency").and_then(Json::as_str).and_then(Currency::parse);
    let currency =
        currency.ok_or_else(|| Unreadable::field("data.currency", "an ISO 4217 code"))?;
    Ok(Some(Money { value, currency }))
}

fn is_sixteen_digits(id: &PaymentId) -> bool {
    id.as_str().len() == 16 && id.as_str().bytes().all(|byte| byte.is_ascii_digit())
}
