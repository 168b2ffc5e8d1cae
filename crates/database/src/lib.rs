//! The two databases behind one interface: SQL with `$1` for both, values in, rows out.
//!
//! Where the two differ, a statement says `{lock}` or `{skip_locked}`: row locks in PostgreSQL,
//! nothing in SQLite, where one writer locks the whole file. It knows none of our tables.

mod postgres;
mod row;
mod sqlite;
mod value;
mod wakeups;

use postgres::Postgres;
use row::Found;
pub use row::Row;
pub use sqlite::LockError;
use sqlite::Sqlite;
use sqlx::AssertSqlSafe;
pub use sqlx::Error;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
pub use value::Value;
pub use wakeups::Channel;

/// Is called after each piece of work: what it was, whether it succeeded, and how long it took, with
/// waiting for a connection.
pub type Timer = Arc<dyn Fn(&'static str, bool, Duration) + Send + Sync>;

/// An open database, whose work is timed. Clones are the same database.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    timer: Timer,
}

impl fmt::Debug for Db {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.fmt(formatter)
    }
}

/// Which of the two it is.
#[derive(Clone, Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// One of our statements with its values. Nothing from outside is ever part of the text.
macro_rules! query {
    ($text:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($text));
        for value in $values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Int(number) => query.bind(number),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

fn sqlite_text(text: &str) -> String {
    with_locks(text, "", "")
}

fn postgres_text(text: &str) -> String {
    with_locks(text, " FOR UPDATE", " FOR UPDATE SKIP LOCKED")
}

fn with_locks(text: &str, lock: &str, skip_locked: &str) -> String {
    // Most have neither, and this is done for each statement.
    if text.contains('{') {
        text.replace("{lock}", lock).replace("{skip_locked}", skip_locked)
    } else {
        text.to_owned()
    }
}

impl Db {
    /// Opens the file, creates it if it does not exist, and brings its tables up to date.
    ///
    /// # Errors
    /// It cannot be opened, or a migration failed.
    pub async fn sqlite(path: &Path, tables: &Migrator, timer: Timer) -> Result<Db, sqlx::Error> {
        Ok(Db { engine: Engine::Sqlite(Sqlite::open(path, tables).await?), timer })
    }

    /// Opens the database at `postgres://…` and brings its tables up to date.
    ///
    /// # Errors
    /// It cannot be reached, or a migration failed.
    pub async fn postgres(url: &str, tables: Migrator, timer: Timer) -> Result<Db, sqlx::Error> {
        Ok(Db { engine: Engine::Postgres(Postgres::open(url, tables).await?), timer })
    }

    /// Whether only one process may serve from it.
    #[must_use]
    pub fn is_for_one_process(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// If only one process may serve from the database, makes this process that one and returns
    /// `true`.
    ///
    /// # Errors
    /// Another process holds the lock.
    pub async fn serve_alone(&self) -> Result<bool, LockError> {
        match &self.engine {
            Engine::Sqlite(file) => file.lock().await.map(|()| true),
            Engine::Postgres(_) => Ok(false),
        }
    }

    /// Reads. The statement may run twice.
    ///
    /// # Errors
    /// The database refused, or did not answer in time.
    pub async fn rows(&self, text: &str, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        let begun = Instant::now();
        let rows = match &self.engine {
            Engine::Sqlite(file) => sqlite_single(&file.reads, text, values).await,
            Engine::Postgres(server) => self.single(server, text, values, true).await,
        };
        (self.timer)("read", rows.is_ok(), begun.elapsed());
        rows
    }

    /// Writes, and returns the statement's rows. Committed on return.
    ///
    /// # Errors
    /// The database refused, or did not answer in time: then it may be committed or not.
    pub async fn write(&self, text: &str, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        let begun = Instant::now();
        let rows = match &self.engine {
            Engine::Sqlite(file) => match file.check() {
                Ok(()) => sqlite_single(&file.writes, text, values).await,
                Err(error) => Err(error),
            },
            Engine::Postgres(server) => self.single(server, text, values, false).await,
        };
        (self.timer)("write", rows.is_ok(), begun.elapsed());
        rows
    }

    /// A statement by itself. If its session turns out to be bad, the statement is sent once more,
    /// unless it may have written something.
    async fn single(
        &self,
        server: &Postgres,
        text: &str,
        values: Vec<Value>,
        is_read: bool,
    ) -> Result<Vec<Row>, sqlx::Error> {
        if server.is_pooled() {
            return self.single_behind_pooler(text, values).await;
        }
        let was_in_doubt = server.is_in_doubt();
        let is_brief = is_read && !was_in_doubt;
        let patience = if is_brief { postgres::SLOW } else { postgres::DEADLINE };
        let mut connection = Some(match is_read {
            true => server.session().await?,
            false => server.tested_session().await?,
        });
        let ended = postgres_rows(server, &mut connection, text, values.clone(), patience).await;
        drop(connection);
        match ended {
            Err(error) if postgres::was_not_begun(&error) && server.is_pooled() => {
                self.single_behind_pooler(text, values).await
            }
            Err(error)
                if postgres::was_not_begun(&error) || is_brief && postgres::is_spoiled(&error) =>
            {
                let mut connection = Some(server.session().await?);
                postgres_rows(server, &mut connection, text, values, postgres::DEADLINE).await
            }
            ended => ended,
        }
    }

    /// In a transaction, otherwise a statement and its values could end up in different sessions.
    async fn single_behind_pooler(
        &self,
        text: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        let mut transaction = self.begin().await?;
        let rows = transaction.rows(text, values).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    /// Begins a transaction of several statements.
    ///
    /// # Errors
    /// There is no connection to be had.
    pub async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        let begun = Instant::now();
        match &self.engine {
            Engine::Sqlite(file) => {
                file.check()?;
                let session = Session::Sqlite(Some(sqlite::connection(&file.writes).await?));
                let mut transaction = Transaction { session, begun, timer: self.timer.clone() };
                transaction.say("BEGIN IMMEDIATE").await?;
                Ok(transaction)
            }
            Engine::Postgres(server) => {
                let was_in_doubt = server.is_in_doubt();
                let patience = if was_in_doubt { postgres::DEADLINE } else { postgres::SLOW };
                let connection = server.session().await?;
                match self.begin_at(server, connection, begun, patience).await {
                    Ok((transaction, can_write)) if can_write || was_in_doubt => {
                        return Ok(transaction);
                    }
                    Err(error) if was_in_doubt => return Err(error),
                    // Nothing has happened yet. The session is closed, and the next one is tested.
                    Ok(_) | Err(_) => {}
                }
                let connection = server.session().await?;
                Ok(self.begin_at(server, connection, begun, postgres::DEADLINE).await?.0)
            }
        }
    }

    /// Begins a transaction in this session, and returns whether it can write.
    async fn begin_at(
        &self,
        server: &Postgres,
        connection: PoolConnection<sqlx::Postgres>,
        begun: Instant,
        patience: Duration,
    ) -> Result<(Transaction, bool), sqlx::Error> {
        let session = Session::Postgres(server.clone(), Some(connection));
        // Made before the first statement, so that dropping it now also closes the connection.
        let mut transaction = Transaction { session, begun, timer: self.timer.clone() };
        let Session::Postgres(_, Some(connection)) = &mut transaction.session else {
            return Err(closed());
        };
        let began = server.in_time(patience, server.begin(connection)).await;
        let can_write = began.inspect_err(|error| server.learn(error))?;
        Ok((transaction, can_write))
    }
}

/// Nothing in it takes effect until it is committed; if dropped, it never happened. A connection
/// with an open transaction, or one on which something went wrong, is closed and never used again.
pub struct Transaction {
    session: Session,
    begun: Instant,
    timer: Timer,
}

enum Session {
    Sqlite(Option<PoolConnection<sqlx::Sqlite>>),
    Postgres(Postgres, Option<PoolConnection<sqlx::Postgres>>),
}

impl fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transaction").field("begun", &self.begun).finish_non_exhaustive()
    }
}

