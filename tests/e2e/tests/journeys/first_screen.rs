//! Before the module is there: the loader's screens are the module's own, and a press on them counts.

use paywith_e2e::browser::Browser;
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// What is on the screen: the elements with their attributes and texts, where they stand, and how they look.
/// The price has only its line before the module is there, and the ring turns.
const LOOK: &str = "const look = () => { \
    const shape = (node) => { \
        if (node.nodeType === Node.TEXT_NODE) return node.data; \
        if (node.nodeType !== Node.ELEMENT_NODE) return ''; \
        if (node.matches('.amount')) return 'amount'; \
        const attributes = [...node.attributes].map(({ name, value }) => `${name}=${value}`).sort(); \
        return [node.localName, ...attributes, ...[...node.childNodes].map(shape).filter(Boolean)]; }; \
    const place = (one) => { \
        const { x, y, width, height } = one.getBoundingClientRect(); \
        const style = getComputedStyle(one); \
        const looks = ['color', 'backgroundColor', 'fontSize', 'fontWeight', 'borderTopColor', 'textAlign']; \
        return [...[x, y, width, height].map((length) => length.toFixed(1)), \
            ...looks.map((name) => style[name])].join(' '); }; \
    const all = [...root.querySelectorAll('.frame, .frame *')].filter((one) => !one.closest('.amount, .spinner')); \
    return JSON.stringify([shape(root.querySelector('.frame')), all.map(place)]); };";

/// The screen that stands there is not the one of [`open`] any more. What the loader draws anew has no mark either:
/// the state tells the two apart.
const IS_REPLACED: &str = "const frame = root.querySelector('.frame'); \
    return !!frame && !frame.isLoaders && el.state !== 'unopened'";

/// An element with one button, for this order.
fn pay_by_code(order: &Value) -> Value {
    json!({
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {},
    })
}

/// The page of an element whose module takes three seconds.
async fn open(stack: &Stack, browser: &Browser, query: &str, setup: &Value) {
    let page = format!("{}/elsewhere?widget=/slow/paywith.js{query}", stack.shop);
    browser.go_to_page(&page, setup).await;
    let drawn = "const frame = root?.querySelector('.frame'); if (frame) frame.isLoaders = true; \
        return !!frame && el.state === 'unopened'";
    browser.until("the first screen, without the module", drawn).await;
}

/// One button, and no module yet.
async fn at_the_first_button() -> (Stack, Browser) {
    let stack = Stack::start(Wishes::USUAL).await;
    let setup = pay_by_code(&stack.order("coffee").await);
    let browser = Browser::open(360).await;
    open(&stack, &browser, "", &setup).await;
    (stack, browser)
}

