//! Stores what providers say, for the audit trail. It runs after the decision is
//! committed, may delay an answer by a second at most, and a failure is only logged.

use crate::Shop;
use crate::clients::ProviderReply;
use crate::sanitize::for_storage;
use crate::store::{MessageKind, ProviderMessage, StoredPayment};
use std::time::Duration;

/// The time limit: a caller is waiting for the decision.
const PATIENCE: Duration = Duration::from_secs(1);

/// Stores an answer, if there was one.
pub(super) async fn record_answer(
    shop: &Shop,
    payment: &StoredPayment,
    kind: MessageKind,
    raw_reply: Option<ProviderReply>,
) {
    if let Some(ProviderReply { http_status, body }) = raw_reply {
        let http_status = Some(http_status);
        store(shop, payment, ProviderMessage { at_ms: shop.now_ms(), kind, http_status, body })
            .await;
    }
}

/// Stores a verified webhook.
pub(super) async fn record_webhook(shop: &Shop, payment: &StoredPayment, at_ms: i64, body: &[u8]) {
    let body = for_storage(body);
    store(
        shop,
        payment,
        ProviderMessage { at_ms, kind: MessageKind::Webhook, http_status: None, body },
    )
    .await;
}

async fn store(shop: &Shop, payment: &StoredPayment, mut message: ProviderMessage) {
    if let Some(secret) = &payment.webhook_token {
        // The secret address that only CashPay knows; its webhooks may repeat it.
        message.body = message.body.replace(secret, "(secret)");
    }
    let work = shop.store.add_message(&payment.id, &message);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(payment = payment.id, %error, "an answer was not stored"),
        Err(_) => tracing::warn!(payment = payment.id, "an answer was not stored in time"),
    }
}
