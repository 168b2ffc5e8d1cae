//! Money that Kashier gave back: seen in the order look-up, caused by a webhook, never believed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Shop, answer};
use paywith_merchant::support::{self, Question};
use secrecy::SecretString;
use serde_json::Value;
use std::time::{Duration, Instant};

const ADMIN: &str = "admin-token-of-the-tests-000000000";

/// A shop with one paid payment, its order token and the provider's row.
async fn paid(amount: &str) -> (Shop, Value, String, Value) {
    let shop = Shop::with(|config| {
        config.webhooks = true;
        config.admin_token = Some(SecretString::from(ADMIN));
    })
    .await;
    let token = shop.order("INV-1", amount, "EGP");
    let payment = shop.create("key-refund-1", &token, "kashier").await.payment(201);
    let row = shop.rows_of("INV-1").await.remove(0);
    shop.happens(&row, "settle").await;
    until(&shop, "paid", None).await;
    (shop, payment, token, row)
}

/// What `payments show` prints.
async fn shown(shop: &Shop) -> String {
    let known = shop.get("/api/demo/orders/INV-1").await.json();
    let id = known["payments"][0]["id"].as_str().expect("an id").to_owned();
    support::answer(shop.config.clone(), &Question::Show { id }).await.expect("a payment")
}

async fn until(shop: &Shop, status: &str, part: Option<&str>) {
    let start = Instant::now();
    loop {
        let known = shop.get("/api/demo/orders/INV-1").await.json();
        let is_there = match part {
            Some(part) => shown(shop).await.contains(part),
            None => true,
        };
        if is_there && known["payments"][0]["status"] == status {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{known}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

async fn give_back(shop: &Shop, row: &Value, amount: &str) {
    let id = row["id"].as_str().expect("an id");
    let url = format!("{}/control/kashier/{id}/refund/{amount}", shop.sandbox);
    let answer = answer(shop.http.post(url)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn d6_all_of_the_captured_sum_given_back_is_refunded() {
    let (shop, payment, token, row) = paid("165.50").await;
    shop.happens(&row, "refund").await;
    until(&shop, "refunded", None).await;
    assert_eq!(shop.word(&token, &payment).await, "refunded");
}

#[tokio::test]
async fn d6_a_part_given_back_stays_paid_and_is_shown_to_the_merchant() {
    let (shop, payment, token, row) = paid("165.50").await;
    give_back(&shop, &row, "65.50").await;
    until(&shop, "paid", Some("65.5 EGP")).await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    let id = payment["id"].as_str().expect("an id");
    let page = shop.http.get(format!("{}/admin/payments/{id}", shop.url));
    let page = answer(page.basic_auth("admin", Some(ADMIN))).await;
    assert!(page.text.contains("65.5 EGP"), "{} {}", page.status, page.text);
    let seen = shop.status(&token, &payment).await.text;
    assert!(!seen.contains("65.5 "), "no business of the browser: {seen}");
    // The rest, one piastre at a time: only all of it is all of it.
    give_back(&shop, &row, "165.49").await;
    until(&shop, "paid", Some("165.49 EGP")).await;
    give_back(&shop, &row, "165.50").await;
    until(&shop, "refunded", None).await;
    assert!(!shown(&shop).await.contains("refunded in part"));
}

#[tokio::test]
async fn d6_a_refund_that_no_look_up_confirms_changes_nothing_and_is_not_forgotten() {
    let (shop, payment, token, row) = paid("165.50").await;
    shop.fault("kashier", "status", "500").await;
    shop.happens(&row, "refund").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let known = shop.get("/api/demo/orders/INV-1").await.json();
    assert_eq!(known["payments"][0]["status"], "paid", "{known}");
    shop.clear_faults().await;
    until(&shop, "refunded", None).await;
    assert_eq!(shop.word(&token, &payment).await, "refunded");
}
