//! The walk: is this text a whole, well-formed payload with a right checksum?
//!
//! It knows the form (tags, lengths, order, templates, checksum) and not what the values mean for
//! an order; `judge` compares them. Start at [`walk`].

use crate::checksum::checksum;
use crate::element::read_element;
use crate::payload::Payload;

const FORMAT_INDICATOR: u8 = 0;
const CHECKSUM: u8 = 63;
const CHECKSUM_DIGITS: usize = 4;

/// Tags 02 to 51, one of which says who is to be paid.
const ACCOUNTS: Tags = Tags(((1 << 52) - 1) & !0b11);

/// What makes a text no payload at all. Found before anything is compared with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// There is no text.
    Empty,
    /// Where a tag should stand, there are not two digits.
    TagNotDigits,
    /// Where a length should stand, there are not two digits.
    LengthNotDigits,
    /// A length reaches beyond the end of the payload or of its template.
    ValueCutShort,
    /// A tag stands twice at one level.
    TagRepeated,
    /// The payload does not begin with tag 00.
    FormatIndicatorNotFirst,
    /// Tag 00 has another value than `01`.
    FormatVersionUnknown,
    /// None of the tags 02 to 51 is there.
    AccountMissing,
    /// The payload ends without tag 63.
    ChecksumMissing,
    /// Tag 63 does not hold four hexadecimal digits.
    ChecksumMalformed,
    /// The checksum belongs to another text.
    ChecksumWrong,
    /// Something stands after the checksum, be it only a line break.
    TextAfterChecksum,
}

impl Flaw {
    /// A stable name in `snake_case`, for logs and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// One English sentence for developers.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("empty", "The payload is empty."),
            Self::TagNotDigits => ("tag_not_digits", "A tag is not two digits."),
            Self::LengthNotDigits => ("length_not_digits", "A length is not two digits."),
            Self::ValueCutShort => {
                ("value_cut_short", "A length reaches beyond the payload or its template.")
            }
            Self::TagRepeated => ("tag_repeated", "A tag stands twice at one level."),
            Self::FormatIndicatorNotFirst => {
                ("format_indicator_not_first", "The payload does not begin with tag 00.")
            }
            Self::FormatVersionUnknown => {
                ("format_version_unknown", "Tag 00 has another value than 01.")
            }
            Self::AccountMissing => {
                ("account_missing", "No tag from 02 to 51 says who is to be paid.")
            }
            Self::ChecksumMissing => ("checksum_missing", "The payload ends without tag 63."),
            Self::ChecksumMalformed => {
                ("checksum_malformed", "Tag 63 does not hold four hexadecimal digits.")
            }
            Self::ChecksumWrong => ("checksum_wrong", "The checksum belongs to another text."),
            Self::TextAfterChecksum => {
                ("text_after_checksum", "Something stands after the checksum.")
            }
        }
    }
}

impl core::fmt::Display for Flaw {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Flaw {}

/// Walks a payload to its end and checks its form and its checksum.
///
/// The templates 26 to 51, 62 and 64 are walked too. The templates 80 to 99 are not: what stands
/// there is their owners' business, and some of them hold plain text.
///
/// # Errors
/// The first [`Flaw`] from the left; a checksum that does not fit comes last.
pub fn walk(payload: &str) -> Result<Payload<'_>, Flaw> {
    let mut seen = Tags(0);
    let mut stated_checksum = None;
    let mut rest = payload;
    while !rest.is_empty() {
        let (element, after) = read_element(rest)?;
        if seen.is_empty() {
            check_format_indicator(element.tag, element.value)?;
        }
        seen.insert(element.tag)?;
        if is_template(element.tag) {
            walk_template(element.value)?;
        }
        if element.tag == CHECKSUM {
            if !after.is_empty() {
                return Err(Flaw::TextAfterChecksum);
            }
            stated_checksum = Some(element.value);
        }
        rest = after;
    }
    if seen.is_empty() {
        return Err(Flaw::Empty);
    }
    check_checksum(payload, stated_checksum.ok_or(Flaw::ChecksumMissing)?)?;
    if seen.has_none_of(ACCOUNTS) {
        return Err(Flaw::AccountMissing);
    }
    Ok(Payload::walked(payload))
}

/// Whether the value of `tag` is a list of elements itself, so that the walk goes into it.
pub(crate) const fn is_template(tag: u8) -> bool {
    matches!(tag, 26..=51 | 62 | 64)
}

fn walk_template(text: &str) -> Result<(), Flaw> {
    let mut seen = Tags(0);
    let mut rest = text;
    while !rest.is_empty() {
        let (element, after) = read_element(rest)?;
        seen.insert(element.tag)?;
        rest = after;
    }
    Ok(())
}

fn check_format_indicator(tag: u8, value: &str) -> Result<(), Flaw> {
    match (tag, value) {
        (FORMAT_INDICATOR, "01") => Ok(()),
        (FORMAT_INDICATOR, _) => Err(Flaw::FormatVersionUnknown),
        _ => Err(Flaw::FormatIndicatorNotFirst),
    }
}

/// `stated` is the end of `payload`, and everything before it is covered.
fn check_checksum(payload: &str, stated: &str) -> Result<(), Flaw> {
    let stated_checksum = four_hex_digits(stated).ok_or(Flaw::ChecksumMalformed)?;
    let covered = payload.strip_suffix(stated).ok_or(Flaw::ChecksumMissing)?;
    if checksum(covered.as_bytes()) == stated_checksum { Ok(()) } else { Err(Flaw::ChecksumWrong) }
}

/// Written out, because `u16::from_str_radix` would also take `+1A2`.
fn four_hex_digits(text: &str) -> Option<u16> {
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

/// The set of tags met so far at one level: bit n stands for tag n, and tags end at 99.
#[derive(Clone, Copy)]
struct Tags(u128);

impl Tags {
    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn has_none_of(self, others: Self) -> bool {
        self.0 & others.0 == 0
    }

    fn insert(&mut self, tag: u8) -> Result<(), Flaw> {
        let bit = 1_u128 << (tag & 0x7F);
        if self.0 & bit != 0 {
            return Err(Flaw::TagRepeated);
        }
        self.0 |= bit;
        Ok(())
    }
}
