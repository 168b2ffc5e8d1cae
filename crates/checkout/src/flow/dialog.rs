//! The dialog of mode `modal`: opened by a press, closed by the shopper whenever she likes.
//!
//! It is a place for the screens and nothing more: closing it ends no payment, and no payment opens it by
//! itself, after a reload, say. What it showed goes on inside the page.
//!
//! It does not know what is drawn, nor whether the browser has dialogs: the shell and the view do.

use crate::effect::Moment;
use crate::event::Mode;
use crate::model::{Checkout, Stage, State};
use crate::step_context::StepContext;

impl Checkout {
    /// The page asks for a dialog.
    fn is_modal(&self) -> bool {
        self.config.as_ref().is_some_and(|config| config.mode == Mode::Modal)
    }

    /// A payment is on the screen, or asked for: the buttons stand in the page.
    fn has_begun(&self) -> bool {
        matches!(self.state, State::Creating(_) | State::Paying { .. })
    }

    /// The screen stands in the dialog.
    pub(crate) fn is_in_dialog(&self) -> bool {
        self.is_modal() && self.is_dialog_wanted && self.has_begun()
    }

    /// The shopper has closed it, or not opened it yet: nothing takes her away from the page either.
    pub(crate) fn is_dismissed(&self) -> bool {
        self.is_modal() && !self.is_dialog_wanted
    }

    /// A code that belongs into the dialog, which is closed: the page shows the way to it.
    pub(crate) fn is_code_put_away(&self) -> bool {
        let is_code = self.shown().is_some_and(|(_, stage)| matches!(stage, Stage::Code(_)));
        self.is_dismissed() && is_code
    }
}

/// The shopper pressed something that leads to a payment.
pub(crate) fn open(step: &mut StepContext<'_>) {
    step.checkout.is_dialog_wanted |= step.checkout.is_modal();
}

/// `start()` while a payment is on its way brings it back to the front.
pub(crate) fn open_again(step: &mut StepContext<'_>) {
    let is_disabled = step.checkout.config.as_ref().is_none_or(|config| config.is_disabled);
    if !is_disabled && step.checkout.has_begun() && !step.checkout.may_start() {
        open(step);
    }
}

/// Closed by the shopper, or by the page: told once, with the payment as it stands.
pub(crate) fn dismiss_asked(step: &mut StepContext<'_>) {
    if step.checkout.is_in_dialog() {
        step.checkout.is_dialog_wanted = false;
        step.emit(Moment::Dismissed);
    }
}

/// Back at the buttons it is closed, until the next press.
pub(crate) fn close_at_buttons(step: &mut StepContext<'_>) {
    step.checkout.is_dialog_wanted &= step.checkout.has_begun();
}
