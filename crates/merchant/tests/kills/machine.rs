//! The program that is killed, its database, and the providers behind it.

use crate::common;
use paywith_merchant::Order;
use paywith_protocol::Money;
use paywith_sandbox::Settings;
use paywith_test_postgres::Postgres;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

const TOKEN_SECRET: &str = "an order token secret of many bytes";
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Where the program and the providers are, for calls that go on while the program is killed.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) http: reqwest::Client,
    pub(crate) sandbox: String,
    pub(crate) port: u16,
    /// The other program over the same database, which nobody kills.
    pub(crate) other_port: Option<u16>,
}

/// The program that is killed, its database, and the providers behind it.
pub(crate) struct Machine {
    pub(crate) calls: Calls,
    pub(crate) folder: PathBuf,
    pub(crate) program: Option<Child>,
    pub(crate) other: Option<Child>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill();
        if let Some(mut other) = self.other.take() {
            drop(other.kill());
            drop(other.wait());
        }
        // A temporary folder is no loss.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Machine {
    /// With a file of its own, or over this server, where another program works too.
    pub(crate) async fn new(server: Option<&Postgres>) -> Machine {
        let providers = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sandbox = format!("http://{}", providers.local_addr().expect("an address"));
        let app = paywith_sandbox::app(Settings::demo(sandbox.clone()));
        tokio::spawn(async move { axum::serve(providers, app).await.expect("providers") });
        let port = free_port().await;
        let folder = std::env::temp_dir().join(format!("paywith-kills-{port}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        let http = common::client();
        let other_port = if server.is_some() { Some(free_port().await) } else { None };
        let calls = Calls { http, sandbox, port, other_port };
        let mut machine = Machine { calls, folder, program: None, other: None };
        let file = machine.folder.join("paywith.sqlite").to_string_lossy().into_owned();
        let database = server.map_or(file, |server| server.new_database().expect("a database"));
        let config = machine.config(&database);
        std::fs::write(machine.folder.join("paywith.toml"), config).expect("a file");
        if let Some(port) = other_port {
            machine.other = Some(machine.run(port, None));
            machine.calls.wait_for(port, &machine.stop_file()).await;
        }
        let url = format!("{}/api/webhooks/cashi", machine.calls.url());
        let hook = json!({ "url": url, "secret": "sk_cashi" }).to_string();
        let told =
            machine.calls.http.put(format!("{}/control/webhooks/cashi", machine.calls.sandbox));
        let told = told.header("content-type", "application/json").body(hook).send().await;
        assert!(told.expect("an answer").status().is_success());
        machine
    }

    pub(crate) fn config(&self, database: &str) -> String {
        let Calls { sandbox, port, .. } = &self.calls;
        let url = self.calls.url();
        format!(
            r#"
listen = "127.0.0.1:{port}"
public_url = "{url}"
shop_origins = ["https://shop.example"]
database = {database:?}
order_token_secret = "{TOKEN_SECRET}"
read_interval_ms = 0
sweep_first_ms = 400
claim_ms = 400
provider_deadline_ms = 2_000
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

    pub(crate) fn stop_file(&self) -> PathBuf {
        self.folder.join("stopped")
    }

    /// Starts the program, which stops at this instant if one is named.
    pub(crate) async fn start(&mut self, stop_at: Option<&str>) {
        // No such file is what is wanted.
        drop(std::fs::remove_file(self.stop_file()));
        self.program = Some(self.run(self.calls.port, stop_at));
        self.calls.wait_for(self.calls.port, &self.stop_file()).await;
    }

    pub(crate) fn run(&self, port: u16, stop_at: Option<&str>) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paywith-merchant"));
        command.arg("--config").arg(self.folder.join("paywith.toml"));
        command.env("PAYWITH_LISTEN", format!("127.0.0.1:{port}"));
        command.env("PAYWITH_STOP_AT", stop_at.unwrap_or_default());
        command.env("PAYWITH_STOP_FILE", self.stop_file());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program")
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().expect("it can be killed");
            program.wait().expect("it ends");
        }
    }
}

impl Calls {
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The same, by the program that lives when this one was killed.
    pub(crate) fn by_the_other(&self) -> Calls {
        Calls { port: self.other_port.unwrap_or(self.port), ..self.clone() }
    }

    /// Until it answers, or has stopped at its instant already: the background begins at once.
    pub(crate) async fn wait_for(&self, port: u16, stop_file: &Path) {
        let begun = Instant::now();
        let url = format!("http://127.0.0.1:{port}/healthz");
        let ask = || self.http.get(&url).timeout(Duration::from_secs(1)).send();
        while !stop_file.is_file() && ask().await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "the program does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks for the status until it is paid or nobody answers.
    pub(crate) async fn watch(&self, id: &str, order: &Shopping) {
        let token = Calls::token(&order.id, order.amount, order.currency);
        let url = format!("{}/api/payments/{id}?order={token}", self.url());
        while let Ok(answer) = self.http.get(&url).timeout(PATIENCE).send().await {
            if answer.text().await.is_ok_and(|text| text.contains("\"paid\"")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn token(order: &str, amount: &str, currency: &str) -> String {
        let price = Money::parse(amount, currency).expect("money");
        let order = Order {
            id: order.to_owned(),
            price,
            description: None,
            providers: Vec::new(),
            extras: paywith_merchant::OrderExtras::default(),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        order.sign(&SecretString::from(TOKEN_SECRET), now + 3_600).expect("a token")
    }

    /// One create call, as the widget would send it; `None` when no answer came.
    pub(crate) async fn create(&self, order: &Shopping) -> Option<Value> {
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

    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let answer = self.http.get(format!("{}/control/orders", self.sandbox)).send().await;
        let text = answer.expect("an answer").text().await.expect("a text");
        serde_json::from_str(&text).expect("rows")
    }

    pub(crate) async fn settle(&self, row: &Value) {
        let id = paywith_providers::urls::percent_encode(row["id"].as_str().expect("an id"));
        let provider = row["provider"].as_str().expect("a provider");
        let url = format!("{}/control/{provider}/{id}/settle", self.sandbox);
        let done = self.http.post(url).send().await.expect("an answer");
        assert!(done.status().is_success());
    }

    /// What the server has recorded of an order; `None` when no answer came.
    pub(crate) async fn record(&self, order: &str) -> Option<Value> {
        let url = format!("{}/api/demo/orders/{order}", self.url());
        let answer = self.http.get(url).timeout(Duration::from_secs(5)).send().await.ok()?;
        serde_json::from_str(&answer.text().await.ok()?).ok()
    }
}

/// One order of one shopper.
#[derive(Clone)]
pub(crate) struct Shopping {
    pub(crate) id: String,
    pub(crate) provider: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) currency: &'static str,
}

impl Shopping {
    pub(crate) fn new(number: usize) -> Shopping {
        // In another order at every round of the instants.
        let (provider, amount, currency) = common::ORDERS[(number + number / 8) % 4];
        Shopping { id: format!("INV-{number:04}-K"), provider, amount, currency }
    }
}

async fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    free.local_addr().expect("an address").port()
}
