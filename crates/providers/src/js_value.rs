//! A JSON value as JavaScript holds it: every number a float, printed as JavaScript prints it.
//!
//! Only for the text of a signature; money is read through [`paywith_protocol::Json`]. Source: ECMA-262,
//! `Number::toString`, and the npm packages lodash and query-string that Kashier's sample uses.

use crate::urls::percent_encode;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// When a key is repeated, the last value counts, as in [`paywith_protocol::Json`].
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The value under `key` of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        let Value::Object(entries) = self else { return None };
        entries.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it is text or a number.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Value::Text(_) | Value::Number(_))
    }

    /// What `query-string` makes of a member of an object.
    pub(crate) fn pairs(&self, key: &str) -> Vec<String> {
        let pair = |value: &Value| match value {
            Value::Null => key.to_owned(),
            other => [key, "=", &percent_encode(&other.printed())].concat(),
        };
        match self {
            Value::List(members) => members.iter().map(pair).collect(),
            other => vec![pair(other)],
        }
    }

    /// What JavaScript's `String(value)` prints.
    fn printed(&self) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => print_number(*number),
            Value::Text(text) => text.clone(),
            Value::List(members) => {
                let member = |member: &Value| match member {
                    Value::Null => String::new(),
                    other => other.printed(),
                };
                members.iter().map(member).collect::<Vec<_>>().join(",")
            }
            Value::Object(_) => "[object Object]".to_owned(),
        }
    }
}

/// A number in JavaScript's notation: the shortest digits that mean it, with an exponent only below
/// a millionth and from 10^21 on.
fn print_number(number: f64) -> String {
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = mantissa.replace('.', "");
    let sign = if number < 0.0 { "-" } else { "" };
    let body = match usize::try_from(exponent) {
        Ok(whole @ 0..=20) => {
            let padded = format!("{digits:0<width$}", width = whole + 1);
            let (whole, fraction) = padded.split_at_checked(whole + 1).unwrap_or((&padded, ""));
            if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
        }
        Err(_) if exponent >= -6 => {
            let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
            format!("0.{}{digits}", "0".repeat(zeros))
        }
        Ok(_) => format!("{mantissa}e+{exponent}"),
        Err(_) => format!("{mantissa}e{exponent}"),
    };
    [sign, &body].concat()
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript reads every number as a float, and its text is what is signed"
    )]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript reads every number as a float, and its text is what is signed"
    )]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = members.next_element()? {
            list.push(member);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            list.push(entry);
        }
        Ok(Value::Object(list))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    /// What Node prints for each, by `String(JSON.parse(text))`.
    #[test]
    fn d3_numbers_are_printed_as_javascript_prints_them() {
        let cases = [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("250", "250"),
            ("100.0", "100"),
            ("165.50", "165.5"),
            ("0.1", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1.23456", "1.23456"),
            ("-5", "-5"),
            ("-0.5", "-0.5"),
            ("0.000001", "0.000001"),
            ("0.0000012", "0.0000012"),
            ("0.0000001", "1e-7"),
            ("0.00000015", "1.5e-7"),
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890", "12345678901234567000"),
            ("123456789012345678901", "123456789012345680000"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1e+21"),
            ("1.5e300", "1.5e+300"),
            ("5e-324", "5e-324"),
        ];
        for (sent, printed) in cases {
            let value: Value = serde_json::from_str(sent).expect("a number");
            assert_eq!(value.printed(), printed, "{sent}");
        }
    }
}
