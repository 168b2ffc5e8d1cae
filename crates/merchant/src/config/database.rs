//! Where payments are stored.

use super::ConfigError;
use secrecy::SecretString;
use std::fmt;
use std::path::PathBuf;

/// An SQLite file, or a PostgreSQL server.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file on a local disk, for one process.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/name`, for several processes.
    Postgres(SecretString),
}

impl Database {
    /// Parses a file name or a PostgreSQL address.
    ///
    /// # Errors
    /// When it is another kind of address.
    pub fn parse(text: &str) -> Result<Database, ConfigError> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => {
                Ok(Database::Postgres(SecretString::from(text.to_owned())))
            }
            Some((scheme, _)) => {
                let problem = format!(
                    "{scheme}:// is not known; write a file's name, or \
                     postgres://user:password@host/name"
                );
                Err(ConfigError::new("database", &problem))
            }
            None => Ok(Database::Sqlite(PathBuf::from(text))),
        }
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&PathBuf> {
        match self {
            Database::Sqlite(file) => Some(file),
            Database::Postgres(_) => None,
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite(file) => write!(formatter, "{}", file.display()),
            // The address contains a password.
            Database::Postgres(_) => formatter.write_str("PostgreSQL"),
        }
    }
}
