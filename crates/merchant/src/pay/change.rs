//! The one place where a payment changes after it was made.

use super::PayError;
use crate::Shop;
use crate::store::StoredPayment;

/// Changes a payment by a pure rule, which also sees the order's other payments; `None` when there
/// is no such payment.
pub(super) async fn change(
    shop: &Shop,
    id: &str,
    rule: impl FnOnce(&mut StoredPayment, &[StoredPayment]) + Send,
) -> Result<Option<StoredPayment>, PayError> {
    let Some((before, after)) = shop.store.change(id, Box::new(rule)).await? else {
        return Ok(None);
    };
    if after.status != before.status {
        let (from, to) = (before.status.word(), after.status.word());
        tracing::info!(payment = id, from, to, review = ?after.review, "status changed");
    }
    Ok(Some(after))
}
