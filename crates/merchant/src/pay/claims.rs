//! One create at a time for each order, in this process and in all others on the same database.
//!
//! In the database it is a claim that expires by itself, so that a process that dies does not block
//! others for long. The worker renews it; a worker that was too slow can commit nothing more, and
//! so discloses nothing (see `Store::store_created`).

use super::{PayError, being_worked_on};
use crate::Shop;
use crate::environment::Clock;
use crate::ids;
use crate::store::{Claim, Store};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How often to check whether another process is done.
const PAUSE: Duration = Duration::from_millis(50);

/// The claim, renewed as long as this lives and given back when it is dropped, even if the
/// shopper's connection breaks and the request ends halfway.
#[must_use]
pub(super) struct Claimed {
    claim: Claim,
    store: Arc<dyn Store>,
    renewing: JoinHandle<()>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Deref for Claimed {
    type Target = Claim;

    fn deref(&self) -> &Claim {
        &self.claim
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        self.renewing.abort();
        let (store, claim, guard) = (self.store.clone(), self.claim.clone(), self.guard.take());
        tokio::spawn(async move {
            if let Err(error) = store.release_order(&claim).await {
                tracing::warn!(%error, order = claim.order_id, "a claim was not given back");
            }
            // Only now may the next request of this process begin.
            drop(guard);
        });
    }
}

/// Claims the order, after waiting for the current holder.
///
/// # Errors
/// When another process works on it for longer than two provider calls may take.
pub(super) async fn claim_order(shop: &Shop, order_id: &str) -> Result<Claimed, PayError> {
    let guard = shop.locks.order(order_id).await;
    let claim =
        Claim { order_id: order_id.to_owned(), owner: ids::random_hex(shop.randomness(), 16)? };
    let length_ms = i64::try_from(shop.config.claim.as_millis()).unwrap_or(i64::MAX);
    let patience = shop.config.provider_deadline * 2 + shop.config.claim;
    let begun = Instant::now();
    loop {
        let now_ms = shop.now_ms();
        let until_ms = now_ms.saturating_add(length_ms);
        if shop.store.claim_order(&claim, now_ms, until_ms).await? {
            break;
        }
        if begun.elapsed() > patience {
            return Err(being_worked_on());
        }
        tokio::time::sleep(PAUSE).await;
    }
    let (store, clock) = (shop.store.clone(), shop.environment.clock.clone());
    let renewing = tokio::spawn(renew(store.clone(), clock, claim.clone(), shop.config.claim));
    Ok(Claimed { claim, store, renewing, guard: Some(guard) })
}

/// Three times as often as needed: one lost call costs nothing.
async fn renew(store: Arc<dyn Store>, clock: Arc<dyn Clock>, claim: Claim, length: Duration) {
    let length_ms = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    loop {
        tokio::time::sleep(length / 3).await;
        let now_ms = clock.now_ms();
        match store.claim_order(&claim, now_ms, now_ms.saturating_add(length_ms)).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, order = claim.order_id, "not renewed"),
        }
    }
}
