//! The house rules that no compiler checks: who may import whom, and what must not be there.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_protocol::Provider;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file below a folder with one of these endings, as a path from the root and its text.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules" | "screenshots")
                    && !name.starts_with('.')
                {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = std::fs::read_to_string(&path).expect("a text");
                let shown = path.strip_prefix(root()).expect("inside").to_string_lossy();
                found.push((shown.into_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing was read below {folder}");
    found
}

/// The code of a file without its comments.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn refuse(folder: &str, endings: &[&str], words: &[&str]) {
    for (path, text) in files(folder, endings) {
        // Stories from seeds are tests; they may play with chance.
        if path.contains("/simulation/") {
            continue;
        }
        let code = code(&text);
        for word in words {
            assert!(!code.contains(word), "{path} must not use `{word}`");
        }
    }
}

#[test]
fn every_floor_imports_only_what_lies_below() {
    let rust = &[".rs"];
    refuse("src/shell", rust, &["leptos", "crate::ui", "crate::element"]);
    refuse("src/ui", rust, &["crate::shell", "crate::element", "paywith_providers"]);
    refuse("src/ui/components", rust, &["FaultCode", "Checkout"]);
    refuse(
        "crates/checkout/src",
        rust,
        &["web_sys", "js_sys", "Instant::now", "SystemTime", "rand::"],
    );
    refuse("crates/providers/src", rust, &["reqwest", "web_sys", "paywith_checkout"]);
    refuse("crates/sandbox/src", rust, &["paywith_protocol", "paywith_qris", "paywith_providers"]);
    refuse("crates/merchant/src", rust, &["paywith_checkout", "paywith_sandbox", "paywith_doctor"]);
    refuse(
        "crates/doctor/src",
        rust,
        &["paywith_merchant", "paywith_qris", "paywith_checkout", "paywith_sandbox"],
    );
}

#[test]
fn crates_depend_only_on_the_floors_below() {
    let allowed: [(&str, &[&str]); 13] = [
        ("protocol", &[]),
        ("qris", &[]),
        ("providers", &["paywith-protocol"]),
        ("checkout", &["paywith-protocol", "paywith-qris"]),
        ("sandbox", &[]),
        ("database", &[]),
        ("https", &[]),
        ("rate-limit", &[]),
        ("settings", &[]),
        ("traces", &["paywith-https"]),
        ("qr-picture", &["paywith-protocol", "paywith-providers"]),
        (
            "merchant",
            &[
                "paywith-database",
                "paywith-https",
                "paywith-protocol",
                "paywith-providers",
                "paywith-qr-picture",
                "paywith-qris",
                "paywith-rate-limit",
                "paywith-settings",
                "paywith-traces",
            ],
        ),
        ("doctor", &["paywith-https", "paywith-protocol", "paywith-providers"]),
    ];
    for (name, allowed) in allowed {
        let path = root().join("crates").join(name).join("Cargo.toml");
        let manifest = std::fs::read_to_string(path).expect("a manifest");
        let normal = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let normal = normal.split("\n[").next().unwrap_or_default();
        for line in normal.lines().filter(|line| line.starts_with("paywith-")) {
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            assert!(allowed.contains(&dependency), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn nothing_writes_markup_or_leaks_a_closure() {
    refuse("src", &[".rs"], &["view!", "inner_html", "innerHTML", ".forget()"]);
    refuse("npm/src", &[".js"], &["innerHTML", "outerHTML", "insertAdjacentHTML", "eval("]);
    refuse("www", &[".js"], &["innerHTML", "outerHTML", "insertAdjacentHTML", "eval("]);
}

#[test]
fn no_file_is_a_dumping_ground() {
    for folder in ["src", "crates", "tests", "npm", "www"] {
        for (path, text) in files(folder, &[".rs", ".js", ".mjs", ".css"]) {
            let lines = text.lines().count();
            assert!(lines <= 400, "{path} has {lines} lines; 400 is the most");
        }
    }
}

#[test]
fn the_project_speaks_only_of_itself() {
    // Put together here, so that this file does not contain them.
    let words = [["/wo", "rk/"].concat(), ["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    for folder in ["src", "crates", "tests", "npm", "www", "docs"] {
        for (path, text) in files(folder, &[".rs", ".js", ".mjs", ".css", ".md", ".html", ".toml"])
        {
            for word in &words {
                assert!(!text.contains(word.as_str()), "{path} mentions {word}");
            }
        }
    }
}

#[test]
fn the_loader_knows_the_same_return_parameters_as_the_readers() {
    let loader = std::fs::read_to_string(root().join("npm/src/return.js")).expect("the loader");
    let list =
        loader.split("PROVIDER_PARAMETERS = [").nth(1).and_then(|rest| rest.split(']').next());
    let list = list.expect("the list of names");
    let known: BTreeSet<&str> = list.split('\'').skip(1).step_by(2).collect();
    let names = Provider::ALL.into_iter().flat_map(paywith_providers::return_parameters);
    let wanted: BTreeSet<&str> = names.copied().collect();
    assert_eq!(known, wanted);
}

#[test]
fn every_module_says_what_it_is() {
    for folder in ["src", "crates"] {
        for (path, text) in files(folder, &[".rs"]) {
            assert!(text.starts_with("//!"), "{path} does not open with what it is");
        }
    }
}

/// The crate is packaged with it; the documentation links to the same file.
#[test]
fn the_written_contract_is_one() {
    let target = std::fs::read_link(root().join("docs/openapi.json")).expect("a link");
    assert_eq!(target, std::path::Path::new("../crates/merchant/openapi.json"));
}

/// What a shop runs is what the tests ran: a server has no code of its own for tests beside its unit tests.
#[test]
fn no_server_knows_whether_it_is_tested() {
    for folder in std::fs::read_dir(root().join("crates")).expect("the crates") {
        let name = folder.expect("a crate").file_name().to_string_lossy().into_owned();
        // The widget's machine with its simulation, and the tool that runs the tests, are no servers.
        if matches!(name.as_str(), "checkout" | "xtask") {
            continue;
        }
        for (path, text) in files(&format!("crates/{name}/src"), &[".rs"]) {
            for (marked, next) in text.lines().zip(text.lines().skip(1)) {
                let is_marked = marked.contains("cfg(test)") || marked.contains("cfg(not(test))");
                let is_tests = next.starts_with("mod tests");
                assert!(!is_marked || is_tests, "{path}: {next}");
            }
            assert!(!text.contains("cfg!(test)"), "{path}");
        }
    }
}

/// A merchant's developer reads it in an hour.
#[test]
fn the_backend_stays_short() {
    let mut lines = 0;
    for (_, text) in files("crates/merchant/src", &[".rs"]) {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        lines += code.lines().filter(is_code).count();
    }
    assert!(
        lines <= 8_000,
        "{lines} lines of code; move what teaches nothing into a crate of its own"
    );
}

/// A journey that no group names would never run.
#[test]
fn every_journey_is_in_a_group_of_the_tests() {
    let groups =
        std::fs::read_to_string(root().join("crates/xtask/src/checks.rs")).expect("groups");
    let journeys = root().join("tests/e2e/tests/journeys/main.rs");
    let journeys = std::fs::read_to_string(journeys).expect("the journeys");
    for (path, _) in files("tests/e2e/tests", &[".rs"]) {
        let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        if path.contains("/journeys/") {
            let is_there = name == "main" || journeys.contains(&format!("mod {name};"));
            assert!(is_there, "{path} is not part of the journeys");
        } else {
            assert!(groups.contains(&format!("\"{name}\"")), "{path} is in no group");
        }
    }
}

/// A promise names its tests; one that was renamed is a promise without a test.
#[test]
fn every_test_that_a_promise_names_is_there() {
    let page = root().join("docs/reliability.md");
    let page = std::fs::read_to_string(page).expect("the promises");
    let rust = &[".rs"];
    let tests: String = ["crates", "tests", "src"]
        .iter()
        .flat_map(|folder| files(folder, rust))
        .map(|(_, text)| text)
        .collect();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let names = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let names: Vec<&str> = names.filter(|name| name.contains('_')).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(tests.contains(&format!("fn {name}(")), "no test is called {name}");
    }
}
