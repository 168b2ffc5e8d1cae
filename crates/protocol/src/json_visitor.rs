//! Fills a [`Json`] from any serde deserializer, and refuses what nests too deep.

use crate::json::{Json, MAX_SAFE_INTEGER};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// How deep objects and arrays may nest before an answer is refused.
pub const MAX_JSON_DEPTH: u8 = 24;

impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        Nested { depth_left: MAX_JSON_DEPTH }.deserialize(deserializer)
    }
}

/// Reads one value that may nest `depth_left` levels more: a hostile answer must not exhaust the
/// small stack of a WebAssembly module.
#[derive(Clone, Copy)]
struct Nested {
    depth_left: u8,
}

impl Nested {
    fn inner<E: Error>(self) -> Result<Nested, E> {
        let depth_left = self.depth_left.checked_sub(1);
        depth_left.map(|depth_left| Nested { depth_left }).ok_or(E::custom("nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        let safe = value <= MAX_SAFE_INTEGER;
        Ok(if safe { Json::Integer(value) } else { Json::UnreadableNumber })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Ok(Json::UnreadableNumber),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::from_number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(member) = members.next_element_seed(inner)? {
            list.push(member);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            list.push((key, entries.next_value_seed(inner)?));
        }
        Ok(Json::Object(list))
    }
}
