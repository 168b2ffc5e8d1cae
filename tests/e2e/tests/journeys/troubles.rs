//! A bad network between page and backend: whatever it does, one click is one payment, nothing unpaid
//! is shown as paid, and no trouble as a failure.

use paywith_e2e::browser::Browser;
use paywith_e2e::faults::{FaultProxy, Trouble};
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::json;

struct Visit {
    stack: Stack,
    proxy: FaultProxy,
    browser: Browser,
    order_id: String,
}

/// A shopper in front of the button, behind the proxy.
async fn visit() -> Visit {
    let mut proxy = FaultProxy::new().await;
    let origin = proxy.origin.clone();
    let stack = Stack::start(Wishes { other_origin: Some(&origin), ..Wishes::USUAL }).await;
    proxy.stand_before(&stack.shop);
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {},
    });
    browser.go_to_plain(&proxy.origin, &setup).await;
    browser.until_state("choosing").await;
    let order_id = order["order_id"].as_str().expect("an order id").to_owned();
    Visit { stack, proxy, browser, order_id }
}

impl Visit {
    /// Presses the button, and the code is there.
    async fn show_code(&self) {
        self.browser.press("button.pay").await;
        self.browser.until_state("code").await;
    }

    /// The money comes, for the only payment.
    async fn settle(&self) {
        let ledger = self.stack.ledger().await;
        assert_eq!(ledger.len(), 1, "one click, one payment");
        let id = ledger[0]["id"].as_str().expect("an id");
        self.stack.control("cashi", id, "settle").await;
    }

    /// The shopper pays, and the page says so.
    async fn ends_paid(self) {
        self.settle().await;
        self.browser.until_state("paid").await;
        assert_eq!(self.browser.events("failed").await.len(), 0);
        assert_eq!(self.browser.events("paid").await.len(), 1);
        assert!(self.stack.is_paid_on_server(&self.order_id).await);
        self.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_asked_for_over_a_bad_network_is_one_payment() {
    for trouble in [
        Trouble::Lost,
        Trouble::AnswerLost,
        Trouble::Twice,
        Trouble::Unavailable,
        Trouble::TooMany(1),
    ] {
        let visit = visit().await;
        visit.proxy.plan("POST /api/payments", trouble, 1);
        visit.show_code().await;
        assert_eq!(visit.proxy.happened(), 1, "{trouble:?}");
        visit.ends_paid().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_answer_that_cannot_be_read_leads_back_and_the_next_press_to_the_same_payment() {
    for trouble in [Trouble::Page, Trouble::Half] {
        let visit = visit().await;
        visit.proxy.plan("POST /api/payments", trouble, 1);
        visit.browser.press("button.pay").await;
        let told = "return (window.paywithEvents || []).some((e) => e.name === 'fault')";
        visit.browser.until("the fault", told).await;
        visit.browser.until_state("choosing").await;
        visit.show_code().await;
        visit.ends_paid().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_a_bad_network_spoils_are_asked_again() {
    for trouble in [
        Trouble::Lost,
        Trouble::AnswerLost,
        Trouble::Twice,
        Trouble::Unavailable,
        Trouble::TooMany(1),
        Trouble::Page,
        Trouble::Half,
    ] {
        let visit = visit().await;
        visit.show_code().await;
        visit.proxy.plan("GET /api/payments/", trouble, 2);
        visit.browser.in_widget("el.checkNow(); return true").await;
        let begun = std::time::Instant::now();
        while visit.proxy.happened() < 2 {
            assert!(begun.elapsed().as_secs() < 40, "{trouble:?} did not happen twice");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(visit.browser.in_widget("return el.state").await, json!("code"), "{trouble:?}");
        visit.ends_paid().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_told_and_the_payment_is_safe() {
    let visit = visit().await;
    visit.show_code().await;
    visit.proxy.plan("GET /api/payments/", Trouble::Unavailable, 1_000);
    visit.browser.in_widget("el.checkNow(); return true").await;
    let words = "return root.textContent.includes('Your payment is safe. Do not pay twice.')";
    visit.browser.until("the words", words).await;
    visit.settle().await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(visit.browser.in_widget("return el.state").await, json!("code"));
    visit.proxy.mend();
    visit.browser.until_state("paid").await;
    visit.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_gone_is_told_and_one_press_tries_again() {
    let visit = visit().await;
    visit.show_code().await;
    visit.proxy.plan("/api/", Trouble::Lost, 1_000);
    visit.browser.in_widget("el.checkNow(); return true").await;
    visit.browser.until("the words", "return root.textContent.includes('No connection.')").await;
    let text = visit.browser.text().await;
    assert!(text.contains("Your payment is safe. Do not pay twice."), "{text}");
    assert_eq!(visit.browser.in_widget("return el.state").await, json!("code"));
    visit.settle().await;
    visit.proxy.mend();
    visit.browser.press("[data-action=check]").await;
    visit.browser.until_state("paid").await;
    visit.browser.close().await;
}
