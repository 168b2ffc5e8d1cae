//! What a release needs, tried without publishing anything.

use crate::run::{program, read, root, run};
use crate::{cargo_tools, dist};
use serde_json::Value;
use std::collections::BTreeSet;

/// What npm gets, no more and no less.
const NPM_FILES: [&str; 24] = [
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
    "mock-backend.js",
    "mock-qris.js",
    "mock-scenes.js",
    "mock.d.ts",
    "mock.js",
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
        "\nready. To publish: rename [Unreleased] in CHANGELOG.md to [{version}] - DATE; cargo deny check advisories; npm publish dist/npm; cargo publish \
         --workspace; put dist/paywith-{version}.js and .wasm on a CDN; git tag v{version}",
        version = env!("CARGO_PKG_VERSION")
    );
    Ok(())
}

/// The part that takes seconds: versions, changelog, manifests, licences, what npm and crates.io would get.
pub(crate) fn check() -> Result<(), String> {
    check_versions()?;
    check_manifests()?;
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

/// What cargo says about the members of the workspace.
fn members() -> Result<Vec<Value>, String> {
    let said = read(program("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let said: Value =
        serde_json::from_str(&said).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = said.get("packages").and_then(Value::as_array);
    packages.cloned().ok_or_else(|| "cargo metadata lists no packages".to_owned())
}

/// `publish = false` is an empty list of registries.
fn stays_here(package: &Value) -> bool {
    package["publish"].as_array().is_some_and(Vec::is_empty)
}

fn name_of(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}

/// Members whose manifests say that they stay here.
fn unpublished() -> Result<Vec<String>, String> {
    let members = members()?;
    let stay = members.iter().filter(|package| stays_here(package));
    Ok(stay.map(|package| name_of(package).to_owned()).collect())
}

/// What people search by, and where they are led: in every manifest that is published, and the same.
fn check_manifests() -> Result<(), String> {
    let npm = std::fs::read_to_string(root().join("npm/package.json"))
        .map_err(|error| format!("npm/package.json: {error}"))?;
    let npm: Value =
        serde_json::from_str(&npm).map_err(|error| format!("npm/package.json: {error}"))?;
    let members = members()?;
    let published: Vec<&Value> = members.iter().filter(|package| !stays_here(package)).collect();
    for package in &published {
        for field in ["description", "license", "readme"] {
            if package[field].as_str().is_none_or(str::is_empty) {
                return Err(format!("{} has no `{field}`", name_of(package)));
            }
        }
        for field in ["keywords", "categories"] {
            let count = package[field].as_array().map_or(0, Vec::len);
            if !(1..=5).contains(&count) {
                return Err(format!(
                    "{} has {count} {field}; 1 to 5 are allowed",
                    name_of(package)
                ));
            }
        }
    }
    let address = |package: &Value| package["repository"].as_str().map(str::to_owned);
    let npm_address = npm.pointer("/repository/url").and_then(Value::as_str).map(str::to_owned);
    let others = published.iter().map(|package| (name_of(package), address(package)));
    let first = published.first().and_then(|package| address(package));
    for (name, other) in others.chain([("npm/package.json", npm_address)]) {
        if other != first {
            return Err(format!("{name} gives the repository as {other:?}, others as {first:?}"));
        }
    }
    match first {
        Some(address) => println!("repository {address} in every manifest"),
        None => println!("note: no manifest names a repository; Cargo.toml says where it goes"),
    }
    Ok(())
}

/// The crates that are published, beside the widget.
const PUBLISHED: [&str; 13] = [
    "protocol",
    "qris",
    "providers",
    "checkout",
    "database",
    "https",
    "qr-picture",
    "rate-limit",
    "settings",
    "traces",
    "merchant",
    "doctor",
    "sandbox",
];

/// One version everywhere, and a chapter about it in the changelog.
fn check_versions() -> Result<(), String> {
    let version = env!("CARGO_PKG_VERSION");
    let has = |file: &str, wanted: &str| {
        let text =
            std::fs::read_to_string(root().join(file)).map_err(|e| format!("{file}: {e}"))?;
        if text.contains(wanted) { Ok(()) } else { Err(format!("{file} has no `{wanted}`")) }
    };
    has("npm/package.json", &format!("\"version\": \"{version}\""))?;
    // The person who publishes gives the chapter its number and date.
    has("CHANGELOG.md", "\n## [Unreleased]\n")
        .or_else(|_| has("CHANGELOG.md", &format!("\n## [{version}] - ")))?;
    for name in PUBLISHED {
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
    let said: Value = serde_json::from_str(&said).map_err(|error| format!("npm pack: {error}"))?;
    let files = said.pointer("/0/files").and_then(|files| files.as_array());
    let files = files.ok_or("npm pack does not list its files")?;
    let text = |file: &Value| file["path"].as_str().unwrap_or_default().to_owned();
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

#[cfg(test)]
mod tests {
    use super::{check_manifests, check_versions, unpublished};

    #[test]
    fn versions_and_manifests_of_the_workspace_agree() {
        assert_eq!(check_versions(), Ok(()));
        assert_eq!(check_manifests(), Ok(()));
    }

    /// What is published is decided in the manifests: the widget, the tests and the tasks stay.
    #[test]
    fn the_widget_is_no_crate_for_others() {
        let names = unpublished().expect("the members");
        for name in ["paywith", "xtask", "wasm-streams", "paywith-e2e"] {
            assert!(names.iter().any(|other| other == name), "{name} would be published");
        }
        for name in ["paywith-protocol", "paywith-merchant"] {
            assert!(names.iter().all(|other| other != name), "{name} would not be published");
        }
    }
}
