//! One data object of a payload: two digits of tag, two of length, then the value.
//!
//! It does not know which tags exist or in what order they stand; `walk` does. Start at
//! [`read_element`].

use crate::walk::Flaw;

/// A tag (0 to 99) and its value, still inside the payload's text.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a str,
}

/// Reads the first element of `text`; also gives what stands after it.
#[inline(never)]
pub(crate) fn read_element(text: &str) -> Result<(Element<'_>, &str), Flaw> {
    let (tag, text) = two_digits(text).ok_or(Flaw::TagNotDigits)?;
    let (length_characters, text) = two_digits(text).ok_or(Flaw::LengthNotDigits)?;
    let (value, rest) =
        split_characters(text, length_characters.into()).ok_or(Flaw::ValueCutShort)?;
    Ok((Element { tag, value }, rest))
}

/// The elements of a text that was walked before; reading ends at the first flaw.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a> {
    rest: &'a str,
}

pub(crate) const fn elements(text: &str) -> Elements<'_> {
    Elements { rest: text }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    // One copy in the widget: a dozen places read elements, and the shopper loads each copy.
    #[inline(never)]
    fn next(&mut self) -> Option<Element<'a>> {
        let (element, rest) = read_element(self.rest).ok()?;
        self.rest = rest;
        Some(element)
    }
}

/// The value of `tag` as it stands, be it empty.
#[inline(never)]
pub(crate) fn find_even_empty(text: &str, tag: u8) -> Option<&str> {
    elements(text).find(|element| element.tag == tag).map(|element| element.value)
}

/// The value of `tag`, if there is one and it is not empty.
pub(crate) fn find(text: &str, tag: u8) -> Option<&str> {
    find_even_empty(text, tag).filter(|value| !value.is_empty())
}

fn two_digits(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    match digits.as_bytes() {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => {
            Some(((tens - b'0') * 10 + (units - b'0'), rest))
        }
        _ => None,
    }
}

/// Lengths count characters, not bytes: a Chinese name of four characters has length 04.
///
/// The loop is smaller code than the counting iterators of the standard library.
#[inline(never)]
pub(crate) fn split_characters(text: &str, characters: usize) -> Option<(&str, &str)> {
    let mut rest = text.chars();
    for _ in 0..characters {
        rest.next()?;
    }
    text.split_at_checked(text.len() - rest.as_str().len())
}
