//! The invariants: what an outside observer of one document knows, kept apart from the machine. Each promise
//! that the document breaks is a violation.
//!
//! It uses the public interface alone: the simulation and the property tests (`tests/properties.rs`) share
//! this file, and it names the crate from outside.

use paywith_checkout::{
    Checkout, CreateRequest, Effect, Ending, Event, Failure, Moment, ScreenModel, View,
};
use paywith_protocol::{PaymentId, Provider, Status};
use std::collections::{BTreeMap, BTreeSet};

/// An answer may be this old when it arrives.
const MOST_TRANSIT_MS: u64 = 6_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Observer {
    pub(super) creates_in_flight: BTreeSet<u32>,
    pub(super) asks_in_flight: BTreeMap<u32, PaymentId>,
    /// Ids of which an answer to the status call in flight said paid.
    verified: BTreeSet<PaymentId>,
    paid_event_sent: BTreeSet<PaymentId>,
    /// Payments that the last answer to this document called open.
    pub(super) known_open: BTreeSet<PaymentId>,
    was_paid: bool,
    /// No question before this moment: the server asked for a pause.
    pause_until_ms: u64,
    is_early: bool,
    /// Somebody has set the clock since the last question.
    was_set: bool,
    /// When status calls left.
    pub(super) asks_ms: Vec<u64>,
    /// What caused a question out of turn: a wake-up, a press, a message of another tab.
    pub(super) causes: u64,
    /// Since its last step the device's clock was set.
    was_clock_set: bool,
    /// Since its last step the device slept.
    has_slept: bool,
    shown: Option<PaymentId>,
    /// Both: no clock can tell how much time has passed, until the next answer.
    pub(super) is_unknowable: bool,
    pub(super) violations: Vec<String>,
}

/// What the world knows of the payment on a screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth {
    pub(super) ends_ms: Option<u64>,
    pub(super) said_failed: bool,
}

impl Observer {
    fn violation(&mut self, text: impl Into<String>) {
        self.violations.push(text.into());
    }

    /// The observer of the next document of this browser: what was proved stays proved.
    pub(super) fn of_next_document(&self) -> Observer {
        Observer { verified: self.verified.clone(), ..Observer::default() }
    }

    /// An answer is on its way into the machine.
    pub(super) fn event_arrives(&mut self, event: &Event, now_ms: u64) {
        match event {
            Event::StatusAnswered { call, result } => {
                let asked = self.asks_in_flight.remove(call);
                let is_of_shown = result.as_ref().is_ok_and(|answer| {
                    self.shown.as_ref().is_none_or(|shown| *shown == answer.payment.id)
                });
                // One that comes together with such news itself is of an age that nobody can tell.
                let is_fresh = !self.was_clock_set && !self.has_slept;
                self.is_unknowable &= !(is_of_shown && is_fresh);
                // A server that answers does not ask for a pause any more.
                let is_silent = is_silent(result.as_ref().err());
                self.pause_until_ms = if is_silent { self.pause_until_ms } else { 0 };
                if let Ok(answer) = result {
                    self.status_known(&answer.payment.id, answer.payment.status);
                }
                match result {
                    Ok(answer) if answer.payment.status == Status::Paid => {
                        self.verified.extend(asked.filter(|id| *id == answer.payment.id));
                    }
                    Err(Failure::Busy { retry_after_ms: Some(pause_ms) }) => {
                        self.pause_until_ms = now_ms + pause_ms;
                    }
                    _ => {}
                }
            }
            Event::CreateAnswered { call, result } => {
                self.creates_in_flight.remove(call);
                let is_silent = is_silent(result.as_ref().err());
                self.pause_until_ms = if is_silent { self.pause_until_ms } else { 0 };
                self.is_unknowable &= result.is_err();
                if let Ok(answer) = result {
                    self.status_known(&answer.payment.id, answer.payment.status);
                }
            }
            Event::Woken
            | Event::CheckAsked
            | Event::TabMessageReceived(_)
            | Event::ContinueAsked
            | Event::StartAllowed(_)
            | Event::StartAsked(_)
            | Event::ResumeAsked
            | Event::RenewAsked
            | Event::ResetAsked
            | Event::CancelAsked
            | Event::WindowClosed
            | Event::LeadershipChanged(_) => {
                self.causes += 1;
                self.pause_until_ms = 0;
            }
            _ => {}
        }
    }

