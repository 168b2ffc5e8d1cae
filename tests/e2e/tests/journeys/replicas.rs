//! Two merchant processes, of which one dies in the middle of a payment: the shopper's page notices
//! nothing.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::Stack;
use serde_json::{Value, json};
use std::time::Duration;

async fn visit(stack: &Stack) -> (Browser, String) {
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let attributes = json!({ "endpoint": "/api", "order": order["order"], "providers": "cashi" });
    let setup = json!({ "lang": "en", "attributes": attributes, "properties": {} });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    (browser, order["order_id"].as_str().expect("an id").to_owned())
}

async fn only_payment(stack: &Stack) -> String {
    let ledger: Vec<Value> = stack.ledger().await;
    assert_eq!(ledger.len(), 1, "one payment at the provider: {ledger:?}");
    ledger[0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn either_of_two_backends_may_die_while_a_code_is_shown() {
    for dying in [0, 1] {
        let (stack, mut replicas) = Stack::start_with_replicas().await;
        let (browser, order) = visit(&stack).await;
        browser.press("button.pay").await;
        browser.until_state("code").await;
        let shown = browser.text().await;
        replicas.kill(dying).await;
        // Several status calls long.
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(browser.events("fault").await.is_empty(), "no fault is raised");
        browser.until_state("code").await;
        let words = |text: &str| -> Vec<String> {
            let is_time = |word: &&str| !word.contains(':');
            text.split_whitespace().filter(is_time).map(str::to_owned).collect()
        };
        assert_eq!(words(&browser.text().await), words(&shown), "nothing but the time has changed");
        stack.control("cashi", &only_payment(&stack).await, "settle").await;
        browser.until_state("paid").await;
        assert_eq!(browser.events("paid").await.len(), 1);
        assert!(stack.is_paid_on_server(&order).await);
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_dies_over_a_create_call_leaves_one_payment() {
    let (stack, mut replicas) = Stack::start_with_replicas().await;
    let (browser, order) = visit(&stack).await;
    // The provider takes its time, and meanwhile the process that asked it dies; the balancer asks in turn.
    stack.fault("cashi", "create", "late").await;
    browser.press("button.pay").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    replicas.kill(0).await;
    replicas.revive(0).await;
    stack.mend().await;
    replicas.kill(1).await;
    browser.until_state("code").await;
    stack.control("cashi", &only_payment(&stack).await, "settle").await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("paid").await.len(), 1);
    assert!(stack.is_paid_on_server(&order).await);
    browser.close().await;
}
