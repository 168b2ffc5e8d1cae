//! Backends that pass the provider's own answers on: what they cannot promise is said plainly, and
//! what they must promise is tested.

use crate::shop::{client, listen, read, serve};
use crate::{Finding, Kind, Plan, Provider, broken, examine, names, plan, rules};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::task::JoinHandle;

const ORDER: &str = "INV-9921";

type Answer = (StatusCode, [(&'static str, &'static str); 1], axum::Json<Value>);

/// A relay in front of the simulated providers.
struct Relay {
    endpoint: String,
    servers: [JoinHandle<()>; 2],
}

impl Drop for Relay {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

async fn start(routes: impl FnOnce() -> Router<String>) -> Relay {
    let (listener, sandbox) = listen().await;
    let settings = paywith_sandbox::Settings::demo(&sandbox);
    let providers = serve(listener, paywith_sandbox::app(settings));
    let (listener, endpoint) = listen().await;
    let relay = serve(listener, routes().with_state(sandbox));
    Relay { endpoint, servers: [providers, relay] }
}

fn answer((status, json): (u16, Value)) -> Answer {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("cache-control", "no-store")], axum::Json(json))
}

fn not_found() -> Answer {
    answer((404, json!({ "code": "not_found" })))
}

/// As in the documentation: the order id at Cashi is ours and twenty digits of the key.
fn careful() -> Router<String> {
    let create = async |State(sandbox): State<String>, headers: HeaderMap, body: String| {
        let body: Value = serde_json::from_str(&body).expect("a body");
        if body["order"] != ORDER {
            return not_found();
        }
        let key = headers["idempotency-key"].to_str().expect("a key").replace('-', "");
        let sent = json!({ "amount": 15_000, "order_id": format!("{ORDER}-{}", &key[..20]) });
        let request = client().post(format!("{sandbox}/cashi/api/create-order"));
        let request = request.header("content-type", "application/json");
        answer(read(request.header("x-api-key", "CASHI-TEST-KEY").body(sent.to_string())).await)
    };
    let show = async |State(sandbox): State<String>,
                      Path(id): Path<String>,
                      Query(query): Query<BTreeMap<String, String>>| {
        let id = query.get("id").cloned().unwrap_or(id);
        let is_ours = |id: &str| {
            let digits = id.strip_prefix(ORDER).and_then(|rest| rest.strip_prefix('-'));
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        if query.get("order").is_none_or(|order| order != ORDER) || !is_ours(&id) {
            return not_found();
        }
        let request = client().get(format!("{sandbox}/cashi/api/check-status/{id}"));
        answer(read(request.header("x-api-key", "CASHI-TEST-KEY")).await)
    };
    let routes = Router::new().route("/payments", post(create)).route("/payments/{id}", get(show));
    // No checkout, no cancel.
    routes.fallback(async || not_found())
}

/// Whose order it is, where the shopper returns to, and what an id may be: it does not care.
fn careless() -> Router<String> {
    let create = async |State(sandbox): State<String>| {
        let sent = json!({ "amount": 10_098, "currency": "SYP", "note": "one order" });
        let request = client().post(format!("{sandbox}/cashii/api/v1/remote-payments"));
        let request = request.header("content-type", "application/json");
        let request = request.header("authorization", "Bearer cashii-test-key");
        answer(read(request.body(sent.to_string())).await).into_response()
    };
    let show = async |State(sandbox): State<String>,
                      Path(id): Path<String>,
                      Query(query): Query<BTreeMap<String, String>>| {
        let id = query.get("id").cloned().unwrap_or(id);
        let request = client().get(format!("{sandbox}/cashii/api/v1/remote-payments/{id}"));
        answer(read(request.header("authorization", "Bearer cashii-test-key")).await)
    };
    Router::new().route("/payments", post(create)).route("/payments/{id}", get(show))
}

/// Kashier has one session for each order id, and refuses a second one with the first one's address.
fn at_kashier() -> Router<String> {
    let create = async |State(sandbox): State<String>, headers: HeaderMap| {
        let key = headers["idempotency-key"].to_str().expect("a key").replace('-', "");
        let sent = json!({ "merchantId": "MID-0-1", "order": format!("{ORDER}-{}", &key[..20]),
            "amount": "165.50", "currency": "EGP", "merchantRedirect": "https://shop.example/cart",
            "customer": { "reference": ORDER, "email": "guest@example.com" } });
        let request = client().post(format!("{sandbox}/kashier/v3/payment/sessions"));
        let request = request.header("content-type", "application/json");
        let request = request.header("authorization", "kashier$test$secret-key");
        let request = request.header("api-key", "kashier-test-api-key");
        answer(read(request.body(sent.to_string())).await)
    };
    Router::new().route("/payments", post(create))
}

fn relay_plan(relay: &Relay, provider: Provider) -> Plan {
    Plan { provider, second_provider: None, origin: None, ..plan(&relay.endpoint, ORDER) }
}

#[tokio::test]
async fn a_careful_relay_follows_the_rules_and_is_told_what_it_cannot_promise() {
    let relay = start(careful).await;
    let report = examine(&relay_plan(&relay, Provider::Cashi)).await.expect("a report");
    assert!(!report.differs(), "{report}");
    assert_eq!((report.kind, names(&report)), (Kind::Relay, rules::ALL.to_vec()));
    let fine =
        |name: &str| report.rows.iter().any(|row| row.name == name && row.finding == Finding::Fine);
    let no_call = report.rows.iter().find(|row| row.name.starts_with("checkout: order"));
    let no_call = &no_call.expect("the rule").finding;
    assert!(
        matches!(no_call, Finding::Skipped { why } if why.contains("no such call")),
        "{report}"
    );
    for rule in [
        "create: a Payment that the widget reads",
        "replay: the same key is the same payment",
        "status: a payment of another order is 404",
        "status: an unsafe id is refused",
    ] {
        assert!(fine(rule), "{rule}: {report}");
    }
    let text = report.to_string();
    let (_, end) = text.split_once("A relay stores nothing, so it cannot promise:").expect("why");
    assert!(end.contains("  create: another provider is 409 payment_open: it does not"), "{end}");
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["kind"], "relay");
    let rules = json["rules"].as_array().expect("rules");
    let open = rules.iter().find(|rule| rule["name"].as_str().is_some_and(|n| n.contains("409")));
    let open = open.expect("the rule");
    assert_eq!(open["finding"], "skipped");
    assert!(open["why"].as_str().is_some_and(|why| why.contains("another provider")), "{open}");
}

#[tokio::test]
async fn a_careless_relay_is_not_excused() {
    let relay = start(careless).await;
    let report = examine(&relay_plan(&relay, Provider::Cashii)).await.expect("a report");
    assert_eq!(report.kind, Kind::Relay, "{report}");
    for rule in [
        "create: an unknown order is 404",
        "create: a foreign return_url is refused",
        "create: a look-alike return_url is refused",
        "status: a payment of another order is 404",
    ] {
        assert!(broken(&report).contains(&rule), "{rule}: {report}");
    }
    let lost = "replay: the same key is the same payment";
    let row = report.rows.iter().find(|row| row.name == lost).expect("the rule");
    assert!(matches!(row.finding, Finding::NotByRelay { .. }), "{report}");
}

#[tokio::test]
async fn a_repeated_order_at_kashier_is_a_400_that_names_the_same_session() {
    let relay = start(at_kashier).await;
    let report = examine(&relay_plan(&relay, Provider::Kashier)).await.expect("a report");
    let replay = "replay: the same key is the same payment";
    let row = report.rows.iter().find(|row| row.name == replay).expect("the rule");
    assert_eq!(row.finding, Finding::Fine, "{report}");
}
