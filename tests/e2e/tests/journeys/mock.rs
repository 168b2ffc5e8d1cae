//! `mock.js`: whole payments in the page, without any backend, fault by fault.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::json;

/// Where a scenario comes to rest, what the page was told of, and what only its screen has. All others are paid in the end,
/// without a fault.
const ENDS: [(&str, &str, &str, &str); 24] = [
    ("refunded", "refunded", "", "[part=status]"),
    ("waiting", "code", "", "img"),
    ("last_minute", "expired", "", "[part=renew]"),
    ("on_its_way", "processing", "", "[part=status]"),
    ("wrong_amount", "processing", "", "[part=status]"),
    ("paid_twice", "processing", "", "[part=status]"),
    ("other_tab", "elsewhere", "", "button"),
    ("declined", "failed", "", "[part=renew]"),
    ("canceled", "canceled", "", "[part=renew]"),
    ("expired", "expired", "", "[part=renew]"),
    ("last_check", "expired", "", "[part=renew]"),
    ("not_paid_yet", "open", "", "button"),
    ("checking", "checking", "", "[part=status]"),
    ("server_down", "code", "", ".notices > *"),
    ("connection_lost", "code", "", ".notices > *"),
    ("unreachable", "creating", "", ".notices > *"),
    ("starting", "creating", "", "[part=status]"),
    ("refused", "choosing", "provider_refused", ".notice"),
    ("unknown_order", "choosing", "not_found", ".notice"),
    ("forgotten", "choosing", "not_found", ".notice"),
    ("contradictory_code", "choosing", "unsafe_code", ".notice"),
    ("loading", "choosing", "", "[part=status]"),
    ("nothing_offered", "choosing", "no_providers", ".notice"),
    ("wrong_setting", "broken", "unknown_provider", ""),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_plays_to_its_end_without_a_backend() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to(&format!("{}/pages/mock.html", stack.shop)).await;
    browser.until("the plays", "return !!window.plays").await;
    let states = browser.run("return window.endStates").await;
    for (scenario, state) in states.as_object().expect("states") {
        let special = ENDS.iter().find(|(name, ..)| name == scenario);
        let (_, expected, fault, part) = special.unwrap_or(&("", "paid", "", "[part=status]"));
        if ["leaving", "window"].contains(&scenario.as_str()) {
            continue;
        }
        assert_eq!(state, expected, "{scenario} says where it ends");
        let rests = format!(
            "const one = document.getElementById('{scenario}'); \
             return one.state === '{expected}' && ('{fault}' === '' || one.faults.includes('{fault}')) \
                && ('{part}' === '' || !!one.shadowRoot.querySelector(`{part}`))"
        );
        browser.until(&format!("{scenario} at {expected}"), &rests).await;
    }
    assert_eq!(stack.ledger().await.len(), 0, "nobody was asked");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_who_stays_away_leaves_the_page_or_a_window() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let page = format!("{}/pages/mock.html?only", stack.shop);
    browser.go_to(&format!("{page}=leaving")).await;
    browser.press("button.pay").await;
    let has_link = "return el.state === 'leaving' && !!root.querySelector('a[href^=\"https://pay.example/\"]')";
    browser.until("a link to the hosted page", has_link).await;
    browser.press("a[href^='https://pay.example/']").await;
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    assert_eq!(browser.in_widget("return el.state").await, json!("leaving"), "still on the page");
    assert!(browser.address().await.contains("/pages/mock.html"));
    browser.go_to(&format!("{page}=window")).await;
    // The module itself opens the window, in the press.
    browser.until_state("choosing").await;
    browser.tap("button.pay").await;
    browser.until_state("window").await;
    browser.run("window.plays.window.pay(); return true").await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hosted_page_is_played_without_leaving_the_page() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to(&format!("{}/pages/mock.html?provider=kashier", stack.shop)).await;
    for (scenario, state) in [("paid", "paid"), ("declined", "failed"), ("refunded", "refunded")] {
        let rests = format!("return document.getElementById('{scenario}').state === '{state}'");
        browser.until(scenario, &rests).await;
    }
    assert!(browser.address().await.contains("/pages/mock.html"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_badge_says_that_it_is_a_mock_and_another_scenario_is_a_fresh_order() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let words = [("en", "Mock:"), ("id", "Tiruan:"), ("ar", "محاكاة:"), ("tr", "Örnek:")];
    for (lang, word) in words {
        browser
            .go_to(&format!(
                "{}/pages/mock.html?provider=cashi&only=waiting&lang={lang}",
                stack.shop
            ))
            .await;
        browser.press("button.pay").await;
        let badge = format!(
            "return document.getElementById('waiting').shadowRoot.querySelector('.test')?.textContent.startsWith('{word}') === true"
        );
        browser.until("the badge", &badge).await;
    }
    let again = "const one = document.getElementById('waiting'); window.plays.waiting.play('declined'); \
        one.start(); return true";
    browser.run(again).await;
    browser.until("declined", "return document.getElementById('waiting').state === 'failed'").await;
    browser.run("window.plays.waiting.pay(); return true").await;
    browser.until("paid", "return document.getElementById('waiting').state === 'paid'").await;
    let stop = "const one = document.getElementById('waiting'); window.plays.waiting.stop(); \
        return one.createPayment === undefined && one.messages === undefined";
    assert_eq!(browser.run(stop).await, json!(true), "the element is the page's own again");
    browser.close().await;
}
