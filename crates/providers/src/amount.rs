//! Why an amount cannot be sent to a provider: it would have to be rounded, or is out of range.

use paywith_protocol::{Currency, Money};
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
