//! The fuzz targets of `fuzz/`: laid out for cargo-fuzz, but built by the stable compiler.

use crate::run::{program, read, root, run};
use crate::system;
use std::path::{Path, PathBuf};

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
    for (target, runs) in TARGETS {
        if found(target).is_dir() {
            std::fs::remove_dir_all(found(target)).map_err(|error| error.to_string())?;
        }
        fuzz_with(target, runs, &["-seed=1"])?;
    }
    Ok(())
}

/// A long run of one target; what it finds is stored with the other inputs.
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
        return Err(format!("`{target}` is not a target; {usage} {names}"));
    }
    build()?;
    fuzz_with(target, runs, &[])?;
    // Only inputs that reach code which no stored input reaches.
    let inputs = inputs(target);
    let mut merge = program(binary(target)?);
    run(merge.args(["-merge=1", "-use_counters=0"]).arg(&inputs).arg(found(target)))?;
    pack(&inputs, &kept(target)).map_err(|error| error.to_string())
}

fn build() -> Result<(), String> {
    system::CPP_COMPILER.install()?;
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
    let (inputs, failures) = (inputs(target), root().join("fuzz/artifacts").join(target));
    for folder in [&inputs, &failures, &found(target)] {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    unpack(&kept(target), &inputs).map_err(|error| error.to_string())?;
    let mut command = program(binary(target)?);
    command.args([&format!("-runs={runs}"), "-timeout=10", "-verbosity=0", "-print_final_stats=1"]);
    command.arg(format!("-artifact_prefix={}/", failures.display()));
    run(command.args(options).arg(found(target)).arg(inputs)).map_err(|error| {
        format!("{error}: the input is in fuzz/artifacts/{target}; make a test of it")
    })
}

/// The stored inputs: one per line, with escapes.
fn kept(target: &str) -> PathBuf {
    root().join("fuzz/corpus").join(format!("{target}.txt"))
}

/// The same as the fuzzer wants them: one a file.
fn inputs(target: &str) -> PathBuf {
    root().join("target/fuzz/inputs").join(target)
}

/// Where new inputs go; only a long run stores them.
fn found(target: &str) -> PathBuf {
    root().join("target/fuzz/found").join(target)
}

fn unpack(kept: &Path, folder: &Path) -> std::io::Result<()> {
    for (number, line) in std::fs::read_to_string(kept)?.lines().enumerate() {
        std::fs::write(folder.join(format!("{number:05}")), from_line(line))?;
    }
    Ok(())
}

fn pack(folder: &Path, kept: &Path) -> std::io::Result<()> {
    let files = std::fs::read_dir(folder)?.flatten().map(|entry| std::fs::read(entry.path()));
    let mut lines = files.map(|bytes| Ok(to_line(&bytes?))).collect::<std::io::Result<Vec<_>>>()?;
    lines.sort();
    lines.dedup();
    std::fs::write(kept, lines.join("\n") + "\n")
}

fn to_line(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Anything that is not an escape is literal.
fn from_line(line: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), line);
    while let Some(sign) = rest.chars().next() {
        let hex = rest.get(2..4).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let (byte, length) = match rest.get(..2) {
            Some("\\t") => (Some(b'\t'), 2),
            Some("\\r") => (Some(b'\r'), 2),
            Some("\\n") => (Some(b'\n'), 2),
            Some("\\\\") => (Some(b'\\'), 2),
            Some("\\'") => (Some(b'\''), 2),
            Some("\\\"") => (Some(b'"'), 2),
            Some("\\x") if hex.is_some() => (hex, 4),
            Some(_) | None => (None, sign.len_utf8()),
        };
        match byte {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(sign.to_string().bytes()),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    bytes
}

fn binary(target: &str) -> Result<PathBuf, String> {
    Ok(root().join("target/fuzz").join(host()?).join("release").join(target))
}

/// This machine, as the compiler calls it. Named, so that the flags reach no build script.
fn host() -> Result<String, String> {
    let said = read(program("rustc").arg("-vV"))?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).ok_or_else(|| "rustc does not name this machine".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{from_line, to_line};

    #[test]
    fn an_input_is_the_same_after_it_was_kept() {
        let every_byte: Vec<u8> = (0..=255).collect();
        let line = to_line(&every_byte);
        assert_eq!((line.lines().count(), from_line(&line)), (1, every_byte));
        assert_eq!(from_line(r"ü\x4"), r"ü\x4".as_bytes(), "no escape stands for itself");
    }
}
