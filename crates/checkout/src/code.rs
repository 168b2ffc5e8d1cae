//! A QRIS code on the screen: verified before it is drawn, gone at zero.

use crate::effect::Effect;
use crate::event::Drawing;
use crate::fault::{Fault, FaultCode};
use crate::schedule;
use crate::show;
use crate::state::{Code, Live, Stage, State};
use crate::step::Turn;
use crate::view::PictureNote;
use paywith_protocol::{Action, Currency, PaymentId, Status};
use paywith_qris::{Expected, PictureReason, Verdict, verify_optional};

/// The last check after zero may take this long before the code counts as expired.
pub(crate) const CONFIRM_LIMIT_MS: u64 = 10_000;

/// Its code is verified, and drawn if it is sound.
pub(crate) fn show(
    turn: &mut Turn<'_>,
    mut live: Box<Live>,
    payload: Option<&str>,
    image: Option<String>,
    has_page: bool,
) {
    let rupiah = live.amount.filter(|money| money.currency == Currency::IDR);
    let Some(amount_rupiah) = rupiah.and_then(|money| money.value.as_minor(0)) else {
        return show::block(
            turn,
            FaultCode::UnsafeCode,
            "a QRIS code needs an amount in whole rupiah",
        );
    };
    let expected = Expected { amount_rupiah, pinned_nmid: None, pinned_pan: None };
    let verdict = verify_optional(payload, &expected);
    live.payee = verdict.payee();
    live.asks_for_tip = verdict.asks_for_tip();
    let code = match (&verdict, image) {
        (Verdict::Refuse(refusal), _) => {
            return show::block(turn, FaultCode::UnsafeCode, refusal.code());
        }
        (Verdict::Redraw(sound, _), _) => {
            let bytes = sound.bytes().into_owned();
            turn.effect(Effect::DrawCode { id: live.id.clone(), bytes });
            Code::Drawing
        }
        (Verdict::ProviderPicture(reason), Some(image)) => {
            Code::Provided { image, note: note_for(*reason) }
        }
        (Verdict::ProviderPicture(_), None) if has_page => Code::Elsewhere,
        (Verdict::ProviderPicture(_), None) => {
            let reason = "neither a payload, nor a PNG or JPEG data URI, nor a checkout_url";
            return show::block(turn, FaultCode::UnsafeCode, reason);
        }
    };
    turn.checkout.state = State::Paying { live, stage: Stage::Code(code) };
    schedule::schedule_first(turn);
}

fn note_for(reason: PictureReason<'_>) -> PictureNote {
    match reason {
        PictureReason::StaticWithoutAmount(_) => PictureNote::TypeTheAmount,
        PictureReason::NoPayload => PictureNote::Unchecked,
    }
}

/// The picture is there, or could not be drawn: then the provider's own is the next best.
pub(crate) fn drawn(turn: &mut Turn<'_>, id: &PaymentId, picture: Option<Drawing>) {
    let State::Paying { live, stage: Stage::Code(code) } = &mut turn.checkout.state else { return };
    if live.id != *id || !matches!(code, Code::Drawing) {
        return;
    }
    let provided = match &live.action {
        Some(Action::Qr { image, .. }) => image.clone(),
        Some(Action::Redirect { .. }) | None => None,
    };
    *code = match (picture, provided) {
        (Some(picture), _) => Code::Drawn(picture),
        (None, Some(image)) => Code::Provided { image, note: PictureNote::Unchecked },
        (None, None) => Code::Elsewhere,
    };
}

/// The browser did not show the picture: our own drawing is shown as an outline; of the provider's picture
/// only its page is left.
pub(crate) fn picture_blocked(turn: &mut Turn<'_>, id: &PaymentId) {
    let State::Paying { live, stage: Stage::Code(code) } = &mut turn.checkout.state else { return };
    if live.id != *id {
        return;
    }
    let has_page = matches!(&live.action, Some(Action::Qr { checkout_url: Some(_), .. }));
    let message = "the browser did not show the picture of the code: allow `data:` in the policy's \
                   `img-src`";
    match code {
        Code::Drawn(drawing) => *code = Code::Outlined(drawing.clone()),
        Code::Provided { .. } if has_page => *code = Code::Elsewhere,
        Code::Provided { .. } => return show::block(turn, FaultCode::PictureBlocked, message),
        Code::Drawing | Code::Outlined(_) | Code::Elsewhere => return,
    }
    turn.tell_fault(&Fault::new(FaultCode::PictureBlocked, message));
}

/// At zero the code disappears and one last check decides.
pub(crate) fn let_expire(turn: &mut Turn<'_>) {
    let now = turn.now();
    let before = turn.checkout.shown_status();
    // Nothing is asked while the page is hidden, so nothing can be confirmed either.
    if !turn.checkout.is_visible {
        return;
    }
    let State::Paying { live, stage } = &mut turn.checkout.state else { return };
    let time_is_up = live.deadline.is_some_and(|deadline| deadline.left_ms(now) == 0);
    match stage {
        Stage::Code(_) if time_is_up => {
            *stage = Stage::Confirming { until_ms: now.monotonic_ms + CONFIRM_LIMIT_MS };
            schedule::ask_all_soon(turn);
        }
        Stage::Confirming { until_ms } if *until_ms <= now.monotonic_ms => {
            show::set_stage(turn, Stage::Expired);
            show::tell_change(turn, before.unwrap_or(Status::Pending));
            show::announce_end(turn, Status::Expired);
        }
        Stage::Code(_)
        | Stage::Leaving { .. }
        | Stage::Window
        | Stage::Checking
        | Stage::Open
        | Stage::Confirming { .. }
        | Stage::Expired
        | Stage::Failed
        | Stage::Canceled
        | Stage::Processing
        | Stage::Paid(_)
        | Stage::Refunded => {}
    }
}
