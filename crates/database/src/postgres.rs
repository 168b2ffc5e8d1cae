//! PostgreSQL: which sessions can be used, and a pooler in front, if there is one.
//!
//! After a switch-over the pool is full of sessions that can only read, and each would refuse every
//! write for as long as it lives; after a restart it is full of dead ones. So a session is tested
//! before it writes. A test would double the time of a read, so before those it is done only while there
//! is doubt: when the session was unused for a while, and for some seconds after any session turned out
//! to be bad or slow. The read that met the first bad one is sent once more. Behind a pooler in
//! transaction mode (PgBouncer, and many hosting providers) two statements may run in two server
//! sessions; there everything runs in transactions and nothing is prepared by name.

use crate::wakeups::mark;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{
    PgConnectOptions, PgConnection, PgDatabaseError, PgPool, PgPoolOptions, PgRow,
};
use sqlx::{Connection, Row};
use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

/// How long a request waits for a session before it is answered with an error.
const PATIENCE: Duration = Duration::from_secs(5);
const SESSIONS: u32 = 16;
/// A session that was used so recently is not tested before it reads, unless there is doubt.
const FRESH: Duration = Duration::from_secs(1);
/// How long there is doubt after a session turned out to be bad: long enough for every session in
/// use to be tested once.
const DOUBT: Duration = Duration::from_secs(10);
/// A session that does not answer a test within this time is unusable.
const TRIAL: Duration = Duration::from_secs(1);
/// An answer that takes longer raises doubt about the other sessions, too; a read in a session that
/// was not tested is abandoned then, and sent again in another one. Longer than most waits for a lock.
pub(super) const SLOW: Duration = Duration::from_secs(3);
/// Longer than the server's own limit: this one is for a server that has disappeared.
pub(super) const DEADLINE: Duration = Duration::from_secs(12);
/// Not discarded at once: while the server is read-only, reads still work, and not every call
/// should open a new session.
const KEPT_READ_ONLY: Duration = Duration::from_secs(1);
/// Limits for one statement, and for waiting for a lock: set at the server, so that an abandoned
/// call does not keep running there.
pub(super) const LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "8s"),
    ("lock_timeout", "4s"),
    ("idle_in_transaction_session_timeout", "30s"),
];

/// The server, or the pooler in front of it.
#[derive(Clone, Debug)]
pub(super) struct Postgres {
    pub(super) pool: PgPool,
    is_pooled: Arc<AtomicBool>,
    doubt: Doubt,
}

/// What is held against the sessions of the pool.
#[derive(Clone, Debug, Default)]
struct Doubt(Arc<Mutex<Suspicions>>);

#[derive(Clone, Copy, Debug, Default)]
struct Suspicions {
    /// Until when every session is tested before use.
    until: Option<Instant>,
    /// Sessions that were opened before this are not used any more: what they have prepared is
    /// outdated.
    outdated: Option<Instant>,
}

impl Doubt {
    fn suspicions(&self) -> MutexGuard<'_, Suspicions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) {
        self.suspicions().until = Some(Instant::now() + DOUBT);
    }

    fn is_there(&self) -> bool {
        let until = self.suspicions().until;
        until.is_some_and(|until| Instant::now() < until)
    }

    fn end_all(&self) {
        self.suspicions().outdated = Some(Instant::now());
    }

    /// Whether a session of this age is not to be used any more.
    fn is_outdated(&self, age: Duration) -> bool {
        let outdated = self.suspicions().outdated;
        outdated.is_some_and(|outdated| outdated.elapsed() < age)
    }
}

