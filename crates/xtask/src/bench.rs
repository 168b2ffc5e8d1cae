//! Measurements, never part of the tests: a busy machine would fail them.

use crate::run::{program, root, run};
use crate::{dist, system, tools};
use std::path::PathBuf;

const SERVERS: [&str; 3] = ["paywith-merchant", "paywith-sandbox", "paywith-bench-merchant"];

/// Starts the benchmark that is named.
pub(crate) fn bench(words: &[&str]) -> Result<(), String> {
    match words {
        ["merchant", sizes @ ..] => merchant(sizes),
        ["widget"] => widget(),
        ["widget", "--quick"] => widget_quickly(),
        _ => {
            Err("say what: cargo xtask bench merchant [WAITING...], or widget [--quick]".to_owned())
        }
    }
}

/// Measures the published widget against its yardstick and its rivals, and writes docs/performance.md.
fn widget() -> Result<(), String> {
    measure_widget(&[])?;
    report_widget("docs")
}

/// The widget and its yardstick alone, in three rounds: a speed that is lost altogether is found here.
pub(crate) fn widget_quickly() -> Result<(), String> {
    measure_widget(&["--quick"])?;
    report_widget("judge")
}

fn widget_result() -> PathBuf {
    root().join("target/bench-widget/result.json")
}

fn measure_widget(words: &[&str]) -> Result<(), String> {
    system::CHROMIUM.install()?;
    dist::dist_if_older()?;
    let modules = tools::contenders()?;
    run(program("node")
        .arg(root().join("benches/widget/measure.mjs"))
        .arg(modules)
        .arg(root().join("dist"))
        .arg(widget_result())
        .args(words))
}

fn report_widget(what: &str) -> Result<(), String> {
    run(program("node")
        .current_dir(root())
        .arg(root().join("benches/widget/report.mjs"))
        .arg(widget_result())
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
