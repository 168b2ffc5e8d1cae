//! An exact, non-negative decimal. Never a float, never an exponent to guess: the fraction digits are
//! those of the text.
//!
//! It deliberately does not know currencies (`money` does), how a locale writes numbers (the widget's
//! `ui/i18n` does) nor which unit a provider counts in (`paywith-providers` does).

use serde::{Serialize, Serializer};
use std::fmt;

/// Ten-thousandths in one: the contract allows four fraction digits.
const SCALE: u64 = 10_000;
/// The whole part has at most fifteen digits.
const MAX_WHOLE: u64 = 999_999_999_999_999;
/// The largest whole part whose ten-thousandths a JavaScript number still tells apart.
const MAX_EXACT_FRACTIONAL: f64 = 900_000_000_000.0;

/// An exact, non-negative decimal of the form `^(0|[1-9]\d{0,14})(\.\d{1,4})?$`.
///
/// Compares by value: `165.5` equals `165.50`; both remember how they were written.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    ten_thousandths: u64,
    fraction_digits: u8,
}

impl Decimal {
    /// Reads the contract's form; `None` for anything else (signs, exponents, spaces, commas,
    /// leading zeros, more than four decimals).
    pub fn parse(text: &str) -> Option<Decimal> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if leading_zero || !is_digits(whole, 15) || !fraction.is_none_or(|f| is_digits(f, 4)) {
            return None;
        }
        let fraction = fraction.unwrap_or_default();
        let fraction_digits = u8::try_from(fraction.len()).ok()?;
        // Fifteen digits and four more are below 2^64.
        let fraction = number(fraction) * padding(fraction_digits)?;
        let ten_thousandths = number(whole) * SCALE + fraction;
        Some(Decimal { ten_thousandths, fraction_digits })
    }

    /// `minor` units of which `10^exponent` make one: `(10098, 2)` is `100.98`.
    /// `None` for an exponent over 4 or an amount over fifteen digits.
    pub fn from_minor(minor: u64, exponent: u8) -> Option<Decimal> {
        let padding = padding(exponent)?;
        let is_in_range = minor / (SCALE / padding) <= MAX_WHOLE;
        is_in_range.then(|| Decimal { ten_thousandths: minor * padding, fraction_digits: exponent })
    }

    /// A JSON number that is not an integer, made exact: `None` when it is negative, not finite,
    /// or has more than four decimals. Only the JSON reader calls this.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a JSON number is a float on arrival; it is accepted only if it is the nearest \
                  float of a decimal with four places, and leaves here as an integer"
    )]
    pub(crate) fn from_json_number(number: f64) -> Option<Decimal> {
        if !(0.0..=MAX_EXACT_FRACTIONAL).contains(&number) {
            return None;
        }
        let scaled = (number * 10_000.0).round_ties_even();
        let exact = scaled / 10_000.0 == number;
        let ten_thousandths = scaled as u64;
        exact.then(|| Decimal { ten_thousandths, fraction_digits: shortest(ten_thousandths) })
    }

    /// The whole part.
    pub fn whole(self) -> u64 {
        self.ten_thousandths / SCALE
    }

    /// The value in units of which `10^exponent` make one; `None` when that would round.
    pub fn as_minor(self, exponent: u8) -> Option<u64> {
        let padding = padding(exponent)?;
        self.ten_thousandths.is_multiple_of(padding).then(|| self.ten_thousandths / padding)
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.ten_thousandths == 0
    }

    /// `self - other`; `None` when that is negative.
    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        let ten_thousandths = self.ten_thousandths.checked_sub(other.ten_thousandths)?;
        let fraction_digits = self.fraction_digits.max(other.fraction_digits);
        Some(Decimal { ten_thousandths, fraction_digits })
    }

    /// `self + other`; `None` over fifteen digits.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        let ten_thousandths = self.ten_thousandths.checked_add(other.ten_thousandths)?;
        let fraction_digits = self.fraction_digits.max(other.fraction_digits);
        let sum = Decimal { ten_thousandths, fraction_digits };
        (sum.whole() <= MAX_WHOLE).then_some(sum)
    }

    /// `self × times`; `None` over fifteen digits.
    pub fn checked_mul(self, times: u64) -> Option<Decimal> {
        let ten_thousandths = self.ten_thousandths.checked_mul(times)?;
        let product = Decimal { ten_thousandths, fraction_digits: self.fraction_digits };
        (product.whole() <= MAX_WHOLE).then_some(product)
    }

    /// The contract's wire form, with the fraction digits it was written with.
    ///
    /// Not by way of `Display`: the widget's module has no other use for its machinery.
    pub fn to_text(self) -> String {
        let whole = whole_text(self.whole());
        match self.fraction_digits {
            0 => whole,
            digits => [whole.as_str(), ".", &self.fraction(digits)].concat(),
        }
    }

    /// The digits after the point, as many as a reader should see: those of the text, but `165.5`
    /// as `165.50`.
    pub fn shown_fraction(self) -> String {
        let digits = if self.fraction_digits == 1 { 2 } else { self.fraction_digits };
        self.fraction(digits)
    }

    fn fraction(self, digits: u8) -> String {
        let mut left = self.ten_thousandths % SCALE;
        let mut text = String::new();
        for _ in 0..digits {
            left *= 10;
            let digit = u32::try_from(left / SCALE).unwrap_or(0);
            text.push(char::from_digit(digit, 10).unwrap_or('0'));
            left %= SCALE;
        }
        text
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.ten_thousandths == other.ten_thousandths
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> std::cmp::Ordering {
        self.ten_thousandths.cmp(&other.ten_thousandths)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

/// A whole number in ASCII digits; not by way of `Display`, like [`Decimal::to_text`].
pub fn whole_text(number: u64) -> String {
    let mut text = if number < 10 { String::new() } else { whole_text(number / 10) };
    let digit = u32::try_from(number % 10).unwrap_or(0);
    text.push(char::from_digit(digit, 10).unwrap_or('0'));
    text
}

/// Ten-thousandths in the last of so many fraction digits; `None` for more than four.
fn padding(fraction_digits: u8) -> Option<u64> {
    [SCALE, 1_000, 100, 10, 1].get(usize::from(fraction_digits)).copied()
}

/// The value of at most fifteen ASCII digits.
fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |number, digit| number * 10 + u64::from(digit.wrapping_sub(b'0')))
}

