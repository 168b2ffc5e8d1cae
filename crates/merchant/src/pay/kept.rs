//! Keeping what providers say, for people. Never in the way of the money: after whatever was
//! decided is committed, for a limited time, and a failure is only logged.

use crate::Shop;
use crate::clients::Heard;
use crate::clock::now_ms;
use crate::store::{Said, SaidKind, StoredPayment};
use crate::words::for_people;
use std::time::Duration;

/// Longer it is not tried: somebody waits for what was decided.
const PATIENCE: Duration = Duration::from_secs(1);

/// Keeps an answer, if one came.
pub(super) async fn keep_answer(
    shop: &Shop,
    payment: &StoredPayment,
    kind: SaidKind,
    heard: Option<Heard>,
) {
    if let Some(Heard { http_status, body }) = heard {
        let http_status = Some(http_status);
        keep(shop, payment, Said { at_ms: now_ms(), kind, http_status, body }).await;
    }
}

/// Keeps a verified post.
pub(super) async fn keep_post(shop: &Shop, payment: &StoredPayment, at_ms: i64, body: &[u8]) {
    let body = for_people(body);
    keep(shop, payment, Said { at_ms, kind: SaidKind::Post, http_status: None, body }).await;
}

async fn keep(shop: &Shop, payment: &StoredPayment, mut said: Said) {
    if let Some(secret) = &payment.push_token {
        // The address that only CashPay knows; it may repeat it to us.
        said.body = said.body.replace(secret, "(secret)");
    }
    let work = shop.store.add_answer(&payment.id, &said);
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(payment = payment.id, %error, "an answer is not kept"),
        Err(_) => tracing::warn!(payment = payment.id, "an answer is not kept in time"),
    }
}
