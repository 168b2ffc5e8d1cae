//! A shop to test: the real merchant app and the real sandbox app, served on ephemeral loopback
//! ports, spoken to over HTTP. It knows the sandbox's control API and no rule of the backend.
//! Start at [`Shop::open`].

#![allow(dead_code, reason = "every test program uses its own part of this")]

pub(crate) mod program;

use paywith_merchant::{Config, Order, build};
use paywith_protocol::{Money, Provider};
use paywith_sandbox::Settings;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const SHOP_ORIGIN: &str = "https://shop.example";
pub(crate) const RETURN_URL: &str = "https://shop.example/cart?x=1&paywith=attempt-key#pay";

/// Provider, price, currency: one order that each provider takes.
pub(crate) const ORDERS: [(&str, &str, &str); 4] = [
    ("cashii", "100.98", "SYP"),
    ("cashpay", "2000", "YER"),
    ("kashier", "165.50", "EGP"),
    ("cashi", "15000", "IDR"),
];

/// A merchant backend and the four providers behind it.
pub(crate) struct Shop {
    pub(crate) http: reqwest::Client,
    /// Where the backend is.
    pub(crate) url: String,
    /// Where the providers are.
    pub(crate) sandbox: String,
    pub(crate) config: Config,
    folder: PathBuf,
    merchant: JoinHandle<()>,
    providers: JoinHandle<()>,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.merchant.abort();
        self.providers.abort();
        // The operating system may still hold the file; a temporary folder is no loss.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// What an HTTP call brought.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    /// The JSON of a payment that was answered with this HTTP status.
    #[track_caller]
    pub(crate) fn payment(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The JSON of a problem with this HTTP status and code.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status, problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        problem
    }
}

impl Shop {
    /// A shop whose backend asks its provider at every status call.
    pub(crate) async fn open() -> Shop {
        Shop::with(|_| {}).await
    }

