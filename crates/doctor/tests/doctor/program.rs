//! The program: what it prints, and what its exit code says.

use crate::rules;
use crate::shop::{SHOP_ORIGIN, Shop};
use axum::http::header;
use serde_json::Value;
use std::process::{Command, Output};

async fn run(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paywith-doctor"));
    command.args(words);
    tokio::task::spawn_blocking(move || command.output().expect("a run")).await.expect("a run")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

async fn examined(shop: &Shop, more: &[&str]) -> Output {
    let order = shop.order("coffee").await;
    let usual = [&shop.endpoint, "--order", &order, "--provider", "cashi"];
    run(&[&usual, more].concat()).await
}

#[tokio::test]
async fn all_rules_followed_is_0_and_the_json_is_as_documented() {
    let shop = Shop::open().await;
    let more = ["--second-provider", "kashier", "--origin", SHOP_ORIGIN, "--format", "json"];
    let ended = examined(&shop, &more).await;
    assert_eq!(ended.status.code(), Some(0), "{}", text(&ended.stdout));
    let report: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!(report["endpoint"], shop.endpoint);
    assert_eq!((&report["provider"], &report["kind"]), (&"cashi".into(), &"backend".into()));
    let rows = report["rules"].as_array().expect("rules");
    let names: Vec<_> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, rules::ALL);
    let count = |word: &str| rows.iter().filter(|row| row["finding"] == word).count();
    for word in ["ok", "differs", "skipped"] {
        assert_eq!(report["summary"][word], count(word), "{word}");
    }
    for row in rows {
        assert_eq!(row.get("why").is_some(), row["finding"] == "skipped", "{row}");
    }
}

#[tokio::test]
async fn a_rule_that_is_not_followed_is_1() {
    let shop = Shop::behind(
        "/api",
        |path| path,
        |passing| {
            passing.headers.remove(header::CACHE_CONTROL);
        },
    );
    let shop = shop.await;
    let ended = examined(&shop, &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    let rows = text(&ended.stdout);
    let row = rows.lines().find(|line| line.starts_with("differs  create: not cached: "));
    assert!(
        row.is_some_and(|row| row.contains("expected `Cache-Control: no-store`; got")),
        "{rows}"
    );
    assert!(rows.lines().last().is_some_and(|line| line.contains(" differ, ")), "{rows}");
    let ended = examined(&shop, &["--format", "json"]).await;
    let report: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    let rows = report["rules"].as_array().expect("rules");
    let row = rows.iter().find(|row| row["finding"] == "differs").expect("a difference");
    assert_eq!(row["expected"], "`Cache-Control: no-store`");
    assert_eq!(row["got"], "nothing");
}

#[tokio::test]
async fn nothing_examined_is_2_and_prints_no_report() {
    let unreachable = ["http://127.0.0.1:9/api", "--order", "T", "--provider", "cashi"];
    for (words, named) in [
        (&unreachable[..], "does not answer"),
        (&unreachable[..1], "--order"),
        (&[][..], "ENDPOINT"),
        (&["/api", "--order", "T", "--provider", "cashi"][..], "/api"),
    ] {
        let ended = run(words).await;
        assert_eq!(ended.status.code(), Some(2), "{words:?}");
        assert!(ended.stdout.is_empty(), "{words:?}");
        assert!(text(&ended.stderr).contains(named), "{words:?}: {}", text(&ended.stderr));
    }
}

#[tokio::test]
async fn the_help_says_what_a_stranger_must_know() {
    let ended = run(&["--help"]).await;
    assert_eq!(ended.status.code(), Some(0));
    let help = text(&ended.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for named in ["makes a payment of the order", "Use test keys", "Exit codes:", "Examples:"] {
        assert!(help.contains(named), "{named}: {help}");
    }
}
