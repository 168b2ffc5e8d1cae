//! What status answers mean. When which payment is asked about is `schedule`.

use crate::clock::Now;
use crate::effect::Effect;
use crate::event::{Answer, Failure};
use crate::fault::{Fault, FaultCode};
use crate::old;
use crate::schedule::{self, FIRST_GAP_MS, LEAST_GAP_MS, LONGEST_GAP_MS};
use crate::show;
use crate::state::{Asking, Hindrance, Seen, Stage, State};
use crate::step::Turn;
use crate::tabs::Word;
use crate::view::Check;
use paywith_protocol::{PaymentId, Status};

/// A long wait that fails after this much time was probably cut off on its way.
const CUT_AFTER_MS: u64 = 5_000;

/// An answer that takes no longer than this is as good as fresh.
const PROMPT_MS: u64 = 5_000;

/// Proof that a status answer said `paid`. Only this module can make one, in `answered`.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    at_wall_ms: u64,
}

impl Verified {
    /// When the answer came, by the device's wall clock, in ms since 1970.
    pub fn at_wall_ms(self) -> u64 {
        self.at_wall_ms
    }
}

/// How old an answer may be. A call that took long may have been answered long ago: the page was
/// frozen, or the network slow. Rather too little time is shown than too much, until the next answer.
pub(crate) fn age_ms(sent_at: Now, wait_ms: u64, now: Now) -> u64 {
    let took_ms = now.since_ms(sent_at).saturating_sub(wait_ms);
    if took_ms > PROMPT_MS { took_ms } else { 0 }
}

/// The backend answered. Answers to calls that were ended count for nothing: the same question is
/// asked again.
pub(crate) fn answered(turn: &mut Turn<'_>, call: u32, result: Result<Answer, Failure>) {
    let Some(asking) = turn.checkout.asking.take_if(|asking| asking.call == call) else { return };
    let answer = match result {
        Ok(answer) if answer.payment.id != asking.id => {
            let fault = Fault::new(FaultCode::UnreadableAnswer, "`id` is not the one asked for");
            return failed(turn, &asking, Failure::Unreadable(fault));
        }
        Ok(answer) => answer,
        Err(failure) => return failed(turn, &asking, failure),
    };
    turn.checkout.trouble = None;
    turn.checkout.pause_until_ms = 0;
    if turn.clocks_disagree && answer.payment.status == Status::Pending {
        // How much time is left of what it says no clock can tell: it is asked again.
        turn.checkout.asking = Some(asking);
        return;
    }
    let at_wall_ms = turn.now().wall_ms;
    let verified = (answer.payment.status == Status::Paid).then_some(Verified { at_wall_ms });
    match &mut turn.checkout.state {
        State::Paying { live, .. } if live.id == asking.id => {
            learn_shown(turn, &asking, &answer, verified);
        }
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Creating(_)
        | State::Paying { .. } => learn_old(turn, &asking, &answer, verified),
    }
}

fn learn_shown(turn: &mut Turn<'_>, asking: &Asking, answer: &Answer, verified: Option<Verified>) {
    let now = turn.now();
    let before = turn.checkout.shown_status().unwrap_or(Status::Pending);
    let State::Paying { live, .. } = &mut turn.checkout.state else { return };
    let known = live.status;
    live.learn(&answer.payment, now, age_ms(asking.sent_at, asking.wait_ms, now));
    live.is_confirmed = true;
    live.pace.failures = 0;
    if turn.checkout.check == Some(Check::Asked) {
        turn.checkout.check = Some(Check::Answered { at_wall_ms: now.wall_ms });
    }
    let (id, is_same) = (live.id.clone(), live.status == known);
    schedule::schedule_next(turn, asking);
    remember_found(turn, &id);
    tell_tabs(turn, id, is_same);
    if let Some(reason) = answer.refused_address
        && turn.checkout.shown_status() == Some(Status::Pending)
    {
        return show::block(turn, FaultCode::UnsafeRedirect, reason);
    }
    show::follow_status(turn, before, verified);
    old::give_way_to_open(turn, false);
}

