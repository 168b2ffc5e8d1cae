//! From a click to a payment: one attempt, one key, one create call at a time.
//!
//! Who may start is decided in [`asked`] and [`allowed`]; what a create answer means in [`answered`]. A
//! key stays with its attempt until the backend says no or the payment has ended: a lost answer, a reload
//! and a second click all lead to the same payment. This flow does not know what other tabs do, nor how
//! a payment is presented; and whatever a create answer says, it never makes a payment paid.

use super::Next;
use crate::effect::Effect;
use crate::event::{Answer, Failure, Mode};
use crate::fault::{Fault, FaultCode};
use crate::model::{
    ConnectionTrouble, CreatePhase, Creating, PopupWindow, STALE_CALL_MS, Stage, State,
    TrackedPayment,
};
use crate::record::{Attempt, StoredPayment};
use crate::step_context::StepContext;
use crate::transition::{Adopted, Transition, apply};
use paywith_protocol::{Payment, PaymentId, Provider, Status};

/// The first pause before a retry; it doubles up to the longest.
const FIRST_PAUSE_MS: u64 = 1_500;
/// The longest pause before a retry, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 15_000;

/// A click, or `start()`. While a payment is on its way it changes nothing.
pub(crate) fn asked(step: &mut StepContext<'_>, provider: Option<Provider>) -> Next {
    let Some(config) = &step.checkout.config else {
        if let State::Broken(fault) = &step.checkout.state {
            let fault = fault.clone();
            step.effect(Effect::Reject(fault));
        }
        return Next::Done;
    };
    if config.is_disabled {
        step.resolve();
        return Next::Done;
    }
    let first = || step.checkout.offered_providers().first().copied();
    let Some(provider) = provider.or_else(first) else {
        let fault = Fault::new(FaultCode::NoProviders, "no provider is offered for this order");
        step.emit_fault(&fault);
        step.effect(Effect::Reject(fault));
        return Next::Done;
    };
    if step.checkout.may_start() {
        step.effect(Effect::ProposeStart(provider));
    } else if step.checkout.is_other_tab() {
        return Next::ContinueHere;
    } else if step.checkout.is_final() {
        step.resolve();
    }
    Next::Done
}

/// The page did not object.
pub(crate) fn allowed(step: &StepContext<'_>, provider: Provider) -> Next {
    if step.checkout.may_start() { Next::JoinOrStart(provider) } else { Next::Done }
}

/// No other tab has begun anything: a payment begins here.
pub(crate) fn start(step: &mut StepContext<'_>, provider: Provider) {
    let supersedes = step.checkout.payment_to_replace();
    begin_or_go_on(step, provider, supersedes);
}

/// The same provider again, while its payment may still be open: the same key, the same payment.
/// Else a new attempt.
fn begin_or_go_on(step: &mut StepContext<'_>, provider: Provider, supersedes: Option<PaymentId>) {
    open_window_in_click(step, provider);
    let known = step.checkout.record.attempt.clone();
    match known.filter(|attempt| attempt.provider == provider) {
        Some(attempt) => apply(step, Transition::Create(attempt)),
        None => begin(step, provider, supersedes),
    }
}

/// Only inside a click may a page open a window, so it is opened before there is an address for it.
fn open_window_in_click(step: &mut StepContext<'_>, provider: Provider) {
    let mode = step.checkout.config.as_ref().map(|config| config.mode);
    // A code needs no window.
    if mode == Some(Mode::Popup) && provider != Provider::Cashi {
        step.checkout.window = PopupWindow::Open;
        step.effect(Effect::OpenWindow);
    }
}

/// On with the open payment: to its hosted page or its code, or, where neither is known any more,
/// by the same create call with the same key, which answers the same payment.
pub(crate) fn continue_asked(step: &mut StepContext<'_>) -> Next {
    let Some((tracked, stage)) = step.checkout.shown() else {
        return if step.checkout.is_other_tab() { Next::ContinueHere } else { Next::Done };
    };
    let (provider, has_action) = (tracked.provider, tracked.action.is_some());
    if matches!(stage, Stage::Window) {
        // The window is there already, perhaps behind this one.
        step.effect(Effect::OpenWindow);
        return Next::Done;
    }
    let Some(provider) = provider.filter(|_| stage.can_continue()) else { return Next::Done };
    if has_action {
        open_window_in_click(step, provider);
        apply(step, Transition::Show);
        Next::Done
    } else {
        apply(step, Transition::PutAside { is_replaced: false });
        allowed(step, provider)
    }
}

