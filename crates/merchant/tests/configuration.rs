//! The configuration: what is missing is named, what is odd is refused, secrets stay as they are
//! written and out of sight.

#![allow(clippy::expect_used, reason = "helpers of tests may fail loudly too")]

use paywith_merchant::Config;
use paywith_merchant::config::RateLimits;
use secrecy::ExposeSecret;

const EXAMPLE: &str = include_str!("../../../paywith.example.toml");

const SMALLEST: &str = r#"
public_url = "https://pay.shop.example/"
shop_origins = ["https://shop.example"]
database = "paywith.sqlite"
order_token_secret = "0123456789abcdef0123456789abcdef"
[kashier]
base_url = "https://test-api.kashier.io"
secret_key = 'se$cret$$HOME${x}'
api_key = "canary-kashier-api-key"
merchant_id = "MID-1-1"
"#;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, paywith_merchant::ConfigError> {
    let owned = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_text(text, owned)
}

fn refused(text: &str, environment: &[(&str, &str)]) -> (String, String) {
    let error = read(text, environment).expect_err("a refusal");
    (error.key().to_owned(), error.to_string())
}

#[test]
fn the_smallest_configuration_has_the_documented_defaults() {
    let config = read(SMALLEST, &[]).expect("a configuration");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8090");
    assert_eq!(config.public_url, "https://pay.shop.example");
    let waits = [config.poll_after, config.read_interval, config.provider_deadline];
    assert_eq!(waits.map(|wait| wait.as_millis()), [3_000, 5_000, 10_000]);
    assert_eq!((config.wait.as_millis(), config.most_waiting), (25_000, 50_000));
    assert_eq!(config.provider_reads, 32);
    let RateLimits { per_client, status_per_client, per_order } = config.rate_limit;
    assert_eq!((per_client, status_per_client, per_order), (10, 500, 1));
    assert!(!config.test && !config.demo && config.merchant_name.is_none());
    assert!(config.cashii.is_none() && config.cashpay.is_none() && config.cashi.is_none());
    assert_eq!(config.kashier.expect("a section").guest_email, "guest@example.com");
}

#[test]
fn a_key_that_is_missing_is_named_with_its_variable() {
    for (line, key, variable) in [
        ("public_url", "public_url", "PAYWITH_PUBLIC_URL"),
        ("shop_origins", "shop_origins", "PAYWITH_SHOP_ORIGINS"),
        ("database", "database", "PAYWITH_DATABASE"),
        ("order_token_secret", "order_token_secret", "PAYWITH_ORDER_TOKEN_SECRET"),
        ("base_url", "kashier.base_url", "PAYWITH_KASHIER_BASE_URL"),
        ("secret_key", "kashier.secret_key", "PAYWITH_KASHIER_SECRET_KEY"),
        ("api_key", "kashier.api_key", "PAYWITH_KASHIER_API_KEY"),
        ("merchant_id", "kashier.merchant_id", "PAYWITH_KASHIER_MERCHANT_ID"),
    ] {
        let without: Vec<&str> =
            SMALLEST.lines().filter(|text| !text.starts_with(&format!("{line} "))).collect();
        let (named, message) = refused(&without.join("\n"), &[]);
        assert_eq!(named, key);
        assert!(message.contains("is missing") && message.contains(variable), "{message}");
    }
    let without_provider = SMALLEST.split("[kashier]").next().expect("a text");
    assert_eq!(refused(without_provider, &[]).0, "cashi.api_key");
}

#[test]
fn a_database_is_a_file_or_a_postgresql_server() {
    for (variable, expected) in
        [("PAYWITH_DATABASE", "other.sqlite"), ("DATABASE_URL", "PostgreSQL")]
    {
        let value = if expected == "PostgreSQL" { "postgres://a:b@c/d" } else { expected };
        let config = read(SMALLEST, &[(variable, value)]).expect("a configuration");
        assert_eq!(config.database.to_string(), expected);
        assert!(!format!("{config:?}").contains("a:b"), "no password is shown");
    }
    let both = [("PAYWITH_DATABASE", "mine.sqlite"), ("DATABASE_URL", "postgres://a:b@c/d")];
    let config = read(SMALLEST, &both).expect("a configuration");
    assert_eq!(config.database.to_string(), "mine.sqlite", "ours wins");
    let (key, message) = refused(SMALLEST, &[("DATABASE_URL", "mysql://a:b@c/d")]);
    assert_eq!(key, "database");
    assert!(message.contains("mysql:// is not known"), "{message}");
}

