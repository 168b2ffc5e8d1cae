//! What a release needs, tried without publishing anything.

use crate::run::{program, read, root, run};
use crate::{cargo_tools, dist};
use std::collections::BTreeSet;

/// What npm gets, no more and no less.
const NPM_FILES: [&str; 19] = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "auto.d.ts",
    "auto.js",
    "core.js",
    "custom-elements.json",
    "index.d.ts",
    "index.js",
    "inline.d.ts",
    "inline.js",
    "jsx.d.ts",
    "package.json",
    "paywith.wasm",
    "react.d.ts",
    "react.js",
    "svelte.d.ts",
    "vue.d.ts",
    "wasm-base64.js",
];

/// `release --dry-run`: versions, changelog, licences, and what would be uploaded.
pub(crate) fn release(options: &[&str]) -> Result<(), String> {
    if options != ["--dry-run"] {
        return Err("only `release --dry-run` exists: publishing is a person's decision, and \
                    the last words of the dry run say how"
            .to_owned());
    }
    check()?;
    // Builds every crate from what would be uploaded: about seven minutes.
    run(&mut package_crates()?)?;
    println!(
        "\nready. To publish: cargo deny check advisories; npm publish dist/npm; cargo publish \
         --workspace; put dist/paywith-{version}.js and .wasm on a CDN; git tag v{version}",
        version = env!("CARGO_PKG_VERSION")
    );
    Ok(())
}

/// The part that takes seconds: versions, changelog, licences, what npm and crates.io would get.
pub(crate) fn check() -> Result<(), String> {
    check_versions()?;
    check_dependencies()?;
    check_npm_package()?;
    run(package_crates()?.arg("--no-verify"))
}

fn package_crates() -> Result<std::process::Command, String> {
    let mut package = program("cargo");
    package.args(["package", "--workspace", "--allow-dirty"]);
    for name in unpublished()? {
        package.args(["--exclude", &name]);
    }
    Ok(package)
}

/// Members whose manifests say that they stay here.
fn unpublished() -> Result<Vec<String>, String> {
    let said = read(program("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let said: serde_json::Value =
        serde_json::from_str(&said).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = said.get("packages").and_then(|packages| packages.as_array());
    let packages = packages.ok_or("cargo metadata lists no packages")?;
    // `publish = false` is an empty list of registries.
    let stays =
        |package: &&serde_json::Value| package["publish"].as_array().is_some_and(Vec::is_empty);
    let names = packages.iter().filter(stays).filter_map(|package| package["name"].as_str());
    Ok(names.map(str::to_owned).collect())
}

/// One version everywhere, and a chapter about it in the changelog.
fn check_versions() -> Result<(), String> {
    let version = env!("CARGO_PKG_VERSION");
    let has = |file: &str, wanted: &str| {
        let text =
            std::fs::read_to_string(root().join(file)).map_err(|e| format!("{file}: {e}"))?;
        if text.contains(wanted) { Ok(()) } else { Err(format!("{file} has no `{wanted}`")) }
    };
    has("npm/package.json", &format!("\"version\": \"{version}\""))?;
    has("CHANGELOG.md", &format!("\n## {version}"))?;
    for name in ["protocol", "qris", "providers", "checkout", "merchant", "sandbox"] {
        let path = format!("paywith-{name} = {{ path = \"crates/{name}\", version = \"{version}\"");
        has("Cargo.toml", &path)?;
    }
    println!("version {version} everywhere, with its chapter in CHANGELOG.md");
    Ok(())
}

/// Licences and origins of what we build on. Advisories need the network and are left to the
/// person who publishes.
fn check_dependencies() -> Result<(), String> {
    cargo_tools::cargo_deny()?;
    run(program("cargo-deny")
        .args(["--offline", "--workspace", "check", "--hide-inclusion-graph"])
        .args(["licenses", "bans", "sources"]))
}

/// The files in the package are those that are meant, none of them is empty.
fn check_npm_package() -> Result<(), String> {
    if !root().join("dist/npm/package.json").is_file() {
        dist::dist()?;
    }
    let said = read(program("npm").args(["pack", "--dry-run", "--json", "./dist/npm"]))?;
    let said: serde_json::Value =
        serde_json::from_str(&said).map_err(|error| format!("npm pack: {error}"))?;
    let files = said.pointer("/0/files").and_then(|files| files.as_array());
    let files = files.ok_or("npm pack does not list its files")?;
    let text = |file: &serde_json::Value| file["path"].as_str().unwrap_or_default().to_owned();
    let packed: BTreeSet<String> = files.iter().map(text).collect();
    let meant: BTreeSet<String> = NPM_FILES.iter().map(|&name| name.to_owned()).collect();
    if packed != meant {
        let odd: Vec<_> = packed.symmetric_difference(&meant).collect();
        return Err(format!("the npm package differs from what is meant in {odd:?}"));
    }
    if let Some(empty) = files.iter().find(|file| file["size"].as_u64().unwrap_or(0) == 0) {
        return Err(format!("{} is empty", text(empty)));
    }
    println!("npm package: {} files, as meant", packed.len());
    Ok(())
}
