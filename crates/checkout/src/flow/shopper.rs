//! The shopper gives up, goes back to the buttons, or comes back from a navigation that did not happen.
//!
//! None of this ends a payment: what leaves the screen is watched on (contract 4.2).

use crate::model::{Stage, State};
use crate::step_context::StepContext;
use crate::transition::{Transition, apply};

/// `cancel()`: stops showing, never watching.
pub(crate) fn cancel_asked(step: &mut StepContext<'_>) {
    match &step.checkout.state {
        State::Creating(_) => {
            apply(step, Transition::PutAside { is_replaced: false });
            step.checkout.trouble = None;
            step.resolve();
        }
        State::Paying { stage, .. } if stage.waits_for_shopper() => {
            apply(step, Transition::Cancel);
        }
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::OtherTab
        | State::Paying { .. } => {}
    }
}

/// `reset()`, or "choose another way": back to the buttons.
pub(crate) fn reset_asked(step: &mut StepContext<'_>) {
    match step.checkout.state {
        State::Creating(_) | State::Paying { .. } => {
            step.resolve();
            apply(step, Transition::PutAside { is_replaced: false });
            step.checkout.trouble = None;
        }
        State::Choosing { .. } | State::OtherTab => apply(step, Transition::Choose(None)),
        State::Unopened | State::Broken(_) => {}
    }
}

/// Back from the back/forward cache, or the navigation was refused: the truth is asked.
pub(crate) fn cancel_navigation(step: &mut StepContext<'_>) {
    if let Some((_, Stage::Leaving { .. })) = step.checkout.shown() {
        apply(step, Transition::Stage(Stage::Checking));
    }
}
