//! Fields that providers and relays write in more than one way: ids and words as text or as numbers,
//! flags as a database stores them. It knows no provider.

use crate::unreadable::{Read, Unreadable};
use paywith_protocol::{Json, PaymentId, whole_text};

/// An identifier that arrives as text or as a whole number below 2^53; larger numbers have lost
/// digits on the way and are refused.
pub(crate) fn id_at(object: &Json, field: &'static str) -> Read<PaymentId> {
    let expected = "an identifier, as text or as a number below 2^53";
    let text = match object.get_present(field) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Integer(number)) => whole_text(*number),
        Some(
            Json::Null
            | Json::Bool(_)
            | Json::Fraction(_)
            | Json::UnreadableNumber
            | Json::Array(_)
            | Json::Object(_),
        )
        | None => return Err(Unreadable::field(field, expected)),
    };
    PaymentId::parse(&text).ok_or_else(|| Unreadable::field(field, expected))
}

/// Trimmed text, or a whole number as text; `None` if absent, empty or of another type.
pub(crate) fn word_at(object: &Json, field: &str) -> Option<String> {
    match object.get_present(field)? {
        Json::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Json::Integer(number) => Some(whole_text(*number)),
        Json::Null
        | Json::Bool(_)
        | Json::Fraction(_)
        | Json::UnreadableNumber
        | Json::Array(_)
        | Json::Object(_) => None,
    }
}

/// A boolean, or one as a database stores it: `1`, `"1"`, `"true"`.
pub(crate) fn read_flag(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(value) => Some(*value),
        Json::Integer(1) => Some(true),
        Json::Integer(0) => Some(false),
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Json::Null
        | Json::Integer(_)
        | Json::Fraction(_)
        | Json::UnreadableNumber
        | Json::Array(_)
        | Json::Object(_) => None,
    }
}
