//! What happened to payments, for people.

use super::driver::{Db, values};
use crate::store::{Moment, StoreError};

/// The payment's events and the posts that came to its own address, oldest first.
pub(super) async fn history(db: &Db, id: &str) -> Result<Vec<Moment>, StoreError> {
    let text = "SELECT created_ms AS at_ms, kind || CASE \
                    WHEN delivered_ms IS NOT NULL THEN ', the shop was told' \
                    WHEN tries > 0 THEN ', told in vain ' || tries || ' times' \
                    ELSE '' END AS text FROM events WHERE payment_id = $1 \
                UNION ALL \
                SELECT received_ms, 'a post of the provider: ' || coalesce(outcome, 'waiting') \
                    FROM webhooks WHERE payment_id = $1 \
                ORDER BY at_ms";
    let rows = db.rows(text, values![id]).await?;
    let moments = rows.iter().map(|row| {
        Ok::<Moment, sqlx::Error>(Moment { at_ms: row.int("at_ms")?, text: row.text("text")? })
    });
    Ok(moments.collect::<Result<_, _>>()?)
}
