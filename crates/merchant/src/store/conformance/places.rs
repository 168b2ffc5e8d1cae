//! Every storage that the suite runs against, each empty.

use crate::config::Database;
use crate::store::memory::MemoryStore;
use crate::store::{Store, open};
use paywith_test_postgres::{PgBouncer, Postgres};
use secrecy::SecretString;
use std::sync::{Arc, LazyLock};

/// One server for all tests in this binary.
pub(super) static POSTGRES: LazyLock<Postgres> =
    LazyLock::new(|| Postgres::start().expect("PostgreSQL"));

pub(super) async fn sqlite() -> Arc<dyn Store> {
    let name = format!("paywith-store-{}.sqlite", crate::ids::random_hex(8).expect("random"));
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
    Arc::new(MemoryStore::default())
}
