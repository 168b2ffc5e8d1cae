//! Promises of the contract that no other journey keeps: `success-url`, what a page may prevent or ask for,
//! a second copy of the widget, a module that comes late, the clipboard, the focus.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

async fn setup(stack: &Stack, provider: &str) -> Value {
    let order = stack.order(if provider == "cashi" { "coffee" } else { "scarf" }).await;
    json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": provider },
        "properties": {},
    })
}

async fn opened(provider: &str) -> (Stack, Browser, Value) {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let setup = setup(&stack, provider).await;
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    (stack, browser, setup)
}

async fn settle(stack: &Stack) {
    let ledger = stack.ledger().await;
    let newest = ledger.last().expect("a payment");
    stack.control("cashi", newest["id"].as_str().expect("an id"), "settle").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn success_url_is_where_the_page_goes_in_every_language() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    for lang in ["en", "id", "ar", "tr"] {
        let mut setup = setup(&stack, "cashi").await;
        setup["lang"] = json!(lang);
        setup["attributes"]["success-url"] = json!("/pages/frame.html?order={order}&open=1");
        browser.go_to_plain(&stack.shop, &setup).await;
        browser.press("button.pay").await;
        browser.until_state("code").await;
        settle(&stack).await;
        let link = "const link = root.querySelector('.paid a.button'); \
                    return link.textContent.trim().length > 2 && link.target === '_self'";
        browser.until(&format!("the button in {lang}"), link).await;
        let gone = "return location.pathname === '/pages/frame.html'";
        browser.until(&format!("the next page in {lang}"), gone).await;
        let order = browser.run("return new URLSearchParams(location.search).get('order')").await;
        assert_eq!(order, setup["attributes"]["order"], "{lang}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn success_url_waits_where_paid_was_prevented_and_is_never_an_unsafe_address() {
    let (stack, browser, mut setup) = opened("cashi").await;
    setup["attributes"]["success-url"] = json!("/pages/frame.html");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    browser.in_widget("el.onpaid = () => false; return true").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    settle(&stack).await;
    browser.until("the button", "return !!root.querySelector('.paid a.button')").await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(browser.in_widget("return el.state").await, json!("paid"), "still here");
    setup["attributes"]["success-url"] = json!("javascript:document.title='owned'");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("paid").await;
    assert_eq!(browser.in_widget("return root.querySelectorAll('.paid a').length").await, json!(0));
    let faults = browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["detail"]["code"], json!("bad_setting"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn success_url_follows_a_hosted_page_in_this_tab() {
    let (stack, browser, mut setup) = opened("kashier").await;
    setup["attributes"]["success-url"] = json!("/pages/frame.html");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.click("#approve").await;
    browser.until("the next page", "return location.pathname === '/pages/frame.html'").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn success_url_follows_a_hosted_page_in_a_window_of_its_own() {
    let (stack, browser, mut setup) = opened("kashier").await;
    setup["attributes"]["success-url"] = json!("/pages/frame.html");
    setup["attributes"]["mode"] = json!("popup");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    let shop = browser.tab().await;
    browser.tap("button.pay").await;
    browser.until_state("window").await;
    let windows = browser.tabs().await;
    let hosted = windows.iter().find(|window| **window != shop).expect("a window");
    browser.switch_to(hosted).await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.run("document.querySelector('#approve').click(); return true").await;
    browser.switch_to(&shop).await;
    browser.until("the next page", "return location.pathname === '/pages/frame.html'").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_a_page_that_prevents_redirecting_keeps_the_shopper_and_a_link() {
    let (stack, browser, _) = opened("kashier").await;
    browser.in_widget("el.onredirecting = (event) => event.preventDefault(); return true").await;
    browser.press("button.pay").await;
    browser.until_state("leaving").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert!(browser.address().await.starts_with(&stack.shop), "the shopper stayed");
    let link = browser.in_widget("return root.querySelector('a.button').href").await;
    assert!(link.as_str().is_some_and(|link| link.starts_with(&stack.sandbox)), "{link}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_a_page_may_look_for_the_returned_payment_itself() {
    let (stack, browser, mut setup) = opened("cashi").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let id = browser.in_widget("return el.payment.paymentId").await;
    setup["attributes"]["auto-resume"] = json!("off");
    let place = format!("{}/plain?paywith={}", stack.shop, id.as_str().expect("an id"));
    browser.go_to_page(&place, &setup).await;
    browser.until_state("choosing").await;
    assert_eq!(browser.in_widget("return el.hasReturned()").await, json!(true));
    browser.in_widget("el.resume(); return true").await;
    browser.until_state("code").await;
    assert_eq!(browser.in_widget("return el.payment.paymentId").await, id);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_a_copy_without_a_clipboard_works_the_old_way_or_says_what_to_type() {
    let (stack, browser, mut setup) = opened("cashi").await;
    for (service, shown) in [
        ("clipboard missing, copying the old way", "[part=copy]"),
        ("clipboard missing, copying refused", ".exact .notice"),
    ] {
        setup["service"] = json!(service);
        browser.go_to_plain(&stack.shop, &setup).await;
        let ready = "return ['choosing', 'code'].includes(el.state)";
        browser.until("the buttons, or the code of before", ready).await;
        browser.in_widget("if (el.state === 'choosing') el.start('cashi'); return true").await;
        browser.until_state("code").await;
        let before =
            browser.in_widget("return root.querySelector('[part=copy]').textContent").await;
        browser.press(".exact [part=copy]").await;
        let said = format!(
            "const said = root.querySelector('{shown}'); \
                            return !!said && said.textContent !== {before}"
        );
        browser.until(service, &said).await;
        let copied = browser.run("return window.copied").await;
        let amount = browser.in_widget("return el.payment.amount.value").await;
        assert_eq!(copied, amount, "plain digits");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_a_second_copy_of_the_widget_warns_and_the_first_goes_on() {
    let (stack, browser, _) = opened("cashi").await;
    let again = "window.warnings = []; console.warn = (text) => window.warnings.push(text); \
                 await import('/dist/paywith-0.1.0.js'); return true";
    browser.in_widget_async(again).await;
    let warnings = browser.run("return window.warnings").await;
    assert_eq!(warnings.as_array().map(Vec::len), Some(1), "{warnings}");
    browser.press("button.pay").await;
    browser.until_state("code").await;
    settle(&stack).await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("paid").await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_a_module_that_did_not_load_is_tried_again_by_a_button() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let setup = setup(&stack, "cashi").await;
    let page = format!("{}/elsewhere?widget=/lost/paywith.js", stack.shop);
    browser.go_to_page(&page, &setup).await;
    browser.until("the button", "return !!root.querySelector('button.retry')").await;
    let high = "return root.querySelector('button.retry').getBoundingClientRect().height >= 44";
    assert_eq!(browser.in_widget(high).await, json!(true));
    // The module is there now.
    browser
        .run(
            "const fetch = window.fetch; window.fetch = (what, init) => \
                 fetch(what instanceof URL ? what.href.replace('/lost/', '/dist/') : what, init); \
                 return true",
        )
        .await;
    browser.press("button.retry").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    assert_eq!(browser.events("fault").await.len(), 1, "told once");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_the_heading_takes_the_focus_after_a_press_and_never_from_another_field() {
    let (stack, browser, _) = opened("cashi").await;
    // As in a browser that gives pressed buttons no focus.
    browser.in_widget("document.activeElement?.blur(); return true").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    browser.until("the heading", "return root.activeElement?.localName === 'h2'").await;
    let field = "const field = document.createElement('input'); document.body.append(field); \
                 field.focus(); return true";
    browser.run(field).await;
    settle(&stack).await;
    browser.until_state("paid").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let focused = browser.run("return document.activeElement.localName").await;
    assert_eq!(focused, json!("input"), "the shopper is typing");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_who_wants_less_motion_sees_less() {
    let browser = Browser::open(360).await;
    let stack = Stack::start(Wishes::USUAL).await;
    browser.go_to_plain(&stack.shop, &setup(&stack, "cashi").await).await;
    browser.until_state("choosing").await;
    let rule = "return root.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules]) \
                .some((rule) => /prefers-reduced-motion/.test(rule.conditionText ?? '') \
                && /animation/.test(rule.cssText))";
    assert_eq!(browser.in_widget(rule).await, json!(true));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h9_a_press_on_check_now_says_when_it_looked() {
    let (_stack, browser, _) = opened("cashi").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    browser.press("[data-action=check]").await;
    let said =
        "return /\\d\\d:\\d\\d/.test(root.querySelector('.checked[role=status]').textContent)";
    browser.until("the time of the look", said).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h9_the_code_as_text_can_be_seen_and_copied_and_says_who_is_paid() {
    let (_stack, browser, _) = opened("cashi").await;
    let keep = "Object.defineProperty(navigator, 'clipboard', { value: { \
                writeText: async (text) => { window.copied = text; } } }); return true";
    browser.run(keep).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    browser.press("[data-action=copy-code]").await;
    browser.until("a copy", "return typeof window.copied === 'string'").await;
    let shown = browser.in_widget("return root.querySelector('.payload').textContent").await;
    assert_eq!(browser.run("return window.copied").await, shown);
    assert!(shown.as_str().is_some_and(|code| code.starts_with("000201")), "{shown}");
    let payee =
        browser.in_widget("return root.querySelector('[part=payee] bdi').textContent").await;
    let payee = payee.as_str().expect("a name").to_owned();
    let alt = browser.in_widget("return root.querySelector('.qr img').alt").await;
    assert!(alt.as_str().is_some_and(|alt| alt.contains(&payee)), "{alt} names {payee}");
    browser.screenshot("code-payee-en").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h9_events_have_properties_as_on_built_in_elements() {
    let (stack, browser, _) = opened("cashi").await;
    let set = "window.seen = []; el.onpaystart = () => false; \
               return [el.onpaid === null, typeof el.onpaystart]";
    assert_eq!(browser.in_widget(set).await, json!([true, "function"]));
    browser.press("button.pay").await;
    browser.until("the start", "return paywithEvents.some(e => e.name === 'paystart')").await;
    assert_eq!(browser.in_widget("return el.state").await, json!("choosing"), "prevented");
    let change = "el.onpaystart = null; el.oncreated = function (event) { \
                  window.seen.push(event.type, this === el); }; return true";
    browser.in_widget(change).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    assert_eq!(browser.run("return window.seen").await, json!(["created", true]));
    assert_eq!(stack.ledger().await.len(), 1);
    browser.close().await;
}
