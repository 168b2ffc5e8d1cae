//! What the next document of this browser, and its other tabs, should know of an order: no secret, no
//! amount.
//!
//! Storage may be denied, full, or written by somebody else: then nothing is remembered, and the
//! checkout goes on without.

use paywith_checkout::{Attempt, Record, StoredPayment, StoredWatch};
use paywith_protocol::{AttemptKey, Decimal, PaymentId, Provider, whole_text};

/// The record of one order at one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderStorage {
    key: String,
}

impl OrderStorage {
    pub(crate) fn of(endpoint: &str, order: &str) -> OrderStorage {
        let hash = hash(&[endpoint, "\n", order].concat());
        OrderStorage { key: ["paywith:1:", &hash].concat() }
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
        let (record, other) = record.clone().reconcile(self.read());
        let is_empty =
            record.attempt.is_none() && record.payment.is_none() && record.retired.is_empty();
        let is_kept = !is_empty && storage.set_item(&self.key, &to_text(&record)).is_ok();
        if !is_kept {
            // Better nothing than what was true once. Storage that refuses to forget is storage
            // that we do not have.
            storage.remove_item(&self.key).unwrap_or(());
        }
        other
    }
}

/// A record as text, for the storage and for other tabs: its version, the attempt, the payment and two
/// flags of it, then four lines for each payment that is watched. No field has a line break in it.
pub(crate) fn to_text(record: &Record) -> String {
    let (attempt, seen) = (record.attempt.as_ref(), record.payment.as_ref());
    let version = whole_text(u64::from(record.version));
    let mut lines = vec![
        version.as_str(),
        attempt.map_or("", |attempt| attempt.key.as_str()),
        attempt.map_or("", |attempt| attempt.provider.id()),
        attempt.and_then(|attempt| attempt.supersedes.as_ref()).map_or("", PaymentId::as_str),
        seen.map_or("", |seen| seen.id.as_str()),
        seen.and_then(|seen| seen.provider).map_or("", Provider::id),
        flag(seen.is_some_and(|seen| seen.is_of_attempt)),
        flag(seen.is_some_and(|seen| seen.paid_event_sent)),
    ];
    let times: Vec<String> =
        record.retired.iter().map(|old| whole_text(old.until_wall_ms)).collect();
    for (old, until) in record.retired.iter().zip(&times) {
        let provider = old.provider.map_or("", Provider::id);
        lines.extend([old.id.as_str(), provider, until, flag(old.is_sure)]);
    }
    lines.join("\n")
}

fn flag(is_set: bool) -> &'static str {
    if is_set { "1" } else { "" }
}

/// A record that we wrote, read back; `None` for anything else.
pub(crate) fn from_text(text: &str) -> Option<Record> {
    let mut lines = text.split('\n');
    let mut next = || lines.next();
    let version = u32::try_from(number(next()?)?).ok()?;
    let (key, provider) = (AttemptKey::parse(next()?), Provider::parse(next()?));
    let supersedes = PaymentId::parse(next()?);
    let attempt = key.zip(provider).map(|(key, provider)| Attempt { key, provider, supersedes });
    let (id, provider) = (PaymentId::parse(next()?), Provider::parse(next()?));
    let (is_of_attempt, paid_event_sent) = (next()? == "1", next()? == "1");
    let payment = id.map(|id| StoredPayment { id, provider, is_of_attempt, paid_event_sent });
    let mut retired = Vec::new();
    while let Some(id) = next() {
        let (id, provider) = (PaymentId::parse(id)?, Provider::parse(next()?));
        let (until_wall_ms, is_sure) = (number(next()?)?, next()? == "1");
        retired.push(StoredWatch { id, provider, until_wall_ms, is_sure });
    }
    Some(Record { attempt, payment, retired, version })
}

/// A whole number as we write it.
pub(super) fn number(text: &str) -> Option<u64> {
    Decimal::parse(text).map(Decimal::whole)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    /// `npm/src/remembered.js` looks for the same key before the module is there.
    #[test]
    fn the_key_of_an_order_is_the_loaders() {
        assert_eq!(OrderStorage::of("/api", "INV-9921").key(), "paywith:1:1818a271c243c6bd");
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else() {
        let id = |text: &str| PaymentId::parse(text).expect("an id");
        let attempt = Attempt {
            key: AttemptKey::parse("00000000-0000-4000-8000-000000000001").expect("a key"),
            provider: Provider::Cashi,
            supersedes: Some(id("INV/2026 1")),
        };
        let payment = StoredPayment {
            id: id("pay_1"),
            provider: None,
            is_of_attempt: true,
            paid_event_sent: false,
        };
        let until_wall_ms = 1_763_800_000_000;
        let old =
            |provider, is_sure| StoredWatch { id: id("pay_0"), provider, until_wall_ms, is_sure };
        let records = [
            Record { version: 7, ..Record::default() },
            Record { attempt: Some(attempt.clone()), ..Record::default() },
            Record {
                attempt: Some(attempt),
                payment: Some(payment),
                retired: vec![old(Some(Provider::Kashier), true), old(None, false)],
                version: 3,
            },
        ];
        for record in records {
            assert_eq!(from_text(&to_text(&record)), Some(record));
        }
        for foreign in ["", "{}", "1\n2", "x\n\n\n\n\n\n\n", "1\n\n\n\n\n\n\n\npay_1"] {
            assert_eq!(from_text(foreign), None, "{foreign:?}");
        }
    }
}
