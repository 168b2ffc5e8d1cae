//! SIGKILL at every named instant and at random ones, on the real program with its real file. The
//! simulated providers keep a ledger of their own; afterwards the two are compared.
//!
//! `KILL_ROUNDS` (default 5) is how often each named instant is killed; as many again, per four of
//! them, are at random.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use paywith_merchant::Order;
use paywith_protocol::Money;
use paywith_sandbox::Settings;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

const INSTANTS: [&str; 8] = [
    "IntentBeforeCommit",
    "IntentCommitted",
    "ProviderAnswered",
    "AnswerCommitted",
    "WebhookBeforeCommit",
    "WebhookCommitted",
    "StatusRead",
    "StatusCommitted",
];
const TOKEN_SECRET: &str = "an order token secret of many bytes";
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the program and the providers are, for calls that go on while the program is killed.
#[derive(Clone)]
struct Calls {
    http: reqwest::Client,
    sandbox: String,
    port: u16,
}

/// The program, its file, and the providers behind it.
struct Machine {
    calls: Calls,
    folder: PathBuf,
    program: Option<Child>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill();
        // A temporary folder is no loss.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Machine {
    async fn new() -> Machine {
        let providers = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sandbox = format!("http://{}", providers.local_addr().expect("an address"));
        let app = paywith_sandbox::app(Settings::demo(sandbox.clone()));
        tokio::spawn(async move { axum::serve(providers, app).await.expect("providers") });
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = free.local_addr().expect("an address").port();
        let folder = std::env::temp_dir().join(format!("paywith-kills-{port}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        let http = common::client();
        let machine = Machine { calls: Calls { http, sandbox, port }, folder, program: None };
        std::fs::write(machine.folder.join("paywith.toml"), machine.config()).expect("a file");
        let url = format!("{}/api/webhooks/cashi", machine.calls.url());
        let hook = json!({ "url": url, "secret": "sk_cashi" }).to_string();
        let told =
            machine.calls.http.put(format!("{}/control/webhooks/cashi", machine.calls.sandbox));
        let told = told.header("content-type", "application/json").body(hook).send().await;
        assert!(told.expect("an answer").status().is_success());
        machine
    }

    fn config(&self) -> String {
        let Calls { sandbox, port, .. } = &self.calls;
        let url = self.calls.url();
        let database = self.folder.join("paywith.sqlite");
        format!(
            r#"
listen = "127.0.0.1:{port}"
public_url = "{url}"
shop_origins = ["https://shop.example"]
database = {database:?}
order_token_secret = "{TOKEN_SECRET}"
read_interval_ms = 0
sweep_first_ms = 400
[demo]
enabled = true
[cashii]
base_url = "{sandbox}/cashii"
api_key = "cashii-test-key"
[cashpay]
base_url = "{sandbox}/cashpay"
client_id = "cashpay-test-client"
client_secret = "cashpay-test-secret"
read_path = "/charges/{{id}}"
[kashier]
base_url = "{sandbox}/kashier"
secret_key = 'kashier$test$secret-key'
api_key = "kashier-test-api-key"
merchant_id = "MID-0-1"
[cashi]
base_url = "{sandbox}/cashi"
api_key = "CASHI-TEST-KEY"
webhook_secret = "sk_cashi"
"#
        )
    }

    fn stop_file(&self) -> PathBuf {
        self.folder.join("stopped")
    }

    /// Starts the program, which stops at this instant if one is named.
    async fn start(&mut self, stop_at: Option<&str>) {
        // No such file is what is wanted.
        drop(std::fs::remove_file(self.stop_file()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_paywith-merchant"));
        command.arg("--config").arg(self.folder.join("paywith.toml"));
        command.env("PAYWITH_STOP_AT", stop_at.unwrap_or_default());
        command.env("PAYWITH_STOP_FILE", self.stop_file());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.program = Some(command.spawn().expect("the program"));
        let begun = Instant::now();
        while self.calls.http.get(format!("{}/healthz", self.calls.url())).send().await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "the program does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// SIGKILL.
    fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().expect("it can be killed");
            program.wait().expect("it ends");
        }
    }
}

impl Calls {
    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn token(order: &str, amount: &str, currency: &str) -> String {
        let price = Money::parse(amount, currency).expect("money");
        let order = Order { id: order.to_owned(), price, description: None, providers: Vec::new() };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        order.sign(&SecretString::from(TOKEN_SECRET), now + 3_600).expect("a token")
    }

    /// One create call, as the widget would send it; `None` when no answer came.
    async fn create(&self, order: &Shopping) -> Option<Value> {
        let token = Calls::token(&order.id, order.amount, order.currency);
        let body = json!({ "order": token, "provider": order.provider,
            "return_url": "https://shop.example/cart", "locale": "en", "supersedes": null });
        let request = self.http.post(format!("{}/api/payments", self.url()));
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", format!("key-{}", order.id));
        let answer = request.timeout(PATIENCE).body(body.to_string()).send().await.ok()?;
        let text = answer.text().await.ok()?;
        let payment: Value = serde_json::from_str(&text).ok()?;
        payment["id"].is_string().then_some(payment)
    }

    async fn ledger(&self) -> Vec<Value> {
        let answer = self.http.get(format!("{}/control/orders", self.sandbox)).send().await;
        let text = answer.expect("an answer").text().await.expect("a text");
        serde_json::from_str(&text).expect("rows")
    }

    async fn settle(&self, row: &Value) {
        let id = paywith_providers::urls::percent_encode(row["id"].as_str().expect("an id"));
        let provider = row["provider"].as_str().expect("a provider");
        let url = format!("{}/control/{provider}/{id}/settle", self.sandbox);
        let done = self.http.post(url).send().await.expect("an answer");
        assert!(done.status().is_success());
    }

    /// What the server has recorded of an order; `None` when no answer came.
    async fn record(&self, order: &str) -> Option<Value> {
        let url = format!("{}/api/demo/orders/{order}", self.url());
        let answer = self.http.get(url).timeout(Duration::from_secs(5)).send().await.ok()?;
        serde_json::from_str(&answer.text().await.ok()?).ok()
    }
}

/// One order of one shopper.
#[derive(Clone)]
struct Shopping {
    id: String,
    provider: &'static str,
    amount: &'static str,
    currency: &'static str,
}

impl Shopping {
    fn new(number: usize) -> Shopping {
        // In another order at every round of the instants.
        let (provider, amount, currency) = common::ORDERS[(number + number / 8) % 4];
        Shopping { id: format!("INV-{number:04}-K"), provider, amount, currency }
    }
}

/// A shopper buys while the process is killed at this instant, or at a random one; then it is
/// started again, and the shopper's browser tries again with the same key.
async fn buy(machine: &mut Machine, order: &Shopping, stop_at: Option<&str>) -> bool {
    let is_early = INSTANTS.iter().position(|one| Some(*one) == stop_at).is_none_or(|at| at < 4);
    let mut is_killed = false;
    if is_early {
        machine.start(stop_at).await;
        let (calls, order) = (machine.calls.clone(), order.clone());
        let creating = async move { drop(calls.create(&order).await) };
        is_killed = kill_while(machine, stop_at, creating).await;
        if is_killed {
            machine.start(None).await;
        }
    } else {
        machine.start(None).await;
    }
    let payment = loop_until(|| machine.calls.create(order)).await;
    // The shopper pays what was disclosed, and nothing else.
    let id = payment["id"].as_str().expect("an id");
    let known = machine.calls.record(&order.id).await.expect("a record");
    assert!(known.to_string().contains(id), "what was disclosed is on the disk: {known}");
    let rows = machine.calls.ledger().await;
    let ours: Vec<&Value> = rows
        .iter()
        .filter(|row| row["order_ref"].as_str().expect("text").contains(&order.id))
        .collect();
    let row = *ours.last().expect("a payment at the provider");
    if !is_early {
        machine.kill();
        machine.start(stop_at).await;
        let (calls, row) = (machine.calls.clone(), row.clone());
        is_killed = kill_while(machine, stop_at, async move { calls.settle(&row).await }).await;
        if is_killed {
            machine.start(None).await;
        }
    } else {
        machine.calls.settle(row).await;
    }
    let begun = Instant::now();
    loop {
        let known = machine.calls.record(&order.id).await.expect("a record");
        if known["paid"] == true {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{} at {stop_at:?}: {known}", order.id);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    machine.kill();
    is_killed
}

async fn loop_until<T, F: Future<Output = Option<T>>>(mut attempt: impl FnMut() -> F) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = attempt().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "no answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Does something, and kills the program at the instant, or after a random time.
async fn kill_while(
    machine: &mut Machine,
    stop_at: Option<&str>,
    action: impl Future<Output = ()> + Send + 'static,
) -> bool {
    let doing = tokio::spawn(action);
    let begun = Instant::now();
    if stop_at.is_some() {
        while !machine.stop_file().is_file() {
            if begun.elapsed() > PATIENCE {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    } else {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").subsec_nanos();
        tokio::time::sleep(Duration::from_micros(u64::from(nanos) % 60_000)).await;
    }
    machine.kill();
    doing.await.expect("the call ends");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_instant_the_process_is_killed_at_no_money_is_lost() {
    let rounds: usize =
        std::env::var("KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut machine = Machine::new().await;
    let mut kills = vec![0; INSTANTS.len() + 1];
    let mut number = 0;
    for _ in 0..rounds {
        for (at, instant) in INSTANTS.iter().enumerate() {
            number += 1;
            let mut order = Shopping::new(number);
            if instant.starts_with("Webhook") && order.provider == "cashii" {
                // Cashii posts nothing.
                order = Shopping { id: order.id, ..Shopping::new(number + 1) };
            }
            let is_killed = buy(&mut machine, &order, Some(instant)).await;
            kills[at] += usize::from(is_killed);
        }
        for _ in 0..2 {
            number += 1;
            let is_killed = buy(&mut machine, &Shopping::new(number), None).await;
            kills[INSTANTS.len()] += usize::from(is_killed);
        }
    }
    println!("kills per instant, the last at random: {kills:?}");
    assert!(kills.iter().all(|count| *count > 0), "{kills:?}");
    compare(&mut machine, number).await;
}

/// The providers' ledger against ours: all that was settled is paid or under review, nothing else
/// is, and no order is paid twice.
async fn compare(machine: &mut Machine, orders: usize) {
    machine.start(None).await;
    let ledger = machine.calls.ledger().await;
    for number in 1..=orders {
        let order = Shopping::new(number).id;
        let settled = ledger.iter().filter(|row| {
            row["order_ref"].as_str().expect("text").contains(&order) && row["state"] == "paid"
        });
        assert_eq!(settled.count(), 1, "{order}: the shopper paid once");
        let known = machine.calls.record(&order).await.expect("a record");
        let payments = known["payments"].as_array().expect("payments");
        let paid = payments.iter().filter(|payment| payment["status"] == "paid").count();
        let reviewed = payments.iter().filter(|payment| payment["review"].is_string()).count();
        assert_eq!((paid, reviewed), (1, 0), "{order}: {known}");
    }
}
