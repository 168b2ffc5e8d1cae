//! Errors as RFC 9457 problem documents.

use super::trace::request_id;
use crate::pay::{PayError, problem};
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use paywith_protocol::{Problem, code};
use serde::Serialize;
use std::any::Any;

/// A problem, and the id of the request.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// An error answer.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Problem>);

impl ApiError {
    pub(crate) fn new(code: &str, status: u16, title: &str, detail: &str) -> ApiError {
        ApiError(Box::new(problem(code, status, title, detail)))
    }

    /// One answer for "no such order", "no such payment" and "not yours".
    pub(crate) fn not_found() -> ApiError {
        let detail = "no such order or payment, or no proof that it is yours: check `order`";
        ApiError::new(code::NOT_FOUND, 404, "Not found", detail)
    }

    pub(crate) fn bad_request(detail: &str) -> ApiError {
        ApiError::new(code::BAD_REQUEST, 400, "The request cannot be read", detail)
    }

    pub(crate) fn internal() -> ApiError {
        ApiError::new(code::INTERNAL, 500, "The backend failed", "see its log")
    }
}

impl From<PayError> for ApiError {
    fn from(error: PayError) -> ApiError {
        match error {
            PayError::Problem(problem) => ApiError(problem),
            PayError::Database(error) => {
                tracing::error!(%error, "the database failed");
                ApiError::new(code::INTERNAL, 503, "The database is not available", "")
            }
            PayError::Broken => ApiError::internal(),
            PayError::NoRandomness => {
                tracing::error!("the machine gives no randomness");
                ApiError::internal()
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        PayError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Problem { status, retry_after_ms, .. } = *self.0;
        let told = Told { problem: *self.0, request_id: request_id() };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(told)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(retry_after_ms) = retry_after_ms {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_ms.div_ceil(1_000)));
        }
        response
    }
}

/// The fallback for paths that do not exist.
pub(crate) async fn unknown_route() -> ApiError {
    ApiError::new(code::NOT_FOUND, 404, "Not found", "there is no such address")
}

/// The fallback for methods that an address does not accept.
pub(crate) async fn wrong_method() -> ApiError {
    ApiError::new(code::BAD_REQUEST, 405, "Wrong method", "this address takes another method")
}

/// A bug of ours: the caller gets an answer, the log gets the location.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    ApiError::internal().into_response()
}
