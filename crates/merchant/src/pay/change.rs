//! Changes a payment's status or schedule. Its waiters are woken if its status or review has changed.

use super::PayError;
use crate::Shop;
use crate::store::{ChangeReason, StoredPayment};

/// Changes a payment by a rule that waits for nothing, which also sees the order's other payments, and wakes its
/// waiters if its status or review has changed; `None` if there is no such payment.
pub(super) async fn change(
    shop: &Shop,
    id: &str,
    reason: ChangeReason,
    rule: impl Fn(&mut StoredPayment, &[StoredPayment]) + Send + Sync,
) -> Result<Option<StoredPayment>, PayError> {
    let Some((before, after)) = shop.store.change(id, reason, Box::new(rule)).await? else {
        return Ok(None);
    };
    if after.status != before.status {
        let (from, to) = (before.status.as_str(), after.status.as_str());
        tracing::info!(payment = id, from, to, review = ?after.review, "status changed");
    }
    // The change is committed, so those who are woken read the new state.
    if (after.status, after.review) != (before.status, before.review) {
        shop.metrics.changed(&before, &after);
        shop.waiters.wake(id);
        if let Err(error) = shop.store.notify_others(id).await {
            tracing::warn!(%error, payment = id, "other processes learn of it when they look");
        }
    }
    Ok(Some(after))
}
