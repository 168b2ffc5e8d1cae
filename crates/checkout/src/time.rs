//! Time as data: moments, deadlines, and how far two clocks can be trusted.
//!
//! The device's clock is never trusted: the time that has passed is read from two clocks, and the larger
//! reading counts. Nothing here knows what the time is needed for.

/// An answer that takes no longer than this is as good as fresh.
const PROMPT_MS: u64 = 5_000;

/// When the two clocks have drifted apart by more than this, one of them lied.
const DISAGREEMENT_MS: u64 = 5_000;

/// A monotonic clock that shows the same time for so long by the other clock stands still.
const STANDSTILL_MS: u64 = 2_000;

/// And is not carried on by more than this at once: the other one may have been set.
const MOST_CARRIED_MS: u64 = 300_000;

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
    pub(crate) fn since_ms(self, earlier: Now) -> u64 {
        let monotonic_ms = self.monotonic_ms.saturating_sub(earlier.monotonic_ms);
        let wall_ms = self.wall_ms.saturating_sub(earlier.wall_ms);
        monotonic_ms.max(wall_ms)
    }

    /// How old an answer may be that arrives now, `wait_ms` of which the backend was asked to wait. A call
    /// that took long may have been answered long ago: the page was frozen, or the network slow. Rather
    /// too little time is shown than too much, until the next answer.
    pub(crate) fn answer_age_ms(self, sent_at: Now, wait_ms: u64) -> u64 {
        let took_ms = self.since_ms(sent_at).saturating_sub(wait_ms);
        if took_ms > PROMPT_MS { took_ms } else { 0 }
    }

    /// Whether the two clocks disagree about the time since `earlier`: the device
    /// slept, or somebody set the clock.
    fn disagrees_since(self, earlier: Now) -> bool {
        let wall_ms = self.wall_ms.saturating_add(earlier.monotonic_ms);
        let monotonic_ms = self.monotonic_ms.saturating_add(earlier.wall_ms);
        wall_ms.abs_diff(monotonic_ms) > DISAGREEMENT_MS
    }
}

/// Both clocks from one step to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    /// The moment of the last step.
    pub(crate) last: Now,
    /// When the two clocks last agreed: what they have drifted apart since counts.
    agreed_at: Now,
    /// When the monotonic clock of the device last moved.
    moved_at: Now,
    /// How far the moments here are ahead of the device's monotonic clock, because it stood still.
    lead_ms: u64,
}

impl Clocks {
    /// What the next step makes of the device's clocks, and whether they disagree.
    ///
    /// A monotonic clock that stands still while the other one runs (some in-app views have none) is
    /// carried on by that one: on a moment that never comes nothing may depend.
    pub(crate) fn read(before: Option<Clocks>, device: Now) -> (Clocks, bool) {
        let Some(before) = before else {
            let clocks = Clocks { last: device, agreed_at: device, moved_at: device, lead_ms: 0 };
            return (clocks, false);
        };
        let mut next = before;
        if device.monotonic_ms != before.moved_at.monotonic_ms {
            next.moved_at = device;
        } else if device.wall_ms < before.last.wall_ms {
            next.moved_at.wall_ms = device.wall_ms;
        } else if device.wall_ms.saturating_sub(before.moved_at.wall_ms) > STANDSTILL_MS {
            let passed_ms = device.wall_ms.saturating_sub(before.last.wall_ms);
            next.lead_ms = next.lead_ms.saturating_add(passed_ms.min(MOST_CARRIED_MS));
        }
        let monotonic_ms = device.monotonic_ms.saturating_add(next.lead_ms);
        next.last = Now { monotonic_ms, ..device };
        let disagree = next.last.disagrees_since(before.agreed_at);
        if disagree {
            next.agreed_at = next.last;
        }
        (next, disagree)
    }

    /// A moment of the machine on the device's monotonic clock.
    pub(crate) fn on_device_ms(self, at_ms: u64) -> u64 {
        at_ms.saturating_sub(self.lead_ms)
    }
}

/// A moment in the future, stored as time left at a known moment; every answer bases it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline {
    based_at: Now,
    left_ms: u64,
}

impl Deadline {
    /// `left_ms` from `now` on.
    pub(crate) fn after(now: Now, left_ms: u64) -> Deadline {
        Deadline { based_at: now, left_ms }
    }

    /// Milliseconds left; 0 when it has passed.
    pub(crate) fn left_ms(self, now: Now) -> u64 {
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

    /// The clocks of a machine that has taken a step at each of these moments; which of them
    /// disagreed with what was known before.
    fn read(steps: &[Now]) -> (Clocks, Vec<bool>) {
        let mut clocks = None;
        let mut disagreed = Vec::new();
        for now in steps {
            let (next, disagree) = Clocks::read(clocks, *now);
            clocks = Some(next);
            disagreed.push(disagree);
        }
        (clocks.expect("a step"), disagreed)
    }

    #[test]
    fn clocks_disagree_when_they_have_drifted_apart_by_more_than_five_seconds() {
        let cases: [(&str, &[Now], &[bool]); 7] = [
            ("in step", &[at(0, 50_000), at(3_000, 52_900)], &[false, false]),
            ("four seconds ahead", &[at(0, 50_000), at(500, 54_500)], &[false, false]),
            ("six seconds ahead", &[at(0, 50_000), at(500, 56_500)], &[false, true]),
            ("an hour back", &[at(0, 9_000_000), at(500, 5_400_500)], &[false, true]),
            ("ten milliseconds back", &[at(0, 50_000), at(500, 49_990)], &[false, false]),
            (
                "four seconds ahead, and four again",
                &[at(0, 50_000), at(500, 54_500), at(1_000, 59_000), at(1_500, 59_500)],
                &[false, false, true, false],
            ),
            ("asleep", &[at(0, 50_000), at(1, 350_000), at(500, 350_500)], &[false, true, false]),
        ];
        for (case, steps, disagreed) in cases {
            assert_eq!(read(steps).1, disagreed, "{case}");
        }
    }

    #[test]
    fn a_monotonic_clock_that_stands_still_is_carried_on_by_the_other_one() {
        let steps: Vec<Now> = (0..=60).map(|second| at(7, 50_000 + second * 1_000)).collect();
        let (clocks, disagreed) = read(&steps);
        assert!((57_000..=60_007).contains(&clocks.last.monotonic_ms), "{clocks:?}");
        assert!(!disagreed.contains(&true));
        let in_three_seconds_ms = clocks.last.monotonic_ms + 3_000;
        assert_eq!(clocks.on_device_ms(in_three_seconds_ms), 3_007);
        // However long nothing happens in between, short of a clock that was set.
        let (clocks, _) = read(&[at(7, 50_000), at(7, 170_000), at(7, 3_770_000)]);
        assert_eq!(clocks.last.monotonic_ms, 7 + 120_000 + MOST_CARRIED_MS);
        // One that only shows coarse time does not.
        let steps: Vec<Now> = (0..=60).map(|i| at(i / 10 * 100, 50_000 + i * 10)).collect();
        assert_eq!(read(&steps).0.last.monotonic_ms, 600);
    }
}
