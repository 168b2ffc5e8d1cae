//! What is wrong about orders, new payments, their money and their replacement.

use super::{NO_ORDER, case, of_kashier};
use crate::wrong::Case;
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

pub(super) static CASES: [Case; 26] = [
    case("checkout: order, amount, providers, payment", |passing| {
        if passing.is_checkout() && passing.status.is_success() {
            passing.json["providers"] = json!("cashi");
        }
    }),
    case("checkout: not cached", |passing| {
        if passing.is_checkout() {
            passing.headers.remove(header::CACHE_CONTROL);
        }
    }),
    case("checkout: an unknown order is 404", |passing| {
        if passing.is_checkout() && passing.path.contains(NO_ORDER) {
            passing.status = StatusCode::FORBIDDEN;
        }
    }),
    case("checkout: the open payment, to resume", |passing| {
        if passing.is_checkout() && passing.status.is_success() {
            passing.json["payment"] = Value::Null;
        }
    }),
    case("create: a new payment is 201", |passing| {
        if passing.is_create() {
            passing.kind("text/html");
            passing.answer(StatusCode::OK, Value::Null);
            passing.text = "<!doctype html><title>Please log in</title>".to_owned();
        }
    }),
    case("create: a Payment that the widget reads", |passing| {
        if passing.is_create() && passing.is_payment() {
            passing.json["status"] = json!("waiting");
        }
    }),
    case("create: a Payment that the widget reads", |passing| {
        if passing.is_create() && passing.is_payment() {
            passing.json["review"] = json!("amount_mismatch");
        }
    }),
    case("create: a Payment that the widget reads", |passing| {
        if passing.is_create() && passing.is_payment() {
            passing.json["expires_at"] = json!("2026-11-20T07:35:00");
        }
    }),
    case("create: a Payment that the widget reads", |passing| {
        if passing.is_create() && passing.is_payment() {
            passing.json["id"] = json!("../\u{1b}pay");
        }
    }),
    case("create: not cached", |passing| {
        if passing.is_create() {
            passing.headers.remove(header::CACHE_CONTROL);
        }
    }),
    case("create: no key is 400", |passing| {
        if passing.is_problem("idempotency_key_missing") {
            passing.accept();
        }
    }),
    case("create: an unknown order is 404", |passing| {
        if passing.is_create() && passing.sent.contains(NO_ORDER) {
            passing.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
    }),
    case("create: a new key finds the live payment, 200", |passing| {
        if passing.is_create() && passing.status == StatusCode::OK {
            passing.status = StatusCode::CREATED;
        }
    }),
    case("create: another provider is 409 payment_open", |passing| {
        if let Some(problem) = passing.json.as_object_mut() {
            problem.remove("payment");
        }
    }),
    of_kashier(case("create: a foreign return_url is refused", |passing| {
        if passing.sent.contains("https://foreign.invalid/cart") {
            passing.accept();
        }
    })),
    of_kashier(case("create: a look-alike return_url is refused", |passing| {
        if passing.sent.contains(r#""https://shop.example.foreign.invalid"#) {
            passing.accept();
        }
    })),
    of_kashier(case("create: a look-alike return_url is refused", |passing| {
        if passing.sent.contains(r#""javascript:"#) {
            passing.accept();
        }
    })),
    case("create: a bad return_url stops no code", |passing| {
        if passing.sent.contains("foreign.invalid") {
            passing.answer(StatusCode::BAD_REQUEST, json!({ "code": "bad_request" }));
        }
    }),
    case("money: exact decimal strings, one currency", |passing| {
        if passing.is_payment() {
            passing.json["amount"]["value"] = json!(15_023);
        }
    }),
    case("money: exact decimal strings, one currency", |passing| {
        if passing.is_payment() {
            passing.json["base_amount"]["currency"] = json!("USD");
        }
    }),
    case("money: the price that the checkout names", |passing| {
        if passing.is_payment() {
            passing.json["base_amount"]["value"] = json!("14000");
        }
    }),
    case("replay: the same key is the same payment", |passing| {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if passing.is_create() && passing.is_payment() {
            let count = COUNT.fetch_add(1, SeqCst);
            if count > 0 {
                passing.json["id"] = json!(format!("pay_{count}"));
            }
        }
    }),
    case("replay: the same key for another request is 422", |passing| {
        if passing.is_problem("idempotency_mismatch") {
            passing.accept();
        }
    }),
    case("replay: two at once are one payment", |passing| {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if passing.is_supersede() && passing.is_payment() {
            passing.json["id"] = json!(format!("pay_{}", COUNT.fetch_add(1, SeqCst)));
        }
    }),
    case("supersede: another provider takes over", |passing| {
        if passing.is_supersede() {
            passing.answer(StatusCode::CONFLICT, json!({ "code": "payment_open" }));
        }
    }),
    case("supersede: the replaced payment can be read", |passing| {
        static SUPERSEDED: AtomicBool = AtomicBool::new(false);
        SUPERSEDED.fetch_or(passing.is_supersede(), SeqCst);
        if SUPERSEDED.load(SeqCst) && passing.path.contains("provider=cashi") {
            passing.not_found();
        }
    }),
];