    fn status_known(&mut self, id: &PaymentId, status: Status) {
        if status == Status::Pending {
            self.known_open.insert(id.clone());
        } else {
            self.known_open.remove(id);
        }
    }

    /// The machine has taken a step.
    pub(super) fn step_taken(&mut self, effects: &[Effect], is_visible: bool, now_ms: u64) {
        for effect in effects {
            match effect {
                Effect::Create { call, .. } => {
                    self.pause_until_ms = 0;
                    self.creates_in_flight.insert(*call);
                    if self.creates_in_flight.len() > 1 {
                        self.violation("two creates in flight");
                    }
                }
                Effect::FetchStatus { call, id, .. } => {
                    self.asks_in_flight.insert(*call, id.clone());
                    self.asks_ms.push(now_ms);
                    if !is_visible {
                        self.violation("a hidden page asks");
                    }
                    if self.asks_in_flight.len() > 1 {
                        self.violation("two status calls in flight");
                    }
                    self.is_early = now_ms < self.pause_until_ms && !self.was_set;
                    self.was_set = false;
                }
                Effect::Abort { call } => {
                    self.creates_in_flight.remove(call);
                    self.asks_in_flight.remove(call);
                }
                Effect::Emit(Moment::Paid { .. }, snapshot) => {
                    let id = snapshot.payment_id.clone().expect("paid has an id");
                    if !self.verified.contains(&id) {
                        self.violation("told paid without proof");
                    }
                    if !self.paid_event_sent.insert(id) {
                        self.violation("told paid twice");
                    }
                }
                _ => {}
            }
        }
    }

    /// The server's pause is respected. Not for scenarios in which a call that was asked for by hand before the
    /// answer may still be owed after it.
    pub(super) fn pause_respected(&mut self, view: &View) {
        // The last check at the end of a code is worth it.
        let is_last = matches!(view.screen, ScreenModel::Confirming);
        if std::mem::take(&mut self.is_early) && !is_last {
            self.violation("asked before the server's pause was over");
        }
    }

    /// What is on the screen is true.
    pub(super) fn screen_shown(
        &mut self,
        checkout: &Checkout,
        view: &View,
        truth: Option<Truth>,
        now_ms: u64,
    ) {
        (self.was_clock_set, self.has_slept) = (false, false);
        let id = checkout.snapshot().payment_id;
        self.shown.clone_from(&id);
        let is_paid = matches!(view.screen, ScreenModel::Paid { .. });
        if is_paid && !id.as_ref().is_some_and(|id| self.verified.contains(id)) {
            self.violation("shown paid without proof");
        }
        let is_refunded = matches!(view.screen, ScreenModel::Refunded { .. });
        if self.was_paid && !is_paid && !is_refunded {
            self.violation(format!("paid was left for {:?}", view.screen));
        }
        self.was_paid = is_paid || self.was_paid && is_refunded;
        match &view.screen {
            ScreenModel::Ended { ending: Ending::Failed, .. }
                if truth.is_none_or(|truth| !truth.said_failed) =>
            {
                self.violation("shown as declined, and nobody said so");
            }
            ScreenModel::Code(_) => {
                // A second that has begun is shown as a whole one.
                let shown_ms =
                    view.countdown.code_s.map(|left_s| (left_s * 1_000).saturating_sub(999));
                let ends_ms = truth.and_then(|truth| truth.ends_ms);
                if let (Some(shown_ms), Some(ends_ms), false) =
                    (shown_ms, ends_ms, self.is_unknowable)
                {
                    let left_ms = ends_ms.saturating_sub(now_ms);
                    if shown_ms > left_ms + MOST_TRANSIT_MS {
                        self.violation(format!("{shown_ms} ms left shown, {left_ms} are true"));
                    }
                }
            }
            _ => {}
        }
    }

