//! Money that comes while nobody looks: providers' posts, and reading by ourselves. And what
//! nobody may forge.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::Shop;
use hmac::{Hmac, KeyInit, Mac};
use paywith_merchant::config::WebhookScheme;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, Instant};

/// Cashi's webhook secret, which is another one than its key.
const CASHI_SECRET: &str = "sk_cashi_test";
const KASHIER_KEY: &str = "kashier-test-api-key";

/// Long enough for a test to settle a payment before it is first read.
const SWEEP_FIRST: Duration = Duration::from_millis(2_500);

async fn listening_shop() -> Shop {
    let shop = Shop::with(|config| {
        config.webhooks = true;
        let cashi = config.cashi.as_mut().expect("cashi");
        cashi.webhook_secret = Some(SecretString::from(CASHI_SECRET));
    })
    .await;
    let url = format!("{}/api/webhooks/cashi", shop.url);
    let told = shop.http.put(format!("{}/control/webhooks/cashi", shop.sandbox));
    let body = json!({ "url": url, "secret": CASHI_SECRET }).to_string();
    let told = told.header("content-type", "application/json").body(body).send().await;
    assert!(told.expect("an answer").status().is_success());
    shop
}

/// The server's own record of an order's only payment, without asking any provider.
async fn record(shop: &Shop, order: &str) -> String {
    let known = shop.get(&format!("/api/demo/orders/{order}")).await.json();
    let payment = &known["payments"][0];
    let word = payment["status"].as_str().expect("a status");
    match payment["review"].as_str() {
        Some(review) => format!("{word} {review}"),
        None => word.to_owned(),
    }
}

