//! Several tabs of one browser, one order: one tab asks, the others mirror.
//!
//! One tab leads: it is visible, it polls, and it notifies the others when a payment is still pending or has
//! changed. What all tabs share is the stored record; of two records the one with more changes
//! counts, and of two that began in the same moment the one with the smaller key, so that all agree.
//!
//! What another tab says is proof of nothing (contract 4.1): it can put a question off, base the
//! countdown anew, cause a question, or take a code off the screen that another one replaced.

use crate::effect::Effect;
use crate::model::{Checkout, CreatePhase, Stage, State};
use crate::polling;
use crate::record::{Attempt, Record, StoredPayment};
use crate::step_context::StepContext;
use crate::tab_message::TabMessage;
use crate::time::Deadline;
use crate::transition::{Transition, apply};
use paywith_protocol::PaymentId;

/// This tab has become the one that asks, or is it no longer.
pub(crate) fn leads(step: &mut StepContext<'_>, is_leading: bool) {
    if step.checkout.is_leading == is_leading {
        return;
    }
    step.checkout.is_leading = is_leading;
    if is_leading {
        step.checkout.take_over(step.context);
    } else {
        polling::give_up_wait(step);
        step.checkout.put_off(step.context);
    }
}

/// Another tab sent a message.
pub(crate) fn received(step: &mut StepContext<'_>, message: TabMessage) {
    match message {
        TabMessage::WhoHasIt => {
            // A page that is about to ask itself whether the payment exists has nothing to tell.
            let is_known = match &step.checkout.state {
                State::Paying { tracked, .. } => tracked.is_confirmed,
                State::Creating(_) => true,
                State::Unopened | State::Broken(_) | State::Choosing { .. } | State::OtherTab => {
                    false
                }
            };
            if is_known {
                let record = step.checkout.record.clone();
                step.effect(Effect::Broadcast(TabMessage::HasRecord(record)));
            }
        }
        TabMessage::HasRecord(record) if is_second_tab(step.checkout, &record) => {
            polling::give_up_any_call(step);
            apply(step, Transition::OtherTab);
        }
        TabMessage::HasRecord(record) => {
            let stored = (step.context.stored)();
            let is_stored = stored.is_some();
            reconcile(step, stored.unwrap_or(record), is_stored);
        }
        TabMessage::StillPending { id, left_ms } => received_still_pending(step, &id, left_ms),
        TabMessage::StatusChanged { id } => received_status_changed(step, &id),
    }
}

/// What another tab, or the storage that all tabs share, knows of the order.
///
/// What is stored counts for all tabs alike, so it may also be as new as what this one has.
pub(crate) fn reconcile(step: &mut StepContext<'_>, theirs: Record, is_stored: bool) {
    let is_same = step.checkout.record.is_same(&theirs);
    let is_as_new = is_stored && theirs.version == step.checkout.record.version;
    if !is_as_new && !theirs.is_newer_than(&step.checkout.record) {
        return;
    }
    // An attempt whose outcome nobody knows is as good as one that is under way.
    let is_busy = matches!(step.checkout.state, State::Creating(_) | State::Paying { .. })
        || step.checkout.record.attempt.is_some();
    let is_shared = step.checkout.is_other_tab();
    if is_busy && !is_shared && !theirs.is_begun() {
        return keep_ours(step, theirs);
    }
    let ours = std::mem::replace(&mut step.checkout.record, theirs);
    if is_same {
        let theirs = std::mem::take(&mut step.checkout.record);
        step.checkout.record = theirs.with_retired_of(ours);
        return step.checkout.watch_remembered(step.context);
    }
    let theirs = &step.checkout.record;
    match &step.checkout.state {
        State::Choosing { .. } | State::OtherTab if theirs.is_begun() => {
            apply(step, Transition::OtherTab);
        }
        State::OtherTab => apply(step, Transition::Choose(None)),
        State::Creating(creating) => {
            let provider = creating.attempt.provider;
            let is_answered = theirs.payment.as_ref().is_some_and(|seen| seen.is_of_attempt);
            let attempt = theirs.attempt.clone().filter(|theirs| theirs.provider == provider);
            match attempt {
                // Both began in the same moment: both go on with the same key.
                Some(attempt) if !is_answered => apply(step, Transition::Create(attempt)),
                Some(_) | None => give_way(step),
            }
        }
        State::Paying { tracked, stage } => {
            let has_money = stage.has_money();
            let replaces = |attempt: &Attempt| attempt.supersedes.as_ref() == Some(&tracked.id);
            let is_theirs =
                !theirs.is_about(&tracked.id) || theirs.attempt.as_ref().is_some_and(replaces);
            if !has_money && is_theirs {
                give_way(step);
            }
        }
        State::Unopened | State::Broken(_) | State::Choosing { .. } => {}
    }
    step.checkout.watch_remembered(step.context);
}

