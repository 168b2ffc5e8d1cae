//! Payments found by what a provider calls them, and those whose time to be read has come.

use super::rows::StoredPayment;
use super::sqlite::Store;
use paywith_protocol::Provider;

impl Store {
    /// The payment that the provider means by this reference: ours, or its own id.
    pub(crate) async fn payment_by_reference(
        &self,
        provider: Provider,
        reference: &str,
    ) -> Result<Option<StoredPayment>, sqlx::Error> {
        let text = "SELECT * FROM payments WHERE provider = ?1 \
                    AND (provider_order = ?2 OR provider_payment = ?2) LIMIT 1";
        let query = sqlx::query_as(text).bind(provider.id()).bind(reference);
        query.fetch_optional(&self.pool).await
    }

    /// The payment whose secret address ends so.
    pub(crate) async fn payment_by_push_token(
        &self,
        token: &str,
    ) -> Result<Option<StoredPayment>, sqlx::Error> {
        let query = sqlx::query_as("SELECT * FROM payments WHERE push_token = ?");
        query.bind(token).fetch_optional(&self.pool).await
    }

    /// Payments of this provider that are due, the longest waiting first.
    pub(crate) async fn payments_due(
        &self,
        provider: Provider,
        now_ms: i64,
        most: u32,
    ) -> Result<Vec<StoredPayment>, sqlx::Error> {
        let text = "SELECT * FROM payments WHERE provider = ? AND next_check_ms <= ? \
                    ORDER BY next_check_ms LIMIT ?";
        let query = sqlx::query_as(text).bind(provider.id()).bind(now_ms).bind(most);
        query.fetch_all(&self.pool).await
    }
}
