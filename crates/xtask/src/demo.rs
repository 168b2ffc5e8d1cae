//! The demo: sandbox, merchant and shop on this machine, started and stopped together.

use crate::run::{program, root, run};
use crate::tools;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Building the page for the first time takes minutes.
const PATIENCE: Duration = Duration::from_secs(900);

struct Ports {
    shop: u16,
    merchant: u16,
    sandbox: u16,
}

/// Starts everything and waits for Ctrl-C.
pub(crate) fn demo(options: &[&str]) -> Result<(), String> {
    let ports = read_ports(options)?;
    check_ports(&ports)?;
    tools::wasm_target()?;
    tools::wasm_bindgen()?;
    tools::trunk()?;
    println!("building the sandbox and the merchant backend");
    run(program("cargo").args(["build", "-p", "paywith-sandbox", "-p", "paywith-merchant"]))?;

    let is_stopped = Arc::new(AtomicBool::new(false));
    let stop = is_stopped.clone();
    ctrlc::set_handler(move || stop.store(true, Ordering::SeqCst))
        .map_err(|error| error.to_string())?;
    let mut children = Children(Vec::new());
    start_all(&mut children, &ports)?;
    let address = format!("http://127.0.0.1:{}/", ports.shop);
    let start = Instant::now();
    let mut is_announced = false;
    while !is_stopped.load(Ordering::SeqCst) {
        if let Some(name) = children.dead() {
            return Err(format!("{name} stopped by itself; its last words are above"));
        }
        if !is_announced && is_ready(&ports) {
            announce(&address, &ports);
            is_announced = true;
        }
        if !is_announced && start.elapsed() > PATIENCE {
            return Err("the shop did not come up".to_owned());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("\nstopping");
    Ok(())
}

fn announce(address: &str, ports: &Ports) {
    println!("\n  The shop is open:   {address}\n");
    println!(
        "  The shopper's phone and the providers' ledger:   http://127.0.0.1:{}/",
        ports.sandbox
    );
    println!("  No money moves. Ctrl-C stops everything.\n");
}

fn read_ports(options: &[&str]) -> Result<Ports, String> {
    let mut ports = Ports { shop: 8080, merchant: 8090, sandbox: 8091 };
    let mut words = options.iter();
    while let Some(name) = words.next() {
        let value = words.next().and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| format!("{name} needs a port from 1 to 65535"))?;
        match *name {
            "--port" => ports.shop = value,
            "--merchant-port" => ports.merchant = value,
            "--sandbox-port" => ports.sandbox = value,
            other => return Err(format!("{other} is unknown; see cargo xtask --help")),
        }
    }
    Ok(ports)
}

/// Better now than after minutes of building.
fn check_ports(ports: &Ports) -> Result<(), String> {
    let wanted = [
        (ports.shop, "--port"),
        (ports.merchant, "--merchant-port"),
        (ports.sandbox, "--sandbox-port"),
    ];
    for (port, flag) in wanted {
        if let Err(error) = TcpListener::bind(("127.0.0.1", port)) {
            return Err(format!("port {port} is in use ({error}); choose another with {flag}"));
        }
    }
    Ok(())
}

fn start_all(children: &mut Children, ports: &Ports) -> Result<(), String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), Into::into);
    let built = target.join("debug");
    let folder = root().join(".demo");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let loopback = |port: u16| format!("http://127.0.0.1:{port}");
    let (sandbox, merchant) = (loopback(ports.sandbox), loopback(ports.merchant));
    children.start(
        "the sandbox",
        program(built.join("paywith-sandbox")).args([
            "--port",
            &ports.sandbox.to_string(),
            "--public-url",
            &sandbox,
        ]),
    )?;
    children.start(
        "the merchant backend",
        program(built.join("paywith-merchant"))
            .args(["--demo", "--sandbox", &sandbox, "--port", &ports.merchant.to_string()])
            .args(["--public-url", &merchant, "--shop-origin", &loopback(ports.shop)])
            .args(["--shop-origin", &format!("http://localhost:{}", ports.shop), "--database"])
            .arg(folder.join("merchant.sqlite")),
    )?;
    let mut trunk = program("trunk");
    trunk.args(["serve", "--release", "--port", &ports.shop.to_string()]);
    if ports.merchant != 8090 {
        trunk.arg("--config").arg(config_for(&merchant)?);
    }
    children.start("the shop", &mut trunk)
}

/// Trunk's configuration with the backend at another address, beside the usual one: its paths are
/// meant from there.
fn config_for(merchant: &str) -> Result<PathBuf, String> {
    let usual = std::fs::read_to_string(root().join("Trunk.toml"));
    let usual = usual.map_err(|error| format!("Trunk.toml: {error}"))?;
    let path = root().join("Trunk.demo.toml");
    let text = usual.replace("http://127.0.0.1:8090", merchant);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// The three programs; dropping them ends them.
struct Children(Vec<(&'static str, Child)>);

impl Children {
    fn start(&mut self, name: &'static str, command: &mut Command) -> Result<(), String> {
        println!("starting {name}");
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("{name} cannot be started: {error}"))?;
        self.0.push((name, child));
        Ok(())
    }

    fn dead(&mut self) -> Option<&'static str> {
        let is_dead = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
        self.0.iter_mut().find_map(|(name, child)| is_dead(child).then_some(*name))
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for (_, child) in &mut self.0 {
            // A child that is gone already needs no ending.
            if child.kill().is_ok() && child.wait().is_err() {
                eprintln!("a program may still be running");
            }
        }
    }
}

/// All three answer; the shop only once its page is built.
fn is_ready(ports: &Ports) -> bool {
    let answers = |port: u16, path: &str, wanted: &str| {
        get(port, path).is_some_and(|answer| answer.contains(wanted))
    };
    answers(ports.sandbox, "/", "200")
        && answers(ports.merchant, "/healthz", "200")
        && answers(ports.shop, "/", "paywith")
}

/// One plain HTTP request; `None` when there is no answer.
fn get(port: u16, path: &str) -> Option<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count) = stream.read(&mut chunk) {
        bytes.extend(chunk.get(..count).unwrap_or_default());
        if count == 0 || bytes.len() > 20_000 {
            break;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
