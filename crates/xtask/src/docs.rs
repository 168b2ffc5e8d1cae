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
    if !root().join("dist/mock.js").is_file() {
        dist::dist()?;
    }
    let site = root().join("target/docs");
    run(program("mdbook").arg("build").arg(root().join("docs")).arg("--dest-dir").arg(&site))?;
    for folder in ["bench/words", "bench/looks"] {
        fs::create_dir_all(site.join(folder)).map_err(|error| error.to_string())?;
    }
    let files = [
        ("dist/paywith.js", "paywith.js"),
        ("dist/paywith.wasm", "paywith.wasm"),
        ("dist/mock.js", "mock.js"),
        ("www/bench.js", "bench/bench.js"),
        ("www/dom.js", "bench/dom.js"),
        ("www/log.js", "bench/log.js"),
        ("www/words/en.js", "bench/words/en.js"),
        ("www/looks/bench.css", "bench/looks/bench.css"),
    ];
    for (from, to) in files {
        let copied = fs::copy(root().join(from), site.join(to));
        copied.map_err(|error| format!("{from}: {error}"))?;
    }
    Ok(())
}
