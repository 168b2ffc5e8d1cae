//! `cargo xtask test quick`: the loop to work in. It looks at what differs from the main branch, and asks that
//! much only: format, lints and tests of the packages that changed, and the widget in a browser where it can be
//! concerned. It is no proof: `cargo xtask test` is.

use crate::checks;
use crate::run::{program, read, run, works};
use std::collections::BTreeSet;

/// Folders, and the package that lies there.
const PACKAGES: [(&str, &str); 18] = [
    ("crates/protocol/", "paywith-protocol"),
    ("crates/qris/", "paywith-qris"),
    ("crates/providers/", "paywith-providers"),
    ("crates/checkout/", "paywith-checkout"),
    ("crates/database/", "paywith-database"),
    ("crates/qr-picture/", "paywith-qr-picture"),
    ("crates/https/", "paywith-https"),
    ("crates/rate-limit/", "paywith-rate-limit"),
    ("crates/settings/", "paywith-settings"),
    ("crates/traces/", "paywith-traces"),
    ("crates/merchant/", "paywith-merchant"),
    ("crates/doctor/", "paywith-doctor"),
    ("crates/sandbox/", "paywith-sandbox"),
    ("crates/xtask/", "xtask"),
    ("benches/merchant/", "paywith-bench-merchant"),
    ("tests/postgres/", "paywith-test-postgres"),
    ("tests/e2e/", "paywith-e2e"),
    ("src/", "paywith"),
];

/// What the widget's module is made of, apart from its own source.
const IN_THE_MODULE: [&str; 5] =
    ["paywith", "paywith-protocol", "paywith-qris", "paywith-providers", "paywith-checkout"];

/// Their tests start servers, databases or browsers: for a quick look their unit tests have to do.
const UNIT_TESTS_ALONE: [&str; 5] = [
    "paywith-database",
    "paywith-merchant",
    "paywith-doctor",
    "paywith-e2e",
    "paywith-bench-merchant",
];

/// Format, and lints and tests of what changed.
pub(crate) fn check() -> Result<(), String> {
    run(program("cargo").args(["fmt", "--all", "--check"]))?;
    let changed = packages_of(&changed_files()?);
    if changed.is_empty() {
        println!(
            "note: no package differs from the main branch; `cargo xtask test` asks everything"
        );
        return Ok(());
    }
    println!("changed: {}", changed.iter().copied().collect::<Vec<_>>().join(" "));
    let concerns_widget = changed.iter().any(|package| IN_THE_MODULE.contains(package));
    let named = |packages: &[&'static str]| -> Vec<&'static str> {
        packages.iter().flat_map(|package| ["-p", package]).collect()
    };
    let all: Vec<&str> = changed.iter().copied().collect();
    let deny = ["--all-targets", "--", "-D", "warnings"];
    run(program("cargo").arg("clippy").args(named(&all)).args(deny))?;
    let (units, whole): (Vec<&str>, Vec<&str>) =
        all.iter().partition(|package| UNIT_TESTS_ALONE.contains(package));
    let test = if works(program("cargo").args(["nextest", "--version"])) {
        &["nextest", "run", "--no-tests=pass"][..]
    } else {
        println!("note: with cargo-nextest installed the tests run side by side");
        &["test"][..]
    };
    if !whole.is_empty() {
        run(program("cargo").args(test).args(named(&whole)))?;
    }
    if !units.is_empty() {
        run(program("cargo").args(test).args(named(&units)).args(["--lib", "--bins"]))?;
    }
    if concerns_widget {
        let browser = ["clippy", "-p", "paywith", "--target", "wasm32-unknown-unknown"];
        run(program("cargo").args(browser).args(deny))?;
        checks::web()?;
    }
    Ok(())
}

/// Every file that differs from the main branch, committed or not.
fn changed_files() -> Result<Vec<String>, String> {
    let main = ["origin/main", "main"]
        .into_iter()
        .find(|name| works(program("git").args(["rev-parse", "--verify", "--quiet", name])));
    let mut files = read(program("git").args(["status", "--porcelain", "--no-renames"]))?
        .lines()
        .filter_map(|line| line.get(3..).map(str::to_owned))
        .collect::<Vec<_>>();
    if let Some(main) = main {
        let range = format!("{main}...HEAD");
        let committed = read(program("git").args(["diff", "--name-only", "--no-renames", &range]))?;
        files.extend(committed.lines().map(str::to_owned));
    }
    Ok(files)
}

/// The packages that files lie in.
fn packages_of(files: &[String]) -> BTreeSet<&'static str> {
    let of_file = |file: &String| {
        let found = PACKAGES.iter().find(|(folder, _)| file.starts_with(folder));
        let is_widgets = matches!(file.as_str(), "tests/web.rs" | "Cargo.toml" | "Cargo.lock");
        found.map(|(_, package)| *package).or_else(|| is_widgets.then_some("paywith"))
    };
    files.iter().filter_map(of_file).collect()
}

#[cfg(test)]
mod tests {
    use super::packages_of;

    #[test]
    fn a_changed_file_belongs_to_the_package_of_its_folder() {
        let cases: [(&[&str], &[&str]); 4] = [
            (&["crates/qris/src/lib.rs", "crates/qris/tests/a.rs"], &["paywith-qris"]),
            (&["tests/web.rs", "src/ui/app.rs"], &["paywith"]),
            (&["tests/e2e/src/stack.rs"], &["paywith-e2e"]),
            (&["README.md", "docs/element.md"], &[]),
        ];
        for (files, packages) in cases {
            let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
            assert_eq!(packages_of(&files).into_iter().collect::<Vec<_>>(), packages, "{files:?}");
        }
    }
}
