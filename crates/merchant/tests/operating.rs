//! Operating the program: readiness, numbers, names of requests, a log without secrets, and an end
//! that loses nobody's answer.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::program::Program;
use common::{Answer, Shop, answer};
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "canary-order-token-secret-of-many-bytes";

/// The environment of a program whose providers are those of a shop.
fn variables(shop: &Shop) -> Vec<(&'static str, String)> {
    let sandbox = &shop.sandbox;
    vec![
        ("PAYWITH_LISTEN", "127.0.0.1:0".to_owned()),
        ("PAYWITH_PUBLIC_URL", "https://pay.shop.example".to_owned()),
        ("PAYWITH_SHOP_ORIGINS", "https://shop.example".to_owned()),
        ("PAYWITH_DATABASE", "paywith.sqlite".to_owned()),
        ("PAYWITH_ORDER_TOKEN_SECRET", SECRET.to_owned()),
        ("PAYWITH_CASHI_BASE_URL", format!("{sandbox}/cashi")),
        ("PAYWITH_CASHI_API_KEY", "CASHI-TEST-KEY".to_owned()),
        ("PAYWITH_CASHI_WEBHOOK_SECRET", "canary-cashi-webhook".to_owned()),
        ("PAYWITH_CASHPAY_BASE_URL", format!("{sandbox}/cashpay")),
        ("PAYWITH_CASHPAY_CLIENT_ID", "cashpay-test-client".to_owned()),
        ("PAYWITH_CASHPAY_CLIENT_SECRET", "cashpay-test-secret".to_owned()),
        ("PAYWITH_CASHPAY_READ_PATH", "/charges/{id}".to_owned()),
        ("PAYWITH_KASHIER_BASE_URL", format!("{sandbox}/kashier")),
        ("PAYWITH_KASHIER_SECRET_KEY", "canary$kashier$secret".to_owned()),
        ("PAYWITH_KASHIER_API_KEY", "canary-kashier-api".to_owned()),
        ("PAYWITH_KASHIER_MERCHANT_ID", "MID-0-1".to_owned()),
        ("PAYWITH_CASHII_BASE_URL", format!("{sandbox}/cashii")),
        ("PAYWITH_CASHII_API_KEY", "canary-cashii-api".to_owned()),
        ("PAYWITH_NOTIFY_URL", format!("{sandbox}/nowhere")),
        ("PAYWITH_NOTIFY_SECRET", "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5".to_owned()),
        ("PAYWITH_METRICS_TOKEN", "canary-metrics-token".to_owned()),
    ]
}

