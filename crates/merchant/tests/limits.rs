//! Who asks too often waits; who looks, posts or operates does not; what is too slow or too large
//! is given up.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, answer};
use paywith_merchant::Config;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A shop behind one web server, with these limits. The rates are so low that no time passes
/// between two calls of a test.
async fn shop(per_client: u64, status_per_client: u64, change: fn(&mut Config)) -> Shop {
    Shop::with(|config| {
        config.trusted_proxies = 1;
        config.rate_limit.per_client = per_client;
        config.rate_limit.status_per_client = status_per_client;
        change(config);
    })
    .await
}

/// A call through the web server, which saw this client.
async fn call(shop: &Shop, path: &str, client: &str) -> Answer {
    let request = shop.http.get(format!("{}{path}", shop.url));
    answer(request.header("x-forwarded-for", format!("198.51.100.1, {client}"))).await
}

/// How many of these calls pass before the first is told to wait, and that answer.
async fn passing(shop: &Shop, path: &str, client: &str) -> (usize, Option<Answer>) {
    for count in 0..40 {
        let answer = call(shop, path, client).await;
        if answer.status == 429 {
            return (count, Some(answer));
        }
    }
    (40, None)
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_how_long_to_wait() {
    let shop = shop(1, 0, |_| {}).await;
    let (passed, refusal) = passing(&shop, "/api/checkout?order=x", "203.0.113.7").await;
    // A noisy machine may take a second for the calls, in which one more flows in.
    assert!((4..10).contains(&passed), "{passed}");
    let refusal = refusal.expect("a refusal");
    let problem = refusal.problem(429, "rate_limited");
    let wait_ms = problem["retry_after_ms"].as_u64().expect("a number");
    assert!((1..=1_000).contains(&wait_ms), "{problem}");
    assert_eq!((&problem["retryable"], refusal.header("retry-after")), (&true.into(), "1"));
    assert_eq!(problem["request_id"], refusal.header("x-request-id"));
    let other = call(&shop, "/api/checkout?order=x", "203.0.113.8").await;
    assert_eq!(other.status, 404, "another client is not held for this one");
}

#[tokio::test]
async fn what_a_client_writes_into_the_header_gives_it_no_other_name() {
    let shop = shop(1, 0, |_| {}).await;
    let mut refused = 0;
    for count in 0..12 {
        let request = shop.http.get(format!("{}/api/checkout?order=x", shop.url));
        let forged = format!("192.0.2.{count}, 203.0.113.7");
        refused +=
            usize::from(answer(request.header("x-forwarded-for", forged)).await.status == 429);
    }
    assert!(refused >= 2, "{refused}");
}

#[tokio::test]
async fn looking_and_posting_and_operating_are_not_held_for_calling() {
    let shop = shop(1, 0, |config| config.metrics_token = Some("t".to_owned().into())).await;
    let client = "203.0.113.7";
    assert!(passing(&shop, "/api/checkout?order=x", client).await.1.is_some());
    for path in ["/healthz", "/readyz", "/metrics", "/api/payments/pay_1?order=x", "/pay/x"] {
        let (passed, refusal) = passing(&shop, path, client).await;
        assert!(refusal.is_none(), "{path}: {passed}");
    }
    let post = shop.http.post(format!("{}/api/webhooks/cashi", shop.url)).body("{}");
    let post = answer(post.header("x-forwarded-for", client)).await;
    assert_eq!(post.status, 404, "no such address here, and no limit either");
}

#[tokio::test]
async fn looking_has_a_limit_of_its_own() {
    let shop = shop(0, 2, |_| {}).await;
    let (passed, _) = passing(&shop, "/api/payments/pay_1?order=x", "203.0.113.7").await;
    assert!((8..20).contains(&passed), "{passed}");
    assert!(passing(&shop, "/api/checkout?order=x", "203.0.113.7").await.1.is_none());
}

#[tokio::test]
async fn without_limits_and_without_known_clients_nobody_waits() {
    let free = shop(0, 0, |_| {}).await;
    assert!(passing(&free, "/api/checkout?order=x", "203.0.113.7").await.1.is_none());
    // A web server that nobody has told of stands for all shoppers: they are not one client.
    let untold = shop(1, 1, |config| config.trusted_proxies = 0).await;
    assert!(passing(&untold, "/api/checkout?order=x", "203.0.113.7").await.1.is_none());
}

#[tokio::test]
async fn one_order_is_not_tried_without_end_and_another_one_is_free() {
    let shop = Shop::with(|config| config.rate_limit.per_order = 1).await;
    let token = shop.order("INV-OFTEN", "15000", "IDR");
    let mut refusal = None;
    for count in 0..20 {
        let answer = shop.create(&format!("key-often-{count}"), &token, "cashi").await;
        if answer.status == 429 {
            assert!(count >= 5, "{count}");
            refusal = Some(answer.problem(429, "rate_limited"));
            break;
        }
    }
    assert_eq!(refusal.expect("a refusal")["retryable"], true);
    assert_eq!(shop.rows_of("INV-OFTEN").await.len(), 1);
    let other = shop.order("INV-OTHER", "15000", "IDR");
    shop.create("key-other", &other, "cashi").await.payment(201);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_wherever_it_goes() {
    let shop = Shop::open().await;
    for path in ["/api/payments", "/api/webhooks/cashi", "/pay/x", "/api/demo/orders"] {
        let request = shop.http.post(format!("{}{path}", shop.url)).body("x".repeat(64 * 1024 + 1));
        answer(request).await.problem(413, "bad_request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_long_is_refused() {
    let program = common::program::Program::start(&[]).await;
    let address = program.url.trim_start_matches("http://").to_owned();
    let answered = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let head = format!("GET /healthz?{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(64 * 1024));
        // The server may stop listening before the end of it.
        drop(stream.write_all(head.as_bytes()));
        let mut answered = Vec::new();
        drop(stream.read_to_end(&mut answered));
        String::from_utf8_lossy(&answered).into_owned()
    });
    let answered = answered.await.expect("a call");
    assert!(!answered.contains(" 200 "), "{answered}");
}
