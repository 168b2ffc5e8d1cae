//! Strict pages: policies, frames, foreign origins; and pages on which the widget cannot run.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

async fn setup(stack: &Stack, provider: &str, product: &str, endpoint: &str) -> Value {
    let order = stack.order(product).await;
    json!({
        "lang": "en",
        "attributes": { "endpoint": endpoint, "order": order["order"], "providers": provider },
        "properties": {},
    })
}

/// The code is drawn, is paid at the provider, and the widget says so.
async fn pay_code(stack: &Stack, browser: &Browser) {
    browser.press("button.pay").await;
    let drawn = "return !!root.querySelector('.qr img[src^=\"data:image/png\"]')";
    browser.until("the code", drawn).await;
    let ledger = stack.ledger().await;
    stack.control("cashi", ledger[0]["id"].as_str().expect("a payment"), "settle").await;
    browser.until_state("paid").await;
}

async fn breaches(browser: &Browser) -> Value {
    browser.run("return window.breaches").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strictest_policy_is_never_breached_by_a_code() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let setup = setup(&stack, "cashi", "coffee", "/api").await;
    browser.go_to_page(&format!("{}/strict/full", stack.shop), &setup).await;
    browser.until_state("choosing").await;
    pay_code(&stack, &browser).await;
    assert_eq!(breaches(&browser).await, json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strictest_policy_is_never_breached_by_a_redirect() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let setup = setup(&stack, "kashier", "scarf", "/api").await;
    browser.go_to_page(&format!("{}/strict/full", stack.shop), &setup).await;
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.click("#approve").await;
    browser.until_state("paid").await;
    assert_eq!(breaches(&browser).await, json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandboxed_frame_takes_a_codes_money() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(1280).await;
    let setup = setup(&stack, "cashi", "coffee", "/api").await;
    browser.go_to_page(&format!("{}/pages/frame.html", stack.shop), &setup).await;
    browser.enter_frame().await;
    browser.until_state("choosing").await;
    pay_code(&stack, &browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn widget_and_backend_may_be_on_another_origin_than_the_page() {
    // The page's shop has a backend, too, which is not called.
    let page = Stack::start(Wishes::USUAL).await;
    let backend = Stack::start(Wishes { other_origin: Some(&page.shop), ..Wishes::USUAL }).await;
    let browser = Browser::open(360).await;
    let setup = setup(&backend, "cashi", "coffee", &format!("{}/api", backend.shop)).await;
    let place = format!("{}/elsewhere?widget={}/dist/paywith.js", page.shop, backend.shop);
    browser.go_to_page(&place, &setup).await;
    browser.until_state("choosing").await;
    pay_code(&backend, &browser).await;
    assert_eq!(breaches(&browser).await, json!([]));
    browser.close().await;
}

/// The slotted link stays and works, and one `fault` says why.
async fn falls_back(place: &str, kind: &str) {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let setup = setup(&stack, "kashier", "scarf", "/api").await;
    browser.go_to_page(&format!("{}{place}", stack.shop), &setup).await;
    let told = "return window.paywithEvents.some(({ name }) => name === 'fault')";
    browser.until("the fault", told).await;
    let faults = browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["detail"]["code"], "load_failed", "{faults:?}");
    assert_eq!(faults[0]["detail"]["kind"], kind, "{faults:?}");
    let shown = browser.run("return document.querySelector('pay-with a').checkVisibility()").await;
    assert_eq!(shown, true, "the fallback stays");
    // And the link really pays.
    browser.click("pay-with a").await;
    browser.click("form button").await;
    browser.click("#approve").await;
    let paid = "return document.querySelector('h2')?.textContent === 'Paid'";
    browser.until("the page without JavaScript says paid", paid).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_refuses_webassembly_leaves_a_link_that_pays() {
    falls_back("/strict/no-wasm", "blocked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_lost_leaves_a_link_that_pays() {
    falls_back("/elsewhere?widget=/lost/paywith.js", "network").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_not_the_scripts_own_is_refused_and_leaves_a_link_that_pays() {
    falls_back("/elsewhere?widget=/tampered/paywith.js", "network").await;
}