impl Transaction {
    /// Reads or writes.
    ///
    /// # Errors
    /// The database refused, or did not answer in time: nothing is committed.
    pub async fn rows(&mut self, text: &str, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        match &mut self.session {
            Session::Sqlite(connection) => sqlite_rows(connection, text, values).await,
            Session::Postgres(server, connection) => {
                postgres_rows(server, connection, text, values, postgres::DEADLINE).await
            }
        }
    }

    /// Makes everything take effect.
    ///
    /// # Errors
    /// The database refused, or did not answer in time: then it may be committed or not.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        let committed = self.say("COMMIT").await;
        (self.timer)("transaction", committed.is_ok(), self.begun.elapsed());
        committed?;
        self.give_back();
        Ok(())
    }

    /// Nothing was changed: the connection is as good as before.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn rollback(mut self) -> Result<(), sqlx::Error> {
        self.say("ROLLBACK").await?;
        self.give_back();
        Ok(())
    }

    async fn say(&mut self, text: &str) -> Result<(), sqlx::Error> {
        let text = AssertSqlSafe(text.to_owned());
        match &mut self.session {
            Session::Sqlite(Some(connection)) => {
                sqlx::raw_sql(text).execute(&mut **connection).await.map(drop)
            }
            Session::Postgres(server, Some(connection)) => {
                let said = sqlx::raw_sql(text).execute(&mut **connection);
                server.in_time(postgres::DEADLINE, said).await.map(drop)
            }
            Session::Sqlite(None) | Session::Postgres(_, None) => Err(closed()),
        }
    }

    fn give_back(&mut self) {
        match &mut self.session {
            Session::Sqlite(connection) => drop(connection.take()),
            Session::Postgres(_, connection) => drop(connection.take()),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        match &mut self.session {
            Session::Sqlite(Some(connection)) => connection.close_on_drop(),
            Session::Postgres(_, Some(connection)) => connection.close_on_drop(),
            Session::Sqlite(None) | Session::Postgres(_, None) => {}
        }
    }
}

