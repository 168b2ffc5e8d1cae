//! How often each of many callers may do something: token buckets whose memory is bounded.
//!
//! A bucket fills at a steady rate; it is stored as one number, the instant at which it is full again. It knows
//! neither callers nor clocks: a key is a number, and so is the time. Start at [`Buckets::take`].
//!
//! # Example
//!
//! ```
//! use paywith_rate_limit::Buckets;
//! use std::time::Duration;
//!
//! let buckets = Buckets::new(10, 1); // Ten calls a second, ten at once.
//! assert!((0..10).all(|_| buckets.take(7, 0).is_ok()));
//! assert_eq!(buckets.take(7, 0), Err(Duration::from_millis(100)));
//! assert!(buckets.take(8, 0).is_ok()); // Another caller.
//! ```
//!
//! # Units and errors
//!
//! Times are microseconds since any fixed instant. An error is the time to wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many callers are remembered: a few megabytes.
const MOST_KEYS: usize = 100_000;
const SECOND_US: u64 = 1_000_000;

/// One bucket per key, all of the same size and with the same rate.
#[derive(Debug)]
pub struct Buckets {
    /// How long it takes to refill one call's worth, in microseconds; 0: no limit.
    step_us: u64,
    /// How long it takes to fill an empty bucket, in microseconds.
    room_us: u64,
    /// When each bucket is full again, in microseconds. Full buckets need no entry.
    full_at_us: Mutex<HashMap<u64, u64>>,
}

impl Buckets {
    /// `per_second` calls on average, `burst_s` seconds' worth of them at once; 0 calls: no limit.
    #[must_use]
    pub fn new(per_second: u64, burst_s: u64) -> Buckets {
        let step_us = SECOND_US.checked_div(per_second).unwrap_or(0);
        let room_us = step_us.saturating_mul(per_second).saturating_mul(burst_s);
        Buckets { step_us, room_us, full_at_us: Mutex::default() }
    }

    /// Whether a bucket has one call's worth; takes nothing.
    ///
    /// # Errors
    /// The time after which it will.
    pub fn look(&self, key: u64, now_us: u64) -> Result<(), Duration> {
        let full_at_us = self.full_at_us.lock().unwrap_or_else(PoisonError::into_inner);
        let before_us = full_at_us.get(&key).copied().unwrap_or(0).max(now_us);
        self.room_for_one(before_us, now_us).map(drop)
    }

    /// When the bucket is full again after one more call.
    fn room_for_one(&self, before_us: u64, now_us: u64) -> Result<u64, Duration> {
        let after_us = before_us.saturating_add(self.step_us);
        let too_much_us = after_us.saturating_sub(now_us).saturating_sub(self.room_us);
        if too_much_us > 0 { Err(Duration::from_micros(too_much_us)) } else { Ok(after_us) }
    }

    /// Takes one call's worth from a bucket.
    ///
    /// # Errors
    /// The time after which there is enough.
    pub fn take(&self, key: u64, now_us: u64) -> Result<(), Duration> {
        if self.step_us == 0 {
            return Ok(());
        }
        let mut full_at_us = self.full_at_us.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at_us.len() >= MOST_KEYS && !full_at_us.contains_key(&key) {
            full_at_us.retain(|_, at_us| *at_us > now_us);
            if full_at_us.len() > MOST_KEYS / 2 {
                // A limit per address cannot stop a caller with this many addresses.
                full_at_us.clear();
                tracing::warn!("too many callers to count: all are counted afresh");
            }
        }
        let before_us = full_at_us.get(&key).copied().unwrap_or(0).max(now_us);
        full_at_us.insert(key, self.room_for_one(before_us, now_us)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many calls pass at this instant.
    fn passing(buckets: &Buckets, key: u64, now_us: u64) -> usize {
        (0..1_000).take_while(|_| buckets.take(key, now_us).is_ok()).count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let buckets = Buckets::new(10, 4);
        assert_eq!(passing(&buckets, 1, 0), 40);
        assert_eq!(buckets.take(1, 0), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take(1, 99_999), Err(Duration::from_micros(1)));
        assert_eq!(passing(&buckets, 1, 100_000), 1);
        assert_eq!(passing(&buckets, 1, SECOND_US), 9);
        assert_eq!(passing(&buckets, 1, 100 * SECOND_US), 40, "no more than a burst is saved up");
    }

    #[test]
    fn one_caller_is_not_held_for_another() {
        let buckets = Buckets::new(1, 5);
        assert_eq!(passing(&buckets, 1, 0), 5);
        assert_eq!(passing(&buckets, 2, 0), 5);
    }

    #[test]
    fn looking_takes_nothing() {
        let buckets = Buckets::new(1, 2);
        assert!((0..100).all(|_| buckets.look(1, 0).is_ok()));
        assert_eq!(passing(&buckets, 1, 0), 2);
        assert_eq!(buckets.look(1, 0), Err(Duration::from_secs(1)));
        assert_eq!(buckets.look(1, SECOND_US), Ok(()));
        assert_eq!(buckets.look(2, 0), Ok(()));
    }

    #[test]
    fn zero_is_no_limit() {
        assert_eq!(passing(&Buckets::new(0, 4), 1, 0), 1_000);
    }

    #[test]
    fn callers_without_number_take_no_memory_without_bound() {
        let buckets = Buckets::new(1, 5);
        let most = u64::try_from(MOST_KEYS).expect("small");
        let kept = || buckets.full_at_us.lock().expect("a lock").len();
        for key in 0..most * 3 {
            assert_eq!(buckets.take(key, key), Ok(()));
            assert!(kept() <= MOST_KEYS);
        }
        // Only those whose bucket is full again are removed.
        let late_us = 1_000 * SECOND_US;
        for key in 0..most {
            assert_eq!(buckets.take(most * 10 + key, late_us), Ok(()));
        }
        assert!(kept() <= MOST_KEYS);
    }
}
