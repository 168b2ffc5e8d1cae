//! What has happened to payments that the shop's own server should hear of. An event is committed
//! together with the change that it tells.

use super::rows::StoredPayment;
use super::sqlite::Store;
use paywith_protocol::Status;
use serde_json::json;
use sqlx::{Sqlite, Transaction};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// `evt_…`; the same however often it is sent.
    pub(crate) id: String,
    /// `payment.paid` …
    pub(crate) kind: String,
    /// A JSON object.
    pub(crate) data: String,
    pub(crate) created_ms: i64,
    pub(crate) tries: i64,
}

/// What a change means for the shop; `None` when it means nothing to it.
pub(super) fn kind(before: &StoredPayment, after: &StoredPayment) -> Option<&'static str> {
    if after.review.is_some() && before.review.is_none() {
        return Some("payment.review");
    }
    if after.status == before.status {
        return None;
    }
    match after.status {
        Status::Paid => Some("payment.paid"),
        Status::Failed => Some("payment.failed"),
        Status::Expired => Some("payment.expired"),
        Status::Refunded => Some("payment.refunded"),
        Status::Pending | Status::Processing | Status::Canceled => None,
    }
}

/// Adds the event of a change, once per payment and kind.
pub(super) async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    before: &StoredPayment,
    after: &StoredPayment,
) -> Result<(), sqlx::Error> {
    let Some(kind) = kind(before, after) else { return Ok(()) };
    let data = json!({
        "payment": after.id,
        "order": after.order_id,
        "provider": after.provider.id(),
        "provider_payment": after.creation.provider_payment(),
        "status": after.status.word(),
        "amount": after.amount,
        "base_amount": after.price,
        "review": after.review.map(|review| review.word()),
    });
    let now_ms = crate::clock::now_ms();
    let text = "INSERT INTO events (id, kind, payment_id, data, created_ms, next_ms) \
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (payment_id, kind) DO NOTHING";
    sqlx::query(text)
        .bind(["evt_", after.id.trim_start_matches("pay_"), "_", kind].concat().replace('.', "_"))
        .bind(kind)
        .bind(&after.id)
        .bind(data.to_string())
        .bind(now_ms)
        .bind(now_ms)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

impl Store {
    /// Events that are to be sent now, oldest first.
    pub(crate) async fn events_due(
        &self,
        now_ms: i64,
        most: u32,
    ) -> Result<Vec<Event>, sqlx::Error> {
        let text = "SELECT id, kind, data, created_ms, tries FROM events WHERE next_ms <= ? \
                    ORDER BY next_ms LIMIT ?";
        let rows: Vec<(String, String, String, i64, i64)> =
            sqlx::query_as(text).bind(now_ms).bind(most).fetch_all(&self.pool).await?;
        let event =
            |(id, kind, data, created_ms, tries)| Event { id, kind, data, created_ms, tries };
        Ok(rows.into_iter().map(event).collect())
    }

    /// It arrived.
    pub(crate) async fn event_arrived(&self, id: &str, now_ms: i64) -> Result<(), sqlx::Error> {
        let text = "UPDATE events SET next_ms = NULL, delivered_ms = ?, tries = tries + 1 \
                    WHERE id = ?";
        sqlx::query(text).bind(now_ms).bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// It did not arrive: again at this time, or, at `None`, never.
    pub(crate) async fn event_failed(
        &self,
        id: &str,
        next_ms: Option<i64>,
    ) -> Result<(), sqlx::Error> {
        let text = "UPDATE events SET next_ms = ?, tries = tries + 1 WHERE id = ?";
        sqlx::query(text).bind(next_ms).bind(id).execute(&self.pool).await?;
        Ok(())
    }
}