/// A new code for an ended payment; the old one is watched.
pub(crate) fn renew_asked(step: &StepContext<'_>) -> Next {
    let ended = step.checkout.shown().filter(|(_, stage)| stage.has_ended());
    let Some((tracked, _)) = ended else { return Next::Done };
    let first = || step.checkout.offered_providers().first().copied();
    tracked.provider.or_else(first).map_or(Next::Done, Next::JoinOrRenew)
}

/// No other tab has begun anything: the order's open payment is shown, else a new one begins.
pub(crate) fn renew(step: &mut StepContext<'_>, provider: Provider) {
    if let Some(open) = step.checkout.open_beside_shown() {
        apply(step, Transition::PutAside { is_replaced: false });
        let (id, provider) = (open.id, open.provider);
        return apply(step, Transition::Check { id, provider });
    }
    let supersedes = step.checkout.payment_to_replace();
    apply(step, Transition::PutAside { is_replaced: true });
    begin_or_go_on(step, provider, supersedes);
}

/// A new attempt: a fresh key, remembered before the request leaves.
fn begin(step: &mut StepContext<'_>, provider: Provider, supersedes: Option<PaymentId>) {
    let key = step.context.fresh_key.clone();
    apply(step, Transition::Create(Attempt { key, provider, supersedes }));
}

/// The backend answered. An answer to a call that was ended says nothing: the attempt's key meets
/// the same payment again.
pub(crate) fn answered(step: &mut StepContext<'_>, call: u32, result: Result<Answer, Failure>) {
    let State::Creating(creating) = &step.checkout.state else { return };
    let CreatePhase::InFlight { call: expected, sent_at, .. } = creating.phase else { return };
    if call != expected {
        return;
    }
    let creating = creating.clone();
    let attempt = &creating.attempt;
    match result {
        Ok(answer) => {
            // Whatever the backend said before of the one that it replaces, that one is not open any more.
            let replaced = attempt.supersedes.as_ref();
            if let Some(retired) = replaced.and_then(|id| step.checkout.retired_mut(id)) {
                retired.tracked.answered_at_ms = None;
            }
            adopt(step, answer, step.now().answer_age_ms(sent_at, 0));
        }
        Err(Failure::PaymentOpen(payment)) => {
            let age_ms = step.now().answer_age_ms(sent_at, 0);
            replace(step, attempt, &payment, age_ms);
        }
        Err(Failure::AlreadyPaid(payment)) => {
            step.remember(|record| record.attempt = None);
            adopt(step, Answer { payment: *payment, refused_address: None }, 0);
        }
        Err(failure @ (Failure::Unreachable | Failure::Blocked(_) | Failure::Busy { .. })) => {
            wait(step, creating, &failure);
        }
        // The payment may exist all the same: the key stays, and the next click asks for the
        // same payment again.
        Err(Failure::Unreadable(fault)) => refuse(step, fault),
        Err(Failure::Refused(fault)) => {
            step.remember(|record| record.attempt = None);
            refuse(step, fault);
        }
    }
}

/// A payment exists. Whatever the create answer calls it, only a status answer makes it paid.
fn adopt(step: &mut StepContext<'_>, answer: Answer, age_ms: u64) {
    let Answer { payment, refused_address } = answer;
    let mut tracked = TrackedPayment::by_id(payment.id.clone(), Some(payment.provider));
    tracked.apply(&payment, step.now(), age_ms);
    tracked.status = Status::Pending;
    step.checkout.forget_retired(&payment.id);
    step.checkout.trouble = None;
    step.checkout.check = None;
    watch_other(step, &payment.id);
    step.remember(|record| {
        let told = record
            .payment
            .as_ref()
            .is_some_and(|seen| seen.id == payment.id && seen.paid_event_sent);
        let (id, provider) = (payment.id.clone(), Some(payment.provider));
        record.payment =
            Some(StoredPayment { id, provider, is_of_attempt: true, paid_event_sent: told });
    });
    let adopted = match (refused_address, payment.status) {
        (Some(reason), _) => Adopted::Unsafe(Fault::new(FaultCode::UnsafeRedirect, reason)),
        (None, Status::Pending) => Adopted::Waits,
        (
            None,
            Status::Processing
            | Status::Paid
            | Status::Failed
            | Status::Canceled
            | Status::Expired
            | Status::Refunded,
        ) => Adopted::Unconfirmed,
    };
    apply(step, Transition::Adopt { tracked, adopted });
}

