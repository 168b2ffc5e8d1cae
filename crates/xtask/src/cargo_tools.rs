//! Programs that cargo installs into `.tools`: minutes of compiling, once. All tests together begin with
//! it at once, beside the first groups, at the lowest priority.

use crate::run::{program, root, run, works};
use crate::tools::has_version;
use std::process::{Child, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// For tools that have little to do themselves.
const QUICKLY: &str = "--debug";

struct CargoTool {
    /// Who needs it while it is being installed waits for it.
    turn: &'static Mutex<()>,
    /// The package, and the programs of it that say its version.
    package: &'static str,
    programs: &'static [&'static str],
    version: String,
    options: &'static [&'static str],
    /// Whether newer dependencies than those of its own lock file do as well, where these cannot be had.
    may_be_unlocked: bool,
    takes: &'static str,
}

impl CargoTool {
    fn is_there(&self) -> bool {
        let (plain, with_v) = (&self.version, format!("v{}", self.version));
        let is_it = |name: &&str| has_version(name, plain) || has_version(name, &with_v);
        self.programs.iter().all(is_it)
    }

    /// `run` runs cargo with these words.
    fn install(&self, run: impl Fn(&[&str]) -> Result<(), String>) -> Result<(), String> {
        let turn = self.turn.lock();
        if self.is_there() {
            return Ok(());
        }
        println!("installing {} {} into .tools ({})", self.package, self.version, self.takes);
        let mut installed = Ok(());
        for way in self.ways(has_binstall()) {
            installed = run(&way);
            if installed.is_ok() && self.is_there() {
                break;
            }
        }
        drop(turn);
        installed
    }

    /// What cargo may be asked, in this order, until the tool is there: the program as its authors
    /// published it, then its source with the dependencies that they locked.
    fn ways(&self, has_binstall: bool) -> Vec<Vec<&str>> {
        let mut ways = Vec::new();
        let version = ["--version", &self.version, self.package];
        if has_binstall {
            let binary = ["binstall", "--no-confirm", "--disable-strategies", "compile"];
            ways.push([&binary[..], &version].concat());
        }
        // Over what was installed before: not all of its programs may be there.
        ways.push([&["install", "--force", "--locked"], self.options, &version].concat());
        if self.may_be_unlocked {
            ways.push([&["install", "--force"], self.options, &version].concat());
        }
        ways
    }
}

fn has_binstall() -> bool {
    works(program("cargo").args(["binstall", "-V"]))
}

fn wasm_bindgen_tool() -> Result<CargoTool, String> {
    static TURN: Mutex<()> = Mutex::new(());
    Ok(CargoTool {
        turn: &TURN,
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version: locked_version("wasm-bindgen")?,
        options: &[],
        // Its lock file may name a crate that is too new for this compiler, or was withdrawn.
        may_be_unlocked: true,
        takes: "about three minutes",
    })
}

fn trunk_tool() -> CargoTool {
    static TURN: Mutex<()> = Mutex::new(());
    CargoTool {
        turn: &TURN,
        package: "trunk",
        programs: &["trunk"],
        version: "0.21.14".to_owned(),
        // Without its look for newer versions.
        options: &[QUICKLY, "--no-default-features", "--features", "rustls"],
        may_be_unlocked: false,
        takes: "about three minutes",
    }
}

fn geckodriver_tool() -> CargoTool {
    static TURN: Mutex<()> = Mutex::new(());
    CargoTool {
        turn: &TURN,
        package: "geckodriver",
        programs: &["geckodriver"],
        version: "0.37.1".to_owned(),
        options: &[QUICKLY],
        may_be_unlocked: false,
        takes: "about two minutes",
    }
}

fn mdbook_tool() -> CargoTool {
    static TURN: Mutex<()> = Mutex::new(());
    CargoTool {
        turn: &TURN,
        package: "mdbook",
        programs: &["mdbook"],
        version: "0.5.4".to_owned(),
        options: &[QUICKLY, "--no-default-features", "--features", "search"],
        may_be_unlocked: false,
        takes: "about a minute",
    }
}

fn cargo_deny_tool() -> CargoTool {
    static TURN: Mutex<()> = Mutex::new(());
    CargoTool {
        turn: &TURN,
        package: "cargo-deny",
        programs: &["cargo-deny"],
        version: "0.20.2".to_owned(),
        options: &[QUICKLY, "--no-default-features"],
        may_be_unlocked: false,
        takes: "about a minute and a half",
    }
}

