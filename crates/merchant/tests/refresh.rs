//! What a payment's status rests on: the provider's own readable answer, and nothing else.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{ORDERS, Shop};
use serde_json::json;
use std::time::Duration;

async fn shop_with_short_deadline() -> Shop {
    Shop::with(|config| config.provider_deadline = Duration::from_millis(250)).await
}

#[tokio::test]
async fn trouble_at_the_provider_changes_no_status_and_is_marked_as_stale() {
    let shop = shop_with_short_deadline().await;
    for (provider, amount, currency) in ORDERS {
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        let payment = shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        let row = shop.rows_of(&order).await.remove(0);
        for (change, before) in [("", "pending"), ("settle", "pending")] {
            if !change.is_empty() {
                shop.happens(&row, change).await;
            }
            for fault in ["html", "500", "429", "hang", "truncated", "lost_answer"] {
                shop.fault(provider, "status", fault).await;
                let answer = shop.status(&token, &payment).await;
                let now = answer.payment(200);
                let told = (now["status"].as_str(), answer.header("x-paywith-stale"));
                assert_eq!(told, (Some(before), "1"), "{provider} {change} {fault}");
                shop.clear_faults().await;
            }
        }
        let answer = shop.status(&token, &payment).await;
        assert_eq!(answer.payment(200)["status"], "paid", "{provider}");
        assert_eq!(answer.header("x-paywith-stale"), "");
    }
}

#[tokio::test]
async fn trouble_stays_marked_until_the_provider_has_been_read_again() {
    let shop = Shop::with(|config| config.read_interval = Duration::from_millis(600)).await;
    let token = shop.order("INV-STALE", "15000", "IDR");
    let payment = shop.create("key-stale", &token, "cashi").await.payment(201);
    shop.fault("cashi", "status", "500").await;
    for _ in 0..2 {
        assert_eq!(shop.status(&token, &payment).await.header("x-paywith-stale"), "1");
    }
    assert_eq!(shop.rows_of("INV-STALE").await[0]["reads"], 1);
    shop.clear_faults().await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(shop.status(&token, &payment).await.header("x-paywith-stale"), "");
}

#[tokio::test]
async fn an_unknown_word_stays_pending() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in ORDERS {
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        let payment = shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        shop.happens(&shop.rows_of(&order).await[0], "settle").await;
        shop.fault(provider, "status", "unknown_word").await;
        assert_eq!(shop.word(&token, &payment).await, "pending", "{provider}");
        shop.clear_faults().await;
        assert_eq!(shop.word(&token, &payment).await, "paid", "{provider}");
    }
}

#[tokio::test]
async fn another_amount_is_never_paid_but_a_matter_for_a_person() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in ORDERS {
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        let payment = shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        shop.fault(provider, "status", "other_amount").await;
        assert_eq!(shop.word(&token, &payment).await, "pending", "{provider}");
        shop.happens(&shop.rows_of(&order).await[0], "settle").await;
        let expected = "processing amount_mismatch";
        assert_eq!(shop.word(&token, &payment).await, expected, "{provider}");
        // A later answer with the right amount does not sweep it under the carpet.
        shop.clear_faults().await;
        assert_eq!(shop.word(&token, &payment).await, expected, "{provider}");
        let refused = shop.create(&format!("key-{order}-2"), &token, provider).await;
        let shown = refused.problem(409, "already_paid")["payment"].clone();
        assert_eq!(shown["review"], "amount_mismatch");
    }
}

#[tokio::test]
async fn paid_absorbs_everything_that_the_provider_says_afterwards() {
    let mut shop = Shop::open().await;
    for (provider, change) in
        [("cashii", "cancel"), ("cashpay", "decline"), ("kashier", "expire"), ("cashi", "expire")]
    {
        let (_, amount, currency) =
            ORDERS.into_iter().find(|(id, ..)| *id == provider).expect("one");
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        let payment = shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        let row = shop.rows_of(&order).await.remove(0);
        shop.happens(&row, "settle").await;
        assert_eq!(shop.word(&token, &payment).await, "paid");
        shop.happens(&row, change).await;
        // A paid payment is read once a minute; a fresh start reads it at once.
        shop.restart().await;
        let reads = shop.rows_of(&order).await[0]["reads"].as_u64().expect("a count");
        assert_eq!(shop.word(&token, &payment).await, "paid", "{provider} {change}");
        assert!(shop.rows_of(&order).await[0]["reads"].as_u64() > Some(reads), "it was read");
    }
}

