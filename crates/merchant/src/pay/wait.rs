//! The long wait: a status call that is held until there is something to tell.
//!
//! While it is held it owns no payment and no provider call, only its place in [`crate::wakes`]:
//! thousands may wait. Now and then one of those who wait for a payment lets the provider be read
//! for all, so that a provider that posts nothing is seen too; a reading is finished when that
//! shopper hangs up. Start at [`wait`].

use super::{PayError, Truth, read_truth};
use crate::Shop;
use crate::store::StoredPayment;
use paywith_protocol::Status;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// However short browsers are told to wait, readings do not follow each other faster.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// The payment as soon as its status is another than `seen`, at the latest after `most`; `None`
/// when there is no such payment. `seen` is `None` where the caller has not said what it knows:
/// then every status is news.
///
/// The answer comes without waiting where the long wait is switched off, too many wait already, or
/// the program ends.
pub(crate) async fn wait(
    shop: &Arc<Shop>,
    id: &str,
    seen: Option<Status>,
    most: Duration,
) -> Result<Option<Truth>, PayError> {
    let most = most.min(shop.config.wait);
    let joined = if most.is_zero() { None } else { shop.wakes.join(id, shop.config.most_waiting) };
    let (Some(mut waiter), Some(seen)) = (joined, seen) else {
        // In a box: those who wait would otherwise carry the room for it along.
        return Box::pin(read_truth(shop, id)).await;
    };
    let deadline = Instant::now() + most;
    // A review changes what the shopper is told, though the status may stay.
    let mut known_review = None;
    let mut is_news = move |payment: &StoredPayment| {
        payment.status != seen || payment.review != *known_review.get_or_insert(payment.review)
    };
    let pause = shop.config.poll_after.max(SHORTEST_PAUSE);
    let mut is_stale = false;
    let mut ask_provider = waiter.is_reader(pause);
    loop {
        let truth = if ask_provider {
            tokio::select! {
                truth = read_beside(shop, id) => truth?,
                () = until(shop, deadline) => return as_it_is(shop, id, is_stale).await,
            }
        } else {
            as_it_is(shop, id, is_stale).await?
        };
        match truth {
            Some(truth) if !is_news(&truth.payment) => is_stale = truth.is_stale,
            told => return Ok(told),
        }
        ask_provider = loop {
            tokio::select! {
                // Whoever has changed it has just heard of it: the store knows everything.
                () = waiter.changed() => break false,
                () = sleep(pause) => if waiter.is_reader(pause) { break true },
                () = until(shop, deadline) => return as_it_is(shop, id, is_stale).await,
            }
        };
    }
}

/// A reading as a task of its own.
async fn read_beside(shop: &Arc<Shop>, id: &str) -> Result<Option<Truth>, PayError> {
    let (shop, id) = (shop.clone(), id.to_owned());
    let reading = tokio::spawn(async move { read_truth(&shop, &id).await });
    reading.await.map_err(|_| PayError::Broken)?
}

async fn until(shop: &Shop, deadline: Instant) {
    tokio::select! {
        () = sleep_until(deadline) => {}
        () = shop.stop.begun() => {}
    }
}

/// What is known, without asking anybody.
async fn as_it_is(shop: &Shop, id: &str, is_stale: bool) -> Result<Option<Truth>, PayError> {
    let payment = shop.store.payment(id).await?;
    Ok(payment.map(|payment| Truth { payment, is_stale }))
}
