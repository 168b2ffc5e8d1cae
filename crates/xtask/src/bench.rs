//! Measurements, never part of the tests: a busy machine would fail them.

use crate::run::{program, root, run};

const SERVERS: [&str; 3] = ["paywith-merchant", "paywith-sandbox", "paywith-bench-merchant"];

/// Builds the programs as servers, starts the benchmark, and leaves the folder with its files when
/// something goes wrong.
pub(crate) fn bench(words: &[&str]) -> Result<(), String> {
    let sizes = match words {
        ["merchant", sizes @ ..] => sizes,
        _ => return Err("say what: cargo xtask bench merchant [WAITING...]".to_owned()),
    };
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
