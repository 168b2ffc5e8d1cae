//! What providers have posted, as it came. It is on the disk before the provider is told so.

use super::sqlite::Store;
use paywith_protocol::Provider;

/// Whoever has kept a post works on it at once; only if that came to nothing is it found here.
const HEAD_START_MS: i64 = 5_000;

/// One post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) provider: Provider,
    pub(crate) body: Vec<u8>,
    /// The payment whose secret address was used.
    pub(crate) payment_id: Option<String>,
    pub(crate) received_ms: i64,
    pub(crate) tries: i64,
}

type Row = (i64, String, Vec<u8>, Option<String>, i64, i64);

const COLUMNS: &str = "SELECT id, provider, body, payment_id, received_ms, tries FROM webhooks";

impl Store {
    /// Keeps a post; `None` when the same one is here already. Committed on return.
    pub(crate) async fn add_webhook(
        &self,
        provider: Provider,
        digest: &str,
        body: &[u8],
        payment_id: Option<&str>,
        now_ms: i64,
    ) -> Result<Option<Webhook>, sqlx::Error> {
        let text = "INSERT INTO webhooks (provider, digest, body, payment_id, received_ms, next_ms) \
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (digest) DO NOTHING RETURNING id";
        let query = sqlx::query_scalar(text).bind(provider.id()).bind(digest).bind(body);
        let query = query.bind(payment_id).bind(now_ms).bind(now_ms + HEAD_START_MS);
        let id: Option<i64> = query.fetch_optional(&self.pool).await?;
        Ok(id.map(|id| Webhook {
            id,
            provider,
            body: body.to_vec(),
            payment_id: payment_id.map(str::to_owned),
            received_ms: now_ms,
            tries: 0,
        }))
    }

    /// Posts that are to be worked on now, oldest first.
    pub(crate) async fn webhooks_due(
        &self,
        now_ms: i64,
        most: u32,
    ) -> Result<Vec<Webhook>, sqlx::Error> {
        let text = [COLUMNS, " WHERE next_ms <= ? ORDER BY next_ms LIMIT ?"].concat();
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .bind(now_ms)
            .bind(most)
            .fetch_all(&self.pool)
            .await?;
        let read = |(id, provider, body, payment_id, received_ms, tries): Row| {
            let provider = Provider::parse(&provider)?;
            Some(Webhook { id, provider, body, payment_id, received_ms, tries })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The post is done; what came of it.
    pub(crate) async fn finish_webhook(&self, id: i64, outcome: &str) -> Result<(), sqlx::Error> {
        let text =
            "UPDATE webhooks SET next_ms = NULL, outcome = ?, tries = tries + 1 WHERE id = ?";
        sqlx::query(text).bind(outcome).bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Not now: again at this time.
    pub(crate) async fn postpone_webhook(&self, id: i64, next_ms: i64) -> Result<(), sqlx::Error> {
        let text = "UPDATE webhooks SET next_ms = ?, tries = tries + 1 WHERE id = ?";
        sqlx::query(text).bind(next_ms).bind(id).execute(&self.pool).await?;
        Ok(())
    }
}
