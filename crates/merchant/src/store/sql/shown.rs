//! What people look at: lists of payments, a payment's history, and what its provider said.

use super::rows::odd;
use super::{SqlStore, payments};
use crate::store::{
    Audit, Filter, MOST_MESSAGES, MessageKind, Moment, MomentKind, ProviderMessage, StoreError,
    StoreResult, StoredPayment,
};
use async_trait::async_trait;
use paywith_database::{Row, values};

#[async_trait]
impl Audit for SqlStore {
    async fn find_payments(&self, filter: &Filter) -> StoreResult<Vec<StoredPayment>> {
        // PostgreSQL cannot store a text with this character, and refuses to search for one.
        if filter.order.as_ref().is_some_and(|order| order.contains('\0')) {
            return Ok(Vec::new());
        }
        let text = "SELECT * FROM payments \
                    WHERE ($1 IS NULL OR substr(order_id, 1, length($1)) = $1) \
                    AND ($2 IS NULL OR status = $2) \
                    AND ($3 = 0 OR review IS NOT NULL AND status <> 'refunded') \
                    AND ($4 IS NULL OR created_ms < $4 OR created_ms = $4 AND id < $5) \
                    ORDER BY created_ms DESC, id DESC LIMIT $6";
        let (before_ms, before_id) = filter.before.clone().unzip();
        let values = values![
            &filter.order,
            filter.status.map(|status| status.as_str()),
            i64::from(filter.needs_a_person),
            before_ms,
            &before_id,
            filter.most,
        ];
        payments::list(&self.db, text, values).await
    }

    async fn history(&self, id: &str) -> StoreResult<Vec<Moment>> {
        let text = "SELECT at_ms, 1 AS rank, 'change' AS kind, from_status || ' -> ' || to_status \
                        || CASE WHEN review IS NULL THEN '' ELSE ' (' || review || ')' END \
                        || ', ' || why AS text, id AS number, '' AS event FROM changes WHERE payment_id = $1 \
                    UNION ALL \
                    SELECT created_ms, 2, 'event', kind || CASE \
                        WHEN delivered_ms IS NOT NULL THEN ', delivered to the shop' \
                        WHEN tries > 0 THEN ', ' || tries || ' failed deliveries' \
                        ELSE '' END, 0, id FROM events WHERE payment_id = $1 \
                    UNION ALL \
                    SELECT received_ms, 3, 'post', 'a webhook of the provider: ' \
                        || coalesce(outcome, 'waiting'), id, '' FROM webhooks WHERE payment_id = $1 \
                    ORDER BY at_ms, rank, number";
        let rows = self.db.rows(text, values![id]).await?;
        rows.iter().map(moment).collect()
    }

    async fn add_message(&self, id: &str, said: &ProviderMessage) -> StoreResult<()> {
        let last = "SELECT at_ms, kind, http_status, body FROM answers \
                    WHERE payment_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1";
        let rows = self.db.rows(last, values![id, said.kind.as_str()]).await?;
        if let Some(row) = rows.first()
            && said.repeats(&read(row)?)
        {
            return Ok(());
        }
        let text = "INSERT INTO answers (payment_id, at_ms, kind, http_status, body) \
                    VALUES ($1, $2, $3, $4, $5)";
        let http_status = said.http_status.map(i64::from);
        let values = values![id, said.at_ms, said.kind.as_str(), http_status, &said.body];
        self.db.write(text, values).await?;
        let text = "DELETE FROM answers WHERE payment_id = $1 AND id NOT IN (\
                        SELECT id FROM answers WHERE payment_id = $1 ORDER BY CASE kind \
                            WHEN 'create' THEN 0 WHEN 'post' THEN 1 ELSE 2 END, id DESC LIMIT $2)";
        self.db.write(text, values![id, MOST_MESSAGES]).await?;
        Ok(())
    }

    async fn messages(&self, id: &str) -> StoreResult<Vec<ProviderMessage>> {
        let text = "SELECT at_ms, kind, http_status, body FROM answers \
                    WHERE payment_id = $1 ORDER BY id";
        let rows = self.db.rows(text, values![id]).await?;
        rows.iter().map(read).collect()
    }
}

fn moment(row: &Row) -> Result<Moment, StoreError> {
    let kind = MomentKind::parse(&row.text("kind")?).ok_or_else(|| odd("kind"))?;
    let event = Some(row.text("event")?).filter(|id| !id.is_empty());
    Ok(Moment { at_ms: row.int("at_ms")?, kind, text: row.text("text")?, event })
}

fn read(row: &Row) -> Result<ProviderMessage, StoreError> {
    let kind = MessageKind::parse(&row.text("kind")?).ok_or_else(|| odd("kind"))?;
    let http_status = row.optional_int("http_status")?;
    let http_status = http_status.map(|status| u16::try_from(status).unwrap_or_default());
    Ok(ProviderMessage { at_ms: row.int("at_ms")?, kind, http_status, body: row.text("body")? })
}