    /// A code is there to be paid: it is not shown when its time is over.
    pub(super) fn countdown_shown(&mut self, view: &View, is_visible: bool) {
        if is_visible && view.countdown.code_s == Some(0) {
            self.violation("0:00 is shown beside a code");
        }
    }

    /// A question has left since then, or is still on its way.
    pub(super) fn has_asked_since(&self, at_ms: u64) -> bool {
        !self.asks_in_flight.is_empty() || self.asks_ms.last().is_some_and(|last| *last >= at_ms)
    }

    /// The device slept, or its clock was set.
    pub(super) fn clock_or_sleep(&mut self, is_sleep: bool) {
        self.causes += u64::from(!is_sleep);
        self.was_clock_set |= !is_sleep;
        self.has_slept |= is_sleep;
        self.was_set |= !is_sleep;
        self.is_unknowable |= self.was_clock_set && self.has_slept;
    }

    /// Something is under way, will be at a named moment, or a button leads on.
    pub(super) fn has_way_on(&mut self, view: &View, has_alarm: bool, is_visible: bool) {
        let has_way_on = match &view.screen {
            ScreenModel::Choose { .. }
            | ScreenModel::Window { .. }
            | ScreenModel::Elsewhere { .. }
            | ScreenModel::Open { .. }
            | ScreenModel::Ended { .. }
            | ScreenModel::Leaving { .. }
            | ScreenModel::Paid { .. }
            | ScreenModel::Refunded { .. } => true,
            ScreenModel::Starting { .. } | ScreenModel::Loading => has_alarm || !is_visible,
            ScreenModel::Checking { .. }
            | ScreenModel::Code(_)
            | ScreenModel::Confirming
            | ScreenModel::Processing { .. } => {
                has_alarm || !is_visible || !self.asks_in_flight.is_empty()
            }
            ScreenModel::Broken(_) => false,
        };
        if !has_way_on {
            self.violation(format!("no way on from {:?}", view.screen));
        }
    }
}

/// The server did not answer, or it asked for a pause.
fn is_silent(failure: Option<&Failure>) -> bool {
    matches!(failure, Some(Failure::Unreachable | Failure::Busy { .. }))
}

/// The keys of create calls: a retry carries the key of its attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct AttemptKeys {
    /// By tab: the key of an attempt whose outcome no page knows yet, and its provider.
    unsettled: BTreeMap<usize, (String, Provider)>,
    /// Keys that have been used before, in any tab.
    known: BTreeSet<String>,
    /// Keys whose payment is known: they may be retired when it ends.
    settled: BTreeSet<String>,
}

impl AttemptKeys {
    /// A create call leaves a tab; the violation, if it is one.
    pub(super) fn sent(&mut self, tab: usize, request: &CreateRequest) -> Option<String> {
        let (key, provider) = (request.key.as_str(), request.provider);
        let is_violation = self.unsettled.get(&tab).is_some_and(|(unsettled, before)| {
            *before == provider && unsettled != key && !self.known.contains(key)
        });
        if !self.settled.contains(key) {
            self.unsettled.insert(tab, (key.to_owned(), provider));
        }
        is_violation.then(|| "a retry took a new key".to_owned())
    }

    /// A key that another tab has sent, or may send.
    pub(super) fn know(&mut self, key: &str) {
        self.known.insert(key.to_owned());
    }

    pub(super) fn is_known(&self, key: &str) -> bool {
        self.known.contains(key)
    }

    /// The payment of this key is known.
    pub(super) fn settle_key(&mut self, key: &str) {
        self.unsettled.retain(|_, (unsettled, _)| unsettled != key);
        self.settled.insert(key.to_owned());
    }

    /// The outcome is known, or the attempt is another tab's from now on.
    pub(super) fn settled(&mut self, tab: usize) {
        self.unsettled.remove(&tab);
    }

    /// The provider of the attempt whose outcome this tab does not know.
    pub(super) fn provider(&self, tab: usize) -> Option<Provider> {
        self.unsettled.get(&tab).map(|(_, provider)| *provider)
    }
}
