//! A provider is added by one file and one line: the example's made-up provider takes a payment
//! through the whole backend, against a simulated server of its own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;
#[path = "../examples/made_up_provider/made_up.rs"]
mod made_up;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use common::{Answer, RETURN_URL, SHOP_ORIGIN, answer, body, client, new_folder, now_s};
use hmac::{Hmac, KeyInit, Mac};
use made_up::MadeUp;
use paywith_merchant::{Config, Order, OrderExtras, Parts, assemble};
use paywith_protocol::Money;
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const API_KEY: &str = "made-up-api-key";
const WEBHOOK_SECRET: &str = "made-up-webhook-secret";
/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The simulated provider's records.
type Checkouts = Arc<Mutex<Vec<Value>>>;

/// The simulated provider. The same reference gets the same checkout.
fn provider(checkouts: Checkouts) -> Router {
    Router::new()
        .route("/v1/checkouts", post(create_checkout))
        .route("/v1/checkouts/{id}", get(read_checkout))
        .with_state(checkouts)
}

fn is_allowed(headers: &HeaderMap) -> bool {
    let sent = headers.get("authorization").and_then(|sent| sent.to_str().ok());
    sent == Some(&format!("Bearer {API_KEY}"))
}

async fn create_checkout(
    State(checkouts): State<Checkouts>,
    headers: HeaderMap,
    Json(mut asked): Json<Value>,
) -> (StatusCode, Json<Value>) {
    if !is_allowed(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "message": "who are you?" })));
    }
    let mut checkouts = checkouts.lock().expect("the records");
    if let Some(known) = checkouts.iter().find(|known| known["reference"] == asked["reference"]) {
        return (StatusCode::OK, Json(known.clone()));
    }
    let id = format!("chk_{}", checkouts.len() + 1);
    asked["page"] = json!(format!("https://pay.made-up.example/{id}"));
    asked["id"] = json!(id);
    asked["state"] = json!("open");
    checkouts.push(asked.clone());
    (StatusCode::CREATED, Json(asked))
}

