//! A shopper's way through each provider: created, paid on the provider's page, sent back, shown.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{ORDERS, Shop};
use paywith_merchant::config::Origin;
use serde_json::{Value, json};

/// What the hop answers at an address that a provider sent the shopper to.
async fn follow(shop: &Shop, address: &str) -> String {
    let hop = common::answer(shop.http.get(address)).await;
    assert_eq!(hop.status, 303, "{}", hop.text);
    assert_eq!(hop.header("referrer-policy"), "no-referrer");
    assert_eq!(hop.header("cache-control"), "no-store");
    hop.header("location").to_owned()
}

fn home(payment: &Value) -> String {
    let id = payment["id"].as_str().expect("an id");
    format!("https://shop.example/cart?x=1&paywith={id}#pay")
}

#[tokio::test]
async fn each_redirect_provider_is_paid_on_its_page_and_the_hop_leads_home() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in &ORDERS[..3] {
        let order = format!("INV-{provider}");
        let token = shop.order(&order, amount, currency);
        let payment = shop.create(&format!("key-{provider}"), &token, provider).await.payment(201);
        assert_eq!(payment["order"], order.as_str());
        assert_eq!(payment["provider"], *provider);
        assert_eq!(payment["status"], "pending");
        assert_eq!(payment["amount"], json!({ "value": amount, "currency": currency }));
        assert_eq!(payment["base_amount"], Value::Null);
        assert_eq!(payment["test"], true);
        assert_eq!(payment["action"]["type"], "redirect");
        let page = payment["action"]["url"].as_str().expect("an address");
        assert_eq!(common::answer(shop.http.get(page)).await.status, 200, "{page}");
        assert_eq!(shop.word(&token, &payment).await, "pending");

        let row = shop.rows_of(&order).await.remove(0);
        assert_eq!(
            (row["amount"].as_str(), row["currency"].as_str()),
            (Some(*amount), Some(*currency))
        );
        let id = payment["id"].as_str().expect("an id");
        let hop = format!("{}/api/return/{id}", shop.url);
        let back = shop.press(&row, "approve", &hop).await;
        assert!(back.starts_with(&format!("{hop}?")), "{back}");
        if *provider == "cashii" {
            let told = format!("redirect={}", paywith_providers::urls::percent_encode(&hop));
            assert!(page.ends_with(&told), "{page}");
        }
        assert_eq!(follow(&shop, &back).await, home(&payment), "{provider}");
        let paid = shop.status(&token, &payment).await.payment(200);
        assert_eq!((paid["status"].as_str(), &paid["action"]), (Some("paid"), &Value::Null));
    }
}

#[tokio::test]
async fn a_cashi_code_carries_its_payload_and_is_paid_by_phone() {
    let shop = Shop::open().await;
    let token = shop.order("INV-QR", "15000", "IDR");
    let payment = shop.create("key-cashi", &token, "cashi").await.payment(201);
    let total: u64 = payment["amount"]["value"].as_str().expect("text").parse().expect("rupiah");
    assert!((15_001..=15_099).contains(&total), "{total}");
    assert_eq!(payment["base_amount"], json!({ "value": "15000", "currency": "IDR" }));
    assert_eq!(payment["action"]["type"], "qr");
    let payload = payment["action"]["payload"].as_str().expect("a payload");
    let image = payment["action"]["image"].as_str().expect("a picture");
    assert!(payload.starts_with("000201") && image.starts_with("data:image/png;base64,"));
    let left_ms = payment["expires_in_ms"].as_u64().expect("time left");
    assert!((590_000..=600_000).contains(&left_ms), "{left_ms}");

    let payload = paywith_providers::urls::percent_encode(payload);
    let transfer = shop.http.post(format!("{}/phone/pay", shop.sandbox));
    let transfer = transfer.header("content-type", "application/x-www-form-urlencoded");
    let done = common::answer(transfer.body(format!("payload={payload}&amount={total}"))).await;
    assert!(done.text.contains("data-matched=\"true\""), "{}", done.text);
    let paid = shop.status(&token, &payment).await.payment(200);
    assert_eq!((paid["status"].as_str(), &paid["action"]), (Some("paid"), &Value::Null));
    assert_eq!(paid["amount"], payment["amount"]);
}

#[tokio::test]
async fn what_a_provider_ends_is_told_in_the_words_of_the_contract() {
    let shop = Shop::open().await;
    for (provider, change, expected) in [
        ("cashii", "decline", "failed"),
        ("cashii", "cancel", "canceled"),
        ("cashii", "refund", "refunded"),
        ("cashpay", "decline", "failed"),
        ("kashier", "decline", "failed"),
        ("kashier", "cancel", "canceled"),
        ("kashier", "expire", "expired"),
        ("cashi", "expire", "expired"),
    ] {
        let (_, amount, currency) =
            ORDERS.into_iter().find(|(id, ..)| *id == provider).expect("one");
        let order = format!("INV-{provider}-{change}");
        let token = shop.order(&order, amount, currency);
        let payment = shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        shop.happens(&shop.rows_of(&order).await[0], change).await;
        assert_eq!(shop.word(&token, &payment).await, expected, "{provider} {change}");
    }
}

