//! What the status of the payment on the screen means for the screen: status by stage, in one table.
//!
//! It does not know where the answer came from. The page reads of the new status first (`statuschange`), and
//! of what follows from it afterwards.

use crate::model::{Stage, Verified};
use crate::step_context::StepContext;
use crate::transition::{Transition, announce_end, apply, emit_status_change};
use paywith_protocol::{Action, Status};

/// The payment on the screen has this status now, and had that one `before`: what follows for the screen.
/// `Paid` comes with its proof.
pub(super) fn status(step: &mut StepContext<'_>, before: Status, verified: Option<Verified>) {
    let told = step.effects.len();
    follow(step, verified);
    let after = step.effects.split_off(told);
    emit_status_change(step, before);
    step.effects.extend(after);
}

/// The table itself. A stage that stays the same announces nothing; `Paid` without its proof changes
/// nothing.
fn follow(step: &mut StepContext<'_>, verified: Option<Verified>) {
    let Some((tracked, stage)) = step.checkout.shown() else { return };
    let status = tracked.status;
    let stage_before = std::mem::discriminant(stage);
    match (status, verified) {
        (Status::Paid, Some(verified)) => return apply(step, Transition::Paid(verified)),
        // The status is paid only after a status answer said so, which brings its proof along.
        (Status::Paid, None) => {}
        (Status::Pending, _) => return follow_pending(step),
        (Status::Processing, _) => apply(step, Transition::Stage(Stage::Processing)),
        (Status::Failed, _) => apply(step, Transition::Stage(Stage::Failed)),
        (Status::Canceled, _) => apply(step, Transition::Stage(Stage::Canceled)),
        (Status::Expired, _) => apply(step, Transition::Stage(Stage::Expired)),
        (Status::Refunded, _) => apply(step, Transition::Stage(Stage::Refunded)),
    }
    let Some((_, stage)) = step.checkout.shown() else { return };
    if std::mem::discriminant(stage) != stage_before {
        announce_end(step, status);
    }
}

/// Still pending: what was on the screen stays, except where the answer changes it.
fn follow_pending(step: &mut StepContext<'_>) {
    let now = step.now();
    let Some((tracked, stage)) = step.checkout.shown() else { return };
    let time_is_up = tracked.is_out_of_time(now);
    if stage.is_provisional() && time_is_up {
        apply(step, Transition::Stage(Stage::Expired));
        announce_end(step, Status::Expired);
    } else if stage.is_provisional() {
        match tracked.action {
            // A code can be shown again in place; a hosted page is for the shopper to choose.
            Some(Action::Qr { .. }) => apply(step, Transition::Show),
            Some(Action::Redirect { .. }) | None => apply(step, Transition::Stage(Stage::Open)),
        }
    } else if matches!(stage, Stage::Failed) {
        // Pending again after an end: the end was not final.
        apply(step, Transition::Stage(Stage::Open));
    } else if matches!(stage, Stage::Expired) && tracked.deadline.is_some() && !time_is_up {
        apply(step, Transition::Show);
    }
}
