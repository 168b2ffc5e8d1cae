//! What the shopper sees of a payment: its code, its hosted page, its end; and how it is put aside.

use crate::code;
use crate::effect::{Effect, Moment};
use crate::event::{Config, Mode};
use crate::fault::{Fault, FaultCode};
use crate::old;
use crate::schedule;
use crate::state::{CreatePhase, Live, Seen, Stage, State, Verified};
use crate::step::Turn;
use crate::success;
use crate::window::Window;
use paywith_protocol::{Action, Status};

/// The payment waits for the shopper: shows its code, or sends the shopper away.
pub(crate) fn act(turn: &mut Turn<'_>, mut live: Box<Live>) {
    live.pace.until = None;
    match live.action.clone() {
        Some(Action::Qr { checkout_url: Some(url), .. }) if is_redirecting(turn) => {
            leave_for(turn, live, url);
        }
        Some(Action::Qr { payload, image, checkout_url }) => {
            code::show(turn, live, payload.as_deref(), image, checkout_url.is_some());
        }
        Some(Action::Redirect { url }) => leave_for(turn, live, url),
        None => {
            turn.checkout.state = State::Paying { live, stage: Stage::Open };
            schedule::schedule_first(turn);
        }
    }
}

/// The same for the payment on the screen.
pub(crate) fn act_on_shown(turn: &mut Turn<'_>) {
    if let State::Paying { live, .. } = &turn.checkout.state {
        let live = live.clone();
        act(turn, live);
    }
}

/// To a hosted page: in this tab, or in the window that the click has opened for it.
fn leave_for(turn: &mut Turn<'_>, live: Box<Live>, url: String) {
    let (stage, effect) = match turn.checkout.window {
        Window::Open => (Stage::Window, Effect::ShowInWindow { url }),
        // Whoever has closed it does not want to be taken away now.
        Window::Closed => (Stage::Open, Effect::CloseWindow),
        Window::Unused | Window::Blocked => {
            (Stage::Leaving { url: url.clone() }, Effect::Navigate { url })
        }
    };
    turn.checkout.state = State::Paying { live, stage };
    schedule::schedule_first(turn);
    turn.effect(effect);
}

fn is_redirecting(turn: &Turn<'_>) -> bool {
    turn.checkout.config.as_ref().is_some_and(|config| config.mode == Mode::Redirect)
}

/// Something unsafe was refused: nothing is shown, the buttons come back, the payment is watched.
pub(crate) fn block(turn: &mut Turn<'_>, code: FaultCode, reason: &str) {
    if let State::Paying { stage: Stage::Paid(_) | Stage::Refunded, .. } = turn.checkout.state {
        return; // Nothing is to be opened or shown any more.
    }
    let fault = Fault::new(code, reason);
    retire_attempt(turn);
    put_aside(turn, false);
    turn.checkout.trouble = None;
    turn.checkout.state = State::Choosing { notice: Some(fault.clone()) };
    turn.tell_fault(&fault);
    turn.effect(Effect::Reject(fault));
}

/// The key of the payment on the screen would meet the same answer again: the next click is a new
/// attempt, which says what it replaces.
pub(crate) fn retire_attempt(turn: &mut Turn<'_>) {
    let State::Paying { live, .. } = &turn.checkout.state else { return };
    let id = live.id.clone();
    turn.remember(|record| {
        if record.payment.as_ref().is_some_and(|seen| seen.id == id && seen.is_of_attempt) {
            record.attempt = None;
        }
    });
}

