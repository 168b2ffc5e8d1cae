//! Cashii on the wire: the documented calls, the hosted page, the way back.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

mod wire;

use axum::http::StatusCode;
use serde_json::{Value, json};
use wire::{CASHII, Wire};

const PATH: &str = "/cashii/api/v1/remote-payments";
const BACK: &str = "https://shop.example/cb?order=A1";

fn request() -> Value {
    json!({
        "amount": 10098,
        "currency": "SYP",
        "note": "Payment for Order #ORD-12345",
        "metadata": { "orderId": "ORD-12345", "customerId": "CUST-678" },
    })
}

async fn created(wire: &Wire) -> String {
    let answer = wire.post(PATH, CASHII, &request()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    answer.json()["data"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_payment_is_created_and_read_as_documented() {
    let wire = Wire::new();
    let answer = wire.post(PATH, CASHII, &request()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let body = answer.json();
    let id = body["data"]["id"].as_str().expect("an id");
    assert_eq!(body, json!({ "data": { "id": id } }), "nothing but the id");
    assert!(id.len() == 16 && id.bytes().all(|digit| digit.is_ascii_digit()));

    let path = format!("{PATH}/{id}");
    let mut seen = wire.get(&path, CASHII).await.json()["data"].clone();
    assert!(seen.get("from").is_none(), "there is no payer before a payment");
    assert_eq!(seen["status"], "pending");

    wire.control(&format!("cashii/{id}/settle")).await;
    seen = wire.get(&path, CASHII).await.json()["data"].clone();
    let mut expected = request();
    expected["_id"] = json!(id);
    expected["status"] = json!("paid");
    for name in ["from", "to", "createdAt"] {
        assert!(seen[name].is_string(), "{name}");
        expected[name] = seen[name].clone();
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn every_state_has_the_documented_word_and_expiry_has_none() {
    let wire = Wire::new();
    let id = created(&wire).await;
    for (change, word) in [
        ("cancel", "canceled"),
        ("decline", "rejected"),
        ("settle", "paid"),
        ("refund", "refunded"),
    ] {
        wire.control(&format!("cashii/{id}/{change}")).await;
        let body = wire.get(&format!("{PATH}/{id}"), CASHII).await.json();
        assert_eq!(body["data"]["status"], word);
    }
    let answer = wire.control(&format!("cashii/{id}/expire")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn bad_requests_are_refused_with_json() {
    let wire = Wire::new();
    let with = |name: &str, value: Value| {
        let mut body = request();
        body[name] = value;
        body
    };
    for body in [
        with("amount", json!(0)),
        with("amount", json!(-5)),
        with("amount", json!(100.98)),
        with("amount", json!("10098")),
        with("currency", json!("IDR")),
        json!([]),
    ] {
        let answer = wire.post(PATH, CASHII, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(answer.json()["message"].is_string());
    }
    let unknown = wire.get(&format!("{PATH}/1234567890123456"), CASHII).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for headers in
        [&[][..], &[("authorization", "cashii-test-key")], &[("authorization", "Bearer x")]]
    {
        assert_eq!(wire.post(PATH, headers, &request()).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(wire.get(&format!("{PATH}/1"), headers).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(wire.get("/control/orders", &[]).await.json(), json!([]), "nothing was created");
}

#[tokio::test]
async fn every_button_returns_with_the_documented_parameters() {
    let wire = Wire::new();
    for (button, word) in [("approve", "paid"), ("decline", "rejected"), ("cancel", "canceled")] {
        let id = created(&wire).await;
        let answer = wire.press("cashii", &id, button, BACK).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.header("location").starts_with(&format!("{BACK}&transaction_id=")));
        let names: Vec<String> = answer.returned().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["order", "transaction_id", "status", "signature"]);
        assert_eq!(answer.returned()[2].1, word);
        assert!(!answer.header("location").contains(&id), "the id of the payment does not return");
        assert_eq!(wire.row(&id).await["status"], word);
    }
}

#[tokio::test]
async fn leaving_changes_nothing_and_brings_nothing_back() {
    let wire = Wire::new();
    let id = created(&wire).await;
    assert_eq!(wire.press("cashii", &id, "leave", BACK).await.header("location"), BACK);
    assert_eq!(wire.row(&id).await["status"], "pending");
    let answer = wire.press("cashii", &id, "approve-no-return", BACK).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, String::new()));
    assert_eq!(wire.row(&id).await["status"], "paid");
}

#[tokio::test]
async fn a_second_tab_cannot_change_a_settled_payment() {
    let wire = Wire::new();
    let id = created(&wire).await;
    wire.press("cashii", &id, "approve", BACK).await;
    let answer = wire.press("cashii", &id, "cancel", BACK).await;
    assert_eq!(answer.returned()[2].1, "paid");
    assert_eq!(wire.row(&id).await["status"], "paid");
}

#[tokio::test]
async fn the_page_escapes_and_refuses_to_return_to_a_script() {
    let wire = Wire::new();
    let mut body = request();
    body["metadata"]["orderId"] = json!("<script>\"&'");
    let id =
        wire.post(PATH, CASHII, &body).await.json()["data"]["id"].as_str().expect("id").to_owned();
    let page = wire
        .get(&format!("/cashii/payment?code={id}&redirect=https%3A%2F%2Fs%2F%22%3E"), &[])
        .await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK);
    assert!(!text.contains("<script"));
    assert!(text.contains("&lt;script&gt;") && text.contains("https://s/&quot;&gt;"));
    for anchor in ["approve", "decline", "cancel", "leave", "approve-no-return", "add-fault"] {
        assert!(text.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    assert!(text.contains("Sandbox: no money moves") && text.contains("100.98 SYP"));
    for (path, status) in [
        (format!("/cashii/payment?code={id}&redirect=javascript%3Aalert(1)"), 400),
        (format!("/cashii/payment?code={id}"), 400),
        ("/cashii/payment?code=1&redirect=https%3A%2F%2Fs%2F".to_owned(), 404),
    ] {
        assert_eq!(wire.get(&path, &[]).await.status.as_u16(), status, "{path}");
    }
}
