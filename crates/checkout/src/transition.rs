//! The one writer of the state: the table of legal changes, and what each brings with it (the page's
//! events, what is remembered, start and stop of polling).
//!
//! It deliberately does not know why a change happens: the flows decide that. The state is assigned
//! nowhere else, which a test holds.
//!
//! Start at [`Transition`], the list, and [`apply`], the table. The order of effects in each is part of its
//! meaning: a record is stored before the call leaves, and before the page receives an event about it.

use crate::effect::{CreateRequest, Effect, Moment};
use crate::fault::{Fault, FaultCode};
use crate::model::{
    Checkout, Code, CreatePhase, Creating, Presentation, Stage, State, TrackedPayment, Verified,
};
use crate::polling;
use crate::record::{Attempt, Record, StoredPayment};
use crate::step_context::StepContext;
use paywith_protocol::{PaymentId, Provider, Status};

/// A create call that has no answer by then is ended and asked again with the same key.
const CREATE_LIMIT_MS: u64 = 30_000;
/// The last check after zero may take this long before the code counts as expired, in milliseconds.
const CONFIRM_LIMIT_MS: u64 = 10_000;
/// So long the shopper reads "paid" before the page goes on, in milliseconds.
const READ_MS: u64 = 3_000;

/// A change of the state.
pub(crate) enum Transition {
    /// A setting is missing or wrong.
    Break(Fault),
    /// The buttons, with what went wrong before.
    Choose(Option<Fault>),
    /// Another order: only what belongs to the document stays.
    StartAfresh(Option<Record>),
    /// The order's payment is another tab's. If that tab has emitted `paid`, this one asks for itself.
    OtherTab,
    /// This attempt begins, or goes on: remembered before its create call leaves.
    Create(Attempt),
    /// The create call of an attempt leaves again.
    SendAgain(Creating),
    /// The create call failed, and leaves again at this moment.
    RetryAt { creating: Creating, retry_at_ms: u64 },
    /// A payment is known by its id: it is asked about at once.
    Check { id: PaymentId, provider: Option<Provider> },
    /// A create answer brought this payment: the page receives `created`, and what follows is `adopted`.
    Adopt { tracked: Box<TrackedPayment>, adopted: Adopted },
    /// A payment is on the screen; the next thing says how it stands.
    Track(Box<TrackedPayment>),
    /// The payment on the screen waits for the shopper: its code, or its hosted page.
    Show,
    /// The code on the screen is shown in another way.
    Picture(Code),
    /// The code's time is over; one last check has its full time.
    Confirm,
    /// The payment on the screen stands otherwise. Paid is left for refunded only.
    Stage(Stage),
    /// The shopper gave up.
    Cancel,
    /// A status answer said `paid`.
    Paid(Verified),
    /// The payment on the screen is not shown any more, but watched.
    PutAside { is_replaced: bool },
    /// Something unsafe was refused: the buttons come back, the payment is watched.
    Block(Fault),
}

/// What follows for a payment that a create answer brought.
pub(crate) enum Adopted {
    /// It waits for the shopper: it is shown.
    Waits,
    /// The answer calls it something else than pending: only a status answer counts, so one is asked for.
    Unconfirmed,
    /// Its address was refused.
    Unsafe(Fault),
}

