//! The doctor finds nothing at our own backend, and names what is wrong with others: ours with one
//! answer changed on its way out.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use common::{SHOP_ORIGIN, Shop};
use paywith_merchant::Database;
use paywith_merchant::config::Origin;
use paywith_merchant::doctor::{Finding, Plan, Report, examine};
use paywith_protocol::Provider;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

fn plan(endpoint: &str, order: &str) -> Plan {
    Plan {
        endpoint: endpoint.to_owned(),
        order: order.to_owned(),
        provider: Provider::Cashi,
        // Kashier takes rupiah, too.
        second_provider: Some(Provider::Kashier),
        return_url: format!("{SHOP_ORIGIN}/cart"),
        origin: Origin::parse(SHOP_ORIGIN),
    }
}

/// The names of the rules that are not kept.
fn broken(report: &Report) -> Vec<&'static str> {
    let is_broken = |finding: &Finding| matches!(finding, Finding::Differs { .. });
    let rows = report.rows.iter().filter(|row| is_broken(&row.finding));
    rows.map(|row| row.name).collect()
}

/// A request on its way in and its answer on the way out: path and query, status, JSON.
#[derive(Clone)]
struct Passing {
    path: String,
    origin: bool,
    status: StatusCode,
    headers: header::HeaderMap,
    json: Value,
    text: String,
}

type Change = fn(&mut Passing);

/// Our backend behind a proxy that changes answers; and what the doctor says about it.
async fn examined(change: Change) -> Report {
    behind(|path| path, change).await
}

/// The same with another path and query on the way in.
async fn behind(inward: fn(String) -> String, change: Change) -> Report {
    behind_at("/api", inward, change).await
}

/// The same at another endpoint.
async fn behind_at(endpoint: &str, inward: fn(String) -> String, change: Change) -> Report {
    let shop = Shop::open().await;
    let order = shop.order("INV-DOCTOR", "15000", "IDR");
    let mut config = shop.config.clone();
    // One backend a file.
    config.database = Database::Sqlite(common::new_folder().join("doctor.sqlite"));
    let app = paywith_merchant::build(config).await.expect("a backend");
    // Around the backend, so that it sees only the address that is made here.
    let app = axum::Router::new().fallback_service(app);
    let app = app.layer(middleware::from_fn(move |mut request: Request, next: Next| async move {
        let path = request.uri().to_string();
        *request.uri_mut() = inward(path.clone()).parse().expect("an address");
        let origin = request.headers().contains_key("origin");
        let (parts, body) = next.run(request).await.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let (status, headers) = (parts.status, parts.headers);
        let mut passing = Passing { path, origin, status, headers, json, text };
        change(&mut passing);
        let body = if passing.json.is_null() { passing.text } else { passing.json.to_string() };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = passing.status;
        passing.headers.remove("content-length");
        *response.headers_mut() = passing.headers;
        response
    }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}{endpoint}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let report = examine(&plan(&endpoint, &order)).await.expect("a report");
    server.abort();
    report
}

#[tokio::test]
async fn our_own_backend_keeps_every_rule() {
    let shop = Shop::open().await;
    let order = shop.order("INV-DOCTOR", "15000", "IDR");
    let report = examine(&plan(&format!("{}/api", shop.url), &order)).await.expect("a report");
    assert!(!report.differs(), "{report}");
    let fine = report.rows.iter().filter(|row| row.finding == Finding::Fine).count();
    assert!(fine >= 23, "{report}");
    assert_eq!(shop.ledger().await.len(), 1, "one payment was made at the providers");
    let again = examine(&plan(&format!("{}/api", shop.url), &order)).await.expect("a report");
    assert!(!again.differs(), "the same order a second time: {again}");
}

#[tokio::test]
async fn every_provider_of_ours_keeps_every_rule() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in common::ORDERS {
        let order = shop.order(&format!("INV-{provider}"), amount, currency);
        let plan = Plan {
            provider: Provider::parse(provider).expect("a provider"),
            second_provider: None,
            origin: None,
            ..plan(&format!("{}/api", shop.url), &order)
        };
        let report = examine(&plan).await.expect("a report");
        assert!(!report.differs(), "{provider}: {report}");
    }
}

