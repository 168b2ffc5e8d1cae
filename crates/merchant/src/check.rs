//! `paywith-merchant check`: tries the configuration before shoppers do.
//!
//! It asks each configured provider for a payment that does not exist; no payment is made. Start at
//! [`check`].

use crate::clients::{self, Http, Probe, ProviderClient};
use crate::config::{Config, Origin};
use crate::environment::Environment;
use crate::metrics::Metrics;
use crate::store;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One finding per line, for a person to read.
    pub lines: Vec<String>,
    /// Whether something must be fixed before a shopper comes.
    pub is_broken: bool,
}

impl Report {
    fn fine(&mut self, text: &str) {
        self.lines.push(format!("ok     {text}"));
    }

    fn note(&mut self, text: &str) {
        self.lines.push(format!("note   {text}"));
    }

    fn broken(&mut self, text: &str) {
        self.lines.push(format!("WRONG  {text}"));
        self.is_broken = true;
    }
}

/// Tries everything that can be tried without a payment.
///
/// # Errors
/// When the HTTP client cannot be set up.
pub async fn check(config: &Config) -> Result<Report, String> {
    let mut report = Report::default();
    let environment = Environment::of_this_machine(config.provider_deadline)?;
    let opened = store::open(&config.database, environment.clock.clone(), Metrics::default());
    match opened.await {
        Ok(_) => report.fine(&format!("database {}", config.database)),
        Err(error) => report.broken(&format!("`database` cannot be opened: {error}")),
    }
    check_addresses(config, &mut report);
    let http = Http::new(&environment.transport);
    for client in clients::configured(config) {
        let probe = client.probe(&http).await;
        tell(&mut report, &*client, &probe);
    }
    check_webhooks(config, &mut report);
    Ok(report)
}

fn check_addresses(config: &Config, report: &mut Report) {
    let public = &config.public_url;
    let is_here = |host: &str| public.contains(&format!("//{host}"));
    let is_local = ["localhost", "127.0.0.1", "[::1]"].into_iter().any(is_here);
    if is_local {
        report.note("`public_url` is this machine: providers cannot send webhooks to it");
    } else if !public.starts_with("https://") {
        report.broken("`public_url` must begin with https: shoppers' orders travel there");
    }
    let is_open = |origin: &&Origin| {
        origin.as_str().starts_with("http://") && !is_local && !is_own_machine(origin)
    };
    if let Some(open) = config.shop_origins.iter().find(is_open) {
        report.broken(&format!("`shop_origins` has {open}, which is not https"));
    }
    let leaves = config.cashii.is_some() || config.cashpay.is_some() || config.kashier.is_some();
    if leaves && !config.shop_origins.iter().any(Origin::is_web) {
        report.note(
            "`shop_origins` has only apps: Cashii, CashPay and Kashier lead back to an https link \
             that opens the app; list its origin, too",
        );
    }
    if config.demo {
        report.note("`demo.enabled`: everybody can order here. Never in production");
    }
    if config.test {
        report.note("`test`: payments are marked as play money");
    }
}

/// The host names under which an app serves its own pages to itself, without a network in between.
fn is_own_machine(origin: &Origin) -> bool {
    let host = origin.as_str().trim_start_matches("http://").split(':').next().unwrap_or_default();
    host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1"
}

fn tell(report: &mut Report, client: &dyn ProviderClient, probe: &Probe) {
    let (id, name) = (client.provider().id(), client.provider().name());
    let keys = client.key_settings();
    match probe {
        Probe::Works => report.fine(&format!("{name} answers and takes the keys")),
        Probe::Refused { http_status } => {
            report.broken(&format!("{name} refuses the keys (HTTP {http_status}): check {keys}"));
        }
        Probe::Trouble { http_status } => {
            report.broken(&format!("{name} is in trouble (HTTP {http_status}): try again later"));
        }
        Probe::Unreachable => report.broken(&format!(
            "nothing that is {name}'s API answers: check `{id}.base_url`, and whether this \
             machine may reach it"
        )),
    }
}

fn check_webhooks(config: &Config, report: &mut Report) {
    if !config.webhooks {
        report.note("`webhooks` is off: payments are only seen by reading");
    }
    check_cashi(config, report);
    if config.cashpay.as_ref().is_some_and(|cashpay| cashpay.read_path.is_none()) {
        report.note("without `cashpay.read_path` only CashPay's own webhook makes a payment paid");
    }
    match &config.notify {
        Some(_) => report.fine("your server is notified about payments"),
        None => report.note("without `notify.url` your server must ask what became of payments"),
    }
}

/// What to enter in Cashi's dashboard, and which secret to copy from it.
fn check_cashi(config: &Config, report: &mut Report) {
    let Some(cashi) = &config.cashi else { return };
    let base = &config.public_url;
    report.note(&format!("Cashi's dashboard, \"Success Redirect URL\": {base}/api/return/cashi"));
    if !config.webhooks {
        return;
    }
    report.note(&format!("Cashi's dashboard, \"Webhook URL\": {base}/api/webhooks/cashi"));
    if cashi.webhook_secret.is_none() {
        report.broken(
            "`cashi.webhook_secret` is missing: every webhook of Cashi is refused, its test too. \
             Cashi's dashboard shows the secret beside the address",
        );
    }
}
