//! Orders without a token: the shop's own server says what they cost and whose they are.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use common::{Answer, Shop, answer, body};
use paywith_merchant::config::OrdersConfig;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const COOKIE: &str = "session=ayu; theme=dark";

/// What the shop's server was asked: path, cookie, authorization.
type Asked = Arc<Mutex<Vec<[String; 3]>>>;

/// The shop's own server: Ayu's orders, and some that are broken in their own way.
async fn orders(State(asked): State<Asked>, uri: Uri, headers: HeaderMap) -> Response {
    let text = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    asked.lock().expect("a list").push([path.clone(), text("cookie"), text("authorization")]);
    let order = |id: &str, amount: Value| json!({ "order": id, "amount": amount, "currency": "IDR", "providers": ["cashi"] });
    let answer = match path.strip_prefix("/paywith/order/").unwrap_or_default() {
        _ if !text("cookie").contains("session=ayu") => {
            return StatusCode::NOT_FOUND.into_response();
        }
        "INV-1" => order("INV-1", json!("15000")),
        "..%2FINV%3F%23%201" => order("../INV?# 1", json!("15000")),
        "INV-FLOAT" => order("INV-FLOAT", json!(15_000)),
        "INV-ZERO" => order("INV-ZERO", json!("0")),
        "INV-EXPONENT" => order("INV-EXPONENT", json!("15e3")),
        "INV-OTHER" => order("INV-1", json!("15000")),
        "INV-WHO" => {
            json!({ "order": "INV-WHO", "amount": "15000", "currency": "IDR", "providers": ["paypal"] })
        }
        "INV-LOGIN" => {
            let to = [(header::LOCATION, "/paywith/order/INV-1")];
            return (StatusCode::FOUND, to).into_response();
        }
        "INV-401" => return StatusCode::UNAUTHORIZED.into_response(),
        "INV-403" => return StatusCode::FORBIDDEN.into_response(),
        "INV-500" => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "INV-HTML" => return "<!doctype html>".into_response(),
        "INV-LONG" => return format!("{{\"a\":\"{}\"}}", "a".repeat(2 << 20)).into_response(),
        "INV-SLOW" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            return StatusCode::OK.into_response();
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    axum::Json(answer).into_response()
}

struct Store {
    shop: Shop,
    asked: Asked,
}

impl Store {
    async fn open() -> Store {
        let asked = Asked::default();
        let app = Router::new().fallback(orders).with_state(asked.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let shop = Shop::with(|config| {
            config.provider_deadline = Duration::from_secs(2);
            config.orders = Some(OrdersConfig {
                lookup_url: format!("{url}/paywith/order/{{order}}"),
                lookup_secret: Some("shared-secret".to_owned().into()),
            });
        })
        .await;
        Store { shop, asked }
    }

    async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let request = self.shop.http.get(format!("{}{path}", self.shop.url));
        answer(match cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        })
        .await
    }

    async fn checkout(&self, order: &str, cookie: Option<&str>) -> Answer {
        let order = paywith_providers::urls::percent_encode(order);
        self.get(&format!("/api/checkout?order={order}"), cookie).await
    }

    async fn create(&self, order: &str, cookie: Option<&str>) -> Answer {
        let request = self.shop.http.post(format!("{}/api/payments", self.shop.url));
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", "key-of-a-look-up");
        let request = request.body(body(order, "cashi").to_string());
        answer(match cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        })
        .await
    }
}

#[tokio::test]
async fn the_shop_is_asked_with_the_shoppers_own_cookies_and_the_shared_secret() {
    let store = Store::open().await;
    let offer = store.checkout("INV-1", Some(COOKIE)).await;
    assert_eq!(offer.status, 200, "{}", offer.text);
    assert_eq!(offer.json()["amount"], json!({ "value": "15000", "currency": "IDR" }));
    assert_eq!(offer.json()["providers"], json!(["cashi"]));
    let asked = store.asked.lock().expect("a list").clone();
    let wanted = ["/paywith/order/INV-1", COOKIE, "Bearer shared-secret"].map(str::to_owned);
    assert_eq!(asked, [wanted]);
}

