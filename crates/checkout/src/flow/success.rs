//! Where the page goes after `paid` (`success-url`): a button at once, by itself after three seconds.
//!
//! Only once: when the clock starts is part of the transition to paid.

use crate::effect::Effect;
use crate::step_context::StepContext;

/// The page objected: the shopper stays here.
pub(crate) fn stay(step: &mut StepContext<'_>) {
    step.checkout.leave_at_ms = None;
}

/// Goes there once the time has come, and the page is visible.
pub(crate) fn let_time_pass(step: &mut StepContext<'_>) {
    let now_ms = step.monotonic_ms();
    let is_due = step.checkout.leave_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
    if !is_due || !step.checkout.is_visible {
        return;
    }
    step.checkout.leave_at_ms = None;
    if let Some(url) = step.checkout.success_address() {
        step.effect(Effect::Leave { url });
    }
}
