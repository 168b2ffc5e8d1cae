//! The real program, in its own process, with its own folder and log.

use super::{answer, client, new_folder};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than a busy machine takes to start a program or to end it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program; it is killed when this is dropped.
pub(crate) struct Program {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    /// Where it runs.
    pub(crate) folder: PathBuf,
    child: Child,
    log: PathBuf,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
        // A temporary folder is no loss.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Program {
    /// Starts it as the demonstration on a free port, with these variables.
    pub(crate) async fn start(environment: &[(&str, &str)]) -> Program {
        Program::with(&["--demo", "--port", "0"], environment).await
    }

    pub(crate) async fn with(words: &[&str], environment: &[(&str, &str)]) -> Program {
        let folder = new_folder();
        let log = folder.join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_paywith-merchant"));
        command.args(words).current_dir(&folder).env_clear();
        command.envs(environment.iter().copied()).stdout(Stdio::piped());
        command.stderr(std::fs::File::create(&log).expect("a log"));
        let mut child = command.spawn().expect("a start");
        let output = child.stdout.take().expect("output");
        let first = tokio::task::spawn_blocking(move || {
            let mut first = String::new();
            BufReader::new(output).read_line(&mut first).expect("a line");
            first
        });
        let first = first.await.expect("a line");
        let url = first.trim().strip_prefix("merchant on ").map(str::to_owned);
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        let url = url.unwrap_or_else(|| panic!("it does not start: {first} {}", said()));
        Program { http: client(), url, folder, child, log }
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    pub(crate) async fn metrics(&self) -> String {
        answer(self.http.get(format!("{}/metrics", self.url))).await.text
    }

    /// Returns once the numbers say this.
    pub(crate) async fn until_counted(&self, line: &str) {
        let begun = Instant::now();
        while !self.metrics().await.lines().any(|counted| counted == line) {
            assert!(begun.elapsed() < PATIENCE, "never {line}: {}", self.metrics().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The signal that a service manager sends.
    pub(crate) fn terminate(&self) {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(kill.expect("kill").success());
    }

    /// How it ended.
    pub(crate) async fn exit_code(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
