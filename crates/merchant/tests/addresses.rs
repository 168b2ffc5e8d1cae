//! Addresses as people type them into dashboards, and as providers call them: whatever reaches the
//! way back leads home, and whatever reaches a webhook is used, or counted with its reason.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, SHOP_ORIGIN, Shop, answer};
use hmac::{Hmac, KeyInit, Mac};
use paywith_merchant::check::check;
use paywith_merchant::config::Origin;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CASHI_SECRET: &str = "sk_cashi_test";
const KASHIER_KEY: &str = "kashier-test-api-key";
const ADMIN: &str = "a-long-random-text-of-32-bytes-or-more";

fn sign(key: &str, text: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn paid_by_kashier(shop: &Shop, order: &str) -> (String, Value) {
    let token = shop.order(order, "165.50", "EGP");
    let payment = shop.create(&format!("key-{order}"), &token, "kashier").await.payment(201);
    shop.happens(&shop.rows_of(order).await[0], "settle").await;
    (token, payment)
}

fn home(payment: &Value) -> String {
    let id = payment["id"].as_str().expect("an id");
    format!("https://shop.example/cart?x=1&paywith={id}#pay")
}

async fn ask(shop: &Shop, method: &str, path: &str) -> Answer {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    answer(shop.http.request(method, format!("{}{path}", shop.url))).await
}

/// One request as it is written here, and the head of its answer.
async fn raw(shop: &Shop, request: &[u8]) -> String {
    let address = shop.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request).await.expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("an answer");
    text
}

#[tokio::test]
async fn c1_whatever_method_reaches_the_way_back_leads_home() {
    let shop = Shop::open().await;
    let (token, payment) = paid_by_kashier(&shop, "INV-BACK").await;
    let id = payment["id"].as_str().expect("an id");
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        for tail in ["", "/", "//", "?paymentStatus=SUCCESS", "/?x=1", "%20", "&status=paid", ";x"]
        {
            let back = ask(&shop, method, &format!("/api/return/{id}{tail}")).await;
            assert_eq!(back.status, 303, "{method} {tail}: {}", back.text);
            assert_eq!(back.header("location"), home(&payment), "{method} {tail}");
            assert_eq!(back.header("referrer-policy"), "no-referrer");
        }
        let lost = ask(&shop, method, "/api/return/pay_unknown").await;
        assert_eq!((lost.status, lost.header("location")), (303, "https://shop.example/"));
    }
    assert_eq!(shop.word(&token, &payment).await, "paid", "the provider was asked, nothing else");
}

/// A form of another site carries no cookies, and its fields prove nothing.
#[tokio::test]
async fn c1_a_posted_body_is_ignored_whatever_it_is() {
    let shop = Shop::open().await;
    let token = shop.order("INV-FORM", "165.50", "EGP");
    let payment = shop.create("key-form-1", &token, "kashier").await.payment(201);
    let url = format!("{}/api/return/{}", shop.url, payment["id"].as_str().expect("an id"));
    let long = "x".repeat(300_000);
    for (kind, body) in [
        (
            "application/x-www-form-urlencoded",
            "paymentStatus=SUCCESS&return_url=https://evil.example",
        ),
        ("multipart/form-data; boundary=x", "--x\r\n\r\n"),
        ("application/json", "{\"status\":\"paid\""),
        ("text/plain", &long),
        ("", ""),
    ] {
        let request = shop.http.post(&url).header("content-type", kind).body(body.to_owned());
        let request = request.header("origin", "https://checkout.kashier.io");
        let back = answer(request.header("sec-fetch-site", "cross-site")).await;
        assert_eq!(
            (back.status, back.header("location")),
            (303, home(&payment).as_str()),
            "{kind}"
        );
        assert_eq!(back.header("access-control-allow-origin"), "");
    }
    assert_eq!(shop.word(&token, &payment).await, "pending");
    // A length that is announced and never sent holds the shopper up for seconds, not for ever.
    let path = url.trim_start_matches(&shop.url);
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 99\r\n\r\nab"
    );
    let begun = Instant::now();
    assert!(raw(&shop, request.as_bytes()).await.starts_with("HTTP/1.1 303 "));
    assert!(begun.elapsed() < Duration::from_secs(15));
}

/// A shopper who has just paid is sent home however many share her address.
#[tokio::test]
async fn c1_the_way_back_is_not_limited_like_other_calls() {
    let shop = Shop::with(|config| {
        config.trusted_proxies = 1;
        config.rate_limit.per_client = 1;
    })
    .await;
    let url = format!("{}/api/return/pay_unknown", shop.url);
    for _ in 0..30 {
        let back = answer(shop.http.get(&url).header("x-forwarded-for", "203.0.113.9")).await;
        assert_eq!(back.status, 303, "{}", back.text);
    }
}

async fn listening_shop() -> Shop {
    Shop::with(|config| {
        config.webhooks = true;
        config.admin_token = Some(SecretString::from(ADMIN));
        let cashi = config.cashi.as_mut().expect("cashi");
        cashi.webhook_secret = Some(SecretString::from(CASHI_SECRET));
    })
    .await
}

