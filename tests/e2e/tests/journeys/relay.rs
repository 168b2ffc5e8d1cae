//! A plain HTML page with the built widget and a small relaying backend, for all four.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};

async fn open(stack: &mut Stack, provider: &str, order: &str, price: &str) -> Browser {
    let relay = stack.start_relay().await;
    let browser = Browser::open(360).await;
    let sandbox = &stack.sandbox;
    let page =
        format!("{relay}/?order={order}&provider={provider}&price={price}&sandbox={sandbox}");
    browser.go_to(&page).await;
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_redirect_is_paid_after_the_way_back() {
    let cases = [
        ("cashii", "R-SYP", "100.98"),
        ("cashpay", "R-YER", "2000"),
        ("kashier", "R-EGP", "165.50"),
    ];
    for (provider, order, price) in cases {
        let mut stack = Stack::start(Wishes::USUAL).await;
        let browser = open(&mut stack, provider, order, price).await;
        browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
        browser.click("#approve").await;
        browser.until_state("paid").await;
        let address = browser.address().await;
        assert!(!address.contains("paywith="), "{provider}: {address}");
        assert!(address.contains("provider="), "the shop's own parameters stay: {address}");
        assert!(browser.events("fault").await.is_empty(), "{provider}");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_code_shows_the_providers_picture_and_is_paid() {
    let mut stack = Stack::start(Wishes::USUAL).await;
    let browser = open(&mut stack, "cashi", "R-IDR", "15000").await;
    browser.until_state("code").await;
    // The relay does not decode the picture, so it is shown unchanged, and marked as unchecked.
    assert!(browser.text().await.contains("tidak dapat kami periksa"));
    let ledger = stack.ledger().await;
    let id = ledger.first().and_then(|row| row["id"].as_str()).expect("a payment");
    stack.control("cashi", id, "settle").await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_payment_that_nobody_paid_stays_open_and_goes_on_with_the_same_one() {
    let mut stack = Stack::start(Wishes::USUAL).await;
    let browser = open(&mut stack, "kashier", "R-EGP", "165.50").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.click("#leave").await;
    browser.until_state("open").await;
    browser.press("button.main").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    assert_eq!(stack.ledger().await.len(), 1, "the same key meets the same session");
    browser.close().await;
}
