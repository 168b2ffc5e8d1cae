//! One step: an event is handed to the room that knows it; afterwards the clocks are compared and
//! the next wake-up is set.

use crate::clock::{Clocks, Context, Deadline, Now};
use crate::effect::{Effect, Moment};
use crate::event::Event;
use crate::fault::{Fault, FaultCode};
use crate::record::Record;
use crate::state::{Checkout, CreatePhase, OfferState, Stage, State};
use crate::tabs::Word;
use crate::view::Check;
use crate::{code, history, open, schedule, show, start, success, tabs, watch, window};

/// At most so many faults of a page's surroundings are reported.
const MOST_NOTICED: usize = 16;

/// One event happened: the checkout afterwards, and what is to be done, in this order.
///
/// Any event may come in any state at any time; one that does not fit changes nothing.
#[must_use]
pub fn step(
    mut checkout: Checkout,
    event: Event,
    context: &Context<'_>,
) -> (Checkout, Vec<Effect>) {
    let before = checkout.clocks;
    let (clocks, clocks_disagree) = Clocks::read(before, context.now);
    checkout.clocks = Some(clocks);
    let fresh_key = context.fresh_key.clone();
    let context = &Context { now: clocks.last, fresh_key, ..*context };
    let effects = Vec::new();
    let mut turn = Turn { checkout: &mut checkout, effects, context, clocks_disagree };
    let last_step = before.map(|before| before.last).filter(|_| clocks_disagree);
    if let Some(last_step) = last_step {
        turn.base_deadlines_anew(last_step);
    }
    dispatch(&mut turn, event);
    if clocks_disagree {
        // How old its answer will be no clock can tell any more.
        schedule::give_up_any_call(&mut turn);
        start::give_up_stale_call(&mut turn);
        show::confirm_anew(&mut turn);
        schedule::ask_shown_soon(&mut turn);
    }
    schedule::let_time_pass(&mut turn);
    start::let_time_pass(&mut turn);
    open::let_time_pass(&mut turn);
    success::let_time_pass(&mut turn);
    window::settle(&mut turn);
    tabs::settle(&mut turn);
    history::note(&mut turn);
    let at_ms = next_wake(turn.checkout, clocks.last).map(|at_ms| clocks.on_device_ms(at_ms));
    turn.effects.push(Effect::Wake { at_ms });
    let effects = turn.effects;
    (checkout, effects)
}

/// A step in the making.
pub(crate) struct Turn<'c> {
    pub(crate) checkout: &'c mut Checkout,
    pub(crate) effects: Vec<Effect>,
    pub(crate) context: &'c Context<'c>,
    /// The device slept, or somebody set its clock, since the last step.
    pub(crate) clocks_disagree: bool,
}

impl Turn<'_> {
    pub(crate) fn now(&self) -> Now {
        self.context.now
    }

    pub(crate) fn monotonic_ms(&self) -> u64 {
        self.context.now.monotonic_ms
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn next_call(&mut self) -> u32 {
        self.checkout.calls = self.checkout.calls.wrapping_add(1);
        self.checkout.calls
    }

    /// Tells the page of a moment, with the payment as it stands.
    pub(crate) fn tell(&mut self, moment: Moment) {
        let snapshot = self.checkout.snapshot();
        self.effect(Effect::Tell(moment, snapshot));
    }

    pub(crate) fn tell_fault(&mut self, fault: &Fault) {
        self.effect(Effect::TellFault(fault.clone()));
    }

    /// Tells the page of something in its surroundings, once: of a setting once for each message.
    pub(crate) fn tell_once(&mut self, fault: &Fault) {
        let is_same = |known: &Fault| {
            known.code == fault.code
                && (fault.code != FaultCode::BadSetting || known.message == fault.message)
        };
        let told = &mut self.checkout.noticed;
        if told.len() < MOST_NOTICED && !told.iter().any(is_same) {
            told.push(fault.clone());
            self.tell_fault(fault);
        }
    }

    pub(crate) fn finish(&mut self) {
        let snapshot = self.checkout.snapshot();
        self.effect(Effect::Finish(snapshot));
    }

    /// Changes the record; when that made a difference, the shell keeps it, and the other tabs are
    /// told.
    pub(crate) fn remember(&mut self, change: impl FnOnce(&mut Record)) {
        if self.remember_quietly(change) {
            let record = self.checkout.record.clone();
            self.effect(Effect::Say(Word::Has(record)));
        }
    }

    /// The same for what nobody has confirmed yet: it is no news for other tabs.
    pub(crate) fn remember_quietly(&mut self, change: impl FnOnce(&mut Record)) -> bool {
        let before = self.checkout.record.clone();
        change(&mut self.checkout.record);
        let is_other = self.checkout.record != before;
        if is_other {
            if !self.checkout.record.is_same(&before) {
                self.checkout.record.version = self.checkout.record.version.saturating_add(1);
            }
            let record = self.checkout.record.clone();
            self.effect(Effect::Remember(record));
        }
        is_other
    }

    /// `gap_ms`, plus up to a quarter of it, so that many browsers do not ask in step.
    pub(crate) fn jittered(&self, gap_ms: u64) -> u64 {
        gap_ms + gap_ms / 4 * u64::from(self.context.jitter_permille.min(999)) / 1_000
    }

    /// The device slept, or somebody set its clock, since the last step: what is left of each deadline
    /// counts from here, and what the clocks said before must not matter later.
    fn base_deadlines_anew(&mut self, last_step: Now) {
        let now = self.context.now;
        let based_anew = |deadline: Deadline| deadline.based_anew(last_step, now);
        if let State::Paying { live, .. } = &mut self.checkout.state {
            live.deadline = live.deadline.map(based_anew);
            // The next answer counts, even where it names the time left of before.
            live.told_left = None;
        }
        for old in &mut self.checkout.old {
            old.live.deadline = old.live.deadline.map(based_anew);
        }
    }
}

