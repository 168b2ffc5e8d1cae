//! The doctor finds nothing at our own backend, and names what is wrong with others: ours with one
//! answer changed on its way out, and relays.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod cases;
mod program;
mod relay;
mod shop;
mod wrong;

use paywith_doctor::{ExamineError, Finding, Kind, Plan, Report, examine, rules};
use paywith_protocol::Provider;
use shop::{SHOP_ORIGIN, Shop};

/// Everything that can be tested of an order in rupiah.
fn plan(endpoint: &str, order: &str) -> Plan {
    Plan {
        endpoint: endpoint.to_owned(),
        order: order.to_owned(),
        provider: Provider::Cashi,
        // Kashier takes rupiah, too.
        second_provider: Some(Provider::Kashier),
        return_url: format!("{SHOP_ORIGIN}/cart"),
        origin: SHOP_ORIGIN.parse().ok(),
        cookie: None,
    }
}

/// The names of the rules that are not followed.
fn broken(report: &Report) -> Vec<&'static str> {
    let is_broken = |finding: &Finding| matches!(finding, Finding::Differs { .. });
    let rows = report.rows.iter().filter(|row| is_broken(&row.finding));
    rows.map(|row| row.name).collect()
}

/// The names of the rules that were not tested.
fn untested(report: &Report) -> Vec<&'static str> {
    let is_skipped = |finding: &Finding| matches!(finding, Finding::Skipped { .. });
    let rows = report.rows.iter().filter(|row| is_skipped(&row.finding));
    rows.map(|row| row.name).collect()
}

fn names(report: &Report) -> Vec<&'static str> {
    report.rows.iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn our_own_backend_follows_every_rule() {
    let shop = Shop::open().await;
    let order = shop.order("coffee").await;
    let report = examine(&plan(&shop.endpoint, &order)).await.expect("a report");
    assert!(!report.differs(), "{report}");
    assert_eq!((report.kind, names(&report)), (Kind::Backend, rules::ALL.to_vec()));
    let not_here = [
        // A code sends nobody back.
        "create: a foreign return_url is refused",
        "create: a look-alike return_url is refused",
        // The order is a signed token.
        "session: a stranger cannot read it, 404",
        "session: a stranger cannot pay it, 404",
    ];
    assert_eq!(untested(&report), not_here, "{report}");
    assert_eq!(shop.ledger().await, 2, "one payment at each of the two providers");
    let again = examine(&plan(&shop.endpoint, &order)).await.expect("a report");
    assert!(!again.differs(), "the same order a second time: {again}");
}

#[tokio::test]
async fn every_provider_of_ours_keeps_every_rule() {
    let shop = Shop::open().await;
    for (provider, product) in [
        (Provider::Cashii, "soap"),
        (Provider::CashPay, "honey"),
        (Provider::Kashier, "scarf"),
        (Provider::Cashi, "coffee"),
    ] {
        let order = shop.order(product).await;
        let plan =
            Plan { provider, second_provider: None, origin: None, ..plan(&shop.endpoint, &order) };
        let report = examine(&plan).await.expect("a report");
        assert!(!report.differs(), "{provider:?}: {report}");
    }
}

#[tokio::test]
async fn a_backend_that_does_not_answer_is_not_examined() {
    let endpoint = "http://127.0.0.1:9/api";
    let error = examine(&plan(endpoint, "T")).await.expect_err("nobody is there");
    assert!(error.to_string().contains("does not answer"), "{error}");
    let ExamineError::Unreachable { endpoint: named, .. } = error else { panic!("{error}") };
    assert_eq!(named, endpoint);
}

/// A change that changes nothing, or the findings elsewhere would be the proxy's.
#[tokio::test]
async fn the_proxy_alone_changes_nothing() {
    let shop = Shop::behind("/api", |path| path, |_| {}).await;
    let order = shop.order("coffee").await;
    let report = examine(&plan(&shop.endpoint, &order)).await.expect("a report");
    assert!(!report.differs(), "{report}");
}

#[tokio::test]
async fn an_order_that_nobody_knows_is_no_order_and_all_else_is_skipped() {
    let shop = Shop::open().await;
    let report = examine(&plan(&shop.endpoint, "nobody")).await.expect("a report");
    let order = ["checkout: order, amount, providers, payment", "create: a new payment is 201"];
    assert_eq!(broken(&report), order, "{report}");
    assert_eq!(names(&report), rules::ALL);
}

/// WordPress without pretty addresses: the path goes to the end of the query, and `&` joins.
#[tokio::test]
async fn b1_an_endpoint_with_a_query_is_examined_like_any_other() {
    let inward = |address: String| {
        let (_, route) =
            address.split_once("/index.php?rest_route=/paywith/v1").expect("the route");
        let (path, query) = route.split_once('&').unwrap_or((route, ""));
        assert!(!route.contains('?'), "{route}");
        format!("/api{}?{query}", path.replace("//", "/"))
    };
    for endpoint in ["/index.php?rest_route=/paywith/v1", "/index.php?rest_route=/paywith/v1/"] {
        let shop = Shop::behind(endpoint, inward, |_| {}).await;
        let order = shop.order("coffee").await;
        let report = examine(&plan(&shop.endpoint, &order)).await.expect("a report");
        assert!(!report.differs(), "{endpoint}: {report}");
        assert!(report.summary().ok > 30, "{report}");
    }
}

/// A bare order id: without a session there is nothing to see.
#[tokio::test]
async fn an_order_of_a_session_is_examined_with_its_cookie() {
    let change = |passing: &mut shop::Passing| {
        if passing.is_of_a_stranger() {
            passing.not_found();
        }
    };
    let shop = Shop::behind("/api", |path| path, change).await;
    let order = shop.order("coffee").await;
    let cookie = Some(cases::SESSION.parse().expect("a cookie"));
    let plan = Plan { cookie, ..plan(&shop.endpoint, &order) };
    let report = examine(&plan).await.expect("a report");
    assert!(!report.differs(), "{report}");
    assert!(untested(&report).iter().all(|rule| !rule.starts_with("session: ")), "{report}");
    assert!(!report.to_string().contains("5f0c1b7e"), "a report is no place for a session");
}

#[test]
fn the_readme_lists_every_rule() {
    let readme = include_str!("../../README.md");
    for rule in rules::ALL {
        assert!(readme.contains(&format!("| `{rule}` |")), "{rule}");
    }
}
