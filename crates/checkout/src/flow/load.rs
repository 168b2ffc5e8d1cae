//! The page opens, its settings change, or the shopper comes back: what is known is looked up, and the
//! offer is loaded. Nothing is ever created here.
//!
//! Start at [`opened`]. Which payment is looked up is [`payment_to_ask`]; what becomes of one that does not
//! exist is [`not_found`]. The offer is asked for where the page lists no providers, and once more where a
//! create call left whose answer never came: the backend may know a payment that this browser does not.

use crate::effect::{Effect, Moment};
use crate::event::{Config, Failure, Returned};
use crate::fault::{Fault, FaultCode};
use crate::model::{OfferState, State};
use crate::record::Record;
use crate::step_context::StepContext;
use crate::tab_message::TabMessage;
use crate::transition::{Transition, apply};
use paywith_protocol::{Offer, PaymentId, Provider};

/// An offer call without an answer after this long is ended, in milliseconds.
const OFFER_LIMIT_MS: u64 = 15_000;
/// The first pause before a retry, in milliseconds; it doubles up to the longest.
const FIRST_PAUSE_MS: u64 = 2_000;
/// The longest pause before a retry, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 15_000;

/// The element is on the page.
pub(crate) fn opened(
    step: &mut StepContext<'_>,
    config: Result<Config, Fault>,
    record: Option<Record>,
    returned: Option<Returned>,
) {
    step.checkout.record_on_load = record;
    step.checkout.returned = returned;
    match config {
        Ok(config) => {
            begin(step, config);
            step.emit(Moment::Ready);
        }
        Err(fault) => apply(step, Transition::Break(fault)),
    }
}

/// Attributes changed. A running payment stays; a new order starts afresh.
pub(crate) fn configured(
    step: &mut StepContext<'_>,
    config: Result<Config, Fault>,
    record: Option<Record>,
) {
    let config = match config {
        Ok(config) => config,
        Err(fault) => {
            return match step.checkout.state {
                State::Unopened | State::Broken(_) | State::Choosing { .. } => {
                    apply(step, Transition::Break(fault));
                }
                State::OtherTab | State::Creating(_) | State::Paying { .. } => {
                    step.emit_fault(&fault);
                }
            };
        }
    };
    let order = step.checkout.config.as_ref().map(|before| &before.order);
    if order.is_some_and(|order| *order != config.order) {
        // Whoever waits for the old order is told how it stands.
        step.resolve();
    }
    let before = step.checkout.config.replace(config.clone());
    match before {
        Some(before) if before.order != config.order => {
            apply(step, Transition::StartAfresh(record));
            begin(step, config);
        }
        Some(_) => match step.checkout.state {
            State::Choosing { .. } => load_offer_if_needed(step),
            State::Broken(_) | State::Unopened => begin(step, config),
            State::OtherTab | State::Creating(_) | State::Paying { .. } => {}
        },
        None => {
            step.checkout.record_on_load = record.or(step.checkout.record_on_load.take());
            begin(step, config);
            step.emit(Moment::Ready);
        }
    }
}

/// An order begins in this document: its record is taken over, what was watched before is watched here
/// too, the other tabs are asked, and a known payment is looked up unless the page said not to.
fn begin(step: &mut StepContext<'_>, config: Config) {
    let is_resuming = config.is_resuming;
    step.checkout.config = Some(config);
    apply(step, Transition::Choose(None));
    step.checkout.record = step.checkout.record_on_load.take().unwrap_or_default();
    step.checkout.watch_remembered(step.context);
    step.effect(Effect::Broadcast(TabMessage::WhoHasIt));
    if is_resuming {
        resume(step);
    }
    load_offer_if_needed(step);
}

/// Looks for the payment that the address bar or this browser knows of, and asks how it stands.
pub(crate) fn resume(step: &mut StepContext<'_>) {
    if !step.checkout.is_choosing() {
        return;
    }
    let record = step.checkout.record.clone();
    let returned = step.checkout.returned.clone();
    match payment_to_ask(&record, returned.as_ref()) {
        Some((id, provider)) => apply(step, Transition::Check { id, provider }),
        // A create call left and its answer never came: the backend may know of a payment.
        None if record.attempt.is_some() => load_offer(step, 0),
        None => {}
    }
}

