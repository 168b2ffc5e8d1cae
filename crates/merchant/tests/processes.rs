//! Two backends over one PostgreSQL: a shopper may be served by either at every step.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Shop, answer};
use paywith_merchant::{Database, build};
use paywith_test_postgres::Postgres;
use secrecy::SecretString;
use serde_json::Value;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);
const LONG: Duration = Duration::from_secs(600);

/// Two backends, and the server that they share.
struct Pair {
    one: Shop,
    other: String,
    _server: Postgres,
}

impl Pair {
    async fn open() -> Pair {
        let server = Postgres::start().expect("PostgreSQL");
        let url = server.new_database().expect("a database");
        let one = Shop::with(|config| {
            config.database = Database::Postgres(SecretString::from(url));
            // Once at the beginning of a wait and then not again.
            (config.wait, config.poll_after) = (LONG, LONG);
            config.read_interval = Duration::from_millis(300);
        })
        .await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let other = format!("http://{}", listener.local_addr().expect("an address"));
        let router = build(one.config.clone()).await.expect("a backend");
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
        Pair { one, other, _server: server }
    }

    async fn status_at(&self, base: &str, token: &str, payment: &Value, more: &str) -> Value {
        let id = payment["id"].as_str().expect("an id");
        let url = format!("{base}/api/payments/{id}?order={token}{more}");
        answer(self.one.http.get(url)).await.payment(200)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_who_waits_at_one_is_woken_by_what_the_other_sees() {
    let pair = Pair::open().await;
    let token = pair.one.order("INV-1", "15000", "IDR");
    let payment = pair.one.create("key-INV-1", &token, "cashi").await.payment(201);
    let row = pair.one.rows_of("INV-1").await[0].clone();
    let waiting = pair.status_at(&pair.other, &token, &payment, "&status=pending&wait_ms=600000");
    let seeing = async {
        let begun = Instant::now();
        // The one who waits reads first.
        while pair.one.rows_of("INV-1").await[0]["reads"].as_u64().expect("a number") < 1 {
            assert!(begun.elapsed() < PATIENCE, "the provider is not read");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        pair.one.happens(&row, "settle").await;
        loop {
            let seen = pair.status_at(&pair.one.url, &token, &payment, "").await;
            if seen["status"] == "paid" {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody sees it: {seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let both = async { tokio::join!(waiting, seeing) };
    let (answered, ()) = tokio::time::timeout(PATIENCE, both).await.expect("woken in time");
    assert_eq!(answered["status"], "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_press_sent_to_both_at_once_is_one_payment() {
    let pair = Pair::open().await;
    for (number, (provider, amount, currency)) in common::ORDERS.into_iter().enumerate() {
        let order = format!("INV-{number}");
        let token = pair.one.order(&order, amount, currency);
        let key = format!("key-{order}");
        let ask = async |base: &str, key: &str| {
            let body = serde_json::json!({ "order": token, "provider": provider,
                "return_url": common::RETURN_URL, "locale": "en", "supersedes": null });
            let request = pair.one.http.post(format!("{base}/api/payments"));
            let request = request.header("content-type", "application/json");
            let request = request.header("idempotency-key", key).body(body.to_string());
            answer(request).await
        };
        let second_key = format!("another-{key}");
        let (one, other) = tokio::join!(ask(&pair.one.url, &key), ask(&pair.other, &second_key));
        let (one, other) = (one.json(), other.json());
        assert_eq!(one["id"], other["id"], "{provider}: {one} {other}");
        assert_eq!(pair.one.rows_of(&order).await.len(), 1, "{provider}");
    }
}