/// Some scripts set cookies that are not ASCII; all of a browser's cookies are in one header.
#[tokio::test]
async fn cookies_are_passed_on_byte_by_byte() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let keep = received.clone();
    let order = move |headers: HeaderMap| {
        let cookies = headers.get_all(header::COOKIE).iter();
        keep.lock().expect("a list").extend(cookies.map(|cookie| cookie.as_bytes().to_vec()));
        let order = json!({ "order": "INV-1", "amount": "15000", "currency": "IDR" });
        std::future::ready(axum::Json(order))
    };
    let url = serve(Router::new().fallback(order)).await;
    let shop = Shop::with(|config| {
        config.orders =
            Some(OrdersConfig { lookup_url: format!("{url}/{{order}}"), lookup_secret: None });
    })
    .await;
    let cookie = "session=ayu; city=الرياض; name=José".as_bytes();
    let value = header::HeaderValue::from_bytes(cookie).expect("a header");
    let request = shop.http.get(format!("{}/api/checkout?order=INV-1", shop.url));
    assert_eq!(answer(request.header(header::COOKIE, value)).await.status, 200);
    assert_eq!(*received.lock().expect("a list"), [cookie]);
}

#[tokio::test]
async fn an_order_its_payment_and_its_status_are_the_owners_alone() {
    let store = Store::open().await;
    for cookie in [None, Some("session=budi")] {
        store.checkout("INV-1", cookie).await.problem(404, "not_found");
        store.create("INV-1", cookie).await.problem(404, "not_found");
    }
    assert!(store.shop.ledger().await.is_empty());
    let payment = store.create("INV-1", Some(COOKIE)).await.payment(201);
    let id = payment["id"].as_str().expect("an id");
    assert_eq!(payment["base_amount"]["value"], "15000");
    for (cookie, is_owner) in [(Some(COOKIE), true), (None, false), (Some("session=budi"), false)] {
        let status = store.get(&format!("/api/payments/{id}?order=INV-1"), cookie).await;
        let page = store.get("/pay/INV-1", cookie).await;
        if is_owner {
            assert_eq!(status.payment(200)["id"], payment["id"]);
            assert_eq!(page.status, 200);
        } else {
            status.problem(404, "not_found");
            assert_eq!(page.status, 404);
        }
    }
    // A signed token needs nobody to be asked.
    let token = store.shop.order("INV-2", "15000", "IDR");
    let before = store.asked.lock().expect("a list").len();
    assert_eq!(store.checkout(&token, None).await.status, 200);
    assert_eq!(store.asked.lock().expect("a list").len(), before);
}

