//! The two databases behind one interface: SQL with `$1` for both, values in, rows out.
//!
//! Where the two differ, a statement says `{lock}` or `{skip_locked}`: row locks in PostgreSQL,
//! nothing in SQLite, where one writer locks the whole file. It knows none of our tables.

use super::postgres::{self, Postgres};
use super::sqlite::{self, Sqlite};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::io;
use std::time::Duration;

/// Longer than the server's own limit: this one is for a server that has disappeared.
const DEADLINE: Duration = Duration::from_secs(12);

/// An open database.
#[derive(Clone, Debug)]
pub(super) enum Db {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The value of a `$1`.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::Text(Some(text.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        Value::Text(text.map(str::to_owned))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Value {
        Value::Text(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Int(Some(i64::from(number)))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        Value::Int(number)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Bytes(bytes.to_vec())
    }
}

/// The values of a statement, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(crate::store::sql::driver::Value::from($value)),*] };
}
pub(super) use values;

/// One row of a result.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn text(&self, name: &str) -> Result<String, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(name),
            Row::Postgres(row) => row.try_get(name),
        }
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<String>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(name),
            Row::Postgres(row) => row.try_get(name),
        }
    }

    pub(super) fn int(&self, name: &str) -> Result<i64, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(name),
            Row::Postgres(row) => row.try_get(name),
        }
    }

    pub(super) fn optional_int(&self, name: &str) -> Result<Option<i64>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(name),
            Row::Postgres(row) => row.try_get(name),
        }
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(name),
            Row::Postgres(row) => row.try_get(name),
        }
    }
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
    text.replace("{lock}", "").replace("{skip_locked}", "")
}

fn postgres_text(text: &str) -> String {
    text.replace("{lock}", " FOR UPDATE").replace("{skip_locked}", " FOR UPDATE SKIP LOCKED")
}

impl Db {
    /// Reads.
    pub(super) async fn rows(
        &self,
        text: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Db::Sqlite(file) => {
                let connection = file.reads.acquire().await?;
                Ok(sqlite_rows(&mut Some(connection), text, values).await?)
            }
            // A statement and its values could end up in different sessions.
            Db::Postgres(server) if server.is_pooled() => {
                let mut transaction = self.begin().await?;
                let rows = transaction.rows(text, values).await?;
                transaction.commit().await?;
                Ok(rows)
            }
            Db::Postgres(server) => {
                let connection = server.pool.acquire().await?;
                Ok(postgres_rows(server, &mut Some(connection), text, values).await?)
            }
        }
    }

    /// Writes, and returns the statement's rows. Committed on return.
    pub(super) async fn write(
        &self,
        text: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Db::Sqlite(file) => {
                file.check()?;
                let connection = file.writes.acquire().await?;
                Ok(sqlite_rows(&mut Some(connection), text, values).await?)
            }
            Db::Postgres(_) => self.rows(text, values).await,
        }
    }

    /// Begins a transaction of several statements.
    pub(super) async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        match self {
            Db::Sqlite(file) => {
                file.check()?;
                // Before the first statement, so that dropping it now also closes the connection.
                let mut begun = Transaction::Sqlite(Some(file.writes.acquire().await?));
                begun.say("BEGIN IMMEDIATE").await?;
                Ok(begun)
            }
            Db::Postgres(server) => {
                let connection = server.pool.acquire().await?;
                let mut begun = Transaction::Postgres(server.clone(), Some(connection));
                begun.say(&server.begin_text()).await?;
                Ok(begun)
            }
        }
    }
}

/// Nothing in it takes effect until it is committed; if dropped, it never happened. A connection
/// with an open transaction, or one on which something went wrong, is closed and never used again.
pub(super) enum Transaction {
    Sqlite(Option<PoolConnection<sqlx::Sqlite>>),
    Postgres(Postgres, Option<PoolConnection<sqlx::Postgres>>),
}

impl Transaction {
    pub(super) async fn rows(
        &mut self,
        text: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Transaction::Sqlite(connection) => sqlite_rows(connection, text, values).await,
            Transaction::Postgres(server, connection) => {
                postgres_rows(server, connection, text, values).await
            }
        }
    }

    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.say("COMMIT").await?;
        self.give_back();
        Ok(())
    }

    /// Nothing was changed: the connection is as good as before.
    pub(super) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        self.say("ROLLBACK").await?;
        self.give_back();
        Ok(())
    }

    async fn say(&mut self, text: &str) -> Result<(), sqlx::Error> {
        let text = AssertSqlSafe(text.to_owned());
        match self {
            Transaction::Sqlite(Some(connection)) => {
                sqlx::raw_sql(text).execute(&mut **connection).await.map(drop)
            }
            Transaction::Postgres(_, Some(connection)) => {
                in_time(sqlx::raw_sql(text).execute(&mut **connection)).await.map(drop)
            }
            Transaction::Sqlite(None) | Transaction::Postgres(_, None) => Err(closed()),
        }
    }

    fn give_back(&mut self) {
        match self {
            Transaction::Sqlite(connection) => drop(connection.take()),
            Transaction::Postgres(_, connection) => drop(connection.take()),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        match self {
            Transaction::Sqlite(Some(connection)) => connection.close_on_drop(),
            Transaction::Postgres(_, Some(connection)) => connection.close_on_drop(),
            Transaction::Sqlite(None) | Transaction::Postgres(_, None) => {}
        }
    }
}

async fn sqlite_rows(
    connection: &mut Option<PoolConnection<sqlx::Sqlite>>,
    text: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>, sqlx::Error> {
    let connection = connection.as_mut().ok_or_else(closed)?;
    match query!(sqlite_text(text), values).fetch_all(&mut **connection).await {
        Ok(rows) => Ok(rows.into_iter().map(Row::Sqlite).collect()),
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
) -> Result<Vec<Row>, sqlx::Error> {
    let connection = connection.as_mut().ok_or_else(closed)?;
    let query = query!(postgres_text(text), values).persistent(!server.is_pooled());
    match in_time(query.fetch_all(&mut **connection)).await {
        Ok(rows) => Ok(rows.into_iter().map(Row::Postgres).collect()),
        Err(error) => {
            server.learn(&error);
            if postgres::is_spoiled(&error) {
                connection.close_on_drop();
            }
            Err(error)
        }
    }
}

/// The server's answer, or an error after [`DEADLINE`].
async fn in_time<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(DEADLINE, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(io::Error::from(io::ErrorKind::TimedOut))),
    }
}

/// The error for a transaction that is over, which nobody can hold.
fn closed() -> sqlx::Error {
    sqlx::Error::PoolClosed
}
