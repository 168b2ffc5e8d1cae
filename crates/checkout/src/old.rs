//! Payments that were shown and are not shown any more: watched on for 15 minutes, by later documents
//! too, because whoever has saved a code can still pay it.

use crate::clock::Deadline;
use crate::record::{Seen, Watched};
use crate::schedule::{self, LEAST_GAP_MS, OLD_GAP_MS, OLD_WATCH_MS};
use crate::show;
use crate::state::{Live, Old, Stage, State};
use crate::step::Turn;
use crate::tabs::own_gap_ms;
use paywith_protocol::{PaymentId, Provider, Status};

/// What was watched longer ago than this is history.
const A_DAY_MS: u64 = 24 * 3_600_000;
/// More replaced payments than this are not remembered for the next document.
const MOST_REMEMBERED: usize = 6;

/// A payment that is not shown any more is watched for 15 minutes, by later documents too.
pub(crate) fn watch_on(turn: &mut Turn<'_>, live: Box<Live>) {
    let (id, provider, is_sure) = (live.id.clone(), live.provider, is_sure(turn, &live));
    keep_watching(turn, live);
    remember_watched(turn, id, provider, is_sure);
}

/// Somebody has told of this payment who must know: the backend, or an earlier document of ours.
fn is_sure(turn: &Turn<'_>, live: &Live) -> bool {
    let record = &turn.checkout.record;
    live.is_confirmed
        || record.payment_id() == Some(&live.id)
        || record.old.iter().any(|old| old.id == live.id && old.is_sure)
}

/// The backend knows no such payment. One that only an address has named is watched no more.
pub(crate) fn forget_unsure(turn: &mut Turn<'_>, id: &PaymentId) {
    let Some(old) = turn.checkout.old.iter().find(|old| old.live.id == *id) else { return };
    if !is_sure(turn, &old.live) {
        turn.checkout.old.retain(|old| old.live.id != *id);
        turn.remember_quietly(|record| record.old.retain(|old| old.id != *id));
        // The others share its turns.
        let at_ms = turn.monotonic_ms() + gap_ms(turn, id);
        for old in turn.checkout.old.iter_mut().filter(|old| old.due_at_ms != u64::MAX) {
            old.due_at_ms = old.due_at_ms.min(at_ms);
        }
    }
}

/// A payment known by its id alone is watched on, if it is not already.
pub(crate) fn watch_seen(turn: &mut Turn<'_>, id: PaymentId, provider: Option<Provider>) {
    if turn.checkout.old.iter().all(|old| old.live.id != id) {
        keep_watching(turn, Live::by_id(id.clone(), provider));
    }
    remember_watched(turn, id, provider, true);
}

/// An address names another payment: this one is watched, and comes back should that one not exist.
pub(crate) fn make_room(turn: &mut Turn<'_>, id: PaymentId, provider: Option<Provider>) {
    let live = known(turn, id, provider);
    keep_watching(turn, live);
    if let Some(old) = turn.checkout.old.last_mut() {
        old.made_room = true;
    }
}

/// A later document watches it, too.
pub(crate) fn remember_watched(
    turn: &mut Turn<'_>,
    id: PaymentId,
    provider: Option<Provider>,
    is_sure: bool,
) {
    let until_wall_ms = turn.now().wall_ms.saturating_add(OLD_WATCH_MS);
    turn.remember_quietly(|record| {
        record.old.retain(|old| old.id != id);
        record.old.push(Watched { id, provider, until_wall_ms, is_sure });
        while record.old.len() > MOST_REMEMBERED {
            let place = record.old.iter().position(|old| !old.is_sure).unwrap_or(0);
            record.old.remove(place);
        }
    });
}

/// What an earlier document or another tab watched within a day is watched here, too, as long as anew:
/// the device's clock, which alone knows how long ago that was, may have been set meanwhile.
pub(crate) fn watch_remembered(turn: &mut Turn<'_>) {
    let now_ms = turn.now().wall_ms;
    if let State::Paying { stage: Stage::Paid(_) | Stage::Refunded, .. } = turn.checkout.state {
        return;
    }
    for old in turn.checkout.record.old.clone() {
        let is_shown =
            matches!(&turn.checkout.state, State::Paying { live, .. } if live.id == old.id);
        let is_watched = turn.checkout.old.iter().any(|known| known.live.id == old.id);
        if old.until_wall_ms.abs_diff(now_ms) <= A_DAY_MS && !is_shown && !is_watched {
            keep_watching(turn, Live::by_id(old.id, old.provider));
        }
    }
}

