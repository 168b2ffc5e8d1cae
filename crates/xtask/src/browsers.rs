//! The browser engines that the journeys run in: each with its driver, installed when it is missing.

use crate::cargo_tools;
use crate::run::{program, read, works};
use crate::tools::from_debian;
use std::path::Path;
use std::process::Command;

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    /// Those that `PAYWITH_ENGINE` names, or all: first the one that finds faults fastest.
    pub(crate) fn wanted() -> Result<Vec<Engine>, String> {
        let all = [Engine::Chromium, Engine::Firefox, Engine::WebKit];
        let Ok(name) = std::env::var("PAYWITH_ENGINE") else { return Ok(all.to_vec()) };
        let wanted = all.into_iter().find(|engine| engine.name() == name);
        let wanted = wanted.ok_or_else(|| {
            format!("PAYWITH_ENGINE={name} is unknown; use chromium, firefox or webkit")
        })?;
        Ok(vec![wanted])
    }

    /// What `PAYWITH_ENGINE` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
            Engine::WebKit => "webkit",
        }
    }

    /// Installs browser and driver.
    pub(crate) fn install(self) -> Result<(), String> {
        match self {
            Engine::Chromium => chromium(),
            Engine::Firefox => firefox(),
            Engine::WebKit => webkit(),
        }
    }

    /// Tells the journeys which engine it is and where its programs are.
    pub(crate) fn tell(self, command: &mut Command) {
        command.env("PAYWITH_ENGINE", self.name());
        let programs: &[(&str, &str)] = match self {
            Engine::Chromium => &[("CHROMEDRIVER", "chromedriver"), ("CHROMIUM", "chromium")],
            Engine::Firefox => &[("GECKODRIVER", "geckodriver"), ("FIREFOX", "firefox-esr")],
            Engine::WebKit => &[("WEBKITDRIVER", "WebKitWebDriver")],
        };
        for (variable, name) in programs {
            command.env(variable, program(name).get_program());
        }
    }
}

/// Chromium and its driver.
pub(crate) fn chromium() -> Result<(), String> {
    let is_there = || {
        works(program("chromedriver").arg("--version"))
            && works(program("chromium").arg("--version"))
    };
    from_debian(
        "Chromium",
        &["chromium", "chromium-driver", "fonts-noto-core"],
        "put `chromium` and `chromedriver` of one version on PATH",
        is_there,
    )
}

fn firefox() -> Result<(), String> {
    let is_there = || works(program("firefox-esr").arg("--version"));
    from_debian("Firefox", &["firefox-esr"], "put `firefox-esr` on PATH", is_there)?;
    cargo_tools::geckodriver()
}

/// WebKitGTK's small browser, its driver, and a screen that nobody sees.
fn webkit() -> Result<(), String> {
    let is_there = || {
        works(program("WebKitWebDriver").arg("--help"))
            && read(program("sh").args(["-c", "ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser"])).is_ok()
            && ["/usr/bin/Xvfb", "/usr/local/bin/Xvfb"].iter().any(|file| Path::new(file).is_file())
    };
    from_debian(
        "WebKitGTK",
        &["webkit2gtk-driver", "xvfb"],
        "install WebKitGTK's MiniBrowser, WebKitWebDriver and Xvfb",
        is_there,
    )
}
