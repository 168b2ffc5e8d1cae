//! The alerts, the dashboard and the page for those who operate the backend speak of what there is:
//! of its metrics, with labels that a running backend gives them, and of each other.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

#[path = "../common/mod.rs"]
mod common;
mod expression;
mod files;

use common::{Shop, answer};
use files::{alerts, expressions, panels, table, text};
use paywith_merchant::Metrics;
use paywith_merchant::config::NotifyConfig;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// The metric to which a series belongs: histograms have three series each.
fn metric_of(series: &str) -> Option<&'static str> {
    let names = Metrics::names();
    let is_of = |name: &str, kind: &str| match series.strip_prefix(name) {
        Some("") => kind != "histogram",
        Some("_bucket" | "_sum" | "_count") => kind == "histogram",
        Some(_) | None => false,
    };
    names.into_iter().find(|(name, kind)| is_of(name, kind)).map(|(name, _)| name)
}

/// The labels of each metric, from a scrape of a backend to which everything has happened.
async fn labels() -> BTreeMap<&'static str, BTreeSet<String>> {
    let shop = Shop::with(|config| {
        config.rate_limit.per_order = 1;
        config.trusted_proxies = 1;
        config.metrics_token = Some("token".to_owned().into());
        let secret = "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5".to_owned().into();
        config.notify = Some(NotifyConfig { url: "http://127.0.0.1:9/".to_owned(), secret });
    })
    .await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    shop.fault("cashi", "status", "other_amount").await;
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "processing amount_mismatch");
    for _ in 0..9 {
        shop.create("key-INV-1", &token, "cashi").await;
    }
    answer(shop.http.post(format!("{}/api/webhooks/kashier", shop.url)).body("{}")).await;
    let begun = Instant::now();
    loop {
        let request = shop.http.get(format!("{}/metrics", shop.url));
        let scrape = answer(request.header("authorization", "Bearer token")).await.text;
        let labels = labels_of(&scrape);
        let missing = |(name, _): &(&str, &str)| !labels.contains_key(name);
        let missing: Vec<_> = Metrics::names().into_iter().filter(missing).collect();
        if missing.is_empty() {
            return labels;
        }
        let is_late = begun.elapsed() > Duration::from_secs(20);
        assert!(!is_late, "nothing brings up {missing:?}: {scrape}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn labels_of(scrape: &str) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for line in scrape.lines().filter(|line| line.starts_with("paywith_")) {
        let (series, _) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let metric = metric_of(name).unwrap_or_else(|| panic!("no metric is called {name}"));
        let labels = labels.trim_end_matches('}').split("\",").filter(|label| !label.is_empty());
        let labels = labels.filter_map(|label| label.split_once('=')).map(|(name, _)| name);
        let own = labels.filter(|label| *label != "le").map(str::to_owned);
        found.entry(metric).or_default().extend(own);
    }
    found
}

#[test]
fn every_metric_that_is_asked_for_is_one_of_the_backend() {
    for expression in expressions() {
        for used in expression.metrics {
            assert!(metric_of(&used.name).is_some(), "{}: no {}", expression.place, used.name);
        }
    }
}

#[test]
fn every_metric_is_on_the_dashboard_or_in_an_alert() {
    let used = expressions().into_iter().flat_map(|expression| expression.metrics);
    let used: BTreeSet<_> = used.filter_map(|used| metric_of(&used.name)).collect();
    for (name, _) in Metrics::names() {
        assert!(used.contains(name), "{name} is shown nowhere");
    }
}

#[tokio::test]
async fn every_label_that_is_matched_or_grouped_by_is_one_of_its_metric() {
    let known = labels().await;
    for expression in expressions() {
        for used in expression.metrics {
            let metric = metric_of(&used.name).expect("a metric");
            let matched = used.matched.iter().map(|(label, _)| label);
            for label in matched.chain(&used.grouped) {
                let is_known = match label.as_str() {
                    // Prometheus adds these.
                    "job" | "instance" => true,
                    "le" => used.name.ends_with("_bucket"),
                    label => known[metric].contains(label),
                };
                assert!(is_known, "{}: {metric} has no label {label}", expression.place);
            }
        }
    }
}

