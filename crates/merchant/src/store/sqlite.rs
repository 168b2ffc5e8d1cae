//! The SQLite file: opening it, and each question that the rest asks.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use super::events;
use super::rows::{StoredPayment, columns};

const BUSY_TIMEOUT: Duration = Duration::from_millis(5_000);
const CONNECTIONS: u32 = 4;

/// What an `Idempotency-Key` led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) key: String,
    pub(crate) payload_hash: String,
}

/// The storage; clones share the connections.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(super) pool: SqlitePool,
}

impl Store {
    /// Opens the file, makes it when it is not there, and brings its tables up to date.
    pub(crate) async fn open(path: &Path) -> Result<Store, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT);
        let pool =
            SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Store { pool })
    }

    /// The payment with this id.
    pub(crate) async fn payment(&self, id: &str) -> Result<Option<StoredPayment>, sqlx::Error> {
        let query = sqlx::query_as("SELECT * FROM payments WHERE id = ?");
        query.bind(id).fetch_optional(&self.pool).await
    }

    /// All payments of an order, newest first.
    pub(crate) async fn payments_of_order(
        &self,
        order: &str,
    ) -> Result<Vec<StoredPayment>, sqlx::Error> {
        let text = "SELECT * FROM payments WHERE order_id = ? ORDER BY created_ms DESC, rowid DESC";
        sqlx::query_as(text).bind(order).fetch_all(&self.pool).await
    }

    /// The attempt under a key, and its payment.
    pub(crate) async fn attempt(
        &self,
        key: &str,
    ) -> Result<Option<(Attempt, StoredPayment)>, sqlx::Error> {
        let text = "SELECT payload_hash, payment_id FROM attempts WHERE key = ?";
        let found: Option<(String, String)> =
            sqlx::query_as(text).bind(key).fetch_optional(&self.pool).await?;
        let Some((payload_hash, payment_id)) = found else { return Ok(None) };
        let payment = self.payment(&payment_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok(Some((Attempt { key: key.to_owned(), payload_hash }, payment)))
    }

    /// Stores the intent to create a payment, and the key that wants it. Committed on return.
    pub(crate) async fn add_intent(
        &self,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        insert_payment(&mut transaction, payment).await?;
        insert_attempt(&mut transaction, attempt, payment).await?;
        transaction.commit().await
    }

    /// Lets one more key lead to a payment that is there. Committed on return.
    pub(crate) async fn add_attempt(
        &self,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        insert_attempt(&mut transaction, attempt, payment).await?;
        transaction.commit().await
    }

    /// Stores what the provider answered to a create call, and that it supersedes another payment.
    /// Committed on return: only then may the answer be disclosed.
    pub(crate) async fn store_created(
        &self,
        payment: &StoredPayment,
        supersedes: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        update_payment(&mut transaction, payment).await?;
        if let Some(old) = supersedes {
            // Only of this order: the id comes from a browser.
            let text = "UPDATE payments SET superseded_by = ? WHERE id = ? AND order_id = ?";
            let query = sqlx::query(text).bind(&payment.id).bind(old).bind(&payment.order_id);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// Changes one payment by a pure rule, which also sees the order's other payments. Nobody
    /// else writes between the reading and the writing, and the shop's event of it is committed with
    /// it. Returns what is stored afterwards.
    pub(crate) async fn change(
        &self,
        id: &str,
        rule: impl FnOnce(&mut StoredPayment, &[StoredPayment]) + Send,
    ) -> Result<Option<StoredPayment>, sqlx::Error> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let query = sqlx::query_as("SELECT * FROM payments WHERE id = ?");
        let found: Option<StoredPayment> = query.bind(id).fetch_optional(&mut *transaction).await?;
        let Some(before) = found else { return Ok(None) };
        let query = sqlx::query_as("SELECT * FROM payments WHERE order_id = ? AND id <> ?");
        let others: Vec<StoredPayment> =
            query.bind(&before.order_id).bind(id).fetch_all(&mut *transaction).await?;
        let mut after = before.clone();
        rule(&mut after, &others);
        if after != before {
            update_payment(&mut transaction, &after).await?;
            events::add(&mut transaction, &before, &after).await?;
            transaction.commit().await?;
        }
        Ok(Some(after))
    }
}

async fn insert_attempt(
    transaction: &mut Transaction<'_, Sqlite>,
    attempt: &Attempt,
    payment: &StoredPayment,
) -> Result<(), sqlx::Error> {
    let text =
        "INSERT INTO attempts (key, payload_hash, payment_id, created_ms) VALUES (?, ?, ?, ?)";
    sqlx::query(text)
        .bind(&attempt.key)
        .bind(&attempt.payload_hash)
        .bind(&payment.id)
        .bind(crate::clock::now_ms())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn insert_payment(
    transaction: &mut Transaction<'_, Sqlite>,
    payment: &StoredPayment,
) -> Result<(), sqlx::Error> {
    let (price_minor, price_exponent) = columns(&payment.price)?;
    let (amount_minor, amount_exponent) = columns(&payment.amount)?;
    let text = "INSERT INTO payments (id, order_id, provider, provider_order, creation, status, \
                currency, price_minor, price_exponent, amount_minor, amount_exponent, return_url, \
                created_ms, push_token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlx::query(text)
        .bind(&payment.id)
        .bind(&payment.order_id)
        .bind(payment.provider.id())
        .bind(&payment.provider_order)
        .bind(payment.creation.word())
        .bind(payment.status.word())
        .bind(payment.price.currency.as_str())
        .bind(price_minor)
        .bind(price_exponent)
        .bind(amount_minor)
        .bind(amount_exponent)
        .bind(&payment.return_url)
        .bind(payment.created_ms)
        .bind(&payment.push_token)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Writes everything that may change; order, provider, price and creation time may not.
async fn update_payment(
    transaction: &mut Transaction<'_, Sqlite>,
    payment: &StoredPayment,
) -> Result<(), sqlx::Error> {
    let (amount_minor, amount_exponent) = columns(&payment.amount)?;
    let text = "UPDATE payments SET provider_payment = ?, creation = ?, status = ?, review = ?, \
                amount_minor = ?, amount_exponent = ?, qr_payload = ?, qr_image = ?, \
                redirect_url = ?, checkout_url = ?, expires_ms = ?, paid_ms = ?, \
                next_check_ms = ? WHERE id = ?";
    sqlx::query(text)
        .bind(payment.creation.provider_payment())
        .bind(payment.creation.word())
        .bind(payment.status.word())
        .bind(payment.review.map(|review| review.word()))
        .bind(amount_minor)
        .bind(amount_exponent)
        .bind(&payment.qr_payload)
        .bind(&payment.qr_image)
        .bind(&payment.redirect_url)
        .bind(&payment.checkout_url)
        .bind(payment.expires_ms)
        .bind(payment.paid_ms)
        .bind(payment.next_check_ms)
        .bind(&payment.id)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
