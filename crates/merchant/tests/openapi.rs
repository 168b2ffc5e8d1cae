//! The written contract (`openapi.json`) and the router name the same addresses and methods.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::Shop;
use paywith_merchant::routes::addresses;
use serde_json::Value;
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../openapi.json");

/// No part of the contract: the demonstration shop, which a real backend does not have, and the
/// pages for people.
const LEFT_OUT: [&str; 2] = ["/api/demo/", "/admin"];

/// Whoever comes back is sent home, whatever the method: not every method needs to be written down.
const ANY_METHOD: [&str; 2] = ["/api/return", "/api/return/{payment}"];

fn document() -> Value {
    serde_json::from_str(DOCUMENT).expect("JSON")
}

/// Every path that the router names.
fn routed() -> BTreeSet<&'static str> {
    addresses().into_iter().collect()
}

/// Path and method of everything that is documented.
fn documented() -> Vec<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(move |method| (path.clone(), method.to_uppercase()))
    });
    operations.collect()
}

#[test]
fn every_route_is_documented() {
    let documented = documented();
    let routed = routed();
    assert!(routed.len() >= 11, "{routed:?}");
    for path in routed
        .into_iter()
        .filter(|path| !LEFT_OUT.iter().any(|left_out| path.starts_with(left_out)))
    {
        assert!(documented.iter().any(|(known, _)| known == path), "{path} is not documented");
    }
}

#[tokio::test]
async fn everything_that_is_documented_is_there_and_takes_its_methods_only() {
    let shop = Shop::open().await;
    let operations = documented();
    for (path, method) in &operations {
        let answer = ask(&shop, path, method).await;
        assert!(!answer.contains("there is no such address"), "{method} {path}: {answer}");
        assert!(!answer.contains("takes another method"), "{method} {path}: {answer}");
    }
    for (path, _) in operations.iter().filter(|(path, _)| !ANY_METHOD.contains(&path.as_str())) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let is_known = operations.contains(&(path.clone(), method.to_owned()));
            let is_refused = ask(&shop, path, method).await.contains("takes another method");
            assert_eq!(is_refused, !is_known, "{method} {path}");
        }
    }
}

async fn ask(shop: &Shop, path: &str, method: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "cashi" } else { part });
    let url = format!("{}{}", shop.url, parts.collect::<Vec<_>>().join("/"));
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    common::answer(shop.http.request(method, url)).await.text
}

#[tokio::test]
async fn the_document_is_served_as_it_is_written() {
    let answer = Shop::open().await.get("/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.text, DOCUMENT);
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn references(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|inner| references(inner, into));
            }
            Value::Array(members) => members.iter().for_each(|inner| references(inner, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 30, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a place in this document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}

/// Every code that the protocol names stands in the document, for those who write a backend.
#[test]
fn the_document_names_every_code() {
    use paywith_protocol::code;
    for code in [
        code::BAD_REQUEST,
        code::NOT_FOUND,
        code::IDEMPOTENCY_KEY_MISSING,
        code::IDEMPOTENCY_IN_PROGRESS,
        code::IDEMPOTENCY_MISMATCH,
        code::PAYMENT_OPEN,
        code::ALREADY_PAID,
        code::PROVIDER_UNAVAILABLE,
        code::AMOUNT_OUT_OF_RANGE,
        code::RETURN_URL_FORBIDDEN,
        code::PROVIDER_REFUSED,
        code::PROVIDER_UNREACHABLE,
        code::RATE_LIMITED,
        code::INTERNAL,
    ] {
        let described =
            document()["components"]["schemas"]["Problem"]["properties"]["code"].clone();
        let described = described["description"].as_str().expect("a text").to_owned();
        assert!(described.contains(&format!("`{code}`")), "{code}");
    }
}
