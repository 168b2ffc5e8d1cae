//! When which payment is asked about: one call at a time, at the server's pace, for as long as it
//! matters. What the answers mean is `watch`.

use crate::clock::{Deadline, Now};
use crate::code;
use crate::effect::Effect;
use crate::event::Failure;
use crate::show;
use crate::state::{Asking, Checkout, Stage, State};
use crate::step::Turn;
use crate::tabs::own_gap_ms;
use crate::watch;
use paywith_protocol::{PaymentId, Provider, Status};

/// A status call that has no answer by then is ended.
const ASK_LIMIT_MS: u64 = 15_000;
/// A waiting call gets this much longer than the wait itself.
const WAIT_MARGIN_MS: u64 = 10_000;
/// What stands between browser and backend often cuts calls after a minute.
const LONGEST_WAIT_MS: u64 = 50_000;
/// So short a wait is none.
const SHORTEST_WAIT_MS: u64 = 2_000;
/// After so many waits that something cut off, calls answer at once.
const MOST_CUT_WAITS: u32 = 2;
/// A call from before the page was hidden is given up when it is older than this.
pub(crate) const STALE_CALL_MS: u64 = 3_000;
/// The pause where the server names none; it grows by a twentieth with every call.
pub(crate) const FIRST_GAP_MS: u64 = 2_500;
pub(crate) const LONGEST_GAP_MS: u64 = 15_000;
pub(crate) const LEAST_GAP_MS: u64 = 1_000;
/// The next wait follows the last one after this.
const BETWEEN_WAITS_MS: u64 = 250;
/// Payments that ended or were replaced are asked this often, for this long.
pub(crate) const OLD_GAP_MS: u64 = 20_000;
pub(crate) const OLD_WATCH_MS: u64 = 15 * 60_000;
const LAST_WATCH_MS: u64 = 90_000;

/// The first status call of a payment that waits for the shopper.
pub(crate) fn schedule_first(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    let gap_ms = match &mut turn.checkout.state {
        State::Paying { live, .. } => live.pace.next_gap_ms(),
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Creating(_) => return,
    };
    let due_at_ms = now_ms + own_gap_ms(turn.checkout, gap_ms);
    if let State::Paying { live, .. } = &mut turn.checkout.state {
        live.pace.may_wait = live.pace.due_at_ms.is_none();
        live.pace.due_at_ms = Some(live.pace.due_at_ms.map_or(due_at_ms, |at| at.min(due_at_ms)));
    }
}

/// The call after one that was answered: at the pace, but a long wait is followed at once by the
/// next one, because it has taken its time already.
pub(crate) fn schedule_next(turn: &mut Turn<'_>, asked: &Asking) {
    let (now, jitter_permille) = (turn.now(), u64::from(turn.context.jitter_permille.min(999)));
    let State::Paying { live, stage } = &mut turn.checkout.state else { return };
    if matches!(stage, Stage::Paid(_) | Stage::Refunded) {
        // It was asked once, because somebody wanted to know; whatever came, it stays paid.
        return;
    }
    let gap_ms = if live.pace.until.is_some() { OLD_GAP_MS } else { live.pace.next_gap_ms() };
    let gap_ms = gap_ms + gap_ms / 10 * jitter_permille / 1_000;
    let waited_ms = if asked.wait_ms > 0 { now.since_ms(asked.sent_at) } else { 0 };
    let gap_ms = gap_ms.saturating_sub(waited_ms).max(BETWEEN_WAITS_MS);
    // Somebody asked for a look after this question had left: that look is still owed.
    live.pace.may_wait = live.pace.due_at_ms.is_none();
    let due_at_ms = now.monotonic_ms + own_gap_ms(turn.checkout, gap_ms);
    if let State::Paying { live, .. } = &mut turn.checkout.state {
        live.pace.due_at_ms = Some(live.pace.due_at_ms.map_or(due_at_ms, |at| at.min(due_at_ms)));
    }
}

/// Questions that somebody asks for do not leave twice within a second.
fn soonest_ms(turn: &Turn<'_>) -> u64 {
    let last_ms = turn.checkout.last_ask_ms;
    last_ms.map_or(0, |last_ms| last_ms + LEAST_GAP_MS).max(turn.monotonic_ms())
}

