//! Why an answer cannot be read as a payment. It knows no provider.

use paywith_protocol::{Problem, ReadError};
use std::fmt;

/// Why an answer is not a payment. None of these says that a payment failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// HTML, nothing, or JSON that breaks off.
    NotJson,
    /// JSON, but a field is missing, of the wrong type, or contradicts what was asked.
    Field(ReadError),
    /// The provider said no.
    Refused {
        /// Its own words, for developers.
        message: String,
        /// Whether the same call may succeed later.
        retryable: bool,
    },
    /// A backend that speaks the contract said no.
    Problem(Box<Problem>),
}

impl Unreadable {
    /// Whether the same call may succeed later.
    pub fn retryable(&self) -> bool {
        match self {
            Unreadable::NotJson | Unreadable::Field(_) => false,
            Unreadable::Refused { retryable, .. } => *retryable,
            Unreadable::Problem(problem) => problem.retryable,
        }
    }

    /// A stable word for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Unreadable::NotJson => "not_json",
            Unreadable::Field(_) => "unreadable_answer",
            Unreadable::Refused { .. } => "provider_refused",
            Unreadable::Problem(_) => "problem",
        }
    }

    pub(crate) fn field(field: &'static str, expected: &'static str) -> Box<Unreadable> {
        Box::new(Unreadable::Field(ReadError::new(field, expected)))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NotJson => formatter.write_str("the answer is not JSON"),
            Unreadable::Field(error) => error.fmt(formatter),
            Unreadable::Refused { message, .. } => formatter.write_str(message),
            Unreadable::Problem(problem) => {
                formatter.write_str(&problem.code)?;
                match &problem.detail {
                    Some(detail) => write!(formatter, ": {detail}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for Unreadable {}

/// The result of every reader here. The error is boxed: `?` then moves a pointer and not two dozen
/// bytes.
pub(crate) type Read<T> = Result<T, Box<Unreadable>>;

impl From<ReadError> for Box<Unreadable> {
    fn from(error: ReadError) -> Box<Unreadable> {
        Box::new(Unreadable::Field(error))
    }
}

/// A refusal with the provider's own message.
pub(crate) fn refused(message: &str, retryable: bool) -> Box<Unreadable> {
    Box::new(Unreadable::Refused { message: message.to_owned(), retryable })
}