#[test]
fn the_keys_of_every_provider_are_needed_once_it_is_mentioned() {
    for (variable, value, missing) in [
        ("PAYWITH_CASHI_LIFE_MS", "1000", "cashi.api_key"),
        ("PAYWITH_CASHII_EXPONENT", "2", "cashii.api_key"),
        ("PAYWITH_CASHPAY_CLIENT_ID", "me", "cashpay.base_url"),
    ] {
        assert_eq!(refused(SMALLEST, &[(variable, value)]).0, missing);
    }
}

#[test]
fn a_dollar_in_a_secret_is_kept_from_the_file_and_from_the_environment() {
    let of = |config: Config| config.kashier.expect("a section").secret_key;
    let from_file = of(read(SMALLEST, &[]).expect("a configuration"));
    assert_eq!(from_file.expose_secret(), "se$cret$$HOME${x}");
    let environment = [("PAYWITH_KASHIER_SECRET_KEY", "an$other$$PATH${y}")];
    let from_environment = of(read(SMALLEST, &environment).expect("a configuration"));
    assert_eq!(from_environment.expose_secret(), "an$other$$PATH${y}");
}

#[test]
fn the_environment_wins_over_the_file_for_every_kind_of_value() {
    let environment = [
        ("PAYWITH_LISTEN", "0.0.0.0:9000"),
        ("PAYWITH_SHOP_ORIGINS", "https://a.example, https://b.example:8443"),
        ("PAYWITH_TEST", "true"),
        ("PAYWITH_READ_INTERVAL_MS", "0"),
        ("PAYWITH_CASHI_API_KEY", "CASHI-1"),
        ("UNRELATED", "x"),
    ];
    let config = read(SMALLEST, &environment).expect("a configuration");
    assert_eq!(config.listen.to_string(), "0.0.0.0:9000");
    let origins: Vec<&str> = config.shop_origins.iter().map(|origin| origin.as_str()).collect();
    assert_eq!(origins, ["https://a.example", "https://b.example:8443"]);
    assert!(config.test && config.read_interval.is_zero());
    let cashi = config.cashi.expect("a section");
    assert_eq!((cashi.base_url.as_str(), cashi.life.as_secs()), ("https://cashi.id", 600));
}

