//! The programs that are measured, as real processes, and what the system knows of them.

use crate::wire::said;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where the programs and their files lie.
pub(crate) struct Place {
    /// The built programs.
    pub(crate) programs: PathBuf,
    /// For databases, configurations and logs.
    pub(crate) folder: PathBuf,
    /// Where every backend of this run listens: CashPay remembers where to post.
    pub(crate) backend: SocketAddr,
}

/// A running program; it is killed when this is dropped.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Place {
    /// The simulated providers.
    ///
    /// # Errors
    /// When they do not start.
    pub(crate) fn sandbox(&self) -> Result<Program, String> {
        let mut command = Command::new(self.programs.join("paywith-sandbox"));
        self.start(command.args(["--port", "0"]), "sandbox.log")
    }

    /// Bare axum, in this same program.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn yardstick(&self) -> Result<Program, String> {
        let mut command = Command::new(self.programs.join("paywith-bench-merchant"));
        self.start(command.arg("--yardstick"), "yardstick.log")
    }

    /// The backend as a shop would run it, with CashPay alone, and without rate limits.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn merchant(&self, sandbox: &Program, database: &str) -> Result<Program, String> {
        let providers = sandbox.address;
        let address = self.backend;
        let text = format!(
            r#"
listen = "{address}"
public_url = "http://{address}"
shop_origins = ["https://shop.example"]
database = {database:?}
order_token_secret = "the-secret-of-a-benchmark-is-known-to-all"
test = true
[rate_limit]
per_client = 0
status_per_client = 0
per_order = 0
[demo]
enabled = true
[cashpay]
base_url = "http://{providers}/cashpay"
client_id = "cashpay-test-client"
client_secret = "cashpay-test-secret"
read_path = "/charges/{{id}}"
"#
        );
        let file = self.folder.join("paywith.toml");
        std::fs::write(&file, text).map_err(said)?;
        let mut command = Command::new(self.programs.join("paywith-merchant"));
        self.start(command.arg("--config").arg(&file), "merchant.log")
    }

    /// An SQLite file of this name, which is not there yet.
    pub(crate) fn sqlite(&self) -> String {
        self.folder.join("bench.sqlite").to_string_lossy().into_owned()
    }

    fn start(&self, command: &mut Command, log: &str) -> Result<Program, String> {
        let log = File::create(self.folder.join(log)).map_err(said)?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = child.map_err(said)?;
        let mut first = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut first).map_err(said)?;
        }
        let address = first.trim().rsplit("http://").next().and_then(|text| text.parse().ok());
        match address {
            Some(address) => Ok(Program { address, child }),
            None => Err(format!("{command:?} does not start; see {}", self.folder.display())),
        }
    }
}

impl Program {
    /// The memory that it occupies, in kibibytes (`VmRSS`).
    pub(crate) fn resident_kib(&self) -> u64 {
        let path = Path::new("/proc").join(self.child.id().to_string()).join("status");
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.unwrap_or(0)
    }
}

/// An address that is free at this moment.
pub(crate) fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(said)?;
    listener.local_addr().map_err(said)
}

/// How many files a program may have open.
pub(crate) fn most_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(usize::MAX)
}
