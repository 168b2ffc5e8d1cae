//! The long wait: a status call is held until something changes, never longer than it may be, and
//! never at the price of an answer.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, answer};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Far longer than any answer here takes, far shorter than the waits that are interrupted.
const PATIENCE: Duration = Duration::from_secs(20);
const LONG: Duration = Duration::from_secs(600);

/// A shop that reads its provider once at the beginning of a wait and then not again.
async fn shop_that_hears_only() -> Shop {
    Shop::with(|config| {
        config.wait = LONG;
        config.poll_after = LONG;
    })
    .await
}

/// A payment of this order, and its token.
async fn begun(shop: &Shop, order: &str) -> (String, Value) {
    let token = shop.order(order, "15000", "IDR");
    let payment = shop.create(&format!("key-{order}"), &token, "cashi").await.payment(201);
    (token, payment)
}

/// A status call that waits, as a task.
fn held(
    shop: &Shop,
    token: &str,
    payment: &Value,
    status: &str,
    wait: Duration,
) -> JoinHandle<Answer> {
    let id = payment["id"].as_str().expect("an id");
    let query = format!("order={token}&status={status}&wait_ms={}", wait.as_millis());
    let request = shop.http.get(format!("{}/api/payments/{id}?{query}", shop.url));
    tokio::spawn(async move { answer(request).await })
}

async fn in_time(call: JoinHandle<Answer>) -> Answer {
    let answer = tokio::time::timeout(PATIENCE, call).await.expect("an answer in time");
    answer.expect("a call")
}

