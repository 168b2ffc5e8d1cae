//! The envelope around Kashier's answers: `{"status","response","error","messages"}`. Its `status` judges
//! the API call (`SUCCESS`, `FAILURE`) and says nothing about a payment.

use paywith_protocol::Json;

/// The members of `response`: the object itself, its list `data`, or a list; nothing for null.
pub fn responses(body: &Json) -> Vec<&Json> {
    let response = body.get_present("response");
    let listed = response.filter(|response| !is_payment(response));
    match listed.and_then(|response| response.get_present("data")).or(response) {
        Some(Json::Array(members)) => members.iter().collect(),
        Some(response @ Json::Object(_)) => vec![response],
        Some(
            Json::Null
            | Json::Bool(_)
            | Json::Integer(_)
            | Json::Fraction(_)
            | Json::UnreadableNumber
            | Json::String(_),
        )
        | None => Vec::new(),
    }
}

/// An order or a session, and not an envelope around a list of them.
fn is_payment(object: &Json) -> bool {
    let names = ["merchantOrderId", "sessionId", "_id", "sessionUrl", "status"];
    names.iter().any(|name| object.get_present(name).is_some())
}

/// Whether `status` in this object judges the API call.
pub(super) fn is_envelope(object: &Json) -> bool {
    let judged = object.get("status").and_then(Json::as_str);
    let is_verdict = judged.is_some_and(|word| {
        word.eq_ignore_ascii_case("SUCCESS") || word.eq_ignore_ascii_case("FAILURE")
    });
    is_verdict || has_envelope_fields(object)
}

/// Whether the object has the fields of an envelope.
pub(super) fn has_envelope_fields(object: &Json) -> bool {
    ["response", "error", "messages"].iter().any(|key| object.get(key).is_some())
}
