//! Wake-ups between processes: PostgreSQL's NOTIFY. The rows are the truth; a wake-up only says that
//! looking is worth while, and may be lost.
//!
//! They are sent outside the transactions that change payments: a transaction with a NOTIFY takes a
//! lock on the whole database when it commits.

use super::driver::{Db, values};
use crate::store::StoreError;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::mpsc;

const CHANNEL: &str = "paywith_payment_changed";
/// Whoever cannot take them so fast loses some.
const MOST_WAITING: usize = 1_000;
/// Before the server is tried again.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn send(db: &Db, id: &str) -> Result<(), StoreError> {
    if let Db::Postgres(_) = db {
        let text = "SELECT 1 FROM (SELECT pg_notify($1, $2)) AS sent";
        db.rows(text, values![CHANNEL, id]).await?;
    }
    Ok(())
}

/// The ids that any process sends, from now on.
pub(super) async fn receive(db: &Db) -> Result<Option<mpsc::Receiver<String>>, StoreError> {
    let Db::Postgres(pool) = db else { return Ok(None) };
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    let (sender, receiver) = mpsc::channel(MOST_WAITING);
    tokio::spawn(async move {
        while !sender.is_closed() {
            // It connects anew by itself when the connection is lost.
            match listener.recv().await {
                // A full line is a wake-up lost.
                Ok(told) => drop(sender.try_send(told.payload().to_owned())),
                Err(error) => {
                    tracing::warn!(%error, "no wake-ups from other processes");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    });
    Ok(Some(receiver))
}
