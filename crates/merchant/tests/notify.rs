//! What the shop's own server is told.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::Shop;
use hmac::{Hmac, KeyInit, Mac};
use paywith_merchant::config::NotifyConfig;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const KEY: &[u8] = b"a key of thirty-two bytes, fixed";

/// The shop's own server: keeps what it is told, and may refuse at first.
#[derive(Default)]
struct Server {
    told: Mutex<Vec<(String, Value)>>,
    refusals: Mutex<u32>,
}

impl Server {
    async fn start(refusals: u32) -> (Arc<Server>, String) {
        let server = Arc::new(Server { refusals: Mutex::new(refusals), ..Server::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hooks/paywith", listener.local_addr().expect("an address"));
        let app = Router::new().route("/hooks/paywith", post(hear)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.expect("a server") });
        (server, url)
    }

    fn told(&self) -> Vec<(String, Value)> {
        self.told.lock().expect("the list").clone()
    }

    async fn until_told(&self, count: usize) -> Vec<(String, Value)> {
        let start = Instant::now();
        while self.told().len() < count {
            assert!(start.elapsed() < Duration::from_secs(20), "told: {:?}", self.told());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.told()
    }
}

async fn hear(State(server): State<Arc<Server>>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let (id, sent) = (header("webhook-id"), header("webhook-timestamp"));
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(KEY).expect("a key");
    mac.update(format!("{id}.{sent}.{body}").as_bytes());
    let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), wanted);
    let event = serde_json::from_str(&body).expect("JSON");
    server.told.lock().expect("the list").push((id, event));
    let mut refusals = server.refusals.lock().expect("a number");
    if *refusals == 0 {
        return StatusCode::NO_CONTENT;
    }
    *refusals -= 1;
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn telling_shop(url: &str) -> Shop {
    let secret = SecretString::from(format!("whsec_{}", STANDARD.encode(KEY)));
    let notify = NotifyConfig { url: url.to_owned(), secret };
    Shop::with(|config| config.notify = Some(notify)).await
}

#[tokio::test]
async fn a_paid_payment_is_told_once_with_its_amounts() {
    let (server, url) = Server::start(0).await;
    let shop = telling_shop(&url).await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    for _ in 0..3 {
        assert_eq!(shop.word(&token, &payment).await, "paid");
    }
    let (id, event) = server.until_told(1).await.remove(0);
    assert!(id.starts_with("evt_"), "{id}");
    assert_eq!((&event["type"], &event["test"]), (&json!("payment.paid"), &json!(true)));
    let data = &event["data"];
    assert_eq!((&data["payment"], &data["order"]), (&payment["id"], &json!("INV-1")));
    assert_eq!((&data["status"], &data["provider"]), (&json!("paid"), &json!("cashi")));
    assert_eq!(data["amount"], payment["amount"]);
    assert_eq!(data["base_amount"], json!({ "value": "15000", "currency": "IDR" }));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(server.told().len(), 1, "once");
}

#[tokio::test]
async fn a_refund_is_told_after_the_payment() {
    let (server, url) = Server::start(0).await;
    let mut shop = telling_shop(&url).await;
    let token = shop.order("INV-1", "100.98", "SYP");
    let payment = shop.create("key-INV-1", &token, "cashii").await.payment(201);
    for (change, word) in [("settle", "paid"), ("refund", "refunded")] {
        shop.happens(&shop.rows_of("INV-1").await[0], change).await;
        // A paid payment is read once a minute; a fresh start reads it at once.
        shop.restart().await;
        assert_eq!(shop.word(&token, &payment).await, word);
    }
    let kinds: Vec<Value> =
        server.until_told(2).await.iter().map(|(_, event)| event["type"].clone()).collect();
    assert_eq!(kinds, [json!("payment.paid"), json!("payment.refunded")]);
}

#[tokio::test]
async fn what_did_not_arrive_is_sent_again_under_the_same_id_also_after_a_restart() {
    let (server, url) = Server::start(1).await;
    let mut shop = telling_shop(&url).await;
    let token = shop.order("INV-1", "165.50", "EGP");
    let payment = shop.create("key-INV-1", &token, "kashier").await.payment(201);
    shop.happens(&shop.rows_of("INV-1").await[0], "decline").await;
    assert_eq!(shop.word(&token, &payment).await, "failed");
    server.until_told(1).await;
    shop.restart().await;
    let told = server.until_told(2).await;
    assert_eq!(told[0], told[1], "the same event, byte for byte");
    assert_eq!(told[0].1["type"], "payment.failed");
}

#[tokio::test]
async fn what_a_person_must_look_at_is_told_as_such_and_never_as_paid() {
    let (server, url) = Server::start(0).await;
    let shop = telling_shop(&url).await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    shop.fault("cashi", "status", "other_amount").await;
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "processing amount_mismatch");
    shop.clear_faults().await;
    assert_eq!(shop.word(&token, &payment).await, "processing amount_mismatch");
    let (_, event) = server.until_told(1).await.remove(0);
    assert_eq!(event["type"], "payment.review");
    assert_eq!(event["data"]["review"], "amount_mismatch");
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(server.told().len(), 1);
}

