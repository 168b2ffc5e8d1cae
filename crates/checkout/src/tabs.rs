//! Several tabs of one browser, one order: one tab asks, the others mirror.
//!
//! What another tab says is proof of nothing (contract 4.1): it can put a question off, base the
//! countdown anew, cause a question, or take a code off the screen that another one replaced.

use crate::clock::Deadline;
use crate::effect::Effect;
use crate::old;
use crate::open;
use crate::record::{Attempt, Record};
use crate::schedule;
use crate::show;
use crate::start;
use crate::state::{Checkout, CreatePhase, Stage, State};
use crate::step::Turn;
use paywith_protocol::PaymentId;

/// A tab that hears nothing of the one that asks looks for itself after this time.
const FOLLOWER_GAP_MS: u64 = 40_000;

/// What tabs say to each other about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Has anybody got this order open?
    Anybody,
    /// This is what I remember of it: sent when it changes, and as the answer to `Anybody`.
    Has(Record),
    /// The backend has just said that this payment still waits.
    Still {
        /// The payment.
        id: PaymentId,
        /// Milliseconds left, where it has a deadline.
        left_ms: Option<u64>,
    },
    /// Something about this payment has changed: look yourselves.
    Look {
        /// The payment.
        id: PaymentId,
    },
}

/// This tab has become the one that asks, or is it no longer.
pub(crate) fn leads(turn: &mut Turn<'_>, is_leading: bool) {
    if turn.checkout.is_leading == is_leading {
        return;
    }
    turn.checkout.is_leading = is_leading;
    if is_leading {
        schedule::take_over(turn);
    } else {
        schedule::give_up_wait(turn);
        schedule::put_off(turn, FOLLOWER_GAP_MS);
    }
}

/// The pause before this tab's next question: whoever follows leaves the asking to the other one,
/// for as long as it hears of it.
pub(crate) fn own_gap_ms(checkout: &Checkout, gap_ms: u64) -> u64 {
    if checkout.is_leading { gap_ms } else { gap_ms.max(FOLLOWER_GAP_MS) }
}

/// Another tab spoke.
pub(crate) fn heard(turn: &mut Turn<'_>, word: Word) {
    match word {
        Word::Anybody => {
            // A page that is about to ask itself whether the payment exists has nothing to tell.
            let is_known = match &turn.checkout.state {
                State::Paying { live, .. } => live.is_confirmed,
                State::Creating(_) => true,
                State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Elsewhere => {
                    false
                }
            };
            if is_known {
                let record = turn.checkout.record.clone();
                turn.effect(Effect::Say(Word::Has(record)));
            }
        }
        Word::Has(record) if is_second_tab(turn.checkout, &record) => {
            schedule::give_up_any_call(turn);
            go_elsewhere(turn);
        }
        Word::Has(record) => {
            let stored = (turn.context.stored)();
            let is_stored = stored.is_some();
            heard_record(turn, stored.unwrap_or(record), is_stored);
        }
        Word::Still { id, left_ms } => heard_still(turn, &id, left_ms),
        Word::Look { id } => heard_look(turn, &id),
    }
}

/// Whether somebody began something that is not over.
fn is_begun(record: &Record) -> bool {
    record.attempt.is_some() || record.payment.is_some()
}

/// What another tab, or the storage that all tabs share, knows of the order.
///
/// What is stored counts for all tabs alike, so it may also be as new as what this one has.
pub(crate) fn heard_record(turn: &mut Turn<'_>, theirs: Record, is_stored: bool) {
    let is_same = turn.checkout.record.is_same(&theirs);
    let is_as_new = is_stored && theirs.version == turn.checkout.record.version;
    if !is_as_new && !theirs.is_newer_than(&turn.checkout.record) {
        return;
    }
    // An attempt whose outcome nobody knows is as good as one that is under way.
    let is_busy = matches!(turn.checkout.state, State::Creating(_) | State::Paying { .. })
        || turn.checkout.record.attempt.is_some();
    let is_shared = matches!(turn.checkout.state, State::Elsewhere);
    if is_busy && !is_shared && !is_begun(&theirs) {
        return keep_ours(turn, theirs);
    }
    let ours = std::mem::replace(&mut turn.checkout.record, theirs);
    if is_same {
        let theirs = std::mem::take(&mut turn.checkout.record);
        turn.checkout.record = theirs.with_old_of(ours);
        return old::watch_remembered(turn);
    }
    let theirs = &turn.checkout.record;
    match &turn.checkout.state {
        State::Choosing { .. } | State::Elsewhere if is_begun(theirs) => go_elsewhere(turn),
        State::Elsewhere => turn.checkout.state = State::Choosing { notice: None },
        State::Creating(creating) => {
            let provider = creating.attempt.provider;
            let is_answered = theirs.payment.as_ref().is_some_and(|seen| seen.is_of_attempt);
            let attempt = theirs.attempt.clone().filter(|theirs| theirs.provider == provider);
            match attempt {
                // Both began in the same moment: both go on with the same key.
                Some(attempt) if !is_answered => start::join(turn, attempt),
                Some(_) | None => give_way(turn),
            }
        }
        State::Paying { live, stage } => {
            let is_final = matches!(stage, Stage::Paid(_) | Stage::Refunded | Stage::Processing);
            let replaces = |attempt: &Attempt| attempt.supersedes.as_ref() == Some(&live.id);
            let is_theirs = theirs.payment_id() != Some(&live.id)
                || theirs.attempt.as_ref().is_some_and(replaces);
            if !is_final && is_theirs {
                give_way(turn);
            }
        }
        State::Unopened | State::Broken(_) | State::Choosing { .. } => {}
    }
    old::watch_remembered(turn);
}