async fn until_recorded(shop: &Shop, order: &str, wanted: &str) {
    let start = Instant::now();
    loop {
        let now = record(shop, order).await;
        if now == wanted {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{order} is {now}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn post(shop: &Shop, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let mut request = shop.http.post(format!("{}/api/webhooks/{path}", shop.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_owned()).send().await.expect("an answer").status().as_u16()
}

fn sign(key: &str, text: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cashi_body(row: &Value, amount: u64) -> String {
    let data = json!({ "order_id": row["id"], "amount": amount, "status": "SETTLED" });
    json!({ "event": "PAYMENT_SETTLED", "data": data }).to_string()
}

/// A body of Kashier's and its signature under this key.
fn kashier_post(order: &str, amount: &Value, currency: &str, key: &str) -> (String, String) {
    let keys = ["amount", "currency", "merchantOrderId", "status"];
    let data = json!({ "merchantOrderId": order, "amount": amount, "currency": currency,
        "status": "SUCCESS", "signatureKeys": keys });
    let text = format!(
        "amount={}&currency={currency}&merchantOrderId={order}&status=SUCCESS",
        amount.to_string().trim_matches('"')
    );
    (json!({ "event": "pay", "data": data }).to_string(), sign(key, &text))
}

/// Kashier's sample code drops names that are not in the data and signs null as a bare name.
#[tokio::test]
async fn d3_kashiers_signature_is_read_as_its_own_sample_code_makes_it() {
    let shop = Shop::with(|config| {
        config.webhooks = true;
        config.kashier.as_mut().expect("kashier").api_key = SecretString::from("11111");
    })
    .await;
    let body = |members: &str, key: &str| {
        format!(
            r#"{{"event":"pay","data":{{"merchantOrderId":"INV-7","amount":250,"currency":"EGP",
            "status":"SUCCESS","transactionId":"TX-7"{members},"signatureKeys":["merchantOrderId",
            "amount","currency","status","transactionId","{key}"]}}}}"#
        )
    };
    let absent = "d7de894bd4aa80b714b892d7b5f9b1a1e3ceca4bce741d4b5db6b7e3b901e380";
    let null = "6f6c0844616b71004f83c632a9c2eff5933e16607ba2999764267c80c0e1e510";
    let cases = [
        (body("", "cardDataToken"), absent, 200),
        (body(r#","maskedCard":null"#, "maskedCard"), null, 200),
        (body(r#","maskedCard":null"#, "maskedCard"), absent, 401),
        (body("", "cardDataToken").replace("250", "251"), absent, 401),
        (body("", "cardDataToken").replace(r#""status":"SUCCESS","#, ""), absent, 401),
    ];
    for (body, signature, wanted) in cases {
        let status = post(&shop, "kashier", &[("x-kashier-signature", signature)], &body).await;
        assert_eq!(status, wanted, "{body}");
    }
}

#[tokio::test]
async fn money_is_seen_by_the_providers_post_though_nobody_asks() {
    let shop = listening_shop().await;
    for (provider, amount, currency) in
        [("kashier", "165.50", "EGP"), ("cashpay", "2000", "YER"), ("cashi", "15000", "IDR")]
    {
        let order = format!("INV-{provider}");
        let token = shop.order(&order, amount, currency);
        shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        assert_eq!(record(&shop, &order).await, "pending");
        shop.happens(&shop.rows_of(&order).await[0], "settle").await;
        until_recorded(&shop, &order, "paid").await;
    }
}

#[tokio::test]
async fn a_cashpay_payment_that_cannot_be_read_is_paid_by_its_post() {
    let shop = Shop::with(|config| {
        config.webhooks = true;
        config.cashpay.as_mut().expect("cashpay").read_path = None;
    })
    .await;
    for (order, change, wanted) in [("INV-1", "settle", "paid"), ("INV-2", "decline", "failed")] {
        let token = shop.order(order, "2000", "YER");
        shop.create(&format!("key-{order}"), &token, "cashpay").await.payment(201);
        shop.happens(&shop.rows_of(order).await[0], change).await;
        until_recorded(&shop, order, wanted).await;
    }
}

#[tokio::test]
async fn a_verified_post_counts_when_its_provider_cannot_be_read() {
    let shop = listening_shop().await;
    let token = shop.order("INV-1", "165.50", "EGP");
    shop.create("key-INV-1", &token, "kashier").await.payment(201);
    shop.fault("kashier", "status", "500").await;
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    until_recorded(&shop, "INV-1", "paid").await;
}

#[tokio::test]
async fn a_verified_post_over_another_amount_is_for_a_person() {
    let shop = listening_shop().await;
    let token = shop.order("INV-1", "165.50", "EGP");
    shop.create("key-INV-1", &token, "kashier").await.payment(201);
    let order = shop.rows_of("INV-1").await[0]["order_ref"].as_str().expect("text").to_owned();
    shop.fault("kashier", "status", "500").await;
    let (body, signature) = kashier_post(&order, &json!(1), "EGP", KASHIER_KEY);
    let headers = [("x-kashier-signature", signature.as_str())];
    assert_eq!(post(&shop, "kashier", &headers, &body).await, 200);
    until_recorded(&shop, "INV-1", "processing amount_mismatch").await;
}

/// Whatever is forged is answered with a refusal, is not kept, and changes nothing: the provider is
/// not even asked.
#[tokio::test]
async fn what_is_forged_changes_nothing() {
    let shop = listening_shop().await;
    for (provider, amount, currency) in
        [("kashier", "165.50", "EGP"), ("cashpay", "2000", "YER"), ("cashi", "15000", "IDR")]
    {
        let token = shop.order(&format!("INV-{provider}"), amount, currency);
        shop.create(&format!("key-INV-{provider}"), &token, provider).await.payment(201);
    }
    let row = shop.rows_of("INV-cashi").await.remove(0);
    let body = cashi_body(&row, 15_023);
    let right = sign(CASHI_SECRET, &body);
    let changed = body.replace("15023", "15024");
    let name = "x-gateway-signature";
    for (headers, body) in [
        (vec![], &body),
        (vec![(name, "")], &body),
        (vec![(name, "null")], &body),
        (vec![(name, sign("CASHI-TEST-KEY", &body).as_str())], &body),
        (vec![(name, right.as_str())], &changed),
        (vec![("x-signature", right.as_str())], &body),
    ]
    .iter()
    .map(|(headers, body)| (headers.as_slice(), body.as_str()))
    {
        assert_eq!(post(&shop, "cashi", headers, body).await, 401, "{headers:?}");
    }

    let order = shop.rows_of("INV-kashier").await[0]["order_ref"].as_str().expect("it").to_owned();
    let (body, right) = kashier_post(&order, &json!(165.5), "EGP", KASHIER_KEY);
    let unsigned_amount = body.replace("\"amount\",\"currency\"", "\"currency\"");
    let text = format!("currency=EGP&merchantOrderId={order}&status=SUCCESS");
    let of_unsigned = sign(KASHIER_KEY, &text);
    let wrong_key = sign("kashier$test$secret-key", &body);
    for (signature, body) in [
        ("", body.as_str()),
        (wrong_key.as_str(), body.as_str()),
        (right.as_str(), &body.replace("165.5", "1655")),
        (right.as_str(), &body.replace("EGP", "USD")),
        (right.as_str(), &body.replace(&order, "INV-other")),
        (of_unsigned.as_str(), unsigned_amount.as_str()),
    ] {
        let headers = [("x-kashier-signature", signature)];
        assert_eq!(post(&shop, "kashier", &headers, body).await, 401, "{body}");
    }

    let charge = shop.rows_of("INV-cashpay").await[0]["id"].as_str().expect("an id").to_owned();
    let body = json!({ "id": charge, "status": "CAPTURED", "amount": 2000, "currency": "YER" });
    for path in [
        "cashpay",
        "cashpay/",
        "cashpay/0123456789abcdef0123456789abcdef",
        "cashii",
        "cashii/x",
        "cashi/x",
        "nobody",
    ] {
        assert_eq!(post(&shop, path, &[], &body.to_string()).await, 404, "{path}");
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    for row in shop.ledger().await {
        assert_eq!((&row["reads"], &row["state"]), (&json!(0), &json!("open")), "{row}");
    }
    for order in ["INV-cashi", "INV-kashier", "INV-cashpay"] {
        assert_eq!(record(&shop, order).await, "pending", "{order}");
    }
}

#[tokio::test]
async fn cashis_trials_are_welcome_and_mean_nothing() {
    let shop = listening_shop().await;
    let body = json!({ "event": "PAYMENT_SETTLED",
        "data": { "order_id": "TEST-1", "amount": 15_000, "status": "SETTLED" } });
    assert_eq!(post(&shop, "cashi", &[], &body.to_string()).await, 200);
    let signature = sign(CASHI_SECRET, &body.to_string());
    let headers = [("x-gateway-signature", signature.as_str())];
    assert_eq!(post(&shop, "cashi", &headers, &body.to_string()).await, 200);
}

#[tokio::test]
async fn a_hundred_posts_of_one_event_are_one() {
    let shop = listening_shop().await;
    let token = shop.order("INV-1", "15000", "IDR");
    shop.create("key-INV-1", &token, "cashi").await.payment(201);
    let row = shop.rows_of("INV-1").await.remove(0);
    let body = cashi_body(&row, 15_023);
    let signature = sign(CASHI_SECRET, &body);
    let mut posts = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let request = shop.http.post(format!("{}/api/webhooks/cashi", shop.url));
        let request = request.header("x-gateway-signature", &signature).body(body.clone());
        posts.spawn(async move { request.send().await.expect("an answer").status().as_u16() });
    }
    assert!(posts.join_all().await.iter().all(|status| *status == 200));
    tokio::time::sleep(Duration::from_millis(300)).await;
    // The provider was asked once, and it says that nothing has been paid.
    assert_eq!(shop.rows_of("INV-1").await[0]["reads"], 1);
    assert_eq!(record(&shop, "INV-1").await, "pending");
}

/// The provider is faster than its own answer, which is lost on the way; the post waits on the disk,
/// also over a restart, until the create call has been answered.
#[tokio::test]
async fn a_post_before_the_create_answer_is_not_lost() {
    let mut shop = listening_shop().await;
    let token = shop.order("INV-1", "165.50", "EGP");
    shop.fault_once("kashier", "create", "lost_answer").await;
    shop.create("key-INV-1", &token, "kashier").await.problem(503, "provider_unreachable");
    shop.happens(&shop.rows_of("INV-1").await[0], "settle").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(record(&shop, "INV-1").await, "pending");
    shop.restart().await;
    shop.create("key-INV-1", &token, "kashier").await.payment(201);
    until_recorded(&shop, "INV-1", "paid").await;
}

#[tokio::test]
async fn what_nobody_asks_for_and_nobody_posts_is_read_by_the_sweeper() {
    let shop = Shop::with(|config| config.sweep_first = SWEEP_FIRST).await;
    for (provider, amount, currency) in common::ORDERS {
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        shop.create(&format!("key-{order}"), &token, provider).await.payment(201);
        shop.happens(&shop.rows_of(&order).await[0], "settle").await;
    }
    for (provider, ..) in common::ORDERS {
        until_recorded(&shop, &format!("INV-{provider}-1"), "paid").await;
    }
}

/// One payment that cannot be read keeps no other one of its provider waiting.
#[tokio::test]
async fn one_unreadable_payment_holds_up_no_other() {
    let shop = Shop::with(|config| config.sweep_first = SWEEP_FIRST).await;
    let token = shop.order("INV-BAD", "15000", "IDR");
    shop.create("key-INV-BAD", &token, "cashi").await.payment(201);
    let bad = shop.rows_of("INV-BAD").await[0]["id"].clone();
    let matching = json!({ "provider": "cashi", "call": "status", "order": bad });
    shop.add_fault(json!({ "match": matching, "fault": "html" })).await;
    let token = shop.order("INV-GOOD", "20000", "IDR");
    shop.create("key-INV-GOOD", &token, "cashi").await.payment(201);
    shop.happens(&shop.rows_of("INV-GOOD").await[0], "settle").await;
    until_recorded(&shop, "INV-GOOD", "paid").await;
    assert_eq!(record(&shop, "INV-BAD").await, "pending");
}

#[tokio::test]
async fn cashpays_posts_can_be_asked_to_be_signed() {
    let schemes = [
        (WebhookScheme::Hashstring(SecretString::from("11111")), "hashstring"),
        (
            WebhookScheme::Hmac { secret: SecretString::from("11111"), header: "x-sig".to_owned() },
            "x-sig",
        ),
    ];
    for (scheme, header) in schemes {
        let is_hashstring = header == "hashstring";
        let shop = Shop::with(|config| {
            config.webhooks = true;
            let cashpay = config.cashpay.as_mut().expect("cashpay");
            cashpay.read_path = None;
            cashpay.webhook_scheme = scheme;
        })
        .await;
        let token = shop.order("INV-1", "2000", "YER");
        shop.create("key-INV-1", &token, "cashpay").await.payment(201);
        let row = shop.rows_of("INV-1").await.remove(0);
        // The sandbox posts to the secret address without a signature: that is not enough now.
        shop.happens(&row, "settle").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(record(&shop, "INV-1").await, "pending", "{header}");
        let id = row["id"].as_str().expect("an id");
        let body = json!({ "id": id, "status": "CAPTURED", "amount": 2000, "currency": "YER" });
        let body = body.to_string();
        let text = if is_hashstring {
            format!(
                "x_id{id}x_amount2000x_currencyYERx_gateway_referencex_payment_reference\
                     x_statusCAPTUREDx_created"
            )
        } else {
            body.clone()
        };
        let path = format!("cashpay/{}", webhook_token(&shop).await);
        let (wrong, right) = (sign("11112", &text), sign("11111", &text));
        assert_eq!(post(&shop, &path, &[(header, &wrong)], &body).await, 401);
        assert_eq!(post(&shop, &path, &[(header, &right)], &body).await, 200);
        until_recorded(&shop, "INV-1", "paid").await;
    }
}

/// The secret address, out of the backend's own database: nobody else is told.
async fn webhook_token(shop: &Shop) -> String {
    let url = format!("sqlite://{}", shop.config.database);
    let pool = sqlx::SqlitePool::connect(&url).await.expect("the database");
    let token = sqlx::query_scalar("SELECT push_token FROM payments").fetch_one(&pool).await;
    pool.close().await;
    token.expect("a token")
}
