//! Programs of the system that the tests need: databases, languages, browsers. They are the only ones that
//! are installed for the whole machine: by Debian's packages, as root, and with consent.

use crate::consent;
use crate::run::{program, read, run, works};
use std::path::Path;

/// A program, or some that belong together.
pub(crate) struct SystemProgram {
    /// For people.
    name: &'static str,
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
    /// How to have it without them.
    remedy: &'static str,
    is_there: fn() -> bool,
}

/// A compiler for C++, in which the fuzzer's library is written.
pub(crate) static CPP_COMPILER: SystemProgram = SystemProgram {
    name: "A C++ compiler",
    packages: &["g++"],
    remedy: "put `c++` on PATH",
    is_there: || works(program("c++").arg("--version")),
};

/// Python with virtual environments, for Schemathesis.
pub(crate) static PYTHON: SystemProgram = SystemProgram {
    name: "Python",
    packages: &["python3", "python3-venv"],
    remedy: "put a `python3` with venv on PATH",
    is_there: || works(program("python3").args(["-c", "import venv, ensurepip"])),
};

/// PHP, Go and Python, in which the documentation shows a backend.
pub(crate) static LANGUAGES: SystemProgram = SystemProgram {
    name: "PHP, Go or Python",
    packages: &["php-cli", "golang-go", "python3"],
    remedy: "put `php`, `go` and `python3` on PATH",
    is_there: || {
        works(program("php").arg("--version"))
            && works(program("go").arg("version"))
            && works(program("python3").arg("--version"))
    },
};

/// The database and PHP's extension that WordPress needs.
pub(crate) static MARIADB: SystemProgram = SystemProgram {
    name: "MariaDB or PHP's mysqli",
    packages: &["mariadb-server-core", "php-mysql"],
    remedy: "put `mariadbd` on PATH",
    is_there: || {
        // Debian puts servers where only root looks for them.
        works(program("sh").args(["-c", "PATH=$PATH:/usr/sbin mariadbd --version"]))
            && works(program("php").args(["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"]))
    },
};

/// PostgreSQL, of which the tests start a server of their own.
pub(crate) static POSTGRES: SystemProgram = SystemProgram {
    name: "PostgreSQL",
    packages: &["postgresql"],
    remedy: "put PostgreSQL's `initdb` and `postgres` on PATH",
    is_there: || {
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        works(program("initdb").arg("--version"))
            || debian.map(|version| version.path().join("bin/initdb")).any(|file| file.is_file())
    },
};

/// What the documented commands for backups and upgrades use besides PostgreSQL's own.
pub(crate) static BACKUP_COMMANDS: SystemProgram = SystemProgram {
    name: "sqlite3 or curl",
    packages: &["sqlite3", "curl"],
    remedy: "put `sqlite3` and `curl` on PATH",
    is_there: || {
        works(program("sqlite3").arg("--version")) && works(program("curl").arg("--version"))
    },
};

/// PgBouncer, which the tests put in front of their PostgreSQL.
pub(crate) static PGBOUNCER: SystemProgram = SystemProgram {
    name: "PgBouncer",
    packages: &["pgbouncer"],
    remedy: "put `pgbouncer` on PATH",
    is_there: || {
        works(program("pgbouncer").arg("--version")) || Path::new("/usr/sbin/pgbouncer").is_file()
    },
};

/// Chromium and its driver.
pub(crate) static CHROMIUM: SystemProgram = SystemProgram {
    name: "Chromium",
    packages: &["chromium", "chromium-driver", "fonts-noto-core"],
    remedy: "put `chromium` and `chromedriver` of one version on PATH",
    is_there: || {
        works(program("chromedriver").arg("--version"))
            && works(program("chromium").arg("--version"))
    },
};

/// Firefox; cargo installs its driver.
pub(crate) static FIREFOX: SystemProgram = SystemProgram {
    name: "Firefox",
    packages: &["firefox-esr"],
    remedy: "put `firefox-esr` on PATH",
    is_there: || works(program("firefox-esr").arg("--version")),
};

/// WebKitGTK's small browser, its driver, and a virtual screen.
pub(crate) static WEBKIT: SystemProgram = SystemProgram {
    name: "WebKitGTK",
    packages: &["webkit2gtk-driver", "xvfb"],
    remedy: "install WebKitGTK's MiniBrowser, WebKitWebDriver and Xvfb",
    is_there: || {
        works(program("WebKitWebDriver").arg("--help"))
            && read(program("sh").args(["-c", "ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser"])).is_ok()
            && ["/usr/bin/Xvfb", "/usr/local/bin/Xvfb"].iter().any(|file| Path::new(file).is_file())
    },
};

/// One question about everything that is missing, before a long command begins.
pub(crate) fn ask_for(programs: &[&SystemProgram]) -> Result<(), String> {
    let missing: Vec<_> = programs.iter().filter(|program| !(program.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages = Vec::new();
    for package in missing.iter().flat_map(|program| program.packages) {
        if !packages.contains(package) {
            packages.push(*package);
        }
    }
    let list = |part: fn(&SystemProgram) -> &'static str, between: &str| {
        missing.iter().map(|program| part(program)).collect::<Vec<_>>().join(between)
    };
    let why = format!("not on this machine: {}", list(|program| program.name, "; "));
    let remedies = list(|program| program.remedy, "; ");
    if !works(program("apt-get").arg("--version")) {
        return Err(format!("{why}. There is no apt-get here that could install it: {remedies}"));
    }
    consent::ask(&why, &packages, &remedies)
}

impl SystemProgram {
    /// Installs the packages if the program is missing and the user agrees.
    pub(crate) fn install(&self) -> Result<(), String> {
        if (self.is_there)() {
            return Ok(());
        }
        ask_for(&[self])?;
        println!("installing Debian's {} (about a minute)", self.packages.join(", "));
        let install = [&["install", "-y", "--no-install-recommends"], self.packages].concat();
        let is_installed = apt(&["update"]).and_then(|()| apt(&install)).is_ok();
        if is_installed && (self.is_there)() {
            return Ok(());
        }
        Err(format!(
            "{} is missing and could not be installed here. Install it with: \
             sudo apt-get install {}  (or {})",
            self.name,
            self.packages.join(" "),
            self.remedy
        ))
    }
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let is_root = read(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = if is_root { program("apt-get") } else { program("sudo") };
    if !is_root {
        // Without a terminal, no password is asked for.
        let quietly: &[&str] = if consent::is_terminal() { &[] } else { &["-n"] };
        command.args(quietly).arg("apt-get");
    }
    run(command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
}
