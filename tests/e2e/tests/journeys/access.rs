//! Who does not see, does not point, or sees little: every screen examined by axe, and a payment by keyboard alone.

use paywith_e2e::browser::{Browser, Key};
use paywith_e2e::stack::{Stack, Wishes};
use serde_json::{Value, json};

/// WCAG 2.2, levels A and AA, by the machine's part of it.
const EXAMINE: &str = "const isRising = (one) => one.animationName === 'rise'; \
    const all = [...document.querySelectorAll('pay-with')].flatMap((one) => one.shadowRoot.getAnimations?.() ?? []); \
    await Promise.all(all.filter(isRising).map((one) => one.finished)); \
    await new Promise((done, fail) => { \
        const script = document.createElement('script'); \
        Object.assign(script, { src: '/axe.js', onload: done, onerror: fail }); \
        document.head.append(script); }); \
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']; \
    const found = await axe.run(document, { runOnly: { type: 'tag', values: tags }, elementRef: false }); \
    const told = ({ id, nodes }) => `${id}: ${nodes.map((node) => \
        `${node.html.slice(0, 160)} (${node.failureSummary})`).join(' | ')}`; \
    return { rules: found.passes.length, violations: found.violations.map(told) }";

/// Opens screens, and answers what axe finds in them.
async fn violations(browser: &Browser, stack: &Stack, query: &str) -> Vec<Value> {
    browser.go_to(&format!("{}/pages/states.html?{query}", stack.shop)).await;
    browser.until("every screen", "return window.isComplete === true").await;
    let found = browser.in_widget_async(EXAMINE).await;
    assert!(found["rules"].as_u64().is_some_and(|rules| rules > 10), "{found}");
    found["violations"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_screen_theme_and_direction() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    let mut found = Vec::new();
    for (lang, dir) in [("en", "ltr"), ("ar", "rtl"), ("id", "rtl"), ("tr", "ltr")] {
        for theme in ["light", "dark"] {
            let query = format!("lang={lang}&dir={dir}&theme={theme}");
            let violations = violations(&browser, &stack, &query).await;
            found.extend(violations.into_iter().map(|one| format!("{query}: {one}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_the_dialog() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    for screen in ["code", "expired", "paid"] {
        for (lang, theme) in [("en", "light"), ("ar", "dark")] {
            let query = format!("only={screen}&mode=modal&lang={lang}&theme={theme}");
            let found = violations(&browser, &stack, &query).await;
            assert!(found.is_empty(), "{query}: {found:?}");
            let is_modal = "return root.querySelector('dialog')?.matches(':modal') === true";
            assert_eq!(browser.in_widget(is_modal).await, json!(true), "{query}: in the dialog");
        }
    }
    browser.close().await;
}

/// Presses Tab until the focus is on this part of the widget.
async fn tab_to(browser: &Browser, selector: &str) {
    for _ in 0..15 {
        browser.key(Key::Tab).await;
        let is_there = format!("return root.activeElement?.matches({selector:?}) === true");
        if browser.in_widget(&is_there).await == json!(true) {
            // WebKit's driver presses keys that WebKit does not count as a keyboard's.
            let outline = "const one = root.activeElement; \
                return !one.matches(':focus-visible') || getComputedStyle(one).outlineStyle !== 'none'";
            assert_eq!(
                browser.in_widget(outline).await,
                json!(true),
                "the focus is seen: {selector}"
            );
            return;
        }
    }
    panic!("no Tab leads to {selector}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_reaches_paid() {
    let stack = Stack::start(Wishes::USUAL).await;
    let order = stack.order("coffee").await;
    let browser = Browser::open(360).await;
    let setup = json!({
        "lang": "en",
        "attributes": {
            "endpoint": "/api", "order": order["order"], "providers": "kashier cashi",
            "success-url": "/pages/frame.html?open=1",
        },
        "properties": {},
    });
    browser.go_to_plain(&stack.shop, &setup).await;
    browser.until_state("choosing").await;
    tab_to(&browser, "[data-action=cashi]").await;
    browser.key(Key::Enter).await;
    browser.until("the code", "return !!root.querySelector('.qr img')").await;
    let heading = "return root.activeElement?.matches('.title') === true";
    browser.until("the focus on the heading of the new screen", heading).await;
    browser.in_widget("navigator.clipboard.writeText = async (text) => { window.copied = text; }; return true").await;
    tab_to(&browser, "[part=copy]").await;
    browser.key(Key::Enter).await;
    browser.until("the amount", "return /^15\\d{3}$/.test(window.copied)").await;
    tab_to(&browser, "[part=save]").await;
    tab_to(&browser, "[data-action=check]").await;
    let ledger = stack.ledger().await;
    stack.control("cashi", ledger[0]["id"].as_str().expect("an id"), "settle").await;
    browser.key(Key::Enter).await;
    browser.until_state("paid").await;
    browser.until("the focus on the heading", heading).await;
    tab_to(&browser, ".paid a").await;
    browser.key(Key::Enter).await;
    browser.until("the next page", "return location.pathname === '/pages/frame.html'").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cut_at_280_pixels_and_at_twice_the_text_size() {
    let stack = Stack::start(Wishes::USUAL).await;
    let browser = Browser::open(360).await;
    // Every element inside its widget: nothing wider than its place, no text cut off.
    let cut = "const found = []; for (const one of document.querySelectorAll('pay-with')) { \
        const place = one.getBoundingClientRect(); \
        for (const part of one.shadowRoot.querySelectorAll('.frame *')) { \
            if (part.closest('.unseen, .rays, svg, details:not([open]) > :not(summary)')) continue; \
            const { left, right, width } = part.getBoundingClientRect(); \
            const name = one.previousElementSibling.textContent; \
            if (width > 0 && (left < place.left - 1 || right > place.right + 1)) \
                found.push(`${name}: ${part.className || part.localName} sticks out`); \
            if (part.children.length === 0 && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) \
                found.push(`${name}: ${part.textContent} is cut`); } } return found";
    for lang in ["en", "id", "ar", "tr"] {
        for (query, text) in [("width=280", "100%"), ("width=360", "200%")] {
            browser.go_to(&format!("{}/pages/states.html?lang={lang}&{query}", stack.shop)).await;
            browser.until("every screen", "return window.isComplete === true").await;
            browser.run(&format!("document.body.style.fontSize = '{text}'; return true")).await;
            let found = browser.run(cut).await;
            assert_eq!(found, json!([]), "{lang} {query} {text}");
        }
    }
    browser.close().await;
}
