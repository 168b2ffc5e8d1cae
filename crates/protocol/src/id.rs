//! Identifiers that cross the wire: parsed once on arrival, opaque afterwards.

use serde::Serialize;

/// The longest identifier that any party may use, in bytes.
const MAX_ID_BYTES: usize = 256;

/// A payment's identifier: ours (`pay_…`) or, for a relaying backend, the provider's own.
///
/// Opaque text of 1 to 256 bytes without control characters or white space at its ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PaymentId(String);

impl PaymentId {
    /// Takes any text that can be an identifier; `None` for empty, overlong or unprintable text.
    pub fn parse(text: &str) -> Option<PaymentId> {
        let printable = !text.is_empty()
            && text.len() <= MAX_ID_BYTES
            && text.trim().len() == text.len()
            && !text.chars().any(is_unprintable);
        printable.then(|| PaymentId(text.to_owned()))
    }

    /// The identifier as sent on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can stand in a path segment as it is: `[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,127}`.
    ///
    /// All others travel as `/payments/_?id=…` (contract section 3), so that neither `..` nor a
    /// slash ever shapes a path.
    pub fn fits_path_segment(&self) -> bool {
        let dot_first = self.0.starts_with('.');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        !dot_first && self.0.len() <= 128 && self.0.bytes().all(plain)
    }
}

/// The `Idempotency-Key` of one attempt: a UUID, or any 8 to 128 characters of `[A-Za-z0-9_-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct AttemptKey(String);

impl AttemptKey {
    /// `None` when the text is too short to be unguessable, too long, or holds other characters.
    pub fn parse(text: &str) -> Option<AttemptKey> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let sound = (8..=128).contains(&text.len()) && text.bytes().all(plain);
        sound.then(|| AttemptKey(text.to_owned()))
    }

    /// The key as sent in the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters and the marks that reorder or hide text (bidi overrides, zero width).
fn is_unprintable(character: char) -> bool {
    let hidden = matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    character.is_control() || hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_shape_a_path_do_not_fit_a_segment() {
        let cases = [
            ("pay_abc", true),
            ("chg_a1b2c3d4e5", true),
            ("1234567890123456", true),
            ("INV/2026/11/1", false),
            ("..", false),
            (".hidden", false),
            ("a..b", true),
            ("a b", false),
            ("ä", false),
            ("a?b", false),
        ];
        for (text, fits) in cases {
            let id = PaymentId::parse(text).expect("an id");
            assert_eq!(id.fits_path_segment(), fits, "{text}");
        }
    }

    #[test]
    fn text_that_can_hide_or_reorder_is_no_id() {
        for text in ["", " a", "a\n", "a\u{0}b", "a\u{202E}b", "a\u{200B}b", &"a".repeat(257)] {
            assert_eq!(PaymentId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn attempt_keys_are_plain_and_long_enough() {
        for text in ["6f1c3a52-7d9e-4f43-9d1c-2b0c2f7a1e11", "key_1234", &"k".repeat(128)] {
            let key = AttemptKey::parse(text);
            assert_eq!(key.as_ref().map(AttemptKey::as_str), Some(text));
        }
        for text in ["", "short", "with space here", "a/b/c/d/e/f", &"k".repeat(129)] {
            assert_eq!(AttemptKey::parse(text), None, "{text:?}");
        }
    }
}
