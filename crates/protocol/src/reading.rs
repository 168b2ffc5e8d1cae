//! Reads the fields of a wire object: each error names the field and what was expected.

use crate::decimal::Decimal;
use crate::json::Json;
use crate::money::{Currency, Money};
use std::fmt;

/// A field that was not what the contract says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The field, by its path: `amount.value`.
    pub field: &'static str,
    /// What was expected there.
    pub expected: &'static str,
}

impl ReadError {
    /// An error about `field`, which should have been `expected`.
    pub const fn new(field: &'static str, expected: &'static str) -> ReadError {
        ReadError { field, expected }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`")?;
        formatter.write_str(self.field)?;
        formatter.write_str("` must be ")?;
        formatter.write_str(self.expected)
    }
}

impl std::error::Error for ReadError {}

pub(crate) fn text<'a>(object: &'a Json, field: &'static str) -> Result<&'a str, ReadError> {
    let value = object.get_present(field).and_then(Json::as_str);
    value.ok_or(ReadError::new(field, "a string"))
}

/// An optional string: absent and `null` are `None`, another type is an error.
pub(crate) fn optional_text(
    object: &Json,
    field: &'static str,
) -> Result<Option<String>, ReadError> {
    match object.get_present(field) {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(ReadError::new(field, "a string or absent")),
        },
    }
}

/// A duration hint: anything but a whole number of milliseconds counts as absent, because a hint
/// must never make a payment unreadable.
pub(crate) fn hint_ms(object: &Json, field: &str) -> Option<u64> {
    object.get(field).and_then(Json::as_u64)
}

pub(crate) fn money(object: &Json, field: &'static str) -> Result<Money, ReadError> {
    let expected = "an object of a decimal string `value` and a `currency` code";
    let money = object.get_present(field).ok_or(ReadError::new(field, expected))?;
    let value = money.get("value").and_then(Json::as_str).and_then(Decimal::parse);
    let currency = money.get("currency").and_then(Json::as_str).and_then(Currency::parse);
    match (value, currency) {
        (Some(value), Some(currency)) => Ok(Money { value, currency }),
        _ => Err(ReadError::new(field, expected)),
    }
}