/// The program beside a shop, with these variables on top.
async fn program(shop: &Shop, more: &[(&'static str, &str)]) -> Program {
    let mut variables = variables(shop);
    variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let file = common::new_folder().join("paywith.toml");
    std::fs::write(&file, "").expect("a file");
    let file = file.to_string_lossy().into_owned();
    Program::with(&["--config", &file], &variables).await
}

async fn create(program: &Program, token: &str, provider: &str, key: &str) -> Answer {
    let request = program.http.post(format!("{}/api/payments", program.url));
    let request = request.header("content-type", "application/json");
    let body = common::body(token, provider).to_string();
    answer(request.header("idempotency-key", key).body(body)).await
}

fn sign(shop: &Shop, order: &str, amount: &str, currency: &str) -> String {
    assert_ne!(shop.sandbox, "");
    let price = paywith_protocol::Money::parse(amount, currency).expect("money");
    let providers = Vec::new();
    let order = paywith_merchant::Order {
        id: order.to_owned(),
        price,
        description: None,
        providers,
        extras: paywith_merchant::OrderExtras::default(),
    };
    order.sign(&SECRET.to_owned().into(), common::now_s() + 3_600).expect("a token")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_answers_everybody_who_waits() {
    let shop = Shop::open().await;
    let more = [("PAYWITH_WAIT_MS", "600000"), ("PAYWITH_METRICS_TOKEN", "")];
    let mut program = program(&shop, &more).await;
    let token = sign(&shop, "INV-STOP", "15000", "IDR");
    let payment = create(&program, &token, "cashi", "key-stop").await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    let url = format!("{}/api/payments/{id}", program.url);
    let query = format!("order={token}&status=pending&wait_ms=600000");
    let hold = |_| tokio::spawn(answer(program.http.get(format!("{url}?{query}"))));
    let calls: Vec<_> = (0..50).map(hold).collect();
    program.until_counted("paywith_waiting_shoppers 50").await;
    program.terminate();
    for call in calls {
        let answer = call.await.expect("an answer that is not cut off");
        assert_eq!(answer.payment(200)["status"], "pending");
    }
    assert_eq!(program.exit_code().await, Some(0), "{}", program.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_secret_and_names_every_request() {
    let shop = Shop::open().await;
    for format in ["text", "json"] {
        let program = program(&shop, &[("PAYWITH_LOG_FORMAT", format)]).await;
        let token = sign(&shop, &format!("INV-LOG-{format}"), "2000", "YER");
        let payment = create(&program, &token, "cashpay", "key-log-1").await.payment(201);
        let push = webhook_token(&program).await;
        let id = payment["id"].as_str().expect("an id");
        let post = |path: String, body: &'static str| {
            answer(program.http.post(format!("{}{path}", program.url)).body(body))
        };
        // Everything that is refused, is odd, or fails is worth a line.
        post(format!("/api/webhooks/cashpay/{push}"), "{}").await;
        post(format!("/api/webhooks/cashpay/{push}x"), "{}").await;
        post(format!("/api/payments/{id}/cancel?order={token}"), "").await;
        post("/api/webhooks/cashi".to_owned(), "{}").await;
        post("/api/webhooks/kashier".to_owned(), "{\"data\":{\"signatureKeys\":[]}}").await;
        answer(program.http.get(format!("{}/api/payments/x?order={token}", program.url))).await;
        let egp = sign(&shop, &format!("INV-KEY-{format}"), "165.50", "EGP");
        create(&program, &egp, "kashier", "key-log-2").await;
        let syp = sign(&shop, &format!("INV-SYP-{format}"), "100.98", "SYP");
        create(&program, &syp, "cashii", "key-log-3").await;
        let metrics = program.http.get(format!("{}/metrics", program.url));
        answer(metrics.header("authorization", "Bearer canary-metrics-tokem")).await;
        let named = program.http.get(format!("{}/api/payments/x?order=x", program.url));
        answer(named.header("x-request-id", "from-the-edge.7")).await.problem(404, "not_found");
        let log = program.log();
        for wanted in ["/api/webhooks/{provider}/{token}", "from-the-edge.7", "created", "404"] {
            assert!(log.contains(wanted), "{format} {wanted}: {log}");
        }
        assert_eq!(log.lines().all(|line| line.starts_with('{')), format == "json", "{log}");
        let secrets = variables(&shop).into_iter().filter(|(_, value)| value.contains("canary"));
        let secrets = secrets.map(|(_, value)| value).chain([
            push,
            token,
            egp,
            "CASHI-TEST-KEY".to_owned(),
            "cashpay-test-secret".to_owned(),
            "canary".to_owned(),
            "Y2FuYXJ5".to_owned(),
        ]);
        for secret in secrets {
            assert!(!log.contains(&secret), "{format} {secret}: {log}");
        }
    }
}

/// The secret part of the address that CashPay was told.
async fn webhook_token(program: &Program) -> String {
    let url = format!("sqlite://{}", program.folder.join("paywith.sqlite").display());
    let pool = sqlx::SqlitePool::connect(&url).await.expect("the database");
    let token = sqlx::query_scalar("SELECT push_token FROM payments WHERE provider = 'cashpay'");
    token.fetch_one(&pool).await.expect("a token")
}

#[tokio::test]
async fn a_request_keeps_its_name_and_an_odd_one_gets_another() {
    let shop = Shop::open().await;
    let long = "a".repeat(65);
    for (sent, is_kept) in [("a-b_c.9", true), ("a b", false), ("a\"b", false), (&long, false)] {
        let request = shop.http.get(format!("{}/api/nothing", shop.url));
        let refused = answer(request.header("x-request-id", sent)).await;
        let id = refused.header("x-request-id").to_owned();
        assert_eq!(id == sent, is_kept, "{sent}: {id}");
        assert!(!id.is_empty());
        assert_eq!(refused.problem(404, "not_found")["request_id"], json!(id));
    }
    let one = shop.get("/healthz").await.header("x-request-id").to_owned();
    assert_ne!(one, shop.get("/healthz").await.header("x-request-id"));
}

#[tokio::test]
async fn readiness_is_that_the_database_answers() {
    let shop = Shop::open().await;
    let ready = shop.get("/readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (200, "ready"));
}

#[tokio::test]
async fn a_backend_that_stops_is_not_ready_any_more() {
    let shop = Shop::open().await;
    let mut config = shop.config.clone();
    // One backend a file.
    config.database = paywith_merchant::Database::Sqlite(common::new_folder().join("stops.sqlite"));
    let backend = paywith_merchant::open(config).await.expect("a backend");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/readyz", listener.local_addr().expect("an address"));
    let router = backend.router;
    tokio::spawn(async move { axum::serve(listener, router).await });
    assert_eq!(answer(shop.http.get(&url)).await.status, 200);
    backend.stop.begin();
    answer(shop.http.get(&url)).await.problem(503, "internal");
}

#[tokio::test]
async fn the_numbers_are_for_those_who_have_the_token() {
    let shop = Shop::with(|config| config.metrics_token = Some("right".to_owned().into())).await;
    let url = format!("{}/metrics", shop.url);
    for sent in [None, Some("Bearer wrong"), Some("Bearer "), Some("right"), Some("Basic right")] {
        let request = shop.http.get(&url);
        let request = match sent {
            Some(sent) => request.header("authorization", sent),
            None => request,
        };
        answer(request).await.problem(401, "unauthorized");
    }
    let request = shop.http.get(&url).header("authorization", "Bearer right");
    assert_eq!(answer(request).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_the_numbers_are_for_this_machine_alone() {
    let program = Program::start(&[]).await;
    assert!(program.metrics().await.contains("paywith_waiting_shoppers 0"));
    let request = program.http.get(format!("{}/metrics", program.url));
    let proxied = answer(request.header("x-forwarded-for", "127.0.0.1")).await;
    proxied.problem(404, "not_found");
    // Where the peer is not known it is not this machine.
    Shop::open().await.get("/metrics").await.problem(404, "not_found");
}

#[tokio::test]
async fn the_numbers_count_what_happened() {
    let shop = Shop::with(|config| {
        config.webhooks = true;
        config.trusted_proxies = 1;
        config.rate_limit.per_order = 1;
        config.metrics_token = Some("t".to_owned().into());
    })
    .await;
    let token = shop.order("INV-COUNT", "15000", "IDR");
    let payment = shop.create("key-count", &token, "cashi").await.payment(201);
    shop.create("key-count", &token, "cashi").await.payment(200);
    shop.create("key-other", &token, "kashier").await;
    shop.happens(&shop.rows_of("INV-COUNT").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    shop.fault("cashi", "status", "hang").await;
    for count in 0..9 {
        shop.create(&format!("key-{count}-again"), &token, "cashi").await;
    }
    answer(shop.http.post(format!("{}/api/webhooks/kashier", shop.url)).body("{}")).await;
    shop.get("/api/nothing").await;
    let request = shop.http.get(format!("{}/metrics", shop.url));
    let text = answer(request.header("authorization", "Bearer t")).await.text;
    for line in [
        "paywith_creates_total{provider=\"cashi\",outcome=\"created\"} 1",
        "paywith_creates_total{provider=\"cashi\",outcome=\"known\"} 1",
        "paywith_creates_total{provider=\"kashier\",outcome=\"refused\"} 1",
        "paywith_provider_creates_total{provider=\"cashi\",outcome=\"answered\"} 1",
        "paywith_status_changes_total{provider=\"cashi\",status=\"paid\"} 1",
        "paywith_webhooks_total{provider=\"kashier\",outcome=\"forged\"} 1",
        "paywith_requests_total{route=\"other\",status=\"4xx\"} 1",
        "paywith_requests_total{route=\"/api/payments/{id}\",status=\"2xx\"} 1",
        "# TYPE paywith_rate_limited_total counter",
        "paywith_waiting_shoppers 0",
    ] {
        assert!(text.lines().any(|counted| counted == line), "{line}: {text}");
    }
    let count_of = |start: &str| {
        let line = text.lines().find(|line| line.starts_with(start));
        let count = line.and_then(|line| line.rsplit(' ').next());
        count.and_then(|count| count.parse::<u64>().ok()).unwrap_or(0)
    };
    assert!(count_of("paywith_rate_limited_total{limit=\"per_order\"}") > 0, "{text}");
    assert!(count_of("paywith_provider_reads_total{provider=\"cashi\",outcome=\"answered\"}") > 0);
    let odd =
        |line: &&str| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("paywith_");
    assert_eq!(text.lines().find(odd), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_kept_for_the_next_request_and_ended_by_a_stop() {
    let mut program = Program::start(&[]).await;
    let health: Value =
        json!(answer(program.http.get(format!("{}/healthz", program.url))).await.text);
    assert_eq!(health, "ok");
    // The idle connection of this client does not hold up the end.
    program.terminate();
    let ended = tokio::time::timeout(Duration::from_secs(20), program.exit_code()).await;
    assert_eq!(ended.expect("an end before the grace is over"), Some(0));
}
