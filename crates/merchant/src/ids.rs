//! Unguessable identifiers, and the references that providers see.

use crate::environment::{NoRandomness, Randomness};
use sha2::{Digest, Sha256};

/// How many hexadecimal digits of a key's hash are in a provider's order reference.
const ATTEMPT_DIGITS: usize = 20;
/// Without letters and digits that people confuse with each other.
const ORDER_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A new payment id: `pay_` and 128 random bits.
pub(crate) fn new_payment_id(from: &dyn Randomness) -> Result<String, NoRandomness> {
    Ok(format!("pay_{}", random_hex(from, 16)?))
}

/// A new order id of the demonstration: `INV-7F3K9Q`.
pub(crate) fn new_order_id(from: &dyn Randomness) -> Result<String, NoRandomness> {
    let mut bytes = [0; 6];
    from.fill(&mut bytes)?;
    let letter = |byte: &u8| ORDER_ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'2');
    Ok(format!("INV-{}", bytes.iter().map(|byte| char::from(letter(byte))).collect::<String>()))
}

/// `count` random bytes in hexadecimal digits.
pub(crate) fn random_hex(from: &dyn Randomness, count: usize) -> Result<String, NoRandomness> {
    let mut bytes = vec![0; count];
    from.fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The order reference that a provider gets for one attempt: the same for every retry of the
/// attempt, and different for every other attempt.
///
/// Cashi's dashboard tests with ids that begin with `TEST-`; our orders never do.
pub(crate) fn provider_order(order: &str, key: &str) -> String {
    let digest = sha256_hex(key);
    let attempt = digest.get(..ATTEMPT_DIGITS).unwrap_or_default();
    let looks_like_test = order.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("TEST-"));
    let prefix = if looks_like_test { "ORDER-" } else { "" };
    format!("{prefix}{order}-{attempt}")
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256_hex(text: &str) -> String {
    sha256_hex_of(text.as_bytes())
}

/// The same for bytes.
pub(crate) fn sha256_hex_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::SystemRandomness;

    #[test]
    fn a_provider_order_is_stable_per_attempt_and_never_a_test_order() {
        let first = provider_order("INV-1", "key-one-1");
        assert_eq!(first, provider_order("INV-1", "key-one-1"));
        assert_ne!(first, provider_order("INV-1", "key-two-2"));
        assert_eq!(first.len(), "INV-1-".len() + ATTEMPT_DIGITS);
        for order in ["TEST-1", "test-1", "Test-"] {
            assert!(provider_order(order, "key-one-1").starts_with("ORDER-"), "{order}");
        }
        assert!(provider_order("ÄTEST", "key-one-1").starts_with("ÄTEST-"));
    }

    #[test]
    fn demo_order_ids_are_plain_and_differ() {
        let new = || new_order_id(&SystemRandomness).expect("random");
        let (one, two) = (new(), new());
        assert_eq!(one.len(), 10);
        assert!(one.starts_with("INV-"));
        assert_ne!(one, two);
    }
}
