//! The parser: is this text a complete, well-formed payload with the right checksum?
//!
//! It knows the form (tags, lengths, order, templates, checksum) and not what the values mean for
//! an order; `verify` compares them. Start at [`parse()`].

use crate::element::Span;
use crate::parse_error::ParseError;
use crate::payload::{NATIONAL_ACCOUNT, Payload};
use crate::reading::{Reading, four_hex_digits, readings};

const FORMAT_INDICATOR: u8 = 0;
const CHECKSUM: u8 = 63;

/// Tags 02 to 51, one of which says who is to be paid.
const ACCOUNTS: Tags = Tags(((1 << 52) - 1) & !0b11);

/// Parses a payload to its end and checks its form and its checksum.
///
/// Of the templates only 51 is parsed, because it names the payee. What is wrong inside the others
/// decides nothing about the payment, and some of them hold plain text.
///
/// # Errors
/// The first [`ParseError`] from the left; a checksum that does not fit comes last.
pub fn parse(payload: &str) -> Result<Payload<'_>, ParseError> {
    let mut first_error = ParseError::Empty;
    for parsed in parse_each(payload) {
        match parsed {
            Ok(payload) => return Ok(payload),
            Err(error) if first_error == ParseError::Empty => first_error = error,
            Err(_) => {}
        }
    }
    Err(first_error)
}

/// The payload in each of its readings, the standard's own first. A wallet may choose any of them,
/// so all that are whole have to agree on what is paid.
pub(crate) fn parse_each(payload: &str) -> impl Iterator<Item = Result<Payload<'_>, ParseError>> {
    let (readings, is_checksum_right) = readings(payload);
    readings.map(move |reading| parse_as(payload, reading, is_checksum_right))
}

fn parse_as(
    payload: &str,
    reading: Reading,
    is_checksum_right: bool,
) -> Result<Payload<'_>, ParseError> {
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
                return Err(ParseError::TextAfterChecksum);
            }
            stated_checksum = Some(element.value);
        }
        rest = after;
    }
    if seen.is_empty() {
        return Err(ParseError::Empty);
    }
    four_hex_digits(stated_checksum.ok_or(ParseError::ChecksumMissing)?)
        .ok_or(ParseError::ChecksumMalformed)?;
    if !is_checksum_right {
        return Err(ParseError::ChecksumWrong);
    }
    if seen.has_none_of(ACCOUNTS) {
        return Err(ParseError::AccountMissing);
    }
    Ok(Payload::parsed(whole))
}

fn check_format_indicator(tag: u8, value: &str) -> Result<(), ParseError> {
    match (tag, value) {
        (FORMAT_INDICATOR, "01") => Ok(()),
        (FORMAT_INDICATOR, _) => Err(ParseError::FormatVersionUnknown),
        _ => Err(ParseError::FormatIndicatorNotFirst),
    }
}

/// The set of tags met so far at one level: bit n is tag n; the highest tag is 99.
#[derive(Clone, Copy)]
struct Tags(u128);

impl Tags {
    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn has_none_of(self, others: Self) -> bool {
        self.0 & others.0 == 0
    }

    fn insert(&mut self, tag: u8) -> Result<(), ParseError> {
        let bit = 1_u128 << (tag & 0x7F);
        if self.0 & bit != 0 {
            return Err(ParseError::TagRepeated);
        }
        self.0 |= bit;
        Ok(())
    }
}
