//! HMAC-SHA256 in hexadecimal digits, compared in constant time.

use super::Proof;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

impl Proof {
    /// Sound if the signature is right.
    pub(super) fn of(is_right: bool) -> Proof {
        if is_right { Proof::Sound } else { Proof::Forged }
    }
}

/// Whether `hex` is the HMAC of the text with this secret. An empty secret never matches.
pub(super) fn is_signed(secret: &SecretString, text: &[u8], hex: &str) -> bool {
    let key = secret.expose_secret().as_bytes();
    let Some(signature) = read_hex(hex).filter(|_| !key.is_empty()) else { return false };
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return false };
    mac.update(text);
    mac.verify_slice(&signature).is_ok()
}

/// Some senders put the name of the algorithm before the digits.
fn read_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let text = text.strip_prefix("sha256=").unwrap_or(text);
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_signed_by_11111(text: &str, hex: &str) -> bool {
        is_signed(&SecretString::from("11111"), text.as_bytes(), hex)
    }

    /// The second comes from Kashier's page on webhooks. The others were computed by hand with the
    /// same key.
    #[test]
    fn the_known_signatures_are_right_and_every_change_of_them_is_wrong() {
        let cases = [
            (
                r#"{"event":"PAYMENT_SETTLED","data":{"order_id":"INV-1","amount":15023,"status":"SETTLED","paid_at":"2026-07-18 10:20:00"}}"#,
                "bac9ed40200ab94967c69b0af4ae1bba9b16e4468c3e335a90098a5b3bd01e37",
            ),
            (
                "amount=1&channel=online%20%7C%20e-commerce&currency=EGP&kashierOrderId=9ad06b17-755b-4e21-9774-aff3e2726ac9&merchantOrderId=1653481557813&method=card&orderReference=TEST-ORD-38855&status=SUCCESS&transactionId=TX-249893963&transactionResponseCode=00",
                "9610477b2255b2a8ef84fd89adfaa5f1305ff9c20324205851890f1ea03109f4",
            ),
            (
                "x_idchg_1x_amount1.500x_currencyKWDx_gateway_referencegwx_payment_referencepyx_statusCAPTUREDx_created1700",
                "4e70b698f3853b65d13461bbe8327d1bfd23944384a473f3d00733719cae72b8",
            ),
        ];
        for (text, hex) in cases {
            assert!(is_signed_by_11111(text, hex), "{text}");
            assert!(is_signed_by_11111(text, &hex.to_ascii_uppercase()), "{text}");
            for written in [format!(" {hex}\t"), format!("sha256={hex}")] {
                assert!(is_signed_by_11111(text, &written), "{written}");
            }
            assert!(!is_signed_by_11111(&text.replace('1', "2"), hex), "a changed text");
            assert!(!is_signed(&SecretString::from("11112"), text.as_bytes(), hex), "another key");
            assert!(!is_signed(&SecretString::from(""), text.as_bytes(), hex), "no key");
            let truncated: String = hex.chars().take(62).collect();
            for wrong in ["", "null", &truncated, &format!("{hex}00"), &hex.replace('a', "g")] {
                assert!(!is_signed_by_11111(text, wrong), "{wrong:?}");
            }
        }
    }
}
