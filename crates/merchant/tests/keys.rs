//! One key, one payment: retries, lost answers, parallel requests, restarts.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{ORDERS, Shop, body};
use serde_json::{Value, json};

#[tokio::test]
async fn the_same_key_twice_is_one_payment_at_every_provider() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in ORDERS {
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        let key = format!("key-{provider}");
        let first = shop.create(&key, &token, provider).await.payment(201);
        let again = shop.create(&key, &token, provider).await.payment(200);
        assert_eq!(again["id"], first["id"]);
        assert_eq!(again["action"], first["action"]);
        let rows = shop.rows_of(&order).await;
        assert_eq!(rows.len(), 1, "{provider}");
        assert_eq!(rows[0]["creates"], 1, "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_requests_with_one_key_or_with_many_make_one_payment() {
    let shop = Shop::open().await;
    for is_one_key in [true, false] {
        for (provider, amount, currency) in ORDERS {
            let order = format!("INV-{provider}-{is_one_key}");
            let token = shop.order(&order, amount, currency);
            let key = |number: u32| {
                let number = if is_one_key { 0 } else { number };
                format!("key-{order}-{number}")
            };
            let mut calls = tokio::task::JoinSet::new();
            for number in 0..8 {
                let request = shop.http.post(format!("{}/api/payments", shop.url));
                let request = request.header("content-type", "application/json");
                let request = request.header("idempotency-key", key(number));
                calls.spawn(common::answer(request.body(body(&token, provider).to_string())));
            }
            let answers = calls.join_all().await;
            let made = answers.iter().filter(|answer| answer.status == 201).count();
            let met = answers.iter().filter(|answer| answer.status == 200).count();
            assert_eq!((made, met), (1, 7), "{order}");
            let ids: Vec<Value> =
                answers.iter().map(|answer| answer.json()["id"].clone()).collect();
            assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
            assert_eq!(shop.rows_of(&order).await.len(), 1, "{order}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_is_met_again_where_the_provider_takes_our_reference() {
    let shop = Shop::open().await;
    for (provider, fault) in [
        ("cashi", "lost_answer"),
        ("cashi", "truncated"),
        ("kashier", "lost_answer"),
        ("kashier", "truncated"),
    ] {
        let (_, amount, currency) =
            ORDERS.into_iter().find(|(id, ..)| *id == provider).expect("one");
        let order = format!("INV-{provider}-{fault}");
        let token = shop.order(&order, amount, currency);
        let key = format!("key-{order}");
        shop.fault_once(provider, "create", fault).await;
        let lost = shop.create(&key, &token, provider).await;
        let problem = lost.problem(503, "provider_unreachable");
        assert_eq!(problem["retryable"], true);
        assert_eq!(lost.header("retry-after"), "2");

        let payment = shop.create(&key, &token, provider).await.payment(201);
        let rows = shop.rows_of(&order).await;
        assert_eq!((rows.len(), &rows[0]["creates"]), (1, &json!(2)), "{order}");
        shop.happens(&rows[0], "settle").await;
        assert_eq!(shop.word(&token, &payment).await, "paid");
    }
}

#[tokio::test]
async fn a_lost_answer_elsewhere_leaves_one_that_nobody_was_told_of() {
    let shop = Shop::open().await;
    for (provider, amount, currency) in &ORDERS[..2] {
        let order = format!("INV-{provider}-1");
        let token = shop.order(&order, amount, currency);
        let key = format!("key-{order}");
        shop.fault_once(provider, "create", "lost_answer").await;
        shop.create(&key, &token, provider).await.problem(503, "provider_unreachable");
        assert_eq!(shop.checkout(&token).await.json()["payment"], Value::Null);
        let payment = shop.create(&key, &token, provider).await.payment(201);
        let again = shop.create(&key, &token, provider).await.payment(200);
        assert_eq!(again["id"], payment["id"]);
        // The second one is ours: paying it is what counts.
        let rows = shop.rows_of(&order).await;
        assert_eq!(rows.len(), 2, "{provider}");
        shop.happens(&rows[1], "settle").await;
        assert_eq!(shop.word(&token, &payment).await, "paid");
    }
}

#[tokio::test]
async fn a_create_call_that_hangs_ends_at_the_deadline_and_can_be_retried() {
    let shop = Shop::with(|config| {
        config.provider_deadline = std::time::Duration::from_millis(300);
    })
    .await;
    let token = shop.order("INV-HANG", "15000", "IDR");
    shop.fault_once("cashi", "create", "hang").await;
    shop.create("key-hang", &token, "cashi").await.problem(503, "provider_unreachable");
    shop.create("key-hang", &token, "cashi").await.payment(201);
    assert_eq!(shop.rows_of("INV-HANG").await.len(), 1);
}

#[tokio::test]
async fn a_browser_that_hangs_up_does_not_break_the_attempt_off() {
    let shop = Shop::open().await;
    let token = shop.order("INV-HUNG-UP", "2000", "YER");
    let matching = json!({ "provider": "cashpay", "call": "create" });
    shop.add_fault(json!({ "match": matching, "fault": "late", "delay_ms": 400 })).await;
    let request = shop.http.post(format!("{}/api/payments", shop.url));
    let request = request.header("content-type", "application/json");
    let request = request.header("idempotency-key", "key-hung-up");
    let request = request.timeout(std::time::Duration::from_millis(150));
    let gone = request.body(body(&token, "cashpay").to_string()).send().await;
    assert!(gone.is_err_and(|error| error.is_timeout()));
    let payment = shop.create("key-hung-up", &token, "cashpay").await.payment(200);
    assert_eq!(shop.checkout(&token).await.json()["payment"]["id"], payment["id"]);
    assert_eq!(shop.rows_of("INV-HUNG-UP").await.len(), 1);
}

#[tokio::test]
async fn a_key_whose_answer_was_lost_does_not_make_a_second_live_payment() {
    let shop = Shop::open().await;
    let token = shop.order("INV-LATE-KEY", "2000", "YER");
    shop.fault_once("cashpay", "create", "500").await;
    shop.create("key-first", &token, "cashpay").await.problem(503, "provider_unreachable");
    let payment = shop.create("key-second", &token, "cashpay").await.payment(201);
    // The first key is retried by the browser that never saw an answer.
    let retried = shop.create("key-first", &token, "cashpay").await.payment(200);
    assert_eq!(retried["id"], payment["id"]);
    let rows = shop.rows_of("INV-LATE-KEY").await;
    assert_eq!(rows.len(), 1);
    shop.happens(&rows[0], "settle").await;
    assert_eq!(shop.word(&token, &payment).await, "paid");
    let refused = shop.create("key-first", &token, "cashpay").await;
    refused.problem(409, "already_paid");
    assert_eq!(shop.rows_of("INV-LATE-KEY").await.len(), 1);
}

#[tokio::test]
async fn a_key_is_bound_to_order_provider_and_supersedes_and_to_nothing_else() {
    let shop = Shop::open().await;
    let token = shop.order("INV-BOUND", "15000", "IDR");
    let first = shop.create("key-bound", &token, "cashi").await.payment(201);

    let mut other_return = body(&token, "cashi");
    other_return["return_url"] = json!("https://shop.example/other?paywith=key");
    other_return["locale"] = json!("id");
    let replay = shop.create_with("key-bound", &other_return).await.payment(200);
    assert_eq!(replay["id"], first["id"]);

    let foreign = shop.order("INV-OTHER", "15000", "IDR");
    let mut superseding = body(&token, "cashi");
    superseding["supersedes"] = first["id"].clone();
    for other in [body(&foreign, "cashi"), body(&token, "kashier"), superseding] {
        let refused = shop.create_with("key-bound", &other).await;
        refused.problem(422, "idempotency_mismatch");
    }
    assert_eq!(shop.ledger().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sent_for_two_orders_at_once_is_never_a_broken_database() {
    let shop = Shop::open().await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..8 {
        let token = shop.order(&format!("INV-{number}"), "15000", "IDR");
        let request = shop.http.post(format!("{}/api/payments", shop.url));
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", "key-shared");
        calls.spawn(common::answer(request.body(body(&token, "cashi").to_string())));
    }
    let mut made = 0;
    for answer in calls.join_all().await {
        let code = answer.json()["code"].as_str().map(str::to_owned);
        match (answer.status, code.as_deref()) {
            (201, None) => made += 1,
            (409, Some("idempotency_in_progress")) | (422, Some("idempotency_mismatch")) => {}
            other => panic!("{other:?}: {}", answer.text),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(shop.ledger().await.len(), 1);
}

#[tokio::test]
async fn a_missing_or_odd_key_is_refused_before_anything_is_asked() {
    let shop = Shop::open().await;
    let token = shop.order("INV-KEY", "15000", "IDR");
    for key in ["", "short", "with space in it", "semi;colon;key", &"k".repeat(129)] {
        let refused = shop.create(key, &token, "cashi").await;
        refused.problem(400, "idempotency_key_missing");
    }
    let request = shop.http.post(format!("{}/api/payments", shop.url));
    let request = request.header("content-type", "application/json");
    let bare = common::answer(request.body(body(&token, "cashi").to_string())).await;
    bare.problem(400, "idempotency_key_missing");
    assert_eq!(shop.ledger().await.len(), 0);
}

#[tokio::test]
async fn payments_and_keys_outlive_a_restart() {
    let mut shop = Shop::open().await;
    let open = shop.order("INV-OPEN", "15000", "IDR");
    let first = shop.create("key-open", &open, "cashi").await.payment(201);
    let lost = shop.order("INV-LOST", "165.50", "EGP");
    shop.fault_once("kashier", "create", "lost_answer").await;
    shop.create("key-lost", &lost, "kashier").await.problem(503, "provider_unreachable");
    let paid = shop.order("INV-PAID", "2000", "YER");
    let settled = shop.create("key-paid", &paid, "cashpay").await.payment(201);
    shop.happens(&shop.rows_of("INV-PAID").await[0], "settle").await;
    assert_eq!(shop.word(&paid, &settled).await, "paid");

    shop.restart().await;
    let again = shop.create("key-open", &open, "cashi").await.payment(200);
    assert_eq!((&again["id"], &again["action"]), (&first["id"], &first["action"]));
    assert_eq!(shop.checkout(&open).await.json()["payment"]["id"], first["id"]);
    shop.create("key-lost", &lost, "kashier").await.payment(201);
    assert_eq!(shop.rows_of("INV-LOST").await.len(), 1);
    shop.fault("cashpay", "status", "500").await;
    assert_eq!(shop.word(&paid, &settled).await, "paid");
    shop.create("key-more", &paid, "cashpay").await.problem(409, "already_paid");
}