/// Returns when the provider has been read so often about this order.
async fn read_times(shop: &Shop, order: &str, times: u64) {
    let begun = Instant::now();
    while shop.rows_of(order).await[0]["reads"].as_u64().expect("a number") < times {
        assert!(begun.elapsed() < PATIENCE, "the provider is not read");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_held_call_is_answered_when_somebody_else_sees_the_money() {
    let shop = shop_that_hears_only().await;
    let (token, payment) = begun(&shop, "INV-HELD").await;
    let call = held(&shop, &token, &payment, "pending", LONG);
    read_times(&shop, "INV-HELD", 1).await;
    shop.happens(&shop.rows_of("INV-HELD").await[0], "settle").await;
    assert!(!call.is_finished(), "nobody has looked yet");
    assert_eq!(shop.word(&token, &payment).await, "paid");
    assert_eq!(in_time(call).await.payment(200)["status"], "paid");
}

#[tokio::test]
async fn a_provider_that_posts_nothing_is_read_while_a_call_is_held() {
    let shop = Shop::with(|config| {
        config.wait = LONG;
        config.poll_after = Duration::from_millis(20);
    })
    .await;
    let (token, payment) = begun(&shop, "INV-READ").await;
    let call = held(&shop, &token, &payment, "pending", LONG);
    read_times(&shop, "INV-READ", 3).await;
    shop.happens(&shop.rows_of("INV-READ").await[0], "settle").await;
    assert_eq!(in_time(call).await.payment(200)["status"], "paid");
}

#[tokio::test]
async fn a_call_is_held_as_long_as_it_asks_and_not_longer_than_it_may_be() {
    let shop = shop_that_hears_only().await;
    let (token, payment) = begun(&shop, "INV-LONG").await;
    assert_eq!(payment["wait_ms"], 600_000);
    let begun_at = Instant::now();
    let asked = Duration::from_millis(300);
    let answer = in_time(held(&shop, &token, &payment, "pending", asked)).await;
    assert_eq!(answer.payment(200)["status"], "pending");
    // The ends of waits are spread, a quarter of the time at most.
    assert!(begun_at.elapsed() >= asked - asked / 4);

    let capped = Shop::with(|config| config.wait = Duration::from_millis(300)).await;
    let (token, payment) = begun(&capped, "INV-CAP").await;
    let now = in_time(held(&capped, &token, &payment, "pending", LONG)).await.payment(200);
    assert_eq!((&now["status"], &now["wait_ms"]), (&"pending".into(), &300.into()));
}

#[tokio::test]
async fn what_the_caller_does_not_know_yet_is_answered_at_once() {
    let shop = shop_that_hears_only().await;
    let (token, payment) = begun(&shop, "INV-NEWS").await;
    for known in ["expired", "processing", "paid"] {
        let answer = in_time(held(&shop, &token, &payment, known, LONG)).await;
        assert_eq!(answer.payment(200)["status"], "pending", "{known}");
    }
    let id = payment["id"].as_str().expect("an id");
    let path = format!("/api/payments/{id}?order={token}&wait_ms=600000");
    let silent = tokio::time::timeout(PATIENCE, shop.get(&path)).await.expect("in time");
    assert_eq!(silent.payment(200)["status"], "pending", "who says nothing knows nothing");
    for odd in ["x", "-1", "99999999999999999999999", ""] {
        let path = format!("/api/payments/{id}?order={token}&status=pending&wait_ms={odd}");
        let odd = tokio::time::timeout(PATIENCE, shop.get(&path)).await.expect("in time");
        assert_eq!(odd.payment(200)["status"], "pending");
    }
}

#[tokio::test]
async fn without_a_long_wait_none_is_offered_and_none_is_had() {
    let shop = Shop::with(|config| {
        config.wait = Duration::ZERO;
        config.poll_after = LONG;
    })
    .await;
    let (token, payment) = begun(&shop, "INV-OFF").await;
    assert_eq!(payment.get("wait_ms"), None);
    let now = in_time(held(&shop, &token, &payment, "pending", LONG)).await.payment(200);
    assert_eq!((&now["status"], now.get("wait_ms")), (&"pending".into(), None));
}

#[tokio::test]
async fn a_provider_that_hangs_holds_a_call_no_longer_than_it_asked() {
    let shop = Shop::with(|config| config.provider_deadline = LONG).await;
    let (token, payment) = begun(&shop, "INV-HANG").await;
    shop.fault("cashi", "status", "hang").await;
    let asked = Duration::from_millis(200);
    let answer = in_time(held(&shop, &token, &payment, "pending", asked)).await;
    assert_eq!(answer.payment(200)["status"], "pending");
}

#[tokio::test]
async fn one_change_answers_everybody_and_the_provider_was_read_once_for_all() {
    let shop = Shop::with(|config| {
        config.wait = LONG;
        config.poll_after = Duration::from_millis(20);
        config.read_interval = LONG;
    })
    .await;
    let (token, payment) = begun(&shop, "INV-ALL").await;
    let hold = |_| held(&shop, &token, &payment, "pending", LONG);
    let calls: Vec<_> = (0..30).map(hold).collect();
    read_times(&shop, "INV-ALL", 1).await;
    shop.cancel(&token, &payment).await.payment(200);
    for call in calls {
        assert_eq!(in_time(call).await.payment(200)["status"], "canceled");
    }
    assert_eq!(shop.rows_of("INV-ALL").await[0]["reads"], 1);
}

#[tokio::test]
async fn above_the_most_that_may_wait_the_answer_comes_at_once() {
    let shop = Shop::with(|config| {
        config.wait = LONG;
        config.poll_after = LONG;
        config.most_waiting = 1;
    })
    .await;
    let (token, payment) = begun(&shop, "INV-MOST").await;
    let first = held(&shop, &token, &payment, "pending", LONG);
    read_times(&shop, "INV-MOST", 1).await;
    let second = in_time(held(&shop, &token, &payment, "pending", LONG)).await;
    assert_eq!(second.payment(200)["status"], "pending");
    assert!(!first.is_finished());
    // Whoever hangs up makes room for the next.
    first.abort();
    let begun_at = Instant::now();
    loop {
        let next = held(&shop, &token, &payment, "pending", LONG);
        tokio::time::sleep(Duration::from_millis(100)).await;
        if !next.is_finished() {
            break;
        }
        assert!(begun_at.elapsed() < PATIENCE, "nobody may wait any more");
    }
}

/// A status read by somebody who has the payment under this tag.
async fn read_again(shop: &Shop, token: &str, payment: &Value, etag: &str) -> Answer {
    let id = payment["id"].as_str().expect("an id");
    let request = shop.http.get(format!("{}/api/payments/{id}?order={token}", shop.url));
    answer(request.header("if-none-match", etag)).await
}

#[tokio::test]
async fn what_the_caller_has_already_is_not_sent_again() {
    let shop = Shop::open().await;
    let (token, payment) = begun(&shop, "INV-TAG").await;
    let first = shop.status(&token, &payment).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    let again = read_again(&shop, &token, &payment, &etag).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    assert_eq!(again.header("etag"), etag);
    let other = read_again(&shop, &token, &payment, "W/\"0\"").await;
    assert_eq!((other.status, other.header("etag")), (200, etag.as_str()));
    shop.happens(&shop.rows_of("INV-TAG").await[0], "settle").await;
    let paid = read_again(&shop, &token, &payment, &etag).await;
    assert_eq!(paid.payment(200)["status"], "paid");
    assert_ne!(paid.header("etag"), etag);
}

#[tokio::test]
async fn a_slow_provider_is_asked_no_more_at_a_time_than_may_be() {
    let shop = Shop::with(|config| {
        config.wait = LONG;
        config.provider_deadline = LONG;
        config.provider_reads = 2;
    })
    .await;
    shop.fault("cashi", "status", "hang").await;
    let asked = Duration::from_secs(1);
    let mut calls = Vec::new();
    for number in 0..5 {
        let (token, payment) = begun(&shop, &format!("INV-LINE-{number}")).await;
        calls.push(held(&shop, &token, &payment, "pending", asked));
    }
    for call in calls {
        assert_eq!(in_time(call).await.payment(200)["status"], "pending");
    }
    let reads = |row: &Value| row["reads"].as_u64().expect("a number");
    let rows = shop.rows_of("INV-LINE").await;
    assert_eq!(rows.iter().map(reads).sum::<u64>(), 2, "the others were held, not begun");
}

#[tokio::test]
async fn who_waits_for_a_provider_that_posts_does_not_make_it_be_read_each_time() {
    let shop = Shop::with(|config| {
        config.webhooks = true;
        config.poll_after = Duration::from_millis(10);
    })
    .await;
    let token = shop.order("INV-POSTS", "2000", "YER");
    let payment = shop.create("key-INV-POSTS", &token, "cashpay").await.payment(201);
    for _ in 0..4 {
        let asked = Duration::from_millis(100);
        let answer = in_time(held(&shop, &token, &payment, "pending", asked)).await;
        assert_eq!(answer.payment(200)["status"], "pending");
    }
    assert_eq!(shop.rows_of("INV-POSTS").await[0]["reads"], 1);
    let call = held(&shop, &token, &payment, "pending", LONG);
    shop.happens(&shop.rows_of("INV-POSTS").await[0], "settle").await;
    assert_eq!(in_time(call).await.payment(200)["status"], "paid");
}

/// The status stays the same, but the shopper sees something else.
#[tokio::test]
async fn a_review_that_the_first_reading_brings_is_answered_at_once() {
    let mut read_path = None;
    let mut shop = Shop::with(|config| {
        config.wait = LONG;
        config.poll_after = LONG;
        read_path = config.cashpay.as_mut().expect("cashpay").read_path.take();
    })
    .await;
    let token = shop.order("INV-REVIEW", "2000", "YER");
    let payment = shop.create("key-INV-REVIEW", &token, "cashpay").await.payment(201);
    assert_eq!(shop.word(&token, &payment).await, "processing", "it cannot be read");
    shop.happens(&shop.rows_of("INV-REVIEW").await[0], "settle").await;
    shop.fault("cashpay", "status", "other_amount").await;
    shop.config.cashpay.as_mut().expect("cashpay").read_path = read_path;
    shop.restart().await;
    let now = in_time(held(&shop, &token, &payment, "processing", LONG)).await.payment(200);
    assert_eq!((&now["status"], &now["review"]), (&"processing".into(), &"amount_mismatch".into()));
}
