//! One order: at most one payment that can be paid, renewals, replacements, money that comes
//! late or twice.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::Shop;
use serde_json::{Value, json};
use std::time::Duration;

/// Life and grace of a code together, and a little more.
const AFTER_EXPIRY: Duration = Duration::from_millis(1_400);

/// Cashi's codes live a fifth of a second here.
async fn shop_with_short_codes() -> Shop {
    Shop::with(|config| {
        if let Some(cashi) = &mut config.cashi {
            cashi.life = Duration::from_millis(200);
        }
    })
    .await
}

#[tokio::test]
async fn a_new_key_for_the_same_provider_meets_the_open_payment() {
    let shop = Shop::open().await;
    let token = shop.order("INV-MEET", "15000", "IDR");
    let first = shop.create("key-one-1", &token, "cashi").await.payment(201);
    let second = shop.create("key-two-2", &token, "cashi").await.payment(200);
    assert_eq!(second["id"], first["id"]);
    assert_eq!(shop.rows_of("INV-MEET").await[0]["creates"], 1);
}

#[tokio::test]
async fn another_provider_is_refused_with_the_open_payment_and_then_supersedes_it() {
    let shop = Shop::open().await;
    let token = shop.order("INV-SWITCH", "15000", "IDR");
    let old = shop.create("key-one-1", &token, "cashi").await.payment(201);
    let problem = shop.create("key-two-2", &token, "kashier").await.problem(409, "payment_open");
    assert_eq!(problem["payment"]["id"], old["id"]);
    assert_eq!(problem["payment"]["action"], old["action"]);
    assert_eq!(shop.rows_of("INV-SWITCH").await.len(), 1);

    let new = shop.supersede("key-two-2", &token, "kashier", &old).await.payment(201);
    assert_ne!(new["id"], old["id"]);
    assert_eq!(shop.checkout(&token).await.json()["payment"]["id"], new["id"]);
    // The superseded one is not offered again, not even when the new one is given up.
    shop.cancel(&token, &new).await.payment(200);
    assert_eq!(shop.checkout(&token).await.json()["payment"], Value::Null);
    // It is watched on: its code may have been saved.
    shop.happens(&shop.rows_of("INV-SWITCH").await[0], "settle").await;
    assert_eq!(shop.word(&token, &old).await, "paid");
    let problem = shop.create("key-three", &token, "kashier").await.problem(409, "already_paid");
    assert_eq!(problem["payment"]["id"], old["id"]);
}

#[tokio::test]
async fn superseding_needs_the_open_payment_of_this_order() {
    let shop = Shop::open().await;
    let mine = shop.order("INV-MINE", "15000", "IDR");
    let theirs = shop.order("INV-THEIRS", "15000", "IDR");
    let open = shop.create("key-mine", &mine, "cashi").await.payment(201);
    let foreign = shop.create("key-theirs", &theirs, "cashi").await.payment(201);
    let refused = shop.supersede("key-wrong", &mine, "kashier", &foreign).await;
    assert_eq!(refused.problem(409, "payment_open")["payment"]["id"], open["id"]);

    // An order without an open payment cannot take away another order's.
    let third = shop.order("INV-THIRD", "15000", "IDR");
    shop.supersede("key-third", &third, "cashi", &foreign).await.payment(201);
    assert_eq!(shop.checkout(&theirs).await.json()["payment"]["id"], foreign["id"]);
    let same = shop.create("key-their-2", &theirs, "cashi").await.payment(200);
    assert_eq!(same["id"], foreign["id"]);
}

