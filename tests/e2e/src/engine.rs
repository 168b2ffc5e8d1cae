//! The browser engines that the journeys run in, and their drivers.
//!
//! `PAYWITH_ENGINE` names one: `chromium` (without it), `firefox`, `webkit`. Only Chromium's driver
//! serves several windows at once; each window of the others has a driver of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use thirtyfour::prelude::*;

/// Debian's build of WebKitGTK's small browser.
const MINI_BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, also with what its own protocol can do: phones, no network.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK, the nearest to Safari that runs here.
    WebKit,
}

impl Engine {
    /// The engine of this run.
    pub fn of_this_run() -> Engine {
        match std::env::var("PAYWITH_ENGINE").as_deref() {
            Ok("firefox") => Engine::Firefox,
            Ok("webkit") => Engine::WebKit,
            Ok("chromium") | Err(_) => Engine::Chromium,
            Ok(other) => panic!("PAYWITH_ENGINE={other}: use chromium, firefox or webkit"),
        }
    }

    pub(crate) fn capabilities(self) -> Capabilities {
        match self {
            Engine::Chromium => chromium(),
            Engine::Firefox => firefox(),
            Engine::WebKit => webkit(),
        }
    }

    /// A driver that is ready.
    pub(crate) fn start_driver(self) -> Driver {
        let (program, variable, flag) = match self {
            Engine::Chromium => ("chromedriver", "CHROMEDRIVER", "--port="),
            Engine::Firefox => ("geckodriver", "GECKODRIVER", "--port="),
            Engine::WebKit => ("WebKitWebDriver", "WEBKITDRIVER", "--port="),
        };
        let program = std::env::var(variable).unwrap_or_else(|_| program.to_owned());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        // With the pipe on its input closed by our end, the shell ends the driver with us, and first
        // the browsers that it has started.
        let script = format!(
            "tree() {{ for child in $(pgrep -P $1); do tree $child; done; kill $1; }}; \
             '{program}' {flag}{port} & trap \"tree $!\" EXIT; cat >/dev/null"
        );
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if self == Engine::WebKit {
            command.env("DISPLAY", display());
        }
        let child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Driver { child, url: format!("http://127.0.0.1:{port}") }
    }
}

/// A running driver; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if self.child.wait().is_err() {
            eprintln!("a driver may still be running");
        }
    }
}

fn chromium() -> Capabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ];
    for argument in arguments {
        capabilities.add_arg(argument).expect("an argument");
    }
    if let Ok(binary) = std::env::var("CHROMIUM") {
        capabilities.set_binary(&binary).expect("a browser");
    }
    capabilities.into()
}

fn firefox() -> Capabilities {
    let mut capabilities = DesiredCapabilities::firefox();
    let preferences = serde_json::json!({
        // A script's press opens windows, as a shopper's would.
        "dom.disable_open_during_load": false,
        "dom.popup_maximum": 100,
        "datareporting.policy.dataSubmissionEnabled": false,
        "app.update.enabled": false,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
    });
    let options = serde_json::json!({
        "binary": std::env::var("FIREFOX").unwrap_or_else(|_| "/usr/bin/firefox-esr".to_owned()),
        "args": ["-headless"],
        "prefs": preferences,
    });
    capabilities.set("moz:firefoxOptions", options).expect("options");
    capabilities.into()
}

fn webkit() -> Capabilities {
    let mut capabilities = DesiredCapabilities::safari();
    capabilities.set("browserName", "MiniBrowser").expect("a name");
    let options = serde_json::json!({ "binary": MINI_BROWSER, "args": ["--automation"] });
    capabilities.set("webkitgtk:browserOptions", options).expect("options");
    capabilities.into()
}

/// A virtual screen, one for all windows of this program.
fn display() -> String {
    static SCREEN: OnceLock<(Child, String)> = OnceLock::new();
    let (_, name) = SCREEN.get_or_init(|| {
        let script =
            "Xvfb -displayfd 1 -screen 0 1280x1024x24 & trap 'kill $!' EXIT; cat >/dev/null";
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).stdin(Stdio::piped());
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.expect("Xvfb: install it");
        let mut line = String::new();
        let said = child.stdout.take().expect("a pipe");
        BufReader::new(said).read_line(&mut line).expect("the number of the screen");
        (child, format!(":{}", line.trim()))
    });
    name.clone()
}
