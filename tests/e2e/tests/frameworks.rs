//! Every stack of `tests/frameworks` takes a code's money and a hosted page's.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paywith_e2e::browser::Browser;
use paywith_e2e::service::{Service, free_port};
use paywith_e2e::stack::{Stack, Wishes, root};

/// A shopper in front of a fixture's page.
struct Visit {
    stack: Stack,
    browser: Browser,
    /// Next's own server, where the page comes from one.
    server: Option<Service>,
}

/// Opens the fixture's page with the button of one provider, and presses it.
async fn press(fixture: &str, provider: &str, product: &str) -> Visit {
    let copy = root().join("target/frameworks").join(fixture);
    let built = match fixture {
        "html" => root().join("tests/frameworks/html"),
        "next" => copy.join(".next"),
        _ => copy.join("dist"),
    };
    assert!(built.is_dir(), "{fixture} is not built: run `cargo xtask test frameworks`");
    let port = free_port();
    let own = format!("http://127.0.0.1:{port}");
    let is_served = fixture == "next";
    let wishes = Wishes { other_origin: is_served.then_some(own.as_str()), ..Wishes::USUAL };
    let stack = Stack::start_with_site(wishes, &built).await;
    let server = is_served.then(|| {
        let command = format!("exec npx next start --hostname 127.0.0.1 --port {port}");
        let backend = [("BACKEND", stack.shop.clone())];
        Service::start(&command, &copy, copy.join(format!("said-{port}.log")), &backend)
    });
    let order = stack.order(product).await;
    let order = order["order"].as_str().expect("an order");
    let origin = if is_served { &own } else { &stack.shop };
    let page = format!("{origin}/?order={order}&provider={provider}");
    let mut visit = Visit { browser: Browser::open(360).await, stack, server };
    if let Some(server) = &mut visit.server {
        server.until_listening(port).await;
        let rendered = reqwest::get(&page).await.expect("a page").text().await.expect("a text");
        assert!(rendered.contains("<pay-with"), "the tag comes from the server: {rendered}");
        assert!(rendered.contains(&format!("href=\"/pay/{order}\"")), "and the link inside it");
    }
    visit.browser.go_to(&page).await;
    visit.browser.until_state("choosing").await;
    visit.browser.press("button.pay").await;
    visit
}

/// The page received `paid`, once.
async fn until_thanked(browser: &Browser) {
    browser.until_state("paid").await;
    browser.until("the page's own thanks", "return document.title === 'Checkout paid'").await;
}

async fn pays(fixture: &str) {
    let Visit { stack, browser, server: _server } = press(fixture, "cashi", "coffee").await;
    browser.until("the code", "return !!root.querySelector('.qr img')").await;
    let ledger = stack.ledger().await;
    assert_eq!(ledger.len(), 1, "one press is one payment");
    let id = ledger[0]["id"].as_str().expect("a payment");
    stack.control("cashi", id, "settle").await;
    until_thanked(&browser).await;
    browser.close().await;

    let Visit { stack, browser, server: _server } = press(fixture, "kashier", "scarf").await;
    browser.until("the hosted page", "return !!document.querySelector('#approve')").await;
    browser.click("#approve").await;
    until_thanked(&browser).await;
    assert_eq!(stack.ledger().await.len(), 1, "one press is one payment");
    browser.close().await;
}

macro_rules! fixtures {
    ($($name:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                pays(stringify!($name)).await;
            }
        )+
    };
}

fixtures!(html, react19, react18, next, vue, svelte, webpack, esbuild, rollup);
