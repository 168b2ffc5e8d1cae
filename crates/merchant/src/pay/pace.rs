//! How often a payment with a waiter is read at its provider. Pure.

use std::time::Duration;

/// The longest pause if only a reading brings us news.
const LONGEST: Duration = Duration::from_secs(15);
/// The pause if the provider sends webhooks: reading covers for a lost one.
const WITH_WEBHOOKS: Duration = Duration::from_secs(20);
/// A payment is read again when its age has grown by this fraction.
const GROWTH: u32 = 10;

/// The pause before the next reading of a payment of this age. Without webhooks it is `first` at
/// the beginning (if that is 3 seconds: until the age of 30), then a tenth of the age, up to 15
/// seconds. It is never shorter than `first`.
pub(super) fn pause(age: Duration, first: Duration, has_webhooks: bool) -> Duration {
    if has_webhooks {
        return WITH_WEBHOOKS.max(first);
    }
    (age / GROWTH).clamp(first, LONGEST.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_a_payment_the_longer_the_pause_within_its_bounds() {
        let after_s = |age_s: u64, first_ms: u64, has_webhooks: bool| {
            let first = Duration::from_millis(first_ms);
            pause(Duration::from_secs(age_s), first, has_webhooks).as_millis()
        };
        for (age_s, expected_ms) in
            [(0, 3_000), (30, 3_000), (60, 6_000), (150, 15_000), (9_999_999, 15_000)]
        {
            assert_eq!(after_s(age_s, 3_000, false), expected_ms, "{age_s} s");
            assert_eq!(after_s(age_s, 3_000, true), 20_000, "{age_s} s");
        }
        assert_eq!(after_s(0, 20, false), 20);
        assert_eq!(after_s(600, 20_000, false), 20_000, "never below the shop's own");
        assert_eq!(after_s(0, 90_000, true), 90_000);
    }

    /// A wait of ten minutes, the lifetime of a Cashi code.
    #[test]
    fn ten_minutes_of_waiting_are_few_readings() {
        let readings = |has_webhooks: bool| {
            let mut age = Duration::ZERO;
            let mut count = 0;
            while age < Duration::from_secs(600) {
                age += pause(age, Duration::from_secs(3), has_webhooks);
                count += 1;
            }
            count
        };
        assert_eq!(readings(true), 30);
        assert!((50..65).contains(&readings(false)), "{}", readings(false));
    }
}
