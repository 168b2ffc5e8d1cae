//! One at a time within this process: one create per order, and one read per payment.
//!
//! They reduce load on the database; between processes, `claims` and `Store::claim_read` decide.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::Instant;

/// How many idle locks stay before they are swept.
const MANY: usize = 10_000;

/// When a payment was last read at its provider, and whether that failed.
pub(crate) type LastRead = Option<(Instant, bool)>;

/// The locks of this process.
#[derive(Default)]
pub(crate) struct Locks {
    orders: Keyed<()>,
    reads: Keyed<LastRead>,
}

impl Locks {
    /// Waits until no one else is creating a payment for this order.
    pub(crate) async fn order(&self, order_id: &str) -> OwnedMutexGuard<()> {
        self.orders.of(order_id).lock_owned().await
    }

    /// When this payment was last read; `None` if somebody is reading it now.
    pub(crate) fn read_now(&self, payment_id: &str) -> Option<OwnedMutexGuard<LastRead>> {
        self.reads.of(payment_id).try_lock_owned().ok()
    }

    /// Waits until no one else is reading this payment; returns when it was last read.
    pub(crate) async fn read(&self, payment_id: &str) -> OwnedMutexGuard<LastRead> {
        self.reads.of(payment_id).lock_owned().await
    }
}

/// A lock per key.
struct Keyed<T>(Mutex<HashMap<String, Arc<AsyncMutex<T>>>>);

impl<T> Default for Keyed<T> {
    fn default() -> Keyed<T> {
        Keyed(Mutex::new(HashMap::new()))
    }
}

impl<T: Default> Keyed<T> {
    fn of(&self, key: &str) -> Arc<AsyncMutex<T>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if locks.len() > MANY {
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        }
        locks.entry(key.to_owned()).or_default().clone()
    }
}
