//! The pace at which one payment is asked about, in milliseconds of the monotonic clock.

use crate::time::Deadline;

/// The pause where the server names none; it grows by a twentieth with every call.
pub(crate) const FIRST_GAP_MS: u64 = 2_500;
/// The longest pause between two calls, in milliseconds.
pub(crate) const LONGEST_GAP_MS: u64 = 15_000;

/// When the next status call is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Monotonic; `None` when nothing more is to be asked.
    pub(crate) due_at_ms: Option<u64>,
    /// The next pause, in milliseconds, before jitter.
    pub(crate) gap_ms: u64,
    /// The server's pace: a minimum.
    pub(crate) least_gap_ms: u64,
    /// Calls that failed since the last answer.
    pub(crate) failures: u32,
    /// The next call may wait for news; one that was asked for by hand answers at once.
    pub(crate) may_wait: bool,
    /// Ended payments are asked until then.
    pub(crate) until: Option<Deadline>,
}

impl Pace {
    /// The pace of a payment that has not been asked about yet: nothing is due.
    pub(crate) fn fresh() -> Pace {
        Pace {
            due_at_ms: None,
            gap_ms: FIRST_GAP_MS,
            least_gap_ms: FIRST_GAP_MS,
            failures: 0,
            may_wait: false,
            until: None,
        }
    }

    /// The next call, not later than one that is due already.
    pub(crate) fn due_by(&mut self, at_ms: u64) {
        self.due_at_ms = Some(self.due_at_ms.map_or(at_ms, |due_at_ms| due_at_ms.min(at_ms)));
    }

    /// No call before this moment; where none is due, none becomes due.
    pub(crate) fn not_before(&mut self, at_ms: u64) {
        if let Some(due_at_ms) = &mut self.due_at_ms {
            *due_at_ms = (*due_at_ms).max(at_ms);
        }
    }

    /// The pause before the next call, in milliseconds; the one after it is a twentieth longer.
    pub(crate) fn next_gap_ms(&mut self) -> u64 {
        let gap_ms = self.gap_ms.max(self.least_gap_ms);
        self.gap_ms = (self.gap_ms + self.gap_ms / 20).min(LONGEST_GAP_MS);
        gap_ms
    }
}
