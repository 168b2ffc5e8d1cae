//! The program itself: it says where it is, refuses a port in use, and stops when asked to.

#![allow(clippy::expect_used, reason = "helpers of tests may fail loudly too")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn started(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_paywith-sandbox"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// The host and port that the program says it listens on.
fn place_of(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("stdout")).read_line(&mut line).expect("a line");
    line.trim().strip_prefix("sandbox on http://").expect("an address").to_owned()
}

#[test]
fn it_serves_refuses_a_port_in_use_and_stops_on_sigterm_despite_a_hanging_call() {
    let mut first = started(&["--port", "0"]);
    let place = place_of(&mut first);
    let port = place.rsplit_once(':').expect("a port").1;

    let second = started(&["--port", port]).wait_with_output().expect("it ends");
    assert!(!second.status.success());
    let why = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(why.contains(&format!("port {port} is in use")), "{why}");

    let fault = "{\"fault\":\"hang\"}";
    let mut stream = TcpStream::connect(&place).expect("a connection");
    let head = "Host: x\r\nContent-Type: application/json\r\nContent-Length";
    write!(stream, "POST /control/faults HTTP/1.1\r\n{head}: {}\r\n\r\n{fault}", fault.len())
        .expect("a request");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 201");
    let mut hanging = TcpStream::connect(&place).expect("a connection");
    write!(hanging, "GET /cashi/api/check-status/x HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("a request");

    let asked = Instant::now();
    let pid = first.id().to_string();
    assert!(Command::new("kill").arg(&pid).status().expect("kill runs").success());
    assert!(first.wait().expect("it ends").success());
    assert!(asked.elapsed() < Duration::from_secs(10));
}

#[test]
fn bad_arguments_are_explained() {
    for arguments in [&["--port"][..], &["--port", "99999"], &["--colour", "red"]] {
        let output = started(arguments).wait_with_output().expect("it ends");
        assert!(!output.status.success(), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage:"), "{arguments:?}");
    }
}
