//! The fuzz targets of `fuzz/`: laid out for cargo-fuzz, but built by the stable compiler.

use crate::run::{program, read, root, run};
use crate::tools;

/// The targets, and how many inputs each gets in the ordinary run: seconds.
const TARGETS: [(&str, u64); 4] =
    [("qris", 1_000_000), ("answers", 400_000), ("addresses", 100_000), ("money", 2_000_000)];

/// What tells libFuzzer which ways through the code an input takes.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// The same inputs in every run, for every target.
pub(crate) fn check() -> Result<(), String> {
    build()?;
    TARGETS.into_iter().try_for_each(|(target, runs)| fuzz_with(target, runs, &["-seed=1"]))
}

/// A long run of one target; what it finds is kept beside the other inputs.
pub(crate) fn fuzz(options: &[&str]) -> Result<(), String> {
    let usage = "use: cargo xtask fuzz TARGET [--runs N], where TARGET is one of";
    let names = TARGETS.map(|(name, _)| name).join(", ");
    let (target, runs) = match options {
        [target] => (*target, 10_000_000),
        [target, "--runs", runs] => {
            (*target, runs.parse().map_err(|_| format!("--runs {runs}: a number is needed"))?)
        }
        _ => return Err(format!("{usage} {names}")),
    };
    if !TARGETS.iter().any(|(known, _)| *known == target) {
        return Err(format!("`{target}` is no target; {usage} {names}"));
    }
    build()?;
    fuzz_with(target, runs, &[])?;
    // Only what takes another way than everything that is kept already.
    let kept = root().join("fuzz/corpus").join(target);
    run(program(binary(target)?).arg("-merge=1").arg(kept).arg(found(target)))
}

fn build() -> Result<(), String> {
    tools::cpp_compiler()?;
    let manifest = root().join("fuzz/Cargo.toml");
    let target = root().join("target/fuzz");
    run(program("cargo")
        .args(["build", "--release", "--locked", "--target", &host()?, "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .env("RUSTFLAGS", COVERAGE))
}

fn fuzz_with(target: &str, runs: u64, options: &[&str]) -> Result<(), String> {
    let kept = root().join("fuzz/corpus").join(target);
    let failures = root().join("fuzz/artifacts").join(target);
    for folder in [&kept, &failures, &found(target)] {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let mut command = program(binary(target)?);
    command.args([&format!("-runs={runs}"), "-timeout=10", "-verbosity=0", "-print_final_stats=1"]);
    command.arg(format!("-artifact_prefix={}/", failures.display()));
    run(command.args(options).arg(found(target)).arg(kept)).map_err(|error| {
        format!("{error}: the input is in fuzz/artifacts/{target}; make a test of it")
    })
}

/// Where new inputs go: they are kept only by who asks for it.
fn found(target: &str) -> std::path::PathBuf {
    root().join("target/fuzz/found").join(target)
}

fn binary(target: &str) -> Result<std::path::PathBuf, String> {
    Ok(root().join("target/fuzz").join(host()?).join("release").join(target))
}

/// This machine, as the compiler calls it. Named, so that the flags reach no build script.
fn host() -> Result<String, String> {
    let said = read(program("rustc").arg("-vV"))?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).ok_or_else(|| "rustc does not name this machine".to_owned())
}
