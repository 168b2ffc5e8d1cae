//! Kashier on the wire: sessions, duplicates, both look-ups, the list, the signed way back.

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
use wire::{KASHIER, Wire};

const PATH: &str = "/kashier/v3/payment/sessions";

fn request(order: &str) -> Value {
    json!({
        "merchantId": "MID-0-1",
        "order": order,
        "amount": "165.00",
        "currency": "EGP",
        "merchantRedirect": "https://shop.example/back",
        "customer": { "reference": "c1", "email": "a@example.com" },
    })
}

async fn created(wire: &Wire, order: &str) -> String {
    let answer = wire.post(PATH, KASHIER, &request(order)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["_id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_session_stands_outside_the_envelope() {
    let wire = Wire::new();
    let mut body = request("INV-1");
    body["expireAt"] = json!("2099-01-02T03:04:05.000Z");
    let session = wire.post(PATH, KASHIER, &body).await.json();
    let id = session["_id"].as_str().expect("an id");
    assert_eq!(session["status"], "CREATED");
    assert_eq!(session["expireAt"], "2099-01-02T03:04:05.000Z");
    let address = format!("http://127.0.0.1:8091/kashier/session/{id}?mode=test");
    assert_eq!(session["sessionUrl"], address);
    assert!(session.get("response").is_none());
}

#[tokio::test]
async fn a_known_order_is_refused_with_the_address_of_its_session() {
    let wire = Wire::new();
    let first = wire.post(PATH, KASHIER, &request("INV-1")).await.json();
    let again = wire.post(PATH, KASHIER, &request("INV-1")).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.json()["status"], "FAILURE");
    assert_eq!(again.json()["sessionUrl"], first["sessionUrl"]);
    assert_eq!(wire.row(first["_id"].as_str().expect("id")).await["creates"], 2);
}

#[tokio::test]
async fn wrong_keys_are_refused_as_reported() {
    let wire = Wire::new();
    let bearer = [("authorization", "Bearer kashier$test$secret-key"), KASHIER[1]];
    let cut = [("authorization", "kashier"), KASHIER[1]];
    for headers in [&bearer, &cut] {
        let answer = wire.post(PATH, headers, &request("INV-1")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(wire.get("/kashier/payments/orders/INV-1", headers).await.status, 401);
        assert_eq!(wire.get("/kashier/payments/orders", headers).await.status, 401);
        assert_eq!(wire.get(&format!("{PATH}/x/payment"), headers).await.status, 401);
    }
    let answer = wire.post(PATH, &[KASHIER[0], ("api-key", "live")], &request("INV-1")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["error"]["cause"], "INVALID_HASH_CHECK");
    assert_eq!(answer.json()["status"], "FAILURE");
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let wire = Wire::new();
    for (name, value) in [
        ("amount", json!(165)),
        ("amount", json!("165,00")),
        ("amount", json!("0.00")),
        ("order", json!("")),
        ("merchantId", json!("MID-9-9")),
        ("merchantRedirect", json!("/back")),
        ("expireAt", json!("tomorrow")),
    ] {
        let mut body = request("INV-1");
        body[name] = value;
        let answer = wire.post(PATH, KASHIER, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer.json().get("sessionUrl").is_none());
    }
}

#[tokio::test]
async fn one_payment_has_a_word_as_a_session_and_another_as_an_order() {
    let wire = Wire::new();
    let id = created(&wire, "INV/1").await;
    for (change, session_word, order_word, transactions) in [
        ("", "PENDING", "PENDING", 0),
        ("settle", "PAID", "CAPTURED", 1),
        ("decline", "FAILED", "FAILED", 1),
        ("cancel", "CANCELLED", "FAILED", 0),
        ("expire", "EXPIRED", "FAILED", 0),
        ("refund", "PAID", "CAPTURED", 2),
    ] {
        if !change.is_empty() {
            wire.control(&format!("kashier/{id}/{change}")).await;
        }
        let session = wire.get(&format!("{PATH}/{id}/payment"), KASHIER).await.json();
        assert_eq!(session["status"], "SUCCESS", "the outer status judges the call");
        let data = &session["data"];
        assert_eq!(data["status"], session_word);
        assert_eq!((&data["sessionId"], &data["merchantOrderId"]), (&json!(id), &json!("INV/1")));
        assert_eq!((&data["amount"], &data["currency"]), (&json!("165.00"), &json!("EGP")));

        let order = wire.get("/kashier/payments/orders/INV%2F1", KASHIER).await.json();
        assert_eq!(order["status"], "SUCCESS");
        assert_eq!(order["response"]["status"], order_word);
        let list = order["response"]["transactions"].as_array().expect("a list");
        assert_eq!(list.len(), transactions, "{change}");
    }
    let order = wire.get("/kashier/payments/orders/INV%2F1", KASHIER).await.json();
    assert_eq!(order["response"]["totalCapturedAmount"], 165);
    assert_eq!(order["response"]["totalRefundedAmount"], 165);
}

#[tokio::test]
async fn an_unknown_order_is_a_good_answer_that_says_failure() {
    let wire = Wire::new();
    let answer = wire.get("/kashier/payments/orders/NOPE", KASHIER).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        (&answer.json()["status"], &answer.json()["response"]),
        (&json!("FAILURE"), &Value::Null)
    );
    let session = wire.get(&format!("{PATH}/nope/payment"), KASHIER).await;
    assert_eq!(session.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_is_paged_as_documented() {
    let wire = Wire::new();
    for number in 0..12 {
        created(&wire, &format!("INV-{number}")).await;
    }
    let body = wire.get("/kashier/payments/orders", KASHIER).await.json();
    assert_eq!(body["response"].as_array().expect("a list").len(), 10);
    assert_eq!(body["response"][0]["merchantOrderId"], "INV-11", "newest first");
    assert_eq!(
        body["pagination"],
        json!({
            "totalDocs": 12, "limit": 10, "totalPages": 2, "page": 1, "pagingCounter": 1,
            "hasPrevPage": false, "hasNextPage": true, "prevPage": null, "nextPage": 2,
        })
    );
    let body = wire.get("/kashier/payments/orders?pageSize=5&currentPage=3", KASHIER).await.json();
    assert_eq!(body["response"].as_array().expect("a list").len(), 2);
    assert_eq!(
        body["pagination"],
        json!({
            "totalDocs": 12, "limit": 5, "totalPages": 3, "page": 3, "pagingCounter": 11,
            "hasPrevPage": true, "hasNextPage": false, "prevPage": 2, "nextPage": null,
        })
    );
    let body = wire.get("/kashier/payments/orders?pageSize=1000", KASHIER).await.json();
    assert_eq!(body["pagination"]["limit"], 100);
}

/// Rule 3: fixed order, an absent value is the word `null`, nothing is encoded.
fn signature_of(parameters: &[(String, String)]) -> String {
    let names = [
        "paymentStatus",
        "cardDataToken",
        "maskedCard",
        "merchantOrderId",
        "orderId",
        "cardBrand",
        "orderReference",
        "transactionId",
        "amount",
        "currency",
    ];
    let value = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name);
        found.map_or("null".to_owned(), |(_, value)| value.clone())
    };
    let text: Vec<String> = names.iter().map(|name| format!("{name}={}", value(name))).collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"kashier-test-api-key").expect("any key");
    mac.update(text.join("&").as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn success_and_failure_return_signed_and_a_cancel_unsigned() {
    let wire = Wire::new();
    for (button, word, count, signed) in [
        ("approve", "SUCCESS", 12, true),
        ("decline", "FAILED", 9, true),
        ("cancel", "CANCELLED", 6, false),
    ] {
        let id = created(&wire, &format!("INV {button}")).await;
        let parameters = wire.press("kashier", &id, button, "").await.returned();
        assert_eq!(parameters[0], ("paymentStatus".to_owned(), word.to_owned()));
        assert_eq!(parameters.len(), count, "{parameters:?}");
        let signature = parameters.iter().find(|(name, _)| name == "signature");
        assert_eq!(
            signature.map(|(_, value)| value.clone()),
            signed.then(|| signature_of(&parameters))
        );
    }
}

#[tokio::test]
async fn a_session_expires_by_itself() {
    let wire = Wire::new();
    let mut body = request("INV-1");
    body["expireAt"] = json!("2001-01-01T00:00:00Z");
    let id = wire.post(PATH, KASHIER, &body).await.json()["_id"].as_str().expect("id").to_owned();
    let session = wire.get(&format!("{PATH}/{id}/payment"), KASHIER).await.json();
    assert_eq!(session["data"]["status"], "EXPIRED");
    wire.press("kashier", &id, "approve", "").await;
    assert_eq!(wire.row(&id).await["status"], "EXPIRED", "its page takes no payment any more");
}
