//! The script-tag build: `dist/paywith.js` and its `.wasm`, as small as they get.

use crate::run::{program, read, root, run};
use crate::{cargo_tools, package, size, tools};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// For LLVM, which optimizes the whole module at once: what is called twice stays a function, and
/// structures are copied by the one instruction that there is for it.
const CODE_GENERATION: [&str; 3] = [
    "-Cllvm-args=-inline-threshold=10",
    "-Cllvm-args=-max-store-memcpy=1",
    "-Cllvm-args=-max-store-memmove=1",
];

/// In bytes. A payment takes about twelve thousand; a megabyte is usual, and would be half of the page's memory.
/// A stack that overflows meets the end of the memory, and stops the module (`npm/src/guard.js`).
const STACK: &str = "-Clink-arg=-zstack-size=262144";

/// What the module and its script are made of.
const SOURCES: [&str; 7] = [
    "src",
    "npm",
    "Cargo.lock",
    "crates/protocol/src",
    "crates/qris/src",
    "crates/providers/src",
    "crates/checkout/src",
];

/// Builds `dist/` where something that it is made of is newer.
pub(crate) fn dist_if_older() -> Result<(), String> {
    let built = modified(&root().join("dist/paywith.js"));
    let newest = SOURCES.iter().filter_map(|source| newest(&root().join(source))).max();
    if built.is_some() && built >= newest { Ok(()) } else { dist() }
}

fn modified(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|data| data.modified()).ok()
}

/// When the youngest file in here was written.
fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = std::fs::read_dir(path) else { return modified(path) };
    entries.flatten().filter_map(|entry| newest(&entry.path())).max()
}

/// Builds `dist/`, and holds its size against the budget.
pub(crate) fn dist() -> Result<(), String> {
    tools::wasm_target()?;
    cargo_tools::wasm_bindgen()?;
    tools::npm_packages()?;
    let module = compile()?;
    let work = root().join("target/dist-work");
    let folder = root().join("dist");
    for path in [&work, &folder] {
        std::fs::create_dir_all(path).map_err(|error| error.to_string())?;
    }
    run(program("wasm-bindgen")
        .args(["--target", "bundler", "--no-typescript", "--out-name", "bindings", "--out-dir"])
        .arg(&work)
        .arg(module))?;
    let wasm = folder.join("paywith.wasm");
    run(program("node").arg(root().join("crates/xtask/pack.mjs")).arg(&work).arg(&wasm))?;
    let of_module = measure(&wasm)?;
    let integrity = &of_module.integrity;
    let glue = work.join("glue.js");
    let script = folder.join("paywith.js");
    write_script(&glue, integrity, &script, "paywith.wasm")?;
    write_versioned(&glue, integrity, &folder, &wasm)?;
    // The backend that is not there; it needs neither glue nor module.
    let mock = folder.join("mock.js");
    package::bundle("npm/src/mock.js", &glue, integrity, &mock, &["--minify"])?;
    package::write(&folder.join("npm"), &glue, &wasm, integrity)?;
    let of_script = measure(&script)?;
    write_readme(&folder, &of_script.integrity, integrity)?;
    report(&[("paywith.js", of_script), ("paywith.wasm", of_module)])
}

/// One minified file of the element, the loader and wasm-bindgen's glue, which knows the name and
/// the hash of its module and refuses any other one.
fn write_script(glue: &Path, integrity: &str, to: &Path, wasm: &str) -> Result<(), String> {
    let file = format!("--define:WASM_FILE=\"./{wasm}\"");
    package::bundle("npm/src/script.js", glue, integrity, to, &["--minify", &file])
}

/// The same two files under names that never change their content: what a CDN serves for ever.
fn write_versioned(glue: &Path, integrity: &str, folder: &Path, wasm: &Path) -> Result<(), String> {
    let name = format!("paywith-{}", env!("CARGO_PKG_VERSION"));
    let own = format!("{name}.wasm");
    std::fs::copy(wasm, folder.join(&own)).map_err(|error| error.to_string())?;
    write_script(glue, integrity, &folder.join(format!("{name}.js")), &own)
}

/// Builds `dist/`, and prints where the bytes of its module are.
pub(crate) fn size() -> Result<(), String> {
    dist()?;
    size::report(&root().join("target/dist-work/reached.wasm"))
}

/// Compiles the widget, with a standard library of its own.
fn compile() -> Result<PathBuf, String> {
    tools::library_sources()?;
    let mut command = program("cargo");
    let target = root().join("target/small");
    command.args(["rustc", "--release", "--lib", "-p", "paywith", "--features", "small-allocator"]);
    // Without the Rust library beside it, everything that is not exported can go.
    command
        .args(["--crate-type", "cdylib", "--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(&target);
    // The standard library built for size, and panics that end at once without a message: a quarter of the
    // module. Needs features that the compiler calls unstable.
    command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
    command.env("RUSTC_BOOTSTRAP", "1").env(
        "RUSTFLAGS",
        "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
    );
    run(command.arg("--").args(CODE_GENERATION).arg(STACK))?;
    Ok(target.join("wasm32-unknown-unknown/release/paywith.wasm"))
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

fn report(files: &[(&str, Measure)]) -> Result<(), String> {
    println!("{:<16}{:>12}{:>12}{:>12}", "", "raw", "gzip", "brotli");
    let (mut sums, mut of_each) = ([0u64; 3], Vec::new());
    for (name, measure) in files {
        let [raw, gzip, brotli] = measure.sizes;
        println!("{name:<16}{raw:>12}{gzip:>12}{brotli:>12}");
        for (sum, size) in sums.iter_mut().zip(measure.sizes) {
            *sum = sum.saturating_add(size);
        }
        of_each.push(((*name).to_owned(), brotli));
    }
    let [raw, gzip, brotli] = sums;
    println!(
        "{:<16}{raw:>12}{gzip:>12}{brotli:>12}   (styles and four languages included)",
        "together"
    );
    size::check(&of_each)
}

fn write_readme(folder: &Path, of_script: &str, of_module: &str) -> Result<(), String> {
    let versioned = format!("paywith-{}.js", env!("CARGO_PKG_VERSION"));
    let of_versioned = measure(&folder.join(&versioned))?.integrity;
    let text = format!(
        "Put paywith.js and paywith.wasm side by side on any web server, then:\n\n\
         <script type=\"module\" src=\"/paywith.js\" integrity=\"{of_script}\" crossorigin></script>\n\n\
         <pay-with endpoint=\"/api\" order=\"...\" providers=\"cashi kashier\">\n  \
         <a href=\"/pay/...\">Pay</a>\n</pay-with>\n\n\
         In the page's head this line starts the module's download with the page's: a code comes sooner,\n\
         but on a slow network the buttons come a little later.\n\n\
         <link rel=\"preload\" href=\"/paywith.wasm\" as=\"fetch\" type=\"application/wasm\" \
         fetchpriority=\"low\" integrity=\"{of_module}\" crossorigin>\n\n\
         The files with a version in their names never change: for a CDN, serve them with\n\
         `Cache-Control: public, max-age=31536000, immutable` and `Access-Control-Allow-Origin: *`:\n\n\
         <script type=\"module\" src=\"https://cdn.example/{versioned}\" integrity=\"{of_versioned}\" crossorigin></script>\n"
    );
    std::fs::write(folder.join("README.txt"), text).map_err(|error| error.to_string())
}
