//! The database moves: PostgreSQL becomes read-only, stops, loses its sessions, stands behind a
//! pooler. Calls get a retryable answer, readiness reports it, and no restart is needed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, answer};
use paywith_merchant::{Database, build};
use paywith_test_postgres::{PgBouncer, Postgres, name_of};
use secrecy::SecretString;
use std::time::{Duration, Instant};

/// For what is asked to happen "within seconds".
const SECONDS: Duration = Duration::from_secs(15);

async fn shop_over(url: &str) -> Shop {
    let url = url.to_owned();
    Shop::with(|config| {
        config.database = Database::Postgres(SecretString::from(url));
        config.wait = Duration::from_secs(20);
        config.rate_limit.per_client = 0;
    })
    .await
}

async fn create(shop: &Shop, order: &str) -> Answer {
    let token = shop.order(order, "15000", "IDR");
    shop.create(&format!("key-{order}"), &token, "cashi").await
}

async fn is_ready(shop: &Shop) -> bool {
    shop.get("/readyz").await.status == 200
}

/// Creates until it works again, and readiness says so too.
async fn until_it_works(shop: &Shop, order: &str) {
    let begun = Instant::now();
    loop {
        let made = create(shop, order).await;
        if matches!(made.status, 200 | 201) && is_ready(shop).await {
            return;
        }
        assert!(begun.elapsed() < SECONDS, "{}", made.text);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A refusal that says when to come back.
fn assert_retryable(refused: &Answer) {
    let problem = refused.problem(503, "internal");
    assert_eq!(problem["retryable"], true);
    assert!(refused.header("retry-after").parse::<u32>().expect("seconds") >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_after_a_switch_over_creates_work_again_without_a_restart() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    create(&shop, "INV-BEFORE").await.payment(201);
    assert!(is_ready(&shop).await);
    server.set_read_only(&url, true).expect("changed");
    server.end_sessions(&url).expect("ended");
    // Enough calls at once to fill the pool with sessions that were opened now.
    for round in 0..3 {
        let names: Vec<String> = (0..12).map(|number| format!("INV-{round}-{number}")).collect();
        let calls = names.iter().map(|name| create(&shop, name));
        for refused in join_all(calls).await {
            assert_retryable(&refused);
        }
        assert!(!is_ready(&shop).await, "nothing can be written");
    }
    server.set_read_only(&url, false).expect("changed");
    until_it_works(&shop, "INV-0-0").await;
    // Not by luck: every session of the pool can write again.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let names: Vec<String> = (0..12).map(|number| format!("INV-AFTER-{number}")).collect();
    for made in join_all(names.iter().map(|name| create(&shop, name))).await {
        made.payment(201);
    }
}

async fn join_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pinned: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut is_done = true;
        for (future, slot) in pinned.iter_mut().zip(&mut done) {
            if slot.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *slot = Some(value),
                    std::task::Poll::Pending => is_done = false,
                }
            }
        }
        if is_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_a_server_that_stops_and_starts_again_is_found_again() {
    let mut server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    create(&shop, "INV-BEFORE").await.payment(201);
    server.stop().expect("stopped");
    assert_retryable(&create(&shop, "INV-1").await);
    assert!(!is_ready(&shop).await);
    server.start_again().expect("started");
    until_it_works(&shop, "INV-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_sessions_that_are_ended_while_idle_fail_no_call() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    for round in 0..3 {
        create(&shop, &format!("INV-{round}")).await.payment(201);
        server.end_sessions(&url).expect("ended");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    create(&shop, "INV-LAST").await.payment(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_a_database_that_is_away_for_a_while_is_found_again() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    let (name, maintenance) = (name_of(&url), server.maintenance_url());
    let allow = |name: &str, is_open: bool| {
        let sql = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {is_open}");
        server.run(&maintenance, &sql).expect("allowed or not");
    };
    let begun = Instant::now();
    // No session may come back meanwhile; those that are ended take a moment to leave.
    allow(name, false);
    loop {
        server.end_sessions(&url).expect("ended");
        if server.run(&maintenance, &format!("ALTER DATABASE {name} RENAME TO away")).is_ok() {
            break;
        }
        assert!(begun.elapsed() < SECONDS);
    }
    assert_retryable(&create(&shop, "INV-1").await);
    assert!(!is_ready(&shop).await);
    server.run(&maintenance, &format!("ALTER DATABASE away RENAME TO {name}")).expect("back");
    allow(name, true);
    until_it_works(&shop, "INV-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_no_room_for_more_sessions_is_told_and_passes() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    let sql = format!("ALTER DATABASE {} CONNECTION LIMIT 0", name_of(&url));
    // An owner of the server may always come in: the limit is for others.
    server.run(&server.maintenance_url(), "CREATE ROLE shop LOGIN").expect("a role");
    server.run(&url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO shop").expect("granted");
    drop(shop);
    let other = url.replace("paywith@", "shop@");
    server.run(&url, "GRANT ALL ON SCHEMA public TO shop").expect("granted");
    server.run(&url, "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO shop").expect("granted");
    let shop = shop_over(&other).await;
    create(&shop, "INV-BEFORE").await.payment(201);
    server.run(&server.maintenance_url(), &sql).expect("limited");
    server.end_sessions(&url).expect("ended");
    assert_retryable(&create(&shop, "INV-1").await);
    let sql = sql.replace("LIMIT 0", "LIMIT -1");
    server.run(&server.maintenance_url(), &sql).expect("unlimited");
    until_it_works(&shop, "INV-1").await;
}

/// Somebody's long work on a table holds calls up for seconds, not for ever.
#[tokio::test(flavor = "multi_thread")]
async fn f1_a_locked_table_ends_in_an_answer() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    create(&shop, "INV-BEFORE").await.payment(201);
    let held = url.clone();
    let server = std::sync::Arc::new(server);
    let holder = server.clone();
    let lock = "BEGIN; LOCK TABLE payments; SELECT pg_sleep(14); COMMIT";
    let lock = std::thread::spawn(move || holder.run(&held, lock));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = Instant::now();
    assert_retryable(&create(&shop, "INV-1").await);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    drop(lock.join().expect("a thread"));
    until_it_works(&shop, "INV-1").await;
}

/// Two backends; the shopper waits at one, the payment changes at the other.
async fn is_woken(one: &Shop, other: &str, order: &str, most: Duration) {
    let token = one.order(order, "15000", "IDR");
    let payment = one.create(&format!("key-{order}"), &token, "cashi").await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    let url = format!("{other}/api/payments/{id}?order={token}&status=pending&wait_ms=20000");
    let waiting = tokio::spawn(answer(one.http.get(url)));
    tokio::time::sleep(Duration::from_millis(500)).await;
    one.happens(&one.rows_of(order).await[0], "settle").await;
    let begun = Instant::now();
    assert_eq!(one.word(&token, &payment).await, "paid");
    let told = waiting.await.expect("a task").payment(200);
    assert_eq!(told["status"], "paid");
    assert!(begun.elapsed() < most, "woken after {:?}", begun.elapsed());
}

async fn beside(shop: &Shop) -> String {
    let mut config = shop.config.clone();
    // Once at the beginning of a wait, and then by nothing but a wake-up.
    config.poll_after = Duration::from_secs(600);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let other = format!("http://{}", listener.local_addr().expect("an address"));
    let router = build(config).await.expect("a backend");
    tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
    other
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_wake_ups_come_again_when_the_listening_session_was_ended() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let shop = shop_over(&url).await;
    let other = beside(&shop).await;
    is_woken(&shop, &other, "INV-1", Duration::from_secs(4)).await;
    server.end_sessions(&url).expect("ended");
    tokio::time::sleep(Duration::from_secs(3)).await;
    is_woken(&shop, &other, "INV-2", Duration::from_secs(4)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_a_pooler_in_transaction_mode_works() {
    let server = Postgres::start().expect("PostgreSQL");
    let direct = server.new_database().expect("a database");
    for (number, sessions) in [1, 3].into_iter().enumerate() {
        let pooler = PgBouncer::start(&server, sessions).expect("PgBouncer");
        let shop = shop_over(&pooler.url(&direct)).await;
        let other = beside(&shop).await;
        assert!(is_ready(&shop).await);
        let names: Vec<String> = (0..30).map(|order| format!("INV-{number}-{order}")).collect();
        for made in join_all(names.iter().map(|name| create(&shop, name))).await {
            made.payment(201);
        }
        is_woken(&shop, &other, &format!("INV-WAKE-{number}"), Duration::from_secs(6)).await;
        let prepared = server.run(&direct, "SELECT count(*) FROM pg_prepared_statements");
        assert_eq!(prepared.as_deref(), Ok("0"));
    }
}
