//! Pages on other origins: apps with schemes of their own, headers of the shop's, and where a shopper
//! may be sent back to.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, SHOP_ORIGIN, Shop, answer, body};
use paywith_merchant::Config;
use paywith_merchant::check::check;
use serde_json::{Value, json};

const SMALLEST: &str = "public_url = 'https://pay.shop.example'\n\
    database = 'x.sqlite'\norder_token_secret = '0123456789abcdef0123456789abcdef'\n\
    cashi.api_key = 'x'\n";

fn read(more: &str) -> Result<Config, String> {
    let text = format!("{more}\n{SMALLEST}");
    Config::from_text(&text, []).map_err(|error| error.to_string())
}

fn config_of(origins: &str) -> Config {
    read(&format!("shop_origins = [{origins}]")).expect("a configuration")
}

const APPS: &str = r#""https://shop.example", "capacitor://localhost", "ionic://localhost",
    "app://-", "tauri://localhost", "http://tauri.localhost", "App://Bundle:42/""#;

async fn shop_with_apps() -> Shop {
    let origins = config_of(APPS).shop_origins;
    Shop::with(|config| config.shop_origins = origins).await
}

async fn preflight(shop: &Shop, origin: &str, headers: &str) -> Answer {
    let url = format!("{}/api/payments", shop.url);
    let request = shop.http.request(reqwest::Method::OPTIONS, url).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    answer(request.header("access-control-request-headers", headers)).await
}

async fn create(shop: &Shop, order: &str, provider: &str, return_url: Option<Value>) -> Answer {
    let (amount, currency) = if provider == "cashi" { ("15000", "IDR") } else { ("165.50", "EGP") };
    let token = shop.order(order, amount, currency);
    let mut body = body(&token, provider);
    match return_url {
        Some(address) => body["return_url"] = address,
        None => drop(body.as_object_mut().expect("an object").remove("return_url")),
    }
    shop.create_with(&format!("key-{order}"), &body).await
}

/// What a page may have for an address, and no provider can lead back to.
fn unusable() -> Vec<Option<Value>> {
    let texts = [
        "",
        "garbage",
        "capacitor://localhost/cart",
        "tauri://localhost",
        "about:srcdoc",
        "file:///android_asset/index.html",
        "javascript:alert(1)",
        "data:text/html,x",
        "blob:https://shop.example/1",
        "https://evil.example/",
        "https://shop.example:8443/",
        "https://shop.example./cart",
        "https://shop.example@evil.example/",
        "/cart",
        "null",
    ];
    let texts = texts.into_iter().map(|text| Some(json!(text)));
    texts.chain([None, Some(Value::Null), Some(json!(5)), Some(json!(["x"]))]).collect()
}

#[tokio::test]
async fn b2_an_unusable_return_url_stops_no_code() {
    let shop = shop_with_apps().await;
    for (number, address) in unusable().into_iter().enumerate() {
        let made = create(&shop, &format!("INV-{number}"), "cashi", address.clone()).await;
        let payment = made.payment(201);
        assert_eq!(payment["action"]["type"], "qr", "{address:?}");
        // Nobody is sent to such an address: not even from the hosted page.
        let id = payment["id"].as_str().expect("an id");
        let back = answer(shop.http.get(format!("{}/api/return/{id}", shop.url))).await;
        let home = format!("https://shop.example/?paywith={id}");
        assert_eq!((back.status, back.header("location")), (303, home.as_str()), "{address:?}");
    }
}

#[tokio::test]
async fn b2_an_unusable_return_url_stops_a_redirect_and_names_the_cure() {
    let shop = shop_with_apps().await;
    for (number, address) in unusable().into_iter().enumerate() {
        let refused = create(&shop, &format!("INV-{number}"), "kashier", address.clone()).await;
        let problem = refused.problem(422, "return_url_forbidden");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains("`return_url`") && detail.contains("`shop_origins`"), "{detail}");
        let text = address.as_ref().and_then(Value::as_str).unwrap_or_default();
        let is_apps = ["capacitor:", "tauri:", "file:", "about:"];
        let is_apps = is_apps.iter().any(|scheme| text.starts_with(scheme));
        assert_eq!(detail.contains("https link"), is_apps, "{address:?}: {detail}");
    }
    for (number, address) in [
        "https://shop.example/cart",
        "HTTPS://SHOP.EXAMPLE/cart",
        "https://shop.example:443/cart",
        "http://tauri.localhost/cart",
    ]
    .into_iter()
    .enumerate()
    {
        create(&shop, &format!("INV-OK-{number}"), "kashier", Some(json!(address)))
            .await
            .payment(201);
    }
    assert_eq!(shop.ledger().await.len(), 4);
}

#[tokio::test]
async fn b2_a_host_of_other_letters_is_the_same_however_it_is_written() {
    let origins = config_of("\"https://tökö.example\"").shop_origins;
    assert_eq!(origins[0].as_str(), "https://xn--tk-fkab.example");
    let shop = Shop::with(|config| config.shop_origins = origins).await;
    for (order, address) in
        [("INV-1", "https://tökö.example/ü"), ("INV-2", "https://xn--tk-fkab.example/")]
    {
        let payment = create(&shop, order, "kashier", Some(json!(address))).await.payment(201);
        let id = payment["id"].as_str().expect("an id");
        let back = answer(shop.http.get(format!("{}/api/return/{id}", shop.url))).await;
        let location = back.header("location");
        assert!(location.starts_with("https://xn--tk-fkab.example/"), "{location}");
    }
    let allowed = preflight(&shop, "https://xn--tk-fkab.example", "content-type").await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://xn--tk-fkab.example");
}

