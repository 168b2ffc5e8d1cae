//! The program: what it says when it cannot start, and that it stops in peace.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paywith-merchant"));
    command.current_dir(common::new_folder()).env_clear();
    command
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn a_start_that_fails_says_what_to_mend() {
    let missing = program().args(["--config", "nowhere/shop.toml"]).output().expect("a run");
    assert!(complaint(&missing).contains("nowhere/shop.toml"));
    let unknown = program().arg("--prot").output().expect("a run");
    assert!(complaint(&unknown).contains("--prot is unknown"));
    let bare = program().args(["--demo", "--port"]).output().expect("a run");
    assert!(complaint(&bare).contains("--port needs a value"));
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let busy = program().args(["--demo", "--port", &port]).output().expect("a run");
    let text = complaint(&busy);
    assert!(text.contains(&format!("port {port} cannot be used")), "{text}");
    let file = ["--demo", "--port", "0", "--database", "no/such/folder.sqlite"];
    let nowhere = program().args(file).output().expect("a run");
    assert!(complaint(&nowhere).contains("configuration `database`"));
}

#[test]
fn a_missing_key_is_named_on_the_command_line() {
    let folder = common::new_folder();
    let file = folder.join("paywith.toml");
    std::fs::write(&file, "public_url = 'https://pay.shop.example'").expect("a file");
    let output = program().arg("--config").arg(&file).output().expect("a run");
    let text = complaint(&output);
    assert!(text.contains("`shop_origins`: is missing"), "{text}");
    assert!(text.contains("PAYWITH_SHOP_ORIGINS"), "{text}");
}

/// The desk of a shop whose configuration is this file.
async fn ask(file: &std::path::Path, words: &[&str]) -> Output {
    let mut command = program();
    command.arg("payments").args(words).arg("--config").arg(file);
    tokio::task::spawn_blocking(move || command.output().expect("a run")).await.expect("a run")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_finds_a_payment_and_asks_its_provider() {
    let shop = common::Shop::open().await;
    let file = common::new_folder().join("paywith.toml");
    let (database, sandbox) = (shop.config.database.to_string(), &shop.sandbox);
    let text = format!(
        "public_url = 'https://pay.shop.example'\nshop_origins = ['https://shop.example']\n\
         database = {database:?}\norder_token_secret = '{}'\n[cashi]\napi_key = \
         'CASHI-TEST-KEY'\nbase_url = '{sandbox}/cashi'\n",
        "x".repeat(32)
    );
    std::fs::write(&file, text).expect("a file");
    let said = |output: Output| {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(said(ask(&file, &["list"]).await), "no payments\n");
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    for words in [vec!["list"], vec!["list", "--order", "INV-1"]] {
        let list = said(ask(&file, &words).await);
        assert!(list.contains(id) && list.contains("pending") && list.contains("INV-1"), "{list}");
    }
    assert_eq!(said(ask(&file, &["list", "--order", "INV-2"]).await), "no payments\n");
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert!(said(ask(&file, &["show", id]).await).contains("pending"), "showing asks nobody");
    let shown = said(ask(&file, &["recheck", id]).await);
    assert!(shown.contains("status            paid"), "{shown}");
    assert!(shown.contains("payment.paid"), "{shown}");
    assert!(shown.contains("pending -> paid, read at the provider"), "{shown}");
    assert!(shown.contains("answered how the payment stands, HTTP 200"), "{shown}");
    assert!(shown.contains("SETTLED") && !shown.contains("base64,"), "{shown}");
    assert!(shown.contains("price             15000 IDR"), "{shown}");

    let nobody = complaint(&ask(&file, &["show", "pay_0"]).await);
    assert!(nobody.contains("there is no payment pay_0"), "{nobody}");
    let usage = complaint(&ask(&file, &["find", "pay_0"]).await);
    assert!(usage.contains("recheck PAYMENT"), "{usage}");
    shop.fault("cashi", "status", "500").await;
    let stale = complaint(&ask(&file, &["recheck", id]).await);
    assert!(stale.contains("the provider did not answer"), "{stale}");
}

#[test]
fn the_demo_starts_on_a_free_port_and_stops_on_sigterm() {
    let mut child = program()
        .args(["--demo", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a start");
    let mut first = String::new();
    let output = child.stdout.take().expect("output");
    BufReader::new(output).read_line(&mut first).expect("a line");
    assert!(first.starts_with("merchant on http://127.0.0.1:"), "{first}");
    let kill = Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    assert!(kill.success());
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}
