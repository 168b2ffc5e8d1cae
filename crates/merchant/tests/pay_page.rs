//! The page for those who have no JavaScript: every provider is paid by links and forms alone.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, ORDERS, Shop, answer};
use paywith_protocol::Provider;

/// A page as a browser without JavaScript sees it.
async fn open(shop: &Shop, token: &str) -> Answer {
    let page = shop.get(&format!("/pay/{token}")).await;
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    assert!(!page.text.contains("<script"), "{}", page.text);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    page
}

/// The value of a hidden field of the form of one provider.
fn field<'a>(page: &'a Answer, provider: &str, name: &str) -> Option<&'a str> {
    let form = page
        .text
        .split("<form")
        .find(|form| form.contains(&format!("name=\"provider\" value=\"{provider}\"")))?;
    let value = form.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    value.split('"').next()
}

/// Presses the button of a provider; answers where the browser is sent.
async fn press(shop: &Shop, token: &str, page: &Answer, provider: &str) -> String {
    let key = field(page, provider, "key").expect("a key");
    let supersedes = field(page, provider, "supersedes").unwrap_or_default();
    let form = format!("key={key}&provider={provider}&supersedes={supersedes}");
    let request = shop.http.post(format!("{}/pay/{token}", shop.url)).body(form);
    let sent = answer(request.header("content-type", "application/x-www-form-urlencoded")).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    sent.header("location").to_owned()
}

#[tokio::test]
async fn every_provider_is_paid_by_forms_and_links_alone() {
    for (provider, amount, currency) in ORDERS {
        let shop = Shop::open().await;
        let order = format!("INV-PAGE-{provider}");
        let price = paywith_protocol::Money::parse(amount, currency).expect("money");
        let only = [Provider::parse(provider).expect("a provider")];
        let token = shop.order_for(&order, price, &only);
        let page = open(&shop, &token).await;
        let place = press(&shop, &token, &page, provider).await;
        let rows = shop.rows_of(&order).await;
        assert_eq!(rows.len(), 1, "{provider}");
        if provider == "cashi" {
            assert_eq!(place, format!("/pay/{token}"));
            let code = open(&shop, &token).await;
            assert!(code.text.contains("src=\"data:image/png;base64,"), "{}", code.text);
            assert!(code.text.contains("http-equiv=\"refresh\""), "it looks again by itself");
            assert!(code.text.contains("<mark>"), "the unique digits are marked");
            assert!(code.text.contains("Time left:"));
        } else {
            assert!(place.starts_with(&shop.sandbox), "{provider}: {place}");
            let waiting = open(&shop, &token).await;
            assert!(waiting.text.contains("Not paid yet."), "{}", waiting.text);
            assert!(waiting.text.contains("Continue with"), "the way on stays");
        }
        shop.happens(&rows[0], "settle").await;
        let paid = open(&shop, &token).await;
        assert!(paid.text.contains("<h2>Paid</h2>"), "{provider}: {}", paid.text);
        assert!(!paid.text.contains("<form"), "a paid order must not look payable");
    }
}

#[tokio::test]
async fn the_shopper_comes_back_to_the_page_and_not_to_the_widget() {
    let shop = Shop::open().await;
    let token = shop.order("INV-PAGE-BACK", "165.50", "EGP");
    let page = open(&shop, &token).await;
    press(&shop, &token, &page, "kashier").await;
    let row = shop.rows_of("INV-PAGE-BACK").await.remove(0);
    let back = shop.press(&row, "approve", row["return_url"].as_str().unwrap_or_default()).await;
    let hop = answer(shop.http.get(back)).await;
    assert_eq!(hop.status, 303);
    let place = hop.header("location");
    assert!(place.starts_with(&format!("{}/pay/{token}", shop.url)), "{place}");
    let paid = answer(shop.http.get(place)).await;
    assert!(paid.text.contains("<h2>Paid</h2>"), "{}", paid.text);
}

#[tokio::test]
async fn pressing_twice_is_one_payment_and_another_way_replaces_it() {
    let shop = Shop::open().await;
    let token = shop.order("INV-PAGE-TWICE", "2000", "EGP");
    let page = open(&shop, &token).await;
    press(&shop, &token, &page, "kashier").await;
    press(&shop, &token, &page, "kashier").await;
    assert_eq!(shop.rows_of("INV-PAGE-TWICE").await.len(), 1);
    let waiting = open(&shop, &token).await;
    assert!(field(&waiting, "kashier", "key").is_none(), "its own payment is gone on with");
    assert!(field(&waiting, "cashpay", "supersedes").is_some_and(|id| id.starts_with("pay_")));
    press(&shop, &token, &waiting, "cashpay").await;
    assert_eq!(shop.rows_of("INV-PAGE-TWICE").await.len(), 2);
    let waiting = open(&shop, &token).await;
    assert!(waiting.text.contains("Continue with CashPay"), "{}", waiting.text);
}

#[tokio::test]
async fn a_link_without_proof_shows_no_order_and_hostile_text_stays_text() {
    let shop = Shop::open().await;
    for token in ["INV-1", "x.y.z", "%3Cimg%20onerror%3D1%3E", "%ff"] {
        let page = open(&shop, token).await;
        assert_eq!(page.status, 404, "{token}");
        assert!(page.text.contains("no such order"), "{}", page.text);
        assert!(!page.text.contains("<img"), "{}", page.text);
    }
    let price = paywith_protocol::Money::parse("15000", "IDR").expect("money");
    let hostile = paywith_merchant::Order {
        id: "INV-HOSTILE".to_owned(),
        price,
        description: Some("<img src=x onerror=alert(1)>".to_owned()),
        providers: Vec::new(),
        extras: paywith_merchant::OrderExtras::default(),
    };
    let token = hostile.sign(&shop.config.order_token_secret, common::now_s() + 60);
    let page = open(&shop, &token.expect("a token")).await;
    assert!(page.text.contains("&lt;img src=x"), "{}", page.text);
}

#[tokio::test]
async fn trouble_at_the_provider_is_told_and_can_be_tried_again() {
    let shop = Shop::open().await;
    let token = shop.order("INV-PAGE-TROUBLE", "165.50", "EGP");
    let page = open(&shop, &token).await;
    shop.fault("kashier", "create", "500").await;
    let key = field(&page, "kashier", "key").expect("a key").to_owned();
    let send = || {
        let form = format!("key={key}&provider=kashier");
        let request = shop.http.post(format!("{}/pay/{token}", shop.url)).body(form);
        answer(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    let trouble = send().await;
    assert_eq!(trouble.status, 503, "{}", trouble.text);
    assert!(trouble.text.contains("Your payment is safe"), "{}", trouble.text);
    shop.clear_faults().await;
    assert_eq!(send().await.status, 303);
    assert_eq!(shop.rows_of("INV-PAGE-TROUBLE").await.len(), 1);
}
