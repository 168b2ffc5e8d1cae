//! Time as an argument. The device's clock is never trusted: time passed is read from two clocks,
//! and the larger reading counts.

use crate::planted::{self, Defect};
use crate::record::Record;
use paywith_protocol::AttemptKey;

/// When the two clocks drift apart by more than this between two steps, one of them lied.
const DISAGREEMENT_MS: u64 = 5_000;

/// One moment on both clocks, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Counts up from an unknown start and never jumps, but may stand still while the device sleeps.
    pub monotonic_ms: u64,
    /// Since 1970; goes on during sleep, but may be wrong and may jump.
    pub wall_ms: u64,
}

impl Now {
    /// The time that has passed since `earlier`, at the least: the larger of what the clocks say.
    pub fn since_ms(self, earlier: Now) -> u64 {
        let monotonic_ms = self.monotonic_ms.saturating_sub(earlier.monotonic_ms);
        let wall_ms = self.wall_ms.saturating_sub(earlier.wall_ms);
        if planted::is_on(Defect::CountdownByTicks) {
            return monotonic_ms;
        }
        monotonic_ms.max(wall_ms)
    }

    /// Whether the two clocks tell a different story about the time since `earlier`: the device
    /// slept, or somebody set the clock.
    pub(crate) fn disagrees_since(self, earlier: Now) -> bool {
        let monotonic_ms = self.monotonic_ms.saturating_sub(earlier.monotonic_ms);
        let set_back = self.wall_ms < earlier.wall_ms;
        let wall_ms = self.wall_ms.saturating_sub(earlier.wall_ms);
        set_back || wall_ms.abs_diff(monotonic_ms) > DISAGREEMENT_MS
    }
}

/// A moment in the future, kept as time left at a known moment; every answer bases it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    based_at: Now,
    left_ms: u64,
}

impl Deadline {
    /// `left_ms` from `now` on.
    pub fn after(now: Now, left_ms: u64) -> Deadline {
        Deadline { based_at: now, left_ms }
    }

    /// Milliseconds left; 0 when it has passed.
    pub fn left_ms(self, now: Now) -> u64 {
        self.left_ms.saturating_sub(now.since_ms(self.based_at))
    }

    /// The same moment, counted from `now`: less what has passed since `earlier`, by whichever clock
    /// has moved on further.
    pub(crate) fn based_anew(self, earlier: Now, now: Now) -> Deadline {
        Deadline::after(now, self.left_ms(earlier).saturating_sub(now.since_ms(earlier)))
    }

    /// Milliseconds left by the monotonic clock alone: for what may last longer than planned, but
    /// must not end because somebody set the device's clock.
    pub(crate) fn ticking_ms(self, now: Now) -> u64 {
        let passed_ms = now.monotonic_ms.saturating_sub(self.based_at.monotonic_ms);
        self.left_ms.saturating_sub(passed_ms)
    }
}

/// What a step is told from outside: the time, a fresh id, a die, and what is stored.
#[allow(missing_debug_implementations, reason = "a function cannot be printed")]
pub struct Context<'a> {
    /// The moment of the step.
    pub now: Now,
    /// A random UUID that has not been used; a step uses it for one attempt at the most.
    pub fresh_key: AttemptKey,
    /// 0 to 999, evenly distributed: spreads the pauses between calls.
    pub jitter_permille: u16,
    /// What this browser remembers of the order at this moment: another tab may have written it. Asked
    /// for in a click, on waking, and when another tab speaks.
    pub stored: &'a dyn Fn() -> Option<Record>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(monotonic_ms: u64, wall_ms: u64) -> Now {
        Now { monotonic_ms, wall_ms }
    }

    #[test]
    fn the_countdown_survives_sleep_and_a_clock_set_back() {
        let deadline = Deadline::after(at(1_000, 50_000), 600_000);
        let cases = [
            ("ten seconds later", at(11_000, 60_000), 590_000),
            ("asleep: only the wall clock went on", at(1_000, 350_000), 300_000),
            ("set back an hour: the monotonic clock counts", at(61_000, 0), 540_000),
            ("long past", at(900_000, 950_000), 0),
        ];
        for (case, now, left_ms) in cases {
            assert_eq!(deadline.left_ms(now), left_ms, "{case}");
        }
    }

    #[test]
    fn clocks_disagree_from_five_seconds_on_and_whenever_the_wall_goes_back() {
        let start = at(1_000, 50_000);
        let cases =
            [(at(3_000, 52_900), false), (at(3_000, 58_000), true), (at(3_000, 49_999), true)];
        for (now, disagree) in cases {
            assert_eq!(now.disagrees_since(start), disagree, "{now:?}");
        }
    }
}
