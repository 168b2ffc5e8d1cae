//! Requests that arrive or are worked on too slowly: each is ended in time, and what was begun goes
//! on.
//!
//! The limits are fixed and up to two minutes long, so these tests make tokio's time virtual.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use common::{SHOP_ORIGIN, body, new_folder, now_s};
use paywith_merchant::environment::{HttpResponse, Transport, TransportError};
use paywith_merchant::{Backend, Config, Order, OrderExtras, Parts, Stop, assemble, serve};
use paywith_protocol::Money;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Instant, pause, resume, sleep};
use tower::ServiceExt;

/// The limits that docs/backend.md names.
const HEAD: Duration = Duration::from_secs(75);
const BODY: Duration = Duration::from_secs(20);
const REQUEST: Duration = Duration::from_secs(90);
/// Virtual time passes in leaps, from one timer to the next.
const SLACK: Duration = Duration::from_secs(6);

/// Cashi, which answers a create call only when the test lets it.
#[derive(Default)]
struct SlowCashi {
    creates: AtomicU32,
    was_asked: Notify,
    may_answer: Notify,
}

#[async_trait]
impl Transport for SlowCashi {
    async fn send(&self, request: Request<String>) -> Result<HttpResponse, TransportError> {
        let asked: Value = serde_json::from_str(request.body()).unwrap_or(Value::Null);
        let mut answer = json!({ "success": true, "order_id": asked["order_id"], "amount": 15_023,
            "checkout_url": "https://cashi.example/pay/1" });
        if request.method() == "GET" {
            answer = json!({ "success": true, "status": "PENDING", "amount": 15_023,
                "order_id": request.uri().path().rsplit('/').next() });
        } else {
            self.creates.fetch_add(1, Ordering::SeqCst);
            self.was_asked.notify_one();
            self.may_answer.notified().await;
        }
        Ok(HttpResponse { status: 200, body: answer.to_string().into_bytes(), date: None })
    }
}

async fn backend() -> (Config, Arc<SlowCashi>, Backend) {
    let origins = [SHOP_ORIGIN.to_owned()];
    let file = new_folder().join("paywith.sqlite");
    let public_url = "https://pay.shop.example";
    let mut config =
        Config::demo("http://127.0.0.1:9", public_url, &origins, &file).expect("a configuration");
    config.rate_limit.per_order = 0;
    // Longer than a request may take: it is not renewed meanwhile.
    config.claim = Duration::from_secs(600);
    let mut parts = Parts::of(&config).await.expect("parts");
    let cashi = Arc::new(SlowCashi::default());
    parts.environment.transport = cashi.clone();
    (config.clone(), cashi, assemble(config, parts).0)
}

/// The program's own server around the backend's router.
async fn serving() -> (SocketAddr, Stop) {
    let (_, _, Backend { router, stop }) = backend().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let until = stop.clone();
    tokio::spawn(async move { serve(listener, router, &until).await });
    (address, stop)
}

/// Sends the first text at once and the second one byte by byte, with pauses. Returns everything
/// that the server answered before it closed the connection, and when it did.
async fn converse(address: SocketAddr, first: &str, then: &'static str) -> (String, Duration) {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut incoming, mut outgoing) = stream.into_split();
    outgoing.write_all(first.as_bytes()).await.expect("sent");
    pause();
    let begun = Instant::now();
    let sending = tokio::spawn(async move {
        for byte in then.bytes().cycle() {
            sleep(Duration::from_secs(5)).await;
            if outgoing.write_all(&[byte]).await.is_err() {
                break;
            }
        }
        // This side stays open.
        std::future::pending::<()>().await;
    });
    let mut answered = Vec::new();
    // A reset is an end, too.
    drop(incoming.read_to_end(&mut answered).await);
    let took = begun.elapsed();
    sending.abort();
    resume();
    (String::from_utf8_lossy(&answered).into_owned(), took)
}

fn assert_about(took: Duration, limit: Duration) {
    assert!((limit..limit + SLACK).contains(&took), "{took:?} instead of {limit:?}");
}

#[tokio::test]
async fn a_head_that_comes_too_slowly_ends_the_connection() {
    let (address, _stop) = serving().await;
    let (answered, took) =
        converse(address, "GET /healthz HTTP/1.1\r\nhost: x\r\n", "x-a: b\r\n").await;
    assert!(!answered.contains(" 200 "), "{answered}");
    assert_about(took, HEAD);
    // Nobody else was held up.
    let (answered, _) =
        converse(address, "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n", "").await;
    assert!(answered.starts_with("HTTP/1.1 200 "), "{answered}");
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_after_the_same_time() {
    let (address, _stop) = serving().await;
    let (answered, took) = converse(address, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", "").await;
    assert!(answered.starts_with("HTTP/1.1 200 "), "{answered}");
    assert_about(took, HEAD);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_gets_408_wherever_it_goes() {
    let (address, _stop) = serving().await;
    for path in ["/api/payments", "/api/webhooks/kashier", "/api/payments/pay_1/cancel"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: 2000\r\n\r\n{{"
        );
        let (answered, took) = converse(address, &head, " ").await;
        assert!(answered.starts_with("HTTP/1.1 408 "), "{path}: {answered}");
        assert!(answered.contains("content-type: application/problem+json"), "{answered}");
        let problem: Value =
            serde_json::from_str(answered.rsplit("\r\n").next().expect("a body")).expect("JSON");
        assert_eq!((&problem["code"], &problem["status"]), (&json!("bad_request"), &json!(408)));
        assert_about(took, BODY);
    }
}

fn create(token: &str) -> Request<Body> {
    let request = Request::post("/api/payments").header("content-type", "application/json");
    let request = request.header("idempotency-key", "key-of-a-slow-call");
    request.body(Body::from(body(token, "cashi").to_string())).expect("a request")
}

async fn answer(router: &Router, request: Request<Body>) -> (u16, Value) {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let text = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&text).expect("JSON"))
}

#[tokio::test]
async fn a_request_that_takes_too_long_gets_503_and_its_provider_call_goes_on() {
    let (config, cashi, Backend { router, stop: _stop }) = backend().await;
    let order = Order {
        id: "INV-SLOW".to_owned(),
        price: Money::parse("15000", "IDR").expect("money"),
        description: None,
        providers: Vec::new(),
        extras: OrderExtras::default(),
    };
    let token = order.sign(&config.order_token_secret, now_s() + 3_600).expect("a token");
    let (asking, request) = (router.clone(), create(&token));
    let begun = Instant::now();
    let call = tokio::spawn(async move { answer(&asking, request).await });
    // The database works in real time; only the wait for the provider is virtual.
    cashi.was_asked.notified().await;
    pause();
    let (status, problem) = call.await.expect("an answer");
    assert_about(begun.elapsed(), REQUEST + config.wait);
    resume();
    assert_eq!((status, problem["code"].as_str()), (503, Some("internal")), "{problem}");
    assert_eq!(problem["retryable"], true, "{problem}");

    // The same key meets the call that is still running, and gets its payment.
    let (asking, request) = (router.clone(), create(&token));
    let again = tokio::spawn(async move { answer(&asking, request).await });
    cashi.may_answer.notify_one();
    let (status, payment) = again.await.expect("an answer");
    assert_eq!(status, 200, "made by the first call: {payment}");
    assert_eq!(payment["amount"]["value"], "15023");
    assert_eq!(cashi.creates.load(Ordering::SeqCst), 1, "one payment at the provider");
}
