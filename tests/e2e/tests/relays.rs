//! The relaying backends that the documentation shows, in four languages: a browser pays a code at
//! each, and the server has recorded it; Cashi's webhook is recorded without a browser.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use axum::routing::get;
use axum::{Json, Router};
use paywith_doctor::{Kind, Plan, examine};
use paywith_e2e::browser::Browser;
use paywith_e2e::service::{Service, free_port};
use paywith_e2e::signing;
use paywith_e2e::stack::{Stack, Wishes, root};
use paywith_protocol::Provider;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What is promised of each of them.
const MOST_LINES: usize = 35;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<script type="module" src="/paywith.js"></script>
<pay-with endpoint="/api" order="INV-9921" providers="cashi" amount="15000" currency="IDR"></pay-with>
</html>"#;

/// What signs the webhooks of the simulated Cashi.
const SECRET: &str = "sk_webhook";

/// How each of them is set up and started.
struct Recipe {
    file: &'static str,
    setup: &'static str,
    command: &'static str,
}

const PHP: Recipe = Recipe {
    file: "relay.php",
    setup: "true",
    command: "exec php -S 127.0.0.1:PORT -t public relay.php",
};
const NODE: Recipe = Recipe {
    file: "relay.mjs",
    setup: "npm install --no-audit --no-fund --no-package-lock express@5",
    command: "exec node relay.mjs",
};
const PYTHON: Recipe = Recipe { file: "relay.py", setup: "true", command: "exec python3 relay.py" };
const GO: Recipe = Recipe { file: "relay.go", setup: "go build relay.go", command: "exec ./relay" };

struct Relay {
    stack: Stack,
    origin: String,
    folder: PathBuf,
    _service: Service,
}

/// A folder with a page and this relay, running on a port of its own.
async fn start(Recipe { file, setup, command }: &Recipe) -> Relay {
    let stack = Stack::start(Wishes::USUAL).await;
    let source = std::fs::read_to_string(root().join("docs/relays").join(file)).expect(file);
    let lines = source.lines().count();
    assert!(lines <= MOST_LINES, "{file} has {lines} lines");
    // Of this run alone: what an earlier one recorded would count as paid.
    let name = format!("paywith-relay-{}-{}", std::process::id(), free_port());
    let folder = std::env::temp_dir().join(name);
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
    let (origin, service) =
        run(&format!("{}/cashi", stack.sandbox), &folder, command, SECRET).await;
    Relay { stack, origin, folder, _service: service }
}

/// Starts what lies in the folder and waits until it listens.
async fn run(cashi: &str, folder: &Path, command: &str, secret: &str) -> (String, Service) {
    let port = free_port();
    let settings = [
        ("CASHI_URL", cashi.to_owned()),
        ("CASHI_KEY", "CASHI-TEST-KEY".to_owned()),
        ("CASHI_WEBHOOK_SECRET", secret.to_owned()),
        ("PORT", port.to_string()),
    ];
    let command = command.replace("PORT", &port.to_string());
    let mut service = Service::start(&command, folder, folder.join("said.log"), &settings);
    service.until_listening(port).await;
    (format!("http://127.0.0.1:{port}"), service)
}

impl Relay {
    fn has_recorded(&self, order: &str) -> bool {
        self.folder.join(format!("paid-{order}")).is_file()
    }

    /// Asks for a payment of this order as the widget does.
    async fn create(&self, order: &str) -> reqwest::Response {
        let request = reqwest::Client::new()
            .post(format!("{}/api/payments", self.origin))
            .header("content-type", "application/json")
            .header("idempotency-key", "6f1c1f8e-4b0e-4c57-9d0c-3a8f6d1f2b11")
            .body(json!({ "order": order, "provider": "cashi" }).to_string());
        request.send().await.expect("an answer")
    }

    async fn status_of(&self, query: &str) -> (u16, String) {
        let answer = reqwest::get(format!("{}/api/payments/{query}", self.origin)).await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }
}

async fn takes_money(recipe: Recipe) {
    let relay = start(&recipe).await;
    let file = recipe.file;
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

    // No one reads or pays what is not theirs, nor one order's payment under another's name.
    let (status, text) = relay.status_of(&format!("{id}?order=INV-9922&provider=cashi")).await;
    assert_eq!((status, text.contains("not_found")), (404, true), "{file}: {text}");
    let (status, _) = relay.status_of("INV-9921-X?order=INV-9921&provider=cashi").await;
    assert_eq!(status, 404, "{file}: an id made up by someone else");

    relay.stack.control("cashi", &id, "settle").await;
    browser.until_state("paid").await;
    assert!(relay.has_recorded("INV-9921"), "{file}: recorded on the server");
    assert!(browser.events("fault").await.is_empty());
    browser.close().await;

    // An error of Cashi is passed on as an error, and a foreign order is not even asked for.
    relay.stack.fault("cashi", "status", "500").await;
    let (status, _) = relay.status_of(&format!("{id}?order=INV-9921&provider=cashi")).await;
    assert!(status >= 500, "{file}: {status}");
    assert_eq!(relay.create("INV-0").await.status(), 404, "{file}");
    assert_eq!(relay.stack.ledger().await.len(), 1, "{file}: no second payment");
}

