//! The redirect providers: away, back, and the truth.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// Provider and the demo product that it takes.
const PROVIDERS: [(&str, &str); 3] =
    [("cashii", "soap"), ("cashpay", "honey"), ("kashier", "scarf")];

struct Visit {
    stack: Stack,
    browser: Browser,
    order_id: String,
}

/// A shopper in front of the button of one provider.
async fn visit(provider: &str, product: &str) -> Visit {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order(product).await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": provider },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    let order_id = order["order_id"].as_str().expect("an order id").to_owned();
    Visit { stack, browser, order_id }
}

impl Visit {
    async fn go_to_provider(&self) {
        self.browser.press("button.pay").await;
        self.browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    }

    async fn payments(&self) -> Vec<Value> {
        self.stack.ledger().await
    }

    async fn end(self) {
        self.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_payment_is_paid_and_the_address_is_clean() {
    for (provider, product) in PROVIDERS {
        let visit = visit(provider, product).await;
        visit.go_to_provider().await;
        visit.browser.click("#approve").await;
        visit.browser.until_state("paid").await;
        let address = visit.browser.address().await;
        for name in ["paywith=", "status=", "signature=", "paymentStatus=", "charge_id="] {
            assert!(!address.contains(name), "{provider}: {address}");
        }
        assert!(address.contains("setup="), "the shop's own parameter stays: {address}");
        assert_eq!(visit.browser.events("paid").await.len(), 1, "{provider}");
        assert!(visit.stack.is_paid_on_server(&visit.order_id).await, "{provider}");
        visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_payment_is_failed_and_can_be_tried_again() {
    for (provider, product) in PROVIDERS {
        let visit = visit(provider, product).await;
        visit.go_to_provider().await;
        visit.browser.click("#decline").await;
        visit.browser.until_state("failed").await;
        assert!(visit.browser.text().await.contains("declined"), "{provider}");
        visit.browser.press("[part=renew]").await;
        visit.browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
        visit.browser.click("#approve").await;
        visit.browser.until_state("paid").await;
        assert_eq!(visit.payments().await.len(), 2, "{provider}: a new attempt is a new payment");
        visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_who_left_and_came_back_goes_on_with_the_same_payment() {
    for (provider, product) in PROVIDERS {
        let visit = visit(provider, product).await;
        visit.go_to_provider().await;
        visit.browser.click("#leave").await;
        visit.browser.until_state("open").await;
        assert!(visit.browser.text().await.contains("Not paid yet"), "{provider}");
        visit.browser.press("button.main").await;
        visit.browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
        visit.browser.click("#approve").await;
        visit.browser.until_state("paid").await;
        assert_eq!(visit.payments().await.len(), 1, "{provider}");
        visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_return_stays_unpaid() {
    let forged = [
        ("cashii", "soap", "transaction_id=T1&status=paid&signature=abc"),
        ("cashpay", "honey", "charge_id=chg_1&status=CAPTURED"),
        ("kashier", "scarf", "paymentStatus=SUCCESS&merchantOrderId=INV-1&signature=abc"),
    ];
    for (provider, product, parameters) in forged {
        let visit = visit(provider, product).await;
        let page = visit.browser.address().await;
        visit.go_to_provider().await;
        let id = visit.browser.address().await;
        assert!(!id.is_empty());
        // The provider says pending; the address says paid, in every way that it could.
        visit.browser.go_to(&format!("{page}&{parameters}")).await;
        visit.browser.until_state("open").await;
        visit.browser.press("[data-action=check]").await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        visit.browser.until_state("open").await;
        assert!(visit.browser.events("paid").await.is_empty(), "{provider}");
        assert!(!visit.stack.is_paid_on_server(&visit.order_id).await, "{provider}");
        visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_the_middle_finds_the_payment_again() {
    for (provider, product) in PROVIDERS {
        let visit = visit(provider, product).await;
        let page = visit.browser.address().await;
        visit.go_to_provider().await;
        // Back without any parameter, as by typing the shop's address.
        visit.browser.go_to(&page).await;
        visit.browser.until_state("open").await;
        visit.browser.reload().await;
        visit.browser.until_state("open").await;
        let payments = visit.payments().await;
        assert_eq!(payments.len(), 1, "{provider}");
        let id = payments.first().and_then(|row| row["id"].as_str()).expect("an id");
        visit.stack.control(provider, id, "settle").await;
        visit.browser.until_state("paid").await;
        visit.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_makes_one_payment_at_the_provider() {
    for (provider, product) in PROVIDERS {
        let visit = visit(provider, product).await;
        visit
            .browser
            .in_widget(
                "const b = root.querySelector('button.pay'); b.click(); b.click(); \
                 el.start(); el.start(); return true",
            )
            .await;
        visit.browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
        let payments = visit.payments().await;
        assert_eq!(payments.len(), 1, "{provider}");
        assert_eq!(
            payments.first().map(|row| row["creates"].clone()),
            Some(json!(1)),
            "{provider}"
        );
        visit.end().await;
    }
}
