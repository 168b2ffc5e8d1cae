//! The commands of docs/internet.md for backups, restores and upgrades, run as they are written,
//! with a real program and its real database. Only the paths are moved into a folder, and a script
//! stands in for the service manager.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, answer, body, new_folder, now_s};
use hmac::{Hmac, KeyInit, Mac};
use paywith_merchant::{Order, OrderExtras};
use paywith_protocol::Money;
use paywith_test_postgres::{HeldPort, Postgres};
use serde_json::{Value, json};
use sha2::Sha256;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ORDER_SECRET: &str = "an-order-token-secret-of-32-bytes-or-more";
const CASHI_SECRET: &str = "sk_cashi_test";
/// Longer than a busy machine takes for anything here.
const PATIENCE: Duration = Duration::from_secs(30);

/// Does what `systemctl` does for one service. It ends by itself, should the test be killed.
const SYSTEMCTL: &str = r#"#!/bin/sh
cd "$(dirname "$0")/.." || exit 1
case $1 in stop | restart)
    pid=$(cat pid)
    kill "$pid"
    while readlink "/proc/$pid/exe" >/dev/null 2>&1; do sleep 0.05; done ;;
esac
case $1 in start | restart)
    set -a
    . ./etc/paywith/secrets.env
    timeout 300 usr/local/bin/paywith-merchant --config etc/paywith/paywith.toml >>log 2>&1 &
    echo $! >pid ;;
esac
"#;

/// The shell commands under a heading of docs/internet.md, block by block.
fn commands(heading: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/internet.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let after = page.split_once(&format!("\n{heading}\n")).expect("the heading").1;
    let end = after.find("\n#").unwrap_or(after.len());
    let blocks = after[..end].split("\n```sh\n").skip(1);
    blocks.map(|block| block.split("\n```").next().expect("an end").to_owned()).collect()
}

/// A folder that stands for the machine that the page is about.
struct Machine {
    root: PathBuf,
    port: HeldPort,
    /// The simulated providers.
    providers: Shop,
    http: reqwest::Client,
    postgres: Option<String>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.root.join("pid")).unwrap_or_default();
        // It may have ended already.
        drop(Command::new("kill").arg(pid.trim()).status());
        drop(std::fs::remove_dir_all(&self.root));
    }
}

