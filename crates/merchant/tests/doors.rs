//! What comes in is checked, and what goes out carries the right headers: bodies, origins,
//! addresses, amounts, problem documents.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::routing::post;
use common::{SHOP_ORIGIN, Shop, body};
use serde_json::{Value, json};

#[tokio::test]
async fn a_return_address_elsewhere_is_refused_and_names_the_setting() {
    let shop = Shop::open().await;
    let token = shop.order("INV-RETURN", "165.50", "EGP");
    for address in [
        "https://evil.example/cart",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example:8443/cart",
        "http://shop.example/cart",
        "//shop.example/cart",
        "/cart",
        "javascript:alert(1)",
        "https:shop.example/cart",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nlocation: https://evil.example",
    ] {
        let mut body = body(&token, "kashier");
        body["return_url"] = json!(address);
        let problem =
            shop.create_with("key-return", &body).await.problem(422, "return_url_forbidden");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("`shop_origins`")));
    }
    assert_eq!(shop.ledger().await.len(), 0);
}

#[tokio::test]
async fn an_evil_address_of_a_provider_is_never_disclosed() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in [("cashpay", "2000", "YER"), ("kashier", "165.50", "EGP")] {
        let order = format!("INV-EVIL-{provider}");
        let token = shop.order(&order, amount, currency);
        shop.fault(provider, "create", "evil_url").await;
        let refused = shop.create(&format!("key-{order}"), &token, provider).await;
        let problem = refused.problem(502, "provider_refused");
        assert_eq!(problem["retryable"], false);
        assert!(!refused.text.contains("javascript"), "{}", refused.text);
        assert_eq!(shop.checkout(&token).await.json()["payment"], Value::Null);
        shop.clear_faults().await;
        let payment = shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        assert_eq!(shop.word(&token, &payment).await, "pending");
    }
    shop.fault("cashi", "create", "evil_url").await;
    let token = shop.order("INV-EVIL-cashi", "15000", "IDR");
    let action = shop.create("key-evil", &token, "cashi").await.payment(201)["action"].clone();
    assert_eq!((action["type"].as_str(), &action["checkout_url"]), (Some("qr"), &Value::Null));
    assert!(action["payload"].is_string());
}

#[tokio::test]
async fn amounts_that_a_provider_does_not_take_are_refused_with_the_limits_before_the_call() {
    let shop = Shop::open().await;
    for (provider, amount, currency, names) in [
        ("cashi", "1999", "IDR", &["Cashi", "2000", "10000000"][..]),
        ("cashi", "10000001", "IDR", &["Cashi", "2000", "10000000"]),
        ("cashi", "15000.50", "IDR", &["Cashi", "decimals"]),
        ("cashi", "165.50", "EGP", &["Cashi", "IDR"]),
        ("cashpay", "2000.5", "YER", &["CashPay", "decimals"]),
        ("cashii", "100.985", "SYP", &["Cashii", "2 decimals"]),
        ("kashier", "165.505", "EGP", &["Kashier", "2 decimals"]),
    ] {
        let token = shop.order("INV-AMOUNT", amount, currency);
        let refused = shop.create("key-amount", &token, provider).await;
        let problem = refused.problem(422, "amount_out_of_range");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(names.iter().all(|name| detail.contains(name)), "{amount} {currency}: {detail}");
    }
    assert_eq!(shop.ledger().await.len(), 0);
    for (amount, key) in [("2000", "key-least"), ("10000000", "key-most")] {
        let token = shop.order(&format!("INV-{key}"), amount, "IDR");
        shop.create(key, &token, "cashi").await.payment(201);
    }
}

#[tokio::test]
async fn a_provider_that_is_not_configured_is_not_offered() {
    let shop = Shop::with(|config| config.cashi = None).await;
    let token = shop.order("INV-NONE", "15000", "IDR");
    shop.create("key-none", &token, "cashi").await.problem(422, "provider_unavailable");
    let offer = shop.checkout(&token).await.json();
    assert!(!offer["providers"].as_array().expect("a list").contains(&json!("cashi")));
}

#[tokio::test]
async fn wrong_credentials_are_the_providers_refusal_and_are_not_shown() {
    let shop = Shop::with(|config| {
        if let Some(cashii) = &mut config.cashii {
            cashii.api_key = "canary-api-key".to_owned().into();
        }
    })
    .await;
    let token = shop.order("INV-KEY", "100.98", "SYP");
    let refused = shop.create("key-wrong", &token, "cashii").await;
    refused.problem(502, "provider_refused");
    assert!(!refused.text.contains("canary"), "{}", refused.text);
}

