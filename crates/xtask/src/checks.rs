//! The test command: named groups, in the order in which they find faults fastest.

use crate::browsers::Engine;
use crate::cargo_tools::{self, Beside};
use crate::frameworks as fixtures;
use crate::journeys;
use crate::run::{program, root, run};
use crate::servers;
use crate::system::{self, SystemProgram};
use crate::{bench, contract, dist, docs as site, fuzz, quick, release, tools};
use std::process::Command;
use std::time::Instant;

/// Journeys that take Chromium's own protocol, or are the servers' matter: one engine has to do.
const IN_CHROMIUM_ALONE: [&str; 3] = ["device::", "replicas::", "tree::"];

type Group = (&'static str, fn() -> Result<(), String>);

const GROUPS: [Group; 12] = [
    ("tidy", tidy),
    ("native", native),
    ("fuzz", fuzz::check),
    ("contract", contract::test),
    ("node", node),
    ("web", web),
    ("dist", dist::dist),
    ("speed", bench::widget_quickly),
    ("e2e", e2e),
    ("frameworks", frameworks),
    ("docs", docs),
    ("release", release::check),
];

/// Runs the groups that are named, or all of them.
pub(crate) fn test(words: &[&str]) -> Result<(), String> {
    if words == ["quick"] {
        return quick::check();
    }
    let keep_going = words.contains(&"--keep-going");
    let named: Vec<&str> = words.iter().copied().filter(|word| *word != "--keep-going").collect();
    if let Some(unknown) = named.iter().find(|name| GROUPS.iter().all(|(known, _)| known != *name))
    {
        return Err(format!("`{unknown}` is not a group; see cargo xtask --help"));
    }
    let wanted = |name: &str| named.is_empty() || named.contains(&name);
    let asked = system::ask_for(&needs(wanted)?);
    // Groups that need nothing can go on without an answer.
    if !keep_going {
        asked?;
    }
    // On a new machine, what takes long begins at once.
    let beside = named.is_empty().then(Beside::install);
    let mut lines = Vec::new();
    let (mut passed, mut failed) = (0, 0);
    for (name, check) in GROUPS.into_iter().filter(|(name, _)| wanted(name)) {
        println!("\n== {name}");
        let start = Instant::now();
        let result = check();
        let seconds = start.elapsed().as_secs();
        match result {
            Ok(()) => {
                passed += 1;
                lines.push(format!("{name:<8} passed   {seconds:>5} s"));
            }
            Err(message) => {
                failed += 1;
                lines.push(format!("{name:<8} FAILED   {seconds:>5} s   {message}"));
                if !keep_going {
                    break;
                }
            }
        }
    }
    drop(beside);
    println!("\n{}\n{passed} passed, {failed} failed", lines.join("\n"));
    if failed == 0 { Ok(()) } else { Err("a group failed".to_owned()) }
}

/// What the machine needs for these groups.
fn needs(wanted: impl Fn(&str) -> bool) -> Result<Vec<&'static SystemProgram>, String> {
    let of_group: [(&str, &[&SystemProgram]); 8] = [
        ("native", &[&system::POSTGRES, &system::PGBOUNCER, &system::BACKUP_COMMANDS]),
        ("fuzz", &[&system::CPP_COMPILER]),
        ("contract", &[&system::PYTHON]),
        ("web", &[&system::CHROMIUM]),
        ("speed", &[&system::CHROMIUM]),
        ("e2e", &[&system::POSTGRES]),
        ("frameworks", &[&system::CHROMIUM]),
        ("docs", &[&system::CHROMIUM, &system::LANGUAGES, &system::MARIADB]),
    ];
    let of_group = of_group.into_iter().filter(|(name, _)| wanted(name));
    let mut programs: Vec<_> = of_group.flat_map(|(_, programs)| programs).copied().collect();
    if wanted("e2e") {
        programs.extend(Engine::wanted()?.into_iter().map(Engine::system));
    }
    Ok(programs)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = program("cargo");
    command.args(arguments);
    command
}

