//! PgBouncer in transaction mode, in front of the tests' PostgreSQL: every transaction may run in
//! another session of the server.

use crate::{HeldPort, KEEPER, NOBODY, PATIENCE, Postgres, as_nobody, is_root, said};
use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A running pooler. It ends, and its folder goes, with this or with the process.
#[derive(Debug)]
pub struct PgBouncer {
    /// Holds the keeper's standard input.
    keeper: Child,
    server_port: u16,
    port: HeldPort,
}

impl PgBouncer {
    /// Starts one that shares so many sessions of the server among all its clients.
    ///
    /// # Errors
    /// Says what to install when there is no PgBouncer, else what went wrong.
    pub fn start(server: &Postgres, sessions: u32) -> Result<PgBouncer, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("paywith-pgbouncer-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).map_err(said)?;
        let (held, server_port) = (HeldPort::take()?, server.port.number());
        let port = held.number();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={server_port} user=paywith\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = transaction\ndefault_pool_size = {sessions}\n\
             max_client_conn = 300\n"
        );
        let file = folder.join("pgbouncer.ini");
        fs::write(&file, settings).map_err(said)?;
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).map_err(said)?;
        }
        let mut command = as_nobody(&folder, PathBuf::from("sh"));
        command.args(["-c", KEEPER, "sh"]).arg(&folder).arg(program()?).arg("-q").arg(&file);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = command.spawn().map_err(said)?;
        let pooler = PgBouncer { keeper, server_port, port: held };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > PATIENCE {
                return Err("PgBouncer does not answer".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(pooler)
    }

    /// The address of a database of the server, through the pooler.
    pub fn url(&self, direct: &str) -> String {
        direct.replace(&format!(":{}/", self.server_port), &format!(":{}/", self.port.number()))
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
    }
}

fn program() -> Result<PathBuf, String> {
    let on_path = std::env::var_os("PATH");
    let folders = on_path.map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let debian = PathBuf::from("/usr/sbin");
    let mut folders = folders.unwrap_or_default().into_iter().chain([debian]);
    let found = folders.find(|folder| folder.join("pgbouncer").is_file());
    found.map(|folder| folder.join("pgbouncer")).ok_or_else(|| {
        "PgBouncer is missing: install it (Debian: pgbouncer), or run `cargo xtask test native`, \
         which does"
            .to_owned()
    })
}