#[tokio::test]
async fn a_refusal_that_looks_like_a_problem_document_is_a_refusal() {
    let refuse = async || {
        let refusal = json!({ "code": "E12", "message": "no", "detail": "account closed" });
        (axum::http::StatusCode::UNPROCESSABLE_ENTITY, refusal.to_string())
    };
    let app = axum::Router::new().route("/api/v1/remote-payments", post(refuse));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    let shop = Shop::with(|config| {
        if let Some(cashii) = &mut config.cashii {
            cashii.base_url = format!("http://{address}");
        }
    })
    .await;
    let token = shop.order("INV-CODE", "100.98", "SYP");
    let problem = shop.create("key-code", &token, "cashii").await.problem(502, "provider_refused");
    assert_eq!((&problem["retryable"], problem.get("payment")), (&json!(false), None));
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("account closed")));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_by_the_name_of_the_field() {
    let shop = Shop::open().await;
    let token = shop.order("INV-BODY", "15000", "IDR");
    for (field, value) in [
        ("order", Value::Null),
        ("order", json!(5)),
        ("provider", json!("paypal")),
        ("provider", json!("CASHI")),
        ("locale", json!(1)),
        ("supersedes", json!({})),
    ] {
        let mut body = body(&token, "cashi");
        body[field] = value;
        let problem = shop.create_with("key-body-1", &body).await.problem(400, "bad_request");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(&format!("`{field}`")), "{field}: {detail}");
    }
    for text in ["", "{", "[]", "5", "null", "{\"order\":", "\u{feff}{}"] {
        let answer = send(&shop, Some("application/json"), text).await;
        answer.problem(400, "bad_request");
    }
    assert_eq!(shop.ledger().await.len(), 0);
}

#[tokio::test]
async fn only_json_of_a_sensible_length_is_read() {
    let shop = Shop::open().await;
    let token = shop.order("INV-TYPE", "15000", "IDR");
    let text = body(&token, "cashi").to_string();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        send(&shop, kind, &text).await.problem(415, "bad_request");
    }
    let long = format!("{text}{}", " ".repeat(64 * 1024));
    send(&shop, Some("application/json"), &long).await.problem(413, "bad_request");
    assert_eq!(shop.ledger().await.len(), 0);
    let answer = send(&shop, Some("application/json; charset=utf-8"), &text).await;
    answer.payment(201);
}

async fn send(shop: &Shop, kind: Option<&str>, text: &str) -> common::Answer {
    let request = shop.http.post(format!("{}/api/payments", shop.url)).body(text.to_owned());
    let request = request.header("idempotency-key", "key-send");
    common::answer(match kind {
        Some(kind) => request.header("content-type", kind),
        None => request,
    })
    .await
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_and_every_answer_is_guarded() {
    let shop = Shop::open().await;
    let token = shop.order("INV-GUARD", "15000", "IDR");
    let unknown = shop.get("/api/nothing/here").await;
    unknown.problem(404, "not_found");
    let wrong = common::answer(shop.http.delete(format!("{}/api/payments", shop.url))).await;
    wrong.problem(405, "bad_request");
    let healthy = shop.get("/healthz").await;
    assert_eq!((healthy.status, healthy.text.as_str()), (200, "ok"));
    for answer in [unknown, wrong, healthy, shop.checkout(&token).await] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert!(answer.header("permissions-policy").contains("payment=()"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    }
}

#[tokio::test]
async fn only_browsers_on_the_shops_origins_may_call() {
    let shop = Shop::open().await;
    for (origin, is_allowed) in [
        (SHOP_ORIGIN, true),
        ("https://evil.example", false),
        ("https://shop.example.evil.example", false),
        ("http://shop.example", false),
        ("null", false),
    ] {
        let url = format!("{}/api/payments", shop.url);
        let preflight = shop.http.request(axum::http::Method::OPTIONS, &url);
        let preflight = preflight
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,idempotency-key");
        let allowed = if is_allowed { origin } else { "" };
        let answer = common::answer(preflight).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        if is_allowed {
            let headers = answer.header("access-control-allow-headers").to_ascii_lowercase();
            assert_eq!(headers, "content-type,idempotency-key");
        }
        let simple = shop.http.get(format!("{}/api/checkout", shop.url)).header("origin", origin);
        let answer = common::answer(simple).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        if is_allowed {
            assert_eq!(answer.header("access-control-expose-headers"), "retry-after,date,etag");
        }
    }
}