fn dispatch(turn: &mut Turn<'_>, event: Event) {
    match event {
        Event::Opened { config, record, returned } => open::opened(turn, config, record, returned),
        Event::Configured { config, record } => open::configured(turn, config, record),
        Event::OfferAnswered { call, result } => open::offer_answered(turn, call, result),
        Event::ResumeAsked => open::resume(turn),
        Event::StartAsked(provider) => start::asked(turn, provider),
        Event::StartAllowed(provider) => start::allowed(turn, provider),
        Event::CreateAnswered { call, result } => start::answered(turn, call, result),
        Event::ContinueAsked => start::continue_asked(turn),
        Event::RenewAsked => start::renew_asked(turn),
        Event::StatusAnswered { call, result } => watch::answered(turn, call, result),
        Event::CodeDrawn { id, picture } => code::drawn(turn, &id, picture),
        Event::PictureBlocked { id } => code::picture_blocked(turn, &id),
        Event::Noticed(fault) => turn.tell_once(&fault),
        Event::StayAsked => success::stay(turn),
        Event::CheckAsked => check_asked(turn),
        Event::CancelAsked => show::cancel_asked(turn),
        Event::ResetAsked => show::reset_asked(turn),
        Event::Woken => woken(turn),
        Event::Hidden => hidden(turn),
        Event::Heard(word) => tabs::heard(turn, word),
        Event::Leads(is_leading) => tabs::leads(turn, is_leading),
        Event::WindowBlocked => window::blocked(turn),
        Event::WindowClosed => window::closed(turn),
        Event::Ticked => {}
    }
}

/// `checkNow()`: also how a page learns of a refund after the payment.
fn check_asked(turn: &mut Turn<'_>) {
    if matches!(turn.checkout.state, State::Paying { .. }) {
        turn.checkout.check = Some(Check::Asked);
    }
    schedule::ask_all_soon(turn);
    schedule::ask_paid_soon(turn);
    start::retry_soon(turn);
    open::retry_soon(turn);
}

/// Back in front, online, or out of the back/forward cache: the truth is read again at once.
fn woken(turn: &mut Turn<'_>) {
    let was_hidden = !std::mem::replace(&mut turn.checkout.is_visible, true);
    show::leave_leaving(turn);
    if let Some(stored) = (turn.context.stored)() {
        tabs::heard_record(turn, stored, true);
    }
    if was_hidden {
        schedule::give_up_stale_call(turn);
        start::give_up_stale_call(turn);
    }
    schedule::ask_all_soon(turn);
    start::retry_soon(turn);
    open::retry_soon(turn);
}

/// Nothing is asked while nobody looks, and no call is kept open.
fn hidden(turn: &mut Turn<'_>) {
    turn.checkout.is_visible = false;
    schedule::give_up_wait(turn);
}

fn next_wake(checkout: &Checkout, now: Now) -> Option<u64> {
    let mut moments: Vec<u64> = Vec::new();
    match &checkout.state {
        State::Creating(creating) => match creating.phase {
            CreatePhase::InFlight { give_up_at_ms, .. } => moments.push(give_up_at_ms),
            CreatePhase::Waiting { retry_at_ms } if checkout.is_visible => {
                moments.push(retry_at_ms);
            }
            CreatePhase::Waiting { .. } => {}
        },
        State::Paying { live, stage } if checkout.is_visible => {
            if let (Stage::Code(_), Some(deadline)) = (stage, live.deadline) {
                moments.push(now.monotonic_ms.saturating_add(deadline.left_ms(now)));
            }
            if let Stage::Confirming { until_ms } = stage {
                moments.push(*until_ms);
            }
        }
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Paying { .. } => {}
    }
    match &checkout.offer {
        OfferState::Loading { give_up_at_ms, .. } => moments.push(*give_up_at_ms),
        OfferState::Waiting { retry_at_ms, .. } if checkout.is_visible => {
            moments.push(*retry_at_ms);
        }
        OfferState::Waiting { .. } | OfferState::Unasked | OfferState::Known(_) => {}
    }
    moments.extend(schedule::next_moment(checkout));
    moments.extend(success::next_moment(checkout));
    // A moment that has passed is never waited for again: whatever was due has been done above.
    moments.into_iter().min().map(|at_ms| at_ms.max(now.monotonic_ms.saturating_add(10)))
}
