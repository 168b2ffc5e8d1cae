//! From a source of keys to a [`Config`]: one function per section, each key with its default.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use axum::http::HeaderName;
use paywith_settings::{Source, variable};
use secrecy::{ExposeSecret, SecretString};

use super::{
    CashPayConfig, CashiConfig, CashiiConfig, Config, ConfigError, Database, KashierConfig,
    LogFormat, NotifyConfig, OrdersConfig, Origin, RateLimits, WebhookScheme,
};

const SHORTEST_SECRET_BYTES: usize = 32;
/// The longest value that a code can hold.
const LONGEST_PIN: usize = 99;

impl Config {
    /// Reads a TOML file, overridden by the process's environment.
    ///
    /// # Errors
    /// Names the file if it cannot be read, otherwise the key that is missing, invalid or unknown.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(&path.to_string_lossy(), &error.to_string()))?;
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Config::from_text(&text, environment)
    }

    /// The same from a text and a given environment.
    ///
    /// # Errors
    /// Names the key that is missing, invalid or unknown.
    pub fn from_text(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let source = &mut Source::new(text, our_variables(environment))?;
        let config = Config {
            listen: listen(source)?,
            public_url: base_url(source, "public_url")?,
            shop_origins: shop_origins(source)?,
            allowed_headers: allowed_headers(source)?,
            database: Database::parse(&source.text("database")?)?,
            order_token_secret: token_secret(source)?,
            merchant_name: source.optional_text("merchant_name")?,
            test: source.flag("test")?,
            poll_after: millis(source, "poll_after_ms", 3_000)?,
            read_interval: millis(source, "read_interval_ms", 5_000)?,
            claim: millis(source, "claim_ms", 5_000)?,
            wait: millis(source, "wait_ms", 25_000)?,
            most_waiting: count(source, "most_waiting", 50_000)?,
            trusted_proxies: count(source, "trusted_proxies", 0)?,
            rate_limit: rate_limit(source)?,
            metrics_token: optional_secret(source, "metrics_token")?,
            admin_token: admin_token(source)?,
            log_format: log_format(source)?,
            provider_deadline: millis(source, "provider_deadline_ms", 10_000)?,
            provider_reads: provider_reads(source)?,
            webhooks: source.flag_or("webhooks", true)?,
            sweep_first: millis(source, "sweep_first_ms", 10_000)?,
            notify: section(source, "notify", notify)?,
            orders: section(source, "orders", orders)?,
            demo: source.flag("demo.enabled")?,
            cashii: section(source, "cashii", cashii)?,
            cashpay: section(source, "cashpay", cashpay)?,
            kashier: section(source, "kashier", kashier)?,
            cashi: section(source, "cashi", cashi)?,
        };
        source.refuse_unknown()?;
        let offered = config.cashii.is_some()
            || config.cashpay.is_some()
            || config.kashier.is_some()
            || config.cashi.is_some();
        if !offered {
            let problem = "is missing; configure one of cashii, cashpay, kashier, cashi";
            return Err(ConfigError::new("cashi.api_key", problem));
        }
        Ok(config)
    }
}

fn section<T>(
    source: &mut Source,
    name: &str,
    read: impl FnOnce(&mut Source) -> Result<T, ConfigError>,
) -> Result<Option<T>, ConfigError> {
    if source.has_section(name) { read(source).map(Some) } else { Ok(None) }
}

fn rate_limit(source: &mut Source) -> Result<RateLimits, ConfigError> {
    Ok(RateLimits {
        per_client: source.number("rate_limit.per_client", 10)?,
        status_per_client: source.number("rate_limit.status_per_client", 500)?,
        per_order: source.number("rate_limit.per_order", 1)?,
    })
}

fn log_format(source: &mut Source) -> Result<LogFormat, ConfigError> {
    match source.optional_text("log_format")?.as_deref() {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(_) => Err(ConfigError::new("log_format", "must be text or json")),
    }
}

