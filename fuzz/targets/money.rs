//! Money: read exactly or not at all, and written as it was read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paywith_protocol::{Decimal, Money};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(decimal) = Decimal::parse(text) {
        assert_eq!(decimal.to_text(), text);
        for exponent in 0..=4 {
            if let Some(minor) = decimal.as_minor(exponent) {
                let back = Decimal::from_minor(minor, exponent).expect("it was one");
                assert_eq!(back.as_minor(exponent), Some(minor));
            }
        }
    }
    if let Some((value, currency)) = text.split_once(' ')
        && let Ok(money) = Money::parse(value, currency)
    {
        assert_eq!(money.currency.as_str().len(), 3);
        assert_eq!(money.value.to_text(), value);
    }
});
