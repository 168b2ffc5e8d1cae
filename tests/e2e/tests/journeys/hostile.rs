//! The hostile web: pages, browsers and networks that we do not control. Each test is named after its row in
//! `docs/reliability.md`, "The outside world".

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

/// Pays the newest code at its provider, until the widget says so.
async fn settle(stack: &Stack, browser: &Browser) {
    let ledger = stack.ledger().await;
    let newest = ledger.last().expect("a payment");
    stack.control("cashi", newest["id"].as_str().expect("an id"), "settle").await;
    browser.until_state("paid").await;
}

async fn with_code(wishes: Wishes<'_>, setup_more: &Value) -> (Stack, Browser) {
    let stack = Stack::start(wishes).await;
    let browser = Browser::open(360).await;
    let mut setup = setup(&stack, "cashi").await;
    for (name, value) in setup_more.as_object().expect("an object") {
        setup[name] = value.clone();
    }
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    (stack, browser)
}

/// Half of the services of `pages/services.js`: each is missing or throws on a page of its own, and the
/// code is shown and paid all the same, without a stop of the module.
async fn without_each_service(half: usize) {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to_plain(&stack.shop, &setup(&stack, "cashi").await).await;
    browser.until("the names", "return Array.isArray(window.services)").await;
    let services = browser.run("return window.services").await;
    let services = services.as_array().expect("names").clone();
    assert!(services.len() > 20, "{services:?}");
    for service in services.iter().skip(half).step_by(2) {
        let mut setup = setup(&stack, "cashi").await;
        setup["service"] = service.clone();
        browser.go_to_plain(&stack.shop, &setup).await;
        browser.press("button.pay").await;
        let drawn = "return !!root.querySelector('.qr img[src^=\"data:image/png\"]')";
        browser.until(&format!("the code with {service}"), drawn).await;
        let width = "return root.querySelector('.qr img').naturalWidth >= 1000";
        browser.until(&format!("the picture with {service}"), width).await;
        settle(&stack, &browser).await;
        assert_eq!(browser.events("fault").await, Vec::<Value>::new(), "{service}");
        assert_eq!(browser.events("paid").await.len(), 1, "{service}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_a_page_without_any_one_service_of_the_platform_pays_first_half() {
    without_each_service(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_a_page_without_any_one_service_of_the_platform_pays_second_half() {
    without_each_service(1).await;
}

/// What page translators and extensions do, again and again: each text node becomes a `<font>` with it.
const TRANSLATOR: &str = "
    const wrap = (node) => {
        for (const child of [...node.childNodes]) {
            if (child.nodeType === Node.ELEMENT_NODE) {
                if (child.localName !== 'font' && child.translate) wrap(child);
            } else if (child.nodeType === Node.TEXT_NODE && child.data) {
                const font = document.createElement('font');
                font.textContent = child.data;
                child.replaceWith(font);
            }
        }
    };
    const watch = new MutationObserver(() => { watch.disconnect(); wrap(root); look(); });
    const look = () => watch.observe(root, { childList: true, characterData: true, subtree: true });
    wrap(root);
    look();
    return root.querySelectorAll('font').length";

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_translator_that_replaces_every_text_spoils_no_amount_button_or_status() {
    let wishes = Wishes { cashi_life_ms: 8_000, ..Wishes::USUAL };
    let messages = json!({
        "new_code": "WORD new code", "expired_title": "WORD expired", "scan_title": "WORD scan",
        "paid_title": "WORD paid",
    });
    let (stack, browser) =
        with_code(wishes, &json!({ "properties": { "messages": messages } })).await;
    let wrapped = browser.in_widget(TRANSLATOR).await;
    assert!(wrapped.as_u64().is_some_and(|count| count > 5), "{wrapped}");
    let before = browser.in_widget("return root.querySelector('.left').textContent").await;
    let goes_on = format!("return root.querySelector('.left').textContent !== {before}");
    browser.until("the countdown goes on", &goes_on).await;
    browser.until_state("expired").await;
    let reads = |selector: &str, words: &str| {
        format!("return root.querySelector('{selector}').textContent === '{words}'")
    };
    browser.until("the heading", &reads("h2", "WORD expired")).await;
    browser.until("the button", &reads("[part=renew]", "WORD new code")).await;
    browser.press("[part=renew]").await;
    browser.until("the new code", &reads("h2", "WORD scan")).await;
    settle(&stack, &browser).await;
    browser.until("the heading", &reads("h2", "WORD paid")).await;
    let spoken = "return root.querySelector('[role=status].unseen').textContent.trim()";
    assert_eq!(browser.in_widget(spoken).await, json!("WORD paid"), "announced");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_what_a_script_takes_out_of_the_screen_comes_back_with_the_next_change() {
    let wishes = Wishes { cashi_life_ms: 8_000, ..Wishes::USUAL };
    let (stack, browser) = with_code(wishes, &json!({})).await;
    let harm = "root.querySelector('.frame').normalize(); \
                root.querySelector('.exact').remove(); root.querySelector('h2').remove(); \
                root.querySelector('section').append(document.createElement('grammarly-extension')); \
                return true";
    browser.in_widget(harm).await;
    browser.until("the amount", "return !!root.querySelector('.exact [part=amount]')").await;
    browser.until_state("expired").await;
    browser.press("[part=renew]").await;
    browser.until("the new code", "return !!root.querySelector('.qr img')").await;
    settle(&stack, &browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_a_header_that_no_request_can_carry_is_one_config_fault_that_names_it() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let cases = [
        (json!({ "X-Store": "متجر" }), "X-Store"),
        (json!({ "X Store": "a" }), "X Store"),
        (json!({ "X-Store": "a\nb" }), "X-Store"),
        (json!({ "": "a" }), "`headers`"),
        (json!({ "X-Store": { "a": 1 } }), "X-Store"),
        (json!("Authorization: Bearer x"), "`headers`"),
        (json!(7), "`headers`"),
        (json!([["X-Store"]]), "`headers`"),
    ];
    for (headers, name) in cases {
        let mut setup = setup(&stack, "cashi").await;
        setup["properties"]["headers"] = headers.clone();
        browser.go_to_plain(&stack.shop, &setup).await;
        let fault = super::bad_input::fault_of(&browser).await;
        assert_eq!((&fault["code"], &fault["kind"]), (&json!("bad_setting"), &json!("config")));
        let message = fault["message"].as_str().expect("a message");
        assert!(message.contains(name), "{headers}: {message}");
    }
    browser.close().await;
}

/// So many odd values are handed over in an ordinary run; `PAYWITH_FUZZ_INPUTS` asks for more.
const FUZZ_INPUTS: u64 = 3_000;

#[tokio::test(flavor = "multi_thread")]
async fn a3_whatever_a_page_hands_over_never_stops_the_module() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to_plain(&stack.shop, &setup(&stack, "cashi").await).await;
    browser.until_state("choosing").await;
    let wanted = std::env::var("PAYWITH_FUZZ_INPUTS").ok();
    let wanted = wanted.map_or(FUZZ_INPUTS, |count| count.parse().expect("a number"));
    for seed in 0..wanted.div_ceil(500) {
        let script = format!("return (await import('/pages/fuzz.js')).fuzz({seed}, 500)");
        assert_eq!(browser.in_widget_async(&script).await, Value::Null, "seed {seed}");
    }
    let panics = "return paywithEvents.filter(e => e.detail?.code === 'panic').length";
    assert_eq!(browser.run(panics).await, json!(0));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_a_setting_or_answer_of_the_wrong_kind_is_always_told() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to_plain(&stack.shop, &setup(&stack, "cashi").await).await;
    browser.until_state("choosing").await;
    let script = "return (await import('/pages/fuzz.js')).silences()";
    assert_eq!(browser.in_widget_async(script).await, json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_the_same_order_twice_on_a_page_tells_of_paid_once() {
    let (stack, browser) = with_code(Wishes::USUAL, &json!({ "twice": true })).await;
    settle(&stack, &browser).await;
    let both = "return document.querySelector('#second').state === 'paid'";
    browser.until("the second element shows it, too", both).await;
    // Long enough for a second event to come, if there were one.
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(browser.events("paid").await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_an_element_that_is_put_up_again_tells_nothing_again() {
    let (stack, browser) = with_code(Wishes::USUAL, &json!({})).await;
    settle(&stack, &browser).await;
    let again = "const next = el.cloneNode(true); el.remove(); \
                 document.querySelector('main').append(next); return true";
    browser.in_widget(again).await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("paid").await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_a_policy_without_pictures_shows_the_code_as_an_outline_and_one_fault() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let place = format!("{}/strict/no-pictures", stack.shop);
    browser.go_to_page(&place, &setup(&stack, "cashi").await).await;
    browser.press("button.pay").await;
    let outline = "const svg = root.querySelector('.qr svg[role=img]'); \
                 return svg.getBoundingClientRect().width >= 200 && !!svg.getAttribute('aria-label')";
    browser.until("the outline", outline).await;
    browser.screenshot("hostile-outline").await;
    settle(&stack, &browser).await;
    let faults = browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["detail"]["code"], json!("picture_blocked"));
    assert!(faults[0]["detail"]["message"].as_str().expect("a text").contains("img-src"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_an_endpoint_with_a_query_is_paid_through() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let mut setup = setup(&stack, "cashi").await;
    setup["attributes"]["endpoint"] = json!("/index.php?rest_route=/paywith/v1");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    settle(&stack, &browser).await;
    assert_eq!(browser.events("fault").await, Vec::<Value>::new());
    browser.close().await;
}

/// One fault says what keeps the calls away, and the shopper does not read "no connection".
async fn is_told_as_blocked(browser: &Browser, names: &str) {
    browser.until("the fault", "return paywithEvents.some(e => e.name === 'fault')").await;
    let words = "const text = root.textContent; \
                 return text.includes('not responding properly') && !text.includes('No connection')";
    browser.until("the words", words).await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let faults = browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["detail"]["code"], json!("call_blocked"), "{faults:?}");
    let message = faults[0]["detail"]["message"].as_str().expect("a message");
    assert!(message.contains(names), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_preflight_that_refuses_a_header_is_told_after_two_tries() {
    let page = Stack::start(Wishes::USUAL).await;
    let backend = Stack::start(Wishes { other_origin: Some(&page.shop), ..Wishes::USUAL }).await;
    let browser = Browser::open(360).await;
    let mut setup = setup(&backend, "cashi").await;
    setup["attributes"]["endpoint"] = json!(format!("{}/api", backend.shop));
    setup["properties"]["headers"] = json!({ "X-Store": "7" });
    browser.go_to_plain(&page.shop, &setup).await;
    browser.press("button.pay").await;
    is_told_as_blocked(&browser, "X-Store").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_a_backend_behind_a_login_is_told() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let mut setup = setup(&stack, "cashi").await;
    setup["attributes"]["endpoint"] = json!("/login-elsewhere");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    is_told_as_blocked(&browser, "login page").await;
    setup["attributes"]["endpoint"] = json!("/login-here");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    let fault = super::bad_input::fault_of(&browser).await;
    assert_eq!(fault["code"], json!("not_json"));
    assert!(fault["message"].as_str().expect("a message").contains("/plain"), "{fault}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b5_a_service_worker_that_answers_from_its_cache_never_keeps_a_code_alive() {
    let stack = Stack::start(Wishes { cashi_life_ms: 15_000, ..Wishes::USUAL }).await;
    let browser = Browser::open_alone(360).await;
    let mut setup = setup(&stack, "cashi").await;
    setup["worker"] = json!(true);
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    browser.until_state("expired").await;
    let faults = browser.events("fault").await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["detail"]["code"], json!("stale_answer"));
    browser.close().await;
}
