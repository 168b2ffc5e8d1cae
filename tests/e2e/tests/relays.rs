//! The relaying backends that the documentation shows, in four languages: a browser pays a code at
//! each, and the server has recorded it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paywith_e2e::browser::Browser;
use paywith_e2e::service::{Service, free_port};
use paywith_e2e::stack::{Stack, Wishes, root};
use std::path::PathBuf;
use std::process::Command;

/// What is promised of each of them.
const MOST_LINES: usize = 25;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<script type="module" src="/paywith.js"></script>
<pay-with endpoint="/api" order="INV-9921" providers="cashi" amount="15000" currency="IDR"></pay-with>
</html>"#;

struct Relay {
    stack: Stack,
    origin: String,
    folder: PathBuf,
    _service: Service,
}

/// A folder with a page and this relay, running on a port of its own.
async fn start(file: &str, setup: &str, command: &str) -> Relay {
    let stack = Stack::start(Wishes::USUAL).await;
    let source = std::fs::read_to_string(root().join("docs/relays").join(file)).expect(file);
    let lines = source.lines().count();
    assert!(lines <= MOST_LINES, "{file} has {lines} lines");
    let port = free_port();
    let folder = std::env::temp_dir().join(format!("paywith-relay-{port}"));
    std::fs::create_dir_all(folder.join("public")).expect("a folder");
    std::fs::write(folder.join(file), source).expect("a file");
    std::fs::write(folder.join("public/index.html"), PAGE).expect("a file");
    for name in ["paywith.js", "paywith.wasm"] {
        let copied =
            std::fs::copy(root().join("dist").join(name), folder.join("public").join(name));
        copied.expect("the built widget: cargo xtask dist");
    }
    let done = Command::new("bash").args(["-c", setup]).current_dir(&folder).status();
    assert!(done.expect("bash").success(), "{setup}");
    let settings = [
        ("CASHI_URL", format!("{}/cashi", stack.sandbox)),
        ("CASHI_KEY", "CASHI-TEST-KEY".to_owned()),
        ("PORT", port.to_string()),
    ];
    let command = command.replace("PORT", &port.to_string());
    let log = folder.join("said.log");
    let mut service = Service::start(&command, &folder, log, &settings);
    service.until_listening(port).await;
    Relay { stack, origin: format!("http://127.0.0.1:{port}"), folder, _service: service }
}

impl Relay {
    fn has_recorded(&self, order: &str) -> bool {
        self.folder.join(format!("paid-{order}")).is_file()
    }

    async fn status_of(&self, query: &str) -> (u16, String) {
        let answer = reqwest::get(format!("{}/api/payments/{query}", self.origin)).await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }
}

async fn takes_money(file: &str, setup: &str, command: &str) {
    let relay = start(file, setup, command).await;
    let browser = Browser::open(360).await;
    browser.go_to(&relay.origin).await;
    browser.until_state("choosing").await;
    browser.press("button.pay").await;
    browser.until_state("code").await;
    let ledger = relay.stack.ledger().await;
    assert_eq!(ledger.len(), 1, "one press is one payment");
    let id = ledger[0]["id"].as_str().expect("a payment").to_owned();
    assert!(id.starts_with("INV-9921-"), "{id}");
    assert!(!relay.has_recorded("INV-9921"), "nothing is paid yet");

    // Nobody reads or pays what is not theirs, nor one order's payment under another's name.
    let (status, text) = relay.status_of(&format!("{id}?order=INV-9922&provider=cashi")).await;
    assert_eq!((status, text.contains("not_found")), (404, true), "{file}: {text}");
    let (status, _) = relay.status_of("INV-9921-X?order=INV-9921&provider=cashi").await;
    assert_eq!(status, 404, "{file}: an id of somebody else's making");

    relay.stack.control("cashi", &id, "settle").await;
    browser.until_state("paid").await;
    assert!(relay.has_recorded("INV-9921"), "{file}: recorded on the server");
    assert!(browser.events("fault").await.is_empty());
    browser.close().await;

    // Trouble at Cashi is handed on as trouble, and a foreign order is not even asked for.
    relay.stack.fault("cashi", "status", "500").await;
    let (status, _) = relay.status_of(&format!("{id}?order=INV-9921&provider=cashi")).await;
    assert!(status >= 500, "{file}: {status}");
    let client = reqwest::Client::new();
    let body = r#"{"order":"INV-0","provider":"cashi"}"#;
    let made = client
        .post(format!("{}/api/payments", relay.origin))
        .header("content-type", "application/json")
        .header("idempotency-key", "6f1c1f8e-4b0e-4c57-9d0c-3a8f6d1f2b11")
        .body(body);
    assert_eq!(made.send().await.expect("an answer").status(), 404, "{file}");
    assert_eq!(relay.stack.ledger().await.len(), 1, "{file}: no second payment");
}

#[tokio::test(flavor = "multi_thread")]
async fn php() {
    takes_money("relay.php", "true", "exec php -S 127.0.0.1:PORT -t public relay.php").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node() {
    let setup = "npm install --no-audit --no-fund --no-package-lock express@5";
    takes_money("relay.mjs", setup, "exec node relay.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    takes_money("relay.py", "true", "exec python3 relay.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go() {
    takes_money("relay.go", "go build relay.go", "exec ./relay").await;
}