#[tokio::test]
async fn nobody_at_home_is_told_and_is_no_panic() {
    let report = examine(&plan("http://127.0.0.1:9/api", "T")).await.expect("a report");
    assert!(report.differs(), "{report}");
    assert!(report.to_string().contains("expected an answer; got"), "{report}");
}

/// Each of them does one thing wrong, and the doctor names the rule.
const WRONG: [(&str, Change); 11] = [
    ("money: exact decimal strings of one currency", |passing| {
        if passing.json.get("action").is_some() {
            passing.json["amount"]["value"] = json!(15_023);
        }
    }),
    ("cors: the shop's origin may read retry-after, date and etag", |passing| {
        passing.headers.remove("access-control-expose-headers");
    }),
    ("cors: a foreign origin may not", |passing| {
        if passing.origin {
            passing.headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
        }
    }),
    ("cors: the shop's origin may send content-type and idempotency-key", |passing| {
        passing.headers.remove("access-control-allow-headers");
    }),
    ("status: an unknown id is 404", |passing| {
        if passing.path.contains("nobody_made") {
            passing.status = StatusCode::INTERNAL_SERVER_ERROR;
        }
    }),
    ("replay: the same key is the same payment", |passing| {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if passing.path.ends_with("/payments") && passing.json.get("action").is_some() {
            let count = COUNT.fetch_add(1, Ordering::SeqCst);
            if count > 0 {
                passing.json["id"] = json!(format!("pay_{count}"));
            }
        }
    }),
    ("status: expires_in_ms goes down, never up", |passing| {
        static LEFT: AtomicU64 = AtomicU64::new(500_000);
        if passing.json.get("expires_in_ms").is_some() {
            passing.json["expires_in_ms"] = json!(LEFT.fetch_add(1_000, Ordering::SeqCst));
        }
    }),
    ("create: a new payment is 201", |passing| {
        if passing.path.ends_with("/payments") {
            passing.status = StatusCode::OK;
            passing.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            passing.json = Value::Null;
            passing.text = "<!doctype html><title>Please log in</title>".to_owned();
        }
    }),
    ("errors: problem documents with code and retryable", |passing| {
        if passing.status.is_client_error() {
            passing.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }
    }),
    ("create: another provider is 409 payment_open with the payment", |passing| {
        if let Some(problem) = passing.json.as_object_mut() {
            problem.remove("payment");
        }
    }),
    ("status: kept by no cache", |passing| {
        passing.headers.remove(header::CACHE_CONTROL);
    }),
];

#[tokio::test]
async fn every_wrong_backend_is_found_by_the_name_of_the_rule() {
    for (rule, change) in WRONG {
        let report = examined(change).await;
        assert!(broken(&report).contains(&rule), "{rule}:\n{report}");
    }
}

#[tokio::test]
async fn a_wait_that_is_offered_and_not_kept_is_found() {
    let report = behind(
        |path| path.replace("wait_ms=", "hurry="),
        |passing| {
            if passing.json.get("action").is_some() {
                passing.json["wait_ms"] = json!(25_000);
            }
        },
    )
    .await;
    assert_eq!(broken(&report), ["status: wait_ms is waited for, and not longer"], "{report}");
}

/// A change that changes nothing, or the findings above would be the proxy's.
#[tokio::test]
async fn the_proxy_alone_changes_nothing() {
    let report = examined(|_| {}).await;
    assert!(!report.differs(), "{report}");
}

/// WordPress without pretty addresses: the path goes to the end of the query, and `&` joins.
#[tokio::test]
async fn b1_an_endpoint_with_a_query_is_examined_like_any_other() {
    let inward = |address: String| {
        let (_, route) =
            address.split_once("/index.php?rest_route=/paywith/v1").expect("the route");
        let (path, query) = route.split_once('&').unwrap_or((route, ""));
        assert!(!route.contains('?'), "{route}");
        format!("/api{path}?{query}")
    };
    for endpoint in ["/index.php?rest_route=/paywith/v1", "/index.php?rest_route=/paywith/v1/"] {
        let report = behind_at(endpoint, inward, |_| {}).await;
        assert!(!report.differs(), "{endpoint}: {report}");
        let fine = report.rows.iter().filter(|row| row.finding == Finding::Fine).count();
        assert!(fine >= 20, "{report}");
    }
}