#[test]
fn every_label_that_a_text_names_is_in_the_answer_of_its_expression() {
    for expression in expressions() {
        for label in &expression.named {
            let mut metrics = expression.metrics.iter();
            // Without a metric of ours it is about the backend's being reachable.
            let is_there = metrics.all(|used| used.grouped.contains(label));
            assert!(is_there, "{}: the answer has no {label}", expression.place);
        }
    }
}

#[test]
fn every_word_that_is_matched_is_explained_in_the_table_of_metrics() {
    let table = table();
    for expression in expressions() {
        for used in expression.metrics {
            let metric = metric_of(&used.name).expect("a metric");
            let row = table.iter().find(|row| row.name == metric).expect("a row");
            // Providers are the same everywhere, and addresses are patterns.
            let is_word = |label: &str| !matches!(label, "provider" | "route");
            for (label, words) in used.matched.iter().filter(|(label, _)| is_word(label)) {
                for word in words.split('|') {
                    let is_known = row.words.iter().any(|known| known == word);
                    assert!(is_known, "{}: {metric} {label} {word}", expression.place);
                }
            }
        }
    }
}

#[tokio::test]
async fn the_table_of_metrics_is_that_of_the_backend() {
    let labels = labels().await;
    let of_backend: BTreeMap<_, _> = Metrics::names()
        .into_iter()
        .map(|(name, kind)| (name.to_owned(), (kind.to_owned(), labels[name].clone())))
        .collect();
    let of_page: BTreeMap<_, _> = table()
        .into_iter()
        .map(|row| (row.name, (row.kind, row.labels.into_iter().collect())))
        .collect();
    assert_eq!(of_page, of_backend);
}

#[test]
fn every_alert_has_a_heading_in_the_runbook_and_the_other_way_round() {
    let page = text("operating.md");
    let headings = page.lines().filter_map(|line| line.strip_prefix("### "));
    let headings: Vec<&str> = headings.filter(|heading| heading.starts_with("Paywith")).collect();
    let alerts = alerts();
    let names: Vec<&str> = alerts.iter().map(|alert| alert.alert.as_str()).collect();
    assert_eq!(names, headings, "the same alerts in the same order");
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "each name once");
}

#[test]
fn every_alert_says_how_bad_it_is_and_where_to_read_on() {
    for alert in alerts() {
        let name = &alert.alert;
        let severity = alert.labels.get("severity").map(String::as_str);
        assert!(matches!(severity, Some("critical" | "warning")), "{name}: {severity:?}");
        assert!(alert.r#for.ends_with('m'), "{name}: for {}", alert.r#for);
        let annotations: Vec<&str> = alert.annotations.keys().map(String::as_str).collect();
        assert_eq!(annotations, ["description", "runbook", "summary"], "{name}");
        let heading = format!("docs/operating.md#{}", name.to_lowercase());
        assert_eq!(alert.annotations["runbook"], heading);
    }
}

#[test]
fn every_alert_is_tried_on_made_up_series() {
    let tries = text("operating/alerts_test.yml");
    for alert in alerts() {
        let tried = format!("alertname=\"{}\"}}', value: 1", alert.alert);
        assert!(tries.contains(&tried), "{} is never seen firing", alert.alert);
    }
}

#[test]
fn every_panel_says_what_it_shows_and_in_which_unit() {
    let mut places = BTreeSet::new();
    for panel in panels() {
        let title = panel["title"].as_str().expect("a title");
        assert!(panel["description"].as_str().is_some_and(|text| text.len() > 20), "{title}");
        assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{title}: no unit");
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}: one Prometheus only");
        let place = (panel["gridPos"]["x"].to_string(), panel["gridPos"]["y"].to_string());
        assert!(places.insert(place), "{title} covers another panel");
    }
}
