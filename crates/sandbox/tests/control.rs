//! The control API and the pages that belong to no provider.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

mod wire;

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::{CASHI, CASHII, JSON, KASHIER, Wire};

async fn cashi_order(wire: &Wire, order_id: &str) {
    let body = json!({ "amount": 15_000, "order_id": order_id });
    let answer = wire.post("/cashi/api/create-order", CASHI, &body).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn the_ledger_tells_all_payments_and_how_often_they_were_asked_for() {
    let wire = Wire::new();
    cashi_order(&wire, "INV-1").await;
    let body = json!({ "amount": 10_098, "currency": "SYP", "metadata": { "orderId": "INV-2" } });
    wire.post("/cashii/api/v1/remote-payments", CASHII, &body).await;
    for _ in 0..3 {
        wire.get("/cashi/api/check-status/INV-1", CASHI).await;
    }
    let rows = wire.get("/control/orders", &[]).await.json();
    let first = &rows[0];
    assert_eq!((&first["provider"], &first["id"]), (&json!("cashi"), &json!("INV-1")));
    assert_eq!((&first["status"], &first["state"]), (&json!("PENDING"), &json!("open")));
    assert_eq!((&first["creates"], &first["reads"]), (&json!(1), &json!(3)));
    assert!(first["created_ms"].as_u64().is_some_and(|created_ms| created_ms > 1_600_000_000_000));
    let second = &rows[1];
    assert_eq!((&second["order_ref"], &second["provider"]), (&json!("INV-2"), &json!("cashii")));
    assert_eq!((&second["amount"], &second["currency"]), (&json!("100.98"), &json!("SYP")));
    assert_eq!(second["reads"], 0);
}

#[tokio::test]
async fn a_payment_can_be_paid_after_its_end() {
    let wire = Wire::new();
    cashi_order(&wire, "INV/1").await;
    for (change, word) in [("expire", "EXPIRED"), ("settle", "SETTLED")] {
        let answer = wire.control(&format!("cashi/INV%2F1/{change}")).await;
        assert_eq!((answer.status, &answer.json()["status"]), (StatusCode::OK, &json!(word)));
    }
}

#[tokio::test]
async fn changes_without_a_payment_or_a_word_are_refused() {
    let wire = Wire::new();
    cashi_order(&wire, "INV-1").await;
    for (path, expected) in [
        ("cashi/NOPE/settle", 404),
        ("cashii/INV-1/settle", 404),
        ("cashi/INV-1/decline", 422),
        ("cashi/INV-1/refund", 422),
    ] {
        assert_eq!(wire.control(path).await.status.as_u16(), expected, "{path}");
    }
    for path in ["paypal/INV-1/settle", "cashi/INV-1/explode"] {
        assert!(wire.control(path).await.status.is_client_error(), "{path}");
    }
    assert_eq!(wire.row("INV-1").await["status"], "PENDING");
}

#[tokio::test]
async fn faults_are_listed_cleared_and_refused_when_unknown() {
    let wire = Wire::new();
    wire.fault(json!({ "match": { "provider": "cashi" }, "fault": "429", "times": 2 })).await;
    let listed = wire.get("/control/faults", &[]).await.json();
    let kept = (&listed[0]["fault"], &listed[0]["times"], &listed[0]["match"]["provider"]);
    assert_eq!(kept, (&json!("429"), &json!(2), &json!("cashi")));
    let cleared = wire.call("DELETE", "/control/faults", &[], "").await;
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
    assert_eq!(wire.get("/control/faults", &[]).await.json(), json!([]));
    for unknown in [json!({ "fault": "meteor" }), json!({ "fault": "500", "tims": 1 })] {
        let answer = wire.post("/control/faults", JSON, &unknown).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{unknown}");
    }
}

#[tokio::test]
async fn the_start_page_leads_to_the_phone_and_the_ledger() {
    let text = Wire::new().get("/", &[]).await.text();
    for part in ["href=\"/phone\"", "href=\"/control/orders\"", "http://127.0.0.1:8091/cashi"] {
        assert!(text.contains(part), "{part}");
    }
}

/// Takes one webhook and answers it; returns its head and its body.
async fn received(merchant: &TcpListener) -> (String, String) {
    let (mut stream, _) = merchant.accept().await.expect("a call");
    let mut text = String::new();
    let mut chunk = [0; 4096];
    while !text.ends_with('}') {
        let length = stream.read(&mut chunk).await.expect("bytes");
        assert!(length > 0, "the body ended early: {text}");
        text.push_str(std::str::from_utf8(&chunk[..length]).expect("text"));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("head and body");
    (head.to_owned(), body.to_owned())
}

fn hmac_hex(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn cashi_posts_a_signed_event_where_it_was_told_to() {
    let merchant = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = merchant.local_addr().expect("an address").port();
    let wire = Wire::new();
    let target = json!({ "url": format!("http://127.0.0.1:{port}/hook"), "secret": "11111" });
    wire.call("PUT", "/control/webhooks/cashi", JSON, &target.to_string()).await;
    cashi_order(&wire, "INV-1").await;
    wire.control("cashi/INV-1/settle").await;
    let (head, body) = received(&merchant).await;
    assert!(head.contains(&format!("X-Gateway-Signature: {}", hmac_hex("11111", &body))));
    let event: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(event["event"], "PAYMENT_SETTLED");
    let data = (&event["data"]["order_id"], &event["data"]["status"]);
    assert_eq!(data, (&json!("INV-1"), &json!("SETTLED")));
    assert_eq!(event["data"]["amount"].to_string(), wire.row("INV-1").await["amount"]);
}

#[tokio::test]
async fn kashier_posts_a_signed_event_to_the_address_of_the_session() {
    let merchant = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = merchant.local_addr().expect("an address").port();
    let wire = Wire::new();
    let session = json!({
        "merchantId": "MID-0-1", "order": "K-1", "amount": "250.00", "currency": "EGP",
        "merchantRedirect": "https://shop.example/",
        "serverWebhook": format!("http://127.0.0.1:{port}/hook"),
    });
    let made = wire.post("/kashier/v3/payment/sessions", KASHIER, &session).await.json();
    let id = made["_id"].as_str().expect("an id");
    wire.control(&format!("kashier/{id}/decline")).await;
    let (head, body) = received(&merchant).await;
    let event: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((&event["event"], &event["data"]["status"]), (&json!("pay"), &json!("FAILED")));
    assert_eq!(event["data"]["amount"], json!(250), "a number in major units");
    let signed = format!(
        "amount=250&channel=online%20%7C%20e-commerce&currency=EGP&kashierOrderId=ko-{id}&maskedCard\
         &merchantOrderId=K-1&method=card&orderReference=TEST-ORD-{id}&status=FAILED\
         &transactionId=TX-{id}&transactionResponseCode=05"
    );
    let signature = hmac_hex("kashier-test-api-key", &signed);
    assert!(head.contains(&format!("x-kashier-signature: {signature}")), "{head}");
}
