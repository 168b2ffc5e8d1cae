//! Amounts on their way to and from a provider: never rounded, never guessed.
//!
//! Outwards: why one cannot be sent. Inwards: numbers, and digits as text, which is how relays that
//! read from a database hand them on. Start at [`read_whole`] and [`read_decimal`].

use paywith_protocol::{Currency, Decimal, Json, Money};
use std::fmt;

/// An amount that a provider does not take as it is. Nothing is ever rounded to make it fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountError {
    /// Another currency.
    Currency {
        /// The ISO 4217 codes that it takes.
        takes: &'static str,
    },
    /// More decimals than it counts in.
    Fraction {
        /// The decimals that it counts in.
        digits: u8,
    },
    /// Below or above its limits.
    OutOfRange {
        /// The smallest amount, in major units.
        min: u64,
        /// The largest amount, in major units.
        max: u64,
    },
    /// Zero.
    Zero,
}

impl fmt::Display for AmountError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AmountError::Currency { takes } => write!(formatter, "`currency` must be {takes}"),
            AmountError::Fraction { digits } => {
                write!(formatter, "`amount` must have at most {digits} decimals")
            }
            AmountError::OutOfRange { min, max } => {
                write!(formatter, "`amount` must be between {min} and {max}")
            }
            AmountError::Zero => formatter.write_str("`amount` must be more than zero"),
        }
    }
}

impl std::error::Error for AmountError {}

/// The amount in units of which `10^exponent` make one.
pub(crate) fn minor_units(money: &Money, exponent: u8) -> Result<u64, AmountError> {
    match money.value.as_minor(exponent) {
        Some(0) => Err(AmountError::Zero),
        Some(minor) => Ok(minor),
        None => Err(AmountError::Fraction { digits: exponent }),
    }
}

/// Refuses every currency but those in `takes`, a list such as `"SYP, USD"`.
pub(crate) fn only(currency: Currency, takes: &'static str) -> Result<(), AmountError> {
    let is_taken = takes.split(',').any(|code| code.trim() == currency.as_str());
    if is_taken { Ok(()) } else { Err(AmountError::Currency { takes }) }
}

/// An amount in whole units of the provider: a whole number, or its digits as text, with or without
/// zero decimals (`15023`, `"15023"`, `"15023.00"`). Three decimals behind one to three digits are
/// refused: in Indonesia `15.000` is fifteen thousand.
pub(crate) fn read_whole(json: &Json, exponent: u8) -> Option<Decimal> {
    let units = match json {
        Json::Integer(units) => Some(*units),
        Json::String(text) => whole_of(text),
        Json::Null
        | Json::Bool(_)
        | Json::Fraction(_)
        | Json::UnreadableNumber
        | Json::Array(_)
        | Json::Object(_) => None,
    };
    Decimal::from_minor(units?, exponent)
}

fn whole_of(text: &str) -> Option<u64> {
    let (whole, zeros) = text.trim_ascii().split_once('.').unwrap_or((text.trim_ascii(), "0"));
    let is_zero = zeros.bytes().all(|byte| byte == b'0');
    // `15023.000` is not a grouped number, so its zeros are decimals.
    let is_grouped = zeros.len() == 3 && whole.len() <= 3;
    let is_clear = is_zero && !zeros.is_empty() && !is_grouped;
    let decimal = Decimal::parse(without_padding(whole)).filter(|_| is_clear)?;
    // A second dot would have made decimals.
    decimal.as_minor(0)
}

/// An amount in major units: a number, or a decimal as text.
pub(crate) fn read_decimal(json: &Json) -> Option<Decimal> {
    let Some(text) = json.as_str() else { return json.as_decimal() };
    let text = without_padding(text.trim_ascii());
    // A database may print more zeros than money has decimals.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    match fraction.split_at_checked(4) {
        Some((four, zeros)) if zeros.bytes().all(|byte| byte == b'0') => {
            Decimal::parse(&[whole, ".", four].concat())
        }
        Some(_) | None => Decimal::parse(text),
    }
}

/// Without the zeros that a fixed width puts in front.
fn without_padding(digits: &str) -> &str {
    let mut rest = digits;
    while let Some(shorter) = rest.strip_prefix('0') {
        if !shorter.starts_with(|next: char| next.is_ascii_digit()) {
            break;
        }
        rest = shorter;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Json {
        Json::String(text.to_owned())
    }

    #[test]
    fn d1_digits_as_text_are_an_exact_amount_and_nothing_is_guessed() {
        let exact = [
            "15023",
            "15023.0",
            "15023.00",
            "15023.000",
            "15023.0000",
            "15023.00000000",
            " 15023 ",
            "\n15023.00\t",
            "00015023",
        ];
        for written in exact {
            let whole = read_whole(&text(written), 0).map(Decimal::to_text);
            assert_eq!(whole.as_deref(), Some("15023"), "{written:?}");
            let hundredths = read_whole(&text(written), 2).map(Decimal::to_text);
            assert_eq!(hundredths.as_deref(), Some("150.23"), "{written:?}");
            let major = read_decimal(&text(written));
            assert_eq!(major.and_then(|major| major.as_minor(0)), Some(15_023), "{written:?}");
        }
        let refused = [
            "",
            " ",
            "15,023",
            "15.023",
            "15.000",
            "150.000",
            "1.000.000",
            "15023.000.000",
            "15023.00a",
            "-0",
            "1.5023e4",
            "15023,00",
            "15023.",
            "15023..0",
            ".0",
            "1e3",
            "0x3A",
            "+15023",
            "-15023",
            "15 023",
            "15023.50",
            "15023.01",
            "IDR 15023",
            "15023 IDR",
            "\u{661}\u{665}",
            "15023.0.0",
            "NaN",
            "1000000000000000",
        ];
        for written in refused {
            assert_eq!(read_whole(&text(written), 0), None, "{written:?}");
        }
        for written in ["", "15,023", "15023.", "1e3", "+1", "-1", "1.23456", "1.2.3", ".5"] {
            assert_eq!(read_decimal(&text(written)), None, "{written:?}");
        }
        for (written, read) in [("165.5", "165.5"), ("0.50", "0.50"), ("250.00000000", "250.0000")]
        {
            let decimal = read_decimal(&text(written)).map(Decimal::to_text);
            assert_eq!(decimal.as_deref(), Some(read));
        }
    }
}
