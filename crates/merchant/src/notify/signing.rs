//! The signature of Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA256 over id, time and
//! body. The secret is `whsec_` and base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// The standard's limits, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The key inside a secret; `None` if it is not a valid secret.
pub(crate) fn key(secret: &SecretString) -> Option<Vec<u8>> {
    let text = secret.expose_secret().strip_prefix(PREFIX)?;
    STANDARD.decode(text).ok().filter(|key| KEY_BYTES.contains(&key.len()))
}

pub(super) fn signature(
    secret: &SecretString,
    id: &str,
    sent_s: i64,
    body: &str,
) -> Option<String> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key(secret)?).ok()?;
    mac.update([id, ".", &sent_s.to_string(), ".", body].concat().as_bytes());
    Some(["v1,", &STANDARD.encode(mac.finalize().into_bytes())].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example from the standard's own documents.
    #[test]
    fn the_known_example_has_its_signature() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let body = r#"{"test": 2432232314}"#;
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_that_is_none_signs_nothing() {
        for text in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%"]
        {
            assert_eq!(key(&SecretString::from(text)), None, "{text}");
        }
    }
}
