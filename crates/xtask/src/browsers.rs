//! The browser engines that the journeys run in: each with its driver, installed when it is missing.

use crate::cargo_tools;
use crate::run::program;
use crate::system::{self, SystemProgram};
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

    /// What the machine needs for it.
    pub(crate) fn system(self) -> &'static SystemProgram {
        match self {
            Engine::Chromium => &system::CHROMIUM,
            Engine::Firefox => &system::FIREFOX,
            Engine::WebKit => &system::WEBKIT,
        }
    }

    /// Installs browser and driver.
    pub(crate) fn install(self) -> Result<(), String> {
        self.system().install()?;
        if self == Engine::Firefox { cargo_tools::geckodriver() } else { Ok(()) }
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