#[tokio::test]
async fn a_refund_is_seen_after_paid() {
    let mut shop = Shop::open().await;
    let token = shop.order("INV-REFUND", "100.98", "SYP");
    let payment = shop.create("key-refund", &token, "cashii").await.payment(201);
    let row = shop.rows_of("INV-REFUND").await.remove(0);
    shop.happens(&row, "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    shop.happens(&row, "refund").await;
    shop.restart().await;
    assert_eq!(shop.word(&token, &payment).await, "refunded");
}

#[tokio::test]
async fn cashpay_tokens_are_renewed_on_a_401_and_when_they_are_old() {
    let shop = Shop::open().await;
    let token = shop.order("INV-401", "2000", "YER");
    let payment = shop.create("key-401-1", &token, "cashpay").await.payment(201);
    shop.control_delete("tokens").await;
    let answer = shop.status(&token, &payment).await;
    assert_eq!(answer.payment(200)["status"], "pending");
    assert_eq!(answer.header("x-paywith-stale"), "");
    shop.control_delete("tokens").await;
    let token = shop.order("INV-402", "2000", "YER");
    shop.create("key-402-1", &token, "cashpay").await.payment(201);

    // Tokens that die young are renewed before they do: no call ever meets a 401.
    let renewing = Shop::between(
        |settings| settings.cashpay_token_life_ms = 400,
        |config| {
            if let Some(cashpay) = &mut config.cashpay {
                cashpay.token_renew_after = Duration::from_millis(50);
            }
        },
    )
    .await;
    let token = renewing.order("INV-OLD", "2000", "YER");
    let payment = renewing.create("key-old-1", &token, "cashpay").await.payment(201);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(renewing.word(&token, &payment).await, "pending");
    assert_eq!(renewing.rows_of("INV-OLD").await[0]["reads"], 1);
}

#[tokio::test]
async fn wrong_cashpay_credentials_create_nothing_and_read_nothing() {
    let shop = Shop::with(|config| {
        if let Some(cashpay) = &mut config.cashpay {
            cashpay.client_secret = "another-secret".to_owned().into();
        }
    })
    .await;
    let token = shop.order("INV-CREDENTIALS", "2000", "YER");
    let refused = shop.create("key-credentials", &token, "cashpay").await;
    assert!(refused.status >= 500 && !refused.text.contains("another-secret"), "{refused:?}");
    assert_eq!(shop.ledger().await.len(), 0);
}

#[tokio::test]
async fn without_a_read_path_a_cashpay_payment_stays_processing() {
    let shop = Shop::with(|config| {
        if let Some(cashpay) = &mut config.cashpay {
            cashpay.read_path = None;
        }
    })
    .await;
    let token = shop.order("INV-BLIND", "2000", "YER");
    let payment = shop.create("key-blind", &token, "cashpay").await.payment(201);
    assert_eq!(payment["action"]["type"], "redirect");
    assert_eq!(shop.word(&token, &payment).await, "processing");
    shop.happens(&shop.rows_of("INV-BLIND").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "processing");
    assert_eq!(shop.rows_of("INV-BLIND").await[0]["reads"], 0);
    let again = shop.create("key-blind-2", &token, "cashpay").await.payment(200);
    assert_eq!(again["id"], payment["id"]);
}

#[tokio::test]
async fn the_demo_shop_sees_its_order_as_the_backend_does() {
    let shop = Shop::open().await;
    let products = shop.get("/api/demo/products").await.payment(200);
    let shelf = products["products"].as_array().expect("a shelf");
    assert_eq!(shelf.len(), 4);
    for product in shelf {
        let items = json!({ "items": [{ "id": product["id"], "quantity": 2 }] });
        let made = order(&shop, &items).await.payment(200);
        let (token, id) = (made["order"].as_str().expect("a token"), made["order_id"].as_str());
        let provider = product["providers"][0].as_str().expect("a provider");
        let payment = shop.create(&format!("key-{provider}"), token, provider).await.payment(201);
        let id = id.expect("an id");
        assert!(id.starts_with("INV-"), "{id}");
        let view = format!("/api/demo/orders/{id}");
        assert_eq!(shop.get(&view).await.json()["paid"], false);
        shop.happens(&shop.rows_of(id).await[0], "settle").await;
        assert_eq!(shop.word(token, &payment).await, "paid");
        assert_eq!(shop.get(&view).await.json()["paid"], true);
    }
    for items in [
        json!([{ "id": "coffee", "quantity": 1 }, { "id": "scarf", "quantity": 1 }]),
        json!([{ "id": "coffee", "quantity": 21 }]),
        json!([{ "id": "coffee", "quantity": 0 }]),
        json!([{ "id": "coffee", "quantity": 1, "price": "1" }, { "id": "tea", "quantity": 1 }]),
    ] {
        order(&shop, &json!({ "items": items })).await.problem(422, "bad_request");
    }
    let shut = Shop::with(|config| config.demo = false).await;
    shut.get("/api/demo/products").await.problem(404, "not_found");
}

async fn order(shop: &Shop, cart: &serde_json::Value) -> common::Answer {
    let request = shop.http.post(format!("{}/api/demo/orders", shop.url));
    common::answer(request.header("content-type", "application/json").body(cart.to_string())).await
}
