//! Measurements, never part of the tests: a busy machine would fail them.

use crate::run::{program, root, run};
use crate::{dist, system, tools};
use std::path::{Path, PathBuf};

const SERVERS: [&str; 3] = ["paywith-merchant", "paywith-sandbox", "paywith-bench-merchant"];

/// Starts the benchmark that is named.
pub(crate) fn bench(words: &[&str]) -> Result<(), String> {
    match words {
        ["merchant", options @ ..] => merchant(options),
        ["widget"] => widget(),
        ["widget", "--quick"] => widget_quickly(),
        ["widget", "--wait"] => widget_waits(),
        ["widget", "--trace"] => on_widget("trace.mjs", &root().join("target/bench-widget"), &[]),
        _ => Err("say what: cargo xtask bench merchant [--plots] [WAITING... | \
             --soak [MINUTES] [postgres] | --scale-out [WAITING]], or widget [--quick | --wait | --trace]"
            .to_owned()),
    }
}

/// Measures the published widget against its yardstick and its rivals, and writes docs/performance.md.
fn widget() -> Result<(), String> {
    on_widget("measure.mjs", &widget_result("result"), &[])?;
    report_widget("result", "docs")
}

/// The widget and its yardstick alone, in three rounds: a speed that is lost altogether is found here.
pub(crate) fn widget_quickly() -> Result<(), String> {
    on_widget("measure.mjs", &widget_result("result"), &["--quick"])?;
    report_widget("result", "judge")
}

/// Nine minutes with a code on the screen, and one in which nobody sees it: also for docs/performance.md.
fn widget_waits() -> Result<(), String> {
    on_widget("wait.mjs", &widget_result("wait"), &[])?;
    report_widget("wait", "wait")
}

fn widget_result(name: &str) -> PathBuf {
    root().join(format!("target/bench-widget/{name}.json"))
}

/// Runs a program of `benches/widget` on the published widget; what it finds goes to `to`.
fn on_widget(script: &str, to: &Path, words: &[&str]) -> Result<(), String> {
    system::CHROMIUM.install()?;
    dist::dist_if_older()?;
    let modules = tools::contenders()?;
    run(program("node")
        .arg(root().join("benches/widget").join(script))
        .arg(modules)
        .arg(root().join("dist"))
        .arg(to)
        .args(words))
}

fn report_widget(result: &str, what: &str) -> Result<(), String> {
    run(program("node")
        .current_dir(root())
        .arg(root().join("benches/widget/report.mjs"))
        .arg(widget_result(result))
        .arg(what))
}

/// Builds the programs as servers, starts the benchmark, and leaves the folder with its files when
/// something goes wrong. The results stay beside it, in `merchant.jsonl`, those of all runs.
fn merchant(options: &[&str]) -> Result<(), String> {
    let options = merchant_options(options)?;
    let mut build = program("cargo");
    build.args(["build", "--profile", "server"]);
    for name in SERVERS {
        build.args(["-p", name]);
    }
    run(&mut build)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), Into::into);
    let folder = target.join("bench/merchant");
    // There is none after a run that went well.
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut bench = program("sh");
    // Every waiting shopper is an open file for two of the programs; where so many are not allowed,
    // as many as are.
    let command = "ulimit -n 65536 2>/dev/null || ulimit -n \"$(ulimit -H -n)\"; exec \"$@\"";
    bench.args(["-c", command, "sh"]);
    bench.arg(target.join("server/paywith-bench-merchant")).arg(&folder).args(options);
    run(&mut bench)?;
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}

/// The options as the benchmark takes them: looked at before a long build.
fn merchant_options(options: &[&str]) -> Result<Vec<String>, String> {
    let (has_plots, rest) = match options {
        ["--plots", rest @ ..] => (true, rest),
        [rest @ .., "--plots"] => (true, rest),
        rest => (false, rest),
    };
    let (soak, numbers) = match rest {
        ["--soak", minutes @ .., "postgres"] if minutes.len() <= 1 => (true, minutes),
        ["--soak", minutes @ ..] if minutes.len() <= 1 => (true, minutes),
        ["--scale-out", waiting @ ..] if waiting.len() <= 1 => (false, waiting),
        sizes => (false, sizes),
    };
    if let Some(odd) = numbers.iter().find(|number| !number.parse().is_ok_and(|n: u32| n > 0)) {
        let expected = if soak { "minutes" } else { "waiting shoppers" };
        return Err(format!("`{odd}` is not a number of {expected}"));
    }
    let mut words = Vec::new();
    if has_plots {
        words.push("--plots".to_owned());
        words.push(root().join("docs/pictures/bench").to_string_lossy().into_owned());
    }
    words.extend(rest.iter().map(|word| (*word).to_owned()));
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_the_merchant_benchmark() {
        let passed_on = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            merchant_options(&words).map(|words| words.join(" "))
        };
        for text in [
            "",
            "200 1000",
            "--soak",
            "--soak 5",
            "--soak postgres",
            "--soak 5 postgres",
            "--scale-out",
            "--scale-out 300",
        ] {
            assert_eq!(passed_on(text).as_deref(), Ok(text));
        }
        for text in ["--plots 200", "200 --plots", "--plots --soak 5", "--soak 5 --plots"] {
            let words = passed_on(text).unwrap_or_default();
            assert!(words.starts_with("--plots ") && words.contains("pictures/bench "), "{text}");
        }
        for text in [
            "many",
            "0",
            "--soak never",
            "--soak 5 6",
            "5 --soak",
            "--odd",
            "postgres",
            "--scale-out many",
            "--scale-out 5 6",
            "5 --scale-out",
        ] {
            assert!(passed_on(text).is_err(), "{text}");
        }
    }
}
