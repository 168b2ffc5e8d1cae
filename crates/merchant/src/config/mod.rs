//! The configuration: one TOML file, and environment variables that override it.
//!
//! Every value becomes a type here, at startup; a missing or invalid one is an error that names its
//! key. Secrets are wrapped, so that no debug output can show them. It deliberately knows no
//! provider's rules. Start at [`Config`]; `docs/backend.md` is the reference for people.

mod database;
mod origin;
mod read;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::environment::SystemRandomness;
use axum::http::HeaderName;
use secrecy::SecretString;

pub use database::Database;
pub use origin::Origin;
pub use paywith_settings::ConfigError;

/// All settings of the backend, fixed at startup.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen. Loopback unless configured otherwise.
    pub listen: SocketAddr,
    /// Where shoppers' browsers reach this backend, without a trailing slash: the base of the
    /// return hop's address.
    pub public_url: String,
    /// The shop's own origins: the only ones that may call from a browser. The web origins among
    /// them are the only ones that a shopper is sent back to.
    pub shop_origins: Vec<Origin>,
    /// Headers that the shop's pages may send to this backend besides those that the widget always
    /// sends.
    pub allowed_headers: Vec<HeaderName>,
    /// An SQLite file, or a PostgreSQL server.
    pub database: Database,
    /// Signs order tokens (HS256), at least 32 bytes.
    pub order_token_secret: SecretString,
    /// The shop's name, as shown to shoppers.
    pub merchant_name: Option<String>,
    /// Whether payments are marked as tests.
    pub test: bool,
    /// How long browsers wait between two status calls.
    pub poll_after: Duration,
    /// The shortest pause between two reads of one payment at its provider.
    pub read_interval: Duration,
    /// How long a process may be silent before another one takes over its work.
    pub claim: Duration,
    /// How long a status call may wait for a change at most; zero disables waiting.
    pub wait: Duration,
    /// How many status calls may wait at a time; any beyond that are answered at once.
    pub most_waiting: usize,
    /// How many web servers in front add to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// The rate limits.
    pub rate_limit: RateLimits,
    /// The token for `/metrics`; without one only this machine may read it.
    pub metrics_token: Option<SecretString>,
    /// The password of `/admin`, at least 32 bytes; without it the page does not exist.
    pub admin_token: Option<SecretString>,
    /// How the log is written.
    pub log_format: LogFormat,
    /// How long a provider may take to answer one call.
    pub provider_deadline: Duration,
    /// How many payments are read at each provider at a time, at least 1; reads after a webhook do
    /// not count.
    pub provider_reads: usize,
    /// Whether providers get a webhook address and their webhooks are accepted.
    pub webhooks: bool,
    /// How long after its creation a payment that no page asks for is first read.
    pub sweep_first: Duration,
    /// Where the shop's own server is notified about payments.
    pub notify: Option<NotifyConfig>,
    /// Where orders without a signed token are looked up.
    pub orders: Option<OrdersConfig>,
    /// Whether the demonstration shop's routes exist.
    pub demo: bool,
    /// Present when Cashii is offered.
    pub cashii: Option<CashiiConfig>,
    /// Present when CashPay is offered.
    pub cashpay: Option<CashPayConfig>,
    /// Present when Kashier is offered.
    pub kashier: Option<KashierConfig>,
    /// Present when Cashi is offered.
    pub cashi: Option<CashiConfig>,
}

/// Rate limits, in requests per second on average; 0 means no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// One client's calls, except status reads; four seconds' worth may come at once.
    pub per_client: u64,
    /// One client's status reads; four seconds' worth may come at once.
    pub status_per_client: u64,
    /// Create calls of one order; five seconds' worth may come at once.
    pub per_order: u64,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// How the shop's own server is notified.
#[derive(Clone, Debug)]
pub struct NotifyConfig {
    /// Gets a POST for every event.
    pub url: String,
    /// Signs it as Standard Webhooks 1.0: `whsec_` and the base64 of 24 to 64 bytes.
    pub secret: SecretString,
}

/// Where the shop says what an order costs and whether it belongs to the caller.
#[derive(Clone, Debug)]
pub struct OrdersConfig {
    /// `https://shop.example/paywith/order/{order}`: `{order}` once, after the host.
    pub lookup_url: String,
    /// Sent as `Authorization: Bearer`, to prove that the caller is this backend.
    pub lookup_secret: Option<SecretString>,
}

/// How to reach Cashii.
#[derive(Clone, Debug)]
pub struct CashiiConfig {
    /// The API's address without a trailing slash.
    pub base_url: String,
    /// The hosted page's address.
    pub page_url: String,
    /// Sent as `Authorization: Bearer`.
    pub api_key: SecretString,
    /// How many digits of Cashii's integers are fractions. Documented: 2.
    pub exponent: u8,
    /// The merchant's own account: a payment to another one is refused.
    pub account: Option<String>,
}

