//! `GET /openapi.json`: the contract for machines, written by hand.
//!
//! `tests/openapi.rs` compares it with the routes, and `cargo xtask test contract` with what they
//! answer.

use axum::http::header;
use axum::response::IntoResponse;

pub(crate) async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("../../openapi.json"))
}