/// The pause before the next question about a payment that is not shown: all of them together are asked
/// about as often as one. The one that another tab shows is what the shopper waits for, and counts alone.
pub(crate) fn gap_ms(turn: &Turn<'_>, id: &PaymentId) -> u64 {
    let is_elsewhere = matches!(turn.checkout.state, State::Elsewhere)
        && turn.checkout.record.payment_id() == Some(id);
    let count = if is_elsewhere { 1 } else { turn.checkout.old.len().max(1) };
    let count = u64::try_from(count).unwrap_or(1);
    own_gap_ms(turn.checkout, turn.jittered(OLD_GAP_MS * count))
}

/// The order's payment as this browser remembers it: open, as far as anybody here knows.
pub(crate) fn open_of_record(turn: &Turn<'_>) -> Option<Seen> {
    let seen = turn.checkout.record.payment.as_ref()?;
    let is_other = |live: &Live| live.id != seen.id || live.status.is_open();
    let is_open = turn.checkout.old.iter().all(|old| is_other(&old.live))
        && !matches!(&turn.checkout.state, State::Paying { live, .. } if !is_other(live));
    is_open.then(|| seen.clone())
}

/// The same, while an address has led to another one.
pub(crate) fn open_beside_shown(turn: &Turn<'_>) -> Option<Seen> {
    let State::Paying { live, .. } = &turn.checkout.state else { return None };
    open_of_record(turn).filter(|seen| seen.id != live.id)
}

/// The payment that an address has led to has ended, and the order's own one is open: two that can
/// be paid are one too many, so the shopper goes on with that one. It is asked about first, unless it
/// `is_fresh`: it may have been told long ago how much time it has.
pub(crate) fn give_way_to_open(turn: &mut Turn<'_>, is_fresh: bool) {
    let State::Paying { live, .. } = &turn.checkout.state else { return };
    if !live.has_ended() {
        return;
    }
    let Some(seen) = open_beside_shown(turn) else { return };
    let is_told_open = |old: &Old| old.live.id == seen.id && old.live.is_confirmed;
    let Some(place) = turn.checkout.old.iter().position(is_told_open) else { return };
    // A look that somebody has asked for is still owed.
    let soon_ms = turn.monotonic_ms() + LEAST_GAP_MS;
    let owed = (live.id.clone(), live.pace.due_at_ms.filter(|at_ms| *at_ms <= soon_ms));
    let mut old = turn.checkout.old.remove(place);
    show::put_aside(turn, false);
    if let (id, Some(owed_ms)) = owed {
        let aside = turn.checkout.old.iter_mut().filter(|old| old.live.id == id);
        aside.for_each(|old| old.due_at_ms = old.due_at_ms.min(owed_ms));
    }
    old.live.is_late = false;
    turn.checkout.state = State::Paying { live: old.live, stage: Stage::Checking };
    if is_fresh {
        schedule::schedule_first(turn);
        show::follow_status(turn, Status::Pending, None);
    } else {
        schedule::ask_shown_soon(turn);
    }
}

/// A payment that another tab has open is looked at now and then: that tab may be hidden.
pub(crate) fn watch_elsewhere(turn: &mut Turn<'_>, id: PaymentId, provider: Option<Provider>) {
    let live = known(turn, id, provider);
    keep_watching(turn, live);
    if let Some(old) = turn.checkout.old.last_mut() {
        old.live.is_late = false;
    }
}

/// What this document has been told of it, else its id alone.
fn known(turn: &Turn<'_>, id: PaymentId, provider: Option<Provider>) -> Box<Live> {
    let known = turn.checkout.old.iter().find(|old| old.live.id == id);
    known.map_or_else(|| Live::by_id(id, provider), |old| old.live.clone())
}

fn keep_watching(turn: &mut Turn<'_>, mut live: Box<Live>) {
    live.is_late = true;
    let until = Deadline::after(turn.now(), OLD_WATCH_MS);
    let due_at_ms = turn.monotonic_ms() + gap_ms(turn, &live.id);
    turn.checkout.old.retain(|old| old.live.id != live.id);
    turn.checkout.old.push(Old { live, due_at_ms, until, made_room: false });
}
