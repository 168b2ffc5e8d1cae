//! Every stack of `tests/frameworks` takes a code's money and a hosted page's.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes, root};

/// Opens the fixture's page with the button of one provider, and presses it.
async fn press(fixture: &str, provider: &str, product: &str) -> (Stack, Browser) {
    let built = if fixture == "html" {
        root().join("tests/frameworks/html")
    } else {
        root().join("target/frameworks").join(fixture).join("dist")
    };
    assert!(built.is_dir(), "{fixture} is not built: run `cargo xtask test frameworks`");
    let stack = Stack::start_with_site(Wishes::USUAL, &built).await;
    let order = stack.order(product).await;
    let order = order["order"].as_str().expect("an order");
    let browser = Browser::open(360).await;
    browser.go_to(&format!("{}/?order={order}&provider={provider}", stack.shop)).await;
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    (stack, browser)
}

/// The page heard `paid`, once.
async fn until_thanked(browser: &Browser) {
    browser.until_state("paid").await;
    browser.until("the page's own thanks", "return document.title === 'Checkout paid'").await;
}

async fn pays(fixture: &str) {
    let (stack, browser) = press(fixture, "cashi", "coffee").await;
    browser.until("the code", "return !!root.querySelector('.qr img')").await;
    let ledger = stack.ledger().await;
    assert_eq!(ledger.len(), 1, "one press is one payment");
    let id = ledger[0]["id"].as_str().expect("a payment");
    stack.control("cashi", id, "settle").await;
    until_thanked(&browser).await;
    browser.close().await;

    let (stack, browser) = press(fixture, "kashier", "scarf").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.click("#approve").await;
    until_thanked(&browser).await;
    assert_eq!(stack.ledger().await.len(), 1, "one press is one payment");
    browser.close().await;
}

macro_rules! fixtures {
    ($($name:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                pays(stringify!($name)).await;
            }
        )+
    };
}

fixtures!(html, react19, react18, next, vue, svelte, webpack, esbuild, rollup);
