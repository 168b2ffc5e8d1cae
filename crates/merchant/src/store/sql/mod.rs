//! The storage in SQL. Each statement serves both databases; `paywith-database` handles their
//! differences.
//!
//! SQLite: the write-ahead log lets readers work alongside the one writer; `synchronous=FULL` makes
//! a commit mean that it is on the disk, which is what "stored before disclosed" rests on.
//! PostgreSQL: several processes; rows that are read to be changed are locked, and queues use `SKIP
//! LOCKED`. The payments are here, the queues and
//! what people look at in files of their own. Start at [`open`].

mod payments;
mod queues;
mod rows;
mod shown;

use super::{
    Attempt, ChangeReason, Claim, Mutation, Payments, Store, StoreError, StoreResult,
    StoredPayment, Wakeups,
};
use crate::config::Database;
use crate::environment::Clock;
use crate::metrics::Metrics;
use async_trait::async_trait;
use paywith_database::{Channel, Db, LockError, Timer, values};
use paywith_protocol::Provider;
use secrecy::ExposeSecret;
use sqlx::migrate;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Opens the database, creates the SQLite file if it does not exist, and brings the tables up to
/// date.
///
/// # Errors
/// [`StoreError::Database`]: it cannot be opened.
pub async fn open(
    database: &Database,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
) -> StoreResult<Arc<dyn Store>> {
    let timer: Timer = Arc::new(move |work, is_done, took| metrics.database(work, is_done, took));
    let opened = match database {
        Database::Sqlite(path) => Db::sqlite(path, &migrate!("migrations/sqlite"), timer).await,
        Database::Postgres(url) => {
            Db::postgres(url.expose_secret(), migrate!("migrations/postgres"), timer).await
        }
    };
    Ok(Arc::new(SqlStore { db: opened.map_err(StoreError::database)?, clock }))
}

/// By which processes tell each other of changed payments.
const CHANGED: Channel = Channel {
    name: "paywith_payment_changed",
    changes: "SELECT id, payment_id AS subject FROM changes \
              WHERE id > (SELECT coalesce($1, max(id), 0) - $2 FROM changes) \
              ORDER BY id LIMIT 2000",
};

