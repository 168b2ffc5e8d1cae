//! The walk: is this text a whole, well-formed payload with a right checksum?
//!
//! It knows the form (tags, lengths, order, templates, checksum) and not what the values mean for
//! an order; `judge` compares them. Start at [`walk`].

use crate::element::Span;
use crate::payload::Payload;
use crate::reading::{Reading, four_hex_digits, readings};

const FORMAT_INDICATOR: u8 = 0;
/// Where QRIS keeps the merchant's entry in the national register.
pub(crate) const NATIONAL_ACCOUNT: u8 = 51;
const CHECKSUM: u8 = 63;

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
    /// A tag stands twice at the top level.
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
            Self::TagRepeated => ("tag_repeated", "A tag stands twice at the top level."),
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
/// Of the templates only 51 is walked, because it names the payee. What is wrong inside the others
/// decides nothing about the payment, and some of them hold plain text.
///
/// # Errors
/// The first [`Flaw`] from the left; a checksum that does not fit comes last.
pub fn walk(payload: &str) -> Result<Payload<'_>, Flaw> {
    let mut first_flaw = Flaw::Empty;
    for walked in walk_each(payload) {
        match walked {
            Ok(payload) => return Ok(payload),
            Err(flaw) if first_flaw == Flaw::Empty => first_flaw = flaw,
            Err(_) => {}
        }
    }
    Err(first_flaw)
}

/// The payload in each of its readings, the standard's own first. A wallet may choose any of them,
/// so all that are whole have to agree on what is paid.
pub(crate) fn walk_each(payload: &str) -> impl Iterator<Item = Result<Payload<'_>, Flaw>> {
    let (readings, is_checksum_right) = readings(payload);
    readings.map(move |reading| walk_as(payload, reading, is_checksum_right))
}

fn walk_as(payload: &str, reading: Reading, is_checksum_right: bool) -> Result<Payload<'_>, Flaw> {
    let whole = Span { text: payload, reading };
    let mut seen = Tags(0);
    let mut stated_checksum = None;
    let mut rest = whole;
    while !rest.text.is_empty() {
        let (element, after) = rest.read_element()?;
        if seen.is_empty() {
            check_format_indicator(element.tag, element.value)?;
        }
        seen.insert(element.tag)?;
        if element.tag == NATIONAL_ACCOUNT {
            whole.of(element.value).check()?;
        }
        if element.tag == CHECKSUM {
            if !after.text.is_empty() {
                return Err(Flaw::TextAfterChecksum);
            }
            stated_checksum = Some(element.value);
        }
        rest = after;
    }
    if seen.is_empty() {
        return Err(Flaw::Empty);
    }
    four_hex_digits(stated_checksum.ok_or(Flaw::ChecksumMissing)?)
        .ok_or(Flaw::ChecksumMalformed)?;
    if !is_checksum_right {
        return Err(Flaw::ChecksumWrong);
    }
    if seen.has_none_of(ACCOUNTS) {
        return Err(Flaw::AccountMissing);
    }
    Ok(Payload::walked(whole))
}

/// Whether the value of `tag` is meant to be a list of elements itself.
pub(crate) const fn is_template(tag: u8) -> bool {
    matches!(tag, 26..=51 | 62 | 64)
}

fn check_format_indicator(tag: u8, value: &str) -> Result<(), Flaw> {
    match (tag, value) {
        (FORMAT_INDICATOR, "01") => Ok(()),
        (FORMAT_INDICATOR, _) => Err(Flaw::FormatVersionUnknown),
        _ => Err(Flaw::FormatIndicatorNotFirst),
    }
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
