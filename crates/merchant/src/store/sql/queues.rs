//! The queues: payments to read, webhooks to process, events to send.
//!
//! Taking an item postpones it in the same transaction, so that no other process takes it too; if
//! the process dies meanwhile, the item becomes due again by itself.

use super::SqlStore;
use super::rows::payment;
use crate::store::{
    Backlog, Event, HEAD_START_MS, Lease, NewWebhook, Queues, StoreError, StoreResult,
    StoredPayment, Webhook,
};
use async_trait::async_trait;
use paywith_database::{Row, Value, values};
use paywith_protocol::Provider;

#[async_trait]
impl Queues for SqlStore {
    async fn take_due(&self, provider: Provider, lease: Lease) -> StoreResult<Vec<StoredPayment>> {
        let text = "SELECT * FROM payments WHERE provider = $1 AND next_check_ms <= $2 \
                    ORDER BY next_check_ms LIMIT $3";
        let values = || values![provider.id(), lease.now_ms, lease.most];
        // Most calls find nothing: they should not block anyone.
        if self.db.rows(text, values()).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.db.begin().await?;
        let rows = transaction.rows(&[text, "{skip_locked}"].concat(), values()).await?;
        let mut due: Vec<StoredPayment> = rows.iter().map(payment).collect::<Result<_, _>>()?;
        for payment in &mut due {
            let text = "UPDATE payments SET next_check_ms = $1 WHERE id = $2";
            transaction.rows(text, values![lease.until_ms, &payment.id]).await?;
            payment.next_check_ms = Some(lease.until_ms);
        }
        transaction.commit().await?;
        Ok(due)
    }

    async fn add_webhook(&self, new: &NewWebhook<'_>) -> StoreResult<Option<Webhook>> {
        let text = "INSERT INTO webhooks (provider, digest, body, payment_id, received_ms, next_ms) \
                    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (digest) DO NOTHING \
                    RETURNING id, provider, body, payment_id, received_ms, tries";
        let values = values![
            new.provider.id(),
            new.digest,
            new.body,
            new.payment_id,
            new.now_ms,
            new.now_ms + HEAD_START_MS,
        ];
        let rows = self.db.write(text, values).await?;
        Ok(rows.first().map(webhook).transpose()?.flatten())
    }

    async fn take_webhooks(&self, lease: Lease) -> StoreResult<Vec<Webhook>> {
        let text = "UPDATE webhooks SET next_ms = $1 WHERE id IN (\
                        SELECT id FROM webhooks WHERE next_ms <= $2 \
                        ORDER BY next_ms LIMIT $3{skip_locked}) \
                    RETURNING id, provider, body, payment_id, received_ms, tries";
        let rows = self.db.write(text, values![lease.until_ms, lease.now_ms, lease.most]).await?;
        let webhooks: Vec<Option<Webhook>> = rows.iter().map(webhook).collect::<Result<_, _>>()?;
        let mut webhooks: Vec<Webhook> = webhooks.into_iter().flatten().collect();
        webhooks.sort_by_key(|webhook| webhook.id);
        Ok(webhooks)
    }

    async fn finish_webhook(&self, id: i64, outcome: &str) -> StoreResult<()> {
        let text = "UPDATE webhooks SET next_ms = NULL, outcome = $1, tries = tries + 1 \
                    WHERE id = $2";
        self.db.write(text, values![outcome, id]).await?;
        Ok(())
    }

    async fn postpone_webhook(&self, id: i64, next_ms: i64) -> StoreResult<()> {
        let text = "UPDATE webhooks SET next_ms = $1, tries = tries + 1 WHERE id = $2";
        self.db.write(text, values![next_ms, id]).await?;
        Ok(())
    }

    async fn forget_webhooks(&self, before_ms: i64, most: u32) -> StoreResult<usize> {
        let text = "DELETE FROM webhooks WHERE id IN (\
                        SELECT id FROM webhooks WHERE next_ms IS NULL AND received_ms < $1 \
                        ORDER BY received_ms LIMIT $2{skip_locked}) RETURNING id";
        Ok(self.db.write(text, values![before_ms, most]).await?.len())
    }