async fn read_checkout(
    State(checkouts): State<Checkouts>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> (StatusCode, Json<Value>) {
    let checkouts = checkouts.lock().expect("the records");
    match checkouts.iter().find(|known| known["id"] == json!(id)) {
        _ if !is_allowed(&headers) => (StatusCode::UNAUTHORIZED, Json(json!({}))),
        Some(known) => (StatusCode::OK, Json(known.clone())),
        None => (StatusCode::NOT_FOUND, Json(json!({ "message": "no such checkout" }))),
    }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A backend to which the made-up provider was added.
struct Shop {
    config: Config,
    url: String,
    http: reqwest::Client,
    checkouts: Checkouts,
}

impl Shop {
    async fn open() -> Shop {
        let checkouts = Checkouts::default();
        let base_url = serve(provider(checkouts.clone())).await;
        let origins = [SHOP_ORIGIN.to_owned()];
        let file = new_folder().join("paywith.sqlite");
        // Nobody answers at the other providers' address.
        let nowhere = "http://127.0.0.1:9";
        let mut config =
            Config::demo(nowhere, "https://pay.shop.example", &origins, &file).expect("a config");
        config.cashii = None;
        config.read_interval = Duration::ZERO;
        config.sweep_first = Duration::from_secs(3_600);
        let mut parts = Parts::of(&config).await.expect("parts");
        parts.clients.push(Box::new(MadeUp {
            base_url,
            api_key: API_KEY.to_owned().into(),
            webhook_secret: WEBHOOK_SECRET.to_owned().into(),
        }));
        let (backend, background) = assemble(config.clone(), parts);
        background.start().await.expect("background work");
        let url = serve(backend.router).await;
        Shop { config, url, http: client(), checkouts }
    }

    fn order(&self, id: &str, amount: &str, currency: &str) -> String {
        let order = Order {
            id: id.to_owned(),
            price: Money::parse(amount, currency).expect("money"),
            description: None,
            providers: Vec::new(),
            extras: OrderExtras::default(),
        };
        order.sign(&self.config.order_token_secret, now_s() + 3_600).expect("a token")
    }

    async fn create(&self, token: &str) -> Answer {
        let request = self.http.post(format!("{}/api/payments", self.url));
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", "key-made-up");
        answer(request.body(body(token, "cashii").to_string())).await
    }

    async fn status(&self, token: &str, payment: &Value) -> Value {
        let id = payment["id"].as_str().expect("an id");
        let url = format!("{}/api/payments/{id}?order={token}", self.url);
        answer(self.http.get(url)).await.payment(200)["status"].clone()
    }

    /// What is stored, without asking the provider.
    async fn stored_status(&self, token: &str) -> Value {
        let url = format!("{}/api/checkout?order={token}", self.url);
        answer(self.http.get(url)).await.payment(200)["payment"]["status"].clone()
    }

    async fn webhook(&self, body: &str, signature: &str) -> Answer {
        let request = self.http.post(format!("{}/api/webhooks/cashii", self.url));
        let request = request.header("x-made-up-signature", signature);
        answer(request.body(body.to_owned())).await
    }

    /// The provider's only checkout.
    fn checkout(&self) -> Value {
        let checkouts = self.checkouts.lock().expect("the records");
        assert_eq!(checkouts.len(), 1, "{checkouts:?}");
        checkouts[0].clone()
    }

    fn pay_at_the_provider(&self) {
        self.checkouts.lock().expect("the records")[0]["state"] = json!("paid");
    }
}

fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let mut hex = String::new();
    for byte in mac.finalize().into_bytes() {
        write!(hex, "{byte:02x}").expect("a text");
    }
    hex
}

#[tokio::test]
async fn an_added_provider_takes_a_payment_from_redirect_to_verified_webhook() {
    let shop = Shop::open().await;
    let token = shop.order("INV-EUR", "12.50", "EUR");
    let url = format!("{}/api/checkout?order={token}", shop.url);
    let offer = answer(shop.http.get(url)).await.payment(200);
    assert_eq!(offer["providers"], json!(["kashier", "cashii"]), "the two that take euros");

    let payment = shop.create(&token).await.payment(201);
    let page = json!({ "type": "redirect", "url": "https://pay.made-up.example/chk_1" });
    assert_eq!(payment["action"], page);
    assert_eq!(shop.create(&token).await.payment(200)["id"], payment["id"], "the same key");
    let checkout = shop.checkout();
    assert_eq!((&checkout["amount"], &checkout["currency"]), (&json!("12.50"), &json!("EUR")));
    assert_eq!(checkout["webhook_url"], "https://pay.shop.example/api/webhooks/cashii");
    let back = checkout["return_url"].as_str().expect("an address");
    assert!(back.starts_with("https://pay.shop.example/api/return/pay_"), "{back}");
    assert!(!back.contains(RETURN_URL), "the shop's own address stays here");
    assert_eq!(shop.status(&token, &payment).await, "pending");

    shop.pay_at_the_provider();
    let body = shop.checkout().to_string();
    let sent = shop.webhook(&body, &sign(WEBHOOK_SECRET, &body)).await;
    assert_eq!((sent.status, sent.text.as_str()), (200, "ok"));
    let begun = Instant::now();
    while shop.stored_status(&token).await != "paid" {
        assert!(begun.elapsed() < PATIENCE, "the webhook has no effect");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.status(&token, &payment).await, "paid");
}

#[tokio::test]
async fn a_forged_webhook_of_an_added_provider_is_refused_and_changes_nothing() {
    let shop = Shop::open().await;
    let token = shop.order("INV-EUR", "12.50", "EUR");
    shop.create(&token).await.payment(201);
    shop.pay_at_the_provider();
    let body = shop.checkout().to_string();
    let right = sign(WEBHOOK_SECRET, &body);
    let reversed: String = right.chars().rev().collect();
    for wrong in ["", "00", &sign("another-secret", &body), &reversed] {
        shop.webhook(&body, wrong).await.problem(401, "bad_signature");
    }
    shop.webhook(&format!("{body} "), &right).await.problem(401, "bad_signature");
    // This does not ask the provider: only an accepted webhook could have changed this.
    assert_eq!(shop.stored_status(&token).await, "pending");
}

#[tokio::test]
async fn an_amount_that_an_added_provider_does_not_take_is_refused_before_it_is_called() {
    let shop = Shop::open().await;
    for (amount, currency, says) in [
        ("12.50", "USD", "EUR"),
        ("0.99", "EUR", "between 1 and 5000"),
        ("5000.01", "EUR", "between 1 and 5000"),
        ("12.505", "EUR", "2 decimals"),
    ] {
        let token = shop.order(&format!("INV-{amount}-{currency}"), amount, currency);
        let problem = shop.create(&token).await.problem(422, "amount_out_of_range");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(says), "{detail}");
    }
    assert_eq!(shop.checkouts.lock().expect("the records").len(), 0);
}
