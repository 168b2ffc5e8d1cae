//! Which bytes a payload's text encodes, and what its lengths count.
//!
//! A QR code holds bytes. The text that arrives here was made from them by whatever decoded the
//! picture, and the checksum tells which bytes they were: UTF-8, as the standard asks, or one byte
//! per character, as shops with an `É` in their name often have it. Lengths count characters by the
//! standard; issuers that count bytes or UTF-16 units exist, so all three are tried.
//! It does not know what the elements mean. Start at [`readings`].

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::checksum::checksum;

const CHECKSUM_DIGITS: usize = 4;

/// One way to read a payload's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    script: Script,
    counting: Counting,
}

/// How the text encodes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    /// The text's own UTF-8 bytes.
    Utf8,
    /// One byte per character, and those bytes are no UTF-8.
    Single(CodePage),
    /// One byte per character, and those bytes are UTF-8: the decoder took them for a code page.
    Misread(CodePage),
}

/// A character set of one byte per character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CodePage {
    Latin1,
    Windows1252,
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counting {
    Characters,
    Utf16Units,
    Bytes,
}

/// What windows-1252 has at 80 to 9F. The five places that it leaves free stand for themselves, as
/// browsers read them.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The readings under which the checksum can be right, the standard's own first; and whether it is
/// right under them. A text of ASCII alone has one.
pub(crate) fn readings(text: &str) -> (impl Iterator<Item = Reading>, bool) {
    let script = script(text);
    let most = if text.is_ascii() { 1 } else { 3 };
    let countings = [Counting::Characters, Counting::Utf16Units, Counting::Bytes];
    let all = countings.into_iter().take(most);
    let is_right = script.is_some();
    let script = script.unwrap_or(Script::Utf8);
    (all.map(move |counting| Reading { script, counting }), is_right)
}

/// The script over whose bytes the checksum at the end of `text` is right.
fn script(text: &str) -> Option<Script> {
    let (_, stated) = text.split_at_checked(text.len().checked_sub(CHECKSUM_DIGITS)?)?;
    let stated = four_hex_digits(stated)?;
    let covered = |bytes: &[u8]| {
        let covered = bytes.len().checked_sub(CHECKSUM_DIGITS).and_then(|end| bytes.get(..end));
        covered.is_some_and(|covered| checksum(covered) == stated)
    };
    if covered(text.as_bytes()) {
        return Some(Script::Utf8);
    }
    [CodePage::Latin1, CodePage::Windows1252].into_iter().find_map(|page| {
        let bytes = page.bytes(text).filter(|bytes| covered(bytes))?;
        let is_utf8 = core::str::from_utf8(&bytes).is_ok();
        Some(if is_utf8 { Script::Misread(page) } else { Script::Single(page) })
    })
}

/// Written out, because `u16::from_str_radix` would also take `+1A2`.
pub(crate) fn four_hex_digits(text: &str) -> Option<u16> {
    if text.len() != CHECKSUM_DIGITS {
        return None;
    }
    text.bytes().try_fold(0, |number: u16, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'F' => byte - b'A' + 10,
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some((number << 4) | u16::from(digit))
    })
}

impl Reading {
    /// Whether the bytes are the text's own, in UTF-8.
    pub(crate) const fn is_utf8(self) -> bool {
        matches!(self.script, Script::Utf8)
    }

    /// Whether lengths count characters, as the standard asks.
    pub(crate) const fn counts_characters(self) -> bool {
        matches!(self.counting, Counting::Characters)
    }

    /// The bytes that `text` encodes.
    pub(crate) fn bytes(self, text: &str) -> Cow<'_, [u8]> {
        let own = Cow::Borrowed(text.as_bytes());
        match self.script {
            Script::Utf8 => own,
            Script::Single(page) | Script::Misread(page) => {
                page.bytes(text).map_or(own, Cow::Owned)
            }
        }
    }

    /// `text` in the letters that a wallet shows.
    pub(crate) fn letters(self, text: &str) -> Cow<'_, str> {
        match self.script {
            Script::Utf8 | Script::Single(_) => Cow::Borrowed(text),
            Script::Misread(_) => {
                Cow::Owned(alloc::string::String::from_utf8_lossy(&self.bytes(text)).into_owned())
            }
        }
    }

    /// Splits after `length`, in the units that lengths count here. The loop is smaller code than
    /// the counting iterators of the standard library.
    #[inline(never)]
    pub(crate) fn split(self, text: &str, length: usize) -> Option<(&str, &str)> {
        let mut left = length;
        let mut end = 0;
        for character in text.chars() {
            let width = self.width(character);
            if left == 0 && width > 0 {
                break;
            }
            left = left.checked_sub(width)?;
            end += character.len_utf8();
        }
        if left == 0 { text.split_at_checked(end) } else { None }
    }

    /// How much one character adds to a length.
    fn width(self, character: char) -> usize {
        match (self.script, self.counting) {
            (Script::Utf8 | Script::Single(_), Counting::Characters)
            | (Script::Single(_), Counting::Utf16Units)
            | (Script::Single(_) | Script::Misread(_), Counting::Bytes) => 1,
            (Script::Utf8, Counting::Utf16Units) => character.len_utf16(),
            (Script::Utf8, Counting::Bytes) => character.len_utf8(),
            (Script::Misread(page), Counting::Characters) => {
                usize::from(!matches!(page.byte(character), Some(0x80..=0xBF)))
            }
            (Script::Misread(page), Counting::Utf16Units) => match page.byte(character) {
                Some(0x80..=0xBF) => 0,
                Some(0xF0..) => 2,
                _ => 1,
            },
        }
    }
}

impl CodePage {
    fn bytes(self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|character| self.byte(character)).collect()
    }

    fn byte(self, character: char) -> Option<u8> {
        let place = match self {
            Self::Latin1 => None,
            Self::Windows1252 => WINDOWS_1252.iter().position(|other| *other == character),
        };
        let own = u8::try_from(u32::from(character)).ok();
        match place {
            Some(place) => u8::try_from(0x80 + place).ok(),
            // Under windows-1252 the control characters of Latin-1 mean nothing.
            None if self == Self::Windows1252 => own.filter(|byte| !matches!(byte, 0x80..=0x9F)),
            None => own,
        }
    }
}
