//! A cheap phone: its network goes, it sleeps, it is slow. Chromium's protocol does that to it; in the
//! other engines the fault proxy of `troubles` stands in for the network.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

async fn setup(stack: &Stack) -> Value {
    let order = stack.order("coffee").await;
    json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {},
    })
}

async fn at_the_code() -> (Stack, Browser) {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open_alone(360).await;
    browser.go_to_plain(&stack.shop, &setup(&stack).await).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    (stack, browser)
}

async fn settle(stack: &Stack) {
    let ledger = stack.ledger().await;
    assert_eq!(ledger.len(), 1, "one click, one payment");
    stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
}

/// What the countdown shows, in seconds.
async fn left_s(browser: &Browser) -> u64 {
    let shown = browser.in_widget("return root.querySelector('.left').textContent").await;
    let shown = shown.as_str().expect("a time").to_owned();
    let (minutes, seconds) = shown.split_once(':').expect("minutes and seconds");
    let number = |text: &str| text.trim().parse::<u64>().expect("a number");
    number(minutes) * 60 + number(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_the_payment_is_safe_and_goes_on_when_it_is_back() {
    let (stack, browser) = at_the_code().await;
    browser.set_offline(true).await;
    browser.in_widget("el.checkNow(); return true").await;
    browser.until("the words", "return root.textContent.includes('No connection.')").await;
    let text = browser.text().await;
    assert!(text.contains("Your payment is safe. Do not pay twice."), "{text}");
    assert!(text.contains("Try now"), "{text}");
    assert_eq!(browser.in_widget("return el.state").await, json!("code"));
    browser.screenshot("9-offline-en").await;
    settle(&stack).await;
    browser.set_offline(false).await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("failed").await.len(), 0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_frozen_shows_no_time_that_has_passed_and_the_truth_at_once() {
    let (stack, browser) = at_the_code().await;
    let before_s = left_s(&browser).await;
    browser.freeze().await;
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    settle(&stack).await;
    browser.wake().await;
    let after_s = left_s(&browser).await;
    assert!(after_s + 8 <= before_s + 1, "{before_s} s, and 8 s later {after_s} s");
    let begun = std::time::Instant::now();
    browser.until_state("paid").await;
    assert!(begun.elapsed().as_secs() < 5, "it asks at once: {:?}", begun.elapsed());
    assert_eq!(browser.events("paid").await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_six_times_slower_a_double_press_is_one_payment() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open_alone(360).await;
    browser.slow_down(6, 400, 50_000).await;
    browser.go_to_plain(&stack.shop, &setup(&stack).await).await;
    browser.until_state("choosing").await;
    let twice = "const b = root.querySelector('button.pay'); b.click(); b.click(); return true";
    browser.in_widget(twice).await;
    browser.until_state("code").await;
    settle(&stack).await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("created").await.len(), 1);
    browser.close().await;
}
