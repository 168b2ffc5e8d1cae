//! PostgreSQL's sessions go bad while they lie in the pool: the server ends them, or they can only
//! read. Nobody who asks for something that can be done again in another session notices.
#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

use paywith_database::{Db, values};
use paywith_test_postgres::Postgres;
use sqlx::migrate::Migrator;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ADD: &str = "INSERT INTO things (name) VALUES ($1) RETURNING name";
const ALL: &str = "SELECT name FROM things ORDER BY name";

/// A database with one table, and the server that it is on.
struct Setup {
    server: Postgres,
    url: String,
    db: Db,
}

impl Setup {
    async fn new() -> Setup {
        let server = Postgres::start().expect("PostgreSQL");
        let url = server.new_database().expect("a database");
        server.run(&url, "CREATE TABLE things (name TEXT PRIMARY KEY)").expect("a table");
        let db = Db::postgres(&url, Migrator::DEFAULT, Arc::new(|_, _, _| {})).await;
        Setup { db: db.expect("open"), server, url }
    }

    /// The pool's next session is one that can only read, and nobody knows it yet.
    async fn with_a_session_that_can_only_read(&self) {
        // Begun before, so that it is in a session that can write, whichever that is.
        given_back().await;
        let open = self.db.begin().await.expect("begun");
        self.server.set_read_only(&self.url, true).expect("changed");
        self.db.rows(ALL, values![]).await.expect("a second session reads");
        self.server.set_read_only(&self.url, false).expect("changed");
        given_back().await;
        open.rollback().await.expect("unused");
        given_back().await;
    }

    async fn names(&self) -> Vec<String> {
        let rows = self.db.rows(ALL, values![]).await.expect("rows");
        rows.iter().map(|row| row.text("name").expect("a name")).collect()
    }
}

/// A session is given back to the pool by a task of its own.
async fn given_back() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_meets_a_session_that_can_only_read_is_done_in_another_one() {
    let setup = Setup::new().await;
    setup.with_a_session_that_can_only_read().await;
    let rows = setup.db.write(ADD, values!["one"]).await.expect("written");
    assert_eq!(rows.len(), 1);
    assert_eq!(setup.names().await, ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_meets_a_session_that_can_only_read_begins_in_another_one() {
    let setup = Setup::new().await;
    setup.with_a_session_that_can_only_read().await;
    let mut transaction = setup.db.begin().await.expect("begun");
    transaction.rows(ADD, values!["one"]).await.expect("written");
    transaction.commit().await.expect("committed");
    assert_eq!(setup.names().await, ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_and_transactions_do_not_notice_that_the_server_has_ended_their_sessions() {
    let setup = Setup::new().await;
    setup.db.write(ADD, values!["one"]).await.expect("written");
    setup.server.end_sessions(&setup.url).expect("ended");
    assert_eq!(setup.names().await, ["one"]);
    setup.server.end_sessions(&setup.url).expect("ended");
    let transaction = setup.db.begin().await.expect("begun");
    transaction.rollback().await.expect("unused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_only_read_refuses_writes_in_its_own_words_at_once() {
    let setup = Setup::new().await;
    setup.server.set_read_only(&setup.url, true).expect("changed");
    setup.server.end_sessions(&setup.url).expect("ended");
    let begun = Instant::now();
    for name in ["one", "two", "three"] {
        let refused = setup.db.write(ADD, values![name]).await.expect_err("read-only");
        // The first may meet the end of its session: whether it was written, nobody knows.
        let code = refused.as_database_error().and_then(|error| error.code());
        assert!(matches!(code.as_deref(), Some("25006" | "57P01")), "{refused:?}");
        let mut transaction = setup.db.begin().await.expect("reads are possible");
        let refused = transaction.rows(ADD, values![name]).await.expect_err("read-only");
        let code = refused.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("25006"));
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(setup.names().await, Vec::<String>::new());
}
