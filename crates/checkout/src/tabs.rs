//! Several tabs of one browser, one order: one tab asks, the others mirror.
//!
//! What another tab says is proof of nothing (contract 4.1): it can put a question off, base the
//! countdown anew, cause a question, or take a code off the screen that another one replaced.

use crate::clock::Deadline;
use crate::effect::Effect;
use crate::open;
use crate::planted::{self, Defect};
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
    if checkout.is_leading || planted::is_on(Defect::FollowersAsk) {
        gap_ms
    } else {
        gap_ms.max(FOLLOWER_GAP_MS)
    }
}

/// Another tab spoke.
pub(crate) fn heard(turn: &mut Turn<'_>, word: Word) {
    match word {
        Word::Anybody => {
            if let State::Creating(_) | State::Paying { .. } = turn.checkout.state {
                let record = turn.checkout.record.clone();
                turn.effect(Effect::Say(Word::Has(record)));
            }
        }
        Word::Has(record) => heard_record(turn, record),
        Word::Still { id, left_ms } => heard_still(turn, &id, left_ms),
        Word::Look { id } => heard_look(turn, &id),
    }
}

/// Whether somebody began something that is not over.
fn is_begun(record: &Record) -> bool {
    record.attempt.is_some() || record.payment.is_some()
}

/// The same payment, or the same attempt, as far as both sides know.
fn is_same(ours: &Record, theirs: &Record) -> bool {
    let id = |record: &Record| record.payment.as_ref().map(|seen| seen.id.clone());
    ours.attempt == theirs.attempt && id(ours) == id(theirs)
}

fn heard_record(turn: &mut Turn<'_>, theirs: Record) {
    if is_same(&turn.checkout.record, &theirs) {
        return;
    }
    match &turn.checkout.state {
        State::Choosing { .. } | State::Elsewhere if is_begun(&theirs) => {
            turn.checkout.record = theirs;
            turn.checkout.state = State::Elsewhere;
        }
        State::Elsewhere => {
            turn.checkout.record = theirs;
            turn.checkout.state = State::Choosing { notice: None };
        }
        State::Creating(creating) => {
            // Both began in the same moment: the smaller key is the one that both go on with.
            let ours = creating.attempt.clone();
            if let Some(attempt) = theirs.attempt.filter(|attempt| goes_before(attempt, &ours)) {
                start::join(turn, attempt);
            }
        }
        State::Paying { live, stage } if is_replaced(&live.id, stage, &theirs) => {
            show::put_aside(turn, true);
            turn.checkout.record = theirs;
            turn.checkout.state = State::Elsewhere;
        }
        State::Unopened | State::Broken(_) | State::Choosing { .. } | State::Paying { .. } => {}
    }
}

fn goes_before(theirs: &Attempt, ours: &Attempt) -> bool {
    theirs.provider == ours.provider && theirs.key.as_str() < ours.key.as_str()
}

/// Another tab has taken a new payment in the place of this one.
fn is_replaced(id: &PaymentId, stage: &Stage, theirs: &Record) -> bool {
    let is_final = matches!(stage, Stage::Paid(_) | Stage::Refunded | Stage::Processing);
    let replaces = |attempt: &Attempt| attempt.supersedes.as_ref() == Some(id);
    !is_final && theirs.attempt.as_ref().is_some_and(replaces)
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
    if let Some(left_ms) = left_ms {
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
        #[cfg(test)]
        State::Paying { .. } if planted::is_on(Defect::MirroredPaidBelieved) => {
            crate::watch::believe(turn);
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
pub(crate) fn join_if_begun(turn: &mut Turn<'_>, stored: Option<Record>) -> bool {
    let Some(theirs) = stored.filter(is_begun) else { return false };
    if is_same(&turn.checkout.record, &theirs) || planted::is_on(Defect::OtherTabsForgotten) {
        return false;
    }
    show::put_aside(turn, false);
    turn.checkout.record = theirs;
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
