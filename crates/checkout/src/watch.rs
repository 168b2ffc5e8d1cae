//! Asking how payments stand: one call at a time, at the server's pace, for as long as it matters.

use crate::clock::Deadline;
use crate::effect::Effect;
use crate::event::{Answer, Failure};
use crate::fault::{Fault, FaultCode};
use crate::show;
use crate::state::{Asking, Checkout, Hindrance, Live, Old, Pace, Seen, Stage, State};
use crate::step::Turn;
use paywith_protocol::{PaymentId, Status};

/// A status call that has no answer by then is ended.
const ASK_LIMIT_MS: u64 = 15_000;
/// The pause where the server names none; it grows by a twentieth with every call.
const FIRST_GAP_MS: u64 = 2_500;
const LONGEST_GAP_MS: u64 = 15_000;
const LEAST_GAP_MS: u64 = 1_000;
/// Payments that ended or were replaced are asked this often, for this long.
const OLD_GAP_MS: u64 = 20_000;
const OLD_WATCH_MS: u64 = 15 * 60_000;
const LAST_WATCH_MS: u64 = 90_000;

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

impl Pace {
    pub(crate) fn fresh() -> Pace {
        Pace {
            due_at_ms: None,
            gap_ms: FIRST_GAP_MS,
            least_gap_ms: FIRST_GAP_MS,
            failures: 0,
            until: None,
        }
    }

    fn next_gap_ms(&mut self) -> u64 {
        let gap_ms = self.gap_ms.max(self.least_gap_ms);
        self.gap_ms = (self.gap_ms + self.gap_ms / 20).min(LONGEST_GAP_MS);
        gap_ms
    }
}

/// The first status call of a payment that waits for the shopper.
pub(crate) fn schedule_first(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    if let State::Paying { live, .. } = &mut turn.checkout.state {
        let gap_ms = live.pace.next_gap_ms();
        let due_at_ms = now_ms + gap_ms;
        live.pace.due_at_ms = Some(live.pace.due_at_ms.map_or(due_at_ms, |at| at.min(due_at_ms)));
    }
}

/// Every payment that is still watched is asked at the next opportunity, though not twice within
/// a second: a page that comes to the front says so three times.
pub(crate) fn ask_all_soon(turn: &mut Turn<'_>) {
    let now = turn.now();
    let now_ms = turn.monotonic_ms().max(turn.checkout.last_ask_ms + LEAST_GAP_MS);
    for old in &mut turn.checkout.old {
        old.due_at_ms = old.due_at_ms.min(now_ms);
    }
    if let State::Paying { live, stage } = &mut turn.checkout.state
        && !matches!(stage, Stage::Paid(_) | Stage::Refunded)
    {
        live.pace.due_at_ms = Some(now_ms);
        // Whoever comes back after the watch has ended still gets one fresh answer.
        if live.pace.until.is_some_and(|until| until.left_ms(now) < LAST_WATCH_MS) {
            live.pace.until = Some(Deadline::after(now, LAST_WATCH_MS));
        }
    }
}

/// A paid payment is asked once: it may have been refunded.
pub(crate) fn ask_paid_soon(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms().max(turn.checkout.last_ask_ms + LEAST_GAP_MS);
    if let State::Paying { live, stage: Stage::Paid(_) } = &mut turn.checkout.state {
        live.pace.due_at_ms = Some(now_ms);
    }
}

/// A payment that is not shown any more is watched for 15 minutes.
pub(crate) fn watch_on(turn: &mut Turn<'_>, mut live: Box<Live>) {
    live.is_late = true;
    let until = Deadline::after(turn.now(), OLD_WATCH_MS);
    let due_at_ms = turn.monotonic_ms() + turn.jittered(OLD_GAP_MS);
    turn.checkout.old.retain(|old| old.live.id != live.id);
    turn.checkout.old.push(Old { live, due_at_ms, until });
}

/// An ended payment on the screen is asked slowly, for 15 minutes.
pub(crate) fn slow_down_ended(turn: &mut Turn<'_>) {
    let (now, slow_ms) = (turn.now(), turn.jittered(OLD_GAP_MS));
    if let State::Paying { live, stage } = &mut turn.checkout.state {
        match stage {
            Stage::Expired | Stage::Failed | Stage::Canceled => {
                live.pace.until = Some(Deadline::after(now, OLD_WATCH_MS));
                live.pace.due_at_ms = Some(now.monotonic_ms + slow_ms);
                show::retire_attempt(turn);
            }
            Stage::Refunded => live.pace.due_at_ms = None,
            Stage::Code(_)
            | Stage::Leaving { .. }
            | Stage::Checking
            | Stage::Open
            | Stage::Confirming { .. }
            | Stage::Processing
            | Stage::Paid(_) => {}
        }
    }
}