    async fn take_events(&self, lease: Lease) -> StoreResult<Vec<Event>> {
        let text = "UPDATE events SET next_ms = $1 WHERE id IN (\
                        SELECT id FROM events WHERE next_ms <= $2 \
                        ORDER BY next_ms LIMIT $3{skip_locked}) \
                    RETURNING id, kind, data, created_ms, tries";
        let rows = self.db.write(text, values![lease.until_ms, lease.now_ms, lease.most]).await?;
        let event = |row: &Row| {
            Ok::<Event, StoreError>(Event {
                id: row.text("id")?,
                kind: row.text("kind")?,
                data: row.text("data")?,
                created_ms: row.int("created_ms")?,
                tries: row.int("tries")?,
            })
        };
        let mut events: Vec<Event> = rows.iter().map(event).collect::<Result<_, _>>()?;
        events.sort_by_key(|event| event.created_ms);
        Ok(events)
    }

    async fn event_arrived(&self, id: &str, now_ms: i64) -> StoreResult<()> {
        let text = "UPDATE events SET next_ms = NULL, delivered_ms = $1, tries = tries + 1 \
                    WHERE id = $2";
        self.db.write(text, values![now_ms, id]).await?;
        Ok(())
    }

    async fn event_failed(&self, id: &str, next_ms: Option<i64>) -> StoreResult<()> {
        let text = "UPDATE events SET next_ms = $1, tries = tries + 1 WHERE id = $2";
        self.db.write(text, values![next_ms, id]).await?;
        Ok(())
    }

    async fn resend_event(&self, id: &str, now_ms: i64) -> StoreResult<bool> {
        let text = "UPDATE events SET next_ms = $1, delivered_ms = NULL, tries = 0 WHERE id = $2 \
                    RETURNING id";
        Ok(!self.db.write(text, values![now_ms, id]).await?.is_empty())
    }

    async fn resend_events_since(&self, since_ms: i64, now_ms: i64) -> StoreResult<usize> {
        let text = "UPDATE events SET next_ms = $1, delivered_ms = NULL, tries = 0 \
                    WHERE created_ms >= $2 RETURNING id";
        Ok(self.db.write(text, values![now_ms, since_ms]).await?.len())
    }

    async fn backlog(&self, now_ms: i64) -> StoreResult<Backlog> {
        // Each by the beginning of an index, however many payments there are.
        let due = "SELECT next_check_ms AS at_ms FROM payments \
                   WHERE provider = $1 AND next_check_ms <= $2 ORDER BY next_check_ms LIMIT 1";
        let processing = "SELECT created_ms AS at_ms FROM payments WHERE provider = $1 \
                          AND status = 'processing' AND review IS NULL \
                          ORDER BY created_ms LIMIT 1";
        let mut backlog = Backlog::default();
        for provider in Provider::ALL {
            let due = self.first(due, values![provider.id(), now_ms]).await?;
            backlog.payment_ms = backlog.payment_ms.into_iter().chain(due).min();
            let since = self.first(processing, values![provider.id()]).await?;
            backlog.processing.extend(since.map(|since_ms| (provider, since_ms)));
        }
        let text = "SELECT min(received_ms) AS at_ms FROM webhooks WHERE next_ms <= $1";
        backlog.webhook_ms = self.first(text, values![now_ms]).await?;
        let text = "SELECT min(created_ms) AS at_ms FROM events WHERE next_ms IS NOT NULL";
        backlog.event_ms = self.first(text, values![]).await?;
        Ok(backlog)
    }
}

impl SqlStore {
    /// The column `at_ms` of the first row.
    async fn first(&self, text: &str, values: Vec<Value>) -> StoreResult<Option<i64>> {
        let rows = self.db.rows(text, values).await?;
        Ok(rows.first().map(|row| row.optional_int("at_ms")).transpose()?.flatten())
    }
}

/// `None` if this version does not know the provider.
fn webhook(row: &Row) -> Result<Option<Webhook>, StoreError> {
    let Some(provider) = Provider::parse(&row.text("provider")?) else { return Ok(None) };
    Ok(Some(Webhook {
        id: row.int("id")?,
        provider,
        body: row.bytes("body")?,
        payment_id: row.optional_text("payment_id")?,
        received_ms: row.int("received_ms")?,
        tries: row.int("tries")?,
    }))
}
