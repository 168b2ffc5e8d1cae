//! From a click to a payment: one attempt, one key, one create call at a time.

use crate::effect::{CreateRequest, Effect, Moment};
use crate::event::{Answer, Failure};
use crate::fault::{Fault, FaultCode};
use crate::old;
use crate::record::{Attempt, Seen};
use crate::schedule;
use crate::show;
use crate::state::{CreatePhase, Creating, Live, OfferState, Old, Stage, State};
use crate::step::Turn;
use crate::{open, tabs, window};
use paywith_protocol::{Payment, PaymentId, Provider};

/// A create call that has no answer by then is ended and asked again with the same key.
const CREATE_LIMIT_MS: u64 = 30_000;
/// The first pause before a retry; it doubles up to the longest.
const FIRST_PAUSE_MS: u64 = 1_500;
const LONGEST_PAUSE_MS: u64 = 15_000;

/// A click, or `start()`. While a payment is on its way it changes nothing.
pub(crate) fn asked(turn: &mut Turn<'_>, provider: Option<Provider>) {
    let Some(config) = &turn.checkout.config else {
        if let State::Broken(fault) = &turn.checkout.state {
            let fault = fault.clone();
            turn.effect(Effect::Reject(fault));
        }
        return;
    };
    if config.is_disabled {
        return turn.finish();
    }
    let offered = offered(turn);
    let Some(provider) = provider.or(offered.first().copied()) else {
        let fault = Fault::new(FaultCode::NoProviders, "no provider is offered for this order");
        turn.tell_fault(&fault);
        return turn.effect(Effect::Reject(fault));
    };
    if may_start(&turn.checkout.state) {
        turn.effect(Effect::ProposeStart(provider));
    } else if matches!(turn.checkout.state, State::Elsewhere) {
        tabs::continue_here(turn);
    } else if let State::Paying { stage: Stage::Paid(_) | Stage::Refunded, .. } =
        turn.checkout.state
    {
        turn.finish();
    }
}

/// The page did not object.
pub(crate) fn allowed(turn: &mut Turn<'_>, provider: Provider) {
    if !may_start(&turn.checkout.state) || tabs::join_if_begun(turn) {
        return;
    }
    let supersedes = open_payment(turn);
    begin_or_go_on(turn, provider, supersedes);
}

/// The attempt of another tab goes on in this one: the same key, the same payment.
pub(crate) fn join(turn: &mut Turn<'_>, attempt: Attempt) {
    create(turn, attempt);
}

/// The same provider again, while its payment may still be open: the same key, the same payment.
/// Else a new attempt.
fn begin_or_go_on(turn: &mut Turn<'_>, provider: Provider, supersedes: Option<PaymentId>) {
    window::open_in_click(turn, provider);
    let known = turn.checkout.record.attempt.clone();
    match known.filter(|attempt| attempt.provider == provider) {
        Some(attempt) => create(turn, attempt),
        None => begin(turn, provider, supersedes),
    }
}

/// On with the open payment: to its hosted page or its code, or, where neither is known any more,
/// by the same create call with the same key, which answers the same payment.
pub(crate) fn continue_asked(turn: &mut Turn<'_>) {
    let State::Paying { live, stage } = &turn.checkout.state else {
        if matches!(turn.checkout.state, State::Elsewhere) {
            tabs::continue_here(turn);
        }
        return;
    };
    let (provider, has_action) = (live.provider, live.action.is_some());
    match stage {
        // The window is there already, perhaps behind this one.
        Stage::Window => return turn.effect(Effect::OpenWindow),
        Stage::Open | Stage::Leaving { .. } | Stage::Checking => {}
        Stage::Code(_)
        | Stage::Confirming { .. }
        | Stage::Expired
        | Stage::Failed
        | Stage::Canceled
        | Stage::Processing
        | Stage::Paid(_)
        | Stage::Refunded => return,
    }
    let Some(provider) = provider else { return };
    if has_action {
        window::open_in_click(turn, provider);
        show::act_on_shown(turn);
    } else {
        show::put_aside(turn, false);
        allowed(turn, provider);
    }
}

