//! A bug of ours that panics costs one answer, which says so, and nothing else.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::Router;
use common::{SHOP_ORIGIN, answer, client, new_folder, now_s};
use paywith_merchant::environment::{Clock, SystemClock};
use paywith_merchant::{Config, Order, OrderExtras, Parts, assemble};
use paywith_protocol::Money;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpListener;

/// A clock that panics while it is broken.
#[derive(Clone, Default)]
struct BrokenClock(Arc<AtomicBool>);

impl Clock for BrokenClock {
    fn now_ms(&self) -> i64 {
        assert!(!self.0.load(Ordering::Relaxed), "the clock is broken");
        SystemClock.now_ms()
    }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    // The numbers are for this machine alone, so it must be known who asks.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    url
}

#[tokio::test]
async fn a_request_that_panics_is_answered_and_counted_and_the_next_one_works() {
    let file = new_folder().join("paywith.sqlite");
    let origins = [SHOP_ORIGIN.to_owned()];
    let config = Config::demo("http://127.0.0.1:9", "https://pay.shop.example", &origins, &file);
    let config = config.expect("a config");
    let clock = BrokenClock::default();
    let mut parts = Parts::of(&config).await.expect("parts");
    parts.environment.clock = Arc::new(clock.clone());
    let (backend, _background) = assemble(config.clone(), parts);
    let url = serve(backend.router).await;
    let order = Order {
        id: "INV-1".to_owned(),
        price: Money::parse("15000", "IDR").expect("money"),
        description: None,
        providers: Vec::new(),
        extras: OrderExtras::default(),
    };
    let token = order.sign(&config.order_token_secret, now_s() + 600).expect("a token");
    let http = client();
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
