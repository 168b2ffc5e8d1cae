//! A database that is away: `/readyz` says so at once, `/healthz` does not, `/metrics` shows it, and
//! all of it is over by itself when the database is back. (What happens to payments meanwhile is
//! tested in `disk` and `database`.)

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, answer, new_folder};
use paywith_merchant::Database;
use paywith_test_postgres::Postgres;
use secrecy::SecretString;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::time::{Duration, Instant};

/// The backend waits a second for its database; a busy machine needs a little longer.
const AT_ONCE: Duration = Duration::from_secs(3);
const FAILS: &str = "The database is not available";
const IS_SILENT: &str = "The database does not answer";
/// For the database to be found again.
const PATIENCE: Duration = Duration::from_secs(20);

async fn shop_over(database: Database) -> Shop {
    Shop::with(|config| {
        config.database = database;
        config.metrics_token = Some("token".to_owned().into());
    })
    .await
}

async fn in_time(shop: &Shop, path: &str) -> Answer {
    let begun = Instant::now();
    let request = shop.http.get(format!("{}{path}", shop.url));
    let answered = answer(request.header("authorization", "Bearer token")).await;
    assert!(begun.elapsed() < AT_ONCE, "{path} took {:?}", begun.elapsed());
    answered
}

async fn database_up(shop: &Shop) -> bool {
    let text = in_time(shop, "/metrics").await.text;
    let line = text.lines().find(|line| line.starts_with("paywith_database_up "));
    match line {
        Some("paywith_database_up 1") => true,
        Some("paywith_database_up 0") => false,
        _ => panic!("no figure: {text}"),
    }
}

async fn assert_healthy(shop: &Shop) {
    let health = in_time(shop, "/healthz").await;
    assert_eq!((health.status, health.text.as_str()), (200, "ok"));
}

async fn assert_ready(shop: &Shop) {
    let ready = in_time(shop, "/readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (200, "ready"));
    assert!(database_up(shop).await);
    assert_healthy(shop).await;
}

async fn assert_unready(shop: &Shop, titles: &[&str]) {
    for _ in 0..3 {
        let problem = in_time(shop, "/readyz").await.problem(503, "internal");
        assert!(titles.iter().any(|title| problem["title"] == *title), "{problem}");
        assert_eq!(problem["retryable"], true, "{problem}");
        assert!(!database_up(shop).await);
        assert_healthy(shop).await;
    }
}

async fn until_ready(shop: &Shop) {
    let begun = Instant::now();
    while shop.get("/readyz").await.status != 200 {
        assert!(begun.elapsed() < PATIENCE, "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_ready(shop).await;
}

#[tokio::test]
async fn a_file_that_is_moved_away_makes_the_backend_unready_until_it_is_back() {
    let folder = new_folder();
    let (here, away) = (folder.join("paywith.sqlite"), folder.join("away"));
    let shop = shop_over(Database::Sqlite(here.clone())).await;
    assert_ready(&shop).await;
    std::fs::rename(&here, &away).expect("moved");
    assert_unready(&shop, &[FAILS]).await;
    std::fs::rename(&away, &here).expect("back");
    assert_ready(&shop).await;
}

#[tokio::test]
async fn a_file_that_another_program_locks_makes_the_backend_unready_until_it_lets_go() {
    let file = new_folder().join("paywith.sqlite");
    let shop = shop_over(Database::Sqlite(file.clone())).await;
    assert_ready(&shop).await;
    let options = SqliteConnectOptions::new().filename(&file);
    let mut other = options.connect().await.expect("a connection");
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.expect("locked");
    assert_unready(&shop, &[IS_SILENT]).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("unlocked");
    other.close().await.expect("closed");
    until_ready(&shop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_makes_the_backend_unready_until_it_runs_again() {
    let mut server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(Database::Postgres(SecretString::from(url))).await;
    assert_ready(&shop).await;
    server.stop().expect("stopped");
    // A session that was open fails at once; new ones are tried until the second is over.
    assert_unready(&shop, &[FAILS, IS_SILENT]).await;
    server.start_again().expect("started");
    until_ready(&shop).await;
}