/// wasm-bindgen, in the version of the library: any other one refuses to work.
pub(crate) fn wasm_bindgen() -> Result<(), String> {
    wasm_bindgen_tool()?.install(cargo_install)
}

/// Trunk, which builds and serves the demo page.
pub(crate) fn trunk() -> Result<(), String> {
    trunk_tool().install(cargo_install)
}

/// The driver of Firefox.
pub(crate) fn geckodriver() -> Result<(), String> {
    geckodriver_tool().install(cargo_install)
}

/// mdBook, which makes the documentation a site.
pub(crate) fn mdbook() -> Result<(), String> {
    mdbook_tool().install(cargo_install)
}

/// cargo-deny, which reads the licences of what we build on.
pub(crate) fn cargo_deny() -> Result<(), String> {
    cargo_deny_tool().install(cargo_install)
}

fn cargo_install(arguments: &[&str]) -> Result<(), String> {
    run(&mut install_with(program("cargo"), arguments))
}

/// The rest of a command that begins with cargo.
fn install_with(mut command: Command, arguments: &[&str]) -> Command {
    // The tools are built like any other program, whatever this build was told.
    for variable in ["RUSTFLAGS", "RUSTC_BOOTSTRAP", "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR"] {
        command.env_remove(variable);
    }
    // They are not debugged, and none of them runs for long: compiled in half the time.
    for (variable, value) in [
        ("CARGO_PROFILE_DEV_DEBUG", "0"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ] {
        command.env(variable, value);
    }
    command.args(arguments).arg("--root").arg(root().join(".tools"));
    command
}

/// Everything that is missing is installed beside what goes on, until this is dropped. What fails here
/// is tried again, and told, by who needs it.
pub(crate) struct Beside {
    thread: Option<thread::JoinHandle<()>>,
}

static IS_OVER: AtomicBool = AtomicBool::new(false);

impl Beside {
    /// In the order in which the groups need them.
    pub(crate) fn install() -> Beside {
        let thread = thread::spawn(|| {
            let tools = wasm_bindgen_tool().ok().into_iter();
            let others = [trunk_tool(), geckodriver_tool(), mdbook_tool(), cargo_deny_tool()];
            for tool in tools.chain(others) {
                if !IS_OVER.load(Ordering::SeqCst) && tool.install(install_gently).is_err() {
                    println!("{} could not be installed beside the tests", tool.package);
                }
            }
        });
        Beside { thread: Some(thread) }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        IS_OVER.store(true, Ordering::SeqCst);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            eprintln!("a tool may still be installing");
        }
    }
}

/// At the lowest priority and without a word.
fn install_gently(arguments: &[&str]) -> Result<(), String> {
    let arguments = [arguments, &["--quiet"]].concat();
    let mut nice = program("nice");
    nice.args(["-n", "19", "cargo"]);
    let spawned = install_with(nice, &arguments).spawn();
    let mut child: Child = spawned.map_err(|error| format!("nice: {error}"))?;
    loop {
        if IS_OVER.load(Ordering::SeqCst) {
            child.kill().map_err(|error| error.to_string())?;
        }
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(200)),
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("cargo install: {status}")),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// The version of a package in Cargo.lock.
fn locked_version(name: &str) -> Result<String, String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).map_err(|e| e.to_string())?;
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted);
    let version = lines.nth(1).and_then(|line| line.split('"').nth(1));
    version.map(str::to_owned).ok_or_else(|| format!("Cargo.lock does not name {name}"))
}

#[cfg(test)]
mod tests {
    use super::{trunk_tool, wasm_bindgen_tool};

    #[test]
    fn published_programs_come_first_and_sources_are_locked() {
        let trunk = trunk_tool();
        let words = |has_binstall| -> Vec<String> {
            trunk.ways(has_binstall).iter().map(|way| way.join(" ")).collect()
        };
        let version = "--version 0.21.14 trunk";
        let source = format!(
            "install --force --locked --debug --no-default-features --features rustls {version}"
        );
        let binary = format!("binstall --no-confirm --disable-strategies compile {version}");
        assert_eq!(words(true), [binary, source.clone()]);
        assert_eq!(words(false), [source]);
    }

    #[test]
    fn only_wasm_bindgen_may_do_without_its_lock_file() {
        let tool = wasm_bindgen_tool().expect("a version in Cargo.lock");
        let is_locked: Vec<bool> =
            tool.ways(false).iter().map(|way| way.contains(&"--locked")).collect();
        assert_eq!(is_locked, [true, false]);
    }
}
