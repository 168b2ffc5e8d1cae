//! Who may see and pay what: order tokens, and ids that belong to somebody else.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Shop, now_s};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sha2::Sha256;

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn sign(secret: &str, header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn claims() -> Value {
    let exp = now_s() + 3600;
    json!({ "order": "INV-1", "amount": "15000", "currency": "IDR", "exp": exp })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

/// Tokens with one flaw each, beside the same token without one.
fn forgeries(secret: &str) -> Vec<(&'static str, String)> {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let good = sign(secret, &header, &claims());
    let (signed, signature) = good.rsplit_once('.').expect("a signature");
    let (head, _) = signed.split_once('.').expect("a header");
    let cheaper = encode(&with("amount", json!("2000")));
    let none = json!({ "alg": "none", "typ": "JWT" });
    let mut forged = vec![
        ("tampered amount", format!("{head}.{cheaper}.{signature}")),
        ("no signature", format!("{signed}.")),
        ("cut", signed.to_owned()),
        ("alg none", format!("{}.{}.", encode(&none), encode(&claims()))),
        ("padded signature", format!("{good}=")),
        ("another secret", sign("another-secret-of-thirty-two-bytes!", &header, &claims())),
        ("empty", String::new()),
        ("a bare order id", "INV-1".to_owned()),
        ("too long", format!("{good}{}", "A".repeat(5000))),
    ];
    for (name, header) in [
        ("alg none but signed", none),
        ("alg HS512", json!({ "alg": "HS512", "typ": "JWT" })),
        ("alg in lower case", json!({ "alg": "hs256", "typ": "JWT" })),
        ("no alg", json!({ "typ": "JWT" })),
        ("another typ", json!({ "alg": "HS256", "typ": "at+jwt" })),
        ("a critical extension", json!({ "alg": "HS256", "typ": "JWT", "crit": ["x"] })),
    ] {
        forged.push((name, sign(secret, &header, &claims())));
    }
    for (name, claims) in [
        ("amount as a number", with("amount", json!(15000))),
        ("negative amount", with("amount", json!("-1"))),
        ("zero amount", with("amount", json!("0"))),
        ("no currency", with("currency", Value::Null)),
        ("no order", with("order", json!(""))),
        ("an order with a line feed", with("order", json!("INV-1\nx"))),
        ("a very long order", with("order", json!("x".repeat(101)))),
        ("no end", with("exp", Value::Null)),
        ("an end in text", with("exp", json!("9999999999"))),
        ("an unknown provider", with("providers", json!(["paypal"]))),
    ] {
        forged.push((name, sign(secret, &header, &claims)));
    }
    forged
}

#[tokio::test]
async fn every_flaw_of_a_token_gets_one_and_the_same_answer() {
    let mut shop = Shop::open().await;
    shop.http = common::client_of_one_name();
    let secret = shop.config.order_token_secret.expose_secret().to_owned();
    let good = sign(&secret, &json!({ "alg": "HS256", "typ": "JWT" }), &claims());
    let payment = shop.create("key-good-1", &good, "cashi").await.payment(201);
    let unknown = shop.checkout("").await;
    unknown.problem(404, "not_found");
    for (name, token) in forgeries(&secret) {
        // An empty text is no token at all: the body cannot be read then.
        if !token.is_empty() {
            let refused = shop.create("key-forged", &token, "cashi").await;
            assert_eq!((refused.status, &refused.text), (404, &unknown.text), "{name}");
        }
        for answer in [
            shop.checkout(&token).await,
            shop.status(&token, &payment).await,
            shop.cancel(&token, &payment).await,
        ] {
            assert_eq!((answer.status, &answer.text), (404, &unknown.text), "{name}");
        }
    }
    assert_eq!(shop.ledger().await.len(), 1);
    assert_eq!(shop.word(&good, &payment).await, "pending");
}

#[tokio::test]
async fn an_expired_token_buys_nothing_but_still_shows_what_was_bought() {
    let shop = Shop::open().await;
    let fresh = shop.order("INV-LATE", "15000", "IDR");
    let payment = shop.create("key-fresh", &fresh, "cashi").await.payment(201);
    let expired = shop.order_until("INV-LATE", "15000", "IDR", now_s() - 1);
    shop.create("key-late-1", &expired, "cashi").await.problem(404, "not_found");
    // Even a replay needs a living token.
    shop.create("key-fresh", &expired, "cashi").await.problem(404, "not_found");
    shop.happens(&shop.rows_of("INV-LATE").await[0], "settle").await;
    assert_eq!(shop.word(&expired, &payment).await, "paid");
    assert_eq!(shop.checkout(&expired).await.json()["payment"]["id"], payment["id"]);
}

#[tokio::test]
async fn unknown_and_foreign_payments_answer_the_same_bytes() {
    let mut shop = Shop::open().await;
    shop.http = common::client_of_one_name();
    let mine = shop.order("INV-MINE", "15000", "IDR");
    let theirs = shop.order("INV-THEIRS", "15000", "IDR");
    let payment = shop.create("key-theirs", &theirs, "cashi").await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    let foreign = shop.status(&mine, &payment).await;
    foreign.problem(404, "not_found");
    for path in [
        format!("/api/payments/pay_00000000000000000000000000000000?order={mine}"),
        format!("/api/payments/_?id={id}&order={mine}"),
        format!("/api/payments/_?order={mine}"),
        format!("/api/payments/_?id=INV%2F2026%2F1&order={mine}"),
        format!("/api/payments/%ff?order={mine}"),
        format!("/api/payments/{id}"),
        "/api/payments/%27%20OR%201=1--?order=x".to_owned(),
    ] {
        let answer = shop.get(&path).await;
        assert_eq!((answer.status, &answer.text), (404, &foreign.text), "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    assert_eq!(shop.cancel(&mine, &payment).await.text, foreign.text);
    assert_eq!(shop.word(&theirs, &payment).await, "pending");
    let by_query =
        shop.get(&format!("/api/payments/_?id={id}&order={theirs}&provider=cashi")).await;
    assert_eq!(by_query.payment(200)["id"], payment["id"]);
}

#[tokio::test]
async fn a_payment_that_was_never_disclosed_is_not_found() {
    let shop = Shop::open().await;
    let token = shop.order("INV-HIDDEN", "165.50", "EGP");
    shop.fault_once("kashier", "create", "lost_answer").await;
    shop.create("key-hidden", &token, "kashier").await.problem(503, "provider_unreachable");
    // Only the provider knows where its shopper would be sent, and that address names the id.
    let hop = shop.press(&shop.rows_of("INV-HIDDEN").await[0], "leave", "").await;
    let (_, id) = hop.rsplit_once('/').expect("an address");
    assert!(id.starts_with("pay_"), "{hop}");
    shop.status(&token, &json!({ "id": id })).await.problem(404, "not_found");
    let payment = shop.create("key-hidden", &token, "kashier").await.payment(201);
    assert_eq!(payment["id"], id);
    assert_eq!(shop.word(&token, &payment).await, "pending");
}

/// A token travels in addresses, which end up in logs: what it says of a person is not used.
#[test]
fn a_token_names_no_customer() {
    let mut claims = claims();
    claims["customer"] = json!({ "email": "ayu@shop.example", "name": "Ayu" });
    let secret = "x".repeat(32);
    let token = sign(&secret, &json!({ "alg": "HS256", "typ": "JWT" }), &claims);
    let order = paywith_merchant::Order::verify(&token, &secret.into(), 0).expect("an order");
    assert_eq!(order.extras.customer, paywith_merchant::Customer::default());
}