/// How to reach CashPay. Its paths and its token call are assumed, hence configurable.
#[derive(Clone, Debug)]
pub struct CashPayConfig {
    /// The API's address without a trailing slash.
    pub base_url: String,
    /// The client id for requesting a token.
    pub client_id: String,
    /// The client secret for requesting a token.
    pub client_secret: SecretString,
    /// Where a token is requested.
    pub token_path: String,
    /// Where a charge is created.
    pub create_path: String,
    /// Where a charge is read, with `{id}` in it. Without it a payment stays `processing`.
    pub read_path: Option<String>,
    /// The age at which a token is renewed. Its documented lifetime is 55 minutes.
    pub token_renew_after: Duration,
    /// What proof a webhook must carry besides its secret address.
    pub webhook_scheme: WebhookScheme,
    /// How many digits of CashPay's integers are fractions. Assumed: 0.
    pub exponent: u8,
}

/// How to reach Kashier.
#[derive(Clone, Debug)]
pub struct KashierConfig {
    /// The API's address without a trailing slash; it decides between test and live.
    pub base_url: String,
    /// Sent raw as `Authorization`. May contain `$`.
    pub secret_key: SecretString,
    /// Sent as `api-key`.
    pub api_key: SecretString,
    /// `MID-…`.
    pub merchant_id: String,
    /// The e-mail address used for guests: Kashier requires one for everybody.
    pub guest_email: String,
}

/// How to reach Cashi.
#[derive(Clone, Debug)]
pub struct CashiConfig {
    /// The API's address without a trailing slash.
    pub base_url: String,
    /// Sent as `x-api-key`.
    pub api_key: SecretString,
    /// How long a code may be paid. Documented: ten minutes.
    pub life: Duration,
    /// The NMID that every code must carry.
    pub pinned_nmid: Option<String>,
    /// The PAN that every code must carry.
    pub pinned_pan: Option<String>,
    /// Signs Cashi's webhooks; without it they are refused.
    pub webhook_secret: Option<SecretString>,
}

/// How CashPay's webhooks are signed, which is not documented. The secret address is always
/// required.
#[derive(Clone, Debug)]
pub enum WebhookScheme {
    /// The secret address alone.
    Token,
    /// The header `hashstring`: HMAC-SHA256 of the concatenated fields, as at Tap.
    Hashstring(SecretString),
    /// A header with the HMAC-SHA256 of the raw body, in hexadecimal digits.
    Hmac {
        /// The signing key.
        secret: SecretString,
        /// The header's name.
        header: String,
    },
}

impl Config {
    /// Whether a shopper may be sent back to this address: it is on one of the shop's origins, or
    /// on the backend's own, whose page works without JavaScript.
    pub(crate) fn is_own_address(&self, address: &str) -> bool {
        let origin = Origin::of(address);
        let own = Origin::of(&self.public_url);
        origin.is_some_and(|origin| {
            self.shop_origins.contains(&origin) || own.as_ref() == Some(&origin)
        })
    }

    /// The demonstration: everything on this machine, with the sandbox's test credentials.
    ///
    /// The order token secret is newly generated: tokens from an earlier run are invalid.
    ///
    /// # Errors
    /// When an origin or address is invalid, or the machine provides no randomness.
    pub fn demo(
        sandbox_url: &str,
        public_url: &str,
        shop_origins: &[String],
        database: &Path,
    ) -> Result<Config, ConfigError> {
        let sandbox = sandbox_url.trim_end_matches('/');
        let secret = crate::ids::random_hex(&SystemRandomness, 32).map_err(|_| {
            ConfigError::new("order_token_secret", "the machine gives no randomness")
        })?;
        let origins = shop_origins.iter().map(|origin| format!("{origin:?}"));
        let toml = format!(
            r#"
public_url = {public_url:?}
shop_origins = [{origins}]
database = {database:?}
order_token_secret = "{secret}"
merchant_name = "Paywith Demo"
test = true
[demo]
enabled = true
[cashii]
base_url = "{sandbox}/cashii"
page_url = "{sandbox}/cashii/payment"
api_key = "cashii-test-key"
[cashpay]
base_url = "{sandbox}/cashpay"
client_id = "cashpay-test-client"
client_secret = "cashpay-test-secret"
read_path = "/charges/{{id}}"
[kashier]
base_url = "{sandbox}/kashier"
secret_key = 'kashier$test$secret-key'
api_key = "kashier-test-api-key"
merchant_id = "MID-0-1"
[cashi]
base_url = "{sandbox}/cashi"
api_key = "CASHI-TEST-KEY"
"#,
            origins = origins.collect::<Vec<_>>().join(", "),
            database = database.to_string_lossy(),
        );
        Config::from_text(&toml, [])
    }
}
