//! The main job: a shopper fills a cart in the demo shop and pays, with each of the four, on a
//! small phone and at a desk, in English and in Arabic. It leaves a picture of every screen.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes, root};
use serde_json::json;

/// Fills the cart with one piece and goes to the checkout.
pub(crate) async fn check_out(browser: &Browser, shop: &str, product: &str, query: &str) {
    browser.go_to(&format!("{shop}/?{query}")).await;
    let more = format!("#products [data-product={product}] button");
    browser.click(&more).await;
    browser.click("#to-checkout").await;
    browser.until_state("choosing").await;
}

async fn newest(stack: &Stack) -> String {
    let ledger = stack.ledger().await;
    let row = ledger.iter().max_by_key(|row| row["created_ms"].as_u64()).expect("a payment");
    row["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_four_providers_are_paid_in_the_demo_shop() {
    let products =
        [("coffee", "cashi"), ("scarf", "kashier"), ("soap", "cashii"), ("honey", "cashpay")];
    for (product, provider) in products {
        let stack = Stack::start(Wishes::USUAL).await;
        let browser = Browser::open(360).await;
        check_out(&browser, &stack.shop, product, "lang=en").await;
        browser.press(&format!("button.pay[data-provider={provider}]")).await;
        if provider == "cashi" {
            browser.until_state("code").await;
            let id = newest(&stack).await;
            stack.control("cashi", &id, "settle").await;
        } else {
            browser.until("the page", "return !!document.querySelector('#approve')").await;
            browser.click("#approve").await;
        }
        browser.until_state("paid").await;
        let thanks = "return !!document.querySelector('#thanks [data-reading=server_paid]')";
        browser.until("the server's own word", thanks).await;
        let violations = browser.run("return window.violations || []").await;
        assert_eq!(violations, json!([]), "{provider}: the page's policy holds");
        browser.close().await;
    }
}

/// What a developer copies out of the demo is the line that the build printed, with its hash.
#[tokio::test(flavor = "multi_thread")]
async fn the_line_to_copy_is_the_builds_own() {
    let printed = std::fs::read_to_string(root().join("dist/README.txt")).expect("dist/README.txt");
    let line = printed.lines().find(|line| line.contains("\"/paywith.js\"")).expect("a line");
    assert!(line.contains("integrity=\"sha384-"), "{line}");
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    check_out(&browser, &stack.shop, "coffee", "lang=en").await;
    let shown = "return document.querySelector('#snippet').textContent.split('\\n')[0]";
    browser.until("the line", &format!("{shown}.includes('integrity')")).await;
    assert_eq!(browser.run(shown).await, json!(line));
    browser.close().await;
}

/// One picture at 360 and one at 1280 pixels.
async fn picture(browser: &Browser, language: &str, name: &str) {
    for width in [360, 1280] {
        browser.resize(width).await;
        browser
            .in_widget("el.scrollIntoView({ block: 'center', behavior: 'instant' }); return true")
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        browser.screenshot(&format!("{name}-{language}-{width}")).await;
        let overflow = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(browser.run(overflow).await, json!(true), "{name} {language} at {width}");
    }
    browser.resize(360).await;
}

async fn pictures_in(language: &str) {
    let stack = Stack::start(Wishes { cashi_life_ms: 14_000, ..Wishes::USUAL }).await;
    let browser = Browser::open(360).await;
    let query = format!("lang={language}&providers=cashi,kashier,cashii,cashpay");
    check_out(&browser, &stack.shop, "coffee", &query).await;
    picture(&browser, language, "1-list").await;
    browser.press("button.pay[data-provider=cashi]").await;
    let drawn = "return !!root.querySelector('.qr img')";
    browser.until("the code", drawn).await;
    picture(&browser, language, "2-code").await;
    browser.until_state("expired").await;
    picture(&browser, language, "3-expired").await;
    browser.press("[part=renew]").await;
    browser.until("the code", drawn).await;
    let id = newest(&stack).await;
    stack.control("cashi", &id, "settle").await;
    browser.until_state("paid").await;
    picture(&browser, language, "4-paid").await;
    browser.close().await;

    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    check_out(&browser, &stack.shop, "scarf", &format!("lang={language}")).await;
    browser.press("button.pay").await;
    browser.until("the page", "return !!document.querySelector('#leave')").await;
    picture_of_page(&browser, language, "5-hosted-page").await;
    stack.fault("kashier", "status", "hang").await;
    browser.click("#leave").await;
    browser.until_state("checking").await;
    picture(&browser, language, "6-checking").await;
    stack.mend().await;
    browser.until_state("open").await;
    picture(&browser, language, "7-not-paid-yet").await;
    let id = newest(&stack).await;
    stack.control("kashier", &id, "decline").await;
    browser.until_state("failed").await;
    picture(&browser, language, "8-failed").await;
    browser.close().await;
}

async fn picture_of_page(browser: &Browser, language: &str, name: &str) {
    browser.screenshot(&format!("{name}-{language}-360")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_fits_a_phone_and_a_desk_in_english() {
    pictures_in("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_fits_a_phone_and_a_desk_in_arabic() {
    pictures_in("ar").await;
}
