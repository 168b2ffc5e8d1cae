//! What the backend does with payments: creating one, finding out its status, showing it.
//!
//! It knows no HTTP routes. Two rules come first: whatever is disclosed was committed before, and
//! `paid` comes only from a provider's own authenticated answer, or from a verified webhook that
//! states order, amount, currency and status.

mod audit;
mod change;
mod claims;
mod create;
mod forget;
mod locks;
mod pace;
mod qr_code;
mod reads;
mod refresh;
mod return_url;
mod rules;
mod show;
mod sweep;
mod wait;
mod webhook;

pub(crate) use create::{Created, Request, create};
pub(crate) use locks::Locks;
pub(crate) use qr_code::judge_code;
pub(crate) use reads::Reads;
pub(crate) use refresh::{CurrentPayment, cancel, refresh};
pub(crate) use show::present;
pub(crate) use sweep::{Sweeper, take};
pub(crate) use wait::wait;
pub(crate) use webhook::process_webhook;

use crate::environment::NoRandomness;
use crate::store::StoreError;
use paywith_protocol::{Payment, Problem, code as codes};
use std::time::Duration;

/// Why a request about a payment is refused.
#[derive(Debug)]
pub(crate) enum PayError {
    /// The answer for the caller.
    Problem(Box<Problem>),
    /// The database failed; the log says how.
    Database(StoreError),
    /// The machine provides no randomness.
    NoRandomness,
    /// One of our tasks ended halfway; the log says where.
    Broken,
}

impl From<StoreError> for PayError {
    fn from(error: StoreError) -> PayError {
        match error {
            StoreError::KeyTaken | StoreError::ClaimLost => being_worked_on(),
            error @ (StoreError::Database(_) | StoreError::Damaged { .. } | StoreError::InUse) => {
                PayError::Database(error)
            }
        }
    }
}

/// Requests for one order wait for each other; but the same key may come with another order, and
/// another process may be slow on this order. The caller's next try finds the result.
fn being_worked_on() -> PayError {
    let title = "This payment is being worked on";
    let refusal = problem(codes::IDEMPOTENCY_IN_PROGRESS, 409, title, "send the request again");
    let (retryable, retry_after_ms) = (true, Some(1_000));
    PayError::Problem(Box::new(Problem { retryable, retry_after_ms, ..refusal }))
}

impl From<NoRandomness> for PayError {
    fn from(_: NoRandomness) -> PayError {
        PayError::NoRandomness
    }
}

/// A problem with its code, HTTP status, title and remedy.
pub(crate) fn problem(code: &str, status: u16, title: &str, detail: &str) -> Problem {
    let retryable = matches!(status, 408 | 425 | 429) || status >= 500;
    Problem {
        code: code.to_owned(),
        status,
        title: title.to_owned(),
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
        retryable,
        retry_after_ms: retryable.then_some(2_000),
        payment: None,
    }
}

/// The caller may try again after this time.
pub(crate) fn rate_limited(wait: Duration) -> PayError {
    let wait_ms = u64::try_from(wait.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX);
    let title = "Too many requests";
    let refusal = problem(codes::RATE_LIMITED, 429, title, "wait as `retry_after_ms` says");
    PayError::Problem(Box::new(Problem { retry_after_ms: Some(wait_ms), ..refusal }))
}

fn refuse<T>(problem: Problem) -> Result<T, PayError> {
    Err(PayError::Problem(Box::new(problem)))
}

fn refuse_with<T>(problem: Problem, payment: Payment) -> Result<T, PayError> {
    refuse(Problem { payment: Some(payment), ..problem })
}
