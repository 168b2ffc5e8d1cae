//! One JSON value type for every reader: filled by the browser's own parser in the widget and by
//! `serde_json` in the backend, so that each answer is read by the same code in both places.
//!
//! It deliberately knows nothing of what the answer means. Numbers are made exact here:
//! up to four decimals, no larger than 2^53; everything else is [`Json::UnreadableNumber`].

use crate::decimal::Decimal;

/// The largest integer that a JavaScript number holds exactly.
pub(crate) const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A parsed JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`, or JavaScript's `undefined`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0 to 2^53 - 1.
    Integer(u64),
    /// A number with one to four decimals, exact.
    Fraction(Decimal),
    /// A number that money, ids and durations cannot be read from: negative, beyond 2^53, or with
    /// more decimals than money has.
    UnreadableNumber,
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object, in the order of its keys on the wire.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A JavaScript number, made exact; see [`Json::UnreadableNumber`] for what cannot be.
    pub fn from_number(number: f64) -> Json {
        if let Some(whole) = whole_number(number) {
            return Json::Integer(whole);
        }
        Decimal::from_json_number(number).map_or(Json::UnreadableNumber, Json::Fraction)
    }

    /// The value under `key`; `None` when this is not an object or has no such key. When a key is
    /// repeated, the last value counts, as in every browser.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(entries) => {
                entries.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
            }
            Json::Null
            | Json::Bool(_)
            | Json::Integer(_)
            | Json::Fraction(_)
            | Json::UnreadableNumber
            | Json::String(_)
            | Json::Array(_) => None,
        }
    }

    /// The value under `key`, where `null` counts as absent.
    pub fn get_present(&self, key: &str) -> Option<&Json> {
        self.get(key).filter(|value| **value != Json::Null)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Json::String(text) = self { Some(text) } else { None }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        if let Json::Bool(value) = self { Some(*value) } else { None }
    }

    /// The value of a whole number.
    pub fn as_u64(&self) -> Option<u64> {
        if let Json::Integer(whole) = self { Some(*whole) } else { None }
    }

    /// The value of a number, exact; `None` over fifteen digits.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Json::Integer(whole) => Decimal::from_minor(*whole, 0),
            Json::Fraction(decimal) => Some(*decimal),
            Json::Null
            | Json::Bool(_)
            | Json::UnreadableNumber
            | Json::String(_)
            | Json::Array(_)
            | Json::Object(_) => None,
        }
    }

    /// The members of a list.
    pub fn as_array(&self) -> Option<&[Json]> {
        if let Json::Array(members) = self { Some(members) } else { None }
    }

    /// Whether this is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }
}

/// A whole number from 0 to 2^53 - 1; `None` for every other number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the range is checked first, and within it every whole number is exact both ways"
)]
fn whole_number(number: f64) -> Option<u64> {
    let is_in_range = (0.0..=MAX_SAFE_INTEGER as f64).contains(&number);
    let whole = number as u64;
    (is_in_range && whole as f64 == number).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Json {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn numbers_are_exact_or_unreadable() {
        let fraction = |text| Json::Fraction(Decimal::parse(text).expect("a decimal"));
        let cases = [
            ("15023", Json::Integer(15_023)),
            ("250.0", Json::Integer(250)),
            ("9007199254740991", Json::Integer(9_007_199_254_740_991)),
            ("100.98", fraction("100.98")),
            ("0.0001", fraction("0.0001")),
            ("165.55", fraction("165.55")),
            ("9007199254740992", Json::UnreadableNumber),
            ("9007199254740993", Json::UnreadableNumber),
            ("1e300", Json::UnreadableNumber),
            ("-5", Json::UnreadableNumber),
            ("-0.5", Json::UnreadableNumber),
            ("0.00001", Json::UnreadableNumber),
            ("1.23456", Json::UnreadableNumber),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_is_gone() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert!(serde_json::from_str::<Json>(&deep).is_err());
        let fair = "[".repeat(20) + &"]".repeat(20);
        assert!(serde_json::from_str::<Json>(&fair).is_ok());
    }

    #[test]
    fn null_counts_as_absent_where_a_value_is_wanted() {
        let object = parse(r#"{"a":null,"b":1}"#);
        assert_eq!(object.get("a"), Some(&Json::Null));
        assert_eq!(object.get_present("a"), None);
        assert_eq!(object.get_present("b").and_then(Json::as_u64), Some(1));
        assert_eq!(Json::Null.get("a"), None);
    }

    /// Each accessor returns its own kind of value and nothing else.
    #[test]
    fn an_accessor_reads_one_kind_of_value() {
        for text in ["null", "true", "false", "7", "1.5", "\"a\"", "[1]", "{}", "-1"] {
            let json = parse(text);
            let stated = serde_json::from_str::<serde_json::Value>(text).expect("JSON");
            assert_eq!(json.as_bool(), stated.as_bool(), "{text}");
            assert_eq!(json.as_str(), stated.as_str(), "{text}");
            assert_eq!(json.as_u64(), stated.as_u64(), "{text}");
            assert_eq!(
                json.as_array().map(<[Json]>::len),
                stated.as_array().map(Vec::len),
                "{text}"
            );
            assert_eq!(json.is_object(), stated.is_object(), "{text}");
            let is_amount = matches!(text, "7" | "1.5");
            assert_eq!(json.as_decimal().is_some(), is_amount, "{text}");
        }
    }
}
