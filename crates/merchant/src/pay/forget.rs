//! Deletes webhooks that were processed long ago, with their raw bodies.
//!
//! A repeated webhook is recognized by its row, so rows stay longer than any provider repeats a
//! webhook. What a provider said about a payment stays with the payment (`audit`).

use crate::Shop;
use std::time::Duration;
use tokio::time::Instant;

/// How long processed webhooks stay: thirty days.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// How often to look for older ones.
const PAUSE: Duration = Duration::from_secs(3_600);
/// How many are deleted at a time: a small transaction.
const BATCH: u32 = 200;

/// When to look for old webhooks next; the first time is at once.
#[derive(Debug, Default)]
pub(super) struct Forgetting {
    next: Option<Instant>,
}

impl Forgetting {
    /// Deletes a batch when it is time. As long as there are more, every round deletes one.
    pub(super) async fn look(&mut self, shop: &Shop) {
        if self.next.is_some_and(|next| Instant::now() < next) {
            return;
        }
        let most = usize::try_from(BATCH).unwrap_or(usize::MAX);
        match shop.store.forget_webhooks(shop.now_ms().saturating_sub(KEPT_MS), BATCH).await {
            Ok(count) if count >= most => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old webhooks were not deleted"),
        }
        self.next = Instant::now().checked_add(PAUSE);
    }
}
