//! A bug of ours that panics costs one answer, which says so, and nothing else.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Shop, answer, listen, new_folder};
use paywith_merchant::environment::{Clock, SystemClock};
use paywith_merchant::{Database, Parts, assemble};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A clock that panics while it is broken.
#[derive(Clone, Default)]
struct BrokenClock(Arc<AtomicBool>);

impl Clock for BrokenClock {
    fn now_ms(&self) -> i64 {
        assert!(!self.0.load(Ordering::Relaxed), "the clock is broken");
        SystemClock.now_ms()
    }
}

#[tokio::test]
async fn a_request_that_panics_is_answered_and_counted_and_the_next_one_works() {
    let shop = Shop::open().await;
    let mut config = shop.config.clone();
    // One backend a file.
    config.database = Database::Sqlite(new_folder().join("panics.sqlite"));
    let clock = BrokenClock::default();
    let mut parts = Parts::of(&config).await.expect("parts");
    parts.environment.clock = Arc::new(clock.clone());
    let (backend, _background) = assemble(config, parts);
    let (listener, url) = listen().await;
    // The numbers are for this machine alone, so it must be known who asks.
    let service = backend.router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let token = shop.order("INV-1", "15000", "IDR");
    let http = &shop.http;
    let look = async || answer(http.get(format!("{url}/api/checkout?order={token}"))).await;

    assert_eq!(look().await.status, 200);
    clock.0.store(true, Ordering::Relaxed);
    let broken = look().await;
    let problem = broken.problem(500, "internal");
    assert_eq!(problem["request_id"], broken.header("x-request-id"));
    assert_eq!(broken.header("cache-control"), "no-store");
    clock.0.store(false, Ordering::Relaxed);
    assert_eq!(look().await.status, 200);
    let metrics = answer(http.get(format!("{url}/metrics"))).await;
    let count = r#"paywith_requests_total{route="/api/checkout",status="5xx"} 1"#;
    assert!(metrics.text.contains(count), "{}", metrics.text);
}
