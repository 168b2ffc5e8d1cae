//! The page opens, changes its mind, or the shopper comes back: what is known is looked up, and
//! nothing is ever created here.

use crate::effect::{Effect, Moment};
use crate::event::{Config, Failure, Returned};
use crate::fault::{Fault, FaultCode};
use crate::old;
use crate::record::{Record, Seen};
use crate::state::{Checkout, Live, OfferState, Old, Stage, State};
use crate::step::Turn;
use crate::tabs::Word;
use crate::{schedule, show};
use paywith_protocol::{Offer, PaymentId, Provider};

const OFFER_LIMIT_MS: u64 = 15_000;
const FIRST_PAUSE_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 15_000;

/// The element is on the page.
pub(crate) fn opened(
    turn: &mut Turn<'_>,
    config: Result<Config, Fault>,
    record: Option<Record>,
    returned: Option<Returned>,
) {
    turn.checkout.record_on_load = record;
    turn.checkout.returned = returned;
    match config {
        Ok(config) => {
            begin(turn, config);
            turn.tell(Moment::Ready);
        }
        Err(fault) => break_down(turn, fault),
    }
}

/// Attributes changed. A running payment stays; a new order starts afresh.
pub(crate) fn configured(
    turn: &mut Turn<'_>,
    config: Result<Config, Fault>,
    record: Option<Record>,
) {
    let config = match config {
        Ok(config) => config,
        Err(fault) => {
            return match turn.checkout.state {
                State::Unopened | State::Broken(_) | State::Choosing { .. } => {
                    break_down(turn, fault);
                }
                State::Elsewhere | State::Creating(_) | State::Paying { .. } => {
                    turn.tell_fault(&fault);
                }
            };
        }
    };
    let before = turn.checkout.config.replace(config.clone());
    match before {
        Some(before) if before.order != config.order => {
            start_afresh(turn, record);
            begin(turn, config);
        }
        Some(_) => match turn.checkout.state {
            State::Choosing { .. } => load_offer_if_needed(turn),
            State::Broken(_) | State::Unopened => begin(turn, config),
            State::Elsewhere | State::Creating(_) | State::Paying { .. } => {}
        },
        None => {
            turn.checkout.record_on_load = record.or(turn.checkout.record_on_load.take());
            begin(turn, config);
            turn.tell(Moment::Ready);
        }
    }
}

fn start_afresh(turn: &mut Turn<'_>, record: Option<Record>) {
    show::put_aside(turn, false);
    schedule::stop(turn);
    let old = std::mem::take(turn.checkout);
    *turn.checkout = Checkout {
        record_on_load: record,
        told_paid: old.told_paid,
        is_leading: old.is_leading,
        wants_lead: old.wants_lead,
        is_visible: old.is_visible,
        clocks: old.clocks,
        calls: old.calls,
        ..Checkout::new()
    };
}

fn begin(turn: &mut Turn<'_>, config: Config) {
    let is_resuming = config.is_resuming;
    turn.checkout.config = Some(config);
    turn.checkout.state = State::Choosing { notice: None };
    turn.checkout.record = turn.checkout.record_on_load.take().unwrap_or_default();
    old::watch_remembered(turn);
    turn.effect(Effect::Say(Word::Anybody));
    if is_resuming {
        resume(turn);
    }
    load_offer_if_needed(turn);
}

fn break_down(turn: &mut Turn<'_>, fault: Fault) {
    turn.tell_fault(&fault);
    turn.checkout.state = State::Broken(fault);
}

/// Looks for the payment that the address bar or this browser knows of, and asks how it stands.
pub(crate) fn resume(turn: &mut Turn<'_>) {
    if !matches!(turn.checkout.state, State::Choosing { .. }) {
        return;
    }
    let record = turn.checkout.record.clone();
    let returned = turn.checkout.returned.clone();
    match whom_to_ask(&record, returned.as_ref()) {
        Some((id, provider)) => check(turn, id, provider),
        // A create call left and its answer never came: the backend may know of a payment.
        None if record.attempt.is_some() => load_offer(turn, 0),
        None => {}
    }
}

fn whom_to_ask(
    record: &Record,
    returned: Option<&Returned>,
) -> Option<(PaymentId, Option<Provider>)> {
    let of_record = || record.payment.as_ref().map(|seen| (seen.id.clone(), seen.provider));
    let Some(returned) = returned else { return of_record() };
    // The address that we composed names its payment (`paywith=cashii:…`); an id among a provider's
    // own parameters counts only where nothing better is known.
    let of_address = returned.id.clone().map(|id| (id, returned.provider));
    if returned.paywith.is_some() && of_address.is_some() {
        return of_address;
    }
    let key = record.attempt.as_ref().map(|attempt| attempt.key.as_str());
    match &returned.paywith {
        // A backend that only relays leaves our key in the address.
        Some(paywith) if key == Some(paywith) => of_record(),
        Some(paywith) => {
            let id = PaymentId::parse(paywith)?;
            let same = record.payment.as_ref().filter(|seen| seen.id == id);
            Some((id, same.and_then(|seen| seen.provider).or(returned.provider)))
        }
        None => of_record().or(of_address),
    }
}

/// Shows "checking" and asks at once.
pub(crate) fn check(turn: &mut Turn<'_>, id: PaymentId, provider: Option<Provider>) {
    let is_open = |old: &&Old| old.live.id == id && old.live.status.is_open();
    let told_ms = turn.checkout.old.iter().find(is_open).and_then(|old| old.live.told_ms);
    turn.checkout.old.retain(|old| old.live.id != id);
    let mut live = Box::new(Live { told_ms, ..*Live::by_id(id.clone(), provider) });
    match turn.checkout.record.payment.clone() {
        Some(seen) if seen.id == id => live.was_told_paid = seen.told_paid,
        // An address may say anything: what is known stays known until the backend confirms it.
        Some(seen) => {
            old::make_room(turn, seen.id, seen.provider);
            old::remember_watched(turn, id, provider, false);
        }
        None => {
            let found = Seen { id, provider, is_of_attempt: false, told_paid: false };
            turn.remember_quietly(|record| record.payment = Some(found));
        }
    }
    turn.checkout.state = State::Paying { live, stage: Stage::Checking };
    turn.checkout.check = None;
    schedule::ask_all_soon(turn);
}

