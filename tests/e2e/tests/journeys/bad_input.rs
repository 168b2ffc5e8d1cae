//! Bad input: a clear message to the shopper, one fault with a stable code to the page, text shown
//! as text, and the rest of the page untouched.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// The one fault that the page was told; the rest of the page is as it was.
pub(crate) async fn fault_of(browser: &Browser) -> Value {
    browser.until("a fault", "return paywithEvents.some(e => e.name === 'fault')").await;
    let faults = browser.events("fault").await;
    let untouched = browser.run("return document.querySelector('#after').textContent").await;
    assert_eq!(untouched, json!("The rest of the page."));
    assert_eq!(browser.run("return document.title").await, json!("Plain shop"));
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.first().map(|fault| fault["detail"].clone()).expect("a fault")
}

/// The button of a shop with a backend that answers what none should.
pub(crate) async fn choose(stack: &Stack, browser: &Browser, kind: &str, provider: &str) {
    let attributes =
        json!({ "endpoint": format!("/bad/{kind}"), "order": "A", "providers": provider });
    let setup = json!({ "lang": "en", "attributes": attributes, "properties": {} });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_attribute_is_told_with_its_remedy() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let cases = [
        (
            json!({ "endpoint": "/api", "order": "A", "providers": "cashi paypal" }),
            "unknown_provider",
        ),
        (json!({ "endpoint": "/api", "providers": "cashi" }), "missing_order"),
        (json!({ "order": "A", "providers": "cashi" }), "missing_endpoint"),
        (
            json!({ "endpoint": "/api", "order": "A", "providers": "cashi", "amount": "15.000,00", "currency": "IDR" }),
            "bad_amount",
        ),
        (
            json!({ "endpoint": "/api", "order": "A", "providers": "cashi", "amount": "15", "currency": "Rupiah" }),
            "bad_amount",
        ),
        (
            json!({ "endpoint": "/api", "order": "x".repeat(10_000), "providers": "cashi" }),
            "missing_order",
        ),
    ];
    for (attributes, code) in cases {
        let setup = json!({ "lang": "en", "attributes": attributes, "properties": {} });
        browser.go_to_plain(&stack.shop, &setup).await;
        let fault = fault_of(&browser).await;
        assert_eq!(fault["code"], json!(code));
        assert_eq!(fault["kind"], json!("config"), "{code}");
        assert!(fault["message"].as_str().expect("a message").contains('`'), "{fault}");
        assert!(browser.text().await.contains("not set up correctly"), "{code}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_answers_nonsense_is_told_and_there_is_a_way_on() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let cases = [
        ("html", "kashier", "not_json"),
        ("truncated", "kashier", "not_json"),
        ("amount", "kashier", "unreadable_answer"),
    ];
    for (kind, provider, code) in cases {
        choose(&stack, &browser, kind, provider).await;
        browser.press("button.pay").await;
        let fault = fault_of(&browser).await;
        assert_eq!(fault["code"], json!(code), "{kind}");
        let alert = "return root.querySelector('[role=alert]').textContent.length > 20";
        browser.until("a message for the shopper", alert).await;
        let buttons = "return root.querySelectorAll('button.pay').length";
        assert_eq!(browser.in_widget(buttons).await, json!(1), "{kind}: there is a way on");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_is_shown_as_text() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let hostile = "<img src=x onerror=\"document.title='owned'\">\u{202E}evil";
    let attributes = json!({ "endpoint": "/api", "order": hostile, "providers": "cashi" });
    let setup = json!({
        "lang": "en", "attributes": attributes,
        "properties": { "messages": { "pay_with": hostile } },
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    let images = browser.in_widget("return root.querySelectorAll('img').length").await;
    assert_eq!(images, json!(0));
    assert!(browser.text().await.contains("<img src=x"), "{}", browser.text().await);
    browser.press("button.pay").await;
    let fault = fault_of(&browser).await;
    assert_eq!(fault["code"], json!("not_found"), "no proof, no payment");
    browser.close().await;
}

/// The payment on the screen is of the settings before, and so is what is written of it.
#[tokio::test(flavor = "multi_thread")]
async fn another_order_beside_a_broken_attribute_leaves_the_payment_and_its_record_alone() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let records =
        "return Object.keys(localStorage).filter((key) => key.startsWith('paywith:1:')).length";
    let before = browser.run(records).await;
    // In one task of the page's own: a driver's script may be several.
    let change = "setTimeout(() => { el.order = 'OTHER'; el.providers = 'paypal'; window.isChanged = true; }); return true";
    browser.in_widget(change).await;
    browser.until("the change", "return window.isChanged === true").await;
    let ledger = stack.ledger().await;
    stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
    browser.in_widget("el.checkNow(); return true").await;
    browser.until_state("paid").await;
    assert_eq!(browser.run(records).await, before, "nothing is written under the other order");
    browser.close().await;
}
