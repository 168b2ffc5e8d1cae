//! A widget's life: moved, taken away and put back a thousand times, stopped by a defect.

use crate::storefront::check_out;
use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// A page that keeps the module's memory where the test finds it.
const KEEP_MEMORY: &str = "for (const name of ['instantiate', 'instantiateStreaming']) { \
    const original = WebAssembly[name]; \
    WebAssembly[name] = async (...words) => { \
        const made = await original.apply(WebAssembly, words); \
        const all = Object.values((made.instance ?? made).exports); \
        window.memory = all.find((one) => one instanceof WebAssembly.Memory); \
        return made; } }";

/// A browser that throws where it never should: the module cannot go on after that.
const STOP: &str = "const now = window.Date.now.bind(window.Date); let once = true; \
    window.Date.now = () => { if (once) { once = false; throw new Error('planted'); } return now(); }; \
    try { el.checkNow(); } catch {} return true";

async fn at_the_code() -> (Stack, Browser, String) {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open_alone(360).await;
    if browser.has_protocol() {
        browser.before_every_page(KEEP_MEMORY).await;
    }
    let setup = json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let ledger = stack.ledger().await;
    let id = ledger[0]["id"].as_str().expect("an id").to_owned();
    (stack, browser, id)
}

async fn measure(browser: &Browser) -> Option<Value> {
    if browser.has_protocol() { Some(browser.measure().await) } else { None }
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_the_element_keeps_the_payment() {
    let (stack, browser, id) = at_the_code().await;
    browser
        .in_widget("const box = document.createElement('div'); document.body.prepend(box); box.append(el); return true")
        .await;
    browser.until_state("code").await;
    assert_eq!(browser.events("created").await.len(), 1);
    stack.control("cashi", &id, "settle").await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_mounts_and_unmounts_leave_nothing_behind() {
    let (stack, browser, id) = at_the_code().await;
    let cycles = |count: u32| {
        format!(
            "const task = () => new Promise((done) => setTimeout(done)); \
             const home = el.parentNode; for (let n = 0; n < {count}; n += 1) {{ \
             el.remove(); await task(); home.append(el); await task(); await task(); }} return true"
        )
    };
    browser.in_widget_async(&cycles(50)).await;
    browser.until_state("code").await;
    let before = measure(&browser).await;
    for _ in 0..10 {
        browser.in_widget_async(&cycles(100)).await;
    }
    browser.until_state("code").await;
    let after = measure(&browser).await;
    // Elsewhere nothing can be counted; that it still works is seen there, too.
    if let Some((before, after)) = before.zip(after) {
        let grown =
            |name: &str| after[name].as_f64().expect(name) - before[name].as_f64().expect(name);
        assert!(grown("JSEventListeners") <= 4.0, "{before} {after}");
        assert!(grown("Nodes") <= 200.0, "{before} {after}");
        assert!(grown("JSHeapUsedSize") <= 1_500_000.0, "{before} {after}");
        assert!(grown("wasm") <= 0.0, "{before} {after}");
    }
    stack.control("cashi", &id, "settle").await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_stops_starts_again_and_goes_on_with_the_payment() {
    let (stack, browser, id) = at_the_code().await;
    browser.in_widget(STOP).await;
    browser
        .until("the fault", "return (window.paywithEvents || []).some(e => e.name === 'fault')")
        .await;
    let faults = browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    browser.until_state("code").await;
    stack.control("cashi", &id, "settle").await;
    let begun = std::time::Instant::now();
    browser.until_state("paid").await;
    // What stopped is not taken for another tab that asks.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert_eq!(stack.ledger().await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_stops_takes_no_other_widget_of_the_page_with_it() {
    let (stack, browser, _) = at_the_code().await;
    let other = stack.order("coffee").await;
    let add = format!(
        "const two = document.createElement('pay-with'); two.lang = 'en'; two.id = 'two'; \
         two.endpoint = '/api'; two.order = {}; two.providers = 'cashi'; \
         document.body.append(two); return true",
        other["order"]
    );
    browser.in_widget(&add).await;
    let both = |state: &str| {
        format!(
            "return [...document.querySelectorAll('pay-with')].every((one) => one.state === '{state}')"
        )
    };
    let is_there = "return document.querySelector('#two').state === 'choosing'";
    browser.until("the other widget", is_there).await;
    let press = "document.querySelector('#two').shadowRoot.querySelector('button.pay').click(); return true";
    browser.in_widget(press).await;
    browser.until("two codes", &both("code")).await;
    browser.in_widget(STOP).await;
    let told = "return (window.paywithEvents || []).filter((e) => e.name === 'fault').length === 2";
    browser.until("each is reported", told).await;
    browser.until("two codes again", &both("code")).await;
    let ledger = stack.ledger().await;
    assert_eq!(ledger.len(), 2, "one payment each");
    for row in &ledger {
        stack.control("cashi", row["id"].as_str().expect("an id"), "settle").await;
    }
    browser.until("both paid", &both("paid")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_stops_again_leaves_words_and_a_way_on() {
    let (_stack, browser, _) = at_the_code().await;
    browser.in_widget(STOP).await;
    browser
        .until("the fault", "return (window.paywithEvents || []).some(e => e.name === 'fault')")
        .await;
    browser.until_state("code").await;
    browser.in_widget(STOP).await;
    browser.until("the words", "return root.textContent.includes('do not pay twice')").await;
    browser.screenshot("9-stopped-en").await;
    browser.in_widget("root.querySelector('button').click(); return true").await;
    browser.until_state("code").await;
    browser.close().await;
}

/// Trunk's loader is another one than the published script's; what a module throws ends in the same way.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_stops_starts_again_under_trunk_too() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    check_out(&browser, &stack.shop, "coffee", "lang=en").await;
    browser.press("button.pay[data-provider=cashi]").await;
    browser.until_state("code").await;
    let count = "window.faults = []; addEventListener('fault', (e) => faults.push(e.detail.code)); return true";
    browser.run(count).await;
    browser.in_widget(STOP).await;
    browser.until("the fault", "return faults.join() === 'panic'").await;
    browser.until_state("code").await;
    let ledger = stack.ledger().await;
    assert_eq!(ledger.len(), 1, "the same payment");
    let id = ledger[0]["id"].as_str().expect("an id");
    stack.control("cashi", id, "settle").await;
    browser.until_state("paid").await;
    browser.close().await;
}