/// Changes the state, and notes the effects of the change.
pub(crate) fn apply(step: &mut StepContext<'_>, transition: Transition) {
    match transition {
        Transition::Break(fault) => {
            step.emit_fault(&fault);
            step.checkout.state = State::Broken(fault);
        }
        Transition::Choose(notice) => step.checkout.state = State::Choosing { notice },
        Transition::StartAfresh(record) => start_afresh(step, record),
        Transition::OtherTab => go_to_other_tab(step),
        Transition::Create(attempt) => create(step, attempt),
        Transition::SendAgain(creating) => send(step, creating.attempt, creating.failures),
        Transition::RetryAt { creating, retry_at_ms } => {
            let phase = CreatePhase::Waiting { retry_at_ms };
            step.checkout.state = State::Creating(Creating { phase, ..creating });
        }
        Transition::Check { id, provider } => check(step, id, provider),
        Transition::Adopt { tracked, adopted } => adopt(step, tracked, adopted),
        Transition::Track(tracked) => {
            step.checkout.state = State::Paying { tracked, stage: Stage::Checking };
        }
        Transition::Show => show(step),
        Transition::Picture(picture) => {
            if let State::Paying { stage: Stage::Code(code), .. } = &mut step.checkout.state {
                *code = picture;
            }
        }
        Transition::Confirm => {
            let until_ms = step.monotonic_ms() + CONFIRM_LIMIT_MS;
            if let State::Paying { stage, .. } = &mut step.checkout.state
                && matches!(stage, Stage::Code(_) | Stage::Confirming { .. })
            {
                *stage = Stage::Confirming { until_ms };
            }
        }
        Transition::Stage(stage) => set_stage(step, stage),
        Transition::Cancel => cancel(step),
        Transition::Paid(verified) => show_paid(step, verified),
        Transition::PutAside { is_replaced } => put_aside(step, is_replaced),
        Transition::Block(fault) => block(step, fault),
    }
}

/// The page shows another order. Of the old one nothing stays but what belongs to the document: its
/// clocks, its call numbers, whether it leads, and for which payments it has received `paid`.
///
/// Nothing is remembered of it here: the browser's record of the old order names its payment already, and what
/// is written from now on is the new order's.
fn start_afresh(step: &mut StepContext<'_>, record: Option<Record>) {
    if let State::Creating(Creating { phase: CreatePhase::InFlight { call, .. }, .. }) =
        step.checkout.state
    {
        step.effect(Effect::Abort { call });
    }
    polling::stop(step);
    let before = std::mem::take(step.checkout);
    *step.checkout = Checkout {
        record_on_load: record,
        paid_event_sent: before.paid_event_sent,
        is_leading: before.is_leading,
        wants_lead: before.wants_lead,
        is_visible: before.is_visible,
        clocks: before.clocks,
        calls: before.calls,
        ..Checkout::new()
    };
}

/// Another tab has the payment: it is watched from here now and then, because that tab may be hidden.
fn go_to_other_tab(step: &mut StepContext<'_>) {
    step.checkout.watch_remembered(step.context);
    step.checkout.state = State::OtherTab;
    step.checkout.trouble = None;
    match step.checkout.record.payment.clone() {
        Some(seen) if seen.paid_event_sent => check(step, seen.id, seen.provider),
        Some(seen) => step.checkout.watch_other_tabs(step.context, seen.id, seen.provider),
        None => {}
    }
}

/// The attempt is remembered first and sent after that: should the page be lost in between, the next
/// document finds the key, and the same call meets the same payment.
fn create(step: &mut StepContext<'_>, attempt: Attempt) {
    put_aside(step, attempt.supersedes.is_some());
    step.remember(|record| {
        if record.attempt.as_ref() != Some(&attempt)
            && let Some(seen) = &mut record.payment
        {
            seen.is_of_attempt = false;
        }
        record.attempt = Some(attempt.clone());
    });
    step.checkout.trouble = None;
    send(step, attempt, 0);
}

/// Sends the create call of an attempt.
fn send(step: &mut StepContext<'_>, attempt: Attempt, failures: u32) {
    let call = step.next_call();
    let Attempt { key, provider, supersedes } = attempt.clone();
    step.effect(Effect::Create { call, request: CreateRequest { key, provider, supersedes } });
    let give_up_at_ms = step.monotonic_ms() + CREATE_LIMIT_MS;
    let phase = CreatePhase::InFlight { call, sent_at: step.now(), give_up_at_ms };
    step.checkout.state = State::Creating(Creating { attempt, phase, failures });
}

