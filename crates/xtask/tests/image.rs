//! The image of the backend (`Dockerfile`): what it copies is there, and no secret is in it. It is
//! not built here.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect(name)
}

/// The instructions of the file, each on one line.
fn instructions() -> Vec<String> {
    let joined = read("Dockerfile").replace("\\\n", " ");
    let lines = joined.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// What is copied out of the source tree.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    for instruction in instructions() {
        let Some(words) = instruction.strip_prefix("COPY ") else { continue };
        if words.contains("--from=") {
            continue;
        }
        let mut words: Vec<&str> = words.split_whitespace().collect();
        words.pop().expect("a place");
        found.extend(words.into_iter().map(str::to_owned));
    }
    found
}

#[test]
fn what_the_image_copies_is_there_and_is_not_ignored() {
    let ignored = read(".dockerignore");
    assert!(ignored.lines().any(|line| line == "*"), "everything else is left out");
    let sources = sources();
    assert!(sources.len() >= 5, "{sources:?}");
    for source in &sources {
        assert!(root().join(source).exists(), "{source} is not there");
        assert!(ignored.lines().any(|line| line == format!("!{source}")), "{source} is ignored");
    }
    for line in ignored.lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(sources.iter().any(|source| source == line), "{line} is sent and not copied");
    }
}

/// Cargo reads the manifests of all members, whichever is built.
#[test]
fn every_member_of_the_workspace_is_in_the_image() {
    let manifest = read("Cargo.toml");
    let members = manifest.split("members = [").nth(1).and_then(|rest| rest.split(']').next());
    let sources = sources();
    for member in members.expect("members").split('"').skip(1).step_by(2) {
        let folder = member.split('/').next().unwrap_or_default();
        assert!(sources.iter().any(|source| source == folder), "{member} is not copied");
    }
}

#[test]
fn the_image_holds_no_secret_and_runs_without_rights() {
    let instructions = instructions();
    for instruction in &instructions {
        let kind = instruction.split(' ').next().unwrap_or_default();
        assert!(!["ARG", "ENV", "ADD"].contains(&kind), "{instruction}");
        for word in ["SECRET", "TOKEN", "API_KEY", "PASSWORD"] {
            assert!(!instruction.to_uppercase().contains(word), "{instruction}");
        }
    }
    let last = instructions.iter().rfind(|line| line.starts_with("USER "));
    assert_eq!(last.map(String::as_str), Some("USER paywith"));
    let ignored = read(".dockerignore");
    for pattern in ["**/*.sqlite*", "**/paywith.toml", "**/.env", "**/target"] {
        assert!(ignored.lines().any(|line| line == pattern), "{pattern} must be left out");
    }
}

/// The image and the tests use the compiler that the workspace asks for.
#[test]
fn one_compiler_builds_everything() {
    let manifest = read("Cargo.toml");
    let version =
        manifest.split("rust-version = \"").nth(1).and_then(|rest| rest.split('"').next());
    let version = version.expect("a version");
    let from = format!("FROM rust:{version}-");
    assert!(instructions().iter().any(|line| line.starts_with(&from)), "no {from}");
    let pinned = format!("\nchannel = \"{version}.");
    assert!(read("rust-toolchain.toml").contains(&pinned), "rust-toolchain.toml is not {version}");
}
