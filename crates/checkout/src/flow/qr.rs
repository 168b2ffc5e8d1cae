//! A QRIS code on the screen: drawn, refused by the page's policy, gone at zero.
//!
//! When a code expires is decided in [`let_expire`]: at zero it leaves the screen, and one last check with
//! ten seconds decides between paid and expired. While the page is hidden nothing expires.
//!
//! Whether a code may be shown at all is decided in `model/presentation.rs`.

use crate::event::Drawing;
use crate::fault::{Fault, FaultCode};
use crate::model::{Code, Stage};
use crate::step_context::StepContext;
use crate::transition::{Transition, announce_end, apply, emit_status_change};
use paywith_protocol::{Action, PaymentId, Status};

/// The picture is there, or could not be drawn: then the provider's own is the next best.
pub(crate) fn drawn(step: &mut StepContext<'_>, id: &PaymentId, picture: Option<Drawing>) {
    let Some((tracked, Stage::Code(Code::Drawing))) = step.checkout.shown() else { return };
    if tracked.id != *id {
        return;
    }
    let provided = match &tracked.action {
        Some(Action::Qr { image, .. }) => image.clone(),
        Some(Action::Redirect { .. }) | None => None,
    };
    let code = match (picture, provided) {
        (Some(picture), _) => Code::Drawn(picture),
        (None, Some(image)) => Code::unchecked(image),
        (None, None) => Code::Elsewhere,
    };
    apply(step, Transition::Picture(code));
}

/// The browser did not show the picture: our own drawing is shown as an outline; of the provider's picture
/// only its page is left.
pub(crate) fn picture_blocked(step: &mut StepContext<'_>, id: &PaymentId) {
    let Some((tracked, Stage::Code(code))) = step.checkout.shown() else { return };
    if tracked.id != *id {
        return;
    }
    let has_page = matches!(&tracked.action, Some(Action::Qr { checkout_url: Some(_), .. }));
    let message = "the browser did not show the picture of the code: allow `data:` in the policy's \
                   `img-src`";
    let fault = Fault::new(FaultCode::PictureBlocked, message);
    let next = match code {
        Code::Drawn(drawing) => Code::Outlined(drawing.clone()),
        Code::Provided { .. } if has_page => Code::Elsewhere,
        Code::Provided { .. } => return apply(step, Transition::Block(fault)),
        Code::Drawing | Code::Outlined(_) | Code::Elsewhere => return,
    };
    apply(step, Transition::Picture(next));
    step.emit_fault(&fault);
}

/// At zero the code disappears and one last check decides.
pub(crate) fn let_expire(step: &mut StepContext<'_>) {
    let now = step.now();
    // Nothing is asked while the page is hidden, so nothing can be confirmed either.
    if !step.checkout.is_visible {
        return;
    }
    let before = step.checkout.shown_status().unwrap_or(Status::Pending);
    let Some((tracked, stage)) = step.checkout.shown() else { return };
    if matches!(stage, Stage::Code(_)) && tracked.is_out_of_time(now) {
        apply(step, Transition::Confirm);
        step.ask_all_soon();
    } else if stage.confirms_until_ms().is_some_and(|until_ms| until_ms <= now.monotonic_ms) {
        apply(step, Transition::Stage(Stage::Expired));
        emit_status_change(step, before);
        announce_end(step, Status::Expired);
    }
}

/// The last check of a code has its time again: it could not be asked, or no clock says for how long.
pub(crate) fn confirm_again(step: &mut StepContext<'_>) {
    if let Some((_, Stage::Confirming { .. })) = step.checkout.shown() {
        apply(step, Transition::Confirm);
    }
}