/// Shows "checking" and asks at once.
fn check(step: &mut StepContext<'_>, id: PaymentId, provider: Option<Provider>) {
    let retired = step.checkout.retired(&id).filter(|retired| retired.tracked.status.is_open());
    let answered_at_ms = retired.and_then(|retired| retired.tracked.answered_at_ms);
    step.checkout.forget_retired(&id);
    let mut tracked =
        Box::new(TrackedPayment { answered_at_ms, ..*TrackedPayment::by_id(id.clone(), provider) });
    match step.checkout.record.payment.clone() {
        Some(seen) if seen.id == id => tracked.was_paid_event_sent = seen.paid_event_sent,
        // An address may say anything: what is known stays known until the backend confirms it.
        Some(seen) => {
            step.checkout.displace(step.context, seen.id, seen.provider);
            step.remember_watched(id, provider, false);
        }
        None => {
            let found =
                StoredPayment { id, provider, is_of_attempt: false, paid_event_sent: false };
            step.remember_locally(|record| record.payment = Some(found));
        }
    }
    step.checkout.state = State::Paying { tracked, stage: Stage::Checking };
    step.checkout.check = None;
    step.ask_all_soon();
}

/// All that a create answer brings, in one transition.
fn adopt(step: &mut StepContext<'_>, tracked: Box<TrackedPayment>, adopted: Adopted) {
    step.checkout.state = State::Paying { tracked, stage: Stage::Checking };
    step.emit(Moment::Created);
    match adopted {
        Adopted::Waits => show(step),
        Adopted::Unconfirmed => step.ask_all_soon(),
        Adopted::Unsafe(fault) => block(step, fault),
    }
}

/// The payment on the screen waits for the shopper. How it is presented is the model's to say; here its
/// stage, its first status call and one effect follow from that.
fn show(step: &mut StepContext<'_>) {
    let Some((tracked, _)) = step.checkout.shown() else { return };
    let mut tracked = Box::new(tracked.clone());
    tracked.pace.until = None;
    let (stage, effect) = match step.checkout.presentation(&tracked) {
        Presentation::Unsafe(reason) => {
            return block(step, Fault::new(FaultCode::UnsafeCode, reason));
        }
        Presentation::Code { code, draws, payee, asks_for_tip } => {
            tracked.payee = payee;
            tracked.asks_for_tip = asks_for_tip;
            let id = tracked.id.clone();
            (Stage::Code(code), draws.map(|bytes| Effect::DrawCode { id, bytes }))
        }
        Presentation::Navigate { url } => {
            (Stage::Leaving { url: url.clone() }, Some(Effect::Navigate { url }))
        }
        Presentation::Window { url } => (Stage::Window, Some(Effect::ShowInWindow { url })),
        Presentation::WindowWasClosed => (Stage::Open, Some(Effect::CloseWindow)),
        Presentation::Nothing => (Stage::Open, None),
    };
    step.checkout.state = State::Paying { tracked, stage };
    step.checkout.schedule_first(step.context.now);
    step.effects.extend(effect);
}

/// Something unsafe is not shown. The payment exists all the same and is watched; the next click is a new
/// attempt.
fn block(step: &mut StepContext<'_>, fault: Fault) {
    if step.checkout.is_final() {
        return; // Nothing is to be opened or shown any more.
    }
    step.retire_attempt();
    put_aside(step, false);
    step.checkout.trouble = None;
    step.checkout.state = State::Choosing { notice: Some(fault.clone()) };
    step.emit_fault(&fault);
    step.effect(Effect::Reject(fault));
}

