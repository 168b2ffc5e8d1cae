//! Wake-ups between processes: PostgreSQL's NOTIFY. The rows are the truth; a wake-up only says
//! that it is worth looking, and may be lost.
//!
//! They are sent outside the transactions that change payments: a transaction with a NOTIFY takes a
//! lock on the whole database when it commits. Where no wake-ups can be received (behind a pooler,
//! or while the session is lost) the table of changes is read every second instead.

use crate::postgres::Postgres;
use crate::{Db, Engine, values};
use sqlx::postgres::PgListener;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A receiver with more than this many waiting loses some.
const MOST_WAITING: usize = 1_000;
/// The pause between two looks at the changes.
const LOOK: Duration = Duration::from_secs(1);
/// How many looks before listening is tried again: after a session was lost, and where no session
/// can listen.
const LOOKS: (u32, u32) = (1, 60);
/// After this long a silence, check whether wake-ups still arrive.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a wake-up that we send to ourselves may take.
const ECHO: Duration = Duration::from_secs(2);
/// How such a wake-up begins; no subject does.
const ECHO_MARK: &str = "echo-";
/// Changes are numbered before they are committed, so one may appear after a later one.
const OVERLAP: i64 = 200;

/// A channel between the processes on one database.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Its name in PostgreSQL.
    pub name: &'static str,
    /// The statement that reads the table of changes: the columns `id` (ascending) and `subject` of all
    /// rows whose number is above `$1 - $2`; if `$1` is `NULL`, the newest number stands in for it.
    pub changes: &'static str,
}

impl Channel {
    /// Tells the other processes that `subject` has changed. Does nothing if there can be none.
    ///
    /// # Errors
    /// The database refused, or did not answer in time.
    pub async fn send(&self, db: &Db, subject: &str) -> Result<(), sqlx::Error> {
        if let Engine::Postgres(_) = db.engine {
            let text = "SELECT 1 FROM (SELECT pg_notify($1, $2)) AS sent";
            db.rows(text, values![self.name, subject]).await?;
        }
        Ok(())
    }

    /// The subjects that any process sends, from now on; `None` if there can be no other process.
    ///
    /// # Errors
    /// The database refused, or did not answer in time.
    pub async fn receive(self, db: &Db) -> Result<Option<mpsc::Receiver<String>>, sqlx::Error> {
        let Engine::Postgres(server) = &db.engine else { return Ok(None) };
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        let receiving = Receiver { channel: self, db: db.clone(), server: server.clone(), sender };
        let mut seen = Seen::default();
        receiving.look(&mut seen).await?;
        let first = receiving.connect().await.unwrap_or_default();
        tokio::spawn(receiving.run(first, seen));
        Ok(Some(receiver))
    }
}

/// Sixteen random hexadecimal digits, to recognize our own.
pub(crate) fn mark() -> String {
    // Without randomness the mark is not ours alone; then somebody else's echo counts as ours.
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap_or_default();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Receives wake-ups for one process.
struct Receiver {
    channel: Channel,
    db: Db,
    server: Postgres,
    sender: mpsc::Sender<String>,
}

/// The changes that have already been passed on.
#[derive(Default)]
struct Seen(BTreeSet<i64>);

impl Receiver {
    async fn run(self, mut listener: Option<PgListener>, mut seen: Seen) {
        while !self.sender.is_closed() {
            let looks = match listener.take() {
                Some(listener) => {
                    self.listen(listener).await;
                    tracing::warn!("the session that wake-ups come by is lost");
                    LOOKS.0
                }
                None => LOOKS.1,
            };
            let mut looks = looks;
            // What was missed meanwhile is found in the changes.
            while looks > 0 && !self.sender.is_closed() {
                looks -= 1;
                match self.look(&mut seen).await {
                    Ok(()) => {}
                    Err(error) => {
                        tracing::warn!(%error, "changes could not be looked at");
                        looks = LOOKS.0;
                    }
                }
                tokio::time::sleep(LOOK).await;
            }
            listener = self.connect().await.unwrap_or_default();
        }
    }

    /// A listening session; `None` if no session can listen.
    async fn connect(&self) -> Result<Option<PgListener>, sqlx::Error> {
        if self.server.is_pooled() {
            return Ok(None);
        }
        let mut listener = PgListener::connect_with(&self.server.pool).await?;
        listener.listen(self.channel.name).await?;
        let is_listening = self.echoes(&mut listener).await;
        if !is_listening {
            tracing::warn!(
                "no wake-ups can be received: changes are looked for every second instead"
            );
        }
        Ok(is_listening.then_some(listener))
    }

    /// Listens until the session is lost or receives nothing any more.
    async fn listen(&self, mut listener: PgListener) {
        while !self.sender.is_closed() {
            match timeout(SILENCE, listener.try_recv()).await {
                Ok(Ok(Some(sent))) => self.pass_on(sent.payload()),
                Ok(Ok(None) | Err(_)) => return,
                Err(_) if self.echoes(&mut listener).await => {}
                Err(_) => return,
            }
        }
    }

    /// Whether a wake-up that we send comes back.
    async fn echoes(&self, listener: &mut PgListener) -> bool {
        let mark = [ECHO_MARK, &mark()].concat();
        if self.channel.send(&self.db, &mark).await.is_err() {
            return false;
        }
        let echo = async {
            loop {
                match listener.try_recv().await {
                    Ok(Some(sent)) if sent.payload() == mark => return true,
                    Ok(Some(sent)) => self.pass_on(sent.payload()),
                    Ok(None) | Err(_) => return false,
                }
            }
        };
        timeout(ECHO, echo).await.unwrap_or(false)
    }

    /// Passes on the changes since the last look; the first look passes nothing on.
    async fn look(&self, seen: &mut Seen) -> Result<(), sqlx::Error> {
        let last = seen.0.last().copied();
        let rows = self.db.rows(self.channel.changes, values![last, OVERLAP]).await?;
        for row in &rows {
            let (number, subject) = (row.int("id")?, row.text("subject")?);
            if seen.0.insert(number) && last.is_some() {
                self.pass_on(&subject);
            }
        }
        // There is a last change from now on, even if the table is still empty.
        seen.0.insert(last.unwrap_or_default().max(0));
        let newest = seen.0.last().copied().unwrap_or_default();
        seen.0.retain(|number| *number >= newest - 2 * OVERLAP);
        Ok(())
    }

    /// If the channel is full, the wake-up is lost.
    fn pass_on(&self, id: &str) {
        if !id.starts_with(ECHO_MARK) {
            drop(self.sender.try_send(id.to_owned()));
        }
    }
}