/// The other tab has nothing, and this one has: its record stays, as the newer one.
fn keep_ours(step: &mut StepContext<'_>, theirs: Record) {
    let ours = std::mem::replace(&mut step.checkout.record, theirs);
    step.remember(|record| {
        record.attempt = ours.attempt;
        record.payment = ours.payment;
        *record = std::mem::take(record)
            .with_retired_of(Record { retired: ours.retired, ..Record::default() });
    });
}

/// What this tab shows is not what the shopper went on with.
fn give_way(step: &mut StepContext<'_>) {
    apply(step, Transition::PutAside { is_replaced: true });
    step.checkout.trouble = None;
    if step.checkout.record.is_begun() {
        apply(step, Transition::OtherTab);
    }
}

/// This tab was opened beside one that has the payment open; nobody came back to it from a provider.
fn is_second_tab(checkout: &Checkout, theirs: &Record) -> bool {
    let State::Paying { tracked, stage: Stage::Checking } = &checkout.state else { return false };
    let is_told = theirs.payment.as_ref().is_some_and(|seen| seen.paid_event_sent);
    let is_fresh = !tracked.is_confirmed && checkout.returned.is_none();
    is_fresh && checkout.record.is_same(theirs) && theirs.attempt.is_some() && !is_told
}

/// The leader has just learned that the payment is pending: this tab need not ask for a while. `left_ms` is
/// the time left of the code, in milliseconds, when the message was sent.
fn received_still_pending(step: &mut StepContext<'_>, id: &PaymentId, left_ms: Option<u64>) {
    let now = step.now();
    if step.checkout.is_leading {
        return;
    }
    let Some((tracked, stage)) = step.checkout.shown_mut() else { return };
    if tracked.id != *id || !stage.follows_leader() {
        return;
    }
    // It may have been on its way for long, in a frozen tab: it can shorten the time, never add any.
    if let Some(left_ms) = left_ms
        && tracked.deadline.is_none_or(|deadline| left_ms < deadline.left_ms(now))
    {
        tracked.deadline = Some(Deadline::after(now, left_ms));
    }
    step.checkout.trouble = None;
    step.checkout.put_off(step.context);
}

/// Another tab has learned something of this payment. Here it is only a reason to ask: no status is ever
/// taken over from a message.
fn received_status_changed(step: &mut StepContext<'_>, id: &PaymentId) {
    match &step.checkout.state {
        State::OtherTab => {
            let seen = step.checkout.record.payment.clone();
            if let Some(seen) = seen.filter(|seen| seen.id == *id) {
                let (id, provider) = (seen.id, seen.provider);
                apply(step, Transition::Check { id, provider });
            }
        }
        State::Paying { .. } | State::Choosing { .. } | State::Creating(_) => {
            step.checkout.ask_soon(step.context.now, id);
        }
        State::Unopened | State::Broken(_) => {}
    }
}

/// "Continue here": the payment, or the attempt, of the other tab goes on in this one.
pub(crate) fn continue_here(step: &mut StepContext<'_>) {
    let record = step.checkout.record.clone();
    let is_answered = record.payment.as_ref().is_some_and(|seen| seen.is_of_attempt);
    match (record.payment, record.attempt) {
        (_, Some(attempt)) if !is_answered => apply(step, Transition::Create(attempt)),
        (Some(StoredPayment { id, provider, .. }), _) => {
            apply(step, Transition::Check { id, provider });
        }
        (None, _) => apply(step, Transition::Choose(None)),
    }
}

/// Whether another tab wrote something into the storage since this one looked: then the click goes on with
/// that, and begins nothing beside it.
pub(crate) fn join_if_begun(step: &mut StepContext<'_>) -> bool {
    let version = step.checkout.record.version;
    let stored = (step.context.stored)();
    let Some(theirs) = stored.filter(|theirs| theirs.version >= version) else { return false };
    if !theirs.is_begun() || step.checkout.record.is_same(&theirs) {
        if !step.checkout.record.is_begun() || step.checkout.record.is_same(&theirs) {
            step.checkout.record = theirs;
        }
        return false;
    }
    step.checkout.record = theirs;
    apply(step, Transition::PutAside { is_replaced: false });
    step.checkout.watch_remembered(step.context);
    true
}

/// The tab that asks is one that is visible and has something to ask. The shell learns when that changes.
pub(crate) fn settle(step: &mut StepContext<'_>) {
    let checkout = &*step.checkout;
    let is_watching = match &checkout.state {
        State::Paying { stage, .. } => !stage.is_final(),
        State::Creating(creating) => matches!(creating.phase, CreatePhase::InFlight { .. }),
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::OtherTab => false,
    };
    let wants = checkout.is_visible && (is_watching || !checkout.retired.is_empty());
    if wants != checkout.wants_lead {
        step.checkout.wants_lead = wants;
        step.effect(Effect::RequestLeadership(wants));
    }
}
