//! Every fault, each seen where it bites, and the matching of faults to calls.

#![allow(clippy::expect_used, reason = "helpers of tests may fail loudly too")]

mod wire;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};
use wire::{Answer, CASHI, CASHII, FORM, KASHIER, Wire};

async fn create(wire: &Wire, order_id: &str) -> Answer {
    let body = json!({ "amount": 15_000, "order_id": order_id });
    wire.post("/cashi/api/create-order", CASHI, &body).await
}

async fn status(wire: &Wire, order_id: &str) -> Answer {
    wire.get(&format!("/cashi/api/check-status/{order_id}"), CASHI).await
}

async fn order_count(wire: &Wire) -> usize {
    wire.get("/control/orders", &[]).await.json().as_array().expect("rows").len()
}

#[tokio::test]
async fn refusals_answer_instead_of_working() {
    for (fault, expected) in [("500", 500), ("429", 429), ("html", 200)] {
        let wire = Wire::new();
        wire.fault(json!({ "fault": fault, "times": 1, "retry_after_s": 7 })).await;
        let answer = create(&wire, "INV-1").await;
        assert_eq!(answer.status.as_u16(), expected, "{fault}");
        assert!(serde_json::from_slice::<Value>(&answer.bytes).is_err(), "{fault} is not JSON");
        assert_eq!(answer.header("retry-after"), if fault == "429" { "7" } else { "" });
        assert_eq!(order_count(&wire).await, 0, "{fault} does no work");
        assert_eq!(create(&wire, "INV-1").await.status, StatusCode::OK, "one time only");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_payment_behind() {
    let wire = Wire::new();
    wire.fault(json!({ "fault": "lost_answer", "times": 1 })).await;
    assert_eq!(create(&wire, "INV-1").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let again = create(&wire, "INV-1").await;
    assert_eq!(again.status, StatusCode::OK);
    let row = wire.row("INV-1").await;
    assert_eq!(row["creates"], 2);
    assert_eq!(row["amount"], again.json()["amount"].to_string());
}

#[tokio::test]
async fn a_late_answer_tells_what_was_true_when_the_work_was_done() {
    let wire = Wire::new();
    create(&wire, "INV-1").await;
    wire.fault(json!({ "fault": "late", "delay_ms": 200, "times": 1 })).await;
    let asked = Instant::now();
    let (late, ()) = tokio::join!(status(&wire, "INV-1"), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        wire.control("cashi/INV-1/settle").await;
    });
    assert!(asked.elapsed() >= Duration::from_millis(200));
    assert_eq!(late.json()["status"], "PENDING");
    assert_eq!(status(&wire, "INV-1").await.json()["status"], "SETTLED");
}

#[tokio::test]
async fn a_hanging_call_does_not_answer_in_time() {
    let wire = Wire::new();
    wire.fault(json!({ "fault": "hang", "match": { "call": "create" } })).await;
    let soon = Duration::from_millis(150);
    assert!(tokio::time::timeout(soon, create(&wire, "INV-1")).await.is_err());
    assert_eq!(order_count(&wire).await, 0);
}

#[tokio::test]
async fn a_truncated_answer_is_the_first_half() {
    let wire = Wire::new();
    create(&wire, "INV-1").await;
    let whole = status(&wire, "INV-1").await;
    wire.fault(json!({ "fault": "truncated", "match": { "call": "status" } })).await;
    let half = status(&wire, "INV-1").await;
    assert_eq!(half.status, StatusCode::OK);
    assert_eq!(half.bytes, whole.bytes.slice(..whole.bytes.len() / 2));
}

#[tokio::test]
async fn a_status_can_have_an_unknown_word_and_a_paid_one_another_amount() {
    let wire = Wire::new();
    let amount = create(&wire, "INV-1").await.json()["amount"].as_u64().expect("a number");
    wire.fault(json!({ "fault": "unknown_word", "times": 1 })).await;
    assert_eq!(status(&wire, "INV-1").await.json()["status"], "REVIEWING");
    wire.fault(json!({ "fault": "other_amount" })).await;
    assert_eq!(status(&wire, "INV-1").await.json()["amount"], amount, "not while it is open");
    wire.control("cashi/INV-1/settle").await;
    assert_eq!(status(&wire, "INV-1").await.json()["amount"], amount + 1000);
    wire.call("DELETE", "/control/faults", &[], "").await;
    assert_eq!(status(&wire, "INV-1").await.json()["amount"], amount);
}

#[tokio::test]
async fn a_bad_picture_is_no_png() {
    let wire = Wire::new();
    wire.fault(json!({ "fault": "bad_picture" })).await;
    let picture = create(&wire, "INV-1").await.json()["qrUrl"].as_str().expect("text").to_owned();
    assert!(picture.starts_with("data:image/png;base64,"));
    assert!(!picture.contains("base64,iVBOR"));
}

#[tokio::test]
async fn a_tampered_code_asks_for_the_base_amount_and_settles_nothing() {
    let wire = Wire::new();
    wire.fault(json!({ "fault": "tampered_code", "times": 1 })).await;
    let total = create(&wire, "INV-1").await.json()["amount"].as_u64().expect("a number");
    assert_ne!(total, 15_000, "the answer names the unique total all the same");
    let page = wire.get("/phone?scan=INV-1", &[]).await.text();
    assert!(page.contains("540515000") && page.contains("value=\"15000\""), "right checksum");
    let payload = page.split_once("name=\"payload\" value=\"").expect("field").1;
    let payload = payload.split_once('"').expect("end").0;
    let payload =
        percent_encoding::utf8_percent_encode(payload, percent_encoding::NON_ALPHANUMERIC);
    wire.call("POST", "/phone/pay", FORM, &format!("payload={payload}&amount=15000")).await;
    assert_eq!(status(&wire, "INV-1").await.json()["status"], "PENDING");
}

#[tokio::test]
async fn an_evil_address_is_a_script() {
    let wire = Wire::new();
    wire.fault(json!({ "fault": "evil_url" })).await;
    assert_eq!(create(&wire, "INV-1").await.json()["checkout_url"], "javascript:alert(1)");
    let session = json!({
        "merchantId": "MID-0-1", "order": "K-1", "amount": "1.00", "currency": "EGP",
        "merchantRedirect": "https://shop.example/",
    });
    for _ in ["first", "duplicate"] {
        let answer = wire.post("/kashier/v3/payment/sessions", KASHIER, &session).await;
        assert_eq!(answer.json()["sessionUrl"], "javascript:alert(1)");
    }
}

#[tokio::test]
async fn a_second_question_mark_replaces_the_ampersand() {
    let wire = Wire::new();
    let body = json!({ "amount": 100, "currency": "USD", "note": "INV-1" });
    let made = wire.post("/cashii/api/v1/remote-payments", CASHII, &body).await.json();
    let id = made["data"]["id"].as_str().expect("an id");
    wire.fault(json!({ "fault": "second_question_mark", "match": { "order": "INV-1" } })).await;
    let answer = wire.press("cashii", id, "approve", "https://s.example/cb?a=1").await;
    assert!(answer.header("location").starts_with("https://s.example/cb?a=1?transaction_id="));
}

#[tokio::test]
async fn a_fault_bites_only_where_it_matches() {
    for (matching, hits_create, hits_status) in [
        (json!({}), true, true),
        (json!({ "provider": null, "order": null, "call": null }), true, true),
        (json!({ "provider": "cashi" }), true, true),
        (json!({ "provider": "cashii" }), false, false),
        (json!({ "order": "V-99" }), true, true),
        (json!({ "order": "INV-1" }), false, false),
        (json!({ "call": "create" }), true, false),
        (json!({ "provider": "cashi", "order": "INV-9", "call": "status" }), false, true),
    ] {
        let wire = Wire::new();
        create(&wire, "INV-99").await;
        wire.fault(json!({ "match": matching, "fault": "500" })).await;
        let spoiled = StatusCode::INTERNAL_SERVER_ERROR;
        assert_eq!(create(&wire, "INV-99").await.status == spoiled, hits_create, "{matching}");
        assert_eq!(status(&wire, "INV-99").await.status == spoiled, hits_status, "{matching}");
    }
}

#[tokio::test]
async fn the_switch_on_the_page_is_a_fault_for_its_order_only() {
    let wire = Wire::new();
    create(&wire, "INV-1").await;
    create(&wire, "OTHER").await;
    let body = "provider=cashi&id=INV-1&fault=500&times=1";
    let answer = wire.call("POST", "/pages/fault", FORM, body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("location").starts_with("/cashi/pay/ORD-"));
    assert_eq!(status(&wire, "OTHER").await.status, StatusCode::OK);
    assert_eq!(status(&wire, "INV-1").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(status(&wire, "INV-1").await.status, StatusCode::OK);
    for (body, expected) in [
        ("provider=cashi&id=NOPE&fault=500&times=1", StatusCode::NOT_FOUND),
        ("provider=cashi&id=INV-1&fault=500&times=x", StatusCode::BAD_REQUEST),
    ] {
        let answer = wire.call("POST", "/pages/fault", FORM, body).await;
        assert_eq!(answer.status, expected, "{body}");
    }
}
