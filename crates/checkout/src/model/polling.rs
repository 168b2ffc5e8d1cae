//! When which payment is asked about: at the server's pace, for as long as it matters. Pure methods on
//! data; calls are sent and ended in `polling.rs` of the floor above.

use super::payment::{FIRST_GAP_MS, LONGEST_GAP_MS};
use super::{Asking, Checkout, Stage, TrackedPayment};
use crate::context::Context;
use crate::time::{Deadline, Now};
use paywith_protocol::PaymentId;

/// What stands between browser and backend often cuts calls after a minute.
const LONGEST_WAIT_MS: u64 = 50_000;
/// So short a wait is none.
const SHORTEST_WAIT_MS: u64 = 2_000;
/// After so many waits that something cut off, calls answer at once.
const MOST_CUT_WAITS: u32 = 2;
/// A call from before the page was hidden is given up when it is older than this.
pub(crate) const STALE_CALL_MS: u64 = 3_000;
/// Questions that are asked for by hand leave at least this long one after the other.
pub(crate) const LEAST_GAP_MS: u64 = 1_000;
/// The next wait follows the last one after this.
const BETWEEN_WAITS_MS: u64 = 250;
/// Payments that ended or were replaced are asked about this often, for this long.
const RETIRED_GAP_MS: u64 = 20_000;
pub(crate) const RETIRED_WATCH_MS: u64 = 15 * 60_000;
const LAST_WATCH_MS: u64 = 90_000;
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
        let count = if is_other_tabs { 1 } else { self.old.len().max(1) };
        let count = u64::try_from(count).unwrap_or(1);
        self.own_gap_ms(context.jittered(RETIRED_GAP_MS * count))
    }

    /// The first status call of a payment that waits for the shopper.
    pub(crate) fn schedule_first(&mut self, now: Now) {
        let Some((live, _)) = self.shown_mut() else { return };
        let gap_ms = live.pace.next_gap_ms();
        self.schedule_after(now, gap_ms);
    }

    /// The call after one that was answered: at the pace, but a long wait is followed at once by the
    /// next one, because it has taken its time already.
    pub(crate) fn schedule_next(&mut self, context: &Context<'_>, asked: &Asking) {
        let now = context.now;
        let Some((live, stage)) = self.shown_mut() else { return };
        if stage.is_final() {
            // It was asked about once, because the page wanted to know; whatever came, it stays paid.
            return;
        }
        let gap_ms =
            if live.pace.until.is_some() { RETIRED_GAP_MS } else { live.pace.next_gap_ms() };
        let gap_ms = gap_ms + gap_ms / 10 * context.jitter_permille() / 1_000;
        let waited_ms = if asked.wait_ms > 0 { now.since_ms(asked.sent_at) } else { 0 };
        self.schedule_after(now, gap_ms.saturating_sub(waited_ms).max(BETWEEN_WAITS_MS));
    }

    /// A look that was asked for after the last question had left is still owed.
    fn schedule_after(&mut self, now: Now, gap_ms: u64) {
        let due_at_ms = now.monotonic_ms + self.own_gap_ms(gap_ms);
        if let Some((live, _)) = self.shown_mut() {
            live.pace.may_wait = live.pace.due_at_ms.is_none();
            live.pace.due_by(due_at_ms);
        }
    }

    /// Questions that are asked for by hand do not leave twice within a second.
    fn soonest_ms(&self, now: Now) -> u64 {
        let last_ms = self.last_ask_ms;
        last_ms.map_or(0, |last_ms| last_ms + LEAST_GAP_MS).max(now.monotonic_ms)
    }

    /// Every payment that is still watched is asked about at the next opportunity: a page that comes to
    /// the front says so three times.
    pub(crate) fn ask_all_soon(&mut self, now: Now) {
        let soon_ms = self.soonest_ms(now);
        for old in &mut self.old {
            old.due_by(soon_ms);
        }
        self.ask_shown_at(now, soon_ms);
    }

    /// The payment on the screen is asked about at the next opportunity: its time left is unknown.
    pub(crate) fn ask_shown_soon(&mut self, now: Now) {
        let soon_ms = self.soonest_ms(now);
        self.ask_shown_at(now, soon_ms);
    }

    /// This payment is asked about at the next opportunity, if it is watched here.
    pub(crate) fn ask_soon(&mut self, now: Now, id: &PaymentId) {
        let soon_ms = self.soonest_ms(now);
        if let Some(old) = self.retired_mut(id) {
            old.due_by(soon_ms);
        }
        if self.shows(id) {
            self.ask_shown_at(now, soon_ms);
        }
    }

    fn ask_shown_at(&mut self, now: Now, at_ms: u64) {
        if let Some((live, stage)) = self.shown_mut()
            && !stage.is_final()
        {
            live.pace.due_at_ms = Some(at_ms);
            live.pace.may_wait = false;
            // A shopper who comes back after the watch has ended still gets one fresh answer.
            if live.pace.until.is_some_and(|until| until.ticking_ms(now) < LAST_WATCH_MS) {
                live.pace.until = Some(Deadline::after(now, LAST_WATCH_MS));
            }
        }
    }

    /// A paid payment is asked about once: it may have been refunded.
    pub(crate) fn ask_paid_soon(&mut self, now: Now) {
        let soon_ms = self.soonest_ms(now);
        if let Some((live, Stage::Paid(_))) = self.shown_mut() {
            live.pace.due_at_ms = Some(soon_ms);
        }
    }

    /// This tab asks from now on: not later than a leader would have.
    pub(crate) fn take_over(&mut self, context: &Context<'_>) {
        let soon_ms = context.now.monotonic_ms + context.jittered(LEAST_GAP_MS);
        for old in &mut self.old {
            old.due_by(soon_ms + RETIRED_GAP_MS);
        }
        if let Some((live, _)) = self.shown_mut()
            && live.pace.due_at_ms.is_some()
        {
            live.pace.due_by(soon_ms + live.pace.least_gap_ms);
        }
    }

    /// Another tab asks: this one does so again after a silence.
    pub(crate) fn put_off(&mut self, context: &Context<'_>) {
        let later_ms = context.now.monotonic_ms + context.jittered(FOLLOWER_GAP_MS);
        // What this document has not asked about yet, it looks at once for itself.
        for old in self.old.iter_mut().filter(|old| old.live.is_confirmed) {
            old.due_at_ms = old.due_at_ms.max(later_ms);
        }
        if let Some((live, _)) = self.shown_mut()
            && live.is_confirmed
        {
            live.pace.not_before(later_ms);
        }
    }

    /// Nothing is asked for so long, except by hand.
    pub(crate) fn pause(&mut self, now: Now, for_ms: u64) {
        let later_ms = self.pause_until_ms.max(now.monotonic_ms + for_ms);
        self.pause_until_ms = later_ms;
        for old in &mut self.old {
            old.due_at_ms = old.due_at_ms.max(later_ms);
        }
        if let Some((live, _)) = self.shown_mut() {
            live.pace.not_before(later_ms);
        }
    }

    /// The call about this payment was ended without an answer: another one follows at once.
    pub(crate) fn ask_again(&mut self, now: Now, id: &PaymentId) {
        let soon_ms = now.monotonic_ms + BETWEEN_WAITS_MS;
        if let Some(old) = self.retired_mut(id) {
            old.due_by(soon_ms);
        }
        if let Some((live, _)) = self.shown_mut()
            && live.id == *id
            && live.pace.due_at_ms.is_none()
        {
            live.pace.due_at_ms = Some(soon_ms);
        }
    }

    /// An ended payment on the screen is asked about slowly, for 15 minutes; a refunded one no more.
    pub(crate) fn slow_down_ended(&mut self, context: &Context<'_>) {
        let now = context.now;
        let slow_ms = self.own_gap_ms(context.jittered(RETIRED_GAP_MS));
        let slow_ms = (now.monotonic_ms + slow_ms).max(self.pause_until_ms);
        let Some((live, stage)) = self.shown_mut() else { return };
        if matches!(stage, Stage::Refunded) {
            live.pace.due_at_ms = None;
        } else if stage.has_ended() {
            live.pace.until = Some(Deadline::after(now, RETIRED_WATCH_MS));
            // A look that was asked for by hand is still owed.
            let soon_ms = now.monotonic_ms + LEAST_GAP_MS;
            let owed_ms = live.pace.due_at_ms.filter(|at_ms| *at_ms <= soon_ms);
            live.pace.due_at_ms = Some(owed_ms.unwrap_or(slow_ms));
        }
    }

    /// The moment at which something is due: the call in flight times out, or the next one goes out.
    pub(crate) fn next_poll_ms(&self) -> Option<u64> {
        let shown = self.shown().and_then(|(live, _)| live.pace.due_at_ms);
        if let Some(asking) = &self.asking {
            let interrupts = shown.filter(|_| asking.wait_ms > 0 && self.is_visible);
            return interrupts.into_iter().chain([asking.give_up_at_ms]).min();
        }
        if !self.is_visible {
            return None;
        }
        self.old.iter().map(|old| old.due_at_ms).chain(shown).min()
    }

    pub(crate) fn end_old_watches(&mut self, now: Now) {
        self.old.retain(|old| old.until.ticking_ms(now) > 0);
        if let Some((live, _)) = self.shown_mut()
            && live.pace.until.is_some_and(|until| until.ticking_ms(now) == 0)
        {
            live.pace.due_at_ms = None;
        }
    }

    /// Whatever happened before: a payment that is watched is asked about again at some time.
    pub(crate) fn restart_dead_loop(&mut self, now: Now) {
        let gap_ms = self.own_gap_ms(LONGEST_GAP_MS);
        if self.asking.is_some() {
            return;
        }
        if let Some((live, stage)) = self.shown_mut() {
            let is_watched =
                !stage.is_final() && live.pace.until.is_none_or(|until| until.ticking_ms(now) > 0);
            if is_watched && live.pace.due_at_ms.is_none() {
                live.pace.due_at_ms = Some(now.monotonic_ms + gap_ms);
            }
        }
    }

    /// How long the backend may hold this call: only for the payment on the screen, while nothing but
    /// its status is awaited, and not beyond the end of its code or the turn of another one.
    pub(crate) fn wait_for(&self, id: &PaymentId, now: Now) -> Option<u64> {
        let (live, stage) = self.shown()?;
        let is_allowed = live.pace.may_wait && self.cut_waits < MOST_CUT_WAITS;
        if live.id != *id || !stage.may_wait_for_news() || !is_allowed {
            return None;
        }
        let left_ms = match stage {
            Stage::Code(_) => live.deadline.map_or(u64::MAX, |deadline| deadline.left_ms(now)),
            _ => u64::MAX,
        };
        let next_ms = self.old.iter().map(|old| old.due_at_ms).min().unwrap_or(u64::MAX);
        let left_ms = left_ms.min(next_ms.saturating_sub(now.monotonic_ms));
        let wait_ms = live.wait_ms?.min(LONGEST_WAIT_MS).min(left_ms);
        (wait_ms >= SHORTEST_WAIT_MS).then_some(wait_ms)
    }

    /// The payment whose question is due for the longest time.
    pub(crate) fn most_due(&self, now: Now) -> Option<&TrackedPayment> {
        let shown = self.shown();
        let shown = shown.and_then(|(live, _)| live.pace.due_at_ms.map(|at_ms| (at_ms, live)));
        let old = self.old.iter().map(|old| (old.due_at_ms, &*old.live));
        let due = shown.into_iter().chain(old).filter(|(at_ms, _)| *at_ms <= now.monotonic_ms);
        due.min_by_key(|(at_ms, _)| *at_ms).map(|(_, live)| live)
    }

    /// The call after one that failed: later with every failure, and not in the server's pause.
    pub(crate) fn retry_shown(&mut self, context: &Context<'_>) {
        let jitter_ms = context.jittered(FIRST_GAP_MS) - FIRST_GAP_MS;
        let pause_until_ms = self.pause_until_ms;
        let Some((live, _)) = self.shown_mut() else { return };
        let gap_ms = live.pace.least_gap_ms << live.pace.failures.min(3);
        live.pace.failures = live.pace.failures.saturating_add(1);
        let gap_ms = gap_ms.min(LONGEST_GAP_MS) + jitter_ms;
        live.pace.due_at_ms = Some((context.now.monotonic_ms + gap_ms).max(pause_until_ms));
    }
}
