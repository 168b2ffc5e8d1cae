//! Cashi: the code, its ten minutes, and what may come after.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

struct Visit {
    stack: Stack,
    browser: Browser,
    order_id: String,
}

async fn visit_with(wishes: Wishes<'_>, stated_price: &str) -> Visit {
    let stack = Stack::start(wishes).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": {
            "endpoint": "/api", "order": order["order"], "providers": "cashi",
            "amount": stated_price, "currency": "IDR",
        },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    let order_id = order["order_id"].as_str().expect("an order id").to_owned();
    Visit { stack, browser, order_id }
}

/// A shopper in front of the button; the code lives as long as usual.
async fn visit() -> Visit {
    visit_with(Wishes::USUAL, "15000").await
}

impl Visit {
    /// Presses the button and waits for the drawn code.
    async fn show_code(&self) {
        self.browser.press("button.pay").await;
        let drawn = "return !!root.querySelector('.qr img[src^=\"data:image/png\"]')";
        self.browser.until("the code", drawn).await;
    }

    /// The only payment at the provider, or the newest.
    async fn newest(&self) -> (String, Value) {
        let ledger = self.stack.ledger().await;
        let row = ledger.iter().max_by_key(|row| row["created_ms"].as_u64()).expect("a payment");
        (row["id"].as_str().expect("an id").to_owned(), row.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_code_is_paid_and_its_amount_is_exact() {
    let visit = visit().await;
    visit.show_code().await;
    let (id, row) = visit.newest().await;
    let total = row["amount"].as_str().map_or_else(|| row["amount"].to_string(), str::to_owned);
    let shown = visit
        .browser
        .in_widget("return root.querySelector('.exact [part=amount]').textContent")
        .await;
    let digits: String =
        shown.as_str().expect("an amount").chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits, total);
    let marked = visit.browser.in_widget("return root.querySelector('mark').textContent").await;
    assert_eq!(marked.as_str(), total.get(total.len() - 2..), "the unique digits are marked");
    let copied = visit
        .browser
        .in_widget(
            "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }; \
             root.querySelector('[part=copy]').click(); return window.copied",
        )
        .await;
    assert_eq!(copied.as_str(), Some(total.as_str()), "plain ASCII digits are copied");
    let alt = visit.browser.in_widget("return root.querySelector('.qr img').alt").await;
    assert!(alt.as_str().expect("a text").contains("Paywith Demo"), "{alt}");
    visit.stack.control("cashi", &id, "settle").await;
    visit.browser.until_state("paid").await;
    assert_eq!(visit.browser.events("paid").await.len(), 1);
    assert!(visit.stack.is_paid_on_server(&visit.order_id).await);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_code_disappears_and_a_new_one_replaces_it() {
    let visit = visit_with(Wishes { cashi_life_ms: 5_000, ..Wishes::USUAL }, "15000").await;
    visit.show_code().await;
    let (first, _) = visit.newest().await;
    visit.browser.until_state("expired").await;
    let pictures = visit.browser.in_widget("return root.querySelectorAll('.qr').length").await;
    assert_eq!(pictures, json!(0), "the code is gone");
    assert!(visit.browser.text().await.contains("Do not pay with the old code"));
    visit.browser.press("[part=renew]").await;
    visit.browser.until_state("code").await;
    let (second, _) = visit.newest().await;
    assert_ne!(first, second);
    visit.stack.control("cashi", &second, "settle").await;
    visit.browser.until_state("paid").await;
    assert_eq!(visit.browser.events("superseded").await.len(), 1);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_code_that_is_paid_late_ends_in_paid() {
    let visit = visit_with(Wishes { cashi_life_ms: 5_000, ..Wishes::USUAL }, "15000").await;
    visit.show_code().await;
    let (first, _) = visit.newest().await;
    visit.browser.until_state("expired").await;
    visit.browser.press("[part=renew]").await;
    visit.browser.until_state("code").await;
    visit.stack.control("cashi", &first, "settle").await;
    visit.browser.until_state("paid").await;
    assert!(visit.browser.text().await.contains("earlier payment"));
    assert!(visit.stack.is_paid_on_server(&visit.order_id).await);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_price_than_the_page_stated_is_shown_to_the_shopper() {
    let visit = visit_with(Wishes::USUAL, "14000").await;
    visit.show_code().await;
    let text = visit.browser.text().await;
    assert!(text.contains("14,000") && text.contains("15,000"), "{text}");
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settled_amount_that_differs_is_under_review_and_never_paid() {
    let visit = visit().await;
    visit.show_code().await;
    let (id, _) = visit.newest().await;
    visit.stack.fault("cashi", "status", "other_amount").await;
    visit.stack.control("cashi", &id, "settle").await;
    visit.browser.until_state("processing").await;
    assert!(visit.browser.text().await.contains("the shop is checking it"));
    assert!(visit.browser.events("paid").await.is_empty());
    assert!(!visit.stack.is_paid_on_server(&visit.order_id).await);
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_over_another_amount_is_refused() {
    let visit = visit().await;
    visit.stack.fault("cashi", "create", "tampered_code").await;
    visit.browser.press("button.pay").await;
    visit.browser.until("the refusal", "return root.textContent.includes('does not match')").await;
    let faults = visit.browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(
        faults.first().map(|fault| fault["detail"]["code"].clone()),
        Some(json!("unsafe_code"))
    );
    let pictures = visit.browser.in_widget("return root.querySelectorAll('.qr').length").await;
    assert_eq!(pictures, json!(0));
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_the_middle_shows_the_same_code_and_less_time() {
    let visit = visit().await;
    visit.show_code().await;
    let (id, _) = visit.newest().await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    visit.browser.reload().await;
    visit.browser.until_state("code").await;
    let left = visit.browser.in_widget("return root.querySelector('.left').textContent").await;
    assert!(left.as_str().expect("a time").starts_with("9:"), "{left}");
    assert_eq!(visit.stack.ledger().await.len(), 1);
    visit.stack.control("cashi", &id, "settle").await;
    visit.browser.until_state("paid").await;
    visit.browser.reload().await;
    visit.browser.until_state("paid").await;
    let paid = visit.browser.events("paid").await;
    assert_eq!(paid.first().map(|event| event["detail"]["replayed"].clone()), Some(json!(true)));
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_makes_one_code_and_one_promise() {
    let visit = visit().await;
    let same = visit
        .browser
        .in_widget(
            "const b = root.querySelector('button.pay'); b.click(); b.click(); \
             return el.start('cashi') === el.start()",
        )
        .await;
    assert_eq!(same, json!(true), "while busy: the same promise");
    visit.browser.until_state("code").await;
    let (_, row) = visit.newest().await;
    assert_eq!((visit.stack.ledger().await.len(), &row["creates"]), (1, &json!(1)));
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_at_the_provider_is_never_a_failed_payment() {
    for fault in ["500", "429", "html", "unknown_word", "truncated"] {
        let visit = visit().await;
        visit.show_code().await;
        let (id, _) = visit.newest().await;
        visit.stack.fault("cashi", "status", fault).await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        visit.browser.until_state("code").await;
        visit.stack.mend().await;
        visit.stack.control("cashi", &id, "settle").await;
        visit.browser.until_state("paid").await;
        visit.browser.close().await;
    }
}
