//! The long wait: a status call that is held until there is something to tell.
//!
//! While it is held it owns no payment and no provider call, only its place in [`crate::waiters`]:
//! thousands may wait. Now and then one of those who wait for a payment lets the provider be read
//! for all, so that providers without webhooks are covered too ([`super::pace`] says how often); a
//! reading is finished when that shopper hangs up. Start at [`wait`].

use super::refresh::{as_it_is, refresh_with};
use super::{CurrentPayment, PayError, pace, refresh};
use crate::Shop;
use crate::clock::now_ms;
use crate::store::StoredPayment;
use crate::waiters::{Turn, Waiter};
use paywith_protocol::{Provider, Status};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// However short browsers are told to wait, readings do not follow each other faster.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
/// A call ends at most by this part of its time too early.
const EARLY_PART: u32 = 10;

/// The payment that is waited for: what is needed of it meanwhile, and no more.
pub(crate) struct Subject {
    id: String,
    provider: Provider,
    created_ms: i64,
}

impl Subject {
    pub(crate) fn of(payment: StoredPayment) -> Subject {
        let StoredPayment { id, provider, created_ms, .. } = payment;
        Subject { id, provider, created_ms }
    }

    /// The pause after a reading that begins now.
    fn pause(&self, shop: &Shop) -> Duration {
        let age_ms = now_ms().saturating_sub(self.created_ms);
        let age = Duration::from_millis(u64::try_from(age_ms).unwrap_or(0));
        let first = shop.config.poll_after.max(shop.config.read_interval).max(SHORTEST_PAUSE);
        pace::pause(age, first, shop.config.hears_of(self.provider))
    }
}

/// The payment as soon as its status is another than `seen`, at the latest after `most`, and without
/// news at most a tenth of that earlier; `None` when there is no such payment. `seen` is `None`
/// where the caller has not said what it knows: then every status is news.
///
/// The answer comes without waiting where the long wait is switched off, too many wait already, or
/// the program ends.
pub(crate) async fn wait(
    shop: &Arc<Shop>,
    subject: &Subject,
    seen: Option<Status>,
    most: Duration,
) -> Result<Option<CurrentPayment>, PayError> {
    let (most, id) = (most.min(shop.config.wait), subject.id.as_str());
    let joined =
        if most.is_zero() { None } else { shop.waiters.join(id, shop.config.most_waiting) };
    let (Some(mut waiter), Some(seen)) = (joined, seen) else {
        // In a box: those who wait would otherwise carry the room for it along.
        return Box::pin(refresh(shop, id)).await;
    };
    // Those who began together do not all come back at once.
    let deadline = Instant::now() + most - waiter.share_of(most / EARLY_PART);
    // A review changes what the shopper is told, though the status may stay.
    let mut known_review = None;
    let mut is_news = move |payment: &StoredPayment| {
        payment.status != seen || payment.review != *known_review.get_or_insert(payment.review)
    };
    let mut is_stale = false;
    let mut turn = waiter.turn(subject.pause(shop));
    loop {
        let current = match turn {
            Turn::Mine => tokio::select! {
                current = Box::pin(read_beside(shop, subject)) => current?,
                // There may be a line at the provider: news is not waited for in it.
                () = waiter.changed() => Box::pin(as_it_is(shop, id, is_stale)).await?,
                () = until(shop, deadline) => None,
            },
            Turn::At(_) => Box::pin(as_it_is(shop, id, is_stale)).await?,
        };
        match current {
            Some(current) if !is_news(&current.payment) => is_stale = current.is_stale,
            Some(told) => return Ok(Some(told)),
            // The time is over, or the payment was never there.
            None => return Box::pin(as_it_is(shop, id, is_stale)).await,
        }
        turn = tokio::select! {
            next = next_turn(shop, subject, &mut waiter) => next,
            () = until(shop, deadline) => return Box::pin(as_it_is(shop, id, is_stale)).await,
        };
    }
}

/// Returns when the payment has changed, or it is this one's turn to read it.
async fn next_turn(shop: &Shop, subject: &Subject, waiter: &mut Waiter<'_>) -> Turn {
    loop {
        let at = match waiter.turn(subject.pause(shop)) {
            Turn::Mine => return Turn::Mine,
            Turn::At(at) => at,
        };
        tokio::select! {
            // The change has just been committed: the store knows everything.
            () = waiter.changed() => return Turn::At(at),
            () = sleep_until(at) => {}
        }
    }
}

/// A reading as a task of its own, once the line at the provider lets it in.
async fn read_beside(
    shop: &Arc<Shop>,
    subject: &Subject,
) -> Result<Option<CurrentPayment>, PayError> {
    let permit = shop.reads.permit(subject.provider).await;
    let (shop, id) = (shop.clone(), subject.id.clone());
    let reading = tokio::spawn(async move { refresh_with(&shop, &id, permit).await });
    reading.await.map_err(|_| PayError::Broken)?
}

async fn until(shop: &Shop, deadline: Instant) {
    tokio::select! {
        () = sleep_until(deadline) => {}
        () = shop.stop.begun() => {}
    }
}
