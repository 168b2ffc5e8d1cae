//! RFC 9457 problem documents, as the merchant backend answers errors.

use crate::json::Json;
use crate::payment::Payment;
use serde::Serialize;

/// The stable codes of the contract, as they stand in a problem's `code`.
pub mod code {
    /// A field of the request is missing or wrong; `detail` names it.
    pub const BAD_REQUEST: &str = "bad_request";
    /// No such order or payment, or not the caller's.
    pub const NOT_FOUND: &str = "not_found";
    /// The header `Idempotency-Key` is missing or not 8 to 128 plain characters.
    pub const IDEMPOTENCY_KEY_MISSING: &str = "idempotency_key_missing";
    /// The same key is being worked on; ask again.
    pub const IDEMPOTENCY_IN_PROGRESS: &str = "idempotency_in_progress";
    /// The same key came with another request.
    pub const IDEMPOTENCY_MISMATCH: &str = "idempotency_mismatch";
    /// The order has a live payment at another provider; the problem carries it as `payment`.
    pub const PAYMENT_OPEN: &str = "payment_open";
    /// The order is paid; the problem carries the payment.
    pub const ALREADY_PAID: &str = "already_paid";
    /// The provider is not configured, or does not take this currency.
    pub const PROVIDER_UNAVAILABLE: &str = "provider_unavailable";
    /// The amount is outside what the provider takes; `detail` names the limits.
    pub const AMOUNT_OUT_OF_RANGE: &str = "amount_out_of_range";
    /// `return_url` is not on one of the shop's own origins.
    pub const RETURN_URL_FORBIDDEN: &str = "return_url_forbidden";
    /// The provider refused the request.
    pub const PROVIDER_REFUSED: &str = "provider_refused";
    /// The code that the provider made does not pay whom the merchant has pinned.
    pub const UNSAFE_CODE: &str = "unsafe_code";
    /// The provider did not answer, or not in a way we can read.
    pub const PROVIDER_UNREACHABLE: &str = "provider_unreachable";
    /// Too many requests; wait as `retry_after_ms` says.
    pub const RATE_LIMITED: &str = "rate_limited";
    /// The backend itself failed.
    pub const INTERNAL: &str = "internal";
}

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// One of [`code`], or a code that another backend defines.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem in a few words.
    pub title: String,
    /// What happened and what to do, for a developer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// The pause before the next try, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The payment that blocks this one (`payment_open`, `already_paid`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
}

impl Problem {
    /// Reads a problem document that came with `http_status`; `None` when the object has no
    /// `code`, so that a provider's own error is not mistaken for one.
    ///
    /// Without `retryable`, 408, 425, 429 and all 5xx count as worth another try.
    pub fn read(http_status: u16, object: &Json) -> Option<Problem> {
        let text = |key: &str| object.get(key).and_then(Json::as_str).map(str::to_owned);
        let stated = object.get("retryable").and_then(Json::as_bool);
        Some(Problem {
            code: text("code")?,
            status: http_status,
            title: text("title").unwrap_or_default(),
            detail: text("detail"),
            retryable: stated.unwrap_or_else(|| worth_another_try(http_status)),
            retry_after_ms: object.get("retry_after_ms").and_then(Json::as_u64),
            payment: object.get_present("payment").and_then(|json| Payment::read(json).ok()),
        })
    }
}

/// Whether an HTTP status describes a passing condition rather than the payment.
fn worth_another_try(http_status: u16) -> bool {
    matches!(http_status, 408 | 425 | 429) || http_status >= 500
}
