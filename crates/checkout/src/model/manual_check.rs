//! A status call out of turn: the shopper or the page asked for it, the page came to the front, or a call
//! was ended without an answer.

use super::checkout::Checkout;
use super::stage::Stage;
use crate::time::{Deadline, Now};
use paywith_protocol::PaymentId;

/// Calls that are asked for by hand leave at least this long one after the other.
pub(crate) const LEAST_GAP_MS: u64 = 1_000;
/// A call that was ended without an answer is made again after this.
const AGAIN_MS: u64 = 250;
/// A watch that has ended goes on for this long where somebody looks.
const LAST_WATCH_MS: u64 = 90_000;

impl Checkout {
    /// Questions that are asked for by hand do not leave twice within a second.
    fn soonest_ms(&self, now: Now) -> u64 {
        let last_ms = self.last_status_call_ms;
        last_ms.map_or(0, |last_ms| last_ms + LEAST_GAP_MS).max(now.monotonic_ms)
    }

    /// Every payment that is still watched is asked about at the next opportunity: a page that comes to
    /// the front says so three times.
    pub(crate) fn ask_all_soon(&mut self, now: Now) {
        let soon_ms = self.soonest_ms(now);
        for retired in &mut self.retired {
            retired.due_by(soon_ms);
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
        if let Some(retired) = self.retired_mut(id) {
            retired.due_by(soon_ms);
        }
        if self.shows(id) {
            self.ask_shown_at(now, soon_ms);
        }
    }

    /// The payment on the screen is asked about at `at_ms` of the monotonic clock, and is answered at
    /// once: no wait for news. A final payment is left alone.
    fn ask_shown_at(&mut self, now: Now, at_ms: u64) {
        if let Some((tracked, stage)) = self.shown_mut()
            && !stage.is_final()
        {
            tracked.pace.due_at_ms = Some(at_ms);
            tracked.pace.may_wait = false;
            // A shopper who comes back after the watch has ended still gets one fresh answer.
            if tracked.pace.until.is_some_and(|until| until.ticking_ms(now) < LAST_WATCH_MS) {
                tracked.pace.until = Some(Deadline::after(now, LAST_WATCH_MS));
            }
        }
    }

    /// A paid payment is asked about once: it may have been refunded.
    pub(crate) fn ask_paid_soon(&mut self, now: Now) {
        let soon_ms = self.soonest_ms(now);
        if let Some((tracked, Stage::Paid(_))) = self.shown_mut() {
            tracked.pace.due_at_ms = Some(soon_ms);
        }
    }

    /// The call about this payment was ended without an answer: another one follows at once.
    pub(crate) fn ask_again(&mut self, now: Now, id: &PaymentId) {
        let soon_ms = now.monotonic_ms + AGAIN_MS;
        if let Some(retired) = self.retired_mut(id) {
            retired.due_by(soon_ms);
        }
        if let Some((tracked, _)) = self.shown_mut()
            && tracked.id == *id
            && tracked.pace.due_at_ms.is_none()
        {
            tracked.pace.due_at_ms = Some(soon_ms);
        }
    }
}
