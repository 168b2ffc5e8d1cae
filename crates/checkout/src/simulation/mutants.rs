//! Mutants: defects at the machine's edge, to see that the simulation finds each: between the machine
//! and the simulated shell an event is dropped or forged, an effect dropped, changed or doubled, a clock
//! or a screen falsified. The machine itself knows nothing of them.

use crate::Now;
use crate::effect::{Effect, Moment};
use crate::event::{Answer, Event, Failure};
use crate::tab_message::TabMessage;
use crate::view::{Ending, ScreenModel, View};
use paywith_protocol::{AttemptKey, Payment, PaymentId, Provider, Status};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Every mutant, as a person would report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    /// A status that nobody knows is taken for success.
    UnknownWordPaid,
    /// A late failure is shown in place of a paid payment.
    FailureOverwritesPaid,
    /// A retry of a lost call asks for another payment.
    NewKeyOnRetry,
    /// Nothing is remembered, and a reload begins a second payment.
    SecondCreateAfterReload,
    /// What another tab says is shown as success.
    MirroredPaidBelieved,
    /// What the create answer says is shown as success.
    CreateAnswerBelieved,
    /// The countdown stands still while the device sleeps.
    CountdownByTicks,
    /// After one failed call no other one leaves.
    LoopDies,
    /// A call without an answer is shown as a declined payment.
    TroubleIsFailed,
    /// An expired payment is never asked about again.
    ExpiryIsFinal,
    /// A replaced payment is never asked about again.
    ReplacedForgotten,
    /// A hidden page goes on asking.
    HiddenPageAsks,
    /// The server asks for a pause and gets none.
    PauseIgnored,
    /// Every tab asks for itself.
    FollowersAsk,
    /// Coming back to the page asks nothing.
    WakeIgnored,
    /// The half-second tick draws the countdown anew by the clock, and the machine takes no step.
    TickOnlyRedraws,
    /// The page receives `paid` twice for one payment.
    PaidToldTwice,
}

thread_local! {
    static ACTIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
}

pub(super) fn is_on(mutant: Mutant) -> bool {
    ACTIVE.get() == Some(mutant)
}

/// From now on in this thread.
pub(super) fn activate(mutant: Option<Mutant>) {
    ACTIVE.set(mutant);
}

/// What stands between one document's machine and its shell. It changes nothing while no mutant is
/// active.
#[derive(Clone, Debug, Default)]
pub(super) struct Edge {
    /// Which payment each status call was about.
    asked: BTreeMap<u32, PaymentId>,
    keys: BTreeSet<String>,
    has_failed: bool,
    is_overwritten: bool,
    first: Option<Now>,
    /// The next status call about this payment is answered with a forged `paid`.
    forged: Option<PaymentId>,
}

impl Edge {
    /// The clocks as the machine is shown them.
    pub(super) fn clocks(&mut self, now: Now) -> Now {
        let first = *self.first.get_or_insert(now);
        if !is_on(Mutant::CountdownByTicks) {
            return now;
        }
        let passed_ms = now.monotonic_ms.saturating_sub(first.monotonic_ms);
        Now { wall_ms: first.wall_ms + passed_ms, ..now }
    }

    /// An event as the machine receives it, if it does; `shown` is what the page shows before.
    pub(super) fn event(&mut self, event: Event, shown: Option<&View>) -> Option<Event> {
        match event {
            Event::Hidden if is_on(Mutant::HiddenPageAsks) => None,
            Event::Woken if is_on(Mutant::WakeIgnored) => None,
            Event::LeadershipChanged(false) if is_on(Mutant::FollowersAsk) => None,
            Event::TabMessageReceived(TabMessage::StatusChanged { ref id })
                if is_on(Mutant::MirroredPaidBelieved) =>
            {
                self.forged = Some(id.clone());
                Some(event)
            }
            Event::CreateAnswered { result: Ok(ref answer), .. }
                if is_on(Mutant::CreateAnswerBelieved) && answer.payment.status == Status::Paid =>
            {
                self.forged = Some(answer.payment.id.clone());
                Some(event)
            }
            Event::StatusAnswered { call, result } => {
                self.has_failed |= result.is_err();
                let is_paid =
                    shown.is_some_and(|view| matches!(view.screen, ScreenModel::Paid { .. }));
                let says_failed = |answer: &Answer| answer.payment.status == Status::Failed;
                self.is_overwritten |= is_paid && result.as_ref().is_ok_and(says_failed);
                Some(Event::StatusAnswered { call, result: self.answer(call, result) })
            }
            event => Some(event),
        }
    }

