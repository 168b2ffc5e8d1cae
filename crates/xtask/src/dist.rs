//! The script-tag build: `dist/paywith.js` and its `.wasm`, as small as they get.

use crate::run::{program, read, root, run};
use crate::tools;
use std::path::{Path, PathBuf};

/// What is promised, in bytes of brotli: more than this is a warning, until it is reached.
const GOAL: u64 = 75_000;
/// Above this the build fails: nobody makes it larger by accident. It only ever goes down; the
/// promised ceiling is 90,000, which the module does not reach yet.
const LIMIT: u64 = 113_000;

/// wasm-opt's features, named one by one: with all of them it writes types that Chromium refuses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds `dist/` and answers its size in bytes of brotli.
pub(crate) fn dist() -> Result<u64, String> {
    tools::wasm_target()?;
    tools::wasm_bindgen()?;
    tools::npm_packages()?;
    let module = compile()?;
    let work = root().join("target/dist-work");
    let folder = root().join("dist");
    for path in [&work, &folder] {
        std::fs::create_dir_all(path).map_err(|error| error.to_string())?;
    }
    run(program("wasm-bindgen")
        .args(["--target", "web", "--no-typescript", "--omit-default-module-path"])
        .args(["--out-name", "bindings", "--out-dir"])
        .arg(&work)
        .arg(module))?;
    let wasm = folder.join("paywith.wasm");
    shrink(&work.join("bindings_bg.wasm"), &wasm)?;
    let script = folder.join("paywith.js");
    bundle(&work.join("bindings.js"), &script, &measure(&wasm)?.integrity)?;
    report(&folder, &[script, wasm])
}

/// Compiles the widget; with a standard library of its own where that can be built.
fn compile() -> Result<PathBuf, String> {
    let mut command = program("cargo");
    let target = root().join("target/small");
    command.args(["build", "--release", "--lib", "-p", "paywith"]);
    command.args(["--target", "wasm32-unknown-unknown", "--target-dir"]).arg(&target);
    if tools::has_library_sources() {
        // The standard library built for size, and panics that end at once without a message:
        // a quarter of the module. Needs features that the compiler calls unstable.
        command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        command.env("RUSTC_BOOTSTRAP", "1").env(
            "RUSTFLAGS",
            "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
        );
    } else {
        println!("note: without the standard library's sources the build is about a third larger");
    }
    run(&mut command)?;
    Ok(target.join("wasm32-unknown-unknown/release/paywith.wasm"))
}

fn shrink(from: &Path, to: &Path) -> Result<(), String> {
    run(program("wasm-opt").arg("-Oz").arg("--converge").args(FEATURES).arg(from).arg("-o").arg(to))
}

/// One minified file of the element, the loader and wasm-bindgen's glue. It knows the hash of its
/// module and refuses any other one.
fn bundle(bindings: &Path, to: &Path, integrity: &str) -> Result<(), String> {
    run(program("esbuild")
        .arg(root().join("npm/src/script.js"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"])
        .arg(format!("--alias:paywith-bindings={}", bindings.display()))
        .arg(format!("--define:WASM_INTEGRITY=\"{integrity}\""))
        .arg(format!("--outfile={}", to.display())))
}

struct Measure {
    sizes: [u64; 3],
    integrity: String,
}

/// Raw, gzip and brotli size of a file and its SHA-384, from Node's own libraries.
fn measure(file: &Path) -> Result<Measure, String> {
    let script = root().join("crates/xtask/measure.mjs");
    let said = read(program("node").arg(script).arg(file))?;
    let mut words = said.split_whitespace();
    let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(u64::MAX);
    let sizes = [number(), number(), number()];
    let integrity = words.next().unwrap_or_default().to_owned();
    Ok(Measure { sizes, integrity })
}

fn report(folder: &Path, files: &[PathBuf]) -> Result<u64, String> {
    println!("{:<16}{:>12}{:>12}{:>12}", "", "raw", "gzip", "brotli");
    let mut sums = [0u64; 3];
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let measure = measure(file)?;
        let [raw, gzip, brotli] = measure.sizes;
        println!("{name:<16}{raw:>12}{gzip:>12}{brotli:>12}");
        for (sum, size) in sums.iter_mut().zip(measure.sizes) {
            *sum = sum.saturating_add(size);
        }
        if name == "paywith.js" {
            write_readme(folder, &measure.integrity)?;
        }
    }
    let [raw, gzip, brotli] = sums;
    println!(
        "{:<16}{raw:>12}{gzip:>12}{brotli:>12}   (styles and four languages included)",
        "together"
    );
    if brotli > LIMIT {
        return Err(format!("{brotli} bytes of brotli are more than the limit of {LIMIT}"));
    }
    if brotli > GOAL {
        println!("warning: {brotli} bytes of brotli are more than the goal of {GOAL}");
    }
    Ok(brotli)
}

fn write_readme(folder: &Path, integrity: &str) -> Result<(), String> {
    let text = format!(
        "Put paywith.js and paywith.wasm side by side on any web server, then:\n\n\
         <script type=\"module\" src=\"/paywith.js\" integrity=\"{integrity}\" crossorigin></script>\n\n\
         <pay-with endpoint=\"/api\" order=\"...\" providers=\"cashi kashier\">\n  \
         <a href=\"/pay/...\">Pay</a>\n</pay-with>\n"
    );
    std::fs::write(folder.join("README.txt"), text).map_err(|error| error.to_string())
}
