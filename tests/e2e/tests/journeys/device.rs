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

/// Notes each frame that shows a countdown: the clock in ms, and the text.
const NOTE_FRAMES: &str = "window.frames_seen = []; const note = () => { \
    const left = root.querySelector('.left'); \
    if (left) window.frames_seen.push([Date.now(), left.textContent]); \
    requestAnimationFrame(note) }; note(); return true";

/// What was noted: the clock in ms, and the seconds left.
async fn frames(browser: &Browser) -> Vec<(u64, u64)> {
    let noted = browser.run("return window.frames_seen").await;
    let frame = |frame: &Value| {
        let shown = frame[1].as_str().expect("a time");
        let (minutes, seconds) = shown.split_once(':').expect("minutes and seconds");
        let number = |text: &str| text.trim().parse::<u64>().expect("a number");
        (frame[0].as_u64().expect("ms"), number(minutes) * 60 + number(seconds))
    };
    noted.as_array().expect("frames").iter().map(frame).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_the_payment_is_safe_and_goes_on_when_it_is_back() {
    let (stack, browser) = at_the_code().await;
    browser.set_offline(true).await;
    browser.in_widget("el.checkNow(); return true").await;
    browser.until("the words", "return root.textContent.includes('No connection.')").await;
    let text = browser.text().await;
    assert!(text.contains("Your payment is safe. Do not pay twice."), "{text}");

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
    browser.in_widget(NOTE_FRAMES).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    browser.freeze().await;
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    settle(&stack).await;
    let begun = std::time::Instant::now();
    browser.wake().await;
    browser.until_state("paid").await;
    assert!(begun.elapsed().as_secs() < 5, "it asks at once: {:?}", begun.elapsed());
    let frames = frames(&browser).await;
    let (first_ms, first_s) = *frames.first().expect("a frame before it was frozen");
    for (at_ms, shown_s) in &frames {
        let passed_s = (at_ms - first_ms) / 1_000;
        assert!(
            shown_s + passed_s <= first_s + 1,
            "{shown_s} s shown, {passed_s} s after {first_s}"
        );
    }
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

/// The deadline is said in the shopper's own zone where that is one of Indonesia's, else in the western one's.
#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_names_its_zone() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open_alone(360).await;
    let zones = [
        ("Asia/Jakarta", "14:35 WIB"),
        ("Asia/Makassar", "15:35 WITA"),
        ("Asia/Jayapura", "16:35 WIT"),
        ("Europe/Istanbul", "14:35 WIB"),
        ("America/New_York", "14:35 WIB"),
    ];
    for (zone, deadline) in zones {
        browser.set_zone(zone).await;
        browser.go_to(&format!("{}/pages/states.html?only=code", stack.shop)).await;
        browser.until("the code", "return window.isComplete === true").await;
        let text = browser.text().await.replace(['\u{2068}', '\u{2069}'], "");
        assert!(text.contains(&format!("Valid until {deadline}")), "{zone}: {text}");
    }
    browser.close().await;
}
