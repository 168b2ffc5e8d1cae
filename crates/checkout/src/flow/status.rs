//! What status answers mean, and what a call that failed means.
//!
//! Start at [`answered`]. An answer counts only for the call in flight and for the payment that was asked
//! about; it is the only place where [`Verified`] is made. News of the payment on the screen changes the
//! screen; news of a retired one brings it back if money has come. A call that failed changes no payment.
//!
//! When which payment is asked about is
//! `model/polling.rs`; what a status means for the screen is [`follow`].

mod follow;

use super::Next;
use crate::effect::Effect;
use crate::event::{Answer, Failure};
use crate::fault::{Fault, FaultCode};
use crate::model::{
    Check, ConnectionTrouble, LEAST_GAP_MS, RetiredPayment, State, StatusCall, Verified,
};
use crate::record::StoredPayment;
use crate::step_context::StepContext;
use crate::tab_message::TabMessage;
use crate::time::Now;
use crate::transition::{Transition, apply};
use paywith_protocol::{PaymentId, Status};

/// A long wait that fails after this much time was probably cut off on its way.
const CUT_AFTER_MS: u64 = 5_000;

/// The backend answered. Answers to calls that were ended count for nothing: the same question is
/// asked again.
pub(crate) fn answered(
    step: &mut StepContext<'_>,
    call: u32,
    result: Result<Answer, Failure>,
) -> Next {
    let Some(status_call) =
        step.checkout.status_call.take_if(|status_call| status_call.call == call)
    else {
        return Next::Done;
    };
    let answer = match result {
        Ok(answer) if answer.payment.id != status_call.id => {
            let fault = Fault::new(FaultCode::UnreadableAnswer, "`id` is not the one asked for");
            return failed(step, &status_call, Failure::Unreadable(fault));
        }
        Ok(answer) => answer,
        Err(failure) => return failed(step, &status_call, failure),
    };
    step.checkout.trouble = None;
    step.checkout.pause_until_ms = 0;
    if step.clocks_disagree && answer.payment.status == Status::Pending {
        // How much time is left of what it says no clock can tell: it is asked again.
        step.checkout.status_call = Some(status_call);
        return Next::Done;
    }
    let verified = Verified::from_status_answer(&answer, step.now());
    if step.checkout.shows(&status_call.id) {
        apply_to_shown(step, &status_call, &answer, verified);
    } else {
        apply_to_retired(step, &status_call, &answer, verified);
    }
    Next::Done
}

/// News of the payment on the screen. First the data, then what is due next, then the record, then the
/// other tabs, and last the screen: each step reads what the one before has left.
fn apply_to_shown(
    step: &mut StepContext<'_>,
    status_call: &StatusCall,
    answer: &Answer,
    verified: Option<Verified>,
) {
    let now = step.now();
    let before = step.checkout.shown_status().unwrap_or(Status::Pending);
    let Some((tracked, _)) = step.checkout.shown_mut() else { return };
    let known = tracked.status;
    tracked.apply(
        &answer.payment,
        now,
        now.answer_age_ms(status_call.sent_at, status_call.wait_ms),
    );
    tracked.is_confirmed = true;
    tracked.pace.failures = 0;
    let (id, is_same) = (tracked.id.clone(), tracked.status == known);
    if step.checkout.check == Some(Check::Asked) {
        step.checkout.check = Some(Check::Answered { at_wall_ms: now.wall_ms });
    }
    step.checkout.schedule_next(step.context, status_call);
    remember_found(step, &id);
    notify_tabs(step, id, is_same);
    if let Some(reason) = answer.refused_address
        && step.checkout.shown_status() == Some(Status::Pending)
    {
        return apply(step, Transition::Block(Fault::new(FaultCode::UnsafeRedirect, reason)));
    }
    follow::status(step, before, verified);
    give_way_to_open(step, false);
}

/// Tells the tabs that do not ask that nothing is new, or that they should look themselves.
fn notify_tabs(step: &mut StepContext<'_>, id: PaymentId, is_same: bool) {
    let Some((tracked, _)) = step.checkout.shown() else { return };
    let left_ms = tracked.deadline.map(|deadline| deadline.left_ms(step.now()));
    if !is_same {
        step.effect(Effect::Broadcast(TabMessage::StatusChanged { id }));
    } else if tracked.status == Status::Pending {
        step.effect(Effect::Broadcast(TabMessage::StillPending { id, left_ms }));
    }
}