impl Postgres {
    /// Opens the database and brings its tables up to date.
    pub(super) async fn open(url: &str, tables: Migrator) -> Result<Postgres, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        // PgBouncer refuses sessions with parameters that it does not know; no number here is a
        // float.
        let options = options.extra_float_digits(None).application_name("paywith");
        let is_pooled = is_pooled(&options).await?;
        if is_pooled {
            tracing::info!("a pooler in transaction mode is in front of the database");
        }
        let options = if is_pooled { options.statement_cache_capacity(0) } else { options };
        let doubt = Doubt::default();
        let doubt_of_pool = doubt.clone();
        let pool = PgPoolOptions::new()
            .max_connections(SESSIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(move |session, about| {
                let is_outdated = doubt_of_pool.is_outdated(about.age);
                let is_tested = about.idle_for >= FRESH || doubt_of_pool.is_there();
                let is_kept = about.age < KEPT_READ_ONLY;
                Box::pin(async move {
                    Ok(!is_outdated && (!is_tested || is_writable(session).await? || is_kept))
                })
            })
            .after_connect(move |session, _| {
                Box::pin(async move { if is_pooled { Ok(()) } else { limit(session).await } })
            })
            .connect_with(options)
            .await?;
        migrate(&pool, tables, is_pooled).await?;
        Ok(Postgres { pool, is_pooled: Arc::new(AtomicBool::new(is_pooled)), doubt })
    }

    /// Whether each transaction may run in a different server session.
    pub(super) fn is_pooled(&self) -> bool {
        self.is_pooled.load(Ordering::Relaxed)
    }

    /// A session, as soon as one is free. Boxed, because the future is as large as everything that
    /// opening a session takes, and whatever awaits it would be, too.
    pub(super) async fn session(&self) -> Result<PoolConnection<sqlx::Postgres>, sqlx::Error> {
        Box::pin(self.pool.acquire()).await
    }

    /// A session that was alive and could write a moment ago.
    pub(super) async fn tested_session(
        &self,
    ) -> Result<PoolConnection<sqlx::Postgres>, sqlx::Error> {
        let mut session = self.session().await?;
        if self.is_in_doubt() {
            // Then the pool has tested it.
            return Ok(session);
        }
        if is_writable(&mut session).await.is_ok_and(|is_writable| is_writable) {
            return Ok(session);
        }
        session.close_on_drop();
        drop(session);
        self.doubt.begin();
        self.session().await
    }

    /// Whether every session is tested before use, because one of them turned out to be bad.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.doubt.is_there()
    }

    /// Begins a transaction, and returns whether it can write: in one message, so that this costs
    /// no time. Behind a pooler it also sets the limits, for this transaction only.
    pub(super) async fn begin(&self, session: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let local = LIMITS.map(|(name, value)| format!("SET LOCAL {name} = '{value}'; ")).concat();
        let local = if self.is_pooled() { local } else { String::new() };
        let text = sqlx::AssertSqlSafe(format!("BEGIN; {local}{CAN_ONLY_READ}"));
        let can_write = can_write(&sqlx::raw_sql(text).fetch_one(session).await?)?;
        if !can_write {
            self.doubt.begin();
        }
        Ok(can_write)
    }

    /// Learns from an error: that there is reason to doubt the sessions; that tables were changed; or
    /// that a pooler was added later, if a prepared statement belongs to another session, or ours is
    /// missing.
    pub(super) fn learn(&self, error: &sqlx::Error) {
        if is_spoiled(error) {
            self.doubt.begin();
        }
        if is_plan_outdated(error) {
            self.doubt.end_all();
        } else if is_statement_gone(error) && !self.is_pooled() {
            tracing::warn!("a pooler in transaction mode seems to be in front of the database");
            self.is_pooled.store(true, Ordering::Relaxed);
            self.doubt.end_all();
        }
    }

    /// The answer, or an error after this time. A slow one raises doubt.
    pub(super) async fn in_time<T>(
        &self,
        patience: Duration,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let mut answer = pin!(answer);
        if let Ok(answer) = timeout(SLOW, &mut answer).await {
            return answer;
        }
        self.doubt.begin();
        timeout(patience.saturating_sub(SLOW), answer).await.map_err(late)?
    }
}

/// Asks whether the session can only read.
const CAN_ONLY_READ: &str = "SHOW transaction_read_only";

