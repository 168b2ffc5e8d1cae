//! Status calls: sent one at a time, and ended.
//!
//! One call is in flight at most, and none leaves a hidden page. A call that is ended is asked again.
//!
//! When which one is due is `model/polling.rs`; what the
//! answers mean is `flow/status.rs`.

use crate::effect::Effect;
use crate::model::{STALE_CALL_MS, StatusCall};
use crate::step_context::StepContext;
use crate::time::Now;

/// A status call that has no answer by then is ended.
const ASK_LIMIT_MS: u64 = 15_000;
/// A waiting call gets this much longer than the wait itself.
const WAIT_MARGIN_MS: u64 = 10_000;

/// A call that waits for news is ended: the page is hidden, or another tab waits.
pub(crate) fn give_up_wait(step: &mut StepContext<'_>) {
    give_up_call(step, |status_call, _| status_call.wait_ms > 0);
}

/// The question in flight is not this tab's any more, or its answer's age cannot be known.
pub(crate) fn give_up_any_call(step: &mut StepContext<'_>) {
    give_up_call(step, |_, _| true);
}

/// Back after the page was hidden: a call from before may never be answered.
pub(crate) fn give_up_stale_call(step: &mut StepContext<'_>) {
    give_up_call(step, |status_call, now| now.since_ms(status_call.sent_at) >= STALE_CALL_MS);
}

/// Ends the call in flight if it `is_over`; the same payment is asked about again at once, so that no
/// question is lost.
fn give_up_call(step: &mut StepContext<'_>, is_over: impl FnOnce(&StatusCall, Now) -> bool) {
    let now = step.now();
    let Some(status_call) =
        step.checkout.status_call.take_if(|status_call| is_over(status_call, now))
    else {
        return;
    };
    step.effect(Effect::Abort { call: status_call.call });
    step.checkout.ask_again(now, &status_call.id);
}

/// Nothing more is asked.
pub(crate) fn stop(step: &mut StepContext<'_>) {
    step.checkout.retired.clear();
    if let Some((tracked, _)) = step.checkout.shown_mut() {
        tracked.pace.due_at_ms = None;
    }
    if let Some(status_call) = step.checkout.status_call.take() {
        step.effect(Effect::Abort { call: status_call.call });
    }
}

/// Ends the watches whose time is over, and sends the call that is due.
pub(crate) fn let_time_pass(step: &mut StepContext<'_>) {
    let now = step.now();
    step.checkout.end_retired_watches(now);
    step.checkout.restart_stopped_polling(now);
    let shown_ms = step.checkout.shown().and_then(|(tracked, _)| tracked.pace.due_at_ms);
    if shown_ms.is_some_and(|at_ms| at_ms <= now.monotonic_ms) {
        give_up_wait(step);
    }
    if step.checkout.status_call.is_none() && step.checkout.is_visible {
        ask_most_due(step);
    }
}

/// Sends one call: about the payment that has waited longest beyond its time. What is due while it is in
/// flight waits for its answer.
fn ask_most_due(step: &mut StepContext<'_>) {
    let now = step.now();
    let Some(tracked) = step.checkout.most_due(now) else { return };
    let (id, provider, status) = (tracked.id.clone(), tracked.provider, tracked.status);
    let wait_ms = step.checkout.wait_for(&id, now);
    let limit_ms = wait_ms.map_or(ASK_LIMIT_MS, |wait_ms| wait_ms + WAIT_MARGIN_MS);
    let call = step.next_call();
    let give_up_at_ms = now.monotonic_ms + limit_ms;
    let held_ms = wait_ms.unwrap_or(0);
    let checkout = &mut *step.checkout;
    checkout.last_status_call_ms = Some(now.monotonic_ms);
    checkout.status_call =
        Some(StatusCall { call, id: id.clone(), sent_at: now, give_up_at_ms, wait_ms: held_ms });
    if let Some((tracked, _)) = checkout.shown_mut()
        && tracked.id == id
    {
        // A look that is asked for before the answer is there sets it anew, and so ends the wait.
        tracked.pace.due_at_ms = None;
    }
    if let Some(retired) = checkout.retired_mut(&id) {
        retired.due_at_ms = u64::MAX;
    }
    step.effect(Effect::FetchStatus { call, id, provider, status, wait_ms });
}