#[tokio::test]
async fn what_the_shop_denies_is_not_known_and_what_it_cannot_say_may_be_asked_again() {
    let store = Store::open().await;
    for order in ["INV-401", "INV-403", "INV-404"] {
        store.checkout(order, Some(COOKIE)).await.problem(404, "not_found");
    }
    for order in [
        "INV-500",
        "INV-HTML",
        "INV-LONG",
        "INV-SLOW",
        "INV-LOGIN",
        "INV-FLOAT",
        "INV-ZERO",
        "INV-EXPONENT",
        "INV-OTHER",
        "INV-WHO",
    ] {
        let problem = store.checkout(order, Some(COOKIE)).await.problem(503, "internal");
        assert_eq!(problem["retryable"], true, "{order}");
        store.create(order, Some(COOKIE)).await.problem(503, "internal");
        let page = store.get(&format!("/pay/{order}"), Some(COOKIE)).await;
        assert_eq!(page.status, 503, "{order}");
    }
    assert!(store.shop.ledger().await.is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let store = Store::open().await;
    store.checkout("INV-LOGIN", Some(COOKIE)).await.problem(503, "internal");
    let asked = store.asked.lock().expect("a list").clone();
    assert_eq!(asked.len(), 1, "{asked:?}");
}

#[tokio::test]
async fn an_id_stays_in_its_place_of_the_address() {
    let store = Store::open().await;
    let odd = "../INV?# 1";
    let payment = store.create(odd, Some(COOKIE)).await.payment(201);
    assert_eq!(payment["order"], odd);
    let asked = store.asked.lock().expect("a list").clone();
    assert_eq!(asked[0][0], "/paywith/order/..%2FINV%3F%23%201");
    // The page without JavaScript finds back to itself.
    let page = store.get("/pay/..%2FINV%3F%23%201", Some(COOKIE)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("/pay/..%2FINV%3F%23%201"), "{}", page.text);
    let before = store.asked.lock().expect("a list").len();
    for id in ["..", ".", "INV\n1", " INV-1", &"a".repeat(101)] {
        store.checkout(id, Some(COOKIE)).await.problem(404, "not_found");
    }
    assert_eq!(store.asked.lock().expect("a list").len(), before, "nobody was asked");
}

#[tokio::test]
async fn without_a_look_up_a_bare_id_is_nothing() {
    let shop = Shop::open().await;
    shop.get("/api/checkout?order=INV-1").await.problem(404, "not_found");
}

/// Kashier's part: keeps who pays, and makes a session.
async fn make_session(
    State(customers): State<Arc<Mutex<Vec<Value>>>>,
    axum::Json(body): axum::Json<Value>,
) -> axum::Json<Value> {
    customers.lock().expect("a list").push(body["customer"].clone());
    axum::Json(json!({
        "_id": "session-1",
        "sessionUrl": "http://localhost/pay/session-1",
        "status": "CREATED",
        "order": body["order"],
        "amount": body["amount"],
        "currency": body["currency"],
    }))
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn kashier_is_told_the_customer_whom_the_shop_names_and_else_a_guest() {
    for (named, email, name) in [
        (
            json!({ "email": "ayu@shop.example", "name": "Ayu W." }),
            "ayu@shop.example",
            Some("Ayu W."),
        ),
        (json!({ "email": " ayu@shop.example " }), "ayu@shop.example", None),
        (json!({ "name": "Ayu" }), "guest@example.com", Some("Ayu")),
        (json!({ "email": "nobody", "name": "" }), "guest@example.com", None),
        (json!({ "email": "a@b", "name": "Ayu\n" }), "guest@example.com", Some("Ayu")),
        (json!({ "email": "a b@c.example", "name": 7 }), "guest@example.com", None),
        (json!({ "email": format!("{}@c.example", "a".repeat(250)) }), "guest@example.com", None),
        (json!("ayu@shop.example"), "guest@example.com", None),
        (Value::Null, "guest@example.com", None),
    ] {
        let customers = Arc::new(Mutex::new(Vec::new()));
        let sessions = axum::routing::post(make_session);
        let kashier = Router::new().route("/v3/payment/sessions", sessions);
        let kashier = serve(kashier.with_state(customers.clone())).await;
        let order =
            json!({ "order": "INV-1", "amount": "165.50", "currency": "EGP", "customer": named });
        let order = Router::new().fallback(move || std::future::ready(axum::Json(order.clone())));
        let shop_url = serve(order).await;
        let shop = Shop::with(|config| {
            config.kashier.as_mut().expect("kashier").base_url = kashier.clone();
            config.orders = Some(OrdersConfig {
                lookup_url: format!("{shop_url}/{{order}}"),
                lookup_secret: None,
            });
        })
        .await;
        shop.create("key-customer", "INV-1", "kashier").await.payment(201);
        let told = customers.lock().expect("a list").remove(0);
        assert_eq!((&told["email"], &told["name"]), (&json!(email), &json!(name)), "{named}");
        assert_eq!(told.get("name").is_some(), name.is_some(), "no empty member: {told}");
    }
}
