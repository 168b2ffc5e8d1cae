//! What comes out of a statement.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Type};

/// One row of a result.
#[derive(Debug)]
pub struct Row(pub(crate) Found);

#[derive(Debug)]
pub(crate) enum Found {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that a column of either database can be read as.
trait Column:
    for<'r> Decode<'r, sqlx::Sqlite>
    + for<'r> Decode<'r, sqlx::Postgres>
    + Type<sqlx::Sqlite>
    + Type<sqlx::Postgres>
{
}

impl<T> Column for T where
    T: for<'r> Decode<'r, sqlx::Sqlite>
        + for<'r> Decode<'r, sqlx::Postgres>
        + Type<sqlx::Sqlite>
        + Type<sqlx::Postgres>
{
}

/// Each fails if there is no such column, or if it has another type.
#[expect(clippy::missing_errors_doc, reason = "said above, for all of them")]
impl Row {
    fn get<T: Column>(&self, name: &str) -> Result<T, sqlx::Error> {
        match &self.0 {
            Found::Sqlite(row) => row.try_get(name),
            Found::Postgres(row) => row.try_get(name),
        }
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<String, sqlx::Error> {
        self.get(name)
    }

    /// A text, or `NULL`.
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, sqlx::Error> {
        self.get(name)
    }

    /// An integer.
    pub fn int(&self, name: &str) -> Result<i64, sqlx::Error> {
        self.get(name)
    }

    /// An integer, or `NULL`.
    pub fn optional_int(&self, name: &str) -> Result<Option<i64>, sqlx::Error> {
        self.get(name)
    }

    /// Bytes.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, sqlx::Error> {
        self.get(name)
    }
}
