//! When a status call follows the last one by itself: at the server's pace, for as long as it matters,
//! slower where another tab asks. Pure methods on data; calls are sent and ended in `polling.rs` of the
//! floor above.

use super::checkout::Checkout;
use super::manual_check::LEAST_GAP_MS;
use super::pace::{FIRST_GAP_MS, LONGEST_GAP_MS};
use super::stage::Stage;
use super::state::StatusCall;
use super::watches::RETIRED_WATCH_MS;
use crate::context::Context;
use crate::time::{Deadline, Now};
use paywith_protocol::PaymentId;

/// The next wait follows the last one after this.
pub(super) const BETWEEN_WAITS_MS: u64 = 250;
/// Payments that ended or were replaced are asked about this often.
const RETIRED_GAP_MS: u64 = 20_000;
/// A tab that receives nothing from the one that asks looks for itself after this time.
const FOLLOWER_GAP_MS: u64 = 40_000;

impl Checkout {
    /// The pause before this tab's next question: a tab that follows leaves the asking to the other one,
    /// for as long as that one is there.
    pub(crate) fn own_gap_ms(&self, gap_ms: u64) -> u64 {
        if self.is_leading { gap_ms } else { gap_ms.max(FOLLOWER_GAP_MS) }
    }

    /// The pause before the next question about a retired payment: all of them together are asked about as
    /// often as one. The one that another tab shows is what the shopper waits for, and counts alone.
    pub(crate) fn retired_gap_ms(&self, context: &Context<'_>, id: &PaymentId) -> u64 {
        let is_other_tabs = self.is_other_tab() && self.record.is_about(id);
        let count = if is_other_tabs { 1 } else { self.retired.len().max(1) };
        let count = u64::try_from(count).unwrap_or(1);
        self.own_gap_ms(context.jittered(RETIRED_GAP_MS * count))
    }

    /// The first status call of a payment that waits for the shopper.
    pub(crate) fn schedule_first(&mut self, now: Now) {
        let Some((tracked, _)) = self.shown_mut() else { return };
        let gap_ms = tracked.pace.next_gap_ms();
        self.schedule_after(now, gap_ms);
    }

    /// The call after one that was answered: at the pace, but a long wait is followed at once by the
    /// next one, because it has taken its time already.
    pub(crate) fn schedule_next(&mut self, context: &Context<'_>, asked: &StatusCall) {
        let now = context.now;
        let Some((tracked, stage)) = self.shown_mut() else { return };
        if stage.is_final() {
            // It was asked about once, because the page wanted to know; whatever came, it stays paid.
            return;
        }
        let gap_ms =
            if tracked.pace.until.is_some() { RETIRED_GAP_MS } else { tracked.pace.next_gap_ms() };
        let gap_ms = gap_ms + gap_ms / 10 * context.jitter_permille() / 1_000;
        let waited_ms = if asked.wait_ms > 0 { now.since_ms(asked.sent_at) } else { 0 };
        self.schedule_after(now, gap_ms.saturating_sub(waited_ms).max(BETWEEN_WAITS_MS));
    }

    /// A look that was asked for after the last question had left is still owed.
    fn schedule_after(&mut self, now: Now, gap_ms: u64) {
        let due_at_ms = now.monotonic_ms + self.own_gap_ms(gap_ms);
        if let Some((tracked, _)) = self.shown_mut() {
            tracked.pace.may_wait = tracked.pace.due_at_ms.is_none();
            tracked.pace.due_by(due_at_ms);
        }
    }

    /// This tab asks from now on: not later than a leader would have.
    pub(crate) fn take_over(&mut self, context: &Context<'_>) {
        let soon_ms = context.now.monotonic_ms + context.jittered(LEAST_GAP_MS);
        for retired in &mut self.retired {
            retired.due_by(soon_ms + RETIRED_GAP_MS);
        }
        if let Some((tracked, _)) = self.shown_mut()
            && tracked.pace.due_at_ms.is_some()
        {
            tracked.pace.due_by(soon_ms + tracked.pace.least_gap_ms);
        }
    }

    /// Another tab asks: this one does so again after a silence.
    pub(crate) fn put_off(&mut self, context: &Context<'_>) {
        let later_ms = context.now.monotonic_ms + context.jittered(FOLLOWER_GAP_MS);
        // What this document has not asked about yet, it looks at once for itself.
        for retired in self.retired.iter_mut().filter(|retired| retired.tracked.is_confirmed) {
            retired.due_at_ms = retired.due_at_ms.max(later_ms);
        }
        if let Some((tracked, _)) = self.shown_mut()
            && tracked.is_confirmed
        {
            tracked.pace.not_before(later_ms);
        }
    }

    /// Nothing is asked for so long, except by hand.
    pub(crate) fn pause(&mut self, now: Now, for_ms: u64) {
        let later_ms = self.pause_until_ms.max(now.monotonic_ms + for_ms);
        self.pause_until_ms = later_ms;
        for retired in &mut self.retired {
            retired.due_at_ms = retired.due_at_ms.max(later_ms);
        }
        if let Some((tracked, _)) = self.shown_mut() {
            tracked.pace.not_before(later_ms);
        }
    }

    /// An ended payment on the screen is asked about slowly, for 15 minutes; a refunded one no more.
    pub(crate) fn slow_down_ended(&mut self, context: &Context<'_>) {
        let now = context.now;
        let slow_ms = self.own_gap_ms(context.jittered(RETIRED_GAP_MS));
        let slow_ms = (now.monotonic_ms + slow_ms).max(self.pause_until_ms);
        let Some((tracked, stage)) = self.shown_mut() else { return };
        if matches!(stage, Stage::Refunded) {
            tracked.pace.due_at_ms = None;
        } else if stage.has_ended() {
            tracked.pace.until = Some(Deadline::after(now, RETIRED_WATCH_MS));
            // A look that was asked for by hand is still owed.
            let soon_ms = now.monotonic_ms + LEAST_GAP_MS;
            let owed_ms = tracked.pace.due_at_ms.filter(|at_ms| *at_ms <= soon_ms);
            tracked.pace.due_at_ms = Some(owed_ms.unwrap_or(slow_ms));
        }
    }

    /// Whatever happened before: a payment that is watched is asked about again at some time.
    pub(crate) fn restart_stopped_polling(&mut self, now: Now) {
        let gap_ms = self.own_gap_ms(LONGEST_GAP_MS);
        if self.status_call.is_some() {
            return;
        }
        if let Some((tracked, stage)) = self.shown_mut() {
            let is_watched = !stage.is_final()
                && tracked.pace.until.is_none_or(|until| until.ticking_ms(now) > 0);
            if is_watched && tracked.pace.due_at_ms.is_none() {
                tracked.pace.due_at_ms = Some(now.monotonic_ms + gap_ms);
            }
        }
    }

    /// The call after one that failed: later with every failure, and not in the server's pause.
    pub(crate) fn retry_shown(&mut self, context: &Context<'_>) {
        let jitter_ms = context.jittered(FIRST_GAP_MS) - FIRST_GAP_MS;
        let pause_until_ms = self.pause_until_ms;
        let Some((tracked, _)) = self.shown_mut() else { return };
        let gap_ms = tracked.pace.least_gap_ms << tracked.pace.failures.min(3);
        tracked.pace.failures = tracked.pace.failures.saturating_add(1);
        let gap_ms = gap_ms.min(LONGEST_GAP_MS) + jitter_ms;
        tracked.pace.due_at_ms = Some((context.now.monotonic_ms + gap_ms).max(pause_until_ms));
    }
}