/// What `/admin` answers to a press on "Send again", with these headers.
async fn press(
    shop: &Shop,
    event: &str,
    payment: &str,
    headers: &[(&str, &str)],
) -> common::Answer {
    let mut request = shop.http.post(format!("{}/admin/events/{event}/resend", shop.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let form = format!("payment={payment}");
    common::answer(request.basic_auth("admin", Some(ADMIN)).body(form)).await
}

const ADMIN: &str = "0123456789abcdef0123456789abcdef";
const OUR_PAGE: [(&str, &str); 2] =
    [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "document")];

#[tokio::test]
async fn an_event_is_sent_again_by_a_press_on_our_own_page_and_by_no_other() {
    let (server, url) = Server::start(0).await;
    let secret = SecretString::from(format!("whsec_{}", STANDARD.encode(KEY)));
    let notify = NotifyConfig { url, secret };
    let shop = Shop::with(|config| {
        config.notify = Some(notify);
        config.admin_token = Some(ADMIN.to_owned().into());
    })
    .await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    let (event, first) = server.until_told(1).await.remove(0);
    let id = payment["id"].as_str().expect("an id");

    let page = shop.http.get(format!("{}/admin/payments/{id}", shop.url));
    let page = common::answer(page.basic_auth("admin", Some(ADMIN))).await.text;
    assert!(page.contains(&format!("/admin/events/{event}/resend")), "{page}");
    assert!(page.contains("Send again"), "{page}");

    let foreign = "https://evil.example";
    let host = shop.url.trim_start_matches("http://").to_owned();
    for headers in [
        [("sec-fetch-site", "cross-site"), ("origin", foreign)],
        [("sec-fetch-site", "same-site"), ("origin", foreign)],
        [("sec-fetch-site", "none"), ("sec-fetch-dest", "document")],
        [("origin", foreign), ("x-none", "")],
        [("origin", "null"), ("x-none", "")],
        [("origin", &*["https://", &*host, ".evil.example"].concat()), ("x-none", "")],
        [("x-none", ""), ("x-other", "")],
    ] {
        let refused = press(&shop, &event, id, &headers).await;
        assert_eq!(refused.status, 403, "{headers:?}: {}", refused.text);
    }
    let nobody = shop.http.post(format!("{}/admin/events/{event}/resend", shop.url));
    assert_eq!(common::answer(nobody).await.status, 401);
    assert_eq!(press(&shop, "evt_unknown", id, &OUR_PAGE).await.status, 404);
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(server.told().len(), 1, "nothing of that sent anything");

    assert_eq!(press(&shop, "evt_%00", id, &OUR_PAGE).await.status, 404);
    for (count, headers) in [
        (2, OUR_PAGE),
        (3, [("origin", &*shop.config.public_url), ("x-none", "")]),
        (4, [("origin", &*shop.url), ("x-none", "")]),
    ] {
        let pressed = press(&shop, &event, id, &headers).await;
        assert_eq!(
            (pressed.status, pressed.header("location")),
            (303, &*format!("/admin/payments/{id}"))
        );
        let (again, same) = server.until_told(count).await.remove(count - 1);
        assert_eq!((again, same), (event.clone(), first.clone()), "the same event");
    }
}

/// The status is the answer; what follows may come late, or never.
#[tokio::test]
async fn a_server_that_answers_200_and_then_nothing_is_notified_once() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let calls = Arc::new(Mutex::new(0));
    let count = calls.clone();
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.expect("a request") > 0);
            *count.lock().expect("a number") += 1;
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab";
            stream.write_all(head).await.expect("an answer");
            open.push(stream);
        }
    });
    let secret = SecretString::from(format!("whsec_{}", STANDARD.encode(KEY)));
    let notify = NotifyConfig { url, secret };
    let shop = Shop::with(|config| {
        config.notify = Some(notify);
        config.provider_deadline = Duration::from_secs(1);
    })
    .await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    // The first repetition would come after five seconds.
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(*calls.lock().expect("a number"), 1);
}