/// A backend that keeps nothing may answer the same key with another payment: the one that was shown
/// before can be paid all the same.
fn watch_other(step: &mut StepContext<'_>, id: &PaymentId) {
    let seen = step.checkout.record.payment.clone();
    if let Some(seen) = seen.filter(|seen| seen.id != *id) {
        step.watch_by_id(seen.id, seen.provider);
    }
}

/// The order has a live payment elsewhere, and the shopper chose otherwise: ask again, and say
/// which payment this one replaces.
fn replace(step: &mut StepContext<'_>, attempt: &Attempt, open: &Payment, age_ms: u64) {
    if attempt.supersedes.as_ref() == Some(&open.id) {
        // It was said already; asking for ever would help nobody.
        let fault = Fault::new(FaultCode::BackendRefused, "payment_open although superseded");
        step.remember(|record| record.attempt = None);
        return refuse(step, fault);
    }
    let mut tracked = TrackedPayment::by_id(open.id.clone(), Some(open.provider));
    tracked.apply(open, step.now(), age_ms);
    step.keep_watching(tracked);
    begin(step, attempt.provider, Some(open.id.clone()));
}

/// The call brought no answer, or one that asks for patience: it is sent again with the same key after a
/// pause that doubles with every failure, has jitter, and is never shorter than the server's `Retry-
/// After` (of which at most two minutes count). The trouble is shown meanwhile.
fn wait(step: &mut StepContext<'_>, creating: Creating, failure: &Failure) {
    let retry_after_ms =
        if let Failure::Busy { retry_after_ms } = failure { *retry_after_ms } else { None };
    let pause_ms = (FIRST_PAUSE_MS << creating.failures.min(5)).min(LONGEST_PAUSE_MS);
    let pause_ms = step.context.jittered(pause_ms).max(retry_after_ms.unwrap_or(0).min(120_000));
    let retry_at_ms = step.monotonic_ms() + pause_ms;
    let is_network = matches!(failure, Failure::Unreachable);
    if let Failure::Blocked(fault) = failure {
        step.emit_fault_once(fault);
    }
    step.checkout.trouble = Some(ConnectionTrouble { is_network });
    let failures = creating.failures.saturating_add(1);
    let creating = Creating { failures, ..creating };
    apply(step, Transition::RetryAt { creating, retry_at_ms });
}

/// Back to the buttons, with what went wrong.
fn refuse(step: &mut StepContext<'_>, fault: Fault) {
    step.checkout.trouble = None;
    step.emit_fault(&fault);
    step.effect(Effect::Reject(fault.clone()));
    apply(step, Transition::Choose(Some(fault)));
}

/// The create call in the making, if it waits, or is in flight.
fn creating(step: &StepContext<'_>) -> Option<Creating> {
    step.checkout.creating().cloned()
}

/// A waiting create call is sent now.
pub(crate) fn retry_soon(step: &mut StepContext<'_>) {
    let retry_at_ms = step.monotonic_ms();
    if let Some(creating @ Creating { phase: CreatePhase::Waiting { .. }, .. }) = creating(step) {
        apply(step, Transition::RetryAt { creating, retry_at_ms });
    }
}

/// The device slept, or the page was hidden: a call from before may never be answered. It is sent again
/// with the same key.
pub(crate) fn give_up_stale_call(step: &mut StepContext<'_>) {
    let now = step.now();
    let Some(creating) = creating(step) else { return };
    let CreatePhase::InFlight { call, sent_at, .. } = creating.phase else { return };
    if now.since_ms(sent_at) >= STALE_CALL_MS {
        apply(step, Transition::RetryAt { creating, retry_at_ms: now.monotonic_ms });
        step.effect(Effect::Abort { call });
    }
}

/// Ends a call that took too long; sends one that has waited long enough.
pub(crate) fn let_time_pass(step: &mut StepContext<'_>) {
    let now_ms = step.monotonic_ms();
    let Some(creating) = creating(step) else { return };
    match creating.phase {
        CreatePhase::InFlight { call, give_up_at_ms, .. } if give_up_at_ms <= now_ms => {
            step.effect(Effect::Abort { call });
            wait(step, creating, &Failure::Unreachable);
        }
        CreatePhase::Waiting { retry_at_ms }
            if retry_at_ms <= now_ms && step.checkout.is_visible =>
        {
            apply(step, Transition::SendAgain(creating));
        }
        CreatePhase::InFlight { .. } | CreatePhase::Waiting { .. } => {}
    }
}