/// A new code for an expired payment; the old one is watched on.
pub(crate) fn renew_asked(turn: &mut Turn<'_>) {
    let State::Paying { live, stage: Stage::Expired | Stage::Failed | Stage::Canceled } =
        &turn.checkout.state
    else {
        return;
    };
    let Some(provider) = live.provider.or_else(|| offered(turn).first().copied()) else { return };
    if tabs::join_if_begun(turn) {
        return;
    }
    if let Some(open) = old::open_beside_shown(turn) {
        show::put_aside(turn, false);
        return open::check(turn, open.id, open.provider);
    }
    let supersedes = open_payment(turn);
    show::put_aside(turn, true);
    begin_or_go_on(turn, provider, supersedes);
}

/// The providers to offer, in order.
pub(crate) fn offered(turn: &Turn<'_>) -> Vec<Provider> {
    let configured = turn.checkout.config.as_ref().and_then(|config| config.providers.clone());
    configured.unwrap_or_else(|| match &turn.checkout.offer {
        OfferState::Known(offer) => offer.providers.clone(),
        OfferState::Unasked | OfferState::Loading { .. } | OfferState::Waiting { .. } => Vec::new(),
    })
}

fn may_start(state: &State) -> bool {
    match state {
        State::Choosing { .. } => true,
        State::Paying { stage, .. } => match stage {
            // The shopper may choose another way; what was shown is watched on.
            Stage::Open | Stage::Expired | Stage::Failed | Stage::Canceled => true,
            Stage::Code(_)
            | Stage::Leaving { .. }
            | Stage::Window
            | Stage::Checking
            | Stage::Confirming { .. }
            | Stage::Processing
            | Stage::Paid(_)
            | Stage::Refunded => false,
        },
        State::Unopened | State::Broken(_) | State::Elsewhere | State::Creating(_) => false,
    }
}

/// The payment that a new one would replace: the one that the backend has told here to be open, else
/// the one that may be open as far as this browser remembers, else the last one.
fn open_payment(turn: &Turn<'_>) -> Option<PaymentId> {
    let checkout = &*turn.checkout;
    let shown = match &checkout.state {
        State::Paying { live, .. } => Some(&**live),
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Creating(_) => None,
    };
    let replaced = |is_answered: bool| {
        let seen = checkout.record.payment.as_ref();
        let is_right = seen.is_some_and(|seen| seen.is_of_attempt) == is_answered;
        let attempt = checkout.record.attempt.as_ref().filter(|_| is_right)?;
        attempt.supersedes.as_ref()
    };
    let known = || checkout.old.iter().map(|old| &*old.live);
    let is_open = |live: &&Live| {
        live.told_ms.is_some() && live.status.is_open() && replaced(true) != Some(&live.id)
    };
    let has_ended = |id: &PaymentId| known().any(|live| live.id == *id && live.has_ended());
    let told = shown.filter(|live| !live.has_ended()).or_else(|| {
        // The last payment replaced the others, whichever was answered about last: it is the last
        // attempt's, or the one that an attempt without an answer names.
        let seen = checkout.record.payment.as_ref().filter(|seen| seen.is_of_attempt);
        let last = seen.map(|seen| &seen.id).or(replaced(false));
        let is_last = |live: &Live| last == Some(&live.id);
        known().filter(is_open).max_by_key(|live| (is_last(live), live.told_ms))
    });
    let last = || shown.map(|live| &live.id).or(checkout.record.payment_id()).cloned();
    told.map(|live| live.id.clone())
        .or_else(|| replaced(false).filter(|id| !has_ended(id)).cloned())
        .or_else(|| old::open_of_record(turn).map(|seen| seen.id))
        .or_else(last)
}

/// A new attempt: a fresh key, remembered before the request leaves.
fn begin(turn: &mut Turn<'_>, provider: Provider, supersedes: Option<PaymentId>) {
    create(turn, Attempt { key: turn.context.fresh_key.clone(), provider, supersedes });
}

fn create(turn: &mut Turn<'_>, attempt: Attempt) {
    show::put_aside(turn, attempt.supersedes.is_some());
    turn.remember(|record| {
        if record.attempt.as_ref() != Some(&attempt)
            && let Some(seen) = &mut record.payment
        {
            seen.is_of_attempt = false;
        }
        record.attempt = Some(attempt.clone());
    });
    turn.checkout.trouble = None;
    send(turn, attempt, 0);
}

