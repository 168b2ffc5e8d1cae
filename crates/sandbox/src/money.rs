//! An amount as a whole number of its smallest written unit, and the currency. It knows no
//! provider; each provider file says how many fraction digits its numbers have. No floats.

use serde_json::Value;

/// Larger amounts are refused at every door: fifteen digits stay exact in a JSON number.
const MOST_UNITS: u64 = 999_999_999_999_999;

/// An exact amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    /// The amount in units of `10^-fraction_digits`.
    pub(crate) units: u64,
    /// How many of the last digits stand behind the dot.
    pub(crate) fraction_digits: u32,
    /// ISO 4217 code.
    pub(crate) currency: String,
}

impl Money {
    /// An amount that arrived as an integer; `None` when it is zero or too large.
    pub(crate) fn from_units(units: u64, fraction_digits: u32, currency: &str) -> Option<Self> {
        (1..=MOST_UNITS).contains(&units).then(|| Self {
            units,
            fraction_digits,
            currency: currency.to_owned(),
        })
    }

    /// An amount that arrived as a decimal string with at most two digits behind the dot.
    pub(crate) fn from_decimal(text: &str, currency: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if (1..=2).contains(&fraction.len()) => (whole, fraction),
            Some(_) => return None,
            None => (text, ""),
        };
        let digits = format!("{whole}{fraction}");
        let clean = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let units = clean.then(|| digits.parse().ok()).flatten()?;
        Self::from_units(units, u32::try_from(fraction.len()).ok()?, currency)
    }

    /// The decimal text in major units, with as many fraction digits as it arrived with.
    pub(crate) fn text(&self) -> String {
        if self.fraction_digits == 0 {
            return self.units.to_string();
        }
        let one = 10_u64.pow(self.fraction_digits);
        let width = usize::try_from(self.fraction_digits).unwrap_or_default();
        format!("{}.{:0width$}", self.units / one, self.units % one)
    }

    /// The major-unit JSON number as JavaScript would print it: `250`, `165.5`.
    pub(crate) fn json_number(&self) -> Value {
        let text = self.text();
        let short = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        serde_json::from_str(short).unwrap_or(Value::Null)
    }

    /// The same currency, this many units more.
    pub(crate) fn plus_units(&self, more: u64) -> Self {
        Self { units: self.units.saturating_add(more), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_and_written_back_unchanged() {
        for (text, units, number) in [
            ("165.00", 16_500, "165"),
            ("165.5", 1655, "165.5"),
            ("20", 20, "20"),
            ("200", 200, "200"),
            ("0.01", 1, "0.01"),
            ("9999999999999.99", 999_999_999_999_999, "9999999999999.99"),
        ] {
            let money = Money::from_decimal(text, "EGP").expect(text);
            assert_eq!(money.units, units);
            assert_eq!(money.text(), text);
            assert_eq!(money.json_number().to_string(), number);
        }
    }

    #[test]
    fn anything_but_a_plain_positive_decimal_is_refused() {
        for text in ["", ".", "1.", ".5", "0", "0.00", "1.234", "1e3", "-1", "+1", "1,00", "٣"] {
            assert_eq!(Money::from_decimal(text, "EGP"), None, "{text}");
        }
    }
}
