//! `mode="modal"`: a dialog above the page, whose closing ends nothing.

use paywith_e2e::browser::{Browser, Key};
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

const IS_OPEN: &str = "return !!root.querySelector('dialog[open] .box .qr img')";
const IS_CLOSED: &str =
    "return !root.querySelector('dialog') && !!root.querySelector('.box [data-action=continue]')";

async fn setup(stack: &Stack) -> Value {
    let order = stack.order("coffee").await;
    json!({
        "lang": "en",
        "attributes": {
            "endpoint": "/api", "order": order["order"], "providers": "cashi", "mode": "modal",
        },
        "properties": {},
    })
}

async fn at_the_buttons() -> (Stack, Browser) {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to_plain(&stack.shop, &setup(&stack).await).await;
    browser.until_state("choosing").await;
    (stack, browser)
}

async fn at_the_dialog() -> (Stack, Browser) {
    let (stack, browser) = at_the_buttons().await;
    browser.tap("button.pay").await;
    browser.until("the dialog", IS_OPEN).await;
    (stack, browser)
}

async fn settle(stack: &Stack) {
    let ledger = stack.ledger().await;
    assert_eq!(ledger.len(), 1, "one payment");
    stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_closes_it_the_payment_goes_on_and_paid_fires_behind_it() {
    let (stack, browser) = at_the_dialog().await;
    let focus = "return root.activeElement?.matches('dialog .title') === true";
    browser.until("the focus in the dialog", focus).await;
    browser.key(Key::Escape).await;
    browser.until("the page", IS_CLOSED).await;
    let dismissed = browser.events("dismissed").await;
    assert_eq!(dismissed.len(), 1);
    assert_eq!(dismissed[0]["detail"]["status"], json!("pending"));
    assert!(browser.events("canceled").await.is_empty());
    settle(&stack).await;
    browser.until_state("paid").await;
    assert_eq!(browser.events("paid").await.len(), 1);
    let dialogs = "return root.querySelectorAll('dialog').length";
    assert_eq!(browser.in_widget(dialogs).await, json!(0), "it does not open by itself");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_closing_leads_back_to_the_same_code() {
    let (stack, browser) = at_the_dialog().await;
    for close in ["el.close()", "root.querySelector('[data-action=close]').click()"] {
        browser.in_widget(&format!("{close}; return true")).await;
        browser.until("the page", IS_CLOSED).await;
        browser.tap("[data-action=continue]").await;
        browser.until("the dialog", IS_OPEN).await;
    }
    assert_eq!(browser.events("dismissed").await.len(), 2);
    assert_eq!(stack.ledger().await.len(), 1, "nothing was created anew");
    settle(&stack).await;
    browser.until("paid, in the dialog", "return !!root.querySelector('dialog[open] .paid')").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_beside_it_closes_it_and_one_that_began_inside_does_not() {
    let (_stack, browser) = at_the_dialog().await;
    let press = |begin: &str, end: &str| {
        format!(
            "const dialog = root.querySelector('dialog'), box = root.querySelector('.box'); \
             const event = (type) => new MouseEvent(type, {{ bubbles: true, composed: true }}); \
             {begin}.dispatchEvent(event('pointerdown')); {end}.dispatchEvent(event('click')); return true"
        )
    };
    for (begin, end) in [("box", "dialog"), ("dialog", "box"), ("box", "box")] {
        browser.in_widget(&press(begin, end)).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(browser.in_widget(IS_OPEN).await, json!(true), "{begin} {end}");
    }
    browser.in_widget(&press("dialog", "dialog")).await;
    browser.until("the page", IS_CLOSED).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_behind_it_is_inert_keeps_its_place_and_gets_the_focus_back() {
    let (_stack, browser) = at_the_buttons().await;
    let own = "const own = document.createElement('button'); own.id = 'own'; own.textContent = 'Pay'; \
        own.onclick = () => { window.pressed = (window.pressed ?? 0) + 1; \
            window.top_before = Math.round(own.getBoundingClientRect().top); el.start(); }; \
        const tall = document.createElement('div'); tall.id = 'tall'; \
        for (let line = 0; line < 120; line += 1) tall.append(document.createElement('br')); \
        document.querySelector('main').after(tall, own); return true";
    browser.in_widget(own).await;
    browser.click("#own").await;
    browser.until("the dialog", IS_OPEN).await;
    let place = "return Math.round(document.getElementById('own').getBoundingClientRect().top)";
    let before = browser.run(place).await;
    assert_ne!(browser.run("return scrollY").await, json!(0), "the page was scrolled");
    if browser.has_protocol() {
        // Measured in Chromium alone: WebKitGTK scrolls a page when the focus goes into a dialog and back.
        assert_eq!(browser.run("return window.top_before").await, before, "nothing has moved");
    }
    let inert =
        "document.getElementById('own').focus(); return document.activeElement.id !== 'own'";
    assert_eq!(browser.run(inert).await, json!(true), "nothing behind it takes the focus");
    browser.key(Key::Escape).await;
    browser.until("the page", IS_CLOSED).await;
    let back = "return document.activeElement?.id === 'own'";
    browser.until("the focus where it was", back).await;
    if browser.has_protocol() {
        assert_eq!(browser.run(place).await, before, "what the shopper saw is where it was");
    }
    assert_eq!(browser.run("return window.pressed").await, json!(1));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_and_the_back_button_find_the_payment_again() {
    let (stack, browser) = at_the_dialog().await;
    browser.reload().await;
    browser.until("the way to the code", IS_CLOSED).await;
    browser.tap("[data-action=continue]").await;
    browser.until("the dialog", IS_OPEN).await;
    browser.go_to(&format!("{}/pages/frame.html", stack.shop)).await;
    browser.back().await;
    // Out of the back/forward cache it is still open, else it is one press away.
    let found = format!(
        "const open = () => {{ {IS_OPEN} }}; const closed = () => {{ {IS_CLOSED} }}; return open() || closed()"
    );
    browser.until("the payment", &found).await;
    settle(&stack).await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_in_a_frame_inside_shadow_roots_and_for_each_of_two_widgets() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    browser.go_to_page(&format!("{}/pages/frame.html", stack.shop), &setup(&stack).await).await;
    browser.enter_frame().await;
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    browser.until("the dialog in a frame", IS_OPEN).await;
    browser.key(Key::Escape).await;
    browser.until("the frame's page", IS_CLOSED).await;
    // Moved into two shadow roots, beside a second widget.
    let nest = "const outer = document.createElement('div'); const inner = document.createElement('div'); \
        outer.attachShadow({ mode: 'open' }).append(inner); inner.attachShadow({ mode: 'open' }); \
        document.body.append(outer); const two = el.cloneNode(true); two.id = 'two'; \
        inner.shadowRoot.append(two); window.two = two; return true";
    browser.in_widget(nest).await;
    let ready = "return window.two.shadowRoot.querySelector('.frame') !== null && window.two.state !== 'unopened'";
    browser.until("the second widget", ready).await;
    browser.in_widget("el.start(); window.two.start(); return true").await;
    let both = "return [el, window.two].every((one) => one.shadowRoot.querySelector('dialog[open] .frame'))";
    browser.until("both dialogs", both).await;
    browser.in_widget("el.close(); window.two.close(); return true").await;
    browser
        .until(
            "none",
            "return [el, window.two].every((one) => !one.shadowRoot.querySelector('dialog'))",
        )
        .await;
    browser.leave_frame().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_that_is_moved_keeps_its_dialog_above_the_page_and_one_that_goes_takes_it_along()
{
    let (stack, browser) = at_the_dialog().await;
    browser.in_widget("const place = document.createElement('section'); document.body.append(place); place.append(el); return true").await;
    let is_modal = "const dialog = root.querySelector('dialog'); return dialog?.open && dialog.matches(':modal')";
    browser.until("the dialog above the page", is_modal).await;
    assert!(browser.events("dismissed").await.is_empty(), "nobody closed it");
    let away = "window.home = el.parentNode; window.gone = el; el.remove(); return true";
    browser.in_widget(away).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    browser.run("window.home.append(window.gone); return true").await;
    browser.until("the way to the code", IS_CLOSED).await;
    settle(&stack).await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_dialogs_of_the_browser_the_code_stands_in_the_page() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let mut setup = setup(&stack).await;
    setup["service"] = json!("dialogs missing");
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.press("button.pay").await;
    browser
        .until(
            "the code in the page",
            "return !root.querySelector('dialog') && !!root.querySelector('.box .qr img')",
        )
        .await;
    settle(&stack).await;
    browser.until_state("paid").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_stops_leaves_no_dialog_over_the_page() {
    let (stack, browser) = at_the_dialog().await;
    let stop = "const now = window.Date.now.bind(window.Date); let once = true; \
        window.Date.now = () => { if (once) { once = false; throw new Error('planted'); } return now(); }; \
        try { el.checkNow(); } catch {} return true";
    browser.in_widget(stop).await;
    browser.until("the page", IS_CLOSED).await;
    settle(&stack).await;
    browser.until_state("paid").await;
    browser.close().await;
}
