//! What is wrong about payments that there are, and about every answer.

use super::{NO_ORDER, case, with_inward, with_session};
use crate::wrong::Case;
use axum::http::{HeaderValue, StatusCode, header};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

pub(super) static CASES: [Case; 27] = [
    case("status: the same payment", |passing| {
        if passing.is_status() && passing.is_payment() {
            passing.json["id"] = json!("pay_other");
        }
    }),
    case("status: not cached", |passing| {
        passing.headers.remove(header::CACHE_CONTROL);
    }),
    case("status: an id in the query", |passing| {
        if passing.path.contains("/payments/_?") {
            passing.not_found();
        }
    }),
    case("status: an unknown id is 404", |passing| {
        if passing.path.contains("nobody_made") {
            passing.status = StatusCode::INTERNAL_SERVER_ERROR;
        }
    }),
    case("status: an unsafe id is refused", |passing| {
        if passing.path.contains("id=%3F") {
            passing.accept();
        }
    }),
    case("status: a payment of another order is 404", |passing| {
        if passing.is_status() && passing.path.contains(NO_ORDER) {
            passing.accept();
        }
    }),
    case("status: expires_in_ms goes down, never up", |passing| {
        static LEFT: AtomicU64 = AtomicU64::new(500_000);
        if passing.json.get("expires_in_ms").is_some() {
            passing.json["expires_in_ms"] = json!(LEFT.fetch_add(1_000, SeqCst));
        }
    }),
    with_session(case("session: a stranger cannot read it, 404", |passing| {
        if passing.is_create() && passing.is_of_a_stranger() {
            passing.not_found();
        }
    })),
    with_session(case("session: a stranger cannot read it, 404", |passing| {
        if !passing.is_checkout() && passing.is_of_a_stranger() {
            passing.not_found();
        }
    })),
    with_session(case("session: a stranger cannot pay it, 404", |passing| {
        if !passing.is_create() && passing.is_of_a_stranger() {
            passing.not_found();
        }
    })),
    with_inward(
        |path| path.replace("wait_ms=", "hurry="),
        case("wait: held for wait_ms while nothing changes", |passing| {
            if passing.is_payment() {
                passing.json["wait_ms"] = json!(25_000);
            }
        }),
    ),
    with_inward(
        |path| path.replace("status=processing", "status=pending"),
        case("wait: answered at once when the status differs", |passing| {
            if passing.is_payment() {
                passing.json["wait_ms"] = json!(3_000);
            }
        }),
    ),
    case("etag: a match is 304 or the payment", |passing| {
        if passing.status == StatusCode::NOT_MODIFIED {
            passing.status = StatusCode::PRECONDITION_FAILED;
        }
    }),
    case("etag: another tag is the payment, 200", |passing| {
        if passing.asked.contains_key(header::IF_NONE_MATCH) {
            passing.status = StatusCode::NOT_MODIFIED;
        }
    }),
    case("cancel: the payment, or 404", |passing| {
        if passing.is_cancel() && passing.is_payment() {
            passing.json["status"] = json!("failed");
        }
    }),
    case("cancel: an id in the query", |passing| {
        if passing.path.contains("/payments/_/cancel") {
            passing.not_found();
        }
    }),
    case("cancel: a payment of another order is 404", |passing| {
        if passing.is_cancel() && passing.path.contains(NO_ORDER) {
            passing.accept();
        }
    }),
    case("cancel: the payment can still be read", |passing| {
        static CANCELED: AtomicBool = AtomicBool::new(false);
        CANCELED.fetch_or(passing.is_cancel() && passing.is_payment(), SeqCst);
        if CANCELED.load(SeqCst) && passing.is_status() {
            passing.not_found();
        }
    }),
    case("cors: the shop may send its headers", |passing| {
        passing.headers.remove(header::ACCESS_CONTROL_ALLOW_HEADERS);
    }),
    case("cors: the shop may read every answer", |passing| {
        if passing.status.is_client_error() {
            passing.headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        }
    }),
    case("cors: the shop may read retry-after, date, etag", |passing| {
        passing.headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
    }),
    case("cors: a foreign origin may not", |passing| {
        if passing.asked.contains_key(header::ORIGIN) {
            let everybody = HeaderValue::from_static("*");
            passing.headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody);
        }
    }),
    case("cors: a foreign origin may not", |passing| {
        if passing.asked.get(header::ORIGIN).is_some_and(|origin| origin == "null") {
            let nobody = HeaderValue::from_static("null");
            passing.headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, nobody);
        }
    }),
    case("answers: application/json", |passing| {
        if passing.is_cancel() {
            passing.kind("text/html; charset=utf-8");
        }
    }),
    case("errors: problem documents", |passing| {
        if passing.status.is_client_error() {
            passing.kind("text/plain");
        }
    }),
    case("errors: problem documents", |passing| {
        if passing.is_problem("not_found") {
            passing.json["retry_after_ms"] = json!("soon");
        }
    }),
    case("errors: problem documents", |passing| {
        if passing.is_problem("idempotency_mismatch") {
            passing.json["status"] = json!(400);
        }
    }),
];
