//! The demo: sandbox, merchant and shop on this machine, started and stopped together.

use crate::run::{program, root};
use crate::servers::{self, Backends, Ports, answers, loopback};
use crate::{cargo_tools, tools};
use std::path::PathBuf;

/// Starts everything and waits for Ctrl-C.
pub(crate) fn demo(options: &[&str]) -> Result<(), String> {
    let mut shop = 8080;
    let mut ports = Ports { merchant: 8090, sandbox: 8091 };
    let known = &mut [
        ("--port", &mut shop),
        ("--merchant-port", &mut ports.merchant),
        ("--sandbox-port", &mut ports.sandbox),
    ];
    servers::read_ports(options, known)?;
    servers::check_ports(&[
        (shop, "--port"),
        (ports.merchant, "--merchant-port"),
        (ports.sandbox, "--sandbox-port"),
    ])?;
    tools::wasm_target()?;
    cargo_tools::wasm_bindgen()?;
    cargo_tools::trunk()?;
    servers::build_backends()?;
    let origins = [loopback(shop), format!("http://localhost:{shop}")];
    let merchant = loopback(ports.merchant);
    let folder = servers::fresh_demo_folder(&ports)?;
    let backends = Backends { ports: &ports, shop_origins: &origins, site: None, folder: &folder };
    servers::serve(
        |children| {
            servers::start_backends(children, backends)?;
            let mut trunk = program("trunk");
            trunk.args(["serve", "--release", "--port", &shop.to_string()]);
            if ports.merchant != 8090 {
                trunk.arg("--config").arg(config_for(&merchant)?);
            }
            children.start("the shop", &mut trunk)
        },
        // The shop answers only once its page is built.
        || servers::are_backends_ready(&ports) && answers(shop, "/", "paywith"),
        || {
            println!("\n  The shop is open:   {}/\n", loopback(shop));
            println!(
                "  The shopper's phone and the providers' ledger:   {}/",
                loopback(ports.sandbox)
            );
            println!("  No money moves. Ctrl-C stops everything.\n");
        },
    )
}

/// Trunk's configuration with the backend at another address, beside the usual one: its paths are
/// meant from there.
fn config_for(merchant: &str) -> Result<PathBuf, String> {
    let usual = std::fs::read_to_string(root().join("Trunk.toml"));
    let usual = usual.map_err(|error| format!("Trunk.toml: {error}"))?;
    let path = root().join("Trunk.demo.toml");
    let text = usual.replace("http://127.0.0.1:8090", merchant);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