/// Sends the create call of an attempt.
fn send(turn: &mut Turn<'_>, attempt: Attempt, failures: u32) {
    let call = turn.next_call();
    let Attempt { key, provider, supersedes } = attempt.clone();
    turn.effect(Effect::Create { call, request: CreateRequest { key, provider, supersedes } });
    let give_up_at_ms = turn.monotonic_ms() + CREATE_LIMIT_MS;
    let phase = CreatePhase::InFlight { call, sent_at: turn.now(), give_up_at_ms };
    turn.checkout.state = State::Creating(Creating { attempt, phase, failures });
}

/// The backend answered. An answer to a call that was ended says nothing: the attempt's key meets
/// the same payment again.
pub(crate) fn answered(turn: &mut Turn<'_>, call: u32, result: Result<Answer, Failure>) {
    let State::Creating(creating) = &turn.checkout.state else { return };
    let CreatePhase::InFlight { call: expected, sent_at, .. } = creating.phase else { return };
    if call != expected {
        return;
    }
    let (attempt, failures) = (creating.attempt.clone(), creating.failures);
    match result {
        Ok(answer) => {
            // Whatever was told of the one that it replaces before, it is not open any more.
            let is_replaced = |old: &&mut Old| attempt.supersedes.as_ref() == Some(&old.live.id);
            turn.checkout
                .old
                .iter_mut()
                .filter(is_replaced)
                .for_each(|old| old.live.told_ms = None);
            adopt(turn, answer, crate::watch::age_ms(sent_at, 0, turn.now()));
        }
        Err(Failure::PaymentOpen(payment)) => {
            let age_ms = crate::watch::age_ms(sent_at, 0, turn.now());
            replace(turn, &attempt, &payment, age_ms);
        }
        Err(Failure::AlreadyPaid(payment)) => {
            turn.remember(|record| record.attempt = None);
            adopt(turn, Answer { payment: *payment, refused_address: None }, 0);
        }
        Err(failure @ (Failure::Unreachable | Failure::Blocked(_) | Failure::Busy { .. })) => {
            wait(turn, attempt, failures, &failure);
        }
        // The payment may exist all the same: the key is kept, and the next click asks for the
        // same payment again.
        Err(Failure::Unreadable(fault)) => refuse(turn, fault),
        Err(Failure::Refused(fault)) => {
            turn.remember(|record| record.attempt = None);
            refuse(turn, fault);
        }
    }
}

/// A payment exists. Whatever the create answer calls it, only a status answer makes it paid.
fn adopt(turn: &mut Turn<'_>, answer: Answer, age_ms: u64) {
    let Answer { payment, refused_address } = answer;
    let mut live = Live::by_id(payment.id.clone(), Some(payment.provider));
    live.learn(&payment, turn.now(), age_ms);
    live.status = paywith_protocol::Status::Pending;
    turn.checkout.old.retain(|old| old.live.id != payment.id);
    turn.checkout.trouble = None;
    turn.checkout.check = None;
    watch_other(turn, &payment.id);
    turn.remember(|record| {
        let told =
            record.payment.as_ref().is_some_and(|seen| seen.id == payment.id && seen.told_paid);
        let (id, provider) = (payment.id.clone(), Some(payment.provider));
        record.payment = Some(Seen { id, provider, is_of_attempt: true, told_paid: told });
    });
    turn.checkout.state = State::Paying { live: live.clone(), stage: Stage::Checking };
    turn.tell(Moment::Created);
    if let Some(reason) = refused_address {
        return show::block(turn, FaultCode::UnsafeRedirect, reason);
    }
    match payment.status {
        paywith_protocol::Status::Pending => show::act(turn, live),
        paywith_protocol::Status::Processing
        | paywith_protocol::Status::Paid
        | paywith_protocol::Status::Failed
        | paywith_protocol::Status::Canceled
        | paywith_protocol::Status::Expired
        | paywith_protocol::Status::Refunded => schedule::ask_all_soon(turn),
    }
}

