//! Which codes leave the backend: with a pinned NMID or PAN only those in which it was found.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, answer};
use serde_json::json;

/// Whom the simulated provider's codes pay.
const NMID: &str = "ID1020000000000";
const PAN: &str = "936000000000000000";

async fn shop(nmid: Option<&str>, pan: Option<&str>) -> Shop {
    Shop::with(|config| {
        let cashi = config.cashi.as_mut().expect("cashi");
        cashi.pinned_nmid = nmid.map(str::to_owned);
        cashi.pinned_pan = pan.map(str::to_owned);
    })
    .await
}

fn hands_nothing_out(refused: &Answer) {
    let problem = refused.problem(502, "unsafe_code");
    assert_eq!(problem["retryable"], false);
    for part in ["000201", "data:image", "/pay/", "checkout_url", "payment\""] {
        assert!(!refused.text.contains(part), "{part} in {}", refused.text);
    }
}

#[tokio::test]
async fn e7_a_code_that_contradicts_a_pin_is_refused_by_the_backend() {
    let cases = [
        (Some("ID1020000000012"), None),
        (None, Some("936000890000001234")),
        (Some(NMID), Some("936000890000001234")),
        (Some("ID1020000000012"), Some(PAN)),
    ];
    for (nmid, pan) in cases {
        let shop = shop(nmid, pan).await;
        let token = shop.order("INV-1", "15000", "IDR");
        hands_nothing_out(&shop.create("key-pinned-1", &token, "cashi").await);
        // Neither the same key, nor another one, nor what is kept hands it out.
        hands_nothing_out(&shop.create("key-pinned-1", &token, "cashi").await);
        hands_nothing_out(&shop.create("key-pinned-2", &token, "cashi").await);
        let kept = shop.checkout(&token).await;
        assert!(kept.json()["payment"].is_null(), "{}", kept.text);
    }
}

#[tokio::test]
async fn e7_a_code_in_which_no_pin_can_be_found_is_refused_too() {
    for (nmid, pan) in [(Some(NMID), None), (None, Some(PAN))] {
        let shop = shop(nmid, pan).await;
        shop.fault("cashi", "create", "bad_picture").await;
        let token = shop.order("INV-1", "15000", "IDR");
        hands_nothing_out(&shop.create("key-pinned-1", &token, "cashi").await);
    }
}

#[tokio::test]
async fn e7_the_code_of_whom_the_merchant_pinned_is_handed_out() {
    for (nmid, pan) in [(Some(NMID), None), (None, Some(PAN)), (Some(NMID), Some(PAN))] {
        let shop = shop(nmid, pan).await;
        let token = shop.order("INV-1", "15000", "IDR");
        let payment = shop.create("key-pinned-1", &token, "cashi").await.payment(201);
        let payload = payment["action"]["payload"].as_str().expect("a payload");
        assert!(payload.contains(NMID) && payload.contains(PAN));
    }
}

#[tokio::test]
async fn e7_a_pin_that_is_set_later_holds_for_the_codes_that_are_there() {
    let mut shop = shop(None, None).await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-pinned-1", &token, "cashi").await.payment(201);
    assert!(payment["action"]["payload"].is_string());
    shop.config.cashi.as_mut().expect("cashi").pinned_nmid = Some("ID1020000000012".to_owned());
    shop.restart().await;
    let now = shop.status(&token, &payment).await.payment(200);
    assert_eq!(now["action"], json!(null), "{now}");
    let page = answer(shop.http.get(format!("{}/pay/{token}", shop.url))).await;
    assert!(!page.text.contains("data:image"), "{}", page.text);
}
