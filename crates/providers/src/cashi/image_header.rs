//! The size of a PNG or JPEG, read from its first bytes in base64. It decodes nothing else.
//!
//! Sources: the PNG specification (section 11.2.2, IHDR) and ITU-T T.81 (annex B, frame header).

/// A PNG's signature and the head of its first chunk; width and height follow.
pub(super) const PNG_HEAD: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
/// A JPEG's start marker and the first byte of the next one.
pub(super) const JPEG_HEAD: &[u8] = b"\xFF\xD8\xFF";

/// Width and height in pixels, from the segment that starts the frame.
pub(super) fn jpeg_size(data: Data<'_>) -> Option<(u64, u64)> {
    let mut place = 2;
    loop {
        if data.byte(place)? != 0xFF {
            return None;
        }
        let marker = data.byte(place + 1)?;
        match marker {
            // Fill bytes, and markers without a segment.
            0xFF => place += 1,
            0x01 | 0xD0..=0xD8 => place += 2,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return data.number(place + 7, 2).zip(data.number(place + 5, 2));
            }
            _ => place += 2 + usize::try_from(data.number(place + 2, 2)?.max(2)).ok()?,
        }
    }
}

/// Base64 read byte by byte: only a header is of interest.
#[derive(Clone, Copy)]
pub(super) struct Data<'a>(&'a [u8]);

impl<'a> Data<'a> {
    pub(super) fn new(base64: &'a str) -> Data<'a> {
        Data(base64.as_bytes())
    }

    pub(super) fn starts_with(self, head: &[u8]) -> bool {
        head.iter().enumerate().all(|(place, byte)| self.byte(place) == Some(*byte))
    }

    /// `width` bytes from `place` on, the highest first.
    pub(super) fn number(self, place: usize, width: usize) -> Option<u64> {
        (place..place + width)
            .try_fold(0, |sum, place| Some(sum << 8 | u64::from(self.byte(place)?)))
    }

    fn byte(self, place: usize) -> Option<u8> {
        let first = place / 3 * 4 + place % 3;
        let high = value(*self.0.get(first)?)?;
        let low = value(*self.0.get(first + 1)?)?;
        Some(match place % 3 {
            0 => high << 2 | low >> 4,
            1 => high << 4 | low >> 2,
            _ => high << 6 | low,
        })
    }
}

/// The six bits of a base64 letter.
pub(super) fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