impl Machine {
    /// A machine whose service runs.
    async fn start(postgres: Option<String>) -> Machine {
        let providers = Shop::open().await;
        let (root, port) = (new_folder(), HeldPort::take().expect("a port"));
        let http = common::client();
        let machine = Machine { root, port, providers, http, postgres };
        for folder in ["bin", "etc/paywith", "usr/local/bin", "var/lib/paywith", "var/backups"] {
            std::fs::create_dir_all(machine.root.join(folder)).expect("a folder");
        }
        for (name, script) in [("systemctl", SYSTEMCTL), ("sudo", "#!/bin/sh\nexec \"$@\"\n")] {
            let file = machine.root.join("bin").join(name);
            std::fs::write(&file, script).expect("a script");
            std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).expect("a mode");
        }
        let file = machine.root.join("etc/paywith/paywith.toml");
        std::fs::write(file, machine.configuration()).expect("the configuration");
        let secrets = format!("PAYWITH_ORDER_TOKEN_SECRET='{ORDER_SECRET}'\n");
        std::fs::write(machine.root.join("etc/paywith/secrets.env"), secrets).expect("secrets");
        machine.run("sudo install -m 0755 target/server/paywith-merchant /usr/local/bin/");
        machine.run("sudo systemctl start paywith");
        machine.until_ready().await;
        machine
    }

    fn configuration(&self) -> String {
        let file = self.root.join("var/lib/paywith/paywith.sqlite");
        let file = file.to_string_lossy().into_owned();
        let database = self.postgres.as_ref().unwrap_or(&file);
        let (address, sandbox) = (self.port.address(), &self.providers.sandbox);
        format!(
            "listen = \"{address}\"\npublic_url = \"https://pay.shop.example\"\n\
             shop_origins = [\"https://shop.example\"]\ndatabase = {database:?}\n\
             read_interval_ms = 0\nmetrics_token = \"token\"\n\
             rate_limit.per_client = 0\nrate_limit.per_order = 0\n\
             [cashi]\nbase_url = \"{sandbox}/cashi\"\napi_key = \"CASHI-TEST-KEY\"\n\
             webhook_secret = \"{CASHI_SECRET}\"\n"
        )
    }

    /// Runs commands as the page writes them. Returns what they print.
    #[track_caller]
    fn run(&self, commands: &str) -> String {
        let root = self.root.to_string_lossy().into_owned();
        let mut text = commands.to_owned();
        for folder in ["/var/lib/paywith", "/var/backups", "/usr/local/bin"] {
            text = text.replace(folder, &[&root, folder].concat());
        }
        text =
            text.replace("target/server/paywith-merchant", env!("CARGO_BIN_EXE_paywith-merchant"));
        text = text.replace("127.0.0.1:8090", &self.port.address().to_string());
        let mut path = self.root.join("bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut bash = Command::new("bash");
        bash.args(["-e", "-u", "-o", "pipefail", "-c", &text]).env("PATH", path);
        bash.env("DATABASE_URL", self.postgres.as_deref().unwrap_or_default());
        let ran = bash.output().expect("bash");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{text}: {said}");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// Restores the only copy, of whatever day it is.
    fn restore(&self, commands: &str, ending: &str) {
        let copies = std::fs::read_dir(self.root.join("var/backups")).expect("copies");
        let names = copies.map(|copy| copy.expect("a file").file_name().into_string());
        let names: Vec<String> = names.map(|name| name.expect("a name")).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        let written = ["paywith-2026-11-20.", ending].concat();
        assert!(commands.contains(&written), "{commands}");
        self.run(&commands.replace(&written, &names[0]));
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.port.address())
    }

    async fn until_ready(&self) {
        let begun = Instant::now();
        loop {
            let asked = self.http.get(self.url("/readyz")).send().await;
            if asked.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            let log = std::fs::read_to_string(self.root.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "it does not start: {log}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn create(&self, order: &str) -> Answer {
        let request = self.http.post(self.url("/api/payments"));
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", format!("key-{order}"));
        answer(request.body(body(&token(order), "cashi").to_string())).await
    }

    /// What is stored of an order's payment, without asking the provider; `null` if there is none.
    async fn stored(&self, order: &str) -> Value {
        let url = self.url(&format!("/api/checkout?order={}", token(order)));
        answer(self.http.get(url)).await.payment(200)["payment"].clone()
    }

    async fn until_stored(&self, order: &str, status: &str) {
        let begun = Instant::now();
        while self.stored(order).await["status"] != status {
            assert!(begun.elapsed() < PATIENCE, "{order} never becomes {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The shopper pays at the provider.
    async fn settle(&self, order: &str) {
        let row = self.providers.rows_of(order).await[0].clone();
        self.providers.happens(&row, "settle").await;
    }

    async fn webhook(&self, body: &str) -> Answer {
        let mut mac = Hmac::<Sha256>::new_from_slice(CASHI_SECRET.as_bytes()).expect("a key");
        mac.update(body.as_bytes());
        let digest = mac.finalize().into_bytes();
        let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let request = self.http.post(self.url("/api/webhooks/cashi"));
        answer(request.header("x-gateway-signature", signature).body(body.to_owned())).await
    }

    async fn metrics(&self) -> String {
        let request = self.http.get(self.url("/metrics"));
        answer(request.header("authorization", "Bearer token")).await.text
    }
}

fn token(order: &str) -> String {
    let order = Order {
        id: order.to_owned(),
        price: Money::parse("15000", "IDR").expect("money"),
        description: None,
        providers: Vec::new(),
        extras: OrderExtras::default(),
    };
    order.sign(&ORDER_SECRET.to_owned().into(), now_s() + 3_600).expect("a token")
}

/// One payment was paid before the copy was made, with a webhook, and one after it; one was made
/// after it. Copies are made while others pay.
struct Before {
    paid: Value,
    open: Value,
    webhook: String,
}

async fn back_up(machine: &Machine, commands: &str) -> Before {
    let paid = machine.create("INV-PAID").await.payment(201);
    machine.settle("INV-PAID").await;
    let row = machine.providers.rows_of("INV-PAID").await[0].clone();
    let amount: u64 = paid["amount"]["value"].as_str().expect("text").parse().expect("rupiah");
    let data = json!({ "order_id": row["id"], "amount": amount, "status": "SETTLED" });
    let webhook = json!({ "event": "PAYMENT_SETTLED", "data": data }).to_string();
    assert_eq!(machine.webhook(&webhook).await.status, 200);
    machine.until_stored("INV-PAID", "paid").await;
    let open = machine.create("INV-OPEN").await.payment(201);

    let is_over = Arc::new(AtomicBool::new(false));
    let others = async {
        let mut count = 0;
        while !is_over.load(Ordering::SeqCst) || count == 0 {
            machine.create(&format!("INV-BUSY-{count}")).await.payment(201);
            count += 1;
        }
    };
    let copying = async {
        tokio::task::block_in_place(|| {
            let said = machine.run(commands);
            assert!(!commands.contains("integrity_check") || said.trim() == "ok", "{said}");
        });
        is_over.store(true, Ordering::SeqCst);
    };
    tokio::join!(others, copying);

    machine.settle("INV-OPEN").await;
    machine.create("INV-LATER").await.payment(201);
    Before { paid, open, webhook }
}

async fn assert_as_before(machine: &Machine, before: &Before) {
    let paid = machine.stored("INV-PAID").await;
    assert_eq!((&paid["id"], &paid["status"]), (&before.paid["id"], &json!("paid")));
    assert_eq!(paid["amount"], before.paid["amount"]);
    let again = machine.create("INV-PAID").await;
    assert_eq!(again.payment(200)["id"], paid["id"], "the key still leads to its payment");
    assert_eq!(machine.stored("INV-LATER").await, Value::Null, "made after the copy");

    let same = machine.webhook(&before.webhook).await;
    assert_eq!((same.status, same.text.as_str()), (200, "ok"));
    let metrics = machine.metrics().await;
    let known = "paywith_webhooks_total{provider=\"cashi\",outcome=\"known_or_trial\"} 1";
    assert!(metrics.lines().any(|line| line == known), "{metrics}");

    let id = before.open["id"].as_str().expect("an id");
    let url = machine.url(&format!("/api/payments/{id}?order={}", token("INV-OPEN")));
    let open = answer(machine.http.get(url)).await.payment(200);
    assert_eq!(open["status"], "paid", "paid at the provider after the copy was made");
    machine.create("INV-NEW").await.payment(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_copied_while_it_serves_and_restored_by_the_documented_commands() {
    let machine = Machine::start(None).await;
    let (backups, restores) = (commands("## Backups"), commands("### Restore"));
    let before = back_up(&machine, &backups[0]).await;
    machine.restore(&restores[0], "sqlite");
    machine.until_ready().await;
    assert_as_before(&machine, &before).await;

    // An upgrade keeps a copy, and is over when the new program is ready.
    let said = machine.run(&commands("## Upgrades").concat());
    assert!(said.ends_with("ready"), "{said}");
    assert!(machine.root.join("var/backups/paywith-before.sqlite").exists());
    assert_eq!(machine.stored("INV-PAID").await["status"], "paid");
    assert_eq!(machine.stored("INV-OPEN").await["status"], "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_copied_while_it_serves_and_restored_by_the_documented_commands() {
    let server = Postgres::start().expect("PostgreSQL");
    let url = server.new_database().expect("a database");
    let machine = Machine::start(Some(url)).await;
    let (backups, restores) = (commands("## Backups"), commands("### Restore"));
    let before = back_up(&machine, &backups[1]).await;
    machine.restore(&restores[1], "dump");
    machine.until_ready().await;
    assert_as_before(&machine, &before).await;
}

/// A restored copy may also be used where it lies: it is a whole database.
#[tokio::test(flavor = "multi_thread")]
async fn the_short_command_of_the_reference_makes_a_whole_copy() {
    let page = include_str!("../../../docs/backend.md");
    let command = page.split('`').find(|code| code.starts_with("sqlite3 paywith.sqlite "));
    let command = command.expect("the command").to_owned();
    let mut shop = Shop::open().await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    let folder =
        shop.config.database.file().expect("a file").parent().expect("a folder").to_owned();
    let ran = Command::new("sh").args(["-c", &command]).current_dir(&folder).status();
    assert!(ran.expect("a shell").success());
    shop.config.database = paywith_merchant::Database::Sqlite(folder.join("copy.sqlite"));
    shop.restart().await;
    let restored = shop.checkout(&token).await.payment(200)["payment"].clone();
    assert_eq!((&restored["id"], &restored["status"]), (&payment["id"], &json!("paid")));
}