async fn post(shop: &Shop, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = shop.http.post(format!("{}{path}", shop.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.body(body.to_owned())).await
}

fn kashier_post(order: &str) -> (String, String) {
    let keys = ["amount", "currency", "merchantOrderId", "status"];
    let data = json!({ "merchantOrderId": order, "amount": 165.5, "currency": "EGP",
        "status": "SUCCESS", "signatureKeys": keys });
    let text = format!("amount=165.5&currency=EGP&merchantOrderId={order}&status=SUCCESS");
    (json!({ "event": "pay", "data": data }).to_string(), sign(KASHIER_KEY, &text))
}

#[tokio::test]
async fn d4_a_webhook_address_is_understood_as_people_type_it() {
    let shop = listening_shop().await;
    for (number, path) in [
        "/api/webhooks/kashier",
        "/api/webhooks/kashier/",
        "/api/webhooks/kashier//",
        "/api/webhooks//kashier",
        "/api//webhooks/kashier/",
        "//api/webhooks/kashier",
        "/api/webhooks/KASHIER",
        "/API/Webhooks/Kashier/",
        "/webhooks/KASHIER",
        "/api/webhooks/kashier%20",
        "/api/webhooks/%20kashier%0A",
        "/api/webhooks/kashier/%20",
        "/api/webhooks/kashier?source=dashboard",
        "/api/webhooks/kashier/?a=b&c",
        "/api/webhooks/kashier%E2%80%8B",
    ]
    .into_iter()
    .enumerate()
    {
        let (body, signature) = kashier_post(&format!("INV-{number}"));
        let heard = post(&shop, path, &[("x-kashier-signature", &signature)], &body).await;
        assert_eq!((heard.status, heard.text.as_str()), (200, "ok"), "{path}");
        let forged = post(&shop, path, &[("x-kashier-signature", "00")], &body).await;
        forged.problem(401, "bad_signature");
    }
}

#[tokio::test]
async fn d4_cashpays_secret_address_is_understood_with_a_slash_too() {
    let shop = listening_shop().await;
    let token = shop.order("INV-1", "2000", "YER");
    shop.create("key-INV-1", &token, "cashpay").await.payment(201);
    let url = format!("sqlite://{}", shop.config.database);
    let pool = sqlx::SqlitePool::connect(&url).await.expect("the database");
    let secret = sqlx::query_scalar("SELECT push_token FROM payments").fetch_one(&pool).await;
    let secret: String = secret.expect("a token");
    let charge = shop.rows_of("INV-1").await[0]["id"].as_str().expect("an id").to_owned();
    for (path, extra, status) in [
        (format!("/api/webhooks/cashpay/{secret}/"), 1, 200),
        (format!("/api/webhooks/CashPay//{secret}%20"), 2, 200),
        (format!("/api/webhooks/cashpay/{secret}x"), 3, 404),
        ("/api/webhooks/cashpay/".to_owned(), 4, 404),
    ] {
        let body = json!({ "id": charge, "status": "INITIATED", "amount": 2000, "currency": "YER",
            "extra": extra });
        assert_eq!(post(&shop, &path, &[], &body.to_string()).await.status, status, "{extra}");
    }
}

/// A browser, or the "test" button of a dashboard: told what the address is for, and no green light.
#[tokio::test]
async fn d4_who_looks_at_a_webhook_address_is_told_what_it_takes() {
    let shop = listening_shop().await;
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        for path in ["/api/webhooks/kashier", "/api/webhooks/kashier/", "/api/webhooks/KASHIER"] {
            let told = ask(&shop, method, path).await;
            let problem = told.problem(405, "bad_request");
            assert_eq!(told.header("allow"), "POST", "{method} {path}");
            assert!(problem["title"].as_str().expect("a title").contains("Kashier"), "{problem}");
            assert!(problem["detail"].as_str().expect("a detail").contains("POST"), "{problem}");
        }
    }
    assert_eq!(ask(&shop, "HEAD", "/api/webhooks/kashier").await.status, 405);
    for path in ["/api/webhooks", "/api/webhooks/", "/api/webhooks/paypal", "/webhooks/x/y/z"] {
        for method in ["GET", "POST"] {
            let problem = ask(&shop, method, path).await.problem(404, "not_found");
            let detail = problem["detail"].as_str().expect("a detail").to_owned();
            assert!(detail.contains("/api/webhooks/cashi"), "{method} {path}: {detail}");
        }
    }
}

