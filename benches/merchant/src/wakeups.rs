//! A listener of the benchmark's own beside the processes: when each wake-up came, and how many
//! sessions the backend has.

use crate::wire::said;
use sqlx::postgres::{PgConnection, PgListener};
use sqlx::{Connection, Row};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The backend's channel (`store/sql`), and how the wake-ups begin by which a process tests itself.
const CHANNEL: &str = "paywith_payment_changed";
const ECHO_MARK: &str = "echo-";
const SESSIONS: &str = "SELECT count(*), (SELECT (1000000 * pg_notification_queue_usage())::bigint) \
                        FROM pg_stat_activity WHERE application_name = 'paywith'";
const SAMPLE: Duration = Duration::from_millis(500);

/// Listens and counts until it is dropped.
pub(crate) struct Wakeups {
    /// Dropping it ends them.
    _tasks: JoinSet<Result<(), String>>,
    heard: Arc<Mutex<Heard>>,
}

/// What was heard so far.
#[derive(Default)]
pub(crate) struct Heard {
    /// The first wake-up of each payment.
    pub(crate) at: HashMap<String, Instant>,
    pub(crate) count: usize,
    pub(crate) most_sessions: i64,
    /// The largest part of PostgreSQL's queue of notifications that was in use, in millionths.
    pub(crate) most_queue_ppm: i64,
}

impl Wakeups {
    /// Begins to listen.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn listen(url: &str) -> Result<Wakeups, String> {
        let mut listener = PgListener::connect(url).await.map_err(said)?;
        listener.listen(CHANNEL).await.map_err(said)?;
        let session = PgConnection::connect(url).await.map_err(said)?;
        let heard = Arc::<Mutex<Heard>>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(hear(listener, Arc::clone(&heard)));
        tasks.spawn(count_sessions(session, Arc::clone(&heard)));
        Ok(Wakeups { _tasks: tasks, heard })
    }

    /// What was heard so far.
    pub(crate) fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }
}

async fn hear(mut listener: PgListener, heard: Arc<Mutex<Heard>>) -> Result<(), String> {
    loop {
        let told = listener.recv().await.map_err(said)?;
        if !told.payload().starts_with(ECHO_MARK) {
            let mut heard = lock(&heard);
            heard.count += 1;
            heard.at.entry(told.payload().to_owned()).or_insert_with(Instant::now);
        }
    }
}

async fn count_sessions(mut session: PgConnection, heard: Arc<Mutex<Heard>>) -> Result<(), String> {
    loop {
        let row = sqlx::query(SESSIONS).fetch_one(&mut session).await.map_err(said)?;
        let sessions = row.try_get(0).map_err(said)?;
        let queue_ppm = row.try_get(1).map_err(said)?;
        {
            let mut so_far = lock(&heard);
            so_far.most_sessions = so_far.most_sessions.max(sessions);
            so_far.most_queue_ppm = so_far.most_queue_ppm.max(queue_ppm);
        }
        sleep(SAMPLE).await;
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
