//! The fixtures of `tests/frameworks`: built from the packed package, as a storefront would build
//! them, and then paid in a browser by the journeys of the same name.

use crate::run::{program, root, run};
use crate::{dist, tools};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `tests/frameworks`, the name of its built copy, and packages in other versions.
const FIXTURES: [(&str, &str, &[&str]); 8] = [
    ("react", "react19", &[]),
    ("react", "react18", &["react@18", "react-dom@18"]),
    ("next", "next", &[]),
    ("vue", "vue", &[]),
    ("svelte", "svelte", &[]),
    ("webpack", "webpack", &[]),
    ("esbuild", "esbuild", &[]),
    ("rollup", "rollup", &[]),
];

/// Packs the package, checks it, and builds every fixture with it.
pub(crate) fn build() -> Result<(), String> {
    let package = prepare_types()?;
    let folder = root().join("target/frameworks");
    for (source, name, others) in FIXTURES {
        let copy = folder.join(name);
        clear(&copy)?;
        copy_fixture(&root().join("tests/frameworks").join(source), &copy)?;
        install(&copy, &package, others)?;
        run(program("npm").args(["run", "build"]).current_dir(&copy))?;
    }
    Ok(())
}

/// Packs the package, checks it, and compiles what uses its types in `target/frameworks/types`.
/// Answers where the package is.
pub(crate) fn prepare_types() -> Result<String, String> {
    if !root().join("dist/npm/package.json").is_file() {
        dist::dist()?;
    }
    tools::npm_packages()?;
    let folder = root().join("target/frameworks");
    make(&folder)?;
    let package = pack(&folder)?;
    check_types(&folder.join("types"), &package)?;
    Ok(package)
}

/// Compiles what uses the types, as a storefront's compiler would.
fn check_types(copy: &Path, package: &str) -> Result<(), String> {
    copy_fixture(&root().join("npm/test/types"), copy)?;
    fs::write(copy.join("package.json"), "{\"private\":true}").map_err(|e| e.to_string())?;
    install(copy, package, &["react@19", "@types/react@19", "@types/react-dom@19"])?;
    run(program("tsc").arg("--project").arg(copy))
}

/// Installs the package and others into the folder, and nowhere above it.
fn install(folder: &Path, package: &str, others: &[&str]) -> Result<(), String> {
    run(program("npm")
        .args(["install", "--no-audit", "--no-fund", "--no-package-lock", package])
        .args(others)
        .current_dir(folder))
}

/// The package as npm would publish it, and what others say of its manifest.
fn pack(folder: &Path) -> Result<String, String> {
    let source = root().join("dist/npm");
    run(program("npm").args(["pack", "--silent", "--pack-destination"]).arg(folder).arg(&source))?;
    let package = folder.join(format!("paywith-{}.tgz", env!("CARGO_PKG_VERSION")));
    run(program("publint").arg("--strict").arg(&source))?;
    run(program("attw")
        .arg(&package)
        .args(["--profile", "esm-only", "--exclude-entrypoints"])
        .args(["paywith.wasm", "custom-elements.json"]))?;
    Ok(package.to_string_lossy().into_owned())
}

/// Removes what an earlier version of a fixture left; its `node_modules` stay.
fn clear(copy: &Path) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(copy) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        let removed = match path.file_name() {
            Some(name) if name == "node_modules" => Ok(()),
            _ if path.is_dir() => fs::remove_dir_all(&path),
            _ => fs::remove_file(&path),
        };
        removed.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Copies a fixture over its built copy.
fn copy_fixture(from: &Path, to: &Path) -> Result<(), String> {
    make(to)?;
    for entry in fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let target: PathBuf = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_fixture(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}
