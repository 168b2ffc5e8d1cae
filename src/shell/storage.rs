//! What the next document of this browser, and its other tabs, should know of an order: no secret, no
//! amount.
//!
//! Storage may be denied, full, or written by somebody else: then nothing is remembered, and the
//! checkout goes on without.

use super::fetch::{from_value, set};
use js_sys::{Array, JSON, Object};
use paywith_checkout::{Attempt, Record, Seen, Watched};
use paywith_protocol::{AttemptKey, Json, PaymentId, Provider};
use wasm_bindgen::JsValue;

/// The record of one order at one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawer {
    key: String,
}

impl Drawer {
    pub(crate) fn of(endpoint: &str, order: &str) -> Drawer {
        let hash = hash(&[endpoint, "\n", order].concat());
        Drawer { key: ["paywith:1:", &hash].concat() }
    }

    /// The name that tabs with the same order share.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// What was kept; `None` for nothing, or for anything that we did not write.
    pub(crate) fn read(&self) -> Option<Record> {
        from_text(&storage()?.get_item(&self.key).ok()??)
    }

    /// Keeps a record; answers what another tab has kept, where that counts.
    pub(crate) fn write(&self, record: &Record) -> Option<Record> {
        let storage = storage()?;
        let (record, other) = record.clone().beside(self.read());
        let is_empty =
            record.attempt.is_none() && record.payment.is_none() && record.old.is_empty();
        let is_kept = !is_empty
            && to_text(&record).is_some_and(|text| storage.set_item(&self.key, &text).is_ok());
        if !is_kept {
            // Better nothing than what was true once. Storage that refuses to forget is storage
            // that we do not have.
            storage.remove_item(&self.key).unwrap_or(());
        }
        other
    }
}

/// A record as text, for the storage and for other tabs.
pub(crate) fn to_text(record: &Record) -> Option<String> {
    let (attempt, seen) = (record.attempt.as_ref(), record.payment.as_ref());
    let written = Object::new();
    let text = |name: &str, text: &str| set(&written, name, &text.into());
    if let Some(attempt) = attempt {
        text("key", attempt.key.as_str());
        text("provider", attempt.provider.id());
        if let Some(id) = &attempt.supersedes {
            text("supersedes", id.as_str());
        }
    }
    if let Some(seen) = seen {
        text("id", seen.id.as_str());
        if let Some(provider) = seen.provider {
            text("seen_provider", provider.id());
        }
        set(&written, "of_attempt", &seen.is_of_attempt.into());
        set(&written, "told_paid", &seen.told_paid.into());
    }
    let old: Array = record.old.iter().map(watched_to_value).collect();
    set(&written, "old", &old);
    set(&written, "version", &record.version.into());
    JSON::stringify(&written).ok()?.as_string()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn watched_to_value(old: &Watched) -> JsValue {
    let provider = old.provider.map(Provider::id).unwrap_or_default();
    let until = (old.until_wall_ms as f64).into();
    Array::of4(&old.id.as_str().into(), &provider.into(), &until, &old.is_sure.into()).into()
}

/// A record that we wrote, read back.
pub(crate) fn from_text(text: &str) -> Option<Record> {
    let json = from_value(&JSON::parse(text).ok()?)?;
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let flag = |name: &str| json.get(name).and_then(Json::as_bool).unwrap_or(false);
    let key = text("key").and_then(AttemptKey::parse);
    let provider = text("provider").and_then(Provider::parse);
    let supersedes = text("supersedes").and_then(PaymentId::parse);
    let attempt = key.zip(provider).map(|(key, provider)| Attempt { key, provider, supersedes });
    let id = text("id").and_then(PaymentId::parse);
    let payment = id.map(|id| Seen {
        id,
        provider: text("seen_provider").and_then(Provider::parse),
        is_of_attempt: flag("of_attempt"),
        told_paid: flag("told_paid"),
    });
    let old = json.get("old").and_then(Json::as_array).unwrap_or_default();
    let version = json.get("version").and_then(Json::as_u64).unwrap_or(0);
    Some(Record {
        attempt,
        payment,
        old: old.iter().filter_map(watched).collect(),
        version: u32::try_from(version).unwrap_or(0),
    })
}

fn watched(json: &Json) -> Option<Watched> {
    let [id, provider, until_wall_ms, is_sure] = json.as_array()? else { return None };
    Some(Watched {
        id: PaymentId::parse(id.as_str()?)?,
        provider: provider.as_str().and_then(Provider::parse),
        until_wall_ms: until_wall_ms.as_u64()?,
        is_sure: is_sure.as_bool().unwrap_or(false),
    })
}

/// The mere access throws where storage is denied.
pub(super) fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// FNV-1a, 64 bits: `crypto.subtle` is missing outside secure contexts, and nothing secret hangs
/// on it; it only keeps one order's record apart from another's.
fn hash(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let digit = |place: u32| {
        let nibble = u32::try_from(hash >> (place * 4) & 15).unwrap_or(0);
        char::from_digit(nibble, 16).unwrap_or('0')
    };
    (0..16).rev().map(digit).collect()
}
