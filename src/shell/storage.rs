//! What the next document of this browser should know of an order: no secret, no amount.
//!
//! Storage may be denied, full, or written by somebody else: then nothing is remembered, and the
//! checkout goes on without.

use super::fetch::from_value;
use js_sys::JSON;
use paywith_checkout::{Attempt, Record, Seen};
use paywith_protocol::{AttemptKey, Json, PaymentId, Provider};
use serde::Serialize;
use wasm_bindgen::JsValue;

/// The record of one order at one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawer {
    key: String,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supersedes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_provider: Option<&'static str>,
    of_attempt: bool,
    told_paid: bool,
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
        let written = Written {
            key: attempt.map(|attempt| attempt.key.as_str()),
            provider: attempt.map(|attempt| attempt.provider.id()),
            supersedes: attempt
                .and_then(|attempt| attempt.supersedes.as_ref())
                .map(PaymentId::as_str),
            id: seen.map(|seen| seen.id.as_str()),
            seen_provider: seen.and_then(|seen| seen.provider).map(Provider::id),
            of_attempt: seen.is_some_and(|seen| seen.is_of_attempt),
            told_paid: seen.is_some_and(|seen| seen.told_paid),
        };
        if attempt.is_none() && seen.is_none() {
            // Storage that refuses to forget is storage that we do not have.
            storage.remove_item(&self.key).unwrap_or(());
        } else if let Some(text) = to_text(&written) {
            storage.set_item(&self.key, &text).unwrap_or(());
        }
    }
}

fn to_text(written: &Written<'_>) -> Option<String> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let value: JsValue = written.serialize(&serializer).ok()?;
    JSON::stringify(&value).ok()?.as_string()
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