/// Which payment to ask about: the one that the address names, where that address is ours, else the one
/// in the record, else an id among a provider's own return parameters. An address is never proof, so the
/// worst that a forged one can do is cause a question.
fn payment_to_ask(
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

/// The backend knows no such payment, and this document has not seen it. A payment that an
/// address pushed aside comes back; else the buttons do, with a notice. The attempt's key
/// stays, so that the same click meets the same payment.
pub(crate) fn not_found(step: &mut StepContext<'_>, id: &PaymentId) {
    step.remember(|record| {
        record.retired.retain(|retired| retired.id != *id);
        if record.payment_id() == Some(id) {
            record.payment = None;
        }
    });
    if let Some(place) =
        step.checkout.retired.iter().position(|retired| retired.displaced_by_return)
    {
        let retired = step.checkout.retired.remove(place);
        let (id, provider) = (retired.tracked.id, retired.tracked.provider);
        return apply(step, Transition::Check { id, provider });
    }
    let fault = Fault::new(FaultCode::NotFound, "the backend knows no such payment of this order");
    step.checkout.trouble = None;
    apply(step, Transition::Choose(Some(fault)));
    load_offer_if_needed(step);
}

/// The offer is needed where the page lists no providers, and only while the buttons are shown.
fn load_offer_if_needed(step: &mut StepContext<'_>) {
    let is_unasked = matches!(step.checkout.offer, OfferState::Unasked);
    if !step.checkout.lists_providers() && step.checkout.is_choosing() && is_unasked {
        load_offer(step, 0);
    }
}

/// Sends the offer call; `failures` is how many have failed since the last answer.
fn load_offer(step: &mut StepContext<'_>, failures: u32) {
    let call = step.next_call();
    let give_up_at_ms = step.monotonic_ms() + OFFER_LIMIT_MS;
    step.checkout.offer = OfferState::Loading { call, give_up_at_ms, failures };
    step.effect(Effect::LoadOffer { call });
}

/// The backend answered what can be paid.
pub(crate) fn offer_answered(
    step: &mut StepContext<'_>,
    call: u32,
    result: Result<Offer, Failure>,
) {
    let OfferState::Loading { call: expected, failures, .. } = step.checkout.offer else { return };
    if call != expected {
        return;
    }
    match result {
        Ok(offer) => offered(step, offer),
        Err(failure) => offer_failed(step, failures, &failure),
    }
}

/// The offer is here. A payment in it is the order's open one and is asked about; an offer without
/// providers is a fault of the backend, unless the page lists its own.
fn offered(step: &mut StepContext<'_>, offer: Offer) {
    let payment = offer.payment.clone();
    let is_empty = offer.providers.is_empty();
    step.checkout.trouble = None;
    step.checkout.offer = OfferState::Known(Box::new(offer));
    let is_resuming = step.checkout.config.as_ref().is_some_and(|config| config.is_resuming);
    let is_listed = step.checkout.lists_providers();
    if !step.checkout.is_choosing() {
        return;
    }
    if let Some(payment) = payment.filter(|_| is_resuming) {
        let (id, provider) = (payment.id, Some(payment.provider));
        return apply(step, Transition::Check { id, provider });
    }
    let notice = (is_empty && !is_listed).then(|| {
        Fault::new(FaultCode::NoProviders, "the backend offers no provider for this order")
    });
    if let Some(fault) = &notice {
        step.emit_fault(fault);
    }
    apply(step, Transition::Choose(notice));
}

/// The offer call failed. What may pass (no network, 5xx) is tried again and reported once; a definite no
/// is reported and waits for [`retry_soon`].
fn offer_failed(step: &mut StepContext<'_>, failures: u32, failure: &Failure) {
    if step.checkout.lists_providers() {
        // It was asked only to find a lost payment; a backend that relays has no such answer.
        step.checkout.offer = OfferState::Unasked;
        return;
    }
    let is_blocked = matches!(failure, Failure::Blocked(_));
    let is_passing = is_blocked || matches!(failure, Failure::Unreachable | Failure::Busy { .. });
    let pause_ms = (FIRST_PAUSE_MS << failures.min(4)).min(LONGEST_PAUSE_MS);
    let retry_at_ms =
        if is_passing { step.monotonic_ms() + step.context.jittered(pause_ms) } else { u64::MAX };
    step.checkout.offer = OfferState::Waiting { retry_at_ms, failures: failures.saturating_add(1) };
    if let Failure::Blocked(fault) = failure {
        step.emit_fault_once(fault);
    } else if !is_passing || failures == 0 {
        let fault = failure.fault();
        step.emit_fault(&fault);
        if step.checkout.is_choosing() {
            apply(step, Transition::Choose(Some(fault)));
        }
    }
}

/// A waiting offer call is sent now.
pub(crate) fn retry_soon(step: &mut StepContext<'_>) {
    let now_ms = step.monotonic_ms();
    if let OfferState::Waiting { retry_at_ms, .. } = &mut step.checkout.offer {
        *retry_at_ms = now_ms;
    }
}

/// Ends an offer call that took too long; sends one that has waited long enough.
pub(crate) fn let_time_pass(step: &mut StepContext<'_>) {
    let now_ms = step.monotonic_ms();
    match step.checkout.offer {
        OfferState::Loading { call, give_up_at_ms, failures } if give_up_at_ms <= now_ms => {
            step.effect(Effect::Abort { call });
            offer_failed(step, failures, &Failure::Unreachable);
        }
        OfferState::Waiting { retry_at_ms, failures }
            if retry_at_ms <= now_ms && step.checkout.is_visible =>
        {
            load_offer(step, failures);
        }
        OfferState::Unasked
        | OfferState::Loading { .. }
        | OfferState::Waiting { .. }
        | OfferState::Known(_) => {}
    }
}