/// The tabs that do not ask hear that nothing is new, or that they should look themselves.
fn tell_tabs(turn: &mut Turn<'_>, id: PaymentId, is_same: bool) {
    let State::Paying { live, .. } = &turn.checkout.state else { return };
    let left_ms = live.deadline.map(|deadline| deadline.left_ms(turn.now()));
    if !is_same {
        turn.effect(Effect::Say(Word::Look { id }));
    } else if live.status == Status::Pending {
        turn.effect(Effect::Say(Word::Still { id, left_ms }));
    }
}

/// A payment that was found by its address alone is remembered like one that was made here, once the
/// backend has told of it. One that has ended does not take the place of one that may still be open.
fn remember_found(turn: &mut Turn<'_>, id: &PaymentId) {
    let State::Paying { live, .. } = &turn.checkout.state else { return };
    let (provider, has_ended) = (live.provider, live.has_ended());
    if has_ended && old::open_beside_shown(turn).is_some() {
        return old::remember_watched(turn, id.clone(), provider, true);
    }
    let before = turn.checkout.record.payment.clone().filter(|seen| seen.id != *id);
    if let Some(seen) = before {
        old::watch_seen(turn, seen.id, seen.provider);
    }
    turn.remember(|record| {
        record.old.retain(|old| old.id != *id);
        match &mut record.payment {
            Some(seen) if seen.id == *id => seen.provider = provider,
            payment => {
                let id = id.clone();
                *payment = Some(Seen { id, provider, is_of_attempt: false, told_paid: false });
            }
        }
    });
}

/// News of a payment that is not on the screen. Paid late is paid: it comes back, whatever is
/// shown.
fn learn_old(turn: &mut Turn<'_>, asking: &Asking, answer: &Answer, verified: Option<Verified>) {
    let now = turn.now();
    let slow_ms = old::gap_ms(turn, &answer.payment.id);
    let place = turn.checkout.old.iter().position(|old| old.live.id == answer.payment.id);
    let Some(place) = place else { return };
    let Some(old) = turn.checkout.old.get_mut(place) else { return };
    let before = old.live.status;
    old.live.learn(&answer.payment, now, age_ms(asking.sent_at, asking.wait_ms, now));
    old.live.is_confirmed = true;
    old.due_at_ms = old.due_at_ms.min(now.monotonic_ms + slow_ms);
    // Another tab has it open, as far as this one knows; once there is news, both show it.
    let is_elsewhere = matches!(turn.checkout.state, State::Elsewhere)
        && turn.checkout.record.payment_id() == Some(&old.live.id);
    let (id, has_ended) = (old.live.id.clone(), old.live.has_ended());
    let comes_back = match old.live.status {
        Status::Processing | Status::Refunded if is_elsewhere => true,
        Status::Failed | Status::Canceled | Status::Expired if is_elsewhere => true,
        Status::Paid => verified.is_some(),
        Status::Processing => before != Status::Processing,
        Status::Refunded => false,
        Status::Pending | Status::Failed | Status::Canceled | Status::Expired => false,
    };
    if has_ended {
        ended_beside_shown(turn, &id);
    }
    if !comes_back {
        return old::give_way_to_open(turn, true);
    }
    let mut old = turn.checkout.old.remove(place);
    show::put_aside(turn, false);
    if matches!(turn.checkout.state, State::Paying { .. }) {
        return; // Paid already, by another payment: that one stays.
    }
    let provider = old.live.provider;
    turn.effect(Effect::Say(Word::Look { id: id.clone() }));
    let seen = turn.checkout.record.payment.clone().filter(|seen| seen.id == id);
    old.live.was_told_paid |= seen.as_ref().is_some_and(|seen| seen.told_paid);
    let is_of_attempt = seen.is_some_and(|seen| seen.is_of_attempt);
    turn.remember(|record| {
        record.old.retain(|old| old.id != id);
        record.payment = Some(Seen { id, provider, is_of_attempt, told_paid: false });
    });
    turn.checkout.state = State::Paying { live: old.live, stage: Stage::Checking };
    schedule::schedule_first(turn);
    show::follow_status(turn, before, verified);
}

