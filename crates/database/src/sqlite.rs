//! SQLite: one file, one process that serves, one writer.
//!
//! A file that was deleted or moved can still be written to as long as it is open, but everything
//! written is lost with the process: so each write first checks that the file is in place. Only
//! startup creates a new file.

use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;

const BUSY_TIMEOUT: Duration = Duration::from_millis(5_000);
const PATIENCE: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// How long to wait for a predecessor that is ending.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Why this process could not get the lock of the one that serves.
#[derive(Debug)]
pub enum LockError {
    /// Another process holds it.
    InUse,
    /// The lock's file could not be made.
    File(io::Error),
}

/// An open file. `writes` has one connection: writers wait in line, readers are not blocked.
#[derive(Clone, Debug)]
pub(super) struct Sqlite {
    pub(super) reads: SqlitePool,
    pub(super) writes: SqlitePool,
    path: PathBuf,
    identity: (u64, u64),
    /// Held by the serving process.
    lock: Arc<OnceLock<File>>,
}

impl Sqlite {
    /// Opens the file, creates it if it does not exist, and brings its tables up to date.
    pub(super) async fn open(path: &Path, tables: &Migrator) -> Result<Sqlite, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT);
        let making = options.clone().create_if_missing(true);
        let mut first = SqliteConnection::connect_with(&making).await?;
        tables.run(&mut first).await?;
        let pool = |connections: u32| {
            let pool = SqlitePoolOptions::new().max_connections(connections);
            // A connection is a thread of this program: it cannot be lost meanwhile.
            let pool = pool.test_before_acquire(false);
            pool.acquire_timeout(PATIENCE).connect_with(options.clone())
        };
        let (reads, writes) = (pool(READERS).await?, pool(1).await?);
        first.close().await?;
        let identity = identity(path).map_err(sqlx::Error::Io)?;
        let lock = Arc::new(OnceLock::new());
        Ok(Sqlite { reads, writes, path: path.to_owned(), identity, lock })
    }

    /// Refuses to write to a file that nobody will find again.
    pub(super) fn check(&self) -> Result<(), sqlx::Error> {
        let is_there = identity(&self.path).is_ok_and(|identity| identity == self.identity);
        if is_there {
            return Ok(());
        }
        let text = format!(
            "the database file {} was deleted, moved or replaced while it was open: put it back, or \
             restart the backend if it is to use what lies there now",
            self.path.display()
        );
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::NotFound, text)))
    }

    /// Makes this process the only one that serves from the file.
    pub(super) async fn lock(&self) -> Result<(), LockError> {
        if self.lock.get().is_some() {
            return Ok(());
        }
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        let file = File::options().create(true).append(true).open(name);
        let file = file.map_err(LockError::File)?;
        let begun = Instant::now();
        while let Err(error) = file.try_lock() {
            match error {
                std::fs::TryLockError::WouldBlock if begun.elapsed() < LOCK_PATIENCE => {
                    tokio::time::sleep(LOCK_PAUSE).await;
                }
                std::fs::TryLockError::WouldBlock => return Err(LockError::InUse),
                // If files cannot be locked, nobody can be kept out.
                std::fs::TryLockError::Error(error) => {
                    tracing::warn!(%error, "the database cannot be locked against a second backend");
                    return Ok(());
                }
            }
        }
        drop(self.lock.set(file));
        Ok(())
    }
}

/// A connection, as soon as one is free. Waiting for one is boxed, because the future is large, and
/// whatever awaits it would be, too.
pub(super) async fn connection(
    pool: &SqlitePool,
) -> Result<PoolConnection<sqlx::Sqlite>, sqlx::Error> {
    match pool.try_acquire() {
        Some(connection) => Ok(connection),
        None => Box::pin(pool.acquire()).await,
    }
}

/// Which file it is, whatever it is called.
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let about = std::fs::metadata(path)?;
    Ok((about.dev(), about.ino()))
}

/// Whether a connection is unusable after this error: after any error but a violated constraint.
pub(super) fn is_spoiled(error: &sqlx::Error) -> bool {
    let kind = error.as_database_error().map(|error| error.kind());
    !matches!(
        kind,
        Some(
            sqlx::error::ErrorKind::UniqueViolation
                | sqlx::error::ErrorKind::ForeignKeyViolation
                | sqlx::error::ErrorKind::NotNullViolation
                | sqlx::error::ErrorKind::CheckViolation
        )
    )
}
