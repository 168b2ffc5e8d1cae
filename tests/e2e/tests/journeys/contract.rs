//! What only a browser shows of sections 6 and 7 of the public contract, a test for each statement. The
//! others are in `crates/checkout/tests/contract.rs`, and beside what they are about:
//! `docs/reliability.md` names them all.

use crate::bad_input;
use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

const HOSTED_PAGE: &str = "return !!document.querySelector('#approve')";

async fn setup(stack: &Stack, product: &str, provider: &str, properties: Value) -> Value {
    let order = stack.order(product).await;
    json!({
        "lang": "en",
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": provider },
        "properties": properties,
    })
}

/// A shopper in front of the button.
async fn visit(product: &str, provider: &str, properties: Value) -> (Stack, Browser) {
    let stack = Stack::start(Wishes::USUAL).await;
    let setup = setup(&stack, product, provider, properties).await;
    let browser = Browser::open(360).await;
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    (stack, browser)
}

async fn newest(stack: &Stack) -> String {
    let ledger = stack.ledger().await;
    ledger[0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_6_1_the_same_tab_by_default_and_the_top_window_when_framed() {
    let (_stack, browser) = visit("scarf", "kashier", json!({})).await;
    browser.press("button.pay").await;
    browser.until("the hosted page", HOSTED_PAGE).await;
    assert_eq!(browser.tabs().await.len(), 1, "no window was opened");
    browser.close().await;

    let stack = Stack::start(Wishes::USUAL).await;
    let setup = setup(&stack, "scarf", "kashier", json!({})).await;
    let browser = Browser::open(1280).await;
    browser.go_to_page(&format!("{}/pages/frame.html?open", stack.shop), &setup).await;
    browser.enter_frame().await;
    browser.press("button.pay").await;
    browser.leave_frame().await;
    browser.until("the hosted page in the top window", HOSTED_PAGE).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_6_2_an_address_that_is_not_on_the_allow_list_goes_nowhere() {
    let (_stack, browser) =
        visit("scarf", "kashier", json!({ "allowedHosts": ["pay.example"] })).await;
    let before = browser.address().await;
    browser.press("button.pay").await;
    assert_eq!(bad_input::fault_of(&browser).await["code"], "unsafe_redirect");
    assert_eq!(browser.address().await, before);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_6_3_a_refused_address_or_code_goes_nowhere_and_is_told_once_to_page_and_shopper() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let cases = [
        ("javascript", "kashier", "unsafe_redirect"),
        ("data", "kashier", "unsafe_redirect"),
        ("relative", "kashier", "unsafe_redirect"),
        ("userinfo", "kashier", "unsafe_redirect"),
        ("svg", "cashi", "unsafe_code"),
    ];
    for (kind, provider, code) in cases {
        bad_input::choose(&stack, &browser, kind, provider).await;
        let before = browser.address().await;
        browser.press("button.pay").await;
        assert_eq!(bad_input::fault_of(&browser).await["code"], code, "{kind}");
        assert_eq!(browser.address().await, before, "{kind}: the shopper was sent nowhere");
        assert_eq!(browser.run("return document.title").await, "Plain shop", "{kind}");
        let alert = "return root.querySelector('[role=alert]').textContent.length > 20";
        browser.until("a message for the shopper", alert).await;
        let left = "return [root.querySelectorAll('.qr').length, \
                    root.querySelectorAll('button.pay').length]";
        assert_eq!(browser.in_widget(left).await, json!([0, 1]), "{kind}: no code, and a way on");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_6_4_the_return_url_carries_the_attempt_key() {
    let (_stack, browser) = visit("scarf", "kashier", json!({})).await;
    // The request outlives the page, which is about to be left.
    let keep = "const original = fetch; window.fetch = async (request, ...more) => { \
                if (request.method === 'POST') sessionStorage.sent = JSON.stringify([ \
                request.headers.get('idempotency-key'), await request.clone().json()]); \
                return original(request, ...more); }; return true";
    browser.in_widget(keep).await;
    let page = browser.address().await;
    browser.press("button.pay").await;
    browser.until("the hosted page", HOSTED_PAGE).await;
    browser.back().await;
    browser.until("the shop again", "return !!sessionStorage.sent").await;
    let sent = browser.run("return JSON.parse(sessionStorage.sent)").await;
    let key = sent[0].as_str().expect("a key");
    let return_url = sent[1]["return_url"].as_str().expect("an address");
    assert_eq!(return_url, format!("{page}&paywith={key}"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_6_7_on_the_way_back_known_parameters_go_and_the_shops_own_stay() {
    let stack = Stack::start(Wishes::USUAL).await;
    let setup = setup(&stack, "scarf", "kashier", json!({})).await;
    let browser = Browser::open(360).await;
    browser.go_to_page(&format!("{}/plain?status=shop&x=1", stack.shop), &setup).await;
    browser.until_state("choosing").await;
    let before = browser.run("return [location.href, history.length]").await;
    let page = before[0].as_str().expect("an address");
    browser.run("document.body.dataset.old = 1; return true").await;
    let returned =
        "paywith=pay_none&paymentStatus=SUCCESS&merchantOrderId=1&status=paid&signature=a";
    // A second `?` reads as `&`: some providers append their own that way.
    let script =
        format!("location.replace({:?}); return true", format!("{page}&y=2?{returned}#pay"));
    browser.run(&script).await;
    browser.until("the new page", "return !document.body.dataset.old && !!el?.state").await;
    browser.until("a clean address", "return !location.href.includes('paywith')").await;
    let after = browser.run("return [location.href, history.length]").await;
    assert_eq!(after, json!([format!("{page}&y=2#pay"), before[1]]), "and no step more to go back");
    let asked = "return performance.getEntriesByType('resource') \
                 .some(({ name }) => name.includes('/api/payments/pay_none'))";
    browser.until("the question", asked).await;
    assert_eq!(browser.events("paid").await.len(), 0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_6_8_a_page_that_comes_back_with_the_back_button_reads_the_truth_again() {
    let (stack, browser) = visit("scarf", "kashier", json!({})).await;
    browser.press("button.pay").await;
    browser.until("the hosted page", HOSTED_PAGE).await;
    stack.control("kashier", &newest(&stack).await, "settle").await;
    browser.back().await;
    browser.until_state("paid").await;
    assert_eq!(stack.ledger().await.len(), 1);
    browser.close().await;
}

/// Counts what the widget asks; a waiting call is open, and nothing else is asked meanwhile.
async fn count_questions(browser: &Browser) {
    let count = "window.questions = []; window.woken = 0; window.answered = null; const original = fetch; \
                 window.fetch = async (request, ...more) => { \
                 window.questions.push(request.url ?? request); const asked = performance.now(); \
                 const answer = await original(request, ...more); \
                 window.answered ??= [asked - window.woken, performance.now() - window.woken]; return answer; }; \
                 return true";
    browser.in_widget(count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_7_4_visibilitychange_focus_pageshow_and_online_ask_at_once() {
    let (_stack, browser) = visit("coffee", "cashi", json!({})).await;
    count_questions(&browser).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let is_waiting = "return window.questions.at(-1).includes('wait_ms=')";
    for event in [
        "document.dispatchEvent(new Event('visibilitychange'))",
        "window.dispatchEvent(new Event('focus'))",
        "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
        "window.dispatchEvent(new Event('online'))",
    ] {
        browser.until("a waiting call", is_waiting).await;
        // Longer than the least time between two questions.
        tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
        let wake = "window.questions = ['wait_ms=']; window.answered = null; \
                    window.woken = performance.now();";
        browser.run(&format!("{wake} {event}; return true")).await;
        browser.until("the answer", "return !!window.answered").await;
        let first = browser.run("return window.questions[1]").await;
        assert!(!first.as_str().expect("a URL").contains("wait_ms"), "{event}: {first}");
        let times_ms = browser.run("return window.answered.map(Math.round)").await;
        println!("{event}: asked and answered after {times_ms} ms");
        assert!(times_ms[0].as_f64().is_some_and(|ms| ms < 1_500.0), "{event}: {times_ms} ms");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_4_1_a_message_only_causes_a_check_and_one_of_another_origin_nothing() {
    let stack = Stack::start(Wishes::USUAL).await;
    let mut setup = setup(&stack, "scarf", "kashier", json!({})).await;
    setup["attributes"]["mode"] = json!("popup");
    let browser = Browser::open(360).await;
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    count_questions(&browser).await;
    browser.tap("button.pay").await;
    browser.until_state("window").await;
    browser.until("a waiting call", "return window.questions.at(-1).includes('wait_ms=')").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    let message = |origin: &str| {
        format!(
            "window.questions = ['wait_ms=']; dispatchEvent(new MessageEvent('message', \
             {{ data: 'paywith', origin: {origin} }})); return true"
        )
    };
    browser.run(&message("'https://evil.example'")).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(browser.run("return window.questions.length").await, 1, "no one was asked");
    browser.run(&message("location.origin")).await;
    browser.until("a question", "return window.questions.length > 1").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(browser.events("paid").await.len(), 0);
    assert_ne!(browser.in_widget("return el.state").await, "paid");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_7_10_what_is_stored_has_a_hash_for_a_name_and_holds_no_secrets_and_no_amounts() {
    let (stack, browser) = visit("coffee", "cashi", json!({})).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let stored = browser.run("return Object.entries(localStorage)").await;
    let entries = stored.as_array().expect("a list");
    assert!(!entries.is_empty(), "something is remembered");
    let ledger = stack.ledger().await;
    let total =
        ledger[0]["amount"].as_str().map_or_else(|| ledger[0]["amount"].to_string(), str::to_owned);
    let token = browser.in_widget("return el.order").await;
    for entry in entries {
        let name = entry[0].as_str().expect("a name");
        let hash = name.strip_prefix("paywith:1:").expect("our own name");
        let hash = hash.split(':').next().unwrap_or_default();
        assert!(hash.len() >= 16 && hash.chars().all(|sign| sign.is_ascii_hexdigit()), "{name}");
        let value = entry[1].as_str().expect("a value");
        for secret in [token.as_str().expect("a token"), total.as_str(), "15000", "IDR"] {
            assert!(!value.contains(secret), "{secret} in {value}");
        }
    }
    browser.close().await;
}