#[tokio::test]
async fn d4_what_cannot_be_used_is_counted_by_reason_and_shown_to_the_merchant() {
    let shop = listening_shop().await;
    let (body, signature) = kashier_post("INV-UNKNOWN");
    let signed = [("x-kashier-signature", signature.as_str())];
    post(&shop, "/api/webhooks/kashier", &[], &body).await;
    post(&shop, "/api/webhooks/kashier/", &[], "not json").await;
    post(&shop, "/api/webhooks/kashier", &signed, &body).await;
    post(&shop, "/api/webhooks/kashier/more", &signed, &body).await;
    post(&shop, "/api/webhooks/cashii", &[], &body).await;
    post(&shop, "/api/webhooks/paypal", &[], &body).await;
    post(&shop, "/api/webhooks/kashier", &[], &"x".repeat(70_000)).await;
    ask(&shop, "GET", "/api/webhooks/cashi").await;
    let wanted = [
        ("kashier", "forged"),
        ("kashier", "unreadable"),
        ("kashier", "unknown_payment"),
        ("kashier", "wrong_address"),
        ("kashier", "too_long"),
        ("cashii", "posts_nothing"),
        ("other", "unknown_provider"),
        ("cashi", "wrong_method"),
    ];
    let begun = Instant::now();
    loop {
        let pages =
            answer(shop.http.get(format!("{}/admin", shop.url)).basic_auth("admin", Some(ADMIN)));
        let page = pages.await.text;
        let is_shown = |(provider, reason): &(&str, &str)| {
            page.contains(&format!("data-unusable=\"{provider} {reason}\""))
        };
        let missing: Vec<_> = wanted.iter().filter(|entry| !is_shown(entry)).collect();
        if missing.is_empty() {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{missing:?}: {page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn trial() -> String {
    let data = json!({ "order_id": "TEST-1", "amount": 15_023, "status": "SETTLED" });
    json!({ "event": "PAYMENT_SETTLED", "data": data }).to_string()
}

#[tokio::test]
async fn h1_cashis_trial_gets_no_green_light_without_a_secret() {
    let shop = Shop::with(|config| config.webhooks = true).await;
    for path in ["/api/webhooks/cashi", "/api/webhooks/cashi/"] {
        let refused = post(&shop, path, &[], &trial()).await;
        let problem = refused.problem(404, "webhook_not_configured");
        assert!(problem["detail"].as_str().expect("a detail").contains("`cashi.webhook_secret`"));
    }
    let report = check(&shop.config).await.expect("a report");
    assert!(report.is_broken, "{report:?}");
    let named =
        |line: &String| line.starts_with("WRONG") && line.contains("`cashi.webhook_secret`");
    assert!(report.lines.iter().any(named), "{report:?}");

    let shop = listening_shop().await;
    assert_eq!(post(&shop, "/api/webhooks/cashi", &[], &trial()).await.status, 200);
    let report = check(&shop.config).await.expect("a report");
    assert!(!report.lines.iter().any(named), "{report:?}");
}

#[tokio::test]
async fn h6_check_prints_what_cashis_dashboard_asks_for() {
    let shop = listening_shop().await;
    let report = check(&shop.config).await.expect("a report");
    for wanted in ["/api/webhooks/cashi", "/api/return/cashi"] {
        let address = format!("{}{wanted}", shop.url);
        let is_alone = |line: &String| line.split_whitespace().last() == Some(&address);
        assert!(report.lines.iter().any(is_alone), "{address}: {report:?}");
    }
}

#[tokio::test]
async fn h6_a_shopper_of_cashis_own_page_is_sent_to_the_order() {
    let shop = Shop::open().await;
    let token = shop.order("INV-LAND", "15000", "IDR");
    let payment = shop.create("key-land-1", &token, "cashi").await.payment(201);
    let there = shop.rows_of("INV-LAND").await[0]["id"].as_str().expect("an id").to_owned();
    for query in [
        format!("?order_id={there}&status=SETTLED"),
        format!("?orderId={there}"),
        format!("/?x=1?order_id={there}"),
        format!("?status=success&order={there}&amount=1"),
    ] {
        for path in ["/api/return/cashi", "/api/return", "/API/Return/Cashi"] {
            let back = ask(&shop, "GET", &format!("{path}{query}")).await;
            assert_eq!((back.status, back.header("location")), (303, home(&payment).as_str()));
        }
    }
    // Nothing is given away for an order's number, which others can guess.
    for query in [
        "",
        "?order_id=INV-LAND",
        "?order_id=",
        "?order_id=%00",
        "?return_url=https://evil.example",
    ] {
        for path in ["/api/return", "/api/return/", "/api/return/cashi", "/api/return/kashier"] {
            let back = ask(&shop, "GET", &format!("{path}{query}")).await;
            assert_eq!((back.status, back.header("location")), (303, "https://shop.example/"));
        }
    }
    assert_eq!(shop.word(&token, &payment).await, "pending", "it believes nothing");
}

/// An app has no page that a browser could be sent to: it goes back by itself.
#[tokio::test]
async fn b2_a_shop_that_is_only_an_app_ends_in_a_sentence() {
    let app = Origin::parse("capacitor://localhost").expect("an origin");
    let shop = Shop::with(|config| config.shop_origins = vec![app]).await;
    for path in ["/api/return", "/api/return/pay_unknown"] {
        let back = ask(&shop, "GET", path).await;
        assert_eq!((back.status, back.header("location")), (200, ""), "{}", back.text);
        assert!(!back.text.is_empty());
    }
    assert_ne!(SHOP_ORIGIN, "");
}
