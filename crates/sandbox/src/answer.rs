//! The few shapes of HTTP answers, and the reading of headers and bodies, that all providers
//! share. It knows no provider's words.

use axum::Json;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

/// An answer that refuses a call, small enough to be an error.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The provider's own error object.
    pub(crate) body: Value,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        json(self.status, self.body)
    }
}

/// The text of a header, or the empty string.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What follows `Bearer ` in `Authorization`, or the empty string.
pub(crate) fn bearer(headers: &HeaderMap) -> &str {
    header(headers, "authorization").strip_prefix("Bearer ").unwrap_or_default()
}

/// A request body as a type; the error is one sentence for the caller's developer.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|flaw| format!("The body could not be read: {flaw}."))
}
