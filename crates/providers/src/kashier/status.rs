//! Kashier's status answers: of a session (in `data`) and of an order (in `response`).

use super::envelope::{has_envelope_fields, responses};
use super::refund::{Refund, refund};
use super::words::{order_word, session_word};
use crate::amount::read_decimal;
use crate::answer::{
    Answer, Asked, Read, Unreadable, message_of, new_payment, refuse_http_error, refused, same_id,
    same_order,
};
use crate::fields::{id_at, word_at};
use paywith_protocol::{Currency, Json, Money, Payment, Provider, Status};

/// The payment of a session or an order; an order that Kashier does not know yet is a retryable
/// refusal (HTTP 200 with `status: "FAILURE"`).
pub(crate) fn status(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_http_error(answer)?;
    let body = answer.body;
    // A failed call without a payment: Kashier does not know the order yet. Asking again may help.
    if is_failed_call(body) && !names_a_status(body) {
        return Err(refused(message_of(body), true));
    }
    // A session answers in `data`, an order in `response`; a new session has no envelope.
    if let Some(data) = body.get_present("data") {
        return session_status(data, asked);
    }
    if body.get_present("_id").is_some() && !has_envelope_fields(body) {
        return session_status(body, asked);
    }
    match responses(body).as_slice() {
        [response] if response.get("sessionId").is_some() || response.get("_id").is_some() => {
            session_status(response, asked)
        }
        [response] => order_status(response, asked),
        [] => Err(refused(message_of(body), true)),
        [_, _, ..] => Err(Unreadable::field("response", "one order")),
    }
}

fn is_failed_call(body: &Json) -> bool {
    let verdict = body.get("status").and_then(Json::as_str);
    verdict.is_some_and(|word| word.eq_ignore_ascii_case("FAILURE"))
}

/// Whether anything in the envelope has a status of its own.
fn names_a_status(body: &Json) -> bool {
    let mut places = responses(body).into_iter().chain(body.get("data"));
    places.any(|place| place.get_present("status").is_some())
}

/// A session: `GET /v3/payment/sessions/{id}/payment`.
///
/// ```json
/// { "message": "…", "data": { "sessionId": "67ad…", "status": "PAID", "amount": "165.00",
///                             "currency": "EGP", "merchantOrderId": "INV-1" } }
/// ```
fn session_status(session: &Json, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let field = if session.get_present("sessionId").is_some() { "sessionId" } else { "_id" };
    let id = match (session.get_present(field), asked.id) {
        (None, Some(id)) => id.clone(),
        (Some(_), _) | (None, None) => id_at(session, field)?,
    };
    same_id(asked, &id, "sessionId")?;
    let word = session.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("data.status", "a string"))?;
    let order = word_at(session, "merchantOrderId");
    same_order(asked, order.as_deref(), "data.merchantOrderId")?;
    let amount = amount(session, asked)?;
    let mut payment = new_payment(Provider::Kashier, id, asked);
    payment.status = session_word(word);
    payment.amount = amount;
    Ok(payment)
}

/// An order: `GET /payments/orders/{merchantOrderId}`.
///
/// ```json
/// { "response": { "merchantOrderId": "INV-1", "status": "CAPTURED", "totalCapturedAmount": 165,
///                 "totalRefundedAmount": 0, "transactions": [{ "currency": "EGP" }] } }
/// ```
///
/// An order has no session id; the caller, who asked by order, knows which payment it means.
fn order_status(order: &Json, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let word = order.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("response.status", "a string"))?;
    let id = match asked.id {
        Some(id) => id.clone(),
        None => id_at(order, "merchantOrderId")?,
    };
    let reference = word_at(order, "merchantOrderId");
    same_order(asked, reference.as_deref(), "response.merchantOrderId")?;
    let amount = amount(order, asked)?;
    let mut payment = new_payment(Provider::Kashier, id, asked);
    payment.status = order_word(word);
    payment.amount = amount;
    match refund(order)? {
        Refund::Nothing => {}
        Refund::Part(value) => {
            payment.facts.refunded = amount.map(|paid| Money { value, ..paid });
        }
        // The totals say it, whatever the word is.
        Refund::All => payment.status = Status::Refunded,
    }
    Ok(payment)
}

/// A decimal string or a JSON number, in major units.
fn amount(object: &Json, asked: &Asked<'_>) -> Read<Option<Money>> {
    // Of an order that failed nothing was captured, which is not its amount.
    let captured = object
        .get_present("totalCapturedAmount")
        .filter(|captured| read_decimal(captured).is_none_or(|captured| !captured.is_zero()));
    let Some(amount) = object.get_present("amount").or(captured) else { return Ok(asked.price) };
    let value = read_decimal(amount)
        .ok_or_else(|| Unreadable::field("amount", "a decimal in major units"))?;
    // An order names its currency in its transactions only.
    let transactions = object.get("transactions").and_then(Json::as_array).unwrap_or_default();
    let stated =
        std::iter::once(object).chain(transactions).find_map(|place| place.get("currency"));
    let stated = stated.and_then(Json::as_str).and_then(Currency::parse);
    let currency = stated.or(asked.price.map(|price| price.currency)).unwrap_or(Currency::EGP);
    Ok(Some(Money { value, currency }))
}