#[tokio::test]
async fn superseding_what_has_just_been_paid_is_refused() {
    let shop = Shop::open().await;
    let token = shop.order("INV-JUST", "15000", "IDR");
    let old = shop.create("key-one-1", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-JUST").await[0], "settle").await;
    let refused = shop.supersede("key-two-2", &token, "kashier", &old).await;
    let problem = refused.problem(409, "already_paid");
    assert_eq!(
        (&problem["payment"]["id"], &problem["payment"]["status"]),
        (&old["id"], &json!("paid"))
    );
}

#[tokio::test]
async fn an_expired_code_is_not_shown_again_and_renewed_under_a_new_key() {
    let shop = shop_with_short_codes().await;
    let token = shop.order("INV-RENEW", "15000", "IDR");
    let old = shop.create("key-one-1", &token, "cashi").await.payment(201);
    assert!(old["expires_in_ms"].as_u64().is_some_and(|left_ms| left_ms <= 200));
    tokio::time::sleep(AFTER_EXPIRY).await;
    // The provider still says PENDING: its own clock runs longer.
    assert_eq!(shop.rows_of("INV-RENEW").await[0]["status"], "PENDING");
    let ended = shop.status(&token, &old).await.payment(200);
    assert_eq!((&ended["status"], &ended["action"]), (&json!("expired"), &Value::Null));
    assert_eq!(ended["expires_in_ms"], 0);
    assert_eq!(shop.checkout(&token).await.json()["payment"], Value::Null);

    let new = shop.supersede("key-two-2", &token, "cashi", &old).await.payment(201);
    assert_ne!(new["id"], old["id"]);
    assert_ne!(new["amount"], old["amount"]);
    let replay = shop.create("key-one-1", &token, "cashi").await.payment(200);
    assert_eq!((&replay["id"], &replay["status"]), (&old["id"], &json!("expired")));
}

#[tokio::test]
async fn an_expired_code_that_is_paid_late_becomes_paid_and_a_second_payment_needs_a_person() {
    let shop = shop_with_short_codes().await;
    let token = shop.order("INV-TWICE", "15000", "IDR");
    let old = shop.create("key-one-1", &token, "cashi").await.payment(201);
    tokio::time::sleep(AFTER_EXPIRY).await;
    assert_eq!(shop.word(&token, &old).await, "expired");
    let new = shop.create("key-two-2", &token, "cashi").await.payment(201);
    assert_ne!(new["id"], old["id"]);

    let rows = shop.rows_of("INV-TWICE").await;
    shop.happens(&rows[0], "settle").await;
    assert_eq!(shop.word(&token, &old).await, "paid");
    assert_eq!(shop.checkout(&token).await.json()["payment"]["id"], old["id"]);
    shop.happens(&rows[1], "settle").await;
    assert_eq!(shop.word(&token, &new).await, "processing paid_twice");
    assert_eq!(shop.word(&token, &old).await, "paid");
    // It stays with the person, whatever the provider says next but a refund.
    shop.fault("cashi", "status", "unknown_word").await;
    assert_eq!(shop.word(&token, &new).await, "processing paid_twice");
}

#[tokio::test]
async fn a_changed_price_is_never_answered_with_a_payment_over_the_old_one() {
    let shop = Shop::open().await;
    let before = shop.order("INV-PRICE", "15000", "IDR");
    let old = shop.create("key-one-1", &before, "cashi").await.payment(201);
    let after = shop.order("INV-PRICE", "29000", "IDR");
    assert_eq!(shop.checkout(&after).await.json()["payment"], Value::Null);
    shop.create("key-one-1", &after, "cashi").await.problem(422, "idempotency_mismatch");
    let new = shop.create("key-two-2", &after, "cashi").await.payment(201);
    assert_ne!(new["id"], old["id"]);
    assert_eq!(new["base_amount"]["value"], "29000");
    assert_eq!(shop.checkout(&after).await.json()["payment"]["id"], new["id"]);
}

#[tokio::test]
async fn a_canceled_payment_is_no_longer_live_and_can_still_be_paid() {
    let shop = Shop::open().await;
    let token = shop.order("INV-CANCEL", "100.98", "SYP");
    let payment = shop.create("key-one-1", &token, "cashii").await.payment(201);
    let canceled = shop.cancel(&token, &payment).await.payment(200);
    assert_eq!((&canceled["status"], &canceled["action"]), (&json!("canceled"), &Value::Null));
    assert_eq!(shop.word(&token, &payment).await, "canceled");
    assert_eq!(shop.checkout(&token).await.json()["payment"], Value::Null);

    shop.happens(&shop.rows_of("INV-CANCEL").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    assert_eq!(shop.cancel(&token, &payment).await.payment(200)["status"], "paid");
}

#[tokio::test]
async fn canceling_what_has_just_been_paid_answers_paid() {
    let shop = Shop::open().await;
    let token = shop.order("INV-RACE", "100.98", "SYP");
    let payment = shop.create("key-one-1", &token, "cashii").await.payment(201);
    shop.happens(&shop.rows_of("INV-RACE").await[0], "settle").await;
    assert_eq!(shop.cancel(&token, &payment).await.payment(200)["status"], "paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_ask_at_once_cause_one_read_at_the_provider() {
    let shop = Shop::with(|config| config.read_interval = Duration::from_secs(60)).await;
    let token = shop.order("INV-PACE", "15000", "IDR");
    let payment = shop.create("key-one-1", &token, "cashi").await.payment(201);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let id = payment["id"].as_str().expect("an id");
        let url = format!("{}/api/payments/{id}?order={token}", shop.url);
        asking.spawn(common::answer(shop.http.get(url)));
    }
    for answer in asking.join_all().await {
        assert_eq!(answer.payment(200)["status"], "pending");
    }
    assert_eq!(shop.rows_of("INV-PACE").await[0]["reads"], 1);
}
