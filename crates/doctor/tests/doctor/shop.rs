//! Our own backend and the four simulated providers on free ports, with a proxy around the backend
//! that may change requests and answers. It knows no rule. Start at [`Shop::behind`].

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware::{self, Next};
use paywith_merchant::{Config, build};
use paywith_sandbox::Settings;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const SHOP_ORIGIN: &str = "https://shop.example";
const MOST_BYTES: usize = 1 << 20;

/// A request on its way in and its answer on the way out.
pub(crate) struct Passing {
    /// Path and query of the request.
    pub(crate) path: String,
    pub(crate) asked: HeaderMap,
    /// The body of the request.
    pub(crate) sent: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    /// What is sent instead, if `json` is null.
    pub(crate) text: String,
}

pub(crate) type Inward = fn(String) -> String;
pub(crate) type Change = fn(&mut Passing);

/// A backend and the providers behind it.
pub(crate) struct Shop {
    /// The widget's `endpoint`.
    pub(crate) endpoint: String,
    /// The backend without a proxy.
    direct: String,
    sandbox: String,
    folder: PathBuf,
    servers: [JoinHandle<()>; 3],
}

impl Drop for Shop {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
        // A temporary folder is no loss.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Shop {
    /// Our backend as it is.
    pub(crate) async fn open() -> Shop {
        Shop::behind("/api", |path| path, |_| {}).await
    }

    /// Our backend at this endpoint; `inward` changes a request's path and query, and `change` its
    /// answer.
    pub(crate) async fn behind(endpoint: &str, inward: Inward, change: Change) -> Shop {
        let (listener, sandbox) = listen().await;
        let providers = serve(listener, paywith_sandbox::app(Settings::demo(&sandbox)));
        let ((listener, direct), (around, proxy)) = (listen().await, listen().await);
        let folder = new_folder();
        let origins = [SHOP_ORIGIN.to_owned()];
        let file = folder.join("paywith.sqlite");
        let mut config = Config::demo(&sandbox, &direct, &origins, &file).expect("configuration");
        config.read_interval = Duration::ZERO;
        config.rate_limit.per_order = 0;
        let app = build(config).await.expect("a backend");
        let backend = serve(listener, app.clone());
        // Around the backend, so that it sees only the address that is made here.
        let app = Router::new().fallback_service(app);
        let app = app.layer(middleware::from_fn(move |request: Request, next: Next| {
            pass(request, next, inward, change)
        }));
        let servers = [providers, backend, serve(around, app)];
        Shop { endpoint: format!("{proxy}{endpoint}"), direct, sandbox, folder, servers }
    }

    /// An order token for one piece.
    pub(crate) async fn order(&self, product: &str) -> String {
        let url = format!("{}/api/demo/orders", self.direct);
        let body = json!({ "items": [{ "id": product, "quantity": 1 }] });
        let request = client().post(url).header("content-type", "application/json");
        let order = read(request.body(body.to_string())).await.1;
        order["order"].as_str().expect("a token").to_owned()
    }

    /// How many payments the providers know.
    pub(crate) async fn ledger(&self) -> usize {
        let rows = read(client().get(format!("{}/control/orders", self.sandbox))).await.1;
        rows.as_array().expect("rows").len()
    }
}

async fn pass(request: Request, next: Next, inward: Inward, change: Change) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.to_string();
    parts.uri = inward(path.clone()).parse().expect("an address");
    let asked = parts.headers.clone();
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.expect("a body");
    let sent = String::from_utf8_lossy(&bytes).into_owned();
    let answer = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.expect("a body");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let (status, headers) = (parts.status, parts.headers);
    let mut passing = Passing { path, asked, sent, status, headers, json, text };
    change(&mut passing);
    let body = if passing.json.is_null() { passing.text } else { passing.json.to_string() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = passing.status;
    passing.headers.remove("content-length");
    *response.headers_mut() = passing.headers;
    response
}

pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, format!("http://{address}"))
}

pub(crate) fn serve(listener: TcpListener, app: Router) -> JoinHandle<()> {
    tokio::spawn(async move { axum::serve(listener, app).await.expect("serving") })
}

/// An answer's status and JSON; null if it has none.
pub(crate) async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

pub(crate) fn client() -> reqwest::Client {
    paywith_https::client().expect("cryptography").build().expect("a client")
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