/// The backend knows no such payment, and nobody saw it in this document. A payment that an
/// address pushed aside comes back; else the buttons do, with a word of warning. The attempt's key
/// stays, so that the same click meets the same payment.
pub(crate) fn not_found(turn: &mut Turn<'_>, id: &PaymentId) {
    turn.remember(|record| {
        record.old.retain(|old| old.id != *id);
        if record.payment_id() == Some(id) {
            record.payment = None;
        }
    });
    if let Some(place) = turn.checkout.old.iter().position(|old| old.made_room) {
        let old = turn.checkout.old.remove(place);
        return check(turn, old.live.id, old.live.provider);
    }
    let fault = Fault::new(FaultCode::NotFound, "the backend knows no such payment of this order");
    turn.checkout.trouble = None;
    turn.checkout.state = State::Choosing { notice: Some(fault) };
    load_offer_if_needed(turn);
}

fn load_offer_if_needed(turn: &mut Turn<'_>) {
    let is_listed = turn.checkout.config.as_ref().is_some_and(|config| config.providers.is_some());
    let is_choosing = matches!(turn.checkout.state, State::Choosing { .. });
    if !is_listed && is_choosing && matches!(turn.checkout.offer, OfferState::Unasked) {
        load_offer(turn, 0);
    }
}

fn load_offer(turn: &mut Turn<'_>, failures: u32) {
    let call = turn.next_call();
    let give_up_at_ms = turn.monotonic_ms() + OFFER_LIMIT_MS;
    turn.checkout.offer = OfferState::Loading { call, give_up_at_ms, failures };
    turn.effect(Effect::LoadOffer { call });
}

/// The backend answered what can be paid.
pub(crate) fn offer_answered(turn: &mut Turn<'_>, call: u32, result: Result<Offer, Failure>) {
    let OfferState::Loading { call: expected, failures, .. } = turn.checkout.offer else { return };
    if call != expected {
        return;
    }
    match result {
        Ok(offer) => offered(turn, offer),
        Err(failure) => offer_failed(turn, failures, &failure),
    }
}

fn offered(turn: &mut Turn<'_>, offer: Offer) {
    let payment = offer.payment.clone();
    let is_empty = offer.providers.is_empty();
    turn.checkout.trouble = None;
    turn.checkout.offer = OfferState::Known(Box::new(offer));
    let config = turn.checkout.config.as_ref();
    let is_resuming = config.is_some_and(|config| config.is_resuming);
    let is_listed = config.is_some_and(|config| config.providers.is_some());
    if !matches!(turn.checkout.state, State::Choosing { .. }) {
        return;
    }
    if let Some(payment) = payment.filter(|_| is_resuming) {
        return check(turn, payment.id, Some(payment.provider));
    }
    let notice = (is_empty && !is_listed).then(|| {
        Fault::new(FaultCode::NoProviders, "the backend offers no provider for this order")
    });
    if let Some(fault) = &notice {
        turn.tell_fault(fault);
    }
    turn.checkout.state = State::Choosing { notice };
}

fn offer_failed(turn: &mut Turn<'_>, failures: u32, failure: &Failure) {
    let is_listed = turn.checkout.config.as_ref().is_some_and(|config| config.providers.is_some());
    if is_listed {
        // It was asked only to find a lost payment; a backend that relays has no such answer.
        turn.checkout.offer = OfferState::Unasked;
        return;
    }
    let is_blocked = matches!(failure, Failure::Blocked(_));
    let is_passing = is_blocked || matches!(failure, Failure::Unreachable | Failure::Busy { .. });
    let pause_ms = (FIRST_PAUSE_MS << failures.min(4)).min(LONGEST_PAUSE_MS);
    let retry_at_ms =
        if is_passing { turn.monotonic_ms() + turn.jittered(pause_ms) } else { u64::MAX };
    turn.checkout.offer = OfferState::Waiting { retry_at_ms, failures: failures.saturating_add(1) };
    if let Failure::Blocked(fault) = failure {
        turn.tell_once(fault);
    } else if !is_passing || failures == 0 {
        let fault = failure.fault();
        turn.tell_fault(&fault);
        if matches!(turn.checkout.state, State::Choosing { .. }) {
            turn.checkout.state = State::Choosing { notice: Some(fault) };
        }
    }
}

/// A waiting offer call is sent now.
pub(crate) fn retry_soon(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    if let OfferState::Waiting { retry_at_ms, .. } = &mut turn.checkout.offer {
        *retry_at_ms = now_ms;
    }
}

/// Ends an offer call that took too long; sends one that has waited long enough.
pub(crate) fn let_time_pass(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    match turn.checkout.offer {
        OfferState::Loading { call, give_up_at_ms, failures } if give_up_at_ms <= now_ms => {
            turn.effect(Effect::Abort { call });
            offer_failed(turn, failures, &Failure::Unreachable);
        }
        OfferState::Waiting { retry_at_ms, failures }
            if retry_at_ms <= now_ms && turn.checkout.is_visible =>
        {
            load_offer(turn, failures);
        }
        OfferState::Unasked
        | OfferState::Loading { .. }
        | OfferState::Waiting { .. }
        | OfferState::Known(_) => {}
    }
}
