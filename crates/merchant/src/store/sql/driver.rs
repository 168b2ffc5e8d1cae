//! The two databases behind one face: texts with `$1` for both, values in, rows out.
//!
//! Where the two differ, a text says `{lock}` or `{skip_locked}`: row locks in PostgreSQL, nothing
//! in SQLite, where one writer holds the whole file. It knows none of our tables.

use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Postgres, Row as _, Sqlite};

/// An open database.
#[derive(Clone, Debug)]
pub(super) enum Db {
    /// `writes` has one connection: writers wait in line, readers go on beside them.
    Sqlite {
        reads: SqlitePool,
        writes: SqlitePool,
    },
    Postgres(PgPool),
}

/// What stands at a `$1`.
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

/// The values of a text, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(crate::store::sql::driver::Value::from($value)),*] };
}
pub(super) use values;

/// One row of an answer.
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

/// A text of ours with its values. Nothing from outside is ever part of the text.
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
            Db::Sqlite { reads, .. } => {
                let rows = query!(sqlite_text(text), values).fetch_all(reads).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Db::Postgres(pool) => {
                let rows = query!(postgres_text(text), values).fetch_all(pool).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Writes, and answers what the text returns. Committed on return.
    pub(super) async fn write(
        &self,
        text: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Db::Sqlite { writes, .. } => {
                let rows = query!(sqlite_text(text), values).fetch_all(writes).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Db::Postgres(_) => self.rows(text, values).await,
        }
    }

    /// Several texts that hold together.
    pub(super) async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        match self {
            Db::Sqlite { writes, .. } => {
                Ok(Transaction::Sqlite(writes.begin_with("BEGIN IMMEDIATE").await?))
            }
            Db::Postgres(pool) => Ok(Transaction::Postgres(pool.begin().await?)),
        }
    }
}

/// Nothing of it is there until it is committed; dropped, it never was.
pub(super) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub(super) async fn rows(
        &mut self,
        text: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Transaction::Sqlite(transaction) => {
                let rows = query!(sqlite_text(text), values).fetch_all(&mut **transaction).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Transaction::Postgres(transaction) => {
                let rows =
                    query!(postgres_text(text), values).fetch_all(&mut **transaction).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Transaction::Sqlite(transaction) => transaction.commit().await,
            Transaction::Postgres(transaction) => transaction.commit().await,
        }
    }
}
