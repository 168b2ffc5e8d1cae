//! The text that Kashier's webhook signature covers, made from the body as JavaScript sees it.
//!
//! Kashier's own sample code picks the keys that `data.signatureKeys` names (`_.pick`, which drops
//! those that are absent) and joins them with `query-string`: sorted, encoded, `null` as a bare key,
//! a list by repeating its key. Numbers are printed as JavaScript prints them, which needs every
//! digit that was sent; [`paywith_protocol::Json`] keeps only those of money. It deliberately does
//! no cryptography. Start at [`SignedBody::text`].

use crate::urls::percent_encode;
use paywith_protocol::ReadError;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

const LIST: &str = "data.signatureKeys";

/// What must be signed and there: the list comes inside the body, so whoever makes it shorter could
/// change the rest.
const NEEDED: [&str; 4] = ["merchantOrderId", "amount", "currency", "status"];

/// Names that lodash never sets on an object.
const NEVER_PICKED: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// The body of a webhook with its numbers as they were sent.
#[derive(Clone, Debug)]
pub struct SignedBody(Value);

#[derive(Clone, Debug)]
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// Of a key that stands twice the last counts, as in [`paywith_protocol::Json`].
    Object(Vec<(String, Value)>),
}

impl SignedBody {
    /// The signed text.
    ///
    /// # Errors
    /// When the list of keys is missing or malformed, or when order, amount, currency or status is
    /// not in it or not in `data`.
    pub fn text(&self) -> Result<String, ReadError> {
        let data = self.0.get("data").ok_or(ReadError::new("data", "an object"))?;
        let malformed = ReadError::new(LIST, "a list of keys");
        let Some(Value::List(named)) = data.get("signatureKeys") else { return Err(malformed) };
        let keys: Option<Vec<&str>> = named.iter().map(Value::as_text).collect();
        let mut keys = keys.ok_or(malformed)?;
        let needed = "with merchantOrderId, amount, currency and status, which `data` must hold";
        let is_there = |key: &&str| keys.contains(key) && data.get(key).is_some_and(Value::is_said);
        if !NEEDED.iter().all(is_there) {
            return Err(ReadError::new(LIST, needed));
        }
        // JavaScript sorts by UTF-16 units, and an object has each key once.
        keys.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
        keys.dedup();
        let pairs: Vec<String> = keys
            .iter()
            .filter(|key| !NEVER_PICKED.contains(key))
            .filter_map(|key| Some((key, data.get(key)?)))
            .flat_map(|(key, value)| value.pairs(&percent_encode(key)))
            .collect();
        Ok(pairs.join("&"))
    }
}

impl Value {
    fn get(&self, key: &str) -> Option<&Value> {
        let Value::Object(entries) = self else { return None };
        entries.iter().rfind(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it says anything that can be compared.
    fn is_said(&self) -> bool {
        matches!(self, Value::Text(_) | Value::Number(_))
    }

    /// What `query-string` makes of a member of an object.
    fn pairs(&self, key: &str) -> Vec<String> {
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

impl<'de> Deserialize<'de> for SignedBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SignedBody, D::Error> {
        Value::deserialize(deserializer).map(SignedBody)
    }
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