async fn sqlite_single(
    pool: &SqlitePool,
    text: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>, sqlx::Error> {
    let connection = sqlite::connection(pool).await?;
    sqlite_rows(&mut Some(connection), text, values).await
}

async fn sqlite_rows(
    connection: &mut Option<PoolConnection<sqlx::Sqlite>>,
    text: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>, sqlx::Error> {
    let connection = connection.as_mut().ok_or_else(closed)?;
    match query!(sqlite_text(text), values).fetch_all(&mut **connection).await {
        Ok(rows) => Ok(rows.into_iter().map(|row| Row(Found::Sqlite(row))).collect()),
        Err(error) => {
            if sqlite::is_spoiled(&error) {
                connection.close_on_drop();
            }
            Err(error)
        }
    }
}

async fn postgres_rows(
    server: &Postgres,
    connection: &mut Option<PoolConnection<sqlx::Postgres>>,
    text: &str,
    values: Vec<Value>,
    patience: Duration,
) -> Result<Vec<Row>, sqlx::Error> {
    let connection = connection.as_mut().ok_or_else(closed)?;
    let query = query!(postgres_text(text), values).persistent(!server.is_pooled());
    match server.in_time(patience, query.fetch_all(&mut **connection)).await {
        Ok(rows) => Ok(rows.into_iter().map(|row| Row(Found::Postgres(row))).collect()),
        Err(error) => {
            server.learn(&error);
            if postgres::is_spoiled(&error) {
                connection.close_on_drop();
            }
            Err(error)
        }
    }
}

/// The error for a transaction that is over, which nobody can hold.
fn closed() -> sqlx::Error {
    sqlx::Error::PoolClosed
}