#[test]
fn an_unknown_key_is_refused_by_its_name() {
    let with = |line: &str| SMALLEST.replace("[kashier]", &format!("{line}\n[kashier]"));
    assert_eq!(refused(&with("merchant = 'x'"), &[]).0, "merchant");
    assert_eq!(refused(&format!("{SMALLEST}\nsecret = 'x'"), &[]).0, "kashier.secret");
    assert_eq!(refused(&format!("{SMALLEST}\n[paypal]\nkey = 'x'"), &[]).0, "paypal.key");
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_by_its_key() {
    for (variable, value, key) in [
        ("PAYWITH_LISTEN", "8090", "listen"),
        ("PAYWITH_PUBLIC_URL", "pay.shop.example", "public_url"),
        ("PAYWITH_PUBLIC_URL", "ftp://pay.shop.example", "public_url"),
        ("PAYWITH_PUBLIC_URL", "https://pay.shop.example/?x=1", "public_url"),
        ("PAYWITH_SHOP_ORIGINS", "https://shop.example/cart", "shop_origins"),
        ("PAYWITH_SHOP_ORIGINS", "*", "shop_origins"),
        ("PAYWITH_ORDER_TOKEN_SECRET", "0123456789abcdef0123456789abcde", "order_token_secret"),
        ("PAYWITH_TEST", "yes", "test"),
        ("PAYWITH_POLL_AFTER_MS", "-1", "poll_after_ms"),
        ("PAYWITH_POLL_AFTER_MS", "3.5", "poll_after_ms"),
        ("PAYWITH_KASHIER_API_KEY", "two words", "kashier.api_key"),
        ("PAYWITH_LOG_FORMAT", "xml", "log_format"),
        ("PAYWITH_METRICS_TOKEN", "two words", "metrics_token"),
        ("PAYWITH_ADMIN_TOKEN", "0123456789abcdef0123456789abcde", "admin_token"),
        ("PAYWITH_ADMIN_TOKEN", "thirty-two bytes, but with spaces", "admin_token"),
        ("PAYWITH_RATE_LIMIT_PER_CLIENT", "ten", "rate_limit.per_client"),
        ("PAYWITH_WAIT_MS", "25s", "wait_ms"),
        ("PAYWITH_PROVIDER_READS", "0", "provider_reads"),
    ] {
        assert_eq!(refused(SMALLEST, &[(variable, value)]).0, key, "{value}");
    }
    let cashpay = [
        ("PAYWITH_CASHPAY_BASE_URL", "https://cashpay.example"),
        ("PAYWITH_CASHPAY_CLIENT_ID", "me"),
        ("PAYWITH_CASHPAY_CLIENT_SECRET", "secret"),
    ];
    for (variable, value, key) in [
        ("PAYWITH_CASHPAY_READ_PATH", "/charges", "cashpay.read_path"),
        ("PAYWITH_CASHPAY_CREATE_PATH", "charges", "cashpay.create_path"),
        ("PAYWITH_CASHPAY_EXPONENT", "5", "cashpay.exponent"),
    ] {
        let environment = [&cashpay[..], &[(variable, value)]].concat();
        assert_eq!(refused(SMALLEST, &environment).0, key, "{value}");
    }
}

#[test]
fn neither_debug_output_nor_an_error_shows_a_secret() {
    let secrets = [
        ("PAYWITH_ORDER_TOKEN_SECRET", "canary-order-token-secret-of-32-bytes"),
        ("PAYWITH_CASHII_API_KEY", "canary-cashii"),
        ("PAYWITH_CASHPAY_BASE_URL", "https://cashpay.example"),
        ("PAYWITH_CASHPAY_CLIENT_ID", "me"),
        ("PAYWITH_CASHPAY_CLIENT_SECRET", "canary-cashpay"),
        ("PAYWITH_KASHIER_SECRET_KEY", "canary$kashier$secret"),
        ("PAYWITH_CASHI_API_KEY", "canary-cashi"),
    ];
    let config = read(SMALLEST, &secrets).expect("a configuration");
    let shown = format!("{config:?} {config:#?}");
    assert!(shown.contains("MID-1-1"), "what is no secret is shown");
    assert!(!shown.contains("canary"), "{shown}");
    for text in [
        "order_token_secret = canary",
        "order_token_secret = 'canary",
        &SMALLEST.replace("'se$cret$$HOME${x}'", "'canary with spaces'"),
        &SMALLEST.replace("0123456789abcdef0123456789abcdef", "canary"),
    ] {
        let (_, message) = refused(text, &[]);
        assert!(!message.contains("canary"), "{message}");
    }
}

/// The example as a reader would use it: every line that offers a setting is switched on.
fn example_switched_on() -> String {
    let is_setting = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        line.contains(" = ") && !name.is_empty() && name.bytes().all(plain)
    };
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if is_setting(setting) => setting,
        Some(_) | None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What the example leaves empty.
const DUMMIES: [(&str, &str); 8] = [
    ("PAYWITH_ORDER_TOKEN_SECRET", "0123456789abcdef0123456789abcdef"),
    ("PAYWITH_CASHII_API_KEY", "k"),
    ("PAYWITH_CASHPAY_CLIENT_ID", "k"),
    ("PAYWITH_CASHPAY_CLIENT_SECRET", "k"),
    ("PAYWITH_KASHIER_SECRET_KEY", "k"),
    ("PAYWITH_KASHIER_API_KEY", "k"),
    ("PAYWITH_KASHIER_MERCHANT_ID", "MID-1-1"),
    ("PAYWITH_CASHI_API_KEY", "k"),
];

#[test]
fn an_order_look_up_that_could_be_led_elsewhere_is_refused() {
    for url in
        ["https://{order}.shop.example/", "http://shop.example/{order}", "https://shop.example/"]
    {
        let (key, message) = refused(SMALLEST, &[("PAYWITH_ORDERS_LOOKUP_URL", url)]);
        assert_eq!(key, "orders.lookup_url");
        assert!(message.contains("{order}"), "{message}");
    }
    let url = "https://shop.example/order/{order}";
    let secret = ("PAYWITH_ORDERS_LOOKUP_SECRET", "canary");
    let config = read(SMALLEST, &[("PAYWITH_ORDERS_LOOKUP_URL", url), secret]);
    let orders = config.expect("a configuration").orders.expect("a section");
    assert_eq!(orders.lookup_url, url);
    assert!(!format!("{orders:?}").contains("canary"));
    assert_eq!(refused(SMALLEST, &[secret]).0, "orders.lookup_url");
}

#[test]
fn the_example_holds_no_secret_that_everybody_knows() {
    for (variable, _) in DUMMIES {
        let others: Vec<_> = DUMMIES.into_iter().filter(|(name, _)| *name != variable).collect();
        let (_, message) = refused(EXAMPLE, &others);
        assert!(message.contains("is missing") && message.contains(variable), "{message}");
    }
}

#[test]
fn the_example_file_loads_and_names_every_key() {
    let as_shipped = read(EXAMPLE, &DUMMIES).expect("the example with nothing but secrets added");
    assert!(!as_shipped.demo);
    let config = read(&example_switched_on(), &DUMMIES).expect("the example with every key");
    assert!(config.merchant_name.is_some());
    let cashpay = config.cashpay.expect("cashpay");
    assert_eq!(cashpay.read_path.as_deref(), Some("/charges/{id}"));
    let cashi = config.cashi.expect("cashi");
    assert!(cashi.pinned_nmid.is_some() && cashi.pinned_pan.is_some());
    assert!(config.kashier.is_some() && config.cashii.is_some());
    // Every key that the source asks for stands in the example, and the other way round: an
    // unknown one would have been refused above.
    let source = include_str!("../src/config/read.rs");
    for key in source.split("source, \"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let name = key.rsplit('.').next().unwrap_or_default();
        let sections = ["cashii", "cashpay", "kashier", "cashi", "notify", "orders"];
        let is_section = sections.contains(&key);
        let wanted = if is_section { format!("[{key}]") } else { format!("{name} = ") };
        assert!(EXAMPLE.contains(&wanted), "{key}");
    }
}

#[test]
fn what_the_example_shows_as_a_default_is_the_default() {
    let on = read(&example_switched_on(), &DUMMIES).expect("the example with every key");
    let off = read(SMALLEST, &[("PAYWITH_CASHI_API_KEY", "k"), ("PAYWITH_CASHII_API_KEY", "k")]);
    let off = off.expect("a configuration");
    assert_eq!(on.listen, off.listen);
    assert_eq!(on.poll_after, off.poll_after);
    assert_eq!(on.read_interval, off.read_interval);
    assert_eq!(on.provider_deadline, off.provider_deadline);
    assert_eq!((on.wait, on.most_waiting), (off.wait, off.most_waiting));
    assert_eq!(on.provider_reads, off.provider_reads);
    assert_eq!((on.trusted_proxies, on.rate_limit), (off.trusted_proxies, off.rate_limit));
    assert_eq!(on.log_format, off.log_format);
    assert!(on.metrics_token.is_some() && off.metrics_token.is_none());
    assert!(on.admin_token.is_some() && off.admin_token.is_none());
    let (on_cashi, off_cashi) = (on.cashi.expect("cashi"), off.cashi.expect("cashi"));
    assert_eq!((on_cashi.base_url, on_cashi.life), (off_cashi.base_url, off_cashi.life));
    let (on_cashii, off_cashii) = (on.cashii.expect("cashii"), off.cashii.expect("cashii"));
    assert_eq!(on_cashii.base_url, off_cashii.base_url);
    assert_eq!(
        (on_cashii.page_url, on_cashii.exponent),
        (off_cashii.page_url, off_cashii.exponent)
    );
}

const CASHI: &str = "[cashi]\napi_key = 'canary'\n";

#[test]
fn e7_a_pin_is_read_as_people_copy_it() {
    for (written, read_as) in [
        ("ID1020000000001", "ID1020000000001"),
        (" id1020000000001\u{a0}", "ID1020000000001"),
        ("ID10 2000 0000 001", "ID1020000000001"),
        ("9360-0000-0000\t0000001", "9360000000000000001"),
        ("\u{feff}9360 0000 0000 0000 001", "9360000000000000001"),
    ] {
        for key in ["pinned_nmid", "pinned_pan"] {
            let variable = format!("PAYWITH_CASHI_{}", key.to_uppercase());
            let text = format!("{SMALLEST}{CASHI}");
            let config = read(&text, &[(&variable, written)]).expect("a configuration");
            let cashi = config.cashi.expect("a section");
            let pin = if key == "pinned_nmid" { cashi.pinned_nmid } else { cashi.pinned_pan };
            assert_eq!(pin.as_deref(), Some(read_as), "{written:?}");
        }
    }
    // A pin that no code can hold would refuse every payment, so startup refuses it.
    for written in
        [" ", "--", "ID102,ID103", "\"ID1020000000001\"", "ID\u{661}", "NMID: ID1020000000001"]
    {
        let text = format!("{SMALLEST}{CASHI}");
        let (key, message) = refused(&text, &[("PAYWITH_CASHI_PINNED_NMID", written)]);
        assert_eq!(key, "cashi.pinned_nmid", "{written:?}");
        assert!(message.contains("as it stands in codes"), "{message}");
    }
}

#[test]
fn h3_an_account_is_compared_without_the_white_space_that_was_copied_along() {
    let cashii = "[cashii]\napi_key = 'canary'\n";
    let account = |written: &str| {
        let text = format!("{SMALLEST}{cashii}");
        let config = read(&text, &[("PAYWITH_CASHII_ACCOUNT", written)]).expect("a configuration");
        config.cashii.expect("a section").account
    };
    assert_eq!(account(" 0933123456\n").as_deref(), Some("0933123456"));
    assert_eq!(account(" \n"), None);
}
