//! A hosted page in a window of its own (mode `popup`): opened in the click, filled when its address
//! is known, closed when the payment has ended.
//!
//! The window proves nothing either: its closing, or a message of it, causes one question.

use crate::effect::Effect;
use crate::model::{PopupWindow, Stage, State};
use crate::step_context::StepContext;
use crate::transition::{Transition, apply};

/// The hosted page is shown in the window at this moment.
fn is_in_window(step: &StepContext<'_>) -> bool {
    matches!(step.checkout.shown(), Some((_, Stage::Window)))
}

/// The browser did not open it.
pub(crate) fn blocked(step: &mut StepContext<'_>) {
    if step.checkout.window != PopupWindow::Open {
        return;
    }
    step.checkout.window = PopupWindow::Blocked;
    if is_in_window(step) {
        apply(step, Transition::Show);
    }
}

/// The shopper closed it: perhaps after paying, perhaps not. The truth is asked, and the way on is
/// offered.
pub(crate) fn closed(step: &mut StepContext<'_>) {
    if step.checkout.window != PopupWindow::Open {
        return;
    }
    step.checkout.window = PopupWindow::Closed;
    if is_in_window(step) {
        apply(step, Transition::Stage(Stage::Open));
    }
    step.ask_all_soon();
}

/// A window that nothing more will be shown in is closed.
pub(crate) fn settle(step: &mut StepContext<'_>) {
    let is_needed = is_in_window(step) || matches!(step.checkout.state, State::Creating(_));
    if step.checkout.window == PopupWindow::Open && !is_needed {
        step.checkout.window = PopupWindow::Unused;
        step.effect(Effect::CloseWindow);
    }
}
