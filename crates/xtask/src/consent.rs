//! Nothing is installed for the whole machine without consent: the option `--install`, `CI=true`, or an
//! answer on the terminal. It knows nothing of what is installed; start at [`ask`].

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// The option that says yes beforehand.
pub(crate) const OPTION: &str = "--install";

/// What is to be done about missing packages.
#[derive(Debug, PartialEq, Eq)]
enum Decision {
    Install,
    Ask,
    Refuse,
}

fn decide(has_option: bool, ci: Option<&str>, is_terminal: bool) -> Decision {
    if has_option || matches!(ci, Some("true" | "1")) {
        Decision::Install
    } else if is_terminal {
        Decision::Ask
    } else {
        Decision::Refuse
    }
}

static HAS_OPTION: AtomicBool = AtomicBool::new(false);
/// What a person answered; the same command is not asked about twice.
static ANSWER: Mutex<Option<bool>> = Mutex::new(None);

/// Takes [`OPTION`] out of the command's words.
pub(crate) fn read_option<'a>(words: &[&'a str]) -> Vec<&'a str> {
    if words.contains(&OPTION) {
        HAS_OPTION.store(true, Ordering::SeqCst);
    }
    words.iter().copied().filter(|word| *word != OPTION).collect()
}

/// Whether there is a terminal to ask on.
pub(crate) fn is_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Succeeds where the packages may be installed. `why` says what is missing, `remedy` how to do without.
pub(crate) fn ask(why: &str, packages: &[&str], remedy: &str) -> Result<(), String> {
    let mut answer = ANSWER.lock().map_err(|error| error.to_string())?;
    if *answer == Some(true) {
        return Ok(());
    }
    let ci = std::env::var("CI").ok();
    let decision = match decide(HAS_OPTION.load(Ordering::SeqCst), ci.as_deref(), is_terminal()) {
        Decision::Ask if *answer == Some(false) => Decision::Refuse,
        other => other,
    };
    match decision {
        Decision::Install => return Ok(()),
        Decision::Refuse => {}
        Decision::Ask => {
            eprint!("{}", question(why, packages));
            std::io::stderr().flush().map_err(|error| error.to_string())?;
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map_err(|error| error.to_string())?;
            let is_yes = says_yes(&line);
            *answer = Some(is_yes);
            if is_yes {
                return Ok(());
            }
        }
    }
    Err(refusal(why, packages, remedy))
}

fn question(why: &str, packages: &[&str]) -> String {
    format!(
        "{why}. Install these packages as root?\n\n  apt-get install {}\n\n[y/N] ",
        packages.join(" ")
    )
}

fn says_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

fn refusal(why: &str, packages: &[&str], remedy: &str) -> String {
    format!(
        "{why}, and installing packages as root needs your consent. Repeat the command with {OPTION}, or \
         run: sudo apt-get install {}  (or {remedy})",
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::{Decision, decide, question, read_option, refusal, says_yes};

    #[test]
    fn consent_is_an_option_a_ci_or_a_person() {
        let cases = [
            // option, CI, terminal
            ((true, None, true), Decision::Install),
            ((true, None, false), Decision::Install),
            ((false, Some("true"), true), Decision::Install),
            ((false, Some("1"), false), Decision::Install),
            ((false, None, true), Decision::Ask),
            ((false, Some("false"), true), Decision::Ask),
            ((false, Some(""), true), Decision::Ask),
            ((false, None, false), Decision::Refuse),
            ((false, Some("0"), false), Decision::Refuse),
        ];
        for ((option, ci, terminal), expected) in cases {
            assert_eq!(decide(option, ci, terminal), expected, "{option} {ci:?} {terminal}");
        }
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for (line, expected) in [
            ("y\n", true),
            ("YES\n", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yikes\n", false),
        ] {
            assert_eq!(says_yes(line), expected, "{line:?}");
        }
    }

    #[test]
    fn both_texts_name_every_package_and_the_refusal_names_the_option() {
        let packages = ["postgresql", "xvfb"];
        let asked = question("PostgreSQL is missing", &packages);
        let refused = refusal("PostgreSQL is missing", &packages, "put `initdb` on PATH");
        for text in [&asked, &refused] {
            assert!(text.contains("apt-get install postgresql xvfb"), "{text}");
        }
        assert!(refused.contains("--install") && refused.contains("put `initdb` on PATH"));
    }

    #[test]
    fn the_option_may_stand_anywhere_and_is_taken_out() {
        assert_eq!(read_option(&["test", "tidy", "native"]), ["test", "tidy", "native"]);
        assert_eq!(read_option(&["test", "--install", "native"]), ["test", "native"]);
        assert!(super::HAS_OPTION.load(std::sync::atomic::Ordering::SeqCst));
    }
}
