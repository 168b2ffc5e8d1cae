//! The checksum of tag 63: CRC-16 with polynomial 1021 and start FFFF, not reflected.
//!
//! It knows nothing of the payload's form: the caller decides which bytes are covered.

const POLYNOMIAL: u16 = 0x1021;
const START: u16 = 0xFFFF;

/// The CRC-16 of `bytes`, as tag 63 holds it in four hexadecimal digits.
///
/// The standard runs it over the UTF-8 bytes of everything before the four digits, the tag and
/// length `6304` included. A table would be faster and 512 bytes larger; a payload has a few
/// hundred bytes, so the loop stays.
///
/// ```
/// assert_eq!(paywith_qris::checksum(b"123456789"), 0x29B1);
/// ```
#[must_use]
pub fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(START, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
        })
    })
}
