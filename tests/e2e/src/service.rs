//! A program that stays, started as a user would start it in a terminal; it ends with the test.

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Building the sandbox from scratch takes minutes.
const PATIENCE: Duration = Duration::from_secs(400);

/// A command of a shell and all that it started.
#[derive(Debug)]
pub struct Service {
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Runs a command in a folder; what it says goes to a file beside that folder's others.
    pub fn start(
        command: &str,
        folder: &Path,
        log: PathBuf,
        settings: &[(&str, String)],
    ) -> Service {
        let said = File::options().create(true).append(true).open(&log).expect("a log");
        let errors = said.try_clone().expect("a log");
        // A session of its own, so that everything in it can be ended together.
        let child = Command::new("setsid")
            .args(["bash", "-c", command])
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(errors)
            .spawn();
        Service { child: child.expect("a shell"), log }
    }

    /// Waits until something listens on a port of this machine.
    pub async fn until_listening(&mut self, port: u16) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let status = self.child.try_wait().expect("a child");
            assert!(status.is_none(), "ended ({status:?}): {}", self.said());
            assert!(start.elapsed() < PATIENCE, "nothing on port {port}: {}", self.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let ended = Command::new("kill").args(["-TERM", "--", &group]).status();
        let is_over = ended.is_ok() && self.child.wait().is_ok();
        if !is_over {
            let note = writeln!(std::io::stderr(), "a program of the test may still run");
            drop(note);
        }
    }
}

/// A port of this machine that is free now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
