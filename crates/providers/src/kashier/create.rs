//! Kashier's answer to `POST /v3/payment/sessions`: `{"_id","status","sessionUrl","expireAt"}`, at the top
//! level or in an envelope.

use super::envelope::is_envelope;
use super::words::session_word;
use crate::answer::{
    Answer, Asked, Read, Unreadable, message_of, new_payment, refuse_http_error, refused,
};
use crate::fields::id_at;
use crate::urls::after_last;
use paywith_protocol::{Action, Json, Payment, PaymentId, Provider, Status};

/// The payment of a new session: pending, at the price that was asked, with the page to go to.
///
/// The same `order` again is answered with HTTP 400 and the existing session's `sessionUrl`.
pub(crate) fn created(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let body = answer.body;
    let place = find_session(body).ok_or_else(|| refusal(answer));
    let session = place?;
    let url = session.get("sessionUrl").and_then(Json::as_str);
    let url = url.ok_or_else(|| Unreadable::field("sessionUrl", "a string"))?;
    let id = match session.get_present("_id") {
        Some(_) => id_at(session, "_id")?,
        None => id_of_url(url).ok_or_else(|| Unreadable::field("_id", "a session id"))?,
    };
    // Beside an HTTP error or in an envelope, the status judges the call.
    let is_verdict = !(200..300).contains(&answer.http_status) || is_envelope(session);
    let word = session.get("status").and_then(Json::as_str).filter(|_| !is_verdict);
    let mut payment = new_payment(Provider::Kashier, id, asked);
    payment.status = word.map_or(Status::Pending, session_word);
    payment.amount = asked.price;
    payment.action = Some(Action::Redirect { url: url.to_owned() });
    Ok(payment)
}

/// The object that carries `sessionUrl`: the body itself, or what an envelope holds.
fn find_session(body: &Json) -> Option<&Json> {
    let inner = [body.get("response"), body.get("data"), body.get("session")];
    let places = std::iter::once(Some(body)).chain(inner);
    places.flatten().find(|place| place.get_present("sessionUrl").is_some())
}

/// Why an answer without a session is not a payment. An error looks like this:
///
/// ```json
/// { "status": "FAILURE", "error": { "cause": "…", "explanation": "…" }, "messages": { "en": "…" } }
/// ```
fn refusal(answer: &Answer<'_>) -> Box<Unreadable> {
    if let Err(refusal) = refuse_http_error(answer) {
        return refusal;
    }
    let judged = answer.body.get("status").and_then(Json::as_str).unwrap_or_default();
    if judged.eq_ignore_ascii_case("FAILURE") || answer.body.get_present("error").is_some() {
        return refused(message_of(answer.body), false);
    }
    Unreadable::field("sessionUrl", "a string")
}

/// The session's id from the last segment of `https://payments.kashier.io/session/{id}?mode=live`.
fn id_of_url(url: &str) -> Option<PaymentId> {
    let path = url.split(['?', '#']).next()?;
    let (_, path) = path.split_once('/')?;
    PaymentId::parse(after_last(path, '/')).filter(PaymentId::fits_path_segment)
}
