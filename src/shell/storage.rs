//! What the next document of this browser should know of an order: no secret, no amount.
//!
//! Storage may be denied, full, or written by somebody else: then nothing is remembered, and the
//! checkout goes on without.

use super::fetch::{from_value, set};
use js_sys::JSON;
use paywith_checkout::{Attempt, Record, Seen};
use paywith_protocol::{AttemptKey, Json, PaymentId, Provider};

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

    /// What was kept; `None` for nothing, or for anything that we did not write.
    pub(crate) fn read(&self) -> Option<Record> {
        let text = storage()?.get_item(&self.key).ok()??;
        let json = from_value(&JSON::parse(&text).ok()?)?;
        let text = |name: &str| json.get(name).and_then(Json::as_str);
        let flag = |name: &str| json.get(name).and_then(Json::as_bool).unwrap_or(false);
        let key = text("key").and_then(AttemptKey::parse);
        let provider = text("provider").and_then(Provider::parse);
        let supersedes = text("supersedes").and_then(PaymentId::parse);
        let attempt =
            key.zip(provider).map(|(key, provider)| Attempt { key, provider, supersedes });
        let id = text("id").and_then(PaymentId::parse);
        let payment = id.map(|id| Seen {
            id,
            provider: text("seen_provider").and_then(Provider::parse),
            is_of_attempt: flag("of_attempt"),
            told_paid: flag("told_paid"),
        });
        Some(Record { attempt, payment })
    }

    pub(crate) fn write(&self, record: &Record) {
        let Some(storage) = storage() else { return };
        let (attempt, seen) = (record.attempt.as_ref(), record.payment.as_ref());
        if attempt.is_none() && seen.is_none() {
            // Storage that refuses to forget is storage that we do not have.
            return storage.remove_item(&self.key).unwrap_or(());
        }
        let written = js_sys::Object::new();
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
        if let Some(text) = JSON::stringify(&written).ok().and_then(|text| text.as_string()) {
            storage.set_item(&self.key, &text).unwrap_or(());
        }
    }
}

/// The mere access throws where storage is denied.
fn storage() -> Option<web_sys::Storage> {
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
