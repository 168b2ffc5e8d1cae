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

/// What it says when it cannot do what was asked.
fn complaint(output: &Output) -> String {
    said_with(1, output)
}

/// What it says when nobody can know what was asked.
fn usage(output: &Output) -> String {
    said_with(2, output)
}

fn said_with(code: i32, output: &Output) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn a_start_that_fails_says_what_to_mend() {
    let missing = program().args(["--config", "nowhere/shop.toml"]).output().expect("a run");
    assert!(complaint(&missing).contains("nowhere/shop.toml"));
    let unknown = program().arg("--prot").output().expect("a run");
    assert!(usage(&unknown).contains("unexpected argument '--prot'"));
    let bare = program().args(["--demo", "--port"]).output().expect("a run");
    assert!(usage(&bare).contains("a value is required for '--port <N>'"));
    for lonely in [["--port", "1"], ["--site", "."], ["--database", "x"], ["--sandbox", "x"]] {
        let output = program().args(lonely).output().expect("a run");
        assert!(usage(&output).contains("--demo"), "{lonely:?} says what it goes with");
    }
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
    run(file, &[&["payments"], words].concat()).await
}

async fn run(file: &std::path::Path, words: &[&str]) -> Output {
    let mut command = program();
    command.args(words).arg("--config").arg(file);
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
    std::fs::write(&file, &text).expect("a file");
    let said = |output: Output| {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(said(ask(&file, &["list"]).await), "no payments\n");
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    for words in
        [vec!["list"], vec!["list", "--order", "INV-1"], vec!["list", "--status", "pending"]]
    {
        let list = said(ask(&file, &words).await);
        assert!(list.contains(id) && list.contains("pending") && list.contains("INV-1"), "{list}");
    }
    for words in [
        ["list", "--order", "INV-2"].as_slice(),
        &["list", "--status", "paid"],
        &["list", "--order", "INV-1", "--status", "refunded"],
    ] {
        assert_eq!(said(ask(&file, words).await), "no payments\n", "{words:?}");
    }
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert!(said(ask(&file, &["show", id]).await).contains("pending"), "showing asks nobody");
    let shown = said(ask(&file, &["recheck", id]).await);
    assert!(shown.contains("status            paid"), "{shown}");
    let event = id.replace("pay_", "evt_") + "_payment_paid";
    assert!(shown.contains("payment.paid") && shown.contains(&event), "{shown}");
    assert!(shown.contains("pending -> paid, read at the provider"), "{shown}");
    assert!(shown.contains("answered how the payment stands, HTTP 200"), "{shown}");
    assert!(shown.contains("SETTLED") && !shown.contains("base64,"), "{shown}");
    assert!(shown.contains("price             15000 IDR"), "{shown}");

    let nobody = complaint(&ask(&file, &["show", "pay_0"]).await);
    assert!(nobody.contains("there is no payment pay_0"), "{nobody}");
    let unknown = usage(&ask(&file, &["find", "pay_0"]).await);
    assert!(unknown.contains("unrecognized subcommand 'find'"), "{unknown}");
    let word = usage(&ask(&file, &["list", "--status", "settled"]).await);
    assert!(word.contains("pending, processing, paid"), "{word}");
    let list = said(ask(&file, &["list", "--status", "paid"]).await);
    assert!(list.contains(id), "{list}");

    let nowhere = complaint(&run(&file, &["events", "resend", "evt_1"]).await);
    assert!(nowhere.contains("`notify.url`"), "{nowhere}");
    let notify = "[notify]\nurl = 'https://shop.example/hook'\nsecret = \
                  'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='\n";
    std::fs::write(&file, [&text, notify].concat()).expect("a file");
    for (words, expected) in [
        (event.as_str(), format!("{event} is sent again\n")),
        ("2020-01-01T00:00:00Z", "1 event is sent again\n".to_owned()),
        ("2020-01-01T07:00:00+07:00", "1 event is sent again\n".to_owned()),
        ("2100-01-01T00:00:00Z", "0 events are sent again\n".to_owned()),
    ] {
        assert_eq!(said(run(&file, &["events", "resend", words]).await), expected);
    }
    let none = complaint(&run(&file, &["events", "resend", "evt_none"]).await);
    assert!(none.contains("there is no event evt_none"), "{none}");
    let odd = complaint(&run(&file, &["events", "resend", "yesterday"]).await);
    assert!(odd.contains("2026-11-20T07:35:00Z"), "it shows how a time is written: {odd}");

    shop.fault("cashi", "status", "500").await;
    let stale = complaint(&ask(&file, &["recheck", id]).await);
    assert!(stale.contains("the provider did not answer"), "{stale}");
}

#[test]
fn every_command_explains_itself_and_shells_can_complete_them() {
    for words in [
        ["--help"].as_slice(),
        &["check", "--help"],
        &["payments", "list", "--help"],
        &["events", "resend", "--help"],
    ] {
        let output = program().args(words).output().expect("a run");
        let text = said_in(&output);
        assert!(text.contains("Usage: paywith-merchant"), "{words:?}: {text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{words:?}: {text}");
    }
    for shell in ["bash", "fish", "zsh"] {
        let output = program().args(["completions", shell]).output().expect("a run");
        assert!(said_in(&output).contains("recheck"), "{shell}");
    }
}

fn said_in(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("text")
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
