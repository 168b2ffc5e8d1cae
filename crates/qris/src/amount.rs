//! The amount of tag 54, read as text and compared as whole rupiah.
//!
//! It does not know the order's amount. `1000`, `1000.` and `1000.00` are the same good amount;
//! `1000,00`, `1.000` and `1 000` are none. Start at [`read_amount`].

const LONGEST_CHARACTERS: usize = 13;

/// What tag 54 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Whole rupiah, more than zero. `padded`: zeros stand before the first digit.
    Rupiah { rupiah: u64, padded: bool },
    /// Well-formed, with a part of a rupiah: equal to no order, because orders are whole rupiah.
    WithFraction,
    /// Well-formed zero, which the standard forbids.
    Zero,
    /// No amount in the sense of the standard.
    Malformed,
}

/// Reads the text of tag 54.
pub(crate) fn read_amount(text: &str) -> Amount {
    let mut rupiah = 0_u64;
    let mut fraction_digits = None;
    let mut has_fraction = false;
    for byte in text.bytes() {
        match (byte, fraction_digits) {
            // Thirteen digits are far below the end of u64, so nothing wraps before the check
            // of the length below.
            (b'0'..=b'9', None) => {
                rupiah = rupiah.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            }
            (b'0'..=b'9', Some(digits @ 0..=1)) => {
                has_fraction |= byte != b'0';
                fraction_digits = Some(digits + 1);
            }
            (b'.', None) => fraction_digits = Some(0),
            _ => return Amount::Malformed,
        }
    }
    let first = text.as_bytes().first();
    if text.len() > LONGEST_CHARACTERS || matches!(first, None | Some(b'.')) {
        return Amount::Malformed;
    }
    match (has_fraction, rupiah) {
        (true, _) => Amount::WithFraction,
        (false, 0) => Amount::Zero,
        (false, rupiah) => Amount::Rupiah { rupiah, padded: first == Some(&b'0') },
    }
}
