//! An upgrade from the oldest tables: payments that were stored by the first version are there
//! afterwards, as they were, and everything newer works with them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{ORDERS, Shop, new_folder};
use paywith_merchant::Database;
use paywith_merchant::support::{self, Question};
use paywith_test_postgres::Postgres;
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use std::path::Path;
use std::time::{Duration, Instant};

const FIRST_SQLITE: &str = include_str!("../migrations/sqlite/0001_payments.sql");
const FIRST_POSTGRES: &str = include_str!("../migrations/postgres/0001_tables.sql");
const PATIENCE: Duration = Duration::from_secs(20);

/// A payment of each provider, of which the first is paid at the provider, and one that is paid
/// here, too.
struct Payments {
    open: Vec<(String, Value)>,
    paid: (String, Value),
}

async fn make(shop: &Shop) -> Payments {
    let mut open = Vec::new();
    for (provider, amount, currency) in ORDERS {
        let token = shop.order(&format!("INV-{provider}-1"), amount, currency);
        let payment = shop.create(&format!("key-{provider}"), &token, provider).await;
        open.push((token, payment.payment(201)));
    }
    let token = shop.order("INV-PAID", "15000", "IDR");
    let payment = shop.create("key-paid", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-PAID").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    // This backend does not learn of it.
    shop.happens(&shop.rows_of(&format!("INV-{}-1", ORDERS[0].0)).await[0], "settle").await;
    Payments { open, paid: (token, payment) }
}

/// What is stored of an order's payment, without asking the provider.
async fn stored(shop: &Shop, token: &str) -> Value {
    shop.checkout(token).await.payment(200)["payment"].clone()
}

async fn assert_upgraded(shop: &Shop, payments: &Payments) {
    let (token, payment) = &payments.paid;
    let paid = stored(shop, token).await;
    assert_eq!((&paid["id"], &paid["status"]), (&payment["id"], &json!("paid")));
    assert_eq!(paid["amount"], payment["amount"]);
    shop.create("key-another", token, "cashi").await.problem(409, "already_paid");
    for ((token, payment), (provider, ..)) in payments.open.iter().zip(ORDERS).skip(1) {
        let known = stored(shop, token).await;
        let seen = (&known["id"], &known["status"], &known["action"], &known["amount"]);
        let made = (&payment["id"], &json!("pending"), &payment["action"], &payment["amount"]);
        assert_eq!(seen, made, "{provider}");
        let again = shop.create(&format!("key-{provider}"), token, provider).await.payment(200);
        assert_eq!(again["id"], payment["id"], "the key of {provider} leads to its payment");
        shop.happens(&shop.rows_of(&format!("INV-{provider}-1")).await[0], "settle").await;
        assert_eq!(shop.word(token, payment).await, "paid", "{provider}");
    }
    // Nobody asks for the first one.
    let begun = Instant::now();
    while stored(shop, &payments.open[0].0).await["status"] != "paid" {
        assert!(begun.elapsed() < PATIENCE, "the background does not read old payments");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The history begins with what happened since.
    let id = payments.open[1].1["id"].as_str().expect("an id").to_owned();
    let shown = support::answer(shop.config.clone(), &Question::Show { id }).await;
    let shown = shown.expect("a payment");
    assert!(shown.contains("pending") && shown.contains("paid"), "{shown}");
}

/// A file that the first version made, with the rows that it would have stored.
async fn first_sqlite(new: &Path, old: &Path) {
    let options = SqliteConnectOptions::new().filename(old).create_if_missing(true);
    let mut database = options.connect().await.expect("a file");
    sqlx::raw_sql(FIRST_SQLITE).execute(&mut database).await.expect("the first tables");
    let attach = format!("ATTACH '{}' AS new", new.display());
    sqlx::raw_sql(AssertSqlSafe(attach)).execute(&mut database).await.expect("attached");
    let text = "SELECT sql FROM new.sqlite_master WHERE name = '_sqlx_migrations'";
    let table: String = sqlx::query_scalar(text).fetch_one(&mut database).await.expect("a table");
    let copy = format!(
        "{table}; INSERT INTO _sqlx_migrations SELECT * FROM new._sqlx_migrations WHERE version = 1"
    );
    sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut database).await.expect("the first version");
    for name in ["payments", "attempts"] {
        let text = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{name}')"));
        let rows = sqlx::query(text).fetch_all(&mut database).await.expect("columns");
        let columns: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let columns = columns.join(", ");
        let copy = format!("INSERT INTO main.{name} ({columns}) SELECT {columns} FROM new.{name}");
        sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut database).await.expect("copied");
    }
    database.close().await.expect("closed");
}

#[tokio::test]
async fn an_sqlite_file_of_the_first_version_is_brought_up_to_date_with_its_payments() {
    let mut shop = Shop::open().await;
    let payments = make(&shop).await;
    let old = new_folder().join("paywith.sqlite");
    first_sqlite(shop.config.database.file().expect("a file"), &old).await;
    shop.config.database = Database::Sqlite(old);
    shop.restart().await;
    assert_upgraded(&shop, &payments).await;
}

/// Turns the tables into those of the first version, with the rows that it would have stored.
fn first_postgres(server: &Postgres, url: &str) {
    let run = |sql: &str| server.run(url, sql).expect("done");
    run(&format!("CREATE SCHEMA old; SET search_path = old; {FIRST_POSTGRES}"));
    for name in ["payments", "attempts"] {
        let columns = run(&format!(
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns \
             WHERE table_schema = 'old' AND table_name = '{name}'"
        ));
        run(&format!("INSERT INTO old.{name} ({columns}) SELECT {columns} FROM public.{name}"));
    }
    run("UPDATE old.payments SET next_check_ms = created_ms");
    run("CREATE TABLE old._sqlx_migrations (LIKE public._sqlx_migrations INCLUDING ALL); \
         INSERT INTO old._sqlx_migrations SELECT * FROM public._sqlx_migrations WHERE version = 1; \
         DROP SCHEMA public CASCADE; ALTER SCHEMA old RENAME TO public");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_database_of_the_first_version_is_brought_up_to_date_with_its_payments() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let address = url.clone();
    let mut shop = Shop::with(|config| {
        config.database = Database::Postgres(SecretString::from(address));
    })
    .await;
    let payments = make(&shop).await;
    first_postgres(&server, &url);
    shop.restart().await;
    assert_upgraded(&shop, &payments).await;
}
