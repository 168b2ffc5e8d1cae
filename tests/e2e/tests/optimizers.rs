//! What script optimizers do to a page: with most of it the button is there; where a tool breaks the script by
//! its nature, the link inside the element stays and pays.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// Opens the page of this name with an order of its own.
async fn open(name: &str) -> (Stack, Browser) {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let token = order.get("order").and_then(Value::as_str).expect("a token").to_owned();
    let browser = Browser::open(360).await;
    browser.go_to(&format!("{}/optimized/{name}?order={token}", stack.shop)).await;
    (stack, browser)
}

async fn sells(stack: &Stack, browser: Browser, name: &str) {
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    assert_eq!(stack.ledger().await.len(), 1, "{name}: one press is one payment");
    assert_eq!(browser.events("fault").await, Vec::<Value>::new(), "{name}");
    browser.close().await;
}

/// The link that stands inside the element leads to a page that takes money.
async fn link_pays(stack: &Stack, browser: Browser, name: &str) {
    let link = "return document.querySelector('pay-with a').checkVisibility()";
    assert_eq!(browser.run(link).await, json!(true), "{name}: the link stays");
    browser.click("pay-with a").await;
    browser.click("form button").await;
    browser.click("#approve").await;
    let paid = "return document.querySelector('h2')?.textContent === 'Paid'";
    browser.until("the page without JavaScript says paid", paid).await;
    assert_eq!(stack.ledger().await.len(), 1, "{name}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_moves_or_holds_the_script_does_no_harm() {
    for name in [
        "rocket-loader",
        "footer",
        "minified",
        "template",
        "template-with-script",
        "integrity-removed",
        "opted-out",
    ] {
        let (stack, browser) = open(name).await;
        if name == "template" {
            // A press before it would be one on an element that is about to go.
            let is_done = "return document.body.dataset.times === '2'";
            browser.until("the page has put the element in twice", is_done).await;
        }
        sells(&stack, browser, name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_delayed_until_the_first_interaction_leaves_the_link_until_then() {
    let (stack, browser) = open("delayed").await;
    let is_link = "return !root && document.querySelector('pay-with a').checkVisibility()";
    browser.until("the link alone", is_link).await;
    browser.click("#interaction").await;
    sells(&stack, browser, "delayed").await;
}

/// Its module does not lie beside a file in another folder: one fault says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_was_combined_or_put_into_the_page_says_that_its_module_is_lost() {
    for name in ["combined", "inlined"] {
        let (stack, browser) = open(name).await;
        let told = "return window.paywithEvents.length > 0";
        browser.until("the fault", told).await;
        let faults = browser.events("fault").await;
        let [fault] = faults.as_slice() else { panic!("{name}: one fault: {faults:?}") };
        assert_eq!(fault.pointer("/detail/code"), Some(&json!("load_failed")), "{name}");
        link_pays(&stack, browser, name).await;
    }
}

/// The browser never runs the script, so that no fault can be raised; the page sees the browser's error.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_the_browser_refuses_leaves_a_link_that_pays() {
    for name in ["module-made-classic", "combined-classic", "integrity-of-another-file"] {
        let (stack, browser) = open(name).await;
        browser.until("the browser's error", "return window.errors.length > 0").await;
        link_pays(&stack, browser, name).await;
    }
}