/// A payment that was found by its address alone is remembered like one that was made here, once the
/// backend has confirmed it. One that has ended does not take the place of one that may still be open.
fn remember_found(step: &mut StepContext<'_>, id: &PaymentId) {
    let Some((tracked, _)) = step.checkout.shown() else { return };
    let (provider, has_ended) = (tracked.provider, tracked.has_ended());
    if has_ended && step.checkout.open_beside_shown().is_some() {
        return step.remember_watched(id.clone(), provider, true);
    }
    let before = step.checkout.record.payment.clone().filter(|seen| seen.id != *id);
    if let Some(seen) = before {
        step.watch_by_id(seen.id, seen.provider);
    }
    step.remember(|record| {
        record.retired.retain(|retired| retired.id != *id);
        match &mut record.payment {
            Some(seen) if seen.id == *id => seen.provider = provider,
            payment => {
                let id = id.clone();
                *payment = Some(StoredPayment {
                    id,
                    provider,
                    is_of_attempt: false,
                    paid_event_sent: false,
                });
            }
        }
    });
}

/// News of a payment that is not on the screen. Paid late is paid: it comes back, whatever is
/// shown.
fn apply_to_retired(
    step: &mut StepContext<'_>,
    status_call: &StatusCall,
    answer: &Answer,
    verified: Option<Verified>,
) {
    let now = step.now();
    let id = answer.payment.id.clone();
    let slow_ms = step.checkout.retired_gap_ms(step.context, &id);
    let is_other_tabs = step.checkout.is_other_tab() && step.checkout.record.is_about(&id);
    let Some(retired) = step.checkout.retired_mut(&id) else { return };
    let before = retired.tracked.status;
    retired.tracked.apply(
        &answer.payment,
        now,
        now.answer_age_ms(status_call.sent_at, status_call.wait_ms),
    );
    retired.tracked.is_confirmed = true;
    retired.due_by(now.monotonic_ms + slow_ms);
    // Another tab has it open, as far as this one knows; once there is news, both show it.
    let has_ended = retired.tracked.has_ended();
    let comes_back = match retired.tracked.status {
        Status::Processing | Status::Refunded if is_other_tabs => true,
        Status::Failed | Status::Canceled | Status::Expired if is_other_tabs => true,
        Status::Paid => verified.is_some(),
        Status::Processing => before != Status::Processing,
        Status::Refunded => false,
        Status::Pending | Status::Failed | Status::Canceled | Status::Expired => false,
    };
    if has_ended {
        ended_beside_shown(step, &id);
    }
    if !comes_back {
        return give_way_to_open(step, true);
    }
    come_back(step, id, before, verified);
}

/// A retired payment comes back to the screen.
fn come_back(
    step: &mut StepContext<'_>,
    id: PaymentId,
    before: Status,
    verified: Option<Verified>,
) {
    let place = step.checkout.retired.iter().position(|retired| retired.tracked.id == id);
    let Some(place) = place else { return };
    let mut retired = step.checkout.retired.remove(place);
    apply(step, Transition::PutAside { is_replaced: false });
    if step.checkout.shown().is_some() {
        return; // Paid already, by another payment: that one stays.
    }
    let provider = retired.tracked.provider;
    step.effect(Effect::Broadcast(TabMessage::StatusChanged { id: id.clone() }));
    let seen = step.checkout.record.payment.clone().filter(|seen| seen.id == id);
    retired.tracked.was_paid_event_sent |= seen.as_ref().is_some_and(|seen| seen.paid_event_sent);
    let is_of_attempt = seen.is_some_and(|seen| seen.is_of_attempt);
    step.remember(|record| {
        record.retired.retain(|retired| retired.id != id);
        record.payment =
            Some(StoredPayment { id, provider, is_of_attempt, paid_event_sent: false });
    });
    apply(step, Transition::Track(retired.tracked));
    step.checkout.schedule_first(step.context.now);
    follow::status(step, before, verified);
}

/// The payment that an address has led to has ended, and the order's own one is open: two that can
/// be paid are one too many, so the shopper goes on with that one. It is asked about first, unless it
/// `is_fresh`: what is known of its time may be old.
pub(crate) fn give_way_to_open(step: &mut StepContext<'_>, is_fresh: bool) {
    let Some((tracked, _)) = step.checkout.shown().filter(|(tracked, _)| tracked.has_ended())
    else {
        return;
    };
    let Some(seen) = step.checkout.open_beside_shown() else { return };
    let is_known_open =
        |retired: &RetiredPayment| retired.tracked.id == seen.id && retired.tracked.is_confirmed;
    let Some(place) = step.checkout.retired.iter().position(is_known_open) else { return };
    // A look that was asked for by hand is still owed.
    let soon_ms = step.monotonic_ms() + LEAST_GAP_MS;
    let owed = (tracked.id.clone(), tracked.pace.due_at_ms.filter(|at_ms| *at_ms <= soon_ms));
    let mut retired = step.checkout.retired.remove(place);
    apply(step, Transition::PutAside { is_replaced: false });
    if let (id, Some(owed_ms)) = owed
        && let Some(aside) = step.checkout.retired_mut(&id)
    {
        aside.due_by(owed_ms);
    }
    retired.tracked.is_late = false;
    apply(step, Transition::Track(retired.tracked));
    if is_fresh {
        step.checkout.schedule_first(step.context.now);
        follow::status(step, Status::Pending, None);
    } else {
        step.checkout.ask_shown_soon(step.context.now);
    }
}

