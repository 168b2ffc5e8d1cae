//! The developers' bench in the demo shop: faults played live, the element in every dress, the code to copy.

use crate::storefront::check_out;
use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::json;

/// Chooses a value in one of the bench's lists.
async fn choose(browser: &Browser, name: &str, value: &str) {
    let list = format!("document.querySelector('#bench select[name={name}]')");
    browser.until(name, &format!("return !!{list}")).await;
    let pick = format!(
        "const list = {list}; list.value = '{value}'; list.dispatchEvent(new Event('change')); \
         return list.value === '{value}'"
    );
    assert_eq!(browser.run(&pick).await, json!(true), "{name} has {value}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_plays_faults_and_copies_what_is_seen() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(1280).await;
    check_out(&browser, &stack.shop, "coffee", "lang=en").await;
    browser.click("#tools-button").await;
    choose(&browser, "scenario", "contradictory_code").await;
    browser
        .until("the mock", "return el.order.startsWith('MOCK-1-') && el.state === 'choosing'")
        .await;
    browser.press("button.pay").await;
    let refused = "return root.textContent.includes('does not match the amount')";
    browser.until("the refusal, live", refused).await;
    choose(&browser, "scenario", "paid").await;
    choose(&browser, "mode", "modal").await;
    choose(&browser, "direction", "rtl").await;
    choose(&browser, "width", "280").await;
    choose(&browser, "look", "warm").await;
    browser
        .until("the buttons", "return el.order.startsWith('MOCK-2-') && el.state === 'choosing'")
        .await;
    let dressed = "const style = getComputedStyle(el); return el.offsetWidth <= 280 \
        && style.backgroundColor === 'rgb(255, 246, 234)' \
        && root.querySelector('.frame').dir === 'rtl'";
    browser.until("the dress", dressed).await;
    browser.press("button.pay").await;
    browser.until("the dialog", "return !!root.querySelector('dialog[open] .qr img')").await;
    browser.run("document.querySelector('#bench [data-set=paid]').click(); return true").await;
    browser.until_state("paid").await;
    let note = browser.run("return document.querySelector('#phone-note').hidden").await;
    assert_eq!(note, json!(true), "the sandbox knows nothing of a scenario");
    let snippet = browser.run("return document.querySelector('#snippet').textContent").await;
    let snippet = snippet.as_str().expect("a snippet");
    for part in
        ["mode=\"modal\"", "dir=\"rtl\"", "--paywith-accent: #a34a12", "scenario: 'paid'", "280px"]
    {
        assert!(snippet.contains(part), "no {part} in {snippet}");
    }
    assert!(!snippet.contains("endpoint"), "a mock asks nobody: {snippet}");
    let copy = "document.querySelector('#developers').open = true; \
        document.querySelector('#copy-snippet').click(); return true";
    browser.run(copy).await;
    let answered = "return document.querySelector('#copy-snippet').textContent !== 'Copy'";
    browser.until("the code, copied", answered).await;
    assert_eq!(stack.ledger().await.len(), 0, "no backend was asked");
    let thanks = browser.run("return document.querySelector('#thanks').hidden").await;
    assert_eq!(thanks, json!(true), "the shop thanks for real payments only");
    choose(&browser, "scenario", "").await;
    choose(&browser, "mode", "auto").await;
    browser.until("the real one", "return el.state === 'choosing' && el.endpoint === '/api'").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    assert_eq!(stack.ledger().await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bench_stays_out_of_the_way_and_speaks_the_shops_language() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    check_out(&browser, &stack.shop, "coffee", "lang=en").await;
    let hidden = "const bench = document.querySelector('#bench'); return bench.checkVisibility?.() ?? bench.offsetParent !== null";
    assert_eq!(browser.run(hidden).await, json!(false), "a shopper sees no bench");
    browser.click("#tools-button").await;
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.run(fits).await, json!(true), "nothing is wider than the phone");
    choose(&browser, "scenario", "window").await;
    choose(&browser, "width", "280").await;
    browser.until("its own mode", "return el.mode === 'popup' && el.offsetWidth <= 280").await;
    choose(&browser, "scenario", "other_tab").await;
    browser.until_state("elsewhere").await;
    for (lang, label) in
        [("id", "Skenario"), ("ar", "السيناريو"), ("tr", "Senaryo"), ("en", "Scenario")]
    {
        let switch = format!(
            "const list = document.querySelector('#language'); list.value = '{lang}'; \
             list.dispatchEvent(new Event('change')); return true"
        );
        browser.run(&switch).await;
        let says =
            format!("return document.querySelector('#bench span').textContent === '{label}'");
        browser.until(label, &says).await;
    }
    choose(&browser, "scenario", "").await;
    browser.until_state("choosing").await;
    let twins = "return document.querySelectorAll('pay-with').length";
    assert_eq!(browser.run(twins).await, json!(1), "nothing of the mock is left");
    browser.close().await;
}
