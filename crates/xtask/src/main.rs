//! The project's tasks. Each installs what it needs and says what it does.
//!
//! It knows commands and folders, nothing of payments. `tools`, `cargo_tools` and `browsers` install into
//! `.tools`, `system` for the whole machine, with `consent`; `run` starts programs that end and `servers`
//! those that stay; `demo`, `checks` with `quick`, `dist` with `size`, `docs` and `release` are the
//! commands, `contract` one group of the checks, `bench` measures.

mod bench;
mod browsers;
mod cargo_tools;
mod checks;
mod consent;
mod contract;
mod demo;
mod dist;
mod docs;
mod frameworks;
mod fuzz;
mod journeys;
mod package;
mod quick;
mod release;
mod run;
mod servers;
mod size;
mod system;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--port 8080] [--merchant-port 8090] [--sandbox-port 8091]
      The shop, its backend and the simulated providers on this machine; prints the address to
      open, stops everything on Ctrl-C.

  test [--keep-going] [--install] [GROUP...]
      Everything, or some of: tidy native fuzz contract node web dist speed e2e frameworks docs
      release.
      Stops at the first group that fails, unless told to keep going. The journeys of e2e run in
      Chromium, Firefox and WebKit, or in the one that PAYWITH_ENGINE names.

  test quick
      The loop to work in: format, lints and tests of the packages that differ from the main branch,
      and the widget in a browser. With cargo-nextest, where that is installed.

  dist
      Builds dist/paywith.js and dist/paywith.wasm, the same under names with the version, and the
      npm package dist/npm; prints the sizes, and fails above the budget (crates/xtask/size-budget.txt).

  size
      The same, and where the code of the module lies: by crate, and by file of the widget.

  screenshots
      Draws the pictures of the documentation anew: contact sheets of every screen in every
      language, theme and width (docs/pictures, the others in target/screenshots), and a payment
      that moves. The tests compare them.

  docs [--serve] [--port 8090] [--sandbox-port 8091]
      Builds the documentation in target/docs; serves it with a backend and the simulated
      providers, so that the buttons on its pages work.

  fuzz TARGET [--runs 10000000]
      A long run of one fuzz target (qris, answers, addresses, money); new inputs are stored in
      fuzz/corpus.

  release --dry-run
      Checks versions, changelog, licences, and what npm and crates.io would get, and builds the
      crates from that.

  bench merchant [--plots] [WAITING...]
      What the merchant backend does on this machine: status reads and creates a second, each beside
      a yardstick, and what waiting shoppers cost and how soon they are answered: 1000, 5000 and
      20000 of them, or as many as are named. A part that fails is reported, and the others go on.
      All results are also appended to target/bench/merchant.jsonl. --plots: also as pictures, in
      docs/pictures/bench.

  bench merchant [--plots] --soak [MINUTES] [postgres]
      Steady load for 30 minutes, or as many as are named: whether the backend's memory grows. On
      SQLite unless PostgreSQL is named.

  bench merchant [--plots] --scale-out [WAITING]
      Three processes over one PostgreSQL behind nginx (directly, if nginx is missing), with 12000
      shoppers who wait, or as many as are named: how soon the news of a webhook at one process
      reaches a shopper at another, wake-ups, sessions, memory.

  bench widget [--quick]
      How soon the button and the code stand on a slow phone, beside a page written by hand and the
      nearest rivals; writes docs/performance.md. --quick: the first two alone, three rounds.

  tidy
      Format, lints and documentation: the group `tidy` of the tests.

The first run installs into .tools what is missing (wasm-bindgen, Trunk, npm packages, drivers of browsers,
Schemathesis, mdBook, WordPress' files) and adds the compiler's wasm target: about fifteen minutes.
Node.js with npm must be there.

`test` and `fuzz` also need packages of the system (PostgreSQL, PgBouncer, g++, Python, PHP, Go, MariaDB,
browsers). What is missing is installed as root by apt-get: on a terminal you are asked first, with
--install or CI=true you are not, and otherwise the command fails and names them.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let words = consent::read_option(&words);
    let result = match words.as_slice() {
        [] | ["--help" | "-h" | "help", ..] => {
            println!("{HELP}");
            Ok(())
        }
        ["demo", options @ ..] => demo::demo(options),
        ["test", groups @ ..] => checks::test(groups),
        ["dist"] => dist::dist(),
        ["size"] => dist::size(),
        ["screenshots"] => checks::screenshots(),
        ["docs", options @ ..] => docs::docs(options),
        ["fuzz", options @ ..] => fuzz::fuzz(options),
        ["release", options @ ..] => release::release(options),
        ["bench", words @ ..] => bench::bench(words),
        ["tidy"] => checks::test(&["tidy"]),
        [other, ..] => Err(format!("`{other}` is not a task; see cargo xtask --help")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