/// A backend that keeps nothing may answer the same key with another payment: the one that was shown
/// before can be paid all the same.
fn watch_other(turn: &mut Turn<'_>, id: &PaymentId) {
    let seen = turn.checkout.record.payment.clone();
    if let Some(seen) = seen.filter(|seen| seen.id != *id) {
        old::watch_seen(turn, seen.id, seen.provider);
    }
}

/// The order has a live payment elsewhere, and the shopper chose otherwise: ask again, and say
/// which payment this one replaces.
fn replace(turn: &mut Turn<'_>, attempt: &Attempt, open: &Payment, age_ms: u64) {
    if attempt.supersedes.as_ref() == Some(&open.id) {
        // It was said already; asking for ever would help nobody.
        let fault = Fault::new(FaultCode::BackendRefused, "payment_open although superseded");
        turn.remember(|record| record.attempt = None);
        return refuse(turn, fault);
    }
    let mut live = Live::by_id(open.id.clone(), Some(open.provider));
    live.learn(open, turn.now(), age_ms);
    old::watch_on(turn, live);
    begin(turn, attempt.provider, Some(open.id.clone()));
}

fn wait(turn: &mut Turn<'_>, attempt: Attempt, failures: u32, failure: &Failure) {
    let retry_after_ms =
        if let Failure::Busy { retry_after_ms } = failure { *retry_after_ms } else { None };
    let pause_ms = (FIRST_PAUSE_MS << failures.min(5)).min(LONGEST_PAUSE_MS);
    let pause_ms = turn.jittered(pause_ms).max(retry_after_ms.unwrap_or(0).min(120_000));
    let retry_at_ms = turn.monotonic_ms() + pause_ms;
    let is_network = matches!(failure, Failure::Unreachable);
    if let Failure::Blocked(fault) = failure {
        turn.tell_once(fault);
    }
    turn.checkout.trouble = Some(crate::state::Hindrance { is_network });
    let phase = CreatePhase::Waiting { retry_at_ms };
    let failures = failures.saturating_add(1);
    turn.checkout.state = State::Creating(Creating { attempt, phase, failures });
}

/// Back to the buttons, with what went wrong.
fn refuse(turn: &mut Turn<'_>, fault: Fault) {
    turn.checkout.trouble = None;
    turn.tell_fault(&fault);
    turn.effect(Effect::Reject(fault.clone()));
    turn.checkout.state = State::Choosing { notice: Some(fault) };
}

/// A waiting create call is sent now.
pub(crate) fn retry_soon(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    if let State::Creating(Creating { phase: CreatePhase::Waiting { retry_at_ms }, .. }) =
        &mut turn.checkout.state
    {
        *retry_at_ms = now_ms;
    }
}

/// The device slept, or the page was hidden: a call from before may never be answered. It is sent again
/// with the same key.
pub(crate) fn give_up_stale_call(turn: &mut Turn<'_>) {
    let now = turn.now();
    let State::Creating(creating) = &mut turn.checkout.state else { return };
    let CreatePhase::InFlight { call, sent_at, .. } = creating.phase else { return };
    if now.since_ms(sent_at) >= schedule::STALE_CALL_MS {
        creating.phase = CreatePhase::Waiting { retry_at_ms: now.monotonic_ms };
        turn.effect(Effect::Abort { call });
    }
}

/// Ends a call that took too long; sends one that has waited long enough.
pub(crate) fn let_time_pass(turn: &mut Turn<'_>) {
    let State::Creating(creating) = &turn.checkout.state else { return };
    let (attempt, failures) = (creating.attempt.clone(), creating.failures);
    match creating.phase {
        CreatePhase::InFlight { call, give_up_at_ms, .. }
            if give_up_at_ms <= turn.monotonic_ms() =>
        {
            turn.effect(Effect::Abort { call });
            wait(turn, attempt, failures, &Failure::Unreachable);
        }
        CreatePhase::Waiting { retry_at_ms }
            if retry_at_ms <= turn.monotonic_ms() && turn.checkout.is_visible =>
        {
            send(turn, attempt, failures);
        }
        CreatePhase::InFlight { .. } | CreatePhase::Waiting { .. } => {}
    }
}
