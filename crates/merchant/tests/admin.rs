//! The pages for people: who sees them, what they show, and that they change nothing.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Answer, Shop, answer};
use paywith_merchant::{Config, Order};
use paywith_protocol::Money;
use std::time::{Duration, Instant};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const ADDRESSES: [&str; 2] = ["/admin", "/admin/payments/pay_1"];

async fn shop() -> Shop {
    Shop::with(with_token).await
}

fn with_token(config: &mut Config) {
    config.admin_token = Some(TOKEN.to_owned().into());
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn ask(shop: &Shop, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = shop.http.get(format!("{}{path}", shop.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await
}

/// A page as its rightful reader sees it.
async fn open(shop: &Shop, path: &str) -> Answer {
    let page = ask(shop, path, &[("authorization", &basic("admin", TOKEN))]).await;
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    assert!(!page.text.contains("<script") && !page.text.contains("onerror="), "{}", page.text);
    page
}

async fn open_list(shop: &Shop, query: &str) -> String {
    let page = open(shop, &format!("/admin{query}")).await;
    assert_eq!(page.status, 200, "{page:?}");
    page.text
}

/// A payment of an order with this id; answers its id.
async fn pay(shop: &Shop, order: &str) -> String {
    let token = shop.order(order, "15000", "IDR");
    let key = format!("key-{}", STANDARD.encode(order).replace(['=', '/', '+'], ""));
    let payment = shop.create(&key, &token, "cashi").await.payment(201);
    payment["id"].as_str().expect("an id").to_owned()
}

async fn settle(shop: &Shop, order: &str) {
    shop.happens(&shop.rows_of(order).await[0], "settle").await;
    let token = shop.order(order, "15000", "IDR");
    let payment = shop.checkout(&token).await.json()["payment"].clone();
    shop.status(&token, &payment).await.payment(200);
}

#[tokio::test]
async fn without_a_configured_token_there_is_no_such_page() {
    let shop = Shop::open().await;
    for path in ["/admin", "/admin/payments/pay_1", "/admin.css"] {
        let none = ask(&shop, path, &[("authorization", &basic("admin", ""))]).await;
        none.problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_wrong_password_opens_nothing_and_tells_nothing() {
    let shop = shop().await;
    let id = pay(&shop, "INV-SECRET").await;
    let path = format!("/admin/payments/{id}");
    let half = basic("admin", &TOKEN[..31]);
    let other_user = basic("root", TOKEN);
    // Few enough that none of them has to wait.
    for sent in [
        None,
        Some("Bearer 0123456789abcdef0123456789abcdef"),
        Some("Basic"),
        Some("Basic %%%"),
        Some("Basic /////w=="),
        Some(half.as_str()),
        Some(other_user.as_str()),
    ] {
        let headers: Vec<_> = sent.map(|sent| ("authorization", sent)).into_iter().collect();
        let (there, nowhere) = (
            ask(&shop, &path, &headers).await,
            ask(&shop, "/admin/payments/pay_1", &headers).await,
        );
        for page in [&there, &nowhere, &ask(&shop, "/admin", &headers).await] {
            assert_eq!(page.status, 401, "{sent:?}");
            assert!(page.header("www-authenticate").starts_with("Basic realm="), "{page:?}");
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(!page.text.contains("INV-SECRET") && !page.text.contains("<table"));
        }
        assert_eq!(there.text, nowhere.text, "whether a payment is there is not told");
    }
}

#[tokio::test]
async fn who_guesses_is_made_to_wait_and_a_right_password_costs_nothing() {
    let shop = shop().await;
    for _ in 0..30 {
        assert_eq!(open(&shop, "/admin").await.status, 200);
    }
    let begun = Instant::now();
    let mut waits = 0;
    for number in 0..40 {
        let guess = basic("admin", &format!("guess-{number}"));
        let refused = ask(&shop, "/admin", &[("authorization", &guess)]).await;
        waits += usize::from(refused.status == 429);
    }
    let allowed = 11 + usize::try_from(begun.elapsed().as_secs()).expect("a short time");
    assert!(waits + allowed >= 40, "{waits} of 40 had to wait");
    let right = ask(&shop, "/admin", &[("authorization", &basic("admin", TOKEN))]).await;
    assert!([200, 429].contains(&right.status), "whoever is right may have to wait, too");
}

#[tokio::test]
async fn a_page_is_for_people_and_never_for_scripts_or_frames() {
    let shop = shop().await;
    let password = basic("admin", TOKEN);
    for path in ADDRESSES {
        for purpose in ["empty", "iframe", "frame", "script", "object"] {
            let headers = [("authorization", password.as_str()), ("sec-fetch-dest", purpose)];
            let refused = ask(&shop, path, &headers).await;
            assert_eq!(refused.status, 403, "{purpose}");
        }
    }
    let headers = [
        ("authorization", password.as_str()),
        ("sec-fetch-dest", "document"),
        ("origin", common::SHOP_ORIGIN),
    ];
    let page = ask(&shop, "/admin", &headers).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("access-control-allow-origin"), "", "no page of the shop reads it");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("script") && !policy.contains("unsafe"), "{policy}");
    let style = shop.get("/admin.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css"));
}

#[tokio::test]
async fn payments_are_found_by_order_status_and_need() {
    let shop = shop().await;
    assert!(open_list(&shop, "").await.contains("No payments yet."));
    for order in ["INV-1", "INV-10", "فاتورة-7"] {
        pay(&shop, order).await;
    }
    settle(&shop, "INV-10").await;
    for (query, found) in [
        ("", &["INV-1<", "INV-10<", "فاتورة-7<"][..]),
        ("?order=INV-1", &["INV-1<", "INV-10<"]),
        ("?order=INV-10&status=&person=", &["INV-10<"]),
        ("?order=%D9%81%D8%A7%D8%AA", &["فاتورة-7<"]),
        ("?status=paid", &["INV-10<"]),
        ("?status=pending", &["INV-1<", "فاتورة-7<"]),
        ("?person=1", &[]),
        ("?order=inv", &[]),
        ("?order=%00", &[]),
        ("?order=%25", &[]),
    ] {
        let page = open_list(&shop, query).await;
        for order in ["INV-1<", "INV-10<", "فاتورة-7<"] {
            assert_eq!(page.contains(order), found.contains(&order), "{query}: {order}");
        }
    }
}

#[tokio::test]
async fn older_payments_are_on_the_next_page() {
    let shop = shop().await;
    let mut ids = Vec::new();
    for number in 0..52 {
        ids.push(pay(&shop, &format!("INV-{number}")).await);
    }
    let first = open_list(&shop, "?status=pending").await;
    assert!(first.contains(&ids[51]) && first.contains(&ids[2]) && !first.contains(&ids[1]));
    let older = first.split("rel=\"next\" href=\"").nth(1).expect("a way on");
    let older = older.split('"').next().expect("an address").replace("&amp;", "&");
    assert!(older.contains("status=pending"), "{older}");
    let second = open(&shop, &older).await.text;
    assert!(second.contains(&ids[0]) && second.contains(&ids[1]) && !second.contains(&ids[2]));
    assert!(!second.contains("rel=\"next\""));
}

#[tokio::test]
async fn texts_of_strangers_stay_texts() {
    let shop = shop().await;
    let hostile = "<img src=x onerror=alert(1)>\"'&amp;";
    let token = token(&shop, hostile, "</pre><img src=y onerror=alert(2)>\u{202e}");
    let made = shop.create("key-hostile-1", &token, "cashii").await.payment(201);
    // Cashii repeats the description when it is asked.
    shop.status(&token, &made).await.payment(200);
    let id = made["id"].as_str().expect("an id");
    let query = format!("?order={}", paywith_providers::urls::percent_encode(hostile));
    for path in [format!("/admin{query}"), format!("/admin/payments/{id}")] {
        let page = ask(&shop, &path, &[("authorization", &basic("admin", TOKEN))]).await.text;
        assert!(page.contains("<bdi>&lt;img src=x onerror=alert(1)&gt;"), "{page}");
        assert!(!page.contains("<img") && !page.contains('\u{202e}'), "{page}");
        let is_said = page.contains("&lt;/pre&gt;&lt;img src=y") && page.contains("\\u{202e}");
        assert_eq!(is_said, path.contains("/payments/"), "{page}");
    }
    for path in ["/admin/payments/%00", "/admin/payments/%ff", "/admin/payments/'%20OR%201=1"] {
        assert_eq!(open(&shop, path).await.status, 404, "{path}");
    }
}

/// An order with a description.
fn token(shop: &Shop, order: &str, description: &str) -> String {
    let price = Money::parse("100.98", "SYP").expect("money");
    let description = Some(description.to_owned());
    let order = Order {
        id: order.to_owned(),
        price,
        description,
        providers: Vec::new(),
        extras: paywith_merchant::OrderExtras::default(),
    };
    let until_s = common::now_s() + 3_600;
    order.sign(&shop.config.order_token_secret, until_s).expect("a token")
}

/// So nothing that these pages show as an order can turn them around.
#[tokio::test]
async fn an_order_whose_id_hides_something_is_none() {
    let shop = shop().await;
    for order in ["INV\0", "INV\u{202e}1", "INV\u{1b}[2J"] {
        let token = token(&shop, order, "coffee");
        shop.create("key-hidden-1", &token, "cashii").await.problem(404, "not_found");
    }
    assert!(open_list(&shop, "").await.contains("No payments yet."));
}

#[tokio::test]
async fn one_payment_shows_its_story_and_what_was_answered() {
    let shop = shop().await;
    let id = pay(&shop, "INV-9").await;
    let before = open(&shop, &format!("/admin/payments/{id}")).await.text;
    assert!(before.contains("answered when the payment was made, HTTP 200"), "{before}");
    assert!(before.contains("data:(") && !before.contains("base64,"), "no pictures: {before}");
    assert!(!before.contains("answered how the payment stands"));
    settle(&shop, "INV-9").await;
    let token = shop.order("INV-9", "15000", "IDR");
    let payment = serde_json::json!({ "id": id });
    for _ in 0..3 {
        shop.status(&token, &payment).await.payment(200);
    }
    let after = open(&shop, &format!("/admin/payments/{id}")).await.text;
    assert!(after.contains("pending → paid, read at the provider"), "{after}");
    assert_eq!(after.matches("answered how the payment stands, HTTP 200").count(), 1, "{after}");
    assert!(after.contains("SETTLED") && after.contains("payment.paid"), "{after}");
    assert!(after.contains("notify.url"), "nobody is told, and it says so");
    assert!(!after.contains("CASHI-TEST-KEY"));
}

#[tokio::test]
async fn what_cashpay_says_holds_neither_its_token_nor_our_secret_address() {
    let shop = Shop::with(|config| {
        with_token(config);
        config.webhooks = true;
    })
    .await;
    let order = shop.order("INV-CP", "2000", "YER");
    let made = shop.create("key-cashpay-1", &order, "cashpay").await.payment(201);
    let row = shop.rows_of("INV-CP").await[0].clone();
    shop.happens(&row, "settle").await;
    let path = format!("/admin/payments/{}", made["id"].as_str().expect("an id"));
    let start = Instant::now();
    let page = loop {
        let page = open(&shop, &path).await.text;
        if page.contains("sent a webhook") || start.elapsed() > Duration::from_secs(20) {
            break page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(page.contains("sent a webhook") && page.contains("CAPTURED"), "{page}");
    assert!(page.contains("a webhook of the provider: read"), "{page}");
    assert!(!page.contains("access_token"), "{page}");
    let secret = row["post_url"].as_str().and_then(|url| url.rsplit('/').next());
    assert!(secret.is_none_or(|secret| secret.len() < 32 || !page.contains(secret)), "{page}");
}

#[tokio::test]
async fn nothing_on_these_pages_changes_anything() {
    let shop = shop().await;
    let id = pay(&shop, "INV-1").await;
    settle(&shop, "INV-1").await;
    pay(&shop, "INV-2").await;
    shop.happens(&shop.rows_of("INV-2").await[0], "settle").await;
    let ledger = shop.ledger().await;
    let page = open(&shop, &format!("/admin/payments/{id}")).await.text;
    for path in ["/admin".to_owned(), "/admin/".to_owned(), format!("/admin/payments/{id}")] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
            let request = shop.http.request(method, format!("{}{path}", shop.url));
            let refused = answer(request.header("authorization", basic("admin", TOKEN))).await;
            assert!([404, 405].contains(&refused.status), "{refused:?}");
        }
    }
    let list = open_list(&shop, "").await;
    assert!(list.contains("pending"), "what is paid meanwhile is not read by looking: {list}");
    assert_eq!(page, open(&shop, &format!("/admin/payments/{id}")).await.text);
    assert_eq!(ledger, shop.ledger().await, "nobody was asked");
    for form in page.split("<form").skip(1).chain(list.split("<form").skip(1)) {
        assert!(form.contains("method=\"get\""), "{form}");
    }
}
