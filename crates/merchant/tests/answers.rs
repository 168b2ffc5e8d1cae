//! Providers' answers that the simulated ones do not give: played by a small server of the test's own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use common::Shop;
use paywith_merchant::support::{self, Question};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What was asked, path and query and body, and what is answered to a path that holds the first word.
#[derive(Clone, Default)]
struct Provider {
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    answers: Arc<Mutex<Vec<(String, u16, Value)>>>,
}

impl Provider {
    async fn open() -> (Provider, String) {
        let provider = Provider::default();
        let app = Router::new().fallback(answer).with_state(provider.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        (provider, url)
    }

    /// From now on, paths that hold `part` are answered so; the newest rule counts.
    fn says(&self, part: &str, status: u16, body: Value) {
        self.answers.lock().expect("a list").insert(0, (part.to_owned(), status, body));
    }

    fn asked(&self, part: &str) -> Vec<(String, Value)> {
        let asked = self.asked.lock().expect("a list").clone();
        asked.into_iter().filter(|(path, _)| path.contains(part)).collect()
    }
}

async fn answer(State(provider): State<Provider>, uri: Uri, body: String) -> Response {
    let path = uri.to_string();
    let body = serde_json::from_str(&body).unwrap_or(Value::Null);
    provider.asked.lock().expect("a list").push((path.clone(), body));
    let answers = provider.answers.lock().expect("a list").clone();
    match answers.into_iter().find(|(part, ..)| path.contains(part.as_str())) {
        Some((_, status, body)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, axum::Json(body)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What `payments show` prints of a payment.
async fn shown(shop: &Shop, payment: &Value) -> String {
    let id = payment["id"].as_str().expect("an id").to_owned();
    support::answer(shop.config.clone(), &Question::Show { id }).await.expect("a payment")
}

async fn cashi() -> (Provider, Shop) {
    let (provider, url) = Provider::open().await;
    let shop =
        Shop::with(|config| config.cashi.as_mut().expect("cashi").base_url = url.clone()).await;
    (provider, shop)
}

/// The order id that the backend sent last.
fn sent_order(provider: &Provider) -> String {
    let asked = provider.asked("create-order");
    asked.last().expect("a create call").1["order_id"].as_str().expect("text").to_owned()
}

/// Learns the order id from a first try that the provider refuses in passing.
async fn known_order(provider: &Provider, shop: &Shop, token: &str) -> String {
    provider.says("create-order", 503, json!({ "message": "busy" }));
    shop.create("key-answers-1", token, "cashi").await.problem(503, "provider_unreachable");
    sent_order(provider)
}

fn made(order: &str, amount: &Value) -> Value {
    json!({ "success": true, "order_id": order, "amount": amount,
        "checkout_url": "https://cashi.example/pay/1" })
}

#[tokio::test]
async fn d1_digits_as_text_are_an_exact_amount() {
    for amount in [json!("15023"), json!("15023.00"), json!(" 15023 "), json!(15_023.0)] {
        let (provider, shop) = cashi().await;
        let token = shop.order("INV-1", "15000", "IDR");
        let order = known_order(&provider, &shop, &token).await;
        provider.says("create-order", 200, made(&order, &amount));
        let payment = shop.create("key-answers-1", &token, "cashi").await.payment(201);
        assert_eq!(payment["amount"]["value"], "15023", "{amount}");
        let settled = json!({ "success": true, "status": "SETTLED", "amount": amount,
            "order_id": order, "provider_tx_id": 31_277_571_482_u64 });
        provider.says("check-status", 200, settled);
        assert_eq!(shop.word(&token, &payment).await, "paid", "{amount}");
        assert!(shown(&shop, &payment).await.contains("31277571482"));
    }
}

#[tokio::test]
async fn h2_cashi_must_answer_about_the_order_that_was_sent() {
    for name in ["order_id", "orderId"] {
        let (provider, shop) = cashi().await;
        let token = shop.order("INV-1", "15000", "IDR");
        let order = known_order(&provider, &shop, &token).await;
        let answer = |id: &str| {
            json!({ "success": true, name: id, "amount": 15_023,
                "checkout_url": "https://cashi.example/pay/1" })
        };
        for other in ["INV-2", "", &order.to_lowercase(), &format!("{order}x")] {
            provider.says("create-order", 200, answer(other));
            let refused = shop.create("key-answers-1", &token, "cashi").await;
            refused.problem(503, "provider_unreachable");
            assert!(!refused.text.contains("cashi.example"), "{}", refused.text);
        }
        provider.says("create-order", 200, answer(&order));
        shop.create("key-answers-1", &token, "cashi").await.payment(201);
    }
}

#[tokio::test]
async fn h2_cashi_may_add_1_to_99_or_nothing() {
    for (amount, is_sound) in
        [(15_000, true), (15_001, true), (15_099, true), (15_100, false), (14_999, false)]
    {
        let (provider, shop) = cashi().await;
        let token = shop.order("INV-1", "15000", "IDR");
        let order = known_order(&provider, &shop, &token).await;
        provider.says("create-order", 200, made(&order, &json!(amount)));
        let answer = shop.create("key-answers-1", &token, "cashi").await;
        assert_eq!(answer.status, if is_sound { 201 } else { 502 }, "{amount}: {}", answer.text);
        if is_sound {
            let has_unique_digits = answer.json()["base_amount"].is_object();
            assert_eq!(has_unique_digits, amount != 15_000, "{amount}");
        }
    }
}

async fn cashii(account: Option<&str>) -> (Provider, Shop) {
    let (provider, url) = Provider::open().await;
    let shop = Shop::with(|config| {
        let cashii = config.cashii.as_mut().expect("cashii");
        cashii.base_url.clone_from(&url);
        cashii.account = account.map(str::to_owned);
    })
    .await;
    provider.says("remote-payments", 201, json!({ "data": { "id": "1234567890123456" } }));
    (provider, shop)
}

fn remote_payment(to: &str, order: &str) -> Value {
    json!({ "data": { "_id": "1234567890123456", "amount": "10098", "currency": "SYP",
        "status": "paid", "to": to, "from": 20_000_002, "metadata": { "orderId": order } } })
}

#[tokio::test]
async fn h3_cashiis_payer_and_payee_are_read_kept_and_shown() {
    let (provider, shop) = cashii(Some("10000001")).await;
    let token = shop.order("INV-1", "100.98", "SYP");
    let payment = shop.create("key-answers-1", &token, "cashii").await.payment(201);
    let cases = [("10000009", "INV-1"), ("10000001", "INV-2"), (" ", "INV-2")];
    for (to, order) in cases {
        provider.says("remote-payments/", 200, remote_payment(to, order));
        let word = shop.word(&token, &payment).await;
        assert_eq!(word, "pending", "to {to}, order {order}");
    }
    provider.says("remote-payments/", 200, remote_payment("10000001", "INV-1"));
    assert_eq!(shop.word(&token, &payment).await, "paid");
    let shown = shown(&shop, &payment).await;
    assert!(shown.contains("20000002") && shown.contains("10000001"), "{shown}");
}

#[tokio::test]
async fn h3_cashpays_time_is_read_kept_and_shown() {
    let (provider, url) = Provider::open().await;
    let shop =
        Shop::with(|config| config.cashpay.as_mut().expect("cashpay").base_url = url.clone()).await;
    provider.says("token", 200, json!({ "access_token": "t" }));
    let charge = |created: Value| {
        json!({ "id": "chg_1", "status": "INITIATED", "amount": "2000.00", "currency": "YER",
            "transaction_url": "https://pay.example/", "created": created })
    };
    for (number, created) in [json!(1_672_531_200), json!("1672531200")].into_iter().enumerate() {
        provider.says("charges", 200, charge(created));
        let order = format!("INV-{number}");
        let token = shop.order(&order, "2000", "YER");
        let key = format!("key-answers-{number}");
        let payment = shop.create(&key, &token, "cashpay").await.payment(201);
        assert!(shown(&shop, &payment).await.contains("2023-01-01T00:00:00Z"));
    }
}

/// The shop's answer about an order, as far as Cashii is told of it.
#[tokio::test]
async fn h4_cashii_is_told_who_may_pay_and_what_the_shop_wants_kept() {
    let (shop_server, lookup) = Provider::open().await;
    let (provider, url) = Provider::open().await;
    provider.says("remote-payments", 201, json!({ "data": { "id": "1234567890123456" } }));
    let shop = Shop::with(|config| {
        config.cashii.as_mut().expect("cashii").base_url = url.clone();
        config.orders = Some(paywith_merchant::config::OrdersConfig {
            lookup_url: format!("{lookup}/order/{{order}}"),
            lookup_secret: None,
        });
    })
    .await;
    let order = |id: &str, more: Value| {
        let mut order = json!({ "order": id, "amount": "100.98", "currency": "SYP" });
        for (name, value) in more.as_object().expect("an object") {
            order[name] = value.clone();
        }
        shop_server.says(&format!("/order/{id}"), 200, order);
    };
    let more = json!({ "payable_to": 20_000_002, "metadata": { "customerId": "CUST-678",
        "vip": true, "nested": { "a": 1 }, "orderId": "INV-9", "attempt": "mine" } });
    order("INV-A", more);
    shop.create("key-answers-1", "INV-A", "cashii").await.payment(201);
    let body = provider.asked("remote-payments").remove(0).1;
    assert_eq!(body["payable_to"], "20000002");
    let metadata = &body["metadata"];
    assert_eq!((&metadata["customerId"], &metadata["vip"]), (&json!("CUST-678"), &json!(true)));
    assert_eq!(metadata["orderId"], "INV-A", "ours count");
    assert!(metadata["attempt"] != "mine" && metadata.get("nested").is_none(), "{metadata}");

    order("INV-B", json!({}));
    shop.create("key-answers-2", "INV-B", "cashii").await.payment(201);
    let body = provider.asked("remote-payments").remove(1).1;
    assert!(body.get("payable_to").is_none(), "{body}");
    assert_eq!(body["metadata"].as_object().expect("an object").len(), 2);

    order("INV-C", json!({ "payable_to": "anybody, please" }));
    shop.create("key-answers-3", "INV-C", "cashii").await.problem(503, "internal");
}

async fn kashier() -> (Provider, Shop, String, Value, String) {
    let (provider, url) = Provider::open().await;
    let shop =
        Shop::with(|config| config.kashier.as_mut().expect("k").base_url = url.clone()).await;
    let session = json!({ "_id": "67ad0123", "status": "CREATED",
        "sessionUrl": "https://payments.example/session/67ad0123" });
    provider.says("/v3/payment/sessions", 201, session);
    let token = shop.order("INV-1", "165.50", "EGP");
    let payment = shop.create("key-answers-1", &token, "kashier").await.payment(201);
    let order = provider.asked("sessions").remove(0).1["order"].as_str().expect("text").to_owned();
    provider.says("/67ad0123/payment", 404, json!({ "status": "FAILURE", "message": "none" }));
    (provider, shop, token, payment, order)
}

fn order(id: &str) -> Value {
    json!({ "merchantOrderId": id, "status": "CAPTURED", "totalCapturedAmount": "165.50",
        "totalRefundedAmount": 0, "transactions": [{ "currency": "EGP" }] })
}

fn page(orders: &[Value], page: u64, next: Option<u64>, is_inside: bool) -> Value {
    let pagination = json!({ "totalDocs": 5, "limit": 2, "totalPages": 3, "page": page,
        "hasNextPage": next.is_some(), "nextPage": next });
    if is_inside {
        json!({ "response": { "data": orders, "pagination": pagination }, "status": "SUCCESS" })
    } else {
        json!({ "response": { "data": orders }, "pagination": pagination, "status": "SUCCESS" })
    }
}

#[tokio::test]
async fn h5_our_order_is_found_on_the_third_page() {
    for is_inside in [false, true] {
        let (provider, shop, token, payment, ours) = kashier().await;
        let others = [order("A"), order("B")];
        provider.says("currentPage=1", 200, page(&others, 1, Some(2), is_inside));
        provider.says("currentPage=2", 200, page(&others, 2, Some(3), is_inside));
        provider.says("currentPage=3", 200, page(&[order(&ours)], 3, None, is_inside));
        assert_eq!(shop.word(&token, &payment).await, "paid");
        assert_eq!(provider.asked("currentPage").len(), 3);
        provider.says("currentPage=3", 200, page(&[order("C")], 3, None, is_inside));
    }
}

#[tokio::test]
async fn h5_a_walk_that_does_not_move_or_finds_others_only_ends_with_an_error() {
    let others = [order("A"), order("B")];
    let cases = [
        ("the first page again", page(&others, 1, Some(2), false), 2),
        ("a page that leads to itself", page(&others, 2, Some(2), false), 2),
        ("a page that leads back", page(&others, 2, Some(1), false), 2),
        ("an end without our order", page(&others, 2, None, false), 2),
        ("an end with one other order", page(&[order("A")], 2, None, false), 2),
    ];
    for (name, second, calls) in cases {
        let (provider, shop, token, payment, _) = kashier().await;
        provider.says("currentPage", 200, second);
        provider.says("currentPage=1", 200, page(&others, 1, Some(2), false));
        assert_eq!(shop.word(&token, &payment).await, "pending", "{name}");
        assert_eq!(provider.asked("currentPage").len(), calls, "{name}");
    }
}
