//! What the widget's crate is: a module for pages, which sets no global allocator for other crates and is built with
//! the stand-in for `wasm-streams`. It is not built here.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

fn read(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(name)).expect(name)
}

/// The tables of a lock file that describe a package, by the name of the package.
fn locked<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    let named = format!("name = \"{name}\"\n");
    lock.split("[[package]]\n").filter(|package| package.starts_with(&named)).collect()
}

#[test]
fn nobody_inherits_the_allocator() {
    let manifest = read("Cargo.toml");
    assert!(manifest.contains("\nsmall-allocator = [\"dep:rlsf\"]\n"), "the feature is gone");
    assert!(!manifest.contains("\ndefault = ["), "a default feature reaches every dependent");
    let library = read("src/lib.rs");
    let (before, _) = library.split_once("#[global_allocator]").expect("an allocator");
    let condition = before.trim_end().lines().last().expect("a condition");
    assert!(condition.contains("feature = \"small-allocator\""), "{condition}");
}

/// Without the feature a build works and is kilobytes larger, which would not be noticed at once.
#[test]
fn what_pages_load_is_built_with_the_allocator() {
    for file in ["crates/xtask/src/dist.rs", "index.html"] {
        assert!(read(file).contains("\"small-allocator\""), "{file} builds without the allocator");
    }
}

/// Cargo drops a patch whose version does not fit, with a warning only. The widget would then carry the
/// real crate's classes, which no tool can take out.
#[test]
fn the_stand_in_for_wasm_streams_is_what_is_built() {
    let lock = read("Cargo.lock");
    assert!(
        !lock.contains("[[patch.unused]]"),
        "a patch of Cargo.toml is not used: see Cargo.lock"
    );
    let streams = locked(&lock, "wasm-streams");
    let [stand_in] = streams.as_slice() else {
        panic!("{} packages are called wasm-streams: {streams:?}", streams.len());
    };
    // A package of a registry has a `source`; one of this folder has none.
    assert!(!stand_in.contains("\nsource = "), "wasm-streams comes from a registry: {stand_in}");
    let server_fn = locked(&lock, "server_fn");
    let names = |package: &&str| package.contains("\n \"wasm-streams\",\n");
    assert!(
        server_fn.iter().any(names),
        "server_fn no longer depends on wasm-streams: remove crates/wasm-streams-stand-in"
    );
}
