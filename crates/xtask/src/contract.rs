//! The group `contract`: requests invented by the written contract, sent to the running backend.
//!
//! It knows no rule of the contract itself: `docs/openapi.json` says what may be asked and what is
//! answered, `tests/contract` where orders come from. Start at [`test()`].

use crate::run::{program, root, run};
use crate::servers::{self, Backends, Ports, loopback};
use crate::tools;
use serde_json::Value;

/// Of each of the four at least one payment must have been made, or the requests stopped at the door.
const PROVIDERS: [&str; 4] = ["cashii", "cashpay", "kashier", "cashi"];

pub(crate) fn test() -> Result<(), String> {
    let schemathesis = tools::schemathesis()?;
    servers::build_backends_for_tests()?;
    let ports = servers::free_ports()?;
    let folder = root().join("target/contract");
    if folder.is_dir() {
        // The payments of an earlier run would count as those of this one.
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    let merchant = loopback(ports.merchant);
    let origins = [merchant.clone()];
    let backends = Backends { ports: &ports, shop_origins: &origins, site: None, folder: &folder };
    servers::during(
        |children| servers::start_backends(children, backends),
        || servers::are_backends_ready(&ports),
        || {
            let mut command = program(schemathesis);
            command.args(["--config-file", "tests/contract/schemathesis.toml", "run"]);
            // A noisy machine answers slowly, which is not the backend's fault.
            command.args(["--suppress-health-check", "all", "--request-timeout", "30"]);
            for path in ["/readyz", "/metrics"] {
                if servers::answers(ports.merchant, path, "there is no such address") {
                    command.args(["--exclude-path", path]);
                }
            }
            run(command
                .arg(format!("{merchant}/openapi.json"))
                .env("SCHEMATHESIS_HOOKS", root().join("tests/contract/hooks.py"))
                .env("PAYWITH_MERCHANT", &merchant))?;
            check_ledger(&ports)
        },
    )
}

/// The providers' own record says whether payments were really made.
fn check_ledger(ports: &Ports) -> Result<(), String> {
    let answer = servers::body(ports.sandbox, "/control/orders").unwrap_or_default();
    let rows: Value = serde_json::from_str(&answer).map_err(|_| "the ledger is not JSON")?;
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    for provider in PROVIDERS {
        let is_its = |row: &&Value| row.get("provider").and_then(Value::as_str) == Some(provider);
        let count = rows.iter().filter(is_its).count();
        println!("{provider:<8} {count} payments made");
        if count < 2 {
            return Err(format!("{count} payments reached {provider}: the requests tried nothing"));
        }
    }
    Ok(())
}