/// Format, lints and documentation.
fn tidy() -> Result<(), String> {
    tools::wasm_target()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"]))?;
    let all = ["--workspace", "--all-targets", "--features", servers::JOURNEY_FEATURES];
    run(cargo(&["clippy"]).args(all).args(["--", "-D", "warnings"]))?;
    run(&mut cargo(&[
        "clippy",
        "-p",
        "paywith",
        "--target",
        "wasm32-unknown-unknown",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    run(cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// Everything that runs without a browser; the storage on a PostgreSQL of its own too.
fn native() -> Result<(), String> {
    system::POSTGRES.install()?;
    system::PGBOUNCER.install()?;
    system::BACKUP_COMMANDS.install()?;
    run(&mut cargo(&["test", "--workspace", "--features", servers::BACKEND_FEATURES]))
}

/// The element's JavaScript, in Node.
fn node() -> Result<(), String> {
    tools::npm_packages()?;
    run(program("node").args(["--test", "npm/test/"]))
}

/// The widget alone, in a headless browser.
pub(crate) fn web() -> Result<(), String> {
    tools::wasm_target()?;
    cargo_tools::wasm_bindgen()?;
    system::CHROMIUM.install()?;
    let target = "wasm32-unknown-unknown";
    run(cargo(&["test", "-p", "paywith", "--target", target, "--lib", "--test", "web"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("CHROMEDRIVER", find("chromedriver"))
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", root().join("tests/webdriver.json"))
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120"))
}

/// Whole journeys against merchant and sandbox, in every browser engine.
fn e2e() -> Result<(), String> {
    let engines = Engine::wanted()?;
    dist::dist_if_older()?;
    build_demo_page()?;
    system::POSTGRES.install()?;
    servers::build_backends_for_tests()?;
    for engine in engines {
        // Not earlier: its driver may still be compiling beside the journeys of the engine before it.
        engine.install()?;
        println!("\n-- the journeys in {}", engine.name());
        let is_chromium = engine == Engine::Chromium;
        let skipped = if is_chromium { &[][..] } else { &IN_CHROMIUM_ALONE };
        // Most of a journey is waiting.
        journeys(engine, &["journeys"], skipped, 4)?;
        if is_chromium {
            journeys(engine, &["pictures"], &[], 1)?;
        }
    }
    Ok(())
}

/// The pictures of the documentation, drawn anew.
pub(crate) fn screenshots() -> Result<(), String> {
    system::CHROMIUM.install()?;
    dist::dist_if_older()?;
    servers::build_backends_for_tests()?;
    // For the browser's driver.
    tools::npm_packages()?;
    let mut command = cargo(&["test", "--workspace", "--features", servers::JOURNEY_FEATURES]);
    Engine::Chromium.tell(&mut command);
    run(command.args(["--test", "pictures", "--", "--test-threads=1"]).env("PAYWITH_WRITE", "1"))
}

/// Storefronts of every stack, built with the packed package and paid in a browser.
fn frameworks() -> Result<(), String> {
    system::CHROMIUM.install()?;
    fixtures::build()?;
    journeys(Engine::Chromium, &["frameworks"], &[], 2)
}

/// The documentation: every code block, every relay, and the five-minute starts word by word.
fn docs() -> Result<(), String> {
    system::CHROMIUM.install()?;
    system::LANGUAGES.install()?;
    tools::wordpress()?;
    site::build()?;
    fixtures::prepare_types()?;
    servers::build_backends_for_tests()?;
    journeys(
        Engine::Chromium,
        &["blocks", "operating_blocks", "relays", "wordpress", "optimizers", "guides"],
        &[],
        2,
    )
}

/// Some of the journeys, so many at a time. As a build of the whole workspace, so that it shares what
/// the native tests have compiled.
fn journeys(
    engine: Engine,
    names: &[&str],
    skipped: &[&str],
    at_a_time: u32,
) -> Result<(), String> {
    let command = || {
        let features = servers::JOURNEY_FEATURES;
        let mut command = cargo(&["test", "--workspace", "--features", features, "--no-fail-fast"]);
        engine.tell(&mut command);
        command.args(names.iter().flat_map(|name| ["--test", name]));
        command.args(["--", &format!("--test-threads={at_a_time}")]);
        command
    };
    let all = journeys::run(command().args(skipped.iter().flat_map(|name| ["--skip", name])))?;
    journeys::try_again(all, |failed| {
        let mut again = command();
        again.arg("--exact").args(failed);
        again
    })
}

/// The storefront as Trunk builds it, in a folder of its own.
fn build_demo_page() -> Result<(), String> {
    tools::wasm_target()?;
    cargo_tools::wasm_bindgen()?;
    cargo_tools::trunk()?;
    let page = root().join("target/demo-page");
    run(program("trunk").args(["build", "--release", "--dist"]).arg(page))
}

fn find(name: &str) -> std::ffi::OsString {
    program(name).get_program().to_owned()
}
