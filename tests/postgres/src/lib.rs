//! A real PostgreSQL server of the tests' own, in a temporary folder: started at the first call,
//! shared by the tests of one program, stopped with it.
//!
//! It knows none of our tables. Start at [`Postgres::start`].

mod pooler;
mod port;

pub use pooler::PgBouncer;
pub use port::HeldPort;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// For a server's start and its end.
const PATIENCE: Duration = Duration::from_secs(60);
/// PostgreSQL refuses to run as root; this one owns nothing.
const NOBODY: u32 = 65_534;

/// Runs a server, and ends it when the other end of its standard input is closed: also
/// when the tests were killed. Stops it and starts it again on request.
const KEEPER: &str = r#"
folder=$1; shift
"$@" & server=$!
while read -r word; do
    case $word in
        stop) kill -INT "$server"; wait "$server" ;;
        start) "$@" & server=$! ;;
    esac
done
# PostgreSQL goes at once by the first, PgBouncer by the second.
kill -QUIT "$server" 2>/dev/null; kill -TERM "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

/// A running server. It ends, and its folder goes, with this or with the process.
#[derive(Debug)]
pub struct Postgres {
    /// Holds the keeper's standard input.
    keeper: Child,
    binaries: PathBuf,
    port: HeldPort,
}

/// The name of the database at this address.
#[must_use]
pub fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

impl Postgres {
    /// Sets up an empty server and waits until it answers.
    ///
    /// # Errors
    /// Says what to install when there is no PostgreSQL, else what went wrong.
    pub fn start() -> Result<Postgres, String> {
        // The tests kill our processes, never the machine: no need to wait for the disk.
        Postgres::start_with(&["-c", "fsync=off"])
    }

    /// The same with a commit that is on the disk when it returns, as a shop would have it.
    ///
    /// # Errors
    /// Like [`Postgres::start`].
    pub fn start_durable() -> Result<Postgres, String> {
        Postgres::start_with(&[])
    }

    fn start_with(settings: &[&str]) -> Result<Postgres, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let binaries = binaries()?;
        let name = format!(
            "paywith-postgres-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).map_err(said)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).map_err(said)?;
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).map_err(said)?;
        }
        let data = folder.join("data");
        let mut init = as_nobody(&folder, binaries.join("initdb"));
        init.arg("-D").arg(&data).args([
            "-U",
            "paywith",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]);
        let made = init.arg("--no-sync").output().map_err(said)?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let port = HeldPort::take()?;
        let mut command = as_nobody(&folder, PathBuf::from("sh"));
        command.args(["-c", KEEPER, "sh"]).arg(&folder).arg(binaries.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(&folder);
        command.args(["-p", &port.number().to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", "max_connections=300"]).args(settings);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = command.spawn().map_err(said)?;
        let postgres = Postgres { keeper, binaries, port };
        postgres.wait()?;
        Ok(postgres)
    }

    /// A new, empty database; the address of it.
    ///
    /// # Errors
    /// What the server answered.
    pub fn new_database(&self) -> Result<String, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("paywith_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut create = Command::new(self.binaries.join("createdb"));
        create.args([
            "-h",
            "127.0.0.1",
            "-U",
            "paywith",
            "-p",
            &self.port.number().to_string(),
            &name,
        ]);
        let made = create.output().map_err(said)?;
        if !made.status.success() {
            return Err(format!("createdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        Ok(format!("postgres://paywith@127.0.0.1:{}/{name}", self.port.number()))
    }

    /// Runs SQL in a database by its address, as the owner of the server.
    ///
    /// # Errors
    /// What the server answered.
    pub fn run(&self, url: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, "-c", sql]);
        let ran = psql.output().map_err(said)?;
        if !ran.status.success() {
            return Err(format!("{sql}: {}", String::from_utf8_lossy(&ran.stderr)));
        }
        Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
    }

    /// Ends every session of a database, as a restart does.
    ///
    /// # Errors
    /// What the server answered.
    pub fn end_sessions(&self, url: &str) -> Result<(), String> {
        let name = name_of(url);
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        self.run(&self.maintenance_url(), &sql).map(drop)
    }

    /// Makes sessions of a database that are opened from now on able only to read, or able to write
    /// again.
    ///
    /// # Errors
    /// What the server answered.
    pub fn set_read_only(&self, url: &str, is_read_only: bool) -> Result<(), String> {
        let (name, word) = (name_of(url), if is_read_only { "on" } else { "off" });
        let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {word}");
        self.run(&self.maintenance_url(), &sql).map(drop)
    }

    /// Where its own tables are: for what cannot be done from inside the database concerned.
    pub fn maintenance_url(&self) -> String {
        format!("postgres://paywith@127.0.0.1:{}/postgres", self.port.number())
    }

    /// Where a program of this PostgreSQL would be, such as `pgbench`; it may be missing.
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    /// Stops the server; every session ends.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn stop(&mut self) -> Result<(), String> {
        self.keep("stop\n")?;
        let begun = Instant::now();
        while self.is_ready()? {
            if begun.elapsed() > PATIENCE {
                return Err("PostgreSQL does not stop".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Starts it again, with everything that it knew.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn start_again(&mut self) -> Result<(), String> {
        self.keep("start\n")?;
        self.wait()
    }

    fn keep(&mut self, word: &str) -> Result<(), String> {
        let stdin = self.keeper.stdin.as_mut().ok_or("the keeper is gone")?;
        stdin.write_all(word.as_bytes()).map_err(said)
    }

    fn is_ready(&self) -> Result<bool, String> {
        let mut ready = Command::new(self.binaries.join("pg_isready"));
        ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.number().to_string()]);
        Ok(ready.status().map_err(said)?.success())
    }

    fn wait(&self) -> Result<(), String> {
        let begun = Instant::now();
        while !self.is_ready()? {
            if begun.elapsed() > PATIENCE {
                return Err("PostgreSQL does not answer".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Its end is waited for, so that no zombie stays; how it ended tells nothing.
        drop(self.keeper.wait());
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Where `initdb` is: on the PATH, or where Debian puts it.
fn binaries() -> Result<PathBuf, String> {
    let on_path: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path: OsString| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "createdb", "pg_isready", "psql"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    on_path.into_iter().chain(debian).find(has_all).ok_or_else(|| {
        "PostgreSQL is missing: install it (Debian: postgresql), or run `cargo xtask test native`, \
         which does"
            .to_owned()
    })
}

fn is_root() -> bool {
    fs::read_to_string("/proc/self/status")
        .is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

fn as_nobody(folder: &Path, program: PathBuf) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