/// Every payment that is still watched is asked at the next opportunity: a page that comes to the
/// front says so three times.
pub(crate) fn ask_all_soon(turn: &mut Turn<'_>) {
    let now_ms = soonest_ms(turn);
    for old in &mut turn.checkout.old {
        old.due_at_ms = old.due_at_ms.min(now_ms);
    }
    ask_shown_at(turn, now_ms);
}

/// The payment on the screen is asked at the next opportunity: how much time it has nobody knows.
pub(crate) fn ask_shown_soon(turn: &mut Turn<'_>) {
    let now_ms = soonest_ms(turn);
    ask_shown_at(turn, now_ms);
}

/// This payment is asked at the next opportunity, if it is watched here.
pub(crate) fn ask_soon(turn: &mut Turn<'_>, id: &PaymentId) {
    let now_ms = soonest_ms(turn);
    for old in turn.checkout.old.iter_mut().filter(|old| old.live.id == *id) {
        old.due_at_ms = old.due_at_ms.min(now_ms);
    }
    if matches!(&turn.checkout.state, State::Paying { live, .. } if live.id == *id) {
        ask_shown_at(turn, now_ms);
    }
}

fn ask_shown_at(turn: &mut Turn<'_>, at_ms: u64) {
    let now = turn.now();
    if let State::Paying { live, stage } = &mut turn.checkout.state
        && !matches!(stage, Stage::Paid(_) | Stage::Refunded)
    {
        live.pace.due_at_ms = Some(at_ms);
        live.pace.may_wait = false;
        // Whoever comes back after the watch has ended still gets one fresh answer.
        if live.pace.until.is_some_and(|until| until.ticking_ms(now) < LAST_WATCH_MS) {
            live.pace.until = Some(Deadline::after(now, LAST_WATCH_MS));
        }
    }
}

/// A paid payment is asked once: it may have been refunded.
pub(crate) fn ask_paid_soon(turn: &mut Turn<'_>) {
    let now_ms = soonest_ms(turn);
    if let State::Paying { live, stage: Stage::Paid(_) } = &mut turn.checkout.state {
        live.pace.due_at_ms = Some(now_ms);
    }
}

/// This tab asks from now on: not later than a leader would have.
pub(crate) fn take_over(turn: &mut Turn<'_>) {
    let soon_ms = turn.monotonic_ms() + turn.jittered(LEAST_GAP_MS);
    for old in &mut turn.checkout.old {
        old.due_at_ms = old.due_at_ms.min(soon_ms + OLD_GAP_MS);
    }
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && let Some(due_at_ms) = &mut live.pace.due_at_ms
    {
        *due_at_ms = (*due_at_ms).min(soon_ms + live.pace.least_gap_ms);
    }
}

/// Another tab asks: this one does so again after `gap_ms` of silence.
pub(crate) fn put_off(turn: &mut Turn<'_>, gap_ms: u64) {
    let later_ms = turn.monotonic_ms() + turn.jittered(gap_ms);
    // What this document has not asked about yet, it looks at once for itself.
    for old in turn.checkout.old.iter_mut().filter(|old| old.live.is_confirmed) {
        old.due_at_ms = old.due_at_ms.max(later_ms);
    }
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && live.is_confirmed
        && let Some(due_at_ms) = &mut live.pace.due_at_ms
    {
        *due_at_ms = (*due_at_ms).max(later_ms);
    }
}

/// Nothing is asked for so long, unless somebody asks for it.
pub(crate) fn pause(turn: &mut Turn<'_>, for_ms: u64) {
    let later_ms = turn.checkout.pause_until_ms.max(turn.monotonic_ms() + for_ms);
    turn.checkout.pause_until_ms = later_ms;
    for old in &mut turn.checkout.old {
        old.due_at_ms = old.due_at_ms.max(later_ms);
    }
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && let Some(due_at_ms) = &mut live.pace.due_at_ms
    {
        *due_at_ms = (*due_at_ms).max(later_ms);
    }
}

