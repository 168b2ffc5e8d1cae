//! Forgetting posts that were done long ago, with their raw bodies.
//!
//! A post that comes once more is recognized by its row, so rows stay longer than any provider
//! repeats itself. What was said of a payment stays with the payment (`kept`).

use crate::Shop;
use crate::clock::now_ms;
use std::time::Duration;
use tokio::time::Instant;

/// Done posts are kept so long: thirty days.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// How often is looked for older ones.
const PAUSE: Duration = Duration::from_secs(3_600);
/// Forgotten at a time: a small transaction, which nobody notices.
const BATCH: u32 = 200;

/// When it is looked for old posts again; at first, at once.
#[derive(Debug, Default)]
pub(super) struct Forgetting {
    next: Option<Instant>,
}

impl Forgetting {
    /// Forgets a batch when it is time. As long as there is more, it is time at every look.
    pub(super) async fn look(&mut self, shop: &Shop) {
        if self.next.is_some_and(|next| Instant::now() < next) {
            return;
        }
        let most = usize::try_from(BATCH).unwrap_or(usize::MAX);
        match shop.store.forget_webhooks(now_ms().saturating_sub(KEPT_MS), BATCH).await {
            Ok(count) if count >= most => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old posts are not forgotten"),
        }
        self.next = Instant::now().checked_add(PAUSE);
    }
}
