//! What time alone brings: deadlines after the clocks have disagreed, and the next wake-up.
//!
//! It starts nothing itself: each flow looks at the time for itself (`let_time_pass`), and here is only
//! when they have to look next.

use crate::model::{Checkout, CreatePhase, OfferState, Stage, State};
use crate::step_context::StepContext;
use crate::time::{Deadline, Now};

/// The device slept, or its clock was set, since the last step: what is left of each deadline counts from
/// here, and what the clocks said before must not matter later.
pub(crate) fn base_deadlines_anew(step: &mut StepContext<'_>, last_step: Now) {
    let now = step.now();
    let based_anew = |deadline: Deadline| deadline.based_anew(last_step, now);
    if let Some((tracked, _)) = step.checkout.shown_mut() {
        tracked.deadline = tracked.deadline.map(based_anew);
        // The next answer counts, even where it names the time left of before.
        tracked.last_time_left = None;
    }
    for retired in &mut step.checkout.retired {
        retired.tracked.deadline = retired.tracked.deadline.map(based_anew);
    }
}

/// When something is due next.
pub(crate) fn next_wake(checkout: &Checkout, now: Now) -> Option<u64> {
    let mut moments: Vec<u64> = Vec::new();
    match &checkout.state {
        State::Creating(creating) => match creating.phase {
            CreatePhase::InFlight { give_up_at_ms, .. } => moments.push(give_up_at_ms),
            CreatePhase::Waiting { retry_at_ms } if checkout.is_visible => {
                moments.push(retry_at_ms);
            }
            CreatePhase::Waiting { .. } => {}
        },
        State::Paying { tracked, stage } if checkout.is_visible => {
            if let (Stage::Code(_), Some(deadline)) = (stage, tracked.deadline) {
                moments.push(now.monotonic_ms.saturating_add(deadline.left_ms(now)));
            }
            if let Stage::Confirming { until_ms } = stage {
                moments.push(*until_ms);
            }
        }
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::OtherTab
        | State::Paying { .. } => {}
    }
    match &checkout.offer {
        OfferState::Loading { give_up_at_ms, .. } => moments.push(*give_up_at_ms),
        OfferState::Waiting { retry_at_ms, .. } if checkout.is_visible => {
            moments.push(*retry_at_ms);
        }
        OfferState::Waiting { .. } | OfferState::Unasked | OfferState::Known(_) => {}
    }
    moments.extend(checkout.next_poll_ms());
    moments.extend(checkout.leave_at_ms.filter(|_| checkout.is_visible));
    // A moment that has passed is never waited for again: whatever was due has been done above.
    moments.into_iter().min().map(|at_ms| at_ms.max(now.monotonic_ms.saturating_add(10)))
}
