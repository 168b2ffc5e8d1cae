//! CashPay on the wire: tokens, the documented charge, the hosted page, the post to the merchant.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

mod wire;

use axum::http::StatusCode;
use paywith_sandbox::Settings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::Wire;

fn credentials() -> Value {
    json!({ "client_id": "cashpay-test-client", "client_secret": "cashpay-test-secret" })
}

fn request() -> Value {
    json!({
        "amount": 2000,
        "currency": "YER",
        "description": "Purchase of a watch",
        "redirect_url": "https://shop.example/back",
    })
}

async fn token(wire: &Wire) -> String {
    let answer = wire.post("/cashpay/auth/token", &[], &credentials()).await;
    assert_eq!(answer.status, StatusCode::OK);
    format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token"))
}

async fn created(wire: &Wire, body: &Value) -> Value {
    let token = token(wire).await;
    let answer = wire.post("/cashpay/charges", &[("authorization", &token)], body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_token_lasts_55_minutes_and_needs_the_right_secret() {
    let wire = Wire::new();
    let body = wire.post("/cashpay/auth/token", &[], &credentials()).await.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3300)));
    let wrong = json!({ "client_id": "cashpay-test-client", "client_secret": "x" });
    let answer = wire.post("/cashpay/auth/token", &[], &wrong).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_expired_or_forgotten_token_is_refused() {
    let expired = Wire::with(Settings {
        cashpay_token_life_ms: 0,
        ..Settings::demo("http://127.0.0.1:8091")
    });
    let forgetful = Wire::new();
    for wire in [&expired, &forgetful] {
        let token = token(wire).await;
        wire.call("DELETE", "/control/tokens", &[], "").await;
        let headers = [("authorization", token.as_str())];
        let answer = wire.post("/cashpay/charges", &headers, &request()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let answer = forgetful.post("/cashpay/charges", &[], &request()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_charge_has_exactly_the_documented_attributes() {
    let wire = Wire::new();
    let charge = created(&wire, &request()).await;
    let id = charge["id"].as_str().expect("an id");
    assert!(id.starts_with("chg_"));
    let expected = json!({
        "id": id,
        "status": "INITIATED",
        "amount": 2000,
        "currency": "YER",
        "description": "Purchase of a watch",
        "transaction_url": format!("http://127.0.0.1:8091/cashpay/session/{id}"),
        "created": charge["created"].as_u64().expect("whole seconds"),
    });
    assert_eq!(charge, expected);
    let token = token(&wire).await;
    let path = format!("/cashpay/charges/{id}");
    let headers = [("authorization", token.as_str())];
    assert_eq!(wire.get(&path, &headers).await.json(), expected);
    let unknown = wire.get("/cashpay/charges/chg_0", &headers).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let wire = Wire::new();
    let token = token(&wire).await;
    for (name, value) in [
        ("amount", json!(0)),
        ("amount", json!(20.5)),
        ("currency", json!("yer")),
        ("redirect_url", json!("javascript:alert(1)")),
        ("redirect_url", json!(null)),
    ] {
        let mut body = request();
        body[name] = value;
        let answer = wire.post("/cashpay/charges", &[("authorization", &token)], &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test]
async fn every_button_returns_with_the_charge_id() {
    let wire = Wire::new();
    for (button, word) in [("approve", "CAPTURED"), ("decline", "FAILED"), ("cancel", "FAILED")] {
        let charge = created(&wire, &request()).await;
        let id = charge["id"].as_str().expect("an id");
        let page = wire.get(&format!("/cashpay/session/{id}"), &[]).await;
        assert!(page.text().contains("2000 YER"));
        let answer = wire.press("cashpay", id, button, "").await;
        assert_eq!(answer.header("location"), format!("https://shop.example/back?charge_id={id}"));
        assert_eq!(wire.row(id).await["status"], word);
    }
}

#[tokio::test]
async fn a_settled_charge_is_posted_to_the_merchant() {
    let merchant = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = merchant.local_addr().expect("an address").port();
    let wire = Wire::new();
    let mut body = request();
    body["post_url"] = json!(format!("http://127.0.0.1:{port}/hooks/cashpay?t=1"));
    let charge = created(&wire, &body).await;
    wire.press("cashpay", charge["id"].as_str().expect("id"), "approve", "").await;

    let (mut stream, _) = merchant.accept().await.expect("a call");
    let mut received = String::new();
    let mut chunk = [0; 4096];
    while !received.ends_with('}') {
        let length = stream.read(&mut chunk).await.expect("bytes");
        assert!(length > 0, "the body ended early: {received}");
        received.push_str(std::str::from_utf8(&chunk[..length]).expect("text"));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("an answer");
    let (head, posted) = received.split_once("\r\n\r\n").expect("head and body");
    assert!(head.starts_with("POST /hooks/cashpay?t=1 HTTP/1.1\r\n"));
    let mut expected = charge;
    expected["status"] = json!("CAPTURED");
    assert_eq!(serde_json::from_str::<Value>(posted).expect("JSON"), expected);
}