/// A call that waits for news is ended: the page is hidden, or another tab waits.
pub(crate) fn give_up_wait(turn: &mut Turn<'_>) {
    give_up_call(turn, |asking, _| asking.wait_ms > 0);
}

/// The question in flight is not this tab's any more.
pub(crate) fn give_up_any_call(turn: &mut Turn<'_>) {
    give_up_call(turn, |_, _| true);
}

/// Back after the page was hidden: a call from before may never be answered.
pub(crate) fn give_up_stale_call(turn: &mut Turn<'_>) {
    give_up_call(turn, |asking, now| now.since_ms(asking.sent_at) >= STALE_CALL_MS);
}

fn give_up_call(turn: &mut Turn<'_>, is_over: impl FnOnce(&Asking, Now) -> bool) {
    let now = turn.now();
    let Some(asking) = turn.checkout.asking.take_if(|asking| is_over(asking, now)) else { return };
    turn.effect(Effect::Abort { call: asking.call });
    let soon_ms = now.monotonic_ms + BETWEEN_WAITS_MS;
    for old in turn.checkout.old.iter_mut().filter(|old| old.live.id == asking.id) {
        old.due_at_ms = old.due_at_ms.min(soon_ms);
    }
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && live.id == asking.id
        && live.pace.due_at_ms.is_none()
    {
        live.pace.due_at_ms = Some(soon_ms);
    }
}