/// The answer to [`CAN_ONLY_READ`].
fn can_write(row: &PgRow) -> Result<bool, sqlx::Error> {
    row.try_get(0).map(|word: String| word == "off")
}

/// Whether the session can write, or an error if it is dead; as cheap as a ping, which it replaces.
async fn is_writable(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let answer = timeout(TRIAL, sqlx::raw_sql(CAN_ONLY_READ).fetch_one(session)).await;
    can_write(&answer.map_err(late)??)
}

fn late(_: Elapsed) -> sqlx::Error {
    sqlx::Error::Io(io::Error::from(ErrorKind::TimedOut))
}

async fn limit(session: &mut PgConnection) -> Result<(), sqlx::Error> {
    for (name, value) in LIMITS {
        let text = sqlx::AssertSqlSafe(format!("SET {name} = '{value}'"));
        sqlx::raw_sql(text).execute(&mut *session).await?;
    }
    Ok(())
}

/// Everything, including the lock, happens in one transaction, which a pooler keeps in one session.
/// The migrator names its statements: behind a pooler, other clients' statements are removed
/// before, and its own afterwards.
async fn migrate(pool: &PgPool, mut tables: Migrator, is_pooled: bool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let text = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
                SELECT pg_advisory_xact_lock(8675309015)";
    sqlx::raw_sql(text).execute(&mut *transaction).await?;
    tables.set_locking(false);
    if is_pooled {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *transaction).await?;
    }
    tables.run(&mut *transaction).await?;
    if is_pooled {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Whether a setting of one session shows up in another: then they sometimes share a server
/// session.
async fn is_pooled(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let options = options.clone().statement_cache_capacity(0);
    let mut one = PgConnection::connect_with(&options).await?;
    let mut other = PgConnection::connect_with(&options).await?;
    let mark = mark();
    let set = sqlx::AssertSqlSafe(format!("SET paywith.session = '{mark}'"));
    sqlx::raw_sql(set).execute(&mut one).await?;
    let mut is_pooled = false;
    for _ in 0..3 {
        sqlx::raw_sql("BEGIN").execute(&mut other).await?;
        let seen = mark_of(&mut other).await? == mark;
        // While the other one holds a server session, this one is given a different one.
        let kept = match timeout(TRIAL, mark_of(&mut one)).await {
            Ok(kept) => kept? == mark,
            // There is only one server session, and the other one holds it.
            Err(_) => false,
        };
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await?;
        if seen || !kept {
            is_pooled = true;
            break;
        }
    }
    // An error while closing does not matter.
    drop(one.close().await);
    drop(other.close().await);
    Ok(is_pooled)
}

async fn mark_of(session: &mut PgConnection) -> Result<String, sqlx::Error> {
    let text = "SELECT coalesce(current_setting('paywith.session', true), '')";
    sqlx::raw_sql(text).fetch_one(session).await?.try_get(0)
}

/// Whether a session is unusable after this error.
pub(super) fn is_spoiled(error: &sqlx::Error) -> bool {
    let Some(database) = error.as_database_error() else { return true };
    let code = database.code().unwrap_or_default();
    let is_bad = ["08", "57P", "XX", "25"].iter().any(|class| code.starts_with(class));
    is_bad || is_plan_outdated(error) || is_statement_gone(error)
}

/// Whether the server refused the statement before it began: the session can only read, or what it has
/// prepared is useless. Sent again in another session it runs once.
pub(super) fn was_not_begun(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("25006") || is_plan_outdated(error) || is_statement_gone(error)
}

/// Whether the statement was prepared before the columns of its table changed: "cached plan must not
/// change result type", which has the code of everything that is not supported.
fn is_plan_outdated(error: &sqlx::Error) -> bool {
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref());
    error.is_some_and(|error: &PgDatabaseError| error.routine() == Some("RevalidateCachedQuery"))
}

/// Whether a prepared statement is missing, or belongs to another client of the same session.
fn is_statement_gone(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code.starts_with("26") || code == "42P05")
}

fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(|error| error.code())
}
