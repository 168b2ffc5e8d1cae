//! Money: an exact decimal in major units and an ISO 4217 code.
//!
//! It deliberately does not know how many decimals a currency has, nor whether a provider takes it.

use crate::decimal::Decimal;
use serde::{Serialize, Serializer};
use std::fmt;

/// An ISO 4217 code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Indonesian rupiah, Cashi's only currency.
    pub const IDR: Currency = Currency(*b"IDR");
    /// Egyptian pound.
    pub const EGP: Currency = Currency(*b"EGP");
    /// Syrian pound.
    pub const SYP: Currency = Currency(*b"SYP");
    /// Yemeni rial.
    pub const YER: Currency = Currency(*b"YER");

    /// Reads three ASCII letters, in any case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Currency> {
        let code: [u8; 3] = text.as_bytes().try_into().ok()?;
        let letters = code.iter().all(u8::is_ascii_alphabetic);
        letters.then(|| Currency(code.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code in capitals.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An amount in major units and its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    /// Major units: `100.98` is a hundred pounds and 98 hundredths.
    pub value: Decimal,
    /// ISO 4217.
    pub currency: Currency,
}

/// Why text cannot be read as money. Each variant names the field to fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// `amount` is not a decimal string such as `"15000"` or `"100.98"`.
    Amount,
    /// `currency` is not three letters.
    Currency,
}

impl Money {
    /// Reads an amount and a currency as attributes and wire fields give them.
    ///
    /// # Errors
    /// The amount is checked first: [`MoneyError::Amount`], then [`MoneyError::Currency`].
    pub fn parse(value: &str, currency: &str) -> Result<Money, MoneyError> {
        let value = Decimal::parse(value).ok_or(MoneyError::Amount)?;
        let currency = Currency::parse(currency).ok_or(MoneyError::Currency)?;
        Ok(Money { value, currency })
    }
}

/// `15000 IDR`, for logs and people at a desk; shoppers read amounts as their language writes them.
impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.value, self.currency.as_str())
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            MoneyError::Amount => "`amount` must be a decimal string such as \"100.98\"",
            MoneyError::Currency => "`currency` must be a three-letter ISO 4217 code",
        })
    }
}

impl std::error::Error for MoneyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_error_names_the_field_to_fix() {
        let cases = [
            ("15000", "idr", Ok("15000 IDR")),
            ("15,000", "IDR", Err(MoneyError::Amount)),
            ("15000", "Rp", Err(MoneyError::Currency)),
            ("15000", "ID1", Err(MoneyError::Currency)),
            ("", "", Err(MoneyError::Amount)),
        ];
        for (value, currency, expected) in cases {
            let money = Money::parse(value, currency);
            let read = money.map(|money| format!("{} {}", money.value, money.currency));
            assert_eq!(read, expected.map(str::to_owned), "{value} {currency}");
        }
        assert_eq!(format!("{:?}", Currency::EGP), "EGP");
        assert!(MoneyError::Amount.to_string().contains("`amount`"));
        assert!(MoneyError::Currency.to_string().contains("`currency`"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_currency_or_refused_without_panic(text in ".*") {
            let _ = Currency::parse(&text);
        }
    }
}