/// An ended payment on the screen is asked slowly, for 15 minutes.
pub(crate) fn slow_down_ended(turn: &mut Turn<'_>) {
    let now = turn.now();
    let slow_ms = own_gap_ms(turn.checkout, turn.jittered(OLD_GAP_MS));
    if let State::Paying { live, stage } = &mut turn.checkout.state {
        match stage {
            Stage::Expired | Stage::Failed | Stage::Canceled => {
                live.pace.until = Some(Deadline::after(now, OLD_WATCH_MS));
                // A look that somebody has asked for is still owed.
                let soon_ms = now.monotonic_ms + LEAST_GAP_MS;
                let owed_ms = live.pace.due_at_ms.filter(|at_ms| *at_ms <= soon_ms);
                let slow_ms = (now.monotonic_ms + slow_ms).max(turn.checkout.pause_until_ms);
                live.pace.due_at_ms = Some(owed_ms.unwrap_or(slow_ms));
                show::retire_attempt(turn);
            }
            Stage::Refunded => live.pace.due_at_ms = None,
            Stage::Code(_)
            | Stage::Leaving { .. }
            | Stage::Window
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
    let shown = match &checkout.state {
        State::Paying { live, .. } => live.pace.due_at_ms,
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Creating(_) => None,
    };
    if let Some(asking) = &checkout.asking {
        let interrupts = shown.filter(|_| asking.wait_ms > 0 && checkout.is_visible);
        return interrupts.into_iter().chain([asking.give_up_at_ms]).min();
    }
    if !checkout.is_visible {
        return None;
    }
    checkout.old.iter().map(|old| old.due_at_ms).chain(shown).min()
}

/// Ends a call that took too long, lets codes expire, sends the call that is due.
pub(crate) fn let_time_pass(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    if let Some(asking) = turn.checkout.asking.take_if(|asking| asking.give_up_at_ms <= now_ms) {
        turn.effect(Effect::Abort { call: asking.call });
        watch::failed(turn, &asking, Failure::Unreachable);
    }
    code::let_expire(turn);
    end_old_watches(turn);
    restart_dead_loop(turn);
    let is_due = |at_ms: Option<u64>| at_ms.is_some_and(|at_ms| at_ms <= now_ms);
    if matches!(&turn.checkout.state, State::Paying { live, .. } if is_due(live.pace.due_at_ms)) {
        give_up_wait(turn);
    }
    if turn.checkout.asking.is_none() && turn.checkout.is_visible {
        ask_most_due(turn);
    }
}

fn end_old_watches(turn: &mut Turn<'_>) {
    let now = turn.now();
    turn.checkout.old.retain(|old| old.until.ticking_ms(now) > 0);
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && live.pace.until.is_some_and(|until| until.ticking_ms(now) == 0)
    {
        live.pace.due_at_ms = None;
    }
}

/// Whatever happened before: a payment that is watched is asked again at some time.
fn restart_dead_loop(turn: &mut Turn<'_>) {
    let (now, gap_ms) = (turn.now(), own_gap_ms(turn.checkout, LONGEST_GAP_MS));
    let is_asking = turn.checkout.asking.is_some();
    if let State::Paying { live, stage } = &mut turn.checkout.state {
        let is_watched = !matches!(stage, Stage::Paid(_) | Stage::Refunded)
            && live.pace.until.is_none_or(|until| until.ticking_ms(now) > 0);
        if is_watched && !is_asking && live.pace.due_at_ms.is_none() {
            live.pace.due_at_ms = Some(now.monotonic_ms + gap_ms);
        }
    }
}

fn ask_most_due(turn: &mut Turn<'_>) {
    let now = turn.now();
    let Some((id, provider, status)) = most_due(turn) else { return };
    let wait_ms = wait_for(turn.checkout, &id, now);
    let limit_ms = wait_ms.map_or(ASK_LIMIT_MS, |wait_ms| wait_ms + WAIT_MARGIN_MS);
    let call = turn.next_call();
    let give_up_at_ms = now.monotonic_ms + limit_ms;
    turn.checkout.last_ask_ms = Some(now.monotonic_ms);
    let asked =
        Asking { call, id: id.clone(), sent_at: now, give_up_at_ms, wait_ms: wait_ms.unwrap_or(0) };
    turn.checkout.asking = Some(asked);
    if let State::Paying { live, .. } = &mut turn.checkout.state
        && live.id == id
    {
        // Whoever asks before the answer is there sets it anew, and so ends the wait.
        live.pace.due_at_ms = None;
    }
    for old in turn.checkout.old.iter_mut().filter(|old| old.live.id == id) {
        old.due_at_ms = u64::MAX;
    }
    turn.effect(Effect::Ask { call, id, provider, status, wait_ms });
}

/// How long the backend may keep this call: only for the payment on the screen, while nothing but
/// its status is awaited, and not beyond the end of its code or the turn of another one.
fn wait_for(checkout: &Checkout, id: &PaymentId, now: Now) -> Option<u64> {
    let State::Paying { live, stage } = &checkout.state else { return None };
    let is_waiting = match stage {
        Stage::Code(_)
        | Stage::Leaving { .. }
        | Stage::Window
        | Stage::Open
        | Stage::Processing => true,
        Stage::Checking
        | Stage::Confirming { .. }
        | Stage::Expired
        | Stage::Failed
        | Stage::Canceled
        | Stage::Paid(_)
        | Stage::Refunded => false,
    };
    let is_allowed = live.pace.may_wait && checkout.cut_waits < MOST_CUT_WAITS;
    if live.id != *id || !is_waiting || !is_allowed {
        return None;
    }
    let left_ms = match stage {
        Stage::Code(_) => live.deadline.map_or(u64::MAX, |deadline| deadline.left_ms(now)),
        _ => u64::MAX,
    };
    let turn_ms = checkout.old.iter().map(|old| old.due_at_ms).min().unwrap_or(u64::MAX);
    let left_ms = left_ms.min(turn_ms.saturating_sub(now.monotonic_ms));
    let wait_ms = live.wait_ms?.min(LONGEST_WAIT_MS).min(left_ms);
    (wait_ms >= SHORTEST_WAIT_MS).then_some(wait_ms)
}

fn most_due(turn: &Turn<'_>) -> Option<(PaymentId, Option<Provider>, Status)> {
    let now_ms = turn.monotonic_ms();
    let shown = match &turn.checkout.state {
        State::Paying { live, .. } => live.pace.due_at_ms.map(|due_at_ms| (due_at_ms, &**live)),
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Creating(_) => None,
    };
    let old = turn.checkout.old.iter().map(|old| (old.due_at_ms, &*old.live));
    let due = shown.into_iter().chain(old).filter(|(due_at_ms, _)| *due_at_ms <= now_ms);
    let (_, live) = due.min_by_key(|(due_at_ms, _)| *due_at_ms)?;
    Some((live.id.clone(), live.provider, live.status))
}