/// Nothing more is asked.
pub(crate) fn stop(turn: &mut Turn<'_>) {
    turn.checkout.old.clear();
    if let State::Paying { live, .. } = &mut turn.checkout.state {
        live.pace.due_at_ms = None;
    }
    if let Some(asking) = turn.checkout.asking.take() {
        turn.effect(Effect::Abort { call: asking.call });
    }
}

/// The moment at which something is due: the call in flight times out, or the next one goes out.
pub(crate) fn next_moment(checkout: &Checkout) -> Option<u64> {
    if let Some(asking) = &checkout.asking {
        return Some(asking.give_up_at_ms);
    }
    if !checkout.is_visible {
        return None;
    }
    let shown = match &checkout.state {
        State::Paying { live, .. } => live.pace.due_at_ms,
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Creating(_) => None,
    };
    checkout.old.iter().map(|old| old.due_at_ms).chain(shown).min()
}

/// Ends a call that took too long, lets codes expire, sends the call that is due.
pub(crate) fn let_time_pass(turn: &mut Turn<'_>) {
    if let Some(asking) = &turn.checkout.asking
        && asking.give_up_at_ms <= turn.monotonic_ms()
    {
        let asking = asking.clone();
        turn.checkout.asking = None;
        turn.effect(Effect::Abort { call: asking.call });
        failed(turn, &asking.id, Failure::Unreachable);
    }
    show::let_code_expire(turn);
    end_old_watches(turn);
    let is_free = turn.checkout.asking.is_none() && turn.checkout.is_visible;
    if is_free && let Some((id, provider, status)) = most_due(turn) {
        let call = turn.next_call();
        let give_up_at_ms = turn.monotonic_ms() + ASK_LIMIT_MS;
        turn.checkout.last_ask_ms = turn.monotonic_ms();
        turn.checkout.asking = Some(Asking { call, id: id.clone(), give_up_at_ms });
        turn.effect(Effect::Ask { call, id, provider, status });
    }
}

fn end_old_watches(turn: &mut Turn<'_>) {
    let now = turn.now();
    turn.checkout.old.retain(|old| old.until.left_ms(now) > 0);
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && live.pace.until.is_some_and(|until| until.left_ms(now) == 0)
    {
        live.pace.due_at_ms = None;
    }
}

fn most_due(turn: &Turn<'_>) -> Option<(PaymentId, Option<paywith_protocol::Provider>, Status)> {
    let now_ms = turn.monotonic_ms();
    let shown = match &turn.checkout.state {
        State::Paying { live, .. } => live.pace.due_at_ms.map(|due_at_ms| (due_at_ms, &**live)),
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Creating(_) => None,
    };
    let old = turn.checkout.old.iter().map(|old| (old.due_at_ms, &*old.live));
    let due = shown.into_iter().chain(old).filter(|(due_at_ms, _)| *due_at_ms <= now_ms);
    let (_, live) = due.min_by_key(|(due_at_ms, _)| *due_at_ms)?;
    Some((live.id.clone(), live.provider, live.status))
}

/// The backend answered. Answers to calls that were ended count for nothing: the same question is
/// asked again.
pub(crate) fn answered(turn: &mut Turn<'_>, call: u32, result: Result<Answer, Failure>) {
    let Some(asking) = turn.checkout.asking.take_if(|asking| asking.call == call) else { return };
    let answer = match result {
        Ok(answer) if answer.payment.id != asking.id => {
            let fault = Fault::new(FaultCode::UnreadableAnswer, "`id` is not the one asked for");
            return failed(turn, &asking.id, Failure::Unreadable(fault));
        }
        Ok(answer) => answer,
        Err(failure) => return failed(turn, &asking.id, failure),
    };
    turn.checkout.trouble = None;
    let at_wall_ms = turn.now().wall_ms;
    let verified = (answer.payment.status == Status::Paid).then_some(Verified { at_wall_ms });
    match &mut turn.checkout.state {
        State::Paying { live, .. } if live.id == asking.id => {
            learn_shown(turn, &answer, verified);
        }
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Creating(_)
        | State::Paying { .. } => learn_old(turn, &answer, verified),
    }
}

fn learn_shown(turn: &mut Turn<'_>, answer: &Answer, verified: Option<Verified>) {
    let now = turn.now();
    let jitter_permille = u64::from(turn.context.jitter_permille.min(999));
    let before = turn.checkout.shown_status().unwrap_or(Status::Pending);
    let State::Paying { live, .. } = &mut turn.checkout.state else { return };
    live.learn(&answer.payment, now);
    live.is_confirmed = true;
    live.pace.failures = 0;
    let gap_ms = if live.pace.until.is_some() { OLD_GAP_MS } else { live.pace.next_gap_ms() };
    let gap_ms = gap_ms + gap_ms / 10 * jitter_permille / 1_000;
    live.pace.due_at_ms = Some(now.monotonic_ms + gap_ms);
    let id = live.id.clone();
    remember_found(turn, &id);
    if let Some(reason) = answer.refused_address
        && turn.checkout.shown_status() == Some(Status::Pending)
    {
        return show::block(turn, FaultCode::UnsafeRedirect, reason);
    }
    show::follow_status(turn, before, verified);
}