#[tokio::test]
async fn a_forged_or_doubled_return_query_stays_unpaid_and_still_leads_home() {
    let shop = Shop::open().await;
    let token = shop.order("INV-FORGED", "100.98", "SYP");
    let payment = shop.create("key-forged", &token, "cashii").await.payment(201);
    let hop = format!("{}/api/return/{}", shop.url, payment["id"].as_str().expect("an id"));
    for query in [
        "?transaction_id=TRX1&status=paid&signature=abc",
        "?status=paid?status=paid&paywith=pay_other",
        "?return_url=https%3A%2F%2Fevil.example%2F&paymentStatus=SUCCESS",
        "",
    ] {
        assert_eq!(follow(&shop, &format!("{hop}{query}")).await, home(&payment), "{query}");
        assert_eq!(shop.word(&token, &payment).await, "pending", "{query}");
    }
    for unknown in ["pay_unknown", "..%2F..%2Fevil", "%0d%0aset-cookie:x", "%ff"] {
        let address = format!("{}/api/return/{unknown}", shop.url);
        assert_eq!(follow(&shop, &address).await, "https://shop.example/");
    }
}

#[tokio::test]
async fn the_hop_leads_home_when_the_provider_is_in_trouble() {
    let shop = Shop::open().await;
    let token = shop.order("INV-HOP", "165.50", "EGP");
    let payment = shop.create("key-hop-1", &token, "kashier").await.payment(201);
    shop.fault("kashier", "status", "500").await;
    let hop = format!("{}/api/return/{}", shop.url, payment["id"].as_str().expect("an id"));
    assert_eq!(follow(&shop, &hop).await, home(&payment));
    assert_eq!(shop.word(&token, &payment).await, "pending");
}

#[tokio::test]
async fn the_hop_leads_to_no_origin_that_is_not_configured_any_more() {
    let mut shop = Shop::open().await;
    let token = shop.order("INV-MOVED", "2000", "YER");
    let payment = shop.create("key-moved", &token, "cashpay").await.payment(201);
    shop.config.shop_origins = Origin::parse("https://new.example").into_iter().collect();
    shop.restart().await;
    let hop = format!("{}/api/return/{}", shop.url, payment["id"].as_str().expect("an id"));
    let new_home =
        format!("https://new.example/?paywith={}", payment["id"].as_str().expect("an id"));
    assert_eq!(follow(&shop, &hop).await, new_home);
}

#[tokio::test]
async fn checkout_tells_price_providers_and_the_payment_that_is_open() {
    let shop = Shop::open().await;
    let token = shop.order("INV-OFFER", "15000", "IDR");
    let offer = shop.checkout(&token).await.payment(200);
    assert_eq!(offer["order"], "INV-OFFER");
    assert_eq!(offer["amount"], json!({ "value": "15000", "currency": "IDR" }));
    let providers = offer["providers"].as_array().expect("a list");
    assert!(providers.contains(&json!("cashi")) && !providers.contains(&json!("cashii")));
    assert_eq!((&offer["payment"], &offer["test"]), (&Value::Null, &json!(true)));

    let payment = shop.create("key-offer", &token, "cashi").await.payment(201);
    assert_eq!(shop.checkout(&token).await.json()["payment"]["id"], payment["id"]);
    shop.happens(&shop.rows_of("INV-OFFER").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    assert_eq!(shop.checkout(&token).await.json()["payment"]["status"], "paid");
}

#[tokio::test]
async fn only_the_providers_of_the_order_are_offered_and_taken() {
    let shop = Shop::open().await;
    let price = paywith_protocol::Money::parse("15000", "IDR").expect("money");
    let token = shop.order_for("INV-ONE", price, &[paywith_protocol::Provider::Cashi]);
    assert_eq!(shop.checkout(&token).await.json()["providers"], json!(["cashi"]));
    shop.create("key-other", &token, "kashier").await.problem(422, "provider_unavailable");
    assert_eq!(shop.ledger().await.len(), 0);
}

#[tokio::test]
async fn a_broken_picture_leaves_the_page_and_a_tampered_code_is_still_handed_over() {
    let shop = Shop::open().await;
    shop.fault_once("cashi", "create", "bad_picture").await;
    let token = shop.order("INV-BAD", "15000", "IDR");
    let payment = shop.create("key-bad-1", &token, "cashi").await.payment(201);
    let action = &payment["action"];
    assert_eq!((&action["payload"], &action["image"]), (&Value::Null, &Value::Null));
    assert!(action["checkout_url"].as_str().is_some_and(|url| url.starts_with(&shop.sandbox)));

    shop.fault_once("cashi", "create", "tampered_code").await;
    let token = shop.order("INV-TAMPERED", "15000", "IDR");
    let payment = shop.create("key-tampered", &token, "cashi").await.payment(201);
    let payload = payment["action"]["payload"].as_str().expect("a payload");
    assert!(payload.contains("540515000"), "the code asks for the base amount: {payload}");
    assert_ne!(payment["amount"]["value"], "15000");
}
