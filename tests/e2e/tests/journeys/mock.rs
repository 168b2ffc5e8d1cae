//! `mock.js`: whole payments in the page, without any backend, fault by fault.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::json;

/// Where each scenario comes to rest with a code, and what the page was told of.
const ENDS: [(&str, &str, &str); 27] = [
    ("paid", "paid", ""),
    ("waiting", "code", ""),
    ("late_webhook", "paid", ""),
    ("last_second", "paid", ""),
    ("processing", "paid", ""),
    ("server_errors", "paid", ""),
    ("offline", "paid", ""),
    ("slow", "paid", ""),
    ("unknown_word", "paid", ""),
    ("declined", "failed", ""),
    ("canceled", "canceled", ""),
    ("expired", "expired", ""),
    ("paid_late", "paid", ""),
    ("wrong_amount", "processing", ""),
    ("paid_twice", "processing", ""),
    ("refunded", "refunded", ""),
    ("other_price", "paid", ""),
    ("contradictory_code", "choosing", "unsafe_code"),
    ("amount_to_type", "paid", ""),
    ("picture_only", "paid", ""),
    ("code_elsewhere", "paid", ""),
    ("tip", "paid", ""),
    ("fails_once", "paid", ""),
    ("unreachable", "creating", ""),
    ("refused", "choosing", "provider_refused"),
    ("forgotten", "choosing", "not_found"),
    ("nothing_offered", "choosing", ""),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_plays_to_its_end_without_a_backend() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to(&format!("{}/pages/mock.html?provider=cashi", stack.shop)).await;
    browser.until("the plays", "return !!window.plays?.nothing_offered").await;
    for (scenario, state, fault) in ENDS {
        let rests = format!(
            "const one = document.getElementById('{scenario}'); \
             return one.state === '{state}' && ('{fault}' === '' || one.faults.includes('{fault}'))"
        );
        browser.until(&format!("{scenario} at {state}"), &rests).await;
    }
    let played = "return Object.keys(window.plays).length";
    assert_eq!(browser.run(played).await, json!(ENDS.len()), "every scenario has its end here");
    assert_eq!(stack.ledger().await.len(), 0, "nobody was asked");
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
        browser.go_to(&format!("{}/pages/mock.html?provider=cashi&lang={lang}", stack.shop)).await;
        let badge = format!(
            "return document.getElementById('waiting').shadowRoot.querySelector('.test')?.textContent.startsWith('{word}') === true"
        );
        browser.until("the badge", &badge).await;
    }
    let again = "const one = document.getElementById('waiting'); window.plays.waiting.play('declined'); \
        setTimeout(() => one.start()); return true";
    browser.run(again).await;
    browser.until("declined", "return document.getElementById('waiting').state === 'failed'").await;
    browser.run("window.plays.waiting.pay(); return true").await;
    browser.until("paid", "return document.getElementById('waiting').state === 'paid'").await;
    let stop = "const one = document.getElementById('waiting'); window.plays.waiting.stop(); \
        return one.createPayment === undefined && one.messages === undefined";
    assert_eq!(browser.run(stop).await, json!(true), "the element is the page's own again");
    browser.close().await;
}
