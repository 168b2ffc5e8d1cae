//! One data object of a payload: two digits of tag, two of length, then the value.
//!
//! It does not know which tags exist or in what order they stand; `parse` does. Start at
//! [`Span::elements`].

use crate::parse_error::ParseError;
use crate::reading::Reading;

/// A part of the payload's text that is made of elements, and how it is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span<'a> {
    pub(crate) text: &'a str,
    pub(crate) reading: Reading,
}

/// A tag (0 to 99) and its value, still inside the payload's text.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a str,
}

impl<'a> Span<'a> {
    /// The elements up to the first error.
    pub(crate) const fn elements(self) -> Elements<'a> {
        Elements { rest: self }
    }

    /// The first element, and the text after it.
    #[inline(never)]
    pub(crate) fn read_element(self) -> Result<(Element<'a>, Self), ParseError> {
        let (tag, text) = two_digits(self.text).ok_or(ParseError::TagNotDigits)?;
        let (length, text) = two_digits(text).ok_or(ParseError::LengthNotDigits)?;
        let (value, rest) =
            self.reading.split(text, length.into()).ok_or(ParseError::ValueCutShort)?;
        Ok((Element { tag, value }, self.of(rest)))
    }

    /// Whether it is made of whole elements to its end.
    ///
    /// # Errors
    /// The first error from the left.
    #[inline(never)]
    pub(crate) fn check(self) -> Result<(), ParseError> {
        let mut rest = self;
        while !rest.text.is_empty() {
            (_, rest) = rest.read_element()?;
        }
        Ok(())
    }

    /// A part of the same payload.
    pub(crate) const fn of(self, text: &'a str) -> Self {
        Self { text, reading: self.reading }
    }

    /// The value of `tag` as written, even if empty.
    #[inline(never)]
    pub(crate) fn find_even_empty(self, tag: u8) -> Option<&'a str> {
        self.elements().find(|element| element.tag == tag).map(|element| element.value)
    }

    /// The value of `tag`, if there is one and it is not empty.
    pub(crate) fn find(self, tag: u8) -> Option<&'a str> {
        self.find_even_empty(tag).filter(|value| !value.is_empty())
    }

    /// Every value of `tag` that is not empty: inside a template a tag may stand twice.
    pub(crate) fn find_all(self, tag: u8) -> impl Iterator<Item = &'a str> + use<'a> {
        self.elements()
            .filter(move |element| element.tag == tag && !element.value.is_empty())
            .map(|element| element.value)
    }
}

/// The elements of a text; reading ends at the first error.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a> {
    rest: Span<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    // One copy in the widget: a dozen places read elements, and the shopper loads each copy.
    #[inline(never)]
    fn next(&mut self) -> Option<Element<'a>> {
        let (element, rest) = self.rest.read_element().ok()?;
        self.rest = rest;
        Some(element)
    }
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
