//! Traces: a payment can be followed from the browser's key to the call to its provider.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use common::program::Program;
use common::{Shop, answer};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

type Spans = Arc<Mutex<Vec<Value>>>;

/// A collector: keeps the spans that it receives.
async fn collector() -> (Spans, String) {
    async fn receive(State(spans): State<Spans>, axum::Json(body): axum::Json<Value>) {
        for resource in body["resourceSpans"].as_array().expect("a list") {
            for scope in resource["scopeSpans"].as_array().expect("a list") {
                let received = scope["spans"].as_array().expect("a list").iter().cloned();
                spans.lock().expect("the spans").extend(received);
            }
        }
    }
    let spans = Spans::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().route("/v1/traces", post(receive)).with_state(spans.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (spans, url)
}

fn attribute<'a>(span: &'a Value, name: &str) -> &'a str {
    let attributes = span["attributes"].as_array().expect("a list");
    let found = attributes.iter().find(|attribute| attribute["key"] == json!(name));
    found.and_then(|found| found["value"]["stringValue"].as_str()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_followed_from_the_browsers_key_to_the_call_to_its_provider() {
    let (spans, url) = collector().await;
    let shop = Shop::open().await;
    let words = ["--demo", "--port", "0", "--sandbox", &shop.sandbox];
    let mut program = Program::with(&words, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]).await;
    let order = program.http.post(format!("{}/api/demo/orders", program.url));
    let items = json!({ "items": [{ "id": "coffee", "quantity": 1 }] });
    let order = order.header("content-type", "application/json").body(items.to_string());
    let order = answer(order).await.json();
    let create = program.http.post(format!("{}/api/payments", program.url));
    let create = create.header("idempotency-key", "key-of-a-trace").header("x-request-id", "r-1");
    let body = json!({ "order": order["order"], "provider": "cashi" });
    let create = create.header("content-type", "application/json").body(body.to_string());
    let payment = answer(create).await;
    assert_eq!(payment.status, 201, "{}", payment.text);
    program.terminate();
    assert_eq!(program.exit_code().await, Some(0), "{}", program.log());

    let begun = Instant::now();
    let named = |name: &str| {
        let spans = spans.lock().expect("the spans");
        spans.iter().filter(|span| span["name"] == json!(name)).cloned().collect::<Vec<_>>()
    };
    while named("provider_call").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no spans: {}", program.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let requests = named("request");
    let request = requests.iter().find(|span| attribute(span, "id") == "r-1").expect("the request");
    let calls = named("provider_call");
    let call = calls.iter().find(|span| span["traceId"] == request["traceId"]).expect("its call");
    assert_eq!(call["parentSpanId"], request["spanId"], "{call}");
    assert_eq!((attribute(call, "provider"), attribute(call, "call")), ("cashi", "create"));
    assert_eq!(attribute(request, "route"), "/api/payments");
    // The reference at the provider, which is made of the order and the key.
    let reference = shop.rows_of(order["order_id"].as_str().expect("an id")).await[0]["id"].clone();
    assert_eq!(attribute(request, "attempt"), reference.as_str().expect("a reference"));
    assert_eq!(attribute(call, "attempt"), attribute(request, "attempt"));
    let all = serde_json::to_string(&*spans.lock().expect("the spans")).expect("JSON");
    let token = order["order"].as_str().expect("a token");
    assert!(!all.contains(token) && !all.contains("CASHI-TEST-KEY"), "no secret is sent: {all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_nothing_is_sent_and_one_that_is_away_delays_nobody() {
    for environment in [
        [].as_slice(),
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")],
    ] {
        let mut program = Program::start(environment).await;
        let ready = answer(program.http.get(format!("{}/readyz", program.url))).await;
        assert_eq!(ready.status, 200, "{environment:?}: {}", ready.text);
        program.terminate();
        assert_eq!(program.exit_code().await, Some(0), "{environment:?}");
    }
}