/// The payment on the screen is shown no more, but watched on.
pub(crate) fn put_aside(turn: &mut Turn<'_>, is_replaced: bool) {
    if is_replaced && matches!(turn.checkout.state, State::Paying { .. }) {
        turn.tell(Moment::Superseded);
    }
    let notice = State::Choosing { notice: None };
    let shown = std::mem::replace(&mut turn.checkout.state, notice);
    match shown {
        State::Paying { live, stage } => match stage {
            Stage::Paid(_) | Stage::Refunded => {
                turn.checkout.state = State::Paying { live, stage };
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
            | Stage::Processing => old::watch_on(turn, live),
        },
        State::Creating(creating) => {
            if let CreatePhase::InFlight { call, .. } = creating.phase {
                turn.effect(Effect::Abort { call });
            }
        }
        other @ (State::Unopened | State::Broken(_)) => turn.checkout.state = other,
        State::Choosing { .. } | State::Elsewhere => {}
    }
}

/// The status answer of the payment on the screen has been learned; what follows for the screen?
/// `Paid` comes with its proof.
pub(crate) fn follow_status(turn: &mut Turn<'_>, before: Status, verified: Option<Verified>) {
    let told = turn.effects.len();
    follow(turn, verified);
    let after = turn.effects.split_off(told);
    tell_change(turn, before);
    turn.effects.extend(after);
}

fn follow(turn: &mut Turn<'_>, verified: Option<Verified>) {
    let State::Paying { live, stage } = &turn.checkout.state else { return };
    let status = live.status;
    let stage_before = std::mem::discriminant(stage);
    match (status, verified) {
        (Status::Paid, Some(verified)) => return show_paid(turn, verified),
        // `learn` says paid only after a status answer did, which brings its proof along.
        (Status::Paid, None) => {}
        (Status::Pending, _) => return follow_pending(turn),
        (Status::Processing, _) => set_stage(turn, Stage::Processing),
        (Status::Failed, _) => set_stage(turn, Stage::Failed),
        (Status::Canceled, _) => set_stage(turn, Stage::Canceled),
        (Status::Expired, _) => set_stage(turn, Stage::Expired),
        (Status::Refunded, _) => set_stage(turn, Stage::Refunded),
    }
    let State::Paying { stage, .. } = &turn.checkout.state else { return };
    if std::mem::discriminant(stage) != stage_before {
        announce_end(turn, status);
    }
}

/// Tells of the status when it is another one than `before`.
pub(crate) fn tell_change(turn: &mut Turn<'_>, before: Status) {
    if turn.checkout.shown_status().is_some_and(|status| status != before) {
        turn.tell(Moment::StatusChange);
    }
}

pub(crate) fn announce_end(turn: &mut Turn<'_>, status: Status) {
    let moment = match status {
        Status::Processing => Moment::Processing,
        Status::Failed => Moment::Failed,
        Status::Canceled => Moment::Canceled,
        Status::Expired => Moment::Expired,
        Status::Refunded => Moment::Refunded,
        Status::Pending | Status::Paid => return,
    };
    turn.tell(moment);
    schedule::slow_down_ended(turn);
    match status {
        // Money on its way may take hours; whoever awaits the promise awaits its end.
        Status::Processing | Status::Pending | Status::Paid => {}
        Status::Failed | Status::Canceled | Status::Expired | Status::Refunded => turn.finish(),
    }
}

pub(crate) fn show_paid(turn: &mut Turn<'_>, verified: Verified) {
    let State::Paying { live, stage } = &mut turn.checkout.state else { return };
    let is_new = !matches!(stage, Stage::Paid(_));
    let (id, provider, was_told) = (live.id.clone(), live.provider, live.was_told_paid);
    if is_new {
        *stage = Stage::Paid(verified);
    }
    turn.checkout.trouble = None;
    schedule::stop(turn);
    if turn.checkout.told_paid.contains(&id) {
        return;
    }
    turn.checkout.told_paid.push(id.clone());
    turn.remember(|record| {
        let is_of_attempt =
            record.payment.as_ref().is_some_and(|seen| seen.id == id && seen.is_of_attempt);
        record.payment = Some(Seen { id, provider, is_of_attempt, told_paid: true });
    });
    turn.tell(Moment::Paid { replayed: was_told });
    success::paid(turn, was_told);
    turn.finish();
}

/// Still pending: what was on the screen stays, except where the answer changes it.
fn follow_pending(turn: &mut Turn<'_>) {
    let now = turn.now();
    let State::Paying { live, stage } = &turn.checkout.state else { return };
    let time_is_up = live.deadline.is_some_and(|deadline| deadline.left_ms(now) == 0);
    match stage {
        Stage::Checking | Stage::Confirming { .. } | Stage::Processing if !time_is_up => {
            match live.action {
                // A code can be shown again in place; a hosted page is for the shopper to choose.
                Some(Action::Qr { .. }) => act_on_shown(turn),
                Some(Action::Redirect { .. }) | None => set_stage(turn, Stage::Open),
            }
        }
        Stage::Checking | Stage::Confirming { .. } | Stage::Processing => {
            set_stage(turn, Stage::Expired);
            announce_end(turn, Status::Expired);
        }
        // A word that came back to pending after an end: the end was not the last word.
        Stage::Failed => set_stage(turn, Stage::Open),
        Stage::Expired if live.deadline.is_some() && !time_is_up => act_on_shown(turn),
        Stage::Code(_)
        | Stage::Leaving { .. }
        | Stage::Window
        | Stage::Open
        | Stage::Expired
        | Stage::Canceled
        | Stage::Paid(_)
        | Stage::Refunded => {}
    }
}

/// `cancel()`: stops showing, never watching. Money that is on its way cannot be called back.
pub(crate) fn cancel_asked(turn: &mut Turn<'_>) {
    match &mut turn.checkout.state {
        State::Creating(_) => {
            put_aside(turn, false);
            turn.checkout.trouble = None;
            turn.finish();
        }
        State::Paying { live, stage } => match stage {
            Stage::Code(_)
            | Stage::Leaving { .. }
            | Stage::Window
            | Stage::Checking
            | Stage::Open => {
                let (id, provider) = (live.id.clone(), live.provider);
                *stage = Stage::Canceled;
                live.is_late = true;
                turn.effect(Effect::CancelPayment { id, provider });
                turn.tell(Moment::StatusChange);
                announce_end(turn, Status::Canceled);
            }
            Stage::Confirming { .. }
            | Stage::Expired
            | Stage::Failed
            | Stage::Canceled
            | Stage::Processing
            | Stage::Paid(_)
            | Stage::Refunded => {}
        },
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Elsewhere => {}
    }
}

/// `reset()`, or "choose another way": back to the buttons.
pub(crate) fn reset_asked(turn: &mut Turn<'_>) {
    match turn.checkout.state {
        State::Creating(_) | State::Paying { .. } => {
            turn.finish();
            put_aside(turn, false);
            turn.checkout.trouble = None;
        }
        State::Choosing { .. } | State::Elsewhere => {
            turn.checkout.state = State::Choosing { notice: None };
        }
        State::Unopened | State::Broken(_) => {}
    }
}

/// Back from the back/forward cache, or the navigation was refused: the truth is asked. The last check
/// of a code begins again, because nothing was asked while the page was hidden.
pub(crate) fn leave_leaving(turn: &mut Turn<'_>) {
    confirm_anew(turn);
    if let State::Paying { stage: Stage::Leaving { .. }, .. } = turn.checkout.state {
        set_stage(turn, Stage::Checking);
    }
}

/// The last check of a code has its time again: nobody could ask, or no clock says for how long.
pub(crate) fn confirm_anew(turn: &mut Turn<'_>) {
    let until_anew_ms = turn.monotonic_ms() + code::CONFIRM_LIMIT_MS;
    if let State::Paying { stage: Stage::Confirming { until_ms }, .. } = &mut turn.checkout.state {
        *until_ms = until_anew_ms;
    }
}

pub(crate) fn set_stage(turn: &mut Turn<'_>, next: Stage) {
    if let State::Paying { live, stage } = &mut turn.checkout.state {
        // Only its proof leads to paid, and only refunded leads out of it.
        match (&stage, &next) {
            (Stage::Paid(_), Stage::Refunded) | (Stage::Expired, Stage::Expired) => {}
            (Stage::Paid(_) | Stage::Refunded, _) => return,
            _ => {}
        }
        if matches!(next, Stage::Expired | Stage::Failed | Stage::Canceled) {
            live.is_late = true;
        } else {
            // It has not ended after all, so its watch does not end either.
            live.pace.until = None;
        }
        *stage = next;
    }
}

/// The price that the page stated, next to what the backend asks for.
pub(crate) fn hint(config: Option<&Config>) -> Option<paywith_protocol::Money> {
    config.and_then(|config| config.hint)
}