fn notify(source: &mut Source) -> Result<NotifyConfig, ConfigError> {
    let url = base_url(source, "notify.url")?;
    let secret = SecretString::from(source.text("notify.secret")?);
    if crate::notify::key(&secret).is_none() {
        let problem = "must be whsec_ and the base64 of 24 to 64 bytes";
        return Err(ConfigError::new("notify.secret", problem));
    }
    Ok(NotifyConfig { url, secret })
}

fn orders(source: &mut Source) -> Result<OrdersConfig, ConfigError> {
    let lookup_url = source.text("orders.lookup_url")?;
    if !crate::order_lookup::is_template(&lookup_url) {
        let problem = "must be an https address (http on this machine) with {order} once, behind \
                       the host";
        return Err(ConfigError::new("orders.lookup_url", problem));
    }
    let lookup_secret = optional_secret(source, "orders.lookup_secret")?;
    Ok(OrdersConfig { lookup_url, lookup_secret })
}

fn cashii(source: &mut Source) -> Result<CashiiConfig, ConfigError> {
    let page_url = source.optional_text("cashii.page_url")?;
    Ok(CashiiConfig {
        base_url: base_url_or(source, "cashii.base_url", "https://api.cashii.app")?,
        page_url: page_url.unwrap_or_else(|| paywith_providers::cashii::HOSTED_PAGE.to_owned()),
        api_key: secret(source, "cashii.api_key")?,
        exponent: exponent(source, "cashii.exponent", 2)?,
        account: trimmed(source, "cashii.account")?,
    })
}

/// A text without surrounding white space from copying; providers' values are compared without it.
fn trimmed(source: &mut Source, key: &str) -> Result<Option<String>, ConfigError> {
    let text = source.optional_text(key)?.map(|text| text.trim().to_owned());
    Ok(text.filter(|text| !text.is_empty()))
}

fn cashpay(source: &mut Source) -> Result<CashPayConfig, ConfigError> {
    let read_path = source.optional_text("cashpay.read_path")?;
    if read_path.as_ref().is_some_and(|path| !path.contains("{id}")) {
        return Err(ConfigError::new("cashpay.read_path", "must contain {id}"));
    }
    Ok(CashPayConfig {
        base_url: base_url(source, "cashpay.base_url")?,
        client_id: source.text("cashpay.client_id")?,
        client_secret: secret(source, "cashpay.client_secret")?,
        token_path: path(source, "cashpay.token_path", "/auth/token")?,
        create_path: path(source, "cashpay.create_path", "/charges")?,
        read_path,
        token_renew_after: millis(source, "cashpay.token_renew_after_ms", 50 * 60_000)?,
        exponent: exponent(source, "cashpay.exponent", 0)?,
        webhook_scheme: webhook_scheme(source)?,
    })
}

fn webhook_scheme(source: &mut Source) -> Result<WebhookScheme, ConfigError> {
    let name = source.optional_text("cashpay.webhook_scheme")?;
    let secret = source.optional_text("cashpay.webhook_secret")?.map(SecretString::from);
    let header = source.optional_text("cashpay.webhook_header")?;
    let needed = || ConfigError::new("cashpay.webhook_secret", "is missing");
    match name.as_deref() {
        None | Some("token") => Ok(WebhookScheme::Token),
        Some("hashstring") => Ok(WebhookScheme::Hashstring(secret.ok_or_else(needed)?)),
        Some("hmac") => Ok(WebhookScheme::Hmac {
            secret: secret.ok_or_else(needed)?,
            header: header.unwrap_or_else(|| "x-signature".to_owned()),
        }),
        Some(_) => {
            let problem = "must be token, hashstring or hmac";
            Err(ConfigError::new("cashpay.webhook_scheme", problem))
        }
    }
}

fn kashier(source: &mut Source) -> Result<KashierConfig, ConfigError> {
    let guest_email = source.optional_text("kashier.guest_email")?;
    Ok(KashierConfig {
        base_url: base_url(source, "kashier.base_url")?,
        secret_key: secret(source, "kashier.secret_key")?,
        api_key: secret(source, "kashier.api_key")?,
        merchant_id: source.text("kashier.merchant_id")?,
        guest_email: guest_email.unwrap_or_else(|| "guest@example.com".to_owned()),
    })
}