/// The other tab has nothing, and this one has: what it has is kept, as the newer record.
fn keep_ours(turn: &mut Turn<'_>, theirs: Record) {
    let ours = std::mem::replace(&mut turn.checkout.record, theirs);
    turn.remember(|record| {
        record.attempt = ours.attempt;
        record.payment = ours.payment;
        *record = std::mem::take(record).with_old_of(Record { old: ours.old, ..Record::default() });
    });
}

/// What this tab shows is not what the shopper went on with.
fn give_way(turn: &mut Turn<'_>) {
    show::put_aside(turn, true);
    turn.checkout.trouble = None;
    if is_begun(&turn.checkout.record) {
        go_elsewhere(turn);
    }
}

/// The payment is the other tab's from here on. This one looks at it now and then, and says where
/// it is; one that was told to be paid is looked at at once.
fn go_elsewhere(turn: &mut Turn<'_>) {
    old::watch_remembered(turn);
    turn.checkout.state = State::Elsewhere;
    turn.checkout.trouble = None;
    if let Some(seen) = turn.checkout.record.payment.clone() {
        if seen.told_paid {
            open::check(turn, seen.id, seen.provider);
        } else {
            old::watch_elsewhere(turn, seen.id, seen.provider);
        }
    }
}

/// This tab was opened beside one that has the payment open; nobody came back to it from a provider.
fn is_second_tab(checkout: &Checkout, theirs: &Record) -> bool {
    let State::Paying { live, stage: Stage::Checking } = &checkout.state else { return false };
    let is_told = theirs.payment.as_ref().is_some_and(|seen| seen.told_paid);
    let is_fresh = !live.is_confirmed && checkout.returned.is_none();
    is_fresh && checkout.record.is_same(theirs) && theirs.attempt.is_some() && !is_told
}

fn heard_still(turn: &mut Turn<'_>, id: &PaymentId, left_ms: Option<u64>) {
    let now = turn.now();
    if turn.checkout.is_leading {
        return;
    }
    let State::Paying { live, stage } = &mut turn.checkout.state else { return };
    let is_waiting = matches!(stage, Stage::Code(_) | Stage::Open | Stage::Window);
    if live.id != *id || !is_waiting {
        return;
    }
    // It may have been on its way for long, in a frozen tab: it can shorten the time, never add any.
    if let Some(left_ms) = left_ms
        && live.deadline.is_none_or(|deadline| left_ms < deadline.left_ms(now))
    {
        live.deadline = Some(Deadline::after(now, left_ms));
    }
    turn.checkout.trouble = None;
    schedule::put_off(turn, FOLLOWER_GAP_MS);
}

fn heard_look(turn: &mut Turn<'_>, id: &PaymentId) {
    match &turn.checkout.state {
        State::Elsewhere => {
            let seen = turn.checkout.record.payment.clone();
            if let Some(seen) = seen.filter(|seen| seen.id == *id) {
                open::check(turn, seen.id, seen.provider);
            }
        }
        State::Paying { .. } | State::Choosing { .. } | State::Creating(_) => {
            schedule::ask_soon(turn, id);
        }
        State::Unopened | State::Broken(_) => {}
    }
}

/// "Continue here": the payment, or the attempt, of the other tab goes on in this one.
pub(crate) fn continue_here(turn: &mut Turn<'_>) {
    let record = turn.checkout.record.clone();
    match (record.payment, record.attempt) {
        (Some(seen), None) => open::check(turn, seen.id, seen.provider),
        (Some(seen), Some(_)) if seen.is_of_attempt => open::check(turn, seen.id, seen.provider),
        (_, Some(attempt)) => start::join(turn, attempt),
        (None, None) => turn.checkout.state = State::Choosing { notice: None },
    }
}

/// What another tab wrote into the storage since this one looked: then the click goes on with that,
/// and begins nothing beside it.
pub(crate) fn join_if_begun(turn: &mut Turn<'_>) -> bool {
    let version = turn.checkout.record.version;
    let stored = (turn.context.stored)();
    let Some(theirs) = stored.filter(|theirs| theirs.version >= version) else { return false };
    if !is_begun(&theirs) || turn.checkout.record.is_same(&theirs) {
        if !is_begun(&turn.checkout.record) || turn.checkout.record.is_same(&theirs) {
            turn.checkout.record = theirs;
        }
        return false;
    }
    turn.checkout.record = theirs;
    show::put_aside(turn, false);
    old::watch_remembered(turn);
    continue_here(turn);
    true
}

/// The tab that asks is one that can be seen and has something to ask: the others hear no more of
/// it. Told when it changes.
pub(crate) fn settle(turn: &mut Turn<'_>) {
    let checkout = &*turn.checkout;
    let is_watching = match &checkout.state {
        State::Paying { stage: Stage::Paid(_) | Stage::Refunded, .. } => false,
        State::Paying { .. } => true,
        State::Creating(creating) => matches!(creating.phase, CreatePhase::InFlight { .. }),
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Elsewhere => false,
    };
    let wants = checkout.is_visible && (is_watching || !checkout.old.is_empty());
    if wants != checkout.wants_lead {
        turn.checkout.wants_lead = wants;
        turn.effect(Effect::Lead(wants));
    }
}
