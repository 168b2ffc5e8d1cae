//! Runs journeys, which depend on browsers and their drivers: what they print is passed on and read.
//!
//! A driver that hangs must not hold up everything, and one of three hundred journeys that fails beside a busy
//! browser says little about us. So the few that failed are tried once more, alone; what fails twice is wrong,
//! and what passes the second time is named at the end.

use crate::run::shown;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Longer than any journey may take. By then the others have ended.
const SILENCE: Duration = Duration::from_secs(300);
/// If more have failed, nobody needs to ask again.
const MOST_AGAIN: usize = 3;

/// How they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Those that failed or never ended.
    failed: BTreeSet<String>,
    /// Those that have been running for a minute, until they end.
    slow: BTreeSet<String>,
    is_success: bool,
}

impl Outcome {
    /// A line as the test harness prints it.
    fn read(&mut self, line: &str) {
        let Some((name, end)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(' '))
        else {
            return;
        };
        if end.starts_with("has been running") {
            self.slow.insert(name.to_owned());
        } else if let Some(word) = end.strip_prefix("... ") {
            self.slow.remove(name);
            if word.starts_with("FAILED") {
                self.failed.insert(name.to_owned());
            }
        }
    }
}

/// Runs them and passes on what they print.
pub(crate) fn run(command: &mut Command) -> Result<Outcome, String> {
    let name = shown(command);
    println!("$ {name}");
    let child = in_a_group(command).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("{name} cannot be started: {error}"))?;
    let lines = lines_of(&mut child);
    let mut outcome = Outcome::default();
    loop {
        match lines.recv_timeout(SILENCE) {
            Ok(line) => {
                println!("{line}");
                outcome.read(&line);
            }
            Err(RecvTimeoutError::Timeout) => {
                println!(
                    "error: nothing for {} s: these hang: {:?}",
                    SILENCE.as_secs(),
                    outcome.slow
                );
                let group = format!("-{}", child.id());
                drop(Command::new("kill").args(["-9", "--", &group]).status());
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    outcome.is_success = status.success();
    outcome.failed.extend(std::mem::take(&mut outcome.slow));
    Ok(outcome)
}

/// Tries the failed ones once more, if they are few.
pub(crate) fn try_again(
    first: Outcome,
    command: impl FnOnce(&BTreeSet<String>) -> Command,
) -> Result<(), String> {
    let failed = first.failed;
    if first.is_success {
        return Ok(());
    }
    if failed.is_empty() || failed.len() > MOST_AGAIN {
        return Err(format!("these failed: {failed:?}"));
    }
    println!("\n-- once more, alone: {failed:?}");
    let second = run(&mut command(&failed))?;
    if !second.is_success {
        return Err(format!("these failed twice: {:?}", second.failed));
    }
    println!("\nnote: UNSTEADY, failed once and passed alone: {failed:?}");
    Ok(())
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

/// With the browsers and drivers that it starts, so that all of them can be ended.
#[cfg(unix)]
fn in_a_group(command: &mut Command) -> &mut Command {
    use std::os::unix::process::CommandExt;
    command.process_group(0)
}

#[cfg(not(unix))]
fn in_a_group(command: &mut Command) -> &mut Command {
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(lines: &[&str]) -> Outcome {
        let mut outcome = Outcome::default();
        lines.iter().for_each(|line| outcome.read(line));
        outcome
    }

    #[test]
    fn what_failed_and_what_hangs_is_read_from_the_harness() {
        let read = outcome(&[
            "running 3 tests",
            "test dialog::escape ... ok",
            "test dialog::inert has been running for over 60 seconds",
            "test lifetime::again has been running for over 60 seconds",
            "test dialog::inert ... FAILED",
            "test result: FAILED. 1 passed; 1 failed",
        ]);
        assert_eq!(read.failed, BTreeSet::from(["dialog::inert".to_owned()]));
        assert_eq!(read.slow, BTreeSet::from(["lifetime::again".to_owned()]));
    }

    #[test]
    fn many_failures_are_not_tried_again_and_a_second_failure_counts() {
        let failed = |names: &[&str]| Outcome {
            failed: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Outcome::default()
        };
        let is_asked = |_: &BTreeSet<String>| panic!("not asked again");
        assert!(try_again(failed(&["a", "b", "c", "d"]), is_asked).is_err());
        assert!(try_again(failed(&[]), is_asked).is_err(), "it did not even begin");
        assert!(try_again(Outcome { is_success: true, ..failed(&[]) }, is_asked).is_ok());
        let shell = |text: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", text]);
            command
        };
        let twice = try_again(failed(&["a"]), |_| shell("echo 'test a ... FAILED'; exit 1"));
        assert!(twice.expect_err("a failure").contains('a'));
        assert!(try_again(failed(&["a"]), |_| shell("echo 'test a ... ok'")).is_ok());
    }
}
