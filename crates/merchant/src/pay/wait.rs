//! The long wait: a status call that is held until there is something to tell.
//!
//! While it is held it owns no payment and no provider call, only its place in [`crate::waiters`]:
//! thousands may wait. Now and then one of a payment's waiters reads the provider for all, so that
//! providers without webhooks are covered too ([`super::pace`] says how often); a reading is
//! finished even if that shopper hangs up. `select!` is `biased`, so that a simulation repeats
//! itself. Start at [`wait`].

use super::refresh::{as_it_is, refresh_known, refresh_with};
use super::{CurrentPayment, PayError, pace, refresh};
use crate::Shop;
use crate::store::StoredPayment;
use crate::waiters::{Turn, Waiter};
use paywith_protocol::{Provider, Review, Status};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Readings never follow each other faster, however short the browsers' polling interval is.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
/// A call ends early by at most this fraction of its time, so that a crowd that came at once comes
/// back over several seconds.
const EARLY_PART: u32 = 4;

/// The payment that is waited for, reduced to what the wait needs.
struct Subject {
    id: String,
    provider: Provider,
    created_ms: i64,
    review: Option<Review>,
}

impl Subject {
    /// Frees the rest of the payment.
    fn of(payment: Box<StoredPayment>) -> Subject {
        let StoredPayment { id, provider, created_ms, review, .. } = *payment;
        Subject { id, provider, created_ms, review }
    }

    /// The pause after a reading that begins now.
    fn pause(&self, shop: &Shop) -> Duration {
        let age_ms = shop.now_ms().saturating_sub(self.created_ms);
        let age = Duration::from_millis(u64::try_from(age_ms).unwrap_or(0));
        let first = shop.config.poll_after.max(shop.config.read_interval).max(SHORTEST_PAUSE);
        pace::pause(age, first, shop.webhooks(self.provider).arrive())
    }
}

/// The payment as soon as its status differs from `seen`, after `most` at the latest, or, without
/// news, up to a quarter of that earlier; `None` if there is no such payment. `seen` is `None` if the
/// caller has not said what it knows: then every status is news.
///
/// It answers without waiting if the long wait is switched off, too many are already waiting, or
/// the program is ending.
pub(crate) async fn wait(
    shop: &Arc<Shop>,
    // Boxed: otherwise every waiter would reserve memory for it, and for what is awaited below.
    known: Box<StoredPayment>,
    seen: Option<Status>,
    most: Duration,
) -> Result<Option<CurrentPayment>, PayError> {
    let most = most.min(shop.config.wait);
    let Some(seen) = seen.filter(|_| !most.is_zero()) else {
        return Box::pin(refresh_known(shop, known)).await;
    };
    if seen != known.status {
        // There is news already. That money came does not wait for a turn at the provider.
        return if known.has_money() {
            Ok(Some(CurrentPayment { payment: known, is_stale: false }))
        } else {
            Box::pin(refresh_known(shop, known)).await
        };
    }
    let subject = Subject::of(known);
    match shop.waiters.join(&subject.id, shop.config.most_waiting) {
        Some(waiter) => hold(shop, &subject, seen, most, waiter).await,
        None => Box::pin(refresh(shop, &subject.id)).await,
    }
}

async fn hold(
    shop: &Arc<Shop>,
    subject: &Subject,
    seen: Status,
    most: Duration,
    mut waiter: Waiter<'_>,
) -> Result<Option<CurrentPayment>, PayError> {
    let id = subject.id.as_str();
    // So that callers who began together do not all come back at once.
    let deadline = Instant::now() + most - waiter.share_of(most / EARLY_PART);
    // A review changes what the shopper sees, even if the status stays the same.
    let is_news =
        |payment: &StoredPayment| (payment.status, payment.review) != (seen, subject.review);
    let mut is_stale = false;
    let mut turn = waiter.turn(subject.pause(shop));
    loop {
        let current = match turn {
            Turn::Mine => tokio::select! {
                biased;
                current = Box::pin(read_beside(shop, subject)) => current?,
                // There may be a queue at the provider: do not wait in it if there is news.
                () = waiter.changed() => Box::pin(as_it_is(shop, id, is_stale)).await?,
                () = until(shop, deadline) => None,
            },
            Turn::At(_) => Box::pin(as_it_is(shop, id, is_stale)).await?,
        };
        match current {
            Some(current) if !is_news(&current.payment) => is_stale = current.is_stale,
            Some(told) => return Ok(Some(told)),
            // The time is over, or the payment does not exist.
            None => return Box::pin(as_it_is(shop, id, is_stale)).await,
        }
        turn = tokio::select! {
            biased;
            next = next_turn(shop, subject, &mut waiter) => next,
            () = until(shop, deadline) => return Box::pin(as_it_is(shop, id, is_stale)).await,
        };
    }
}

/// Returns when the payment has changed, or when it is this waiter's turn to read it.
async fn next_turn(shop: &Shop, subject: &Subject, waiter: &mut Waiter<'_>) -> Turn {
    loop {
        let at = match waiter.turn(subject.pause(shop)) {
            Turn::Mine => return Turn::Mine,
            Turn::At(at) => at,
        };
        tokio::select! {
            biased;
            // The change has just been committed: the store is up to date.
            () = waiter.changed() => return Turn::At(at),
            () = sleep_until(at) => {}
        }
    }
}

/// Reads in a separate task, once it gets its turn at the provider.
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
        biased;
        () = sleep_until(deadline) => {}
        () = shop.stop.begun() => {}
    }
}
