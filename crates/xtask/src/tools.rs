//! The tools that the tasks need, in the versions that fit together. What is missing is installed
//! into `.tools`, nothing outside the project is changed, except that packages of Debian (PHP, Go,
//! PostgreSQL …) are installed where that is allowed. What cargo installs is in `cargo_tools`, the
//! browsers in `browsers`.

use crate::run::{program, read, root, run, works};
use std::path::{Path, PathBuf};

const SCHEMATHESIS: &str = "4.32.5";

/// From npm: what makes the module small, bundles, and checks the package and its types.
const NPM_PACKAGES: [(&str, &str); 6] = [
    ("binaryen", "132.0.0"),
    ("esbuild", "0.28.2"),
    ("publint", "0.3.25"),
    ("@arethetypeswrong/cli", "0.18.5"),
    ("typescript", "7.0.2"),
    ("jsdom", "24.1.3"),
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

/// The standard library's sources, to build it small. `false` where they cannot be had.
pub(crate) fn has_library_sources() -> bool {
    let Ok(sysroot) = read(program("rustc").args(["--print", "sysroot"])) else { return false };
    let lock = PathBuf::from(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    if lock.is_file() {
        return true;
    }
    println!("installing the standard library's sources, to build it small (seconds)");
    run(program("rustup").args(["component", "add", "rust-src"])).is_ok() && lock.is_file()
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
    let is_there = || works(program("python3").args(["-c", "import venv, ensurepip"]));
    let remedy = "put a `python3` with venv on PATH";
    from_debian("Python", &["python3", "python3-venv"], remedy, is_there)?;
    println!("installing Schemathesis {SCHEMATHESIS} into .tools (a minute)");
    run(program("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let package = format!("schemathesis=={SCHEMATHESIS}");
    run(program(folder.join("bin/pip")).args(["install", "--quiet", &package]))?;
    Ok(program_file)
}

/// PHP, Go and Python, in which the documentation shows a backend.
pub(crate) fn languages() -> Result<(), String> {
    let is_there = || {
        works(program("php").arg("--version"))
            && works(program("go").arg("version"))
            && works(program("python3").arg("--version"))
    };
    let remedy = "put `php`, `go` and `python3` on PATH";
    from_debian("PHP, Go or Python", &["php-cli", "golang-go", "python3"], remedy, is_there)
}

/// WordPress' files, and the database and PHP's extension that it needs. Of Debian's package only the
/// files are taken, into `.tools`: installed, it would bring a web server along and start it.
pub(crate) fn wordpress() -> Result<(), String> {
    let is_there = || {
        // Debian puts servers where only root looks for them.
        works(program("sh").args(["-c", "PATH=$PATH:/usr/sbin mariadbd --version"]))
            && works(program("php").args(["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"]))
    };
    let packages = ["mariadb-server-core", "php-mysql"];
    from_debian("MariaDB or PHP's mysqli", &packages, "put `mariadbd` on PATH", is_there)?;
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

/// PostgreSQL, of which the tests start a server of their own.
pub(crate) fn postgres() -> Result<(), String> {
    let is_there = || {
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        works(program("initdb").arg("--version"))
            || debian.map(|version| version.path().join("bin/initdb")).any(|file| file.is_file())
    };
    let remedy = "put PostgreSQL's `initdb` and `postgres` on PATH";
    from_debian("PostgreSQL", &["postgresql"], remedy, is_there)
}

/// PgBouncer, which the tests put in front of their PostgreSQL.
pub(crate) fn pgbouncer() -> Result<(), String> {
    let is_there = || {
        works(program("pgbouncer").arg("--version"))
            || std::path::Path::new("/usr/sbin/pgbouncer").is_file()
    };
    from_debian("PgBouncer", &["pgbouncer"], "put `pgbouncer` on PATH", is_there)
}

/// A compiler for C++, in which the fuzzer's library is written.
pub(crate) fn cpp_compiler() -> Result<(), String> {
    let is_there = || works(program("c++").arg("--version"));
    from_debian("A C++ compiler", &["g++"], "put `c++` on PATH", is_there)
}

/// Installs packages of Debian, where that is allowed.
pub(crate) fn from_debian(
    what: &str,
    packages: &[&str],
    remedy: &str,
    is_there: impl Fn() -> bool,
) -> Result<(), String> {
    if is_there() {
        return Ok(());
    }
    println!("installing Debian's {} (about a minute)", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let is_root = read(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
        let mut command = if is_root { program("apt-get") } else { program("sudo") };
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        run(command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
    };
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    let is_installed = apt(&["update"]).and_then(|()| apt(&install)).is_ok();
    if is_installed && is_there() {
        return Ok(());
    }
    Err(format!(
        "{what} is missing and could not be installed here. Install it with: \
         sudo apt-get install {}  (or {remedy})",
        packages.join(" ")
    ))
}

pub(crate) fn has_version(name: &str, version: &str) -> bool {
    let said = read(program(name).arg("--version"));
    said.is_ok_and(|said| said.split_whitespace().any(|word| word == version))
}
