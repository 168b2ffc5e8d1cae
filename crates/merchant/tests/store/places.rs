//! Every storage that the suite runs against, each empty.

use super::memory::MemoryStore;
use paywith_merchant::environment::SystemClock;
use paywith_merchant::store::{self, Store, StoreError};
use paywith_merchant::{Database, Metrics};
use paywith_test_postgres::{PgBouncer, Postgres};
use secrecy::SecretString;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

/// One server for all tests in this binary.
pub(super) static POSTGRES: LazyLock<Postgres> =
    LazyLock::new(|| Postgres::start().expect("PostgreSQL"));

/// By the machine's clock, with nobody who looks at the metrics.
pub(super) async fn open(database: &Database) -> Result<Arc<dyn Store>, StoreError> {
    store::open(database, Arc::new(SystemClock), Metrics::default()).await
}

pub(super) async fn sqlite() -> Arc<dyn Store> {
    static OPENED: AtomicU32 = AtomicU32::new(0);
    let number = OPENED.fetch_add(1, Ordering::Relaxed);
    let name = format!("paywith-store-{}-{number}.sqlite", std::process::id());
    let file = std::env::temp_dir().join(name);
    open(&Database::Sqlite(file)).await.expect("a file")
}

pub(super) async fn postgres() -> Arc<dyn Store> {
    let url = POSTGRES.new_database().expect("a database");
    open(&Database::Postgres(SecretString::from(url))).await.expect("a server")
}

/// Few sessions, so that they soon pass from one client to another.
static POOLER: LazyLock<PgBouncer> =
    LazyLock::new(|| PgBouncer::start(&POSTGRES, 3).expect("PgBouncer"));

pub(super) async fn pooler() -> Arc<dyn Store> {
    let url = POOLER.url(&POSTGRES.new_database().expect("a database"));
    open(&Database::Postgres(SecretString::from(url))).await.expect("a server")
}

pub(super) async fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(Arc::new(SystemClock)))
}