fn is_digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn shortest(ten_thousandths: u64) -> u8 {
    match ten_thousandths {
        n if n.is_multiple_of(10_000) => 0,
        n if n.is_multiple_of(1_000) => 1,
        n if n.is_multiple_of(100) => 2,
        n if n.is_multiple_of(10) => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_contract_form_is_money() {
        let good = ["0", "1", "15023", "100.98", "0.5", "0.0001", "999999999999999.9999"];
        for text in good {
            assert_eq!(Decimal::parse(text).map(|d| d.to_string()).as_deref(), Some(text));
        }
        let bad = [
            "",
            "-1",
            "+1",
            "01",
            "1.",
            ".5",
            "1,5",
            "1e3",
            " 1",
            "1 ",
            "1.00000",
            "NaN",
            "٣",
            "1000000000000000",
            "0x10",
            "1.2.3",
        ];
        for text in bad {
            assert_eq!(Decimal::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_single_fraction_digit_is_shown_as_two_and_none_is_dropped() {
        let cases = [
            ("165.5", "50"),
            ("100.98", "98"),
            ("15000", ""),
            ("1.0000", "0000"),
            ("2.123", "123"),
        ];
        for (text, shown) in cases {
            assert_eq!(Decimal::parse(text).expect("money").shown_fraction(), shown, "{text}");
        }
    }

    #[test]
    fn minor_units_convert_exactly_or_not_at_all() {
        let hundred = Decimal::parse("100.98").expect("money");
        assert_eq!(hundred.as_minor(2), Some(10098));
        assert_eq!(hundred.as_minor(0), None);
        assert_eq!(hundred.as_minor(5), None);
        assert_eq!(Decimal::from_minor(10098, 2), Some(hundred));
        assert_eq!(Decimal::from_minor(1, 5), None);
        assert_eq!(Decimal::from_minor(u64::MAX, 0), None);
    }

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    /// What each operation makes of two decimals, as text.
    #[test]
    fn sums_differences_and_products_are_exact_or_refused() {
        let most = "999999999999999";
        let cases = [
            (decimal("15000").checked_add(decimal("23")), Some("15023")),
            (decimal("1").checked_add(decimal("0.50")), Some("1.50")),
            (decimal(most).checked_add(decimal("0.9999")), Some("999999999999999.9999")),
            (decimal(most).checked_add(decimal("1")), None),
            (decimal("15023").checked_sub(decimal("15000")), Some("23")),
            (decimal("1").checked_sub(decimal("0.01")), Some("0.99")),
            (decimal("1").checked_sub(decimal("1")), Some("0")),
            (decimal("1").checked_sub(decimal("1.0001")), None),
            (decimal("2.50").checked_mul(3), Some("7.50")),
            (decimal(most).checked_mul(1), Some(most)),
            (decimal(most).checked_mul(2), None),
            (decimal(most).checked_mul(u64::MAX), None),
            (Decimal::from_minor(999_999_999_999_999, 0), Some(most)),
            (Decimal::from_minor(1_000_000_000_000_000, 0), None),
            (Decimal::from_minor(99_999_999_999_999_999, 2), Some("999999999999999.99")),
            (Decimal::from_minor(100_000_000_000_000_000, 2), None),
        ];
        for (place, (made, expected)) in cases.into_iter().enumerate() {
            assert_eq!(made.map(Decimal::to_text).as_deref(), expected, "case {place}");
        }
    }

    #[test]
    fn decimals_compare_by_value() {
        assert_eq!(decimal("165.5"), decimal("165.50"));
        assert_ne!(decimal("165.5"), decimal("165.51"));
        assert!(decimal("165.5") < decimal("165.51") && decimal("2") > decimal("1.9999"));
        for (text, is_zero) in [("0", true), ("0.00", true), ("0.0001", false), ("1", false)] {
            assert_eq!(decimal(text).is_zero(), is_zero, "{text}");
        }
    }

    #[test]
    fn a_json_number_has_as_few_digits_as_it_needs() {
        let cases =
            [(15.0, "15"), (15.5, "15.5"), (15.25, "15.25"), (0.125, "0.125"), (0.0625, "0.0625")];
        for (number, text) in cases {
            let read = Decimal::from_json_number(number).map(Decimal::to_text);
            assert_eq!(read.as_deref(), Some(text));
        }
        for number in [-1.0, f64::NAN, f64::INFINITY, 0.031_25, 900_000_000_001.0] {
            assert_eq!(Decimal::from_json_number(number), None, "{number}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(whole in 0u64..=MAX_WHOLE, digits in 0u8..=4, part in 0u64..10_000) {
            let decimal = Decimal {
                ten_thousandths: whole * SCALE + part / 10u64.pow(4 - u32::from(digits)) * 10u64.pow(4 - u32::from(digits)),
                fraction_digits: digits,
            };
            let again = Decimal::parse(&decimal.to_string());
            prop_assert_eq!(again, Some(decimal));
        }

        #[test]
        fn any_text_is_read_or_refused_without_panic(text in ".*") {
            let _ = Decimal::parse(&text);
        }

        #[test]
        fn json_numbers_with_up_to_four_decimals_lose_nothing(whole in 0u64..=900_000_000, part in 0u64..10_000) {
            let text = format!("{whole}.{part:04}");
            let number: f64 = text.parse().expect("a float");
            prop_assert_eq!(Decimal::from_json_number(number), Decimal::parse(&text));
        }
    }
}