/// A payment that was found by its address alone is remembered like one that was made here.
fn remember_found(turn: &mut Turn<'_>, id: &PaymentId) {
    let State::Paying { live, .. } = &turn.checkout.state else { return };
    let provider = live.provider;
    turn.remember(|record| {
        if let Some(seen) = record.payment.as_mut().filter(|seen| seen.id == *id) {
            seen.provider = provider;
        }
    });
}

/// News of a payment that is not on the screen. Paid late is paid: it comes back, whatever is
/// shown.
fn learn_old(turn: &mut Turn<'_>, answer: &Answer, verified: Option<Verified>) {
    let (now, slow_ms) = (turn.now(), turn.jittered(OLD_GAP_MS));
    let place = turn.checkout.old.iter().position(|old| old.live.id == answer.payment.id);
    let Some(place) = place else { return };
    let Some(old) = turn.checkout.old.get_mut(place) else { return };
    let before = old.live.status;
    old.live.learn(&answer.payment, now);
    old.due_at_ms = now.monotonic_ms + slow_ms;
    let comes_back = match old.live.status {
        Status::Paid => verified.is_some(),
        Status::Processing => before != Status::Processing,
        Status::Refunded => false,
        Status::Pending | Status::Failed | Status::Canceled | Status::Expired => false,
    };
    if !comes_back {
        return;
    }
    let old = turn.checkout.old.remove(place);
    show::put_aside(turn, false);
    if matches!(turn.checkout.state, State::Paying { .. }) {
        return; // Paid already, by another payment: that one stays.
    }
    let provider = old.live.provider;
    let id = old.live.id.clone();
    turn.remember(|record| {
        record.payment = Some(Seen { id, provider, is_of_attempt: false, told_paid: false });
    });
    turn.checkout.state = State::Paying { live: old.live, stage: Stage::Checking };
    if let State::Paying { live, .. } = &mut turn.checkout.state {
        live.pace.due_at_ms = Some(now.monotonic_ms + slow_ms);
    }
    show::follow_status(turn, before, verified);
}

/// A call brought nothing. The payment stays what it was: trouble is never a failure.
fn failed(turn: &mut Turn<'_>, id: &PaymentId, failure: Failure) {
    let (now_ms, jitter) = (turn.monotonic_ms(), turn.jittered(FIRST_GAP_MS) - FIRST_GAP_MS);
    if let Some(old) = turn.checkout.old.iter_mut().find(|old| old.live.id == *id) {
        old.due_at_ms = now_ms + OLD_GAP_MS + jitter;
    }
    let State::Paying { live, stage } = &mut turn.checkout.state else { return };
    if live.id != *id {
        return;
    }
    if matches!(stage, Stage::Paid(_) | Stage::Refunded) {
        live.pace.due_at_ms = None;
        return;
    }
    let is_lost = matches!(&failure, Failure::Refused(_)) && !live.is_confirmed;
    let retry_after_ms = match &failure {
        Failure::Busy { retry_after_ms } => retry_after_ms.unwrap_or(0).min(120_000),
        Failure::Unreachable
        | Failure::Unreadable(_)
        | Failure::Refused(_)
        | Failure::PaymentOpen(_)
        | Failure::AlreadyPaid(_) => 0,
    };
    let is_first = live.pace.failures == 0;
    let gap_ms = live.pace.least_gap_ms << live.pace.failures.min(3);
    live.pace.failures = live.pace.failures.saturating_add(1);
    let gap_ms = (gap_ms.min(LONGEST_GAP_MS) + jitter).max(retry_after_ms);
    let retry_at_ms = now_ms + gap_ms;
    live.pace.due_at_ms = Some(retry_at_ms);
    let is_network = matches!(failure, Failure::Unreachable);
    turn.checkout.trouble = Some(Hindrance { is_network, retry_at_ms });
    match failure {
        Failure::Unreadable(fault) | Failure::Refused(fault) if is_first => turn.tell_fault(&fault),
        Failure::Unreachable
        | Failure::Busy { .. }
        | Failure::Unreadable(_)
        | Failure::Refused(_)
        | Failure::PaymentOpen(_)
        | Failure::AlreadyPaid(_) => {}
    }
    if is_lost {
        crate::open::not_found(turn);
    }
}
