//! One HTTP request to a machine's own router, without a network in between.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt;

pub(super) struct Answer {
    pub(super) status: u16,
    /// `null` if it is not JSON.
    pub(super) body: Value,
}

pub(super) async fn call(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.expect("a router always answers");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }
}
