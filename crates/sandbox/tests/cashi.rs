//! Cashi on the wire: orders with unique amounts, expiry, the phone, late and wrong transfers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

mod wire;

use axum::http::StatusCode;
use paywith_sandbox::Settings;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use wire::{Answer, CASHI, FORM, Wire};

const CREATE: &str = "/cashi/api/create-order";

async fn created(wire: &Wire, amount: u64, order_id: &str) -> Value {
    let body = json!({ "amount": amount, "order_id": order_id });
    let answer = wire.post(CREATE, CASHI, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn status(wire: &Wire, order_id: &str) -> Value {
    let order_id = utf8_percent_encode(order_id, NON_ALPHANUMERIC);
    wire.get(&format!("/cashi/api/check-status/{order_id}"), CASHI).await.json()
}

fn short_lived() -> Wire {
    Wire::with(Settings { cashi_life_ms: 0, ..Settings::demo("http://127.0.0.1:8091") })
}

/// Scans the code of an order and transfers an amount, or what the code asks for.
async fn pay(wire: &Wire, order_id: &str, amount: Option<u64>) -> Answer {
    let scan = utf8_percent_encode(order_id, NON_ALPHANUMERIC);
    let text = wire.get(&format!("/phone?scan={scan}"), &[]).await.text();
    let field = |name: &str| {
        let rest = text.split_once(&format!("name=\"{name}\"")).expect("the field").1;
        rest.split_once("value=\"")
            .expect("a value")
            .1
            .split_once('"')
            .expect("its end")
            .0
            .to_owned()
    };
    let amount = amount.map_or_else(|| field("amount"), |amount| amount.to_string());
    let payload = field("payload");
    let payload = utf8_percent_encode(&payload, NON_ALPHANUMERIC);
    wire.call("POST", "/phone/pay", FORM, &format!("payload={payload}&amount={amount}")).await
}

#[tokio::test]
async fn an_order_is_answered_as_documented() {
    let wire = Wire::new();
    let order = created(&wire, 15_000, "INV-9921").await;
    assert_eq!(order["success"], true);
    assert_eq!((&order["order_id"], &order["orderId"]), (&json!("INV-9921"), &json!("INV-9921")));
    assert!((15_001..=15_099).contains(&order["amount"].as_u64().expect("a number")));
    assert!(order["qrUrl"].as_str().expect("a picture").starts_with("data:image/png;base64,iVBOR"));
    let deadline = order["expires_at"].as_str().expect("a deadline");
    assert_eq!(deadline.len(), "2026-11-20 14:35:00".len());
    let page = order["checkout_url"].as_str().expect("a page");
    let page = page.strip_prefix("http://127.0.0.1:8091").expect("on this server");
    let page = wire.get(page, &[]).await.text();
    assert!(page.contains("data:image/png;base64,") && page.contains(deadline));
    assert!(page.contains(&format!("{} IDR", order["amount"])));

    let expected = json!({
        "success": true, "status": "PENDING", "amount": order["amount"], "order_id": "INV-9921",
    });
    assert_eq!(status(&wire, "INV-9921").await, expected);
}

#[tokio::test]
async fn open_orders_of_one_amount_get_different_totals() {
    let wire = Wire::new();
    let mut totals = Vec::new();
    for number in 0..99 {
        totals.push(created(&wire, 20_000, &format!("o{number}")).await["amount"].as_u64());
    }
    totals.sort_unstable();
    totals.dedup();
    assert_eq!(totals.len(), 99);
    let body = json!({ "amount": 20_000, "order_id": "one too many" });
    let answer = wire.post(CREATE, CASHI, &body).await;
    assert_eq!(
        (answer.status, &answer.json()["success"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!(false))
    );
}

#[tokio::test]
async fn a_reused_order_id_meets_the_open_order_and_no_other() {
    let wire = Wire::new();
    let first = created(&wire, 15_000, "INV-1").await;
    assert_eq!(created(&wire, 15_000, "INV-1").await, first);
    assert_eq!(wire.row("INV-1").await["creates"], 2);
    pay(&wire, "INV-1", None).await;
    let again = wire.post(CREATE, CASHI, &json!({ "amount": 15_000, "order_id": "INV-1" })).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nameless = wire.post(CREATE, CASHI, &json!({ "amount": 15_000 })).await.json();
    assert!(nameless["order_id"].as_str().is_some_and(|id| !id.is_empty()));
}

#[tokio::test]
async fn bad_requests_are_refused_with_success_false() {
    let wire = Wire::new();
    for body in [
        json!({ "amount": 1999 }),
        json!({ "amount": 10_000_001 }),
        json!({ "amount": 15000.5 }),
        json!({ "amount": "15000" }),
        json!({ "amount": 15_000, "order_id": "" }),
        json!({ "order_id": "INV-1" }),
    ] {
        let answer = wire.post(CREATE, CASHI, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer.json()["success"], false);
        assert!(answer.json()["message"].is_string());
    }
    for headers in [&[][..], &[("x-api-key", "wrong")]] {
        let answer = wire.post(CREATE, headers, &json!({ "amount": 15_000 })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let answer = wire.get("/cashi/api/check-status/INV-1", headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let unknown = wire.get("/cashi/api/check-status/NOPE", CASHI).await;
    assert_eq!(
        (unknown.status, &unknown.json()["success"]),
        (StatusCode::NOT_FOUND, &json!(false))
    );
}

#[tokio::test]
async fn order_ids_with_slashes_work_encoded_and_plain() {
    let wire = Wire::new();
    created(&wire, 15_000, "INV/2026/11/1").await;
    assert_eq!(status(&wire, "INV/2026/11/1").await["status"], "PENDING");
    let plain = wire.get("/cashi/api/check-status/INV/2026/11/1", CASHI).await;
    assert_eq!(plain.json()["order_id"], "INV/2026/11/1");
    let changed = wire.control("cashi/INV%2F2026%2F11%2F1/settle").await;
    assert_eq!(changed.json()["status"], "SETTLED");
}

#[tokio::test]
async fn scanning_and_paying_settles_the_order() {
    let wire = Wire::new();
    let order = created(&wire, 15_000, "INV/1 ü").await;
    let page = pay(&wire, "INV/1 ü", None).await.text();
    assert!(page.contains("data-matched=\"true\"") && page.contains("TOKO CONTOH"));
    let seen = status(&wire, "INV/1 ü").await;
    assert_eq!((&seen["status"], &seen["amount"]), (&json!("SETTLED"), &order["amount"]));
    assert_eq!(seen["provider_tx_id"].as_str().expect("digits").len(), 11);
    assert!(!wire.get("/phone", &[]).await.text().contains("INV/1"), "a paid code is gone");
}

#[tokio::test]
async fn any_other_amount_settles_nothing() {
    let wire = Wire::new();
    let total = created(&wire, 15_000, "INV-1").await["amount"].as_u64().expect("a number");
    for amount in [15_000, total + 1, total - 1] {
        let page = pay(&wire, "INV-1", Some(amount)).await.text();
        assert!(page.contains("data-matched=\"false\""), "{amount}");
        assert_eq!(status(&wire, "INV-1").await["status"], "PENDING");
    }
}

#[tokio::test]
async fn an_expired_order_is_shown_as_a_saved_picture_and_can_be_paid_late() {
    let wire = short_lived();
    let order = created(&wire, 15_000, "INV-1").await;
    assert_eq!(status(&wire, "INV-1").await["status"], "EXPIRED");
    assert!(wire.get("/phone", &[]).await.text().contains("saved picture"));
    let path = order["checkout_url"].as_str().expect("a page").replace("http://127.0.0.1:8091", "");
    assert!(!wire.get(&path, &[]).await.text().contains("<img"), "the page hides an expired code");
    pay(&wire, "INV-1", None).await;
    assert_eq!(status(&wire, "INV-1").await["status"], "SETTLED");
}

#[tokio::test]
async fn an_expired_order_id_is_not_opened_again() {
    let wire = short_lived();
    created(&wire, 15_000, "INV-1").await;
    let again = wire.post(CREATE, CASHI, &json!({ "amount": 15_000, "order_id": "INV-1" })).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_phone_lists_the_newest_first_and_refuses_what_is_no_code() {
    let wire = Wire::new();
    created(&wire, 15_000, "FIRST").await;
    created(&wire, 15_000, "SECOND").await;
    let list = wire.get("/phone", &[]).await.text();
    assert!(list.find("SECOND") < list.find("FIRST") && list.contains("SECOND"));
    for scan in ["hello", "%3Cscript%3E"] {
        let answer = wire.get(&format!("/phone?scan={scan}"), &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
