//! The workflows in `.github`: they run every group of the tests, in every engine, and never stop to ask.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

fn read(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(name)).expect(name)
}

/// The words of a list such as `group: [tidy, native]`.
fn list<'a>(text: &'a str, key: &str) -> BTreeSet<&'a str> {
    let start = format!("{key}: [");
    let list = text.split(&start).nth(1).and_then(|rest| rest.split(']').next());
    list.expect(key).split(',').map(str::trim).collect()
}

/// The names in double quotes that open a row: `("tidy", tidy)`.
fn names(rows: &str) -> BTreeSet<&str> {
    rows.split("(\"").skip(1).filter_map(|row| row.split('"').next()).collect()
}

#[test]
fn every_group_of_the_tests_has_a_job() {
    let checks = read("crates/xtask/src/checks.rs");
    let groups = checks.split("const GROUPS").nth(1).and_then(|rest| rest.split("];").next());
    let groups = names(groups.expect("the groups"));
    let workflow = read(".github/workflows/ci.yml");
    let mut jobs = list(&workflow, "group");
    let commands = workflow.split("cargo xtask test ").skip(1);
    jobs.extend(
        commands.filter_map(|rest| rest.split_whitespace().next()).filter(|word| *word != "${{"),
    );
    assert_eq!(
        jobs.into_iter().filter(|word| !word.starts_with('`')).collect::<BTreeSet<_>>(),
        groups
    );
}

#[test]
fn the_journeys_run_in_every_engine() {
    let engines = read("crates/xtask/src/browsers.rs");
    let engines =
        engines.split("fn name(self)").nth(1).and_then(|rest| rest.split("\n    }").next());
    let engines: BTreeSet<&str> = engines.expect("names").split('"').skip(1).step_by(2).collect();
    assert_eq!(list(&read(".github/workflows/ci.yml"), "engine"), engines);
}

/// Without the option, a run without a terminal fails where a package is missing.
#[test]
fn every_run_without_a_person_says_yes_beforehand() {
    for file in [".ci/run", ".github/workflows/ci.yml"] {
        let text = read(file);
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let commands: Vec<&str> = lines.filter(|line| line.contains("cargo xtask test")).collect();
        assert!(!commands.is_empty(), "{file} tests nothing");
        for command in commands {
            assert!(command.contains("--install"), "{file}: {command}");
        }
    }
}

/// The container's compiler is the pinned one, or each job would load another.
#[test]
fn the_jobs_run_in_the_pinned_compiler() {
    let toolchain = read("rust-toolchain.toml");
    let channel = toolchain.split("channel = \"").nth(1).and_then(|rest| rest.split('"').next());
    let channel = channel.expect("a channel");
    for line in read(".github/workflows/ci.yml").lines().filter(|line| line.contains("container:"))
    {
        let image = line.trim().trim_start_matches("container: rust:").split('-').next();
        assert!(image.is_some_and(|image| channel.starts_with(image)), "{line} is not {channel}");
    }
}
