//! Programs of ours that run for a while: the sandbox, the merchant backend, and what a command
//! adds to them. They are started together and stop together.

use crate::run::{program, root, run};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Building the page for the first time takes minutes.
const PATIENCE: Duration = Duration::from_secs(900);
/// Programs that are built already take seconds.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// An answer longer than this is cut off.
const MOST_BYTES: usize = 16 << 20;

/// Where the merchant backend and the sandbox listen.
pub(crate) struct Ports {
    pub(crate) merchant: u16,
    pub(crate) sandbox: u16,
}

/// An origin on this machine.
pub(crate) fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Better now than after minutes of building: each port with the option that changes it.
pub(crate) fn check_ports(ports: &[(u16, &str)]) -> Result<(), String> {
    for (port, flag) in ports {
        if let Err(error) = TcpListener::bind(("127.0.0.1", *port)) {
            return Err(format!("port {port} is in use ({error}); choose another with {flag}"));
        }
    }
    Ok(())
}

/// Options that are a name and a port each.
pub(crate) fn read_ports(options: &[&str], known: &mut [(&str, &mut u16)]) -> Result<(), String> {
    let mut words = options.iter();
    while let Some(name) = words.next() {
        let Some((_, port)) = known.iter_mut().find(|(known, _)| known == name) else {
            return Err(format!("{name} is unknown; see cargo xtask --help"));
        };
        let value = words.next().and_then(|value| value.parse().ok());
        **port = value.ok_or_else(|| format!("{name} needs a port from 1 to 65535"))?;
    }
    Ok(())
}

/// The journeys, and what the native tests have compiled the backend with.
pub(crate) const JOURNEY_FEATURES: &str =
    "paywith-e2e/browser,paywith-merchant/failpoints,paywith-merchant/otlp";

/// The backend with everything that is tested.
pub(crate) const BACKEND_FEATURES: &str = "paywith-merchant/failpoints,paywith-merchant/otlp";
const PROGRAMS: [&str; 4] = ["--bin", "paywith-sandbox", "--bin", "paywith-merchant"];

/// The sandbox and the merchant backend.
pub(crate) fn build_backends() -> Result<(), String> {
    println!("building the sandbox and the merchant backend");
    run(program("cargo").args(["build", "--workspace"]).args(PROGRAMS))
}

/// The same out of what the tests have compiled: with a test among the targets, and the journeys'
/// features, cargo takes the same builds of every dependency.
pub(crate) fn build_backends_for_tests() -> Result<(), String> {
    println!("building the sandbox and the merchant backend, as the tests use them");
    let like_the_tests = ["build", "--workspace", "--features", JOURNEY_FEATURES];
    run(program("cargo").args(like_the_tests).args(PROGRAMS).args(["--test", "tidy"]))
}

/// What a command adds to the two.
#[derive(Clone, Copy)]
pub(crate) struct Backends<'a> {
    pub(crate) ports: &'a Ports,
    /// The origins of the shop.
    pub(crate) shop_origins: &'a [String],
    /// A folder that the backend serves, too.
    pub(crate) site: Option<&'a Path>,
    /// Where the database lies.
    pub(crate) folder: &'a Path,
}

/// Where the demonstration keeps its payments, without those of the last one; another one at other ports has its own.
pub(crate) fn fresh_demo_folder(ports: &Ports) -> Result<PathBuf, String> {
    let folder = root().join(".demo").join(ports.merchant.to_string());
    forget(&folder)?;
    Ok(folder)
}

/// Empties a folder: the simulated providers begin with an empty ledger, and payments that the backend remembered
/// would be unknown to them.
fn forget(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{} cannot be emptied: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Starts the two.
pub(crate) fn start_backends(
    children: &mut Children,
    backends: Backends<'_>,
) -> Result<(), String> {
    let Backends { ports, shop_origins, site, folder } = backends;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), Into::into);
    let built = target.join("debug");
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
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
    let mut backend = program(built.join("paywith-merchant"));
    backend
        .args(["--demo", "--sandbox", &sandbox, "--port", &ports.merchant.to_string()])
        .args(["--public-url", &merchant, "--database"])
        .arg(folder.join("merchant.sqlite"));
    for origin in shop_origins {
        backend.args(["--shop-origin", origin]);
    }
    if let Some(site) = site {
        backend.arg("--site").arg(site);
    }
    children.start("the merchant backend", &mut backend)
}

