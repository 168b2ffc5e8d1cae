//! The programs that are measured, as real processes, and what the system knows of them.

use crate::wire::said;
use paywith_test_postgres::{HeldPort, Postgres};
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The two databases that the backend knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Database::Sqlite => "SQLite",
            Database::Postgres => "PostgreSQL",
        })
    }
}

/// Where the programs and their files lie.
pub(crate) struct Place {
    /// The built programs.
    pub(crate) programs: PathBuf,
    /// For databases, configurations and logs.
    folder: PathBuf,
    /// Where every backend of this run listens: CashPay remembers where to send webhooks. It is held
    /// while no backend runs. The sandbox and the yardsticks choose their ports themselves and
    /// listen from then on; PostgreSQL holds its own.
    backend: HeldPort,
    /// Started when it is first needed.
    postgres: OnceLock<Result<Postgres, String>>,
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
    /// Finds the programs beside this one.
    ///
    /// # Errors
    /// When there is no port.
    pub(crate) fn new(folder: PathBuf) -> Result<Place, String> {
        let here = std::env::current_exe().map_err(said)?;
        let programs = here.parent().ok_or("the program lies nowhere")?.to_path_buf();
        Ok(Place { programs, folder, backend: HeldPort::take()?, postgres: OnceLock::new() })
    }

    /// A new database, as the backend's setting.
    ///
    /// # Errors
    /// When there is no PostgreSQL, or it fails.
    pub(crate) fn new_database(&self, database: Database) -> Result<String, String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        match database {
            Database::Sqlite => {
                let name = format!("bench-{}.sqlite", COUNT.fetch_add(1, Ordering::Relaxed));
                Ok(self.folder.join(name).to_string_lossy().into_owned())
            }
            Database::Postgres => self.postgres()?.new_database(),
        }
    }

    /// The server of this run.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn postgres(&self) -> Result<&Postgres, String> {
        self.postgres.get_or_init(Postgres::start_durable).as_ref().map_err(Clone::clone)
    }

    /// A file of this run.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

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

    /// Bare axum that reads rows of a database.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn row_yardstick(&self, kind: Database, database: &str) -> Result<Program, String> {
        let kind = match kind {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        };
        let mut command = Command::new(self.programs.join("paywith-bench-merchant"));
        self.start(command.args(["--yardstick", kind, database]), "yardstick.log")
    }

    /// The backend as a shop would run it, with CashPay alone, and without rate limits.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn merchant(&self, sandbox: &Program, database: &str) -> Result<Program, String> {
        self.merchant_at(self.backend.address(), sandbox, database)
    }

    /// The same at another address, which is also its public one: the webhooks of the payments that
    /// it creates arrive at it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn merchant_at(
        &self,
        address: SocketAddr,
        sandbox: &Program,
        database: &str,
    ) -> Result<Program, String> {
        let (providers, port) = (sandbox.address, address.port());
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
        let file = self.folder.join(format!("paywith-{port}.toml"));
        std::fs::write(&file, text).map_err(said)?;
        let mut command = Command::new(self.programs.join("paywith-merchant"));
        self.start(command.arg("--config").arg(&file), &format!("merchant-{port}.log"))
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
            None => {
                let (name, folder) = (command.get_program(), self.folder.display());
                Err(format!("{} does not start; see its log in {folder}", name.display()))
            }
        }
    }
}

impl Program {
    /// The memory that it occupies, in kibibytes (`VmRSS`).
    pub(crate) fn resident_kib(&self) -> u64 {
        resident_kib(self.child.id())
    }
}

/// The memory that a process occupies, in kibibytes; 0 if there is none.
pub(crate) fn resident_kib(process: u32) -> u64 {
    let path = Path::new("/proc").join(process.to_string()).join("status");
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

/// How many files a program may have open.
pub(crate) fn most_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(usize::MAX)
}
