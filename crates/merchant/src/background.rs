//! What a backend does besides answering: it reads payments that no page asks for, processes webhooks
//! again that failed, notifies the shop's own server, and listens to the other processes.
//!
//! It holds the backend weakly, and ends with it. Start at [`Background`].

use crate::pay::Sweeper;
use crate::store::StoreError;
use crate::{Shop, notify};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

/// How often to look for due payments and webhooks, and for due events.
const SWEEP_TICK: Duration = Duration::from_secs(1);
const NOTIFY_TICK: Duration = Duration::from_millis(500);

/// The background work of one backend.
pub struct Background {
    shop: Weak<Shop>,
    sweeper: Sweeper,
}

impl Background {
    pub(crate) fn of(shop: &Arc<Shop>) -> Background {
        Background { shop: Arc::downgrade(shop), sweeper: Sweeper::default() }
    }

    /// Does once what is due now; `false` once the backend is gone. For programs that bring their own
    /// schedule; others [`start`](Background::start) it.
    pub async fn round(&mut self) -> bool {
        let Some(shop) = self.shop.upgrade() else { return false };
        self.sweeper.look(&shop).await;
        notify::send_due(&shop).await;
        shop.metrics.tidy();
        true
    }

    /// Does what is due from now on, in tasks that end with the backend.
    ///
    /// # Errors
    /// The database cannot be asked for the other processes' changes.
    pub async fn start(self) -> Result<(), StoreError> {
        let Some(shop) = self.shop.upgrade() else { return Ok(()) };
        let tick = SWEEP_TICK.min(shop.config.sweep_first);
        if let Some(changed) = shop.store.notifications().await? {
            tokio::spawn(wake_waiters(self.shop.clone(), changed));
        }
        if shop.config.notify.is_some() {
            let shop = self.shop.clone();
            // A shop's server that is slow to answer does not delay the rest.
            tokio::spawn(async move {
                while let Some(shop) = shop.upgrade() {
                    notify::send_due(&shop).await;
                    drop(shop);
                    sleep(NOTIFY_TICK).await;
                }
            });
        }
        drop(shop);
        let Background { shop, mut sweeper } = self;
        tokio::spawn(async move {
            while let Some(shop) = shop.upgrade() {
                sweeper.look(&shop).await;
                shop.metrics.tidy();
                drop(shop);
                sleep(tick).await;
            }
        });
        Ok(())
    }
}

/// Shoppers who wait here are woken by changes in other processes.
async fn wake_waiters(shop: Weak<Shop>, mut changed: mpsc::Receiver<String>) {
    while let Some(id) = changed.recv().await {
        let Some(shop) = shop.upgrade() else { return };
        shop.waiters.wake(&id);
    }
}
