//! Measurements, never part of the tests: a busy machine would fail them.

use crate::run::{program, root, run};
use crate::{dist, system, tools};
use std::path::{Path, PathBuf};

const SERVERS: [&str; 3] = ["paywith-merchant", "paywith-sandbox", "paywith-bench-merchant"];

/// Starts the benchmark that is named.
pub(crate) fn bench(words: &[&str]) -> Result<(), String> {
    match words {
        ["merchant", sizes @ ..] => merchant(sizes),
        ["widget"] => widget(),
        ["widget", "--quick"] => widget_quickly(),
        ["widget", "--wait"] => widget_waits(),
        ["widget", "--trace"] => on_widget("trace.mjs", &root().join("target/bench-widget"), &[]),
        _ => Err("say what: cargo xtask bench merchant [WAITING...], or widget [--quick | --wait | --trace]"
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
/// something goes wrong.
fn merchant(sizes: &[&str]) -> Result<(), String> {
    if let Some(odd) = sizes.iter().find(|size| size.parse::<u32>().is_err()) {
        return Err(format!("`{odd}` is not a number of waiting shoppers"));
    }
    let mut build = program("cargo");
    build.args(["build", "--profile", "server"]);
    for name in SERVERS {
        build.args(["-p", name]);
    }
    run(&mut build)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), Into::into);
    let folder = target.join("bench");
    // There is none after a run that went well.
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut bench = program("sh");
    // Every waiting shopper is an open file for two of the programs; where so many are not allowed,
    // as many as are.
    let command = "ulimit -n 65536 2>/dev/null || ulimit -n \"$(ulimit -H -n)\"; exec \"$@\"";
    bench.args(["-c", command, "sh"]);
    bench.arg(target.join("server/paywith-bench-merchant")).arg(&folder).args(sizes);
    run(&mut bench)?;
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}