/// Cashi's amount, as a number or as a text, is the order's and 1 to 99 more, or nothing is recorded.
async fn amounts_are_exact(relay: &Relay, command: &str) {
    let amount = Arc::new(Mutex::new(json!(null)));
    let told = amount.clone();
    let answer = move || async move {
        let amount = told.lock().expect("an amount").clone();
        Json(json!({ "success": true, "status": "SETTLED", "amount": amount }))
    };
    let cashi = Router::new().route("/api/check-status/{*id}", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let place = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, cashi).await.expect("a server") });
    let (origin, _service) = run(&place, &relay.folder, command, SECRET).await;
    let body = signing::settled("INV-9921-6f1c1f8e4b0e4c579d0c");
    let signature = signing::sign(SECRET, &body);
    let record = relay.folder.join("paid-INV-9921");
    for (said, is_paid) in [
        (json!(15_001), true),
        (json!(15_099), true),
        (json!("15023"), true),
        (json!("15023.00"), true),
        (json!(15_000), false),
        (json!(15_100), false),
        (json!("15.023"), false),
        (json!("15100"), false),
        (json!(-15_023), false),
        (json!(null), false),
        (json!(true), false),
        (json!(""), false),
        (json!("abc"), false),
    ] {
        drop(std::fs::remove_file(&record));
        *amount.lock().expect("an amount") = said.clone();
        let url = format!("{origin}/api/webhooks/cashi");
        let status = signing::post(&url, &body, Some(&signature)).await;
        assert_eq!((status == 200, record.is_file()), (is_paid, is_paid), "{command}: {said}");
    }
    std::fs::write(record, "INV-9921-6f1c1f8e4b0e4c579d0c").expect("a file");
}

/// What the documentation shows follows the contract, and needs no page to be tested.
async fn follows_the_contract(recipe: Recipe) {
    let relay = start(&recipe).await;
    let endpoint = format!("{}/api", relay.origin);
    let plan = Plan::new(&endpoint, "INV-9921", Provider::Cashi, None).expect("a plan");
    let report = examine(&plan).await.expect("a report");
    assert!(!report.differs(), "{}: {report}", recipe.file);
    assert_eq!(report.kind, Kind::Relay, "{}", recipe.file);
    assert_eq!(relay.stack.ledger().await.len(), 1, "{}: one payment for each key", recipe.file);
}

/// No page is open: Cashi's webhook is verified, triggers a status call, and is recorded.
async fn hears_webhooks(recipe: Recipe) {
    let relay = start(&recipe).await;
    let file = recipe.file;
    assert_eq!(relay.create("INV-9921").await.status(), 200, "{file}");
    let id = "INV-9921-6f1c1f8e4b0e4c579d0c";
    let url = format!("{}/api/webhooks/cashi", relay.origin);
    signing::is_verified_and_proves_nothing(&url, SECRET, id).await;
    assert!(!relay.has_recorded("INV-9921"), "{file}: a webhook proved a payment");

    // Without a secret nothing gets a green light, whatever it is signed with.
    let (open, _service) = run(&relay.stack.sandbox, &relay.folder, recipe.command, "").await;
    for body in [signing::settled("TEST-1"), signing::settled(id)] {
        let url = format!("{open}/api/webhooks/cashi");
        for signature in [None, Some(signing::sign("", &body)), Some(String::new())] {
            let status = signing::post(&url, &body, signature.as_deref()).await;
            assert_eq!(status, 503, "{file}: no secret, and a green light");
        }
    }

    // An error of Cashi is not answered with 200, so that Cashi tries again.
    relay.stack.fault("cashi", "status", "500").await;
    let body = signing::settled(id);
    let right = signing::sign(SECRET, &body);
    assert!(signing::post(&url, &body, Some(&right)).await >= 500, "{file}");
    relay.stack.mend().await;

    // The simulated Cashi signs and sends its webhook itself; the dashboard's address has a slash at its end.
    let webhook = json!({ "url": format!("{url}/"), "secret": SECRET });
    let place = format!("{}/control/webhooks/cashi", relay.stack.sandbox);
    let told = reqwest::Client::new().put(place).json(&webhook).send().await;
    assert!(told.expect("an answer").status().is_success());
    relay.stack.control("cashi", id, "settle").await;
    for _ in 0..100 {
        if relay.has_recorded("INV-9921") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(relay.has_recorded("INV-9921"), "{file}: paid, and not recorded");
    amounts_are_exact(&relay, recipe.command).await;
    // The same once more is the same, in whichever case the signature is written.
    assert_eq!(signing::post(&url, &body, Some(&right.to_uppercase())).await, 200, "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn php() {
    takes_money(PHP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_nothing_wrong_with_php() {
    follows_the_contract(PHP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h7_a_webhook_is_verified_and_read_again_by_php() {
    hears_webhooks(PHP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node() {
    takes_money(NODE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_nothing_wrong_with_node() {
    follows_the_contract(NODE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h7_a_webhook_is_verified_and_read_again_by_node() {
    hears_webhooks(NODE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    takes_money(PYTHON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_nothing_wrong_with_python() {
    follows_the_contract(PYTHON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h7_a_webhook_is_verified_and_read_again_by_python() {
    hears_webhooks(PYTHON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn go() {
    takes_money(GO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_nothing_wrong_with_go() {
    follows_the_contract(GO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h7_a_webhook_is_verified_and_read_again_by_go() {
    hears_webhooks(GO).await;
}