/// A payment that is not on the screen has ended. Its attempt's key would meet it again; and where an
/// address has led to another one that has ended, too, that one is what the shopper saw last.
fn ended_beside_shown(step: &mut StepContext<'_>, id: &PaymentId) {
    if !step.checkout.record.is_about(id) {
        return;
    }
    // While its create call is under way, the answer to that decides.
    if !matches!(step.checkout.state, State::Creating(_)) {
        step.remember(|record| {
            if record.payment.as_ref().is_some_and(|seen| seen.is_of_attempt) {
                record.attempt = None;
            }
        });
    }
    let Some((tracked, _)) = step.checkout.shown() else { return };
    if tracked.is_confirmed {
        let shown = tracked.id.clone();
        remember_found(step, &shown);
    }
}

/// Ends a call that took too long.
pub(crate) fn end_overdue_call(step: &mut StepContext<'_>) -> Next {
    let now_ms = step.monotonic_ms();
    let overdue =
        step.checkout.status_call.take_if(|status_call| status_call.give_up_at_ms <= now_ms);
    let Some(status_call) = overdue else { return Next::Done };
    step.effect(Effect::Abort { call: status_call.call });
    failed(step, &status_call, Failure::Unreachable)
}

/// A call brought nothing. The payment stays what it was: trouble is never a failure.
fn failed(step: &mut StepContext<'_>, status_call: &StatusCall, failure: Failure) -> Next {
    let now = step.now();
    let slow_ms = step.checkout.retired_gap_ms(step.context, &status_call.id);
    if let Some(retired) = step.checkout.retired_mut(&status_call.id) {
        // A look that was asked for by hand meanwhile is still owed.
        retired.due_by(now.monotonic_ms + slow_ms);
    }
    if matches!(&failure, Failure::Refused(_)) {
        step.forget_unconfirmed(&status_call.id);
    }
    // The server's pause is for every question of this page.
    step.checkout.pause(now, pause_of(&failure));
    match step.checkout.shown_mut() {
        Some((tracked, stage)) if tracked.id == status_call.id => {
            if stage.is_final() {
                tracked.pace.due_at_ms = None;
                return Next::Done;
            }
            tracked.pace.may_wait = false;
        }
        Some(_) | None => return Next::Done,
    }
    if was_cut_off(status_call, &failure, now) {
        // Perhaps only the waiting was too long for something on the way: a short call decides.
        step.checkout.cut_waits = step.checkout.cut_waits.saturating_add(1);
        if let Some((tracked, _)) = step.checkout.shown_mut() {
            tracked.pace.due_at_ms = Some(now.monotonic_ms + LEAST_GAP_MS);
        }
        return Next::Done;
    }
    shown_failed(step, status_call, failure)
}

/// A long wait that ended in silence: a proxy between browser and backend may cut calls that are quiet
/// for long.
fn was_cut_off(status_call: &StatusCall, failure: &Failure, now: Now) -> bool {
    let is_silent = matches!(failure, Failure::Unreachable | Failure::Blocked(_));
    status_call.wait_ms > 0 && is_silent && now.since_ms(status_call.sent_at) >= CUT_AFTER_MS
}

/// The call about the payment on the screen is made again; its trouble is shown beside it.
fn shown_failed(step: &mut StepContext<'_>, status_call: &StatusCall, failure: Failure) -> Next {
    let Some((tracked, _)) = step.checkout.shown() else { return Next::Done };
    let is_lost = matches!(&failure, Failure::Refused(_)) && !tracked.is_confirmed;
    let is_first = tracked.pace.failures == 0;
    step.checkout.retry_shown(step.context);
    let is_network = matches!(failure, Failure::Unreachable);
    step.checkout.trouble = Some(ConnectionTrouble { is_network });
    step.checkout.check = None;
    match failure {
        Failure::Blocked(fault) => step.emit_fault_once(&fault),
        Failure::Unreadable(fault) | Failure::Refused(fault) if is_first => step.emit_fault(&fault),
        Failure::Unreachable
        | Failure::Busy { .. }
        | Failure::Unreadable(_)
        | Failure::Refused(_)
        | Failure::PaymentOpen(_)
        | Failure::AlreadyPaid(_) => {}
    }
    if is_lost { Next::NotFound(status_call.id.clone()) } else { Next::Done }
}

/// The pause that the server asks for, in ms.
fn pause_of(failure: &Failure) -> u64 {
    match failure {
        Failure::Busy { retry_after_ms } => retry_after_ms.unwrap_or(0).min(120_000),
        Failure::Unreachable
        | Failure::Blocked(_)
        | Failure::Unreadable(_)
        | Failure::Refused(_)
        | Failure::PaymentOpen(_)
        | Failure::AlreadyPaid(_) => 0,
    }
}