/// The storage over either database.
struct SqlStore {
    db: Db,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Payments for SqlStore {
    async fn payment(&self, id: &str) -> StoreResult<Option<StoredPayment>> {
        payments::find(&self.db, "SELECT * FROM payments WHERE id = $1", values![id]).await
    }

    async fn payments_of_order(&self, order: &str) -> StoreResult<Vec<StoredPayment>> {
        let text = "SELECT * FROM payments WHERE order_id = $1 ORDER BY created_ms DESC, id DESC";
        payments::list(&self.db, text, values![order]).await
    }

    async fn payment_by_reference(
        &self,
        provider: Provider,
        reference: &str,
    ) -> StoreResult<Option<StoredPayment>> {
        let text = "SELECT * FROM payments WHERE provider = $1 \
                    AND (provider_order = $2 OR provider_payment = $2) LIMIT 1";
        payments::find(&self.db, text, values![provider.id(), reference]).await
    }

    async fn payment_by_webhook_token(&self, token: &str) -> StoreResult<Option<StoredPayment>> {
        let text = "SELECT * FROM payments WHERE push_token = $1";
        payments::find(&self.db, text, values![token]).await
    }

    async fn attempt(&self, key: &str) -> StoreResult<Option<(Attempt, StoredPayment)>> {
        let text = "SELECT payload_hash, payment_id FROM attempts WHERE key = $1";
        let rows = self.db.rows(text, values![key]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let payment = self.payment(&row.text("payment_id")?).await?;
        let payment = payment.ok_or(StoreError::Damaged { column: "attempts.payment_id" })?;
        let payload_hash = row.text("payload_hash")?;
        Ok(Some((Attempt { key: key.to_owned(), payload_hash }, payment)))
    }

    async fn can_write(&self) -> StoreResult<()> {
        // The claim of an order that cannot exist: a small write, committed.
        let text = "INSERT INTO order_claims (order_id, owner, until_ms) VALUES ('', '', $1) \
                    ON CONFLICT (order_id) DO UPDATE SET until_ms = excluded.until_ms \
                    RETURNING order_id";
        self.db.write(text, values![self.clock.now_ms()]).await?;
        Ok(())
    }

    async fn claim_order(&self, claim: &Claim, now_ms: i64, until_ms: i64) -> StoreResult<bool> {
        let text = "INSERT INTO order_claims (order_id, owner, until_ms) VALUES ($1, $2, $3) \
                    ON CONFLICT (order_id) DO UPDATE \
                    SET owner = excluded.owner, until_ms = excluded.until_ms \
                    WHERE order_claims.until_ms <= $4 OR order_claims.owner = excluded.owner \
                    RETURNING order_id";
        let values = values![&claim.order_id, &claim.owner, until_ms, now_ms];
        Ok(!self.db.write(text, values).await?.is_empty())
    }

    async fn release_order(&self, claim: &Claim) -> StoreResult<()> {
        let text = "DELETE FROM order_claims WHERE order_id = $1 AND owner = $2";
        self.db.write(text, values![&claim.order_id, &claim.owner]).await?;
        Ok(())
    }

    async fn end_claims_of_before(&self) -> StoreResult<()> {
        let is_alone = self.db.serve_alone().await.map_err(|error| match error {
            LockError::InUse => StoreError::InUse,
            LockError::File(error) => StoreError::database(error),
        })?;
        if is_alone {
            self.db.write("DELETE FROM order_claims", values![]).await?;
        }
        Ok(())
    }

    async fn add_intent(
        &self,
        claim: &Claim,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> StoreResult<()> {
        let mut transaction = self.db.begin().await?;
        payments::check_claim(&mut transaction, claim).await?;
        payments::insert(&mut transaction, payment).await?;
        payments::insert_attempt(&mut transaction, attempt, payment, self.clock.now_ms()).await?;
        Ok(transaction.commit().await?)
    }

    async fn add_attempt(&self, attempt: &Attempt, payment: &StoredPayment) -> StoreResult<()> {
        let mut transaction = self.db.begin().await?;
        payments::insert_attempt(&mut transaction, attempt, payment, self.clock.now_ms()).await?;
        Ok(transaction.commit().await?)
    }

    async fn store_created(
        &self,
        claim: &Claim,
        payment: &StoredPayment,
        supersedes: Option<&str>,
    ) -> StoreResult<()> {
        let mut transaction = self.db.begin().await?;
        payments::check_claim(&mut transaction, claim).await?;
        payments::update(&mut transaction, payment).await?;
        if let Some(old) = supersedes {
            // Only of this order: the id comes from a browser.
            let text = "UPDATE payments SET superseded_by = $1 WHERE id = $2 AND order_id = $3";
            transaction.rows(text, values![&payment.id, old, &payment.order_id]).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn change(
        &self,
        id: &str,
        reason: ChangeReason,
        mutation: Mutation<'_>,
    ) -> StoreResult<Option<(StoredPayment, StoredPayment)>> {
        payments::change(&self.db, id, reason, &*self.clock, mutation).await
    }

    async fn claim_read(&self, id: &str, now_ms: i64, before_ms: i64) -> StoreResult<bool> {
        if self.db.is_for_one_process() {
            return Ok(true);
        }
        let text = "INSERT INTO payment_reads (payment_id, read_ms) VALUES ($1, $2) \
                    ON CONFLICT (payment_id) DO UPDATE SET read_ms = excluded.read_ms \
                    WHERE payment_reads.read_ms <= $3 RETURNING payment_id";
        Ok(!self.db.write(text, values![id, now_ms, before_ms]).await?.is_empty())
    }
}

#[async_trait]
impl Wakeups for SqlStore {
    async fn notify_others(&self, id: &str) -> StoreResult<()> {
        Ok(CHANGED.send(&self.db, id).await?)
    }

    async fn notifications(&self) -> StoreResult<Option<mpsc::Receiver<String>>> {
        Ok(CHANGED.receive(&self.db).await?)
    }
}