    fn answer(&self, call: u32, result: Result<Answer, Failure>) -> Result<Answer, Failure> {
        match (result, self.asked.get(&call)) {
            (Err(Failure::Unreachable), Some(id)) if is_on(Mutant::TroubleIsFailed) => {
                Ok(answer(id.clone(), Status::Failed))
            }
            (Err(Failure::Busy { .. }), _) if is_on(Mutant::PauseIgnored) => {
                Err(Failure::Busy { retry_after_ms: None })
            }
            (result, _) => result,
        }
    }

    /// The effects as the shell carries them out; `shown` is what the page shows after them.
    pub(super) fn effects(
        &mut self,
        effects: Vec<Effect>,
        fresh: &AttemptKey,
        shown: (&View, Option<&PaymentId>),
    ) -> Vec<Effect> {
        effects.into_iter().flat_map(|effect| self.effect(effect, fresh, shown)).collect()
    }

    fn effect(
        &mut self,
        effect: Effect,
        fresh: &AttemptKey,
        (view, shown): (&View, Option<&PaymentId>),
    ) -> Vec<Effect> {
        match effect {
            Effect::Remember(_) if is_on(Mutant::SecondCreateAfterReload) => Vec::new(),
            Effect::Emit(Moment::Paid { .. }, _) if is_on(Mutant::PaidToldTwice) => {
                vec![effect.clone(), effect]
            }
            Effect::Create { call, mut request } => {
                let is_retry = !self.keys.insert(request.key.as_str().to_owned());
                if is_retry && is_on(Mutant::NewKeyOnRetry) {
                    request.key = fresh.clone();
                }
                vec![Effect::Create { call, request }]
            }
            Effect::FetchStatus { call, ref id, .. } => {
                let is_expired =
                    matches!(view.screen, ScreenModel::Ended { ending: Ending::Expired, .. });
                let is_dropped = is_on(Mutant::LoopDies) && self.has_failed
                    || is_on(Mutant::ExpiryIsFinal) && is_expired && shown == Some(id)
                    || is_on(Mutant::ReplacedForgotten) && shown != Some(id);
                self.asked.insert(call, id.clone());
                if is_dropped { Vec::new() } else { vec![effect] }
            }
            effect => vec![effect],
        }
    }

    /// An event out of nothing that follows these effects.
    pub(super) fn forgery(&mut self, effects: &[Effect]) -> Option<Event> {
        let forged = self.forged.clone()?;
        let call = effects.iter().find_map(|effect| match effect {
            Effect::FetchStatus { call, id, .. } if *id == forged => Some(*call),
            _ => None,
        })?;
        self.forged = None;
        Some(Event::StatusAnswered { call, result: Ok(answer(forged, Status::Paid)) })
    }

    /// The screen as the shopper sees it.
    pub(super) fn screen(&self, view: View) -> View {
        if !is_on(Mutant::FailureOverwritesPaid) || !self.is_overwritten {
            return view;
        }
        let (ending, provider) = (Ending::Failed, None);
        View { screen: ScreenModel::Ended { ending, provider, was_code: false }, ..view }
    }
}

fn answer(id: PaymentId, status: Status) -> Answer {
    let payment = Payment { status, ..Payment::new(id, Provider::Kashier) };
    Answer { payment, refused_address: None }
}
