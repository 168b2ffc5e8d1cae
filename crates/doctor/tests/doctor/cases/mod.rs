//! What a wrong backend answers: a case for each rule, in the order of [`paywith_doctor::rules`],
//! and more where a rule has several sides.

mod making;
mod reading;

use crate::shop::Passing;
use crate::wrong::Case;
use axum::http::{HeaderValue, StatusCode, header};
use paywith_protocol::Provider;
use serde_json::{Value, json};

/// Every case.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    making::CASES.iter().chain(&reading::CASES)
}

const fn case(rule: &'static str, change: crate::shop::Change) -> Case {
    Case { rule, provider: Provider::Cashi, cookie: None, inward: |path| path, change }
}

const fn of_kashier(case: Case) -> Case {
    Case { provider: Provider::Kashier, ..case }
}

const fn with_session(case: Case) -> Case {
    Case { cookie: Some(SESSION), ..case }
}

const fn with_inward(inward: crate::shop::Inward, case: Case) -> Case {
    Case { inward, ..case }
}

const NO_ORDER: &str = "no-order-of-this-shop";
pub(crate) const SESSION: &str = "session=5f0c1b7e";

impl Passing {
    fn is_checkout(&self) -> bool {
        self.path.starts_with("/api/checkout")
    }

    fn is_create(&self) -> bool {
        self.path == "/api/payments"
    }

    /// A create call for the second provider that names the first payment.
    fn is_supersede(&self) -> bool {
        self.is_create() && self.sent.contains(r#""supersedes":"pay_"#)
    }

    fn is_cancel(&self) -> bool {
        self.path.contains("/cancel")
    }

    /// A status call under the payment's own path.
    fn is_status(&self) -> bool {
        self.path.starts_with("/api/payments/pay_") && !self.is_cancel()
    }

    fn is_payment(&self) -> bool {
        self.json.get("action").is_some()
    }

    fn is_problem(&self, code: &str) -> bool {
        self.json["code"] == code
    }

    /// A call without the session; browsers send none with OPTIONS.
    pub(crate) fn is_of_a_stranger(&self) -> bool {
        self.asked.get(header::COOKIE).is_none_or(|cookie| cookie != SESSION)
            && !self.asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    fn answer(&mut self, status: StatusCode, json: Value) {
        self.status = status;
        self.json = json;
    }

    fn accept(&mut self) {
        self.answer(StatusCode::CREATED, json!({ "id": "pay_accepted", "action": null }));
    }

    pub(crate) fn not_found(&mut self) {
        self.kind("application/problem+json");
        self.answer(StatusCode::NOT_FOUND, json!({ "code": "not_found", "retryable": false }));
    }

    fn kind(&mut self, kind: &'static str) {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
}
