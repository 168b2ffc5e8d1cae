//! Checks over HTTP whether a merchant backend follows the Paywith contract.
//!
//! It deliberately knows nothing of any backend's inside: it asks what the widget and a browser
//! would ask, and judges the answers. It makes a payment of one order and pays none. Start at
//! [`examine`]; [`rules`] lists what is promised, and each group of rules has its own file.
//!
//! # Example
//!
//! Most people use the program, `paywith-doctor`. From a test of your own:
//!
//! ```no_run
//! use paywith_doctor::{Plan, examine};
//! use paywith_protocol::Provider;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let plan = Plan::new("http://127.0.0.1:8090/api", "TOKEN", Provider::Cashi, None)?;
//! let report = examine(&plan).await?;
//! assert!(!report.differs(), "{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! What a backend does wrong is a [`Finding`]. [`ExamineError`] means that nothing was examined.

mod browsers;
mod checkout;
mod creating;
mod ending;
mod made;
mod plan;
mod reading;
mod replaying;
mod report;
mod return_urls;
pub mod rules;
mod sessions;
mod shape;
mod superseding;
mod visit;
mod waiting;
mod wire;

pub use plan::{Cookie, Origin, Plan};
pub use report::{Finding, Kind, Report, Row, Summary};

use std::fmt;
use visit::Visit;

/// Why nothing was examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExamineError {
    /// The backend did not answer the first request.
    Unreachable {
        /// Where it was expected.
        endpoint: String,
        /// What happened instead.
        cause: String,
    },
    /// This machine cannot make requests.
    NoClient {
        /// What is missing.
        cause: String,
    },
}

impl fmt::Display for ExamineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExamineError::Unreachable { endpoint, cause } => {
                write!(formatter, "{endpoint} does not answer: {cause}")
            }
            ExamineError::NoClient { cause } => {
                write!(formatter, "this machine cannot make requests: {cause}")
            }
        }
    }
}

impl std::error::Error for ExamineError {}

/// Tests every rule that can be tested from outside.
///
/// # Errors
/// When nothing can be examined: the backend cannot be reached.
pub async fn examine(plan: &Plan) -> Result<Report, ExamineError> {
    let mut visit = Visit::new(plan)?;
    let offer = checkout::look(&mut visit).await?;
    let made = creating::create(&mut visit, &offer).await;
    checkout::conclude(&mut visit, &offer, made.is_some());
    if let Some(made) = made {
        reading::read(&mut visit, &made).await;
        sessions::look(&mut visit, &made).await;
        waiting::wait(&mut visit, &made).await;
        checkout::resume(&mut visit, &offer, &made).await;
        let second = superseding::supersede(&mut visit, &made).await;
        ending::cancel(&mut visit, second.as_ref().unwrap_or(&made)).await;
    }
    browsers::look(&mut visit).await;
    visit.judge_answers();
    Ok(visit.into_report())
}

#[cfg(test)]
mod tests {
    use super::{Plan, Report, examine};

    /// A test of somebody else's may run it in a task of its own.
    #[test]
    fn the_examination_can_move_between_threads() {
        fn is_send(_: impl Future<Output = Result<Report, super::ExamineError>> + Send) {}
        let plan = Plan::new("https://shop.example", "T", paywith_protocol::Provider::Cashi, None);
        is_send(examine(&plan.expect("a plan")));
    }
}
