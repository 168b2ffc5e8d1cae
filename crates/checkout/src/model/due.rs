//! What is due: the next moment, the payment whose turn it is, and how long its call may wait.
//!
//! All moments are milliseconds of the monotonic clock.

use super::checkout::Checkout;
use super::payment::TrackedPayment;
use super::stage::Stage;
use crate::time::Now;
use paywith_protocol::PaymentId;

/// What stands between browser and backend often cuts calls after a minute.
const LONGEST_WAIT_MS: u64 = 50_000;
/// So short a wait is none.
const SHORTEST_WAIT_MS: u64 = 2_000;
/// After so many waits that something cut off, calls answer at once.
const MOST_CUT_WAITS: u32 = 2;

impl Checkout {
    /// The moment at which something is due: the call in flight times out, or the next one goes out.
    pub(crate) fn next_poll_ms(&self) -> Option<u64> {
        let shown = self.shown().and_then(|(tracked, _)| tracked.pace.due_at_ms);
        if let Some(status_call) = &self.status_call {
            let interrupts = shown.filter(|_| status_call.wait_ms > 0 && self.is_visible);
            return interrupts.into_iter().chain([status_call.give_up_at_ms]).min();
        }
        if !self.is_visible {
            return None;
        }
        self.retired.iter().map(|retired| retired.due_at_ms).chain(shown).min()
    }

    /// The payment whose question is due for the longest time.
    pub(crate) fn most_due(&self, now: Now) -> Option<&TrackedPayment> {
        let shown = self.shown();
        let shown =
            shown.and_then(|(tracked, _)| tracked.pace.due_at_ms.map(|at_ms| (at_ms, tracked)));
        let retired = self.retired.iter().map(|retired| (retired.due_at_ms, &*retired.tracked));
        let due = shown.into_iter().chain(retired).filter(|(at_ms, _)| *at_ms <= now.monotonic_ms);
        due.min_by_key(|(at_ms, _)| *at_ms).map(|(_, tracked)| tracked)
    }

    /// How long the backend may hold this call: only for the payment on the screen, while nothing but
    /// its status is awaited, and not beyond the end of its code or the turn of another one.
    pub(crate) fn wait_for(&self, id: &PaymentId, now: Now) -> Option<u64> {
        let (tracked, stage) = self.shown()?;
        let is_allowed = tracked.pace.may_wait && self.cut_waits < MOST_CUT_WAITS;
        if tracked.id != *id || !stage.may_wait_for_news() || !is_allowed {
            return None;
        }
        let left_ms = match stage {
            Stage::Code(_) => tracked.deadline.map_or(u64::MAX, |deadline| deadline.left_ms(now)),
            _ => u64::MAX,
        };
        let next_ms =
            self.retired.iter().map(|retired| retired.due_at_ms).min().unwrap_or(u64::MAX);
        let left_ms = left_ms.min(next_ms.saturating_sub(now.monotonic_ms));
        let wait_ms = tracked.wait_ms?.min(LONGEST_WAIT_MS).min(left_ms);
        (wait_ms >= SHORTEST_WAIT_MS).then_some(wait_ms)
    }
}
