//! Why the storage could not do what it was asked to do.

use std::fmt;

/// Why a call failed.
#[derive(Debug)]
pub enum StoreError {
    /// Another attempt has this key.
    KeyTaken,
    /// Another process is working on the order.
    ClaimLost,
    /// Another process is serving from this database, which allows only one.
    InUse,
    /// A stored value makes no sense: the data was damaged or edited.
    Damaged {
        /// Its column.
        column: &'static str,
    },
    /// The database failed.
    Database(Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// The database failed for this reason.
    pub fn database(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
        StoreError::Database(error.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::KeyTaken => formatter.write_str("the key belongs to another request"),
            StoreError::ClaimLost => formatter.write_str("another process works on this order"),
            StoreError::InUse => formatter.write_str(
                "another backend is running on this file: stop it first, or use PostgreSQL, which \
                 takes several (docs/backend.md, Several processes)",
            ),
            StoreError::Damaged { column } => {
                write!(formatter, "the column `{column}` has a value that makes no sense")
            }
            StoreError::Database(error) => write!(formatter, "{error}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<paywith_database::Error> for StoreError {
    fn from(error: paywith_database::Error) -> StoreError {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => StoreError::KeyTaken,
            Some(_) | None => StoreError::database(error),
        }
    }
}
