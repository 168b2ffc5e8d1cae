//! HMAC-SHA256 in lower-case hexadecimal, which all four providers' signatures are. What is
//! signed, and with which key, the provider files know.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signature of a text.
pub(crate) fn hmac_hex(key: &str, text: &str) -> String {
    // HMAC takes keys of any length, so the error cannot happen; an empty signature fails closed.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_order_hash_is_reproduced() {
        assert_eq!(
            hmac_hex("11111", "/?payment=mid-0-1.99.20.EGP"),
            "606a8a1307d64caf4e2e9bb724738f115a8972c27eccb2a8acd9194c357e4bec"
        );
    }
}