/// A payment that is not on the screen has ended. Its attempt's key would meet it again; and where an
/// address has led to another one that has ended, too, that one is what the shopper saw last.
fn ended_beside_shown(turn: &mut Turn<'_>, id: &PaymentId) {
    if turn.checkout.record.payment_id() != Some(id) {
        return;
    }
    // While its create call is under way, the answer to that decides.
    if !matches!(turn.checkout.state, State::Creating(_)) {
        turn.remember(|record| {
            if record.payment.as_ref().is_some_and(|seen| seen.is_of_attempt) {
                record.attempt = None;
            }
        });
    }
    let State::Paying { live, .. } = &turn.checkout.state else { return };
    if live.is_confirmed {
        let shown = live.id.clone();
        remember_found(turn, &shown);
    }
}

/// A call brought nothing. The payment stays what it was: trouble is never a failure.
pub(crate) fn failed(turn: &mut Turn<'_>, asking: &Asking, failure: Failure) {
    let (now_ms, jitter) = (turn.monotonic_ms(), turn.jittered(FIRST_GAP_MS) - FIRST_GAP_MS);
    let retry_after_ms = pause_of(&failure);
    let slow_ms = old::gap_ms(turn, &asking.id);
    let waited_ms = turn.now().since_ms(asking.sent_at);
    if let Some(old) = turn.checkout.old.iter_mut().find(|old| old.live.id == asking.id) {
        // A look that somebody has asked for meanwhile is still owed.
        old.due_at_ms = old.due_at_ms.min(now_ms + slow_ms);
    }
    if matches!(&failure, Failure::Refused(_)) {
        old::forget_unsure(turn, &asking.id);
    }
    // The server's pause is for every question of this page.
    schedule::pause(turn, retry_after_ms);
    let State::Paying { live, stage } = &mut turn.checkout.state else { return };
    if live.id != asking.id {
        return;
    }
    if matches!(stage, Stage::Paid(_) | Stage::Refunded) {
        live.pace.due_at_ms = None;
        return;
    }
    live.pace.may_wait = false;
    let is_silent = matches!(failure, Failure::Unreachable | Failure::Blocked(_));
    if asking.wait_ms > 0 && is_silent && waited_ms >= CUT_AFTER_MS {
        // Perhaps only the waiting was too long for something on the way: a short call decides.
        turn.checkout.cut_waits = turn.checkout.cut_waits.saturating_add(1);
        live.pace.due_at_ms = Some(now_ms + LEAST_GAP_MS);
        return;
    }
    let is_lost = matches!(&failure, Failure::Refused(_)) && !live.is_confirmed;
    let is_first = live.pace.failures == 0;
    let gap_ms = live.pace.least_gap_ms << live.pace.failures.min(3);
    live.pace.failures = live.pace.failures.saturating_add(1);
    let gap_ms = gap_ms.min(LONGEST_GAP_MS) + jitter;
    let retry_at_ms = (now_ms + gap_ms).max(turn.checkout.pause_until_ms);
    live.pace.due_at_ms = Some(retry_at_ms);
    let is_network = matches!(failure, Failure::Unreachable);
    turn.checkout.trouble = Some(Hindrance { is_network });
    turn.checkout.check = None;
    match failure {
        Failure::Blocked(fault) => turn.tell_once(&fault),
        Failure::Unreadable(fault) | Failure::Refused(fault) if is_first => turn.tell_fault(&fault),
        Failure::Unreachable
        | Failure::Busy { .. }
        | Failure::Unreadable(_)
        | Failure::Refused(_)
        | Failure::PaymentOpen(_)
        | Failure::AlreadyPaid(_) => {}
    }
    if is_lost {
        crate::open::not_found(turn, &asking.id);
    }
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
