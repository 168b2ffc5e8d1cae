//! The documentation as a site: mdBook over `docs`, with the built widget beside it.

use crate::run::{program, root, run};
use crate::servers::{self, Backends, Ports, loopback};
use crate::{cargo_tools, dist};
use std::fs;

/// Builds `target/docs`; with `--serve`, serves it with a backend and simulated providers, so that
/// the buttons on its pages work.
pub(crate) fn docs(options: &[&str]) -> Result<(), String> {
    let (serves, options) = match options {
        ["--serve", rest @ ..] => (true, rest),
        other => (false, other),
    };
    let mut ports = Ports { merchant: 8090, sandbox: 8091 };
    let known = &mut [("--port", &mut ports.merchant), ("--sandbox-port", &mut ports.sandbox)];
    servers::read_ports(options, known)?;
    if serves {
        servers::check_ports(&[(ports.merchant, "--port"), (ports.sandbox, "--sandbox-port")])?;
    }
    build()?;
    if !serves {
        println!("target/docs/index.html; its buttons work with `cargo xtask docs --serve`");
        return Ok(());
    }
    servers::build_backends()?;
    let site = root().join("target/docs");
    let origins = [loopback(ports.merchant), format!("http://localhost:{}", ports.merchant)];
    let (folder, site) = (servers::fresh_demo_folder(&ports)?, Some(site.as_path()));
    let backends = Backends { ports: &ports, shop_origins: &origins, site, folder: &folder };
    servers::serve(
        |children| servers::start_backends(children, backends),
        || servers::are_backends_ready(&ports),
        || println!("\n  The documentation:   {}/\n", loopback(ports.merchant)),
    )
}

/// The site, with the widget's two files beside its pages.
pub(crate) fn build() -> Result<(), String> {
    cargo_tools::mdbook()?;
    if !root().join("dist/paywith.js").is_file() {
        dist::dist()?;
    }
    let site = root().join("target/docs");
    run(program("mdbook").arg("build").arg(root().join("docs")).arg("--dest-dir").arg(&site))?;
    for name in ["paywith.js", "paywith.wasm"] {
        let copied = fs::copy(root().join("dist").join(name), site.join(name));
        copied.map_err(|error| format!("dist/{name}: {error}"))?;
    }
    Ok(())
}