    /// The same with changes to the configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Shop {
        Shop::between(|_| {}, change).await
    }

    /// The same with changes to the providers, too.
    pub(crate) async fn between(
        settle: impl FnOnce(&mut Settings),
        change: impl FnOnce(&mut Config),
    ) -> Shop {
        let (listener, sandbox) = listen().await;
        let mut settings = Settings::demo(sandbox.clone());
        settle(&mut settings);
        let providers = serve(listener, paywith_sandbox::app(settings));
        let (listener, url) = listen().await;
        let folder = new_folder();
        let file = folder.join("paywith.sqlite");
        let mut config =
            Config::demo(&sandbox, &url, &[SHOP_ORIGIN.to_owned()], &file).expect("configuration");
        config.read_interval = Duration::ZERO;
        // What nobody asks for stays as it is, unless a test is about that.
        config.webhooks = false;
        config.rate_limit.per_order = 0;
        config.sweep_first = Duration::from_secs(3_600);
        change(&mut config);
        let merchant = serve(listener, build(config.clone()).await.expect("a backend"));
        Shop { http: client(), url, sandbox, config, folder, merchant, providers }
    }

    /// Stops the backend and starts it again on the same database file.
    pub(crate) async fn restart(&mut self) {
        self.merchant.abort();
        // Kept connections would keep the old backend alive, and its hold on the file.
        self.http = client();
        let (listener, url) = listen().await;
        self.config.public_url.clone_from(&url);
        self.url = url;
        self.merchant = serve(listener, build(self.config.clone()).await.expect("a backend"));
    }

    /// An order token that is good for an hour.
    pub(crate) fn order(&self, id: &str, amount: &str, currency: &str) -> String {
        self.order_until(id, amount, currency, now_s() + 3600)
    }

    pub(crate) fn order_until(
        &self,
        id: &str,
        amount: &str,
        currency: &str,
        expires_s: u64,
    ) -> String {
        let price = Money::parse(amount, currency).expect("money");
        let order = Order {
            id: id.to_owned(),
            price,
            description: None,
            providers: Vec::new(),
            extras: paywith_merchant::OrderExtras::default(),
        };
        order.sign(&self.config.order_token_secret, expires_s).expect("a token")
    }

    /// An order that only some providers may take.
    pub(crate) fn order_for(&self, id: &str, price: Money, providers: &[Provider]) -> String {
        let providers = providers.to_vec();
        let order = Order {
            id: id.to_owned(),
            price,
            description: None,
            providers,
            extras: paywith_merchant::OrderExtras::default(),
        };
        order.sign(&self.config.order_token_secret, now_s() + 3600).expect("a token")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.http.get(format!("{}{path}", self.url))).await
    }

    /// Sends a create call with this body.
    pub(crate) async fn create_with(&self, key: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}/api/payments", self.url));
        let request = request.header("content-type", "application/json");
        answer(request.header("idempotency-key", key).body(body.to_string())).await
    }

    pub(crate) async fn create(&self, key: &str, token: &str, provider: &str) -> Answer {
        self.create_with(key, &body(token, provider)).await
    }

    /// Creates in the place of another payment.
    pub(crate) async fn supersede(
        &self,
        key: &str,
        token: &str,
        provider: &str,
        old: &Value,
    ) -> Answer {
        let mut body = body(token, provider);
        body["supersedes"] = old["id"].clone();
        self.create_with(key, &body).await
    }

    pub(crate) async fn status(&self, token: &str, payment: &Value) -> Answer {
        let id = payment["id"].as_str().expect("an id");
        self.get(&format!("/api/payments/{id}?order={token}")).await
    }

    /// The status word and the review of a payment that could be read.
    pub(crate) async fn word(&self, token: &str, payment: &Value) -> String {
        let now = self.status(token, payment).await.payment(200);
        let word = now["status"].as_str().expect("a word");
        match now["review"].as_str() {
            Some(review) => format!("{word} {review}"),
            None => word.to_owned(),
        }
    }

    pub(crate) async fn cancel(&self, token: &str, payment: &Value) -> Answer {
        let id = payment["id"].as_str().expect("an id");
        let url = format!("{}/api/payments/{id}/cancel?order={token}", self.url);
        answer(self.http.post(url)).await
    }

    pub(crate) async fn checkout(&self, token: &str) -> Answer {
        self.get(&format!("/api/checkout?order={token}")).await
    }

    /// All payments that the providers know, oldest first.
    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let rows = answer(self.http.get(format!("{}/control/orders", self.sandbox))).await.json();
        rows.as_array().expect("rows").clone()
    }

    /// The providers' rows of one order of ours.
    pub(crate) async fn rows_of(&self, order: &str) -> Vec<Value> {
        let rows = self.ledger().await;
        let is_ours = |row: &Value| row["order_ref"].as_str().expect("text").contains(order);
        rows.into_iter().filter(is_ours).collect()
    }

    /// Lets something happen at the provider: settle, decline, cancel, expire, refund.
    pub(crate) async fn happens(&self, row: &Value, change: &str) {
        let (provider, id) = (row["provider"].as_str(), row["id"].as_str());
        let id = paywith_providers::urls::percent_encode(id.expect("an id"));
        let path = format!("control/{}/{id}/{change}", provider.expect("a provider"));
        let done = answer(self.http.post(format!("{}/{path}", self.sandbox))).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }

    /// Breaks answers of a provider until the faults are cleared.
    pub(crate) async fn fault(&self, provider: &str, call: &str, fault: &str) {
        self.add_fault(json!({ "match": { "provider": provider, "call": call }, "fault": fault }))
            .await;
    }

    /// Breaks the next answer of a provider.
    pub(crate) async fn fault_once(&self, provider: &str, call: &str, fault: &str) {
        let matching = json!({ "provider": provider, "call": call });
        self.add_fault(json!({ "match": matching, "fault": fault, "times": 1 })).await;
    }

    pub(crate) async fn add_fault(&self, fault: Value) {
        let request = self.http.post(format!("{}/control/faults", self.sandbox));
        let request = request.header("content-type", "application/json").body(fault.to_string());
        assert_eq!(answer(request).await.status, 201);
    }

    pub(crate) async fn clear_faults(&self) {
        self.control_delete("faults").await;
    }

    pub(crate) async fn control_delete(&self, what: &str) {
        let cleared = self.http.delete(format!("{}/control/{what}", self.sandbox));
        assert_eq!(answer(cleared).await.status, 204);
    }

    /// Presses a button on the provider's page; answers where the shopper is sent.
    pub(crate) async fn press(&self, row: &Value, button: &str, back: &str) -> String {
        let text = |name: &str| row[name].as_str().expect("text").to_owned();
        let back = paywith_providers::urls::percent_encode(back);
        let form =
            format!("provider={}&id={}&press={button}&back={back}", text("provider"), text("id"));
        let request = self.http.post(format!("{}/pages/press", self.sandbox)).body(form);
        let sent = answer(request.header("content-type", "application/x-www-form-urlencoded"));
        let sent = sent.await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        sent.header("location").to_owned()
    }
}

/// The body of a create call.
pub(crate) fn body(token: &str, provider: &str) -> Value {
    json!({ "order": token, "provider": provider, "return_url": RETURN_URL, "locale": "en" })
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.expect("a text") }
}

pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, format!("http://{address}"))
}

fn serve(listener: TcpListener, app: axum::Router) -> JoinHandle<()> {
    tokio::spawn(async move { axum::serve(listener, app).await.expect("serving") })
}

/// Loopback only: no certificates, and redirects are looked at, not followed.
pub(crate) fn client() -> reqwest::Client {
    client_builder().build().expect("a client")
}

/// The same, giving all requests one name: then nothing but the answers themselves differs.
pub(crate) fn client_of_one_name() -> reqwest::Client {
    let name = reqwest::header::HeaderValue::from_static("one-name");
    let headers = [(reqwest::header::HeaderName::from_static("x-request-id"), name)];
    client_builder().default_headers(headers.into_iter().collect()).build().expect("a client")
}

fn client_builder() -> reqwest::ClientBuilder {
    paywith_https::client().expect("cryptography")
}

pub(crate) fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
