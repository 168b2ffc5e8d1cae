//! What happened to payments, for people.

use super::rows::StoredPayment;
use super::sqlite::Store;

/// One thing that happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at_ms: i64,
    pub(crate) text: String,
}

impl Store {
    /// The newest payments of all orders.
    pub(crate) async fn newest_payments(
        &self,
        most: u32,
    ) -> Result<Vec<StoredPayment>, sqlx::Error> {
        let text = "SELECT * FROM payments ORDER BY created_ms DESC, rowid DESC LIMIT ?";
        sqlx::query_as(text).bind(most).fetch_all(&self.pool).await
    }

    /// The payment's events and the posts that came to its own address, oldest first.
    pub(crate) async fn history(&self, id: &str) -> Result<Vec<Moment>, sqlx::Error> {
        let text = "SELECT created_ms AS at_ms, kind || CASE \
                        WHEN delivered_ms IS NOT NULL THEN ', the shop was told' \
                        WHEN tries > 0 THEN ', told in vain ' || tries || ' times' \
                        ELSE '' END FROM events WHERE payment_id = ?1 \
                    UNION ALL \
                    SELECT received_ms, 'a post of the provider: ' || coalesce(outcome, 'waiting') \
                        FROM webhooks WHERE payment_id = ?1 \
                    ORDER BY at_ms";
        let rows: Vec<(i64, String)> = sqlx::query_as(text).bind(id).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(at_ms, text)| Moment { at_ms, text }).collect())
    }
}