/// Both answer.
pub(crate) fn are_backends_ready(ports: &Ports) -> bool {
    answers(ports.sandbox, "/", "200") && answers(ports.merchant, "/healthz", "200")
}

/// Whether this page is there and holds these words.
pub(crate) fn answers(port: u16, path: &str, wanted: &str) -> bool {
    get(port, path).is_some_and(|answer| answer.contains(wanted))
}

/// Two ports that are free at this moment.
pub(crate) fn free_ports() -> Result<Ports, String> {
    let listen = || TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string());
    let port = |listener: &TcpListener| {
        listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
    };
    // Both are held until both are known, or they could be the same.
    let (merchant, sandbox) = (listen()?, listen()?);
    Ok(Ports { merchant: port(&merchant)?, sandbox: port(&sandbox)? })
}

/// Starts programs, does something while they run, and stops them.
pub(crate) fn during<T>(
    start: impl FnOnce(&mut Children) -> Result<(), String>,
    is_ready: impl Fn() -> bool,
    work: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    let mut children = Children(Vec::new());
    start(&mut children)?;
    let begun = Instant::now();
    while !is_ready() {
        if let Some(name) = children.dead() {
            return Err(format!("{name} stopped by itself; its last words are above"));
        }
        if begun.elapsed() > START_PATIENCE {
            return Err("the programs did not come up".to_owned());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let result = work()?;
    match children.dead() {
        Some(name) => Err(format!("{name} stopped by itself; its last words are above")),
        None => Ok(result),
    }
}

/// Starts programs, announces them once they are ready, and waits for Ctrl-C.
pub(crate) fn serve(
    start: impl FnOnce(&mut Children) -> Result<(), String>,
    is_ready: impl Fn() -> bool,
    announce: impl Fn(),
) -> Result<(), String> {
    let is_stopped = Arc::new(AtomicBool::new(false));
    let stop = is_stopped.clone();
    ctrlc::set_handler(move || stop.store(true, Ordering::SeqCst))
        .map_err(|error| error.to_string())?;
    let mut children = Children(Vec::new());
    start(&mut children)?;
    let begun = Instant::now();
    let mut is_announced = false;
    while !is_stopped.load(Ordering::SeqCst) {
        if let Some(name) = children.dead() {
            return Err(format!("{name} stopped by itself; its last words are above"));
        }
        if !is_announced && is_ready() {
            announce();
            is_announced = true;
        }
        if !is_announced && begun.elapsed() > PATIENCE {
            return Err("the page did not come up".to_owned());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("\nstopping");
    Ok(())
}

/// Programs that run beside this one; dropping them ends them.
pub(crate) struct Children(Vec<(&'static str, Child)>);

impl Children {
    /// Starts a program under a name used in its error messages.
    pub(crate) fn start(
        &mut self,
        name: &'static str,
        command: &mut Command,
    ) -> Result<(), String> {
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

/// The body of what this page answers; `None` when there is no answer.
pub(crate) fn body(port: u16, path: &str) -> Option<String> {
    get(port, path)?.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
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
        if count == 0 || bytes.len() > MOST_BYTES {
            break;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::forget;

    #[test]
    fn a_second_demo_begins_without_the_payments_of_the_first() {
        let folder = std::env::temp_dir().join(format!("paywith-forget-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("deep")).expect("a folder");
        std::fs::write(folder.join("merchant.sqlite"), "payments").expect("a file");
        assert_eq!(forget(&folder), Ok(()));
        assert!(!folder.exists());
        assert_eq!(forget(&folder), Ok(()), "nothing to forget is no error");
    }
}