fn cashi(source: &mut Source) -> Result<CashiConfig, ConfigError> {
    Ok(CashiConfig {
        base_url: base_url_or(source, "cashi.base_url", "https://cashi.id")?,
        api_key: secret(source, "cashi.api_key")?,
        life: millis(source, "cashi.life_ms", 600_000)?,
        pinned_nmid: pin(source, "cashi.pinned_nmid")?,
        pinned_pan: pin(source, "cashi.pinned_pan")?,
        webhook_secret: source.optional_text("cashi.webhook_secret")?.map(SecretString::from),
    })
}

/// A pin as it appears in codes: people copy it in groups, with dashes, in lower case. One that
/// cannot occur in any code would cause every payment to be refused.
fn pin(source: &mut Source, key: &str) -> Result<Option<String>, ConfigError> {
    let Some(text) = source.optional_text(key)? else { return Ok(None) };
    let is_between =
        |c: char| c.is_whitespace() || matches!(c, '-' | '\u{200B}'..='\u{200F}' | '\u{FEFF}');
    let pin: String = text.chars().filter(|c| !is_between(*c)).collect();
    let pin = pin.to_ascii_uppercase();
    let is_pin = !pin.is_empty() && pin.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_pin && pin.len() <= LONGEST_PIN {
        Ok(Some(pin))
    } else {
        Err(ConfigError::new(
            key,
            "must be the number as it stands in codes, such as ID1020000000001",
        ))
    }
}

/// `DATABASE_URL`, which PostgreSQL hosting providers set, stands for our own variable, which wins.
fn our_variables(
    environment: impl IntoIterator<Item = (String, String)>,
) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, String> = environment.into_iter().collect();
    if let Some(url) = environment.remove("DATABASE_URL").filter(|url| !url.is_empty()) {
        environment.entry(variable("database")).or_insert(url);
    }
    environment
}

fn listen(source: &mut Source) -> Result<std::net::SocketAddr, ConfigError> {
    let address = source.optional_text("listen")?.unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    address.parse().map_err(|_| ConfigError::new("listen", "must be an address and a port"))
}

fn shop_origins(source: &mut Source) -> Result<Vec<Origin>, ConfigError> {
    let list = source.list("shop_origins")?;
    let read = |text: &String| {
        Origin::parse(text).ok_or_else(|| ConfigError::new("shop_origins", &no_origin(text)))
    };
    let origins = list.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if origins.is_empty() {
        return Err(ConfigError::new("shop_origins", "must name at least one origin"));
    }
    Ok(origins)
}

/// Why it is not an origin. Pages opened from files are the case worth explaining.
fn no_origin(text: &str) -> String {
    let start = text.trim().to_ascii_lowercase();
    if start == "null" || start.starts_with("file:") {
        return format!(
            "{text:?} cannot be listed: pages out of files and frames in a sandbox all have the \
             origin `null`, so everybody would be let in. Let the app serve its pages under a name \
             of its own, such as capacitor://localhost"
        );
    }
    format!("{text:?} is not an origin such as https://shop.example or capacitor://localhost")
}

fn allowed_headers(source: &mut Source) -> Result<Vec<HeaderName>, ConfigError> {
    let key = "allowed_headers";
    let list = source.optional_list(key)?;
    let read = |text: &String| {
        let name = HeaderName::from_bytes(text.as_bytes()).ok().filter(|_| text != "*");
        let name = name.ok_or_else(|| {
            let problem = format!("{text:?} is not a header name such as authorization or x-store");
            ConfigError::new(key, &problem)
        })?;
        if is_browsers_own(name.as_str()) {
            let problem = format!("{text:?} is a header that no page can set: take it out");
            return Err(ConfigError::new(key, &problem));
        }
        Ok(name)
    };
    let mut names = list.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    names.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    names.dedup();
    Ok(names)
}