#[tokio::test]
async fn b2_the_pages_of_apps_may_call_and_no_others() {
    let shop = shop_with_apps().await;
    for (origin, is_allowed) in [
        (SHOP_ORIGIN, true),
        ("capacitor://localhost", true),
        ("ionic://localhost", true),
        ("app://-", true),
        ("app://bundle:42", true),
        ("tauri://localhost", true),
        ("http://tauri.localhost", true),
        ("capacitor://evil", false),
        ("app://bundle", false),
        ("https://localhost", false),
        ("file://", false),
        ("null", false),
    ] {
        let allowed = if is_allowed { origin } else { "" };
        for told in [
            preflight(&shop, origin, "content-type").await,
            answer(shop.http.get(format!("{}/api/checkout", shop.url)).header("origin", origin))
                .await,
        ] {
            assert_eq!(told.header("access-control-allow-origin"), allowed, "{origin}");
        }
    }
}

#[test]
fn b2_what_everybody_could_claim_to_be_is_no_origin() {
    for text in [
        "null",
        "file://",
        "file:///index.html",
        "capacitor://localhost/cart",
        "*",
        "javascript://x",
        "data://x",
        "about:blank",
        "capacitor:",
        "://localhost",
        "a b://c",
        "app://",
    ] {
        let refused = read(&format!("shop_origins = [{text:?}]")).expect_err(text);
        assert!(refused.contains("`shop_origins`"), "{text}: {refused}");
        let is_null = text == "null" || text.starts_with("file:");
        assert_eq!(refused.contains("sandbox"), is_null, "{text}: {refused}");
    }
}

#[tokio::test]
async fn b2_check_takes_an_apps_own_pages_for_safe() {
    let origins = config_of(APPS).shop_origins;
    let shop = Shop::with(|config| {
        config.shop_origins = origins;
        config.public_url = "https://pay.shop.example".to_owned();
    })
    .await;
    let report = check(&shop.config).await.expect("a report");
    let about = |line: &&String| line.contains("shop_origins");
    assert_eq!(report.lines.iter().find(about), None);
}

#[tokio::test]
async fn b3_headers_of_the_shop_are_allowed_where_they_are_listed() {
    let config = read(
        "shop_origins = ['https://shop.example']\nallowed_headers = ['Authorization', 'x-store', 'X-Store']",
    );
    let headers = config.expect("a configuration").allowed_headers;
    let shop = Shop::with(|config| config.allowed_headers = headers).await;
    let told = preflight(&shop, SHOP_ORIGIN, "authorization,content-type,x-store").await;
    assert_eq!(told.status, 204);
    assert_eq!(
        told.header("access-control-allow-headers"),
        "content-type,idempotency-key,authorization,x-store"
    );
    assert_eq!(told.header("access-control-allow-credentials"), "true");
    let seconds: u32 = told.header("access-control-max-age").parse().expect("seconds");
    assert!((600..=86_400).contains(&seconds), "{seconds}");
    assert!(told.header("vary").contains("origin"));
    let request = shop.http.get(format!("{}/api/checkout?order=x", shop.url));
    let told =
        answer(request.header("origin", SHOP_ORIGIN).header("authorization", "Bearer x")).await;
    assert_eq!(told.header("access-control-expose-headers"), "retry-after,date,etag");
    assert_eq!(told.status, 404, "and a refusal can be read by the page");
    let foreign = preflight(&shop, "https://evil.example", "authorization").await;
    assert_eq!(foreign.header("access-control-allow-headers"), "");
}

#[test]
fn b3_what_is_no_header_or_is_the_browsers_own_is_refused_by_its_name() {
    for name in ["x store", "x:store", "متجر", "*", "cookie", "Host", "sec-fetch-mode", "x\\n"]
    {
        let refused =
            read(&format!("shop_origins = ['https://a.example']\nallowed_headers = [\"{name}\"]"));
        let refused = refused.expect_err(name);
        assert!(refused.contains("`allowed_headers`"), "{name}: {refused}");
    }
    let none = Config::from_text(
        &format!("shop_origins = ['https://a.example']\n{SMALLEST}"),
        [("PAYWITH_ALLOWED_HEADERS".to_owned(), String::new())],
    );
    assert!(none.expect("a configuration").allowed_headers.is_empty());
}

/// A changing parameter keeps caches and service workers from answering in our place.
#[tokio::test]
async fn b5_unknown_parameters_change_nothing_and_every_answer_is_dated_and_kept_by_no_cache() {
    let shop = Shop::open().await;
    let token = shop.order("INV-1", "15000", "IDR");
    let payment = shop.create("key-INV-1", &token, "cashi").await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    for path in [
        format!("/api/checkout?order={token}&_=1"),
        format!("/api/checkout?_=2&order={token}&x=&y"),
        format!("/api/payments/{id}?order={token}&provider=cashi&_=3"),
        format!("/api/payments/_?_=4&id={id}&order={token}&_=5"),
        format!("/api/payments/{id}?order=wrong&_=6"),
    ] {
        let told = shop.get(&path).await;
        assert_eq!(told.status, if path.contains("wrong") { 404 } else { 200 }, "{path}");
        assert!(told.header("date").ends_with("GMT"), "{path}");
        assert_eq!(told.header("cache-control"), "no-store", "{path}");
    }
    let first = shop.get(&format!("/api/payments/{id}?order={token}&_=7")).await;
    let request = shop.http.get(format!("{}/api/payments/{id}?order={token}&_=8", shop.url));
    let same = answer(request.header("if-none-match", first.header("etag"))).await;
    assert_eq!((same.status, same.header("cache-control")), (304, "no-store"));
    assert!(!same.header("date").is_empty());
}
