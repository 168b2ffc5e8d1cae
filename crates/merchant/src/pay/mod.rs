//! What the backend does about payments: creating one, learning the truth of one, showing one.
//!
//! It knows no HTTP routes. Two rules stand above everything: what is disclosed was committed
//! before, and `paid` comes only from a provider's own authenticated answer,
//! or from a verified post of it that says order, amount, currency and status.

mod create;
mod locks;
mod push;
mod rules;
mod show;
mod sweep;
mod truth;

pub(crate) use create::{Request, create};
pub(crate) use locks::Locks;
pub(crate) use push::hear;
pub(crate) use show::present;
pub(crate) use sweep::start as start_sweeping;
pub(crate) use truth::{cancel, read_truth};

use paywith_protocol::{Payment, Problem};

/// Why a request about a payment is refused.
#[derive(Debug)]
pub(crate) enum PayError {
    /// The answer for the caller.
    Problem(Box<Problem>),
    /// The database failed; the log says how.
    Database(sqlx::Error),
    /// The machine gives no randomness.
    NoRandomness,
}

impl From<sqlx::Error> for PayError {
    fn from(error: sqlx::Error) -> PayError {
        PayError::Database(error)
    }
}

impl From<crate::ids::NoRandomness> for PayError {
    fn from(_: crate::ids::NoRandomness) -> PayError {
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

fn refuse<T>(problem: Problem) -> Result<T, PayError> {
    Err(PayError::Problem(Box::new(problem)))
}

fn refuse_with<T>(problem: Problem, payment: Payment) -> Result<T, PayError> {
    refuse(Problem { payment: Some(payment), ..problem })
}