/// Headers that only browsers set, whatever a page says (the Fetch standard's forbidden names).
const BROWSERS_OWN: &str = "accept-charset accept-encoding access-control-request-headers \
    access-control-request-method connection content-length cookie date dnt expect host keep-alive \
    origin referer te trailer transfer-encoding upgrade via";

fn is_browsers_own(name: &str) -> bool {
    let is_named = BROWSERS_OWN.split(' ').any(|own| own == name);
    is_named || name.starts_with("sec-") || name.starts_with("proxy-")
}

fn token_secret(source: &mut Source) -> Result<SecretString, ConfigError> {
    let secret = SecretString::from(source.text("order_token_secret")?);
    long_enough("order_token_secret", secret)
}

fn admin_token(source: &mut Source) -> Result<Option<SecretString>, ConfigError> {
    let token = optional_secret(source, "admin_token")?;
    token.map(|token| long_enough("admin_token", token)).transpose()
}

fn long_enough(key: &str, secret: SecretString) -> Result<SecretString, ConfigError> {
    let is_long = secret.expose_secret().len() >= SHORTEST_SECRET_BYTES;
    is_long.then_some(secret).ok_or_else(|| ConfigError::new(key, "must have at least 32 bytes"))
}

fn optional_secret(source: &mut Source, key: &str) -> Result<Option<SecretString>, ConfigError> {
    let text = source.optional_text(key)?;
    text.map(|text| header_secret(key, text)).transpose()
}

fn secret(source: &mut Source, key: &str) -> Result<SecretString, ConfigError> {
    let text = source.text(key)?;
    header_secret(key, text)
}

fn header_secret(key: &str, text: String) -> Result<SecretString, ConfigError> {
    // A value that is invalid in a header would fail at the first payment; better now.
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    printable
        .then(|| SecretString::from(text))
        .ok_or_else(|| ConfigError::new(key, "must be printable ASCII without spaces"))
}

fn base_url(source: &mut Source, key: &str) -> Result<String, ConfigError> {
    let text = source.text(key)?;
    checked_base(key, &text)
}

fn base_url_or(source: &mut Source, key: &str, default: &str) -> Result<String, ConfigError> {
    let text = source.optional_text(key)?;
    checked_base(key, text.as_deref().unwrap_or(default))
}

fn checked_base(key: &str, text: &str) -> Result<String, ConfigError> {
    let base = text.trim_end_matches('/');
    match Origin::of(base) {
        Some(_) if !base.contains(['?', '#']) => Ok(base.to_owned()),
        Some(_) | None => Err(ConfigError::new(key, "must be an http or https address")),
    }
}

fn path(source: &mut Source, key: &str, default: &str) -> Result<String, ConfigError> {
    let path = source.optional_text(key)?.unwrap_or_else(|| default.to_owned());
    let rooted = path.starts_with('/');
    rooted.then_some(path).ok_or_else(|| ConfigError::new(key, "must begin with /"))
}

fn exponent(source: &mut Source, key: &str, default: u64) -> Result<u8, ConfigError> {
    let number = source.number(key, default)?;
    let exponent = u8::try_from(number).ok().filter(|exponent| *exponent <= 4);
    exponent.ok_or_else(|| ConfigError::new(key, "must be 0 to 4"))
}

fn count(source: &mut Source, key: &str, default: u64) -> Result<usize, ConfigError> {
    let number = source.number(key, default)?;
    usize::try_from(number).map_err(|_| ConfigError::new(key, "is too large"))
}

fn provider_reads(source: &mut Source) -> Result<usize, ConfigError> {
    let most = count(source, "provider_reads", 32)?;
    let problem = || ConfigError::new("provider_reads", "must be at least 1");
    if most == 0 { Err(problem()) } else { Ok(most) }
}

fn millis(source: &mut Source, key: &str, default: u64) -> Result<Duration, ConfigError> {
    source.number(key, default).map(Duration::from_millis)
}
