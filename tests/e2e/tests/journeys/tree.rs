//! The accessibility tree: what a screen reader is given. One payment by it alone, and each screen's tree as text.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes, root};
use serde_json::json;
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
async fn the_tree_alone_reaches_paid() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open_alone(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi kashier" },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_named("group", "How would you like to pay?").await;
    browser.press_named("button", "Pay with Cashi").await;
    browser.until_named("heading", "Scan to pay").await;
    browser.until_named("timer", "").await;
    browser.until_named("image", "QRIS code to pay").await;
    browser.until_named("button", "Copy amount").await;
    let ledger = stack.ledger().await;
    stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
    browser.press_named("button", "Check now").await;
    browser.until_named("heading", "Paid").await;
    browser.close().await;
}

fn snapshot(name: &str) -> PathBuf {
    let name = name.replace(", ", "-").replace(' ', "-");
    root().join("tests/e2e/trees").join(format!("{name}.txt"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_screens_tree_is_the_one_that_is_written_down() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open_alone(360).await;
    let page = format!("{}/pages/states.html?only", stack.shop);
    browser.go_to(&format!("{page}=choose")).await;
    browser.until("the names", "return Array.isArray(window.stateNames)").await;
    let names = browser.run("return window.stateNames").await;
    let mut other = Vec::new();
    for name in names.as_array().expect("names").iter().filter_map(|name| name.as_str()) {
        browser.go_to(&format!("{page}={}", name.replace(' ', "%20"))).await;
        browser.until("the screen", "return window.isComplete === true").await;
        let tree = browser.tree().await;
        let path = snapshot(name);
        if std::env::var_os("PAYWITH_WRITE").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &tree).expect("it can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        if written != tree {
            other.push(format!("{name}:\n{tree}"));
        }
    }
    assert!(
        other.is_empty(),
        "other trees than tests/e2e/trees holds; read them, then write them with PAYWITH_WRITE=1:\n{}",
        other.join("\n")
    );
    browser.close().await;
}
