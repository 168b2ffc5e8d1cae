//! PostgreSQL's sessions go bad while they lie in the pool: the server ends them, or is gone; they can
//! only read; what they have prepared is outdated. Nobody who asks for something that can be done
//! again in another session notices.
#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

use paywith_database::{Db, values};
use paywith_test_postgres::{Postgres, name_of};
use sqlx::migrate::Migrator;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ADD: &str = "INSERT INTO things (name) VALUES ($1) RETURNING name";
const ALL: &str = "SELECT name FROM things ORDER BY name";
const EVERYTHING: &str = "SELECT * FROM things";

#[derive(Clone, Copy, Debug)]
enum Work {
    Read,
    Write,
    Transaction,
}

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

    /// The pool holds so many sessions, in which something was prepared.
    async fn with_sessions(&self, count: usize) {
        let mut open = Vec::new();
        for _ in 0..count {
            let mut transaction = self.db.begin().await.expect("begun");
            transaction.rows(EVERYTHING, values![]).await.expect("prepared");
            open.push(transaction);
        }
        for transaction in open {
            transaction.commit().await.expect("given back");
        }
        given_back().await;
    }

    /// Stops the server's side of every session, and returns the processes.
    fn stop_sessions(&self) -> Vec<String> {
        let name = name_of(&self.url);
        let sql = format!(
            "SELECT pid FROM pg_stat_activity WHERE datname = '{name}' \
                           AND backend_type = 'client backend'"
        );
        let pids = self.server.run(&self.server.maintenance_url(), &sql).expect("listed");
        let pids: Vec<String> = pids.split_whitespace().map(str::to_owned).collect();
        signal("STOP", &pids);
        pids
    }

    async fn does(&self, work: Work) -> Result<(), paywith_database::Error> {
        match work {
            Work::Read => self.db.rows(ALL, values![]).await.map(drop),
            Work::Write => self.db.write(ADD, values!["one"]).await.map(drop),
            Work::Transaction => self.db.begin().await.map(drop),
        }
    }

    async fn names(&self) -> Vec<String> {
        let rows = self.db.rows(ALL, values![]).await.expect("rows");
        rows.iter().map(|row| row.text("name").expect("a name")).collect()
    }
}

fn signal(name: &str, pids: &[String]) {
    let status = Command::new("kill").arg(format!("-{name}")).args(pids).status();
    assert!(status.expect("kill").success());
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
async fn nobody_notices_that_the_server_has_ended_the_sessions() {
    for work in [Work::Read, Work::Write, Work::Transaction] {
        let setup = Setup::new().await;
        given_back().await;
        setup.server.end_sessions(&setup.url).expect("ended");
        setup.does(work).await.unwrap_or_else(|error| panic!("{work:?}: {error}"));
    }
}

/// The host is gone, or the network in between: nobody says so.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_do_not_answer_are_replaced_within_seconds() {
    for work in [Work::Read, Work::Write, Work::Transaction] {
        let setup = Setup::new().await;
        setup.with_sessions(3).await;
        let stopped = setup.stop_sessions();
        let begun = Instant::now();
        let ended = setup.does(work).await;
        let took = begun.elapsed();
        signal("CONT", &stopped);
        ended.unwrap_or_else(|error| panic!("{work:?}: {error}"));
        assert!(took < Duration::from_secs(9), "{work:?}: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_that_a_table_was_given_a_column() {
    let setup = Setup::new().await;
    setup.with_sessions(4).await;
    for column in ["size", "weight"] {
        // The second time while there is still doubt about the sessions.
        let sql = format!("ALTER TABLE things ADD COLUMN {column} BIGINT");
        setup.server.run(&setup.url, &sql).expect("changed");
        for _ in 0..8 {
            setup.db.rows(EVERYTHING, values![]).await.expect("read");
        }
    }
}

/// Seen from a session, a pooler that was put in front is somebody who takes its statements away.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_that_prepared_statements_are_gone() {
    let setup = Setup::new().await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut transaction = setup.db.begin().await.expect("begun");
        transaction.rows(EVERYTHING, values![]).await.expect("prepared");
        transaction.rows("DEALLOCATE ALL", values![]).await.expect("forgotten");
        open.push(transaction);
    }
    for transaction in open {
        transaction.commit().await.expect("given back");
    }
    given_back().await;
    for _ in 0..8 {
        setup.db.rows(EVERYTHING, values![]).await.expect("read");
        let mut transaction = setup.db.begin().await.expect("begun");
        transaction.rows(EVERYTHING, values![]).await.expect("read");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_only_read_refuses_writes_in_its_own_words_at_once() {
    let setup = Setup::new().await;
    setup.server.set_read_only(&setup.url, true).expect("changed");
    setup.server.end_sessions(&setup.url).expect("ended");
    let begun = Instant::now();
    for name in ["one", "two", "three"] {
        let refused = setup.db.write(ADD, values![name]).await.expect_err("read-only");
        let code = refused.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("25006"), "{refused:?}");
        let mut transaction = setup.db.begin().await.expect("reads are possible");
        let refused = transaction.rows(ADD, values![name]).await.expect_err("read-only");
        let code = refused.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("25006"));
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(setup.names().await, Vec::<String>::new());
}
