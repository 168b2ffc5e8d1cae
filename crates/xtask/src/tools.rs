//! The tools that the tasks need, in the versions that fit together. What is missing is installed
//! into `.tools`, and nothing outside the project is changed. What cargo installs is in `cargo_tools`;
//! what is installed for the whole machine, after a question, in `system`.

use crate::run::{program, read, root, run, works};
use crate::system;
use std::path::{Path, PathBuf};

const SCHEMATHESIS: &str = "4.32.5";

/// From npm: what makes the module small, bundles, and checks the package and its types.
const NPM_PACKAGES: [(&str, &str); 9] = [
    ("binaryen", "132.0.0"),
    ("esbuild", "0.28.2"),
    ("publint", "0.3.25"),
    ("@arethetypeswrong/cli", "0.18.5"),
    ("typescript", "7.0.2"),
    ("jsdom", "24.1.3"),
    ("ajv", "8.20.0"),
    ("ajv-formats", "3.0.1"),
    ("axe-core", "4.14.1"),
];

/// The compiler's target for the browser.
pub(crate) fn wasm_target() -> Result<(), String> {
    let installed = read(program("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|line| line == "wasm32-unknown-unknown") {
        return Ok(());
    }
    println!("installing the compiler's wasm target (seconds)");
    run(program("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
}

/// The standard library's sources: the published module is built with a library of its own, and is no other
/// one where these are missing.
///
/// # Errors
/// They are not there and cannot be installed.
pub(crate) fn library_sources() -> Result<(), String> {
    let sysroot = read(program("rustc").args(["--print", "sysroot"]))?;
    let lock = PathBuf::from(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    if lock.is_file() {
        return Ok(());
    }
    println!("installing the standard library's sources, to build it small (seconds)");
    let added = run(program("rustup").args(["component", "add", "rust-src"]));
    if added.is_ok() && lock.is_file() {
        return Ok(());
    }
    Err("the published module is built with the standard library's sources, and they are missing: \
         `rustup component add rust-src` for the compiler that rust-toolchain.toml names"
        .to_owned())
}

/// What the widget is measured against, into `target/bench-widget`; answers the folder of the packages.
pub(crate) fn contenders() -> Result<PathBuf, String> {
    let wanted = root().join("benches/widget/package.json");
    let folder = root().join("target/bench-widget");
    let modules = folder.join("node_modules");
    let installed = folder.join("package.json");
    let text = |path: &Path| std::fs::read_to_string(path).map_err(|error| error.to_string());
    if modules.is_dir() && text(&installed).ok() == text(&wanted).ok() {
        return Ok(modules);
    }
    println!(
        "installing what the widget is measured against into target/bench-widget (half a minute)"
    );
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    std::fs::copy(&wanted, &installed).map_err(|error| error.to_string())?;
    run(program("npm").args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&folder))
        .inspect_err(|_| drop(std::fs::remove_file(&installed)))?;
    Ok(modules)
}

/// [`NPM_PACKAGES`], into `.tools`.
pub(crate) fn npm_packages() -> Result<(), String> {
    if !works(program("node").arg("--version")) || !works(program("npm").arg("--version")) {
        return Err("Node.js and npm are missing: install Node.js 20 or newer".to_owned());
    }
    let modules = root().join(".tools/node_modules");
    let has = |name: &str, version: &str| {
        let text = std::fs::read_to_string(modules.join(name).join("package.json"));
        text.is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
    };
    if NPM_PACKAGES.iter().all(|(name, version)| has(name, version)) {
        return Ok(());
    }
    println!("installing wasm-opt, esbuild and checkers from npm into .tools (half a minute)");
    let prefix = root().join(".tools");
    std::fs::create_dir_all(&prefix).map_err(|error| error.to_string())?;
    let packages = NPM_PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    run(program("npm")
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
        .arg(prefix)
        .args(packages))
}

/// Schemathesis, which invents requests by the written contract: a virtual environment of Python.
/// Answers the program.
pub(crate) fn schemathesis() -> Result<PathBuf, String> {
    let folder = root().join(".tools/schemathesis");
    let program_file = folder.join("bin/schemathesis");
    if has_version(&program_file.to_string_lossy(), SCHEMATHESIS) {
        return Ok(program_file);
    }
    system::PYTHON.install()?;
    println!("installing Schemathesis {SCHEMATHESIS} into .tools (a minute)");
    run(program("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let package = format!("schemathesis=={SCHEMATHESIS}");
    run(program(folder.join("bin/pip")).args(["install", "--quiet", &package]))?;
    Ok(program_file)
}

/// WordPress' files, and what it needs. Of Debian's package only the files are taken, into `.tools`:
/// installed, it would bring a web server along and start it.
pub(crate) fn wordpress() -> Result<(), String> {
    system::MARIADB.install()?;
    let folder = root().join(".tools/wordpress");
    let unpacked = folder.join("usr/share/wordpress/wp-load.php");
    let is_there = || unpacked.is_file() || Path::new("/usr/share/wordpress/wp-load.php").is_file();
    if is_there() || std::env::var_os("PAYWITH_WORDPRESS").is_some() {
        return Ok(());
    }
    println!("unpacking Debian's WordPress into .tools (seconds)");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let unpack = "apt-get download wordpress && dpkg -x wordpress_*.deb . && rm wordpress_*.deb";
    let done = run(program("sh").args(["-e", "-c", unpack]).current_dir(&folder));
    done.ok().filter(|()| is_there()).ok_or_else(|| {
        "WordPress is missing and could not be had from Debian. Unpack it anywhere and name its \
         folder in PAYWITH_WORDPRESS"
            .to_owned()
    })
}

/// Whether the program says that it is of this version.
pub(crate) fn has_version(name: &str, version: &str) -> bool {
    let said = read(program(name).arg("--version"));
    said.is_ok_and(|said| said.split_whitespace().any(|word| word == version))
}
