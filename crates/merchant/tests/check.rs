//! Trying the configuration before shoppers do.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::Shop;
use paywith_merchant::check::{Report, check};
use secrecy::SecretString;

async fn found(shop: &Shop) -> Report {
    check(&shop.config).await.expect("a report")
}

#[tokio::test]
async fn a_right_configuration_is_right_and_nothing_is_made() {
    let shop = Shop::open().await;
    let report = found(&shop).await;
    assert!(!report.is_broken, "{report:?}");
    let fine = report.lines.iter().filter(|line| line.starts_with("ok")).count();
    assert_eq!(fine, 1 + 4, "the database and four providers: {report:?}");
    assert!(shop.ledger().await.is_empty());
}

#[tokio::test]
async fn wrong_keys_are_named() {
    let wrong = || SecretString::from("wrong");
    let shop = Shop::with(|config| {
        config.cashii.as_mut().expect("cashii").api_key = wrong();
        config.cashpay.as_mut().expect("cashpay").client_secret = wrong();
        config.kashier.as_mut().expect("kashier").secret_key = wrong();
        config.cashi.as_mut().expect("cashi").api_key = wrong();
    })
    .await;
    let report = found(&shop).await;
    assert!(report.is_broken);
    for key in ["cashii.api_key", "cashpay.client_secret", "kashier.secret_key", "cashi.api_key"] {
        let named = |line: &String| line.starts_with("WRONG") && line.contains(key);
        assert!(report.lines.iter().any(named), "{key}: {report:?}");
    }
    assert!(!format!("{report:?}").contains("wrong\""), "no secret is shown");
}

#[tokio::test]
async fn an_address_where_nobody_is_and_a_public_address_without_tls_are_named() {
    let shop = Shop::with(|config| {
        config.cashi.as_mut().expect("cashi").base_url = "http://127.0.0.1:9".to_owned();
        config.public_url = "http://pay.shop.example".to_owned();
    })
    .await;
    let report = found(&shop).await;
    for wanted in ["`cashi.base_url`", "`public_url` must begin with https"] {
        assert!(report.lines.iter().any(|line| line.contains(wanted)), "{wanted}: {report:?}");
    }
    shop.fault("kashier", "status", "500").await;
    let report = found(&shop).await;
    assert!(report.lines.iter().any(|line| line.contains("Kashier is in trouble")), "{report:?}");
}
