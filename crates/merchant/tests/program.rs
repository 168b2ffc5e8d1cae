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