/// The looks in every language, theme and direction, one after another.
async fn looks(browser: &Browser) -> Vec<Value> {
    let script = format!(
        "{LOOK} const seen = []; \
         const tick = () => new Promise((done) => setTimeout(done, 30)); \
         for (const lang of ['en', 'id', 'ar', 'tr']) for (const theme of ['light', 'dark']) \
         for (const dir of ['ltr', 'rtl']) {{ \
             Object.assign(el, {{ lang, theme, dir }}); await tick(); \
             seen.push(`${{lang}} ${{theme}} ${{dir}}: ${{look()}}`); }} \
         return seen"
    );
    browser.in_widget_async(&script).await.as_array().expect("looks").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_buttons_are_the_modules_own_in_every_language_theme_and_direction() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "attributes": {
            "endpoint": "/api", "order": order["order"], "providers": "cashi kashier cashii cashpay",
            "amount": "15000", "currency": "IDR",
        },
        "properties": { "messages": { "about_cashi": "QRIS, any app" } },
    });
    open(&stack, &browser, "", &setup).await;
    let before = looks(&browser).await;
    assert_eq!(browser.in_widget("return el.state").await, json!("unopened"));
    browser.until("the module's own screen", "return el.state === 'choosing'").await;
    browser
        .in_widget_async("await new Promise((done) => setTimeout(done, 200)); return true")
        .await;
    let after = looks(&browser).await;
    assert_eq!(before.len(), 16);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert!(before[0].to_string().contains("QRIS, any app"), "the page's own wording");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_under_way_looks_the_same_with_the_module() {
    let never = "() => new Promise(() => {})";
    for (query, providers, press, state) in [
        ("", "cashi", "root.querySelector('button').click();", "starting"),
        ("&paywith=pay_1", "cashi", "", "checking"),
        ("", "", "", "loading"),
    ] {
        let stack = Stack::start(Wishes::USUAL).await;
        let browser = Browser::open(360).await;
        let setup = json!({
            "lang": "ar", "properties": {},
            "attributes": { "endpoint": "/api", "order": "INV-1", "providers": providers },
        });
        open(&stack, &browser, query, &setup).await;
        let functions = format!(
            "Object.assign(el, {{ createPayment: {never}, fetchPayment: {never}, fetchCheckout: {never} }}); \
             {press} return true"
        );
        browser.in_widget(&functions).await;
        let look = format!("{LOOK} return look()");
        let before = browser.in_widget(&look).await;
        assert_eq!(browser.in_widget("return el.state").await, json!("unopened"), "{state}");
        browser.until("the module's own screen", IS_REPLACED).await;
        let drawn = format!("{LOOK} return look() === {before}");
        browser.until(&format!("{state}, as before"), &drawn).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_on_the_first_screen_is_carried_out_once() {
    let (stack, browser) = at_the_first_button().await;
    // The second click of a double click meets another screen.
    let twice = "const button = root.querySelector('button.pay'); button.focus(); \
        const click = (one, detail) => one.dispatchEvent(new MouseEvent('click', { detail, bubbles: true, composed: true })); \
        click(button, 1); click(root.querySelector('button'), 2); \
        return [root.activeElement?.className, root.querySelector('h2').textContent, el.state]";
    let seen = browser.in_widget(twice).await;
    assert_eq!(seen, json!(["title", "Starting your payment…", "unopened"]));
    browser.until_state("code").await;
    assert_eq!(stack.ledger().await.len(), 1, "one payment");
    assert_eq!(browser.events("created").await.len(), 1);
    assert!(browser.events("fault").await.is_empty());
    browser.until("the module's own screen", IS_REPLACED).await;
    browser.until("the focus", "return root.activeElement?.className === 'title'").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_when_the_module_takes_over() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "attributes": {
            "endpoint": "/api", "order": order["order"], "providers": "cashi kashier",
            "amount": "15000", "currency": "IDR",
        },
        "properties": {},
    });
    open(&stack, &browser, "", &setup).await;
    let watch = "window.places = new Set(); const note = () => { \
        const { y } = document.querySelector('#after').getBoundingClientRect(); \
        places.add(`${y} ${el.getBoundingClientRect().height}`); requestAnimationFrame(note); }; \
        root.querySelector('[data-provider=kashier]').focus(); note(); return true";
    browser.in_widget(watch).await;
    browser.until("the module's own screen", IS_REPLACED).await;
    browser.until("the focus", "return root.activeElement?.dataset.provider === 'kashier'").await;
    let places = browser.run("return [...places]").await;
    assert_eq!(places.as_array().map(Vec::len), Some(1), "{places}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_was_given_up_before_the_module_came_makes_no_payment() {
    let (stack, browser) = at_the_first_button().await;
    let give_up = "window.outcome = el.start('cashi'); \
        root.querySelector('[data-action=cancel]').click(); return (await outcome).status";
    assert_eq!(browser.in_widget_async(give_up).await, json!("canceled"));
    browser.until("the buttons again", "return !!root.querySelector('button.pay')").await;
    browser.until_state("choosing").await;
    assert!(stack.ledger().await.is_empty());
    browser.press("button.pay").await;
    browser.until_state("code").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_this_browser_remembers_shows_no_buttons_first() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = pay_by_code(&order);
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    open(&stack, &browser, "", &setup).await;
    let heading = browser.in_widget("return root.querySelector('h2')?.textContent").await;
    assert_eq!(heading, json!("Getting ready…"));
    browser.until_state("code").await;
    assert_eq!(stack.ledger().await.len(), 1);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_long_in_coming_brings_the_pages_own_content_back() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "attributes": { "endpoint": "/api", "order": order["order"], "providers": "cashi" },
        "properties": {}, "button": "cashi",
    });
    let page = format!("{}/elsewhere?widget=/slower/paywith.js", stack.shop);
    browser.go_to_page(&page, &setup).await;
    browser.until("the first screen", "return !!root?.querySelector('button.pay')").await;
    let link = "document.querySelector('pay-with a').checkVisibility()";
    assert_eq!(browser.run(&format!("return {link}")).await, json!(false), "not both at once");
    browser.until("the link", &format!("return {link}")).await;
    assert_eq!(browser.in_widget("return el.state").await, json!("unopened"));
    // A button of the page itself: one payment, once the module is there.
    browser.click("pay-with button").await;
    assert_eq!(browser.run(&format!("return {link}")).await, json!(false), "it was pressed");
    browser.until_state("code").await;
    assert_eq!(browser.run(&format!("return {link}")).await, json!(false));
    assert_eq!(stack.ledger().await.len(), 1, "one payment");
    assert!(browser.events("fault").await.is_empty());
    browser.close().await;
}
