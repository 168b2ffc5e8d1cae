//! The servers of one test: every test has its own sandbox, merchant and database.

use crate::replicas::Replicas;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use paywith_merchant::Config;
use paywith_sandbox::Settings;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// What a test wants to be different.
#[derive(Clone, Copy, Debug)]
pub struct Wishes<'a> {
    /// How long a Cashi code may be paid, in milliseconds.
    pub cashi_life_ms: u64,
    /// Another origin whose pages may ask the backend.
    pub other_origin: Option<&'a str>,
}

impl Wishes<'_> {
    /// The usual ten minutes, and no other origin.
    pub const USUAL: Wishes<'static> = Wishes { cashi_life_ms: 600_000, other_origin: None };
}

/// The servers of one test; they end with it.
#[derive(Debug)]
pub struct Stack {
    /// The shop's origin: pages, the widget, and the merchant backend under `/api`.
    pub shop: String,
    /// The providers' origin.
    pub sandbox: String,
    http: reqwest::Client,
    relay: Option<Child>,
}

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Stack {
    /// Starts everything on free loopback ports, with the demo page.
    pub async fn start(wishes: Wishes<'_>) -> Stack {
        Stack::start_with_site(wishes, &root().join("target/demo-page")).await
    }

    /// Starts everything on free loopback ports; the shop's pages are those of a folder.
    pub async fn start_with_site(wishes: Wishes<'_>, folder: &Path) -> Stack {
        crate::prepare_clients();
        let providers = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sandbox = format!("http://{}", providers.local_addr().expect("an address"));
        let settings =
            Settings { cashi_life_ms: wishes.cashi_life_ms, ..Settings::demo(sandbox.clone()) };
        serve(providers, paywith_sandbox::app(settings));

        let pages = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let shop = format!("http://{}", pages.local_addr().expect("an address"));
        let databases = std::env::temp_dir().join(format!("paywith-e2e-{}", std::process::id()));
        std::fs::create_dir_all(&databases).expect("a folder for databases");
        let port = shop.rsplit(':').next().unwrap_or_default();
        let database = databases.join(format!("{port}.sqlite"));
        let origins: Vec<String> =
            std::iter::once(shop.as_str()).chain(wishes.other_origin).map(str::to_owned).collect();
        let config = Config::demo(&sandbox, &shop, &origins, &database).expect("a config");
        let config = Config {
            read_interval: Duration::from_millis(200),
            poll_after: Duration::from_millis(500),
            cashi: config.cashi.map(|cashi| paywith_merchant::config::CashiConfig {
                life: Duration::from_millis(wishes.cashi_life_ms),
                ..cashi
            }),
            ..config
        };
        let merchant = paywith_merchant::build(config).await.expect("the merchant");
        serve(pages, site(merchant, Some(folder)));
        let http = reqwest::Client::builder().build().expect("a client");
        Stack { shop, sandbox, http, relay: None }
    }

    /// The same with two merchant processes over PostgreSQL behind a balancer.
    pub async fn start_with_replicas() -> (Stack, Replicas) {
        crate::prepare_clients();
        let providers = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sandbox = format!("http://{}", providers.local_addr().expect("an address"));
        serve(providers, paywith_sandbox::app(Settings::demo(sandbox.clone())));
        let pages = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let shop = format!("http://{}", pages.local_addr().expect("an address"));
        let replicas = Replicas::start(&shop, &sandbox).await;
        serve(pages, site(replicas.balancer(), None));
        let http = reqwest::Client::builder().build().expect("a client");
        (Stack { shop, sandbox, http, relay: None }, replicas)
    }

    /// Starts the relaying backend of `relay.mjs` and answers its origin.
    pub async fn start_relay(&mut self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let child = Command::new("node")
            .arg(root().join("tests/e2e/relay/serve.mjs"))
            .env("PORT", port.to_string())
            .env("SANDBOX", &self.sandbox)
            .env("DIST", root().join("dist"))
            .kill_on_drop(true)
            .spawn();
        self.relay = Some(child.expect("node runs relay.mjs"));
        let origin = format!("http://127.0.0.1:{port}");
        for _ in 0..100 {
            if self.http.get(&origin).send().await.is_ok() {
                return origin;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the relaying backend does not answer");
    }

    /// Orders one piece of a demo product; answers the order's token and id.
    pub async fn order(&self, product: &str) -> Value {
        let body = json!({ "items": [{ "id": product, "quantity": 1 }] });
        let url = format!("{}/api/demo/orders", self.shop);
        let answer = self.http.post(url).json(&body).send().await.expect("an answer");
        answer.json().await.expect("an order")
    }

    /// The sandbox's own ledger: what really happened at the providers.
    pub async fn ledger(&self) -> Vec<Value> {
        let url = format!("{}/control/orders", self.sandbox);
        let answer = self.http.get(url).send().await.expect("an answer");
        let ledger: Value = answer.json().await.expect("a ledger");
        let rows = ledger.as_array().or_else(|| ledger.get("orders").and_then(Value::as_array));
        rows.cloned().unwrap_or_default()
    }

    /// Does something to a payment at its provider: `settle`, `decline`, `expire` …
    pub async fn control(&self, provider: &str, id: &str, action: &str) {
        let id = id.replace('/', "%2F");
        let url = format!("{}/control/{provider}/{id}/{action}", self.sandbox);
        let answer = self.http.post(url).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{action}: {}", answer.status());
    }

    /// Plants a fault for one kind of call of one provider.
    pub async fn fault(&self, provider: &str, call: &str, fault: &str) {
        let body = json!({
            "match": { "provider": provider, "order": null, "call": call },
            "fault": fault, "times": null, "delay_ms": 4_000,
        });
        let url = format!("{}/control/faults", self.sandbox);
        let answer = self.http.post(url).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{fault}: {}", answer.status());
    }

    /// Takes all faults away.
    pub async fn mend(&self) {
        let url = format!("{}/control/faults", self.sandbox);
        self.http.delete(url).send().await.expect("an answer");
    }

    /// Whether the merchant's own database says that the order is paid.
    pub async fn is_paid_on_server(&self, order_id: &str) -> bool {
        let url = format!("{}/api/demo/orders/{order_id}", self.shop);
        let answer = self.http.get(url).send().await.expect("an answer");
        let order: Value = answer.json().await.expect("an order");
        order.get("paid").and_then(Value::as_bool).expect("paid")
    }
}

fn serve(listener: TcpListener, app: Router) {
    tokio::spawn(async move { axum::serve(listener, app).await.expect("a server") });
}

/// The shop's site: a folder of pages, the built widget, a plain page, odd backends, the merchant.
fn site(merchant: Router, folder: Option<&Path>) -> Router {
    let pages = root().join("tests/e2e/pages");
    let rest = merchant.clone();
    Router::new()
        .route("/plain", get(async || Html(plain_page("/dist/paywith.js"))))
        .route("/strict/{policy}", get(strict_page))
        .route("/elsewhere", get(elsewhere_page))
        .route_service("/caching-worker.js", ServeFile::new(pages.join("caching-worker.js")))
        // A backend whose path stands in its query, as WordPress has it without pretty permalinks.
        .route("/index.php", any(|request| by_rest_route(rest, request)))
        // A backend behind a login: on another origin, and on the same one.
        .route("/login-elsewhere/{*rest}", any(async || Redirect::to("https://login.invalid/")))
        .route("/login-here/{*rest}", any(async || Redirect::to("/plain")))
        .nest_service("/pages", ServeDir::new(pages))
        .nest_service("/npm/src", ServeDir::new(root().join("npm/src")))
        // What examines a page for its access.
        .route_service(
            "/axe.js",
            ServeFile::new(root().join(".tools/node_modules/axe-core/axe.min.js")),
        )
        .merge(crate::optimized::pages())
        .route("/bad/{kind}/{*rest}", any(bad_backend))
        .nest_service("/dist", widget_files())
        // The script alone, and the script beside another module than its own.
        .route_service("/lost/paywith.js", ServeFile::new(root().join("dist/paywith.js")))
        .route_service("/tampered/paywith.js", ServeFile::new(root().join("dist/paywith.js")))
        // The same two files over a slow network.
        .route_service("/slow/paywith.js", ServeFile::new(root().join("dist/paywith.js")))
        .route("/slow/paywith.wasm", get(|| slow_module(3)))
        .route_service("/slower/paywith.js", ServeFile::new(root().join("dist/paywith.js")))
        .route("/slower/paywith.wasm", get(|| slow_module(10)))
        .route("/tampered/paywith.wasm", get(async || "\0asm\u{1}\0\0\0"))
        .fallback_service(match folder {
            Some(folder) => {
                let files = ServeDir::new(folder).append_index_html_on_directories(true);
                merchant.fallback_service(files)
            }
            None => merchant,
        })
}

/// Hands `/index.php?rest_route=/paywith/v1/payments&…` to the merchant as `/api/payments?…`. The route
/// reaches to the first `&`, as PHP reads it: one with a `?` in it leads nowhere.
async fn by_rest_route(merchant: Router, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let query = query.strip_prefix("rest_route=/paywith/v1").expect("the endpoint's own query");
    let (route, parameters) = query.split_once('&').unwrap_or((query, ""));
    if route.contains('?') {
        return StatusCode::NOT_FOUND.into_response();
    }
    parts.uri = format!("/api{route}?{parameters}").parse().expect("an address");
    merchant.oneshot(Request::from_parts(parts, body)).await.expect("an answer")
}

async fn slow_module(seconds: u64) -> ([(header::HeaderName, &'static str); 1], Vec<u8>) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let module = std::fs::read(root().join("dist/paywith.wasm")).expect("the built widget");
    ([(header::CONTENT_TYPE, "application/wasm")], module)
}

/// The built widget, for pages of every origin.
fn widget_files() -> Router {
    let anyone = HeaderValue::from_static("*");
    let allow = SetResponseHeaderLayer::overriding(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    Router::new().fallback_service(ServeDir::new(root().join("dist"))).layer(allow)
}

/// A page with one element, and the widget from this address.
fn plain_page(widget: &str) -> String {
    include_str!("../pages/plain.html").replace("WIDGET", widget)
}

/// The policy that the contract promises to live under.
pub const STRICT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// The plain page under a policy: `full`, or one that takes something away.
async fn strict_page(
    axum::extract::Path(policy): axum::extract::Path<String>,
) -> ([(header::HeaderName, String); 1], Html<String>) {
    let policy = match policy.as_str() {
        "full" => STRICT_POLICY.to_owned(),
        "no-wasm" => STRICT_POLICY.replace(" 'wasm-unsafe-eval'", ""),
        "no-pictures" => STRICT_POLICY.replace(" data: blob:", ""),
        other => panic!("no policy {other}"),
    };
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(plain_page("/dist/paywith.js")))
}

/// The plain page with the widget of another origin: `?widget=` names its script.
async fn elsewhere_page(
    axum::extract::Query(query): axum::extract::Query<HashMap<String, String>>,
) -> Html<String> {
    Html(plain_page(query.get("widget").map(String::as_str).expect("`widget`")))
}

/// Backends that answer what no backend should.
async fn bad_backend(
    axum::extract::Path((kind, _)): axum::extract::Path<(String, String)>,
) -> ([(header::HeaderName, &'static str); 1], String) {
    let payment = |action: Value, amount: &str| {
        json!({
            "id": "pay_bad", "order": "INV-1", "provider": "kashier", "status": "pending",
            "amount": { "value": amount, "currency": "IDR" }, "action": action,
        })
        .to_string()
    };
    let redirect = |url: &str| payment(json!({ "type": "redirect", "url": url }), "15000");
    let body = match kind.as_str() {
        "html" => "<!doctype html><h1>Please log in</h1>".to_owned(),
        "truncated" => r#"{"id":"pay_bad","order":"INV-1","provider":"#.to_owned(),
        "javascript" => redirect("javascript:document.title='owned'"),
        "data" => redirect("data:text/html,owned"),
        "relative" => redirect("/steal"),
        "userinfo" => redirect("https://a@evil.example/"),
        "amount" => payment(Value::Null, "15.000,00"),
        "svg" => {
            payment(json!({ "type": "qr", "image": "data:image/svg+xml;base64,PHN2Zz4=" }), "15000")
                .replace("kashier", "cashi")
        }
        other => panic!("no bad backend {other}"),
    };
    ([(header::CONTENT_TYPE, "application/json")], body)
}
