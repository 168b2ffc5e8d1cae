//! The text that Kashier's webhook signature covers, made from the body as JavaScript sees it.
//!
//! Kashier's own sample code picks the keys that `data.signatureKeys` names (`_.pick`, which drops
//! those that are absent) and joins them with `query-string`: sorted, encoded, `null` as a bare key,
//! a list by repeating its key. Numbers are printed as JavaScript prints them, which needs every
//! digit that was sent; [`paywith_protocol::Json`] keeps only those of money. It deliberately does
//! no cryptography. Start at [`SignedBody::text`].

use crate::js_value::Value;
use crate::urls::percent_encode;
use paywith_protocol::ReadError;
use serde::de::{Deserialize, Deserializer};

const LIST: &str = "data.signatureKeys";

/// What must be signed and present: the list is part of the body, so a shorter list would let an
/// attacker change the rest.
const NEEDED: [&str; 4] = ["merchantOrderId", "amount", "currency", "status"];

/// Names that lodash never sets on an object.
const NEVER_PICKED: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// The body of a webhook with its numbers as they were sent.
#[derive(Clone, Debug)]
pub struct SignedBody(Value);

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
        let is_there =
            |key: &&str| keys.contains(key) && data.get(key).is_some_and(Value::is_plain);
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

impl<'de> Deserialize<'de> for SignedBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SignedBody, D::Error> {
        Value::deserialize(deserializer).map(SignedBody)
    }
}