/// Whatever is on the screen leaves it: a payment is watched, a create call in flight is ended, a final
/// payment stays. A page that is not set up stays so.
fn put_aside(step: &mut StepContext<'_>, is_replaced: bool) {
    if is_replaced && step.checkout.shown().is_some() {
        step.emit(Moment::Superseded);
    }
    if step.checkout.is_final() {
        return;
    }
    let notice = State::Choosing { notice: None };
    match std::mem::replace(&mut step.checkout.state, notice) {
        State::Paying { tracked, .. } => step.keep_watching(tracked),
        State::Creating(creating) => {
            if let CreatePhase::InFlight { call, .. } = creating.phase {
                step.effect(Effect::Abort { call });
            }
        }
        other @ (State::Unopened | State::Broken(_)) => step.checkout.state = other,
        State::Choosing { .. } | State::OtherTab => {}
    }
}

/// The stage changes where that is legal ([`Stage::may_become`]), and not at all where it is not.
fn set_stage(step: &mut StepContext<'_>, next: Stage) {
    let State::Paying { tracked, stage } = &mut step.checkout.state else { return };
    if !stage.may_become(&next) {
        return;
    }
    if next.has_ended() {
        tracked.is_late = true;
    } else {
        // It has not ended after all, so its watch does not end either.
        tracked.pace.until = None;
    }
    *stage = next;
}

/// Stops showing, never watching. Money that is on its way cannot be called back.
fn cancel(step: &mut StepContext<'_>) {
    let State::Paying { tracked, stage } = &mut step.checkout.state else { return };
    let (id, provider) = (tracked.id.clone(), tracked.provider);
    *stage = Stage::Canceled;
    tracked.is_late = true;
    step.effect(Effect::CancelPayment { id, provider });
    step.emit(Moment::StatusChange);
    announce_end(step, Status::Canceled);
}

/// The only way to the paid screen. Polling stops; the page receives `paid` once in this document, and
/// learns whether an earlier one has received it; the record says so before the event is dispatched.
fn show_paid(step: &mut StepContext<'_>, verified: Verified) {
    let State::Paying { tracked, stage } = &mut step.checkout.state else { return };
    let (id, provider, was_told) =
        (tracked.id.clone(), tracked.provider, tracked.was_paid_event_sent);
    if !stage.is_paid() {
        *stage = Stage::Paid(verified);
    }
    step.checkout.trouble = None;
    polling::stop(step);
    if step.checkout.paid_event_sent.contains(&id) {
        return;
    }
    step.checkout.paid_event_sent.push(id.clone());
    step.remember(|record| {
        let is_of_attempt =
            record.payment.as_ref().is_some_and(|seen| seen.id == id && seen.is_of_attempt);
        record.payment = Some(StoredPayment { id, provider, is_of_attempt, paid_event_sent: true });
    });
    step.emit(Moment::Paid { replayed: was_told });
    // Not for a payment that an earlier document has shown as paid: the back button would lead from the
    // thank-you page straight to it again.
    if !was_told && step.checkout.success_address().is_some() {
        step.checkout.leave_at_ms = Some(step.monotonic_ms() + READ_MS);
    }
    step.resolve();
}

/// Tells the page of the status when it is another one than `before`.
pub(crate) fn emit_status_change(step: &mut StepContext<'_>, before: Status) {
    if step.checkout.shown_status().is_some_and(|status| status != before) {
        step.emit(Moment::StatusChange);
    }
}

/// The payment on the screen has reached this status: the page's event, and what is asked from here on.
pub(crate) fn announce_end(step: &mut StepContext<'_>, status: Status) {
    let moment = match status {
        Status::Processing => Moment::Processing,
        Status::Failed => Moment::Failed,
        Status::Canceled => Moment::Canceled,
        Status::Expired => Moment::Expired,
        Status::Refunded => Moment::Refunded,
        Status::Pending | Status::Paid => return,
    };
    step.emit(moment);
    step.checkout.slow_down_ended(step.context);
    if step.checkout.shown().is_some_and(|(_, stage)| stage.has_ended()) {
        step.retire_attempt();
    }
    match status {
        // Money on its way may take hours; a page that awaits the promise awaits its end.
        Status::Processing | Status::Pending | Status::Paid => {}
        Status::Failed | Status::Canceled | Status::Expired | Status::Refunded => step.resolve(),
    }
}
