//! Two tabs and one payer; windows of their own; what a shopper hands to support.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

struct Visit {
    stack: Stack,
    browser: Browser,
    order_id: String,
    setup: Value,
}

/// A shopper in front of the button.
async fn visit(product: &str, provider: &str, mode: &str) -> Visit {
    visit_with(Wishes::USUAL, product, provider, mode).await
}

async fn visit_with(wishes: Wishes<'_>, product: &str, provider: &str, mode: &str) -> Visit {
    let stack = Stack::start(wishes).await;
    let order = stack.order(product).await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": {
            "endpoint": "/api", "order": order["order"], "providers": provider, "mode": mode,
        },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    let order_id = order["order_id"].as_str().expect("an order id").to_owned();
    Visit { stack, browser, order_id, setup }
}

impl Visit {
    async fn newest(&self) -> String {
        let ledger = self.stack.ledger().await;
        let row = ledger.iter().max_by_key(|row| row["created_ms"].as_u64()).expect("a payment");
        row["id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_says_where_the_payment_is_and_both_end_paid() {
    let visit = visit("coffee", "cashi", "auto").await;
    let browser = &visit.browser;
    let first = browser.tab().await;
    let second = browser.new_tab().await;
    browser.go_to_plain(&visit.stack.shop, &visit.setup).await;
    browser.until_state("choosing").await;
    browser.switch_to(&first).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    browser.switch_to(&second).await;
    browser.until_state("elsewhere").await;
    assert!(browser.text().await.contains("open in another tab"));
    browser.screenshot("9-elsewhere-en").await;
    browser.press("[data-action=continue]").await;
    browser.until_state("code").await;
    assert_eq!(visit.stack.ledger().await.len(), 1, "one order, one payment");
    visit.stack.control("cashi", &visit.newest().await, "settle").await;
    browser.until_state("paid").await;
    browser.switch_to(&first).await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("paid").await.len(), 1);
    assert!(visit.stack.is_paid_on_server(&visit.order_id).await);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_in_each_of_two_tabs_is_one_payment() {
    let visit = visit("coffee", "cashi", "auto").await;
    let browser = &visit.browser;
    let first = browser.tab().await;
    let second = browser.new_tab().await;
    browser.go_to_plain(&visit.stack.shop, &visit.setup).await;
    browser.until_state("choosing").await;
    for tab in [&first, &second] {
        browser.switch_to(tab).await;
        browser.in_widget("root.querySelector('button.pay')?.click(); return true").await;
    }
    let is_begun = "return ['code', 'elsewhere'].includes(el.state)";
    for tab in [&first, &second] {
        browser.switch_to(tab).await;
        browser.until("one payment", is_begun).await;
    }
    assert_eq!(visit.stack.ledger().await.len(), 1);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hosted_page_in_a_window_of_its_own_closes_itself_and_the_page_is_paid() {
    let visit = visit("scarf", "kashier", "popup").await;
    let browser = &visit.browser;
    let page = browser.tab().await;
    browser.tap("button.pay").await;
    browser.until_state("window").await;
    browser.screenshot("9-window-en").await;
    let windows = browser.tabs().await;
    let window = windows.iter().find(|window| **window != page).expect("a window");
    browser.switch_to(window).await;
    browser.click("#approve").await;
    browser.switch_to(&page).await;
    browser.until_state("paid").await;
    let begun = std::time::Instant::now();
    while browser.tabs().await.len() > 1 {
        assert!(begun.elapsed().as_secs() < 20, "the window closes itself");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(visit.stack.is_paid_on_server(&visit.order_id).await);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_closed_offers_to_go_on_and_a_blocked_one_becomes_this_tab() {
    let visit = visit("scarf", "kashier", "popup").await;
    let browser = &visit.browser;
    browser
        .in_widget(
            "window.opened = open; window.open = (...a) => window.last = opened(...a); return true",
        )
        .await;
    browser.tap("button.pay").await;
    browser.until_state("window").await;
    browser.run("window.last.close(); return true").await;
    browser.until_state("open").await;
    browser.run("window.open = () => null; return true").await;
    browser.tap("[data-action=continue]").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.click("#approve").await;
    browser.until_state("paid").await;
    assert_eq!(visit.stack.ledger().await.len(), 1);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_waits_for_news_and_hands_support_what_it_needs() {
    let wishes = Wishes { cashi_life_ms: 8_000, ..Wishes::USUAL };
    let visit = visit_with(wishes, "coffee", "cashi", "auto").await;
    let browser = &visit.browser;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let waits = "return performance.getEntriesByType('resource') \
                 .some((entry) => entry.name.includes('wait_ms='))";
    browser.until_state("expired").await;
    browser.until("a waiting call", waits).await;
    let copied = browser
        .in_widget(
            "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }; \
             root.querySelector('[data-action=support]').click(); return window.copied",
        )
        .await;
    let copied = copied.as_str().expect("a text");
    for wanted in [visit.order_id.as_str(), "cashi", "creating", "code", "expired"] {
        assert!(copied.contains(wanted), "{wanted} is not in {copied}");
    }
    browser.until("the label", "return root.textContent.includes('Copied')").await;
    visit.browser.close().await;
}
