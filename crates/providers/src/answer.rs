//! What the readers of all providers share: the HTTP answer, what was asked, why an answer cannot
//! be read as a payment, and how ids and refusals are read.
//!
//! It knows no provider; `dispatch` knows all four.

use paywith_protocol::{Json, Money, Payment, PaymentId, Problem, Provider, ReadError, whole_text};
use std::fmt;

/// One HTTP answer of a provider, or of a backend that relays it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub http_status: u16,
    /// The body; [`Json::Null`] when it was no JSON.
    pub body: &'a Json,
    /// Whether the body was JSON.
    pub is_json: bool,
    /// The `Date` header, where it can be read.
    pub date: Option<&'a str>,
}

/// What the call was about.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The order reference.
    pub order: &'a str,
    /// Whose status was asked; `None` for create calls.
    pub id: Option<&'a PaymentId>,
    /// The order reference that was sent to the provider: another one in the answer is refused.
    /// `None` where a relay chose it.
    pub sent_order: Option<&'a str>,
    /// The merchant's own account at Cashii: a payment to another one is refused.
    pub cashii_account: Option<&'a str>,
    /// What the order costs, as far as the caller knows.
    pub price: Option<Money>,
    /// Where the shopper comes back to, for create calls.
    pub return_url: Option<&'a str>,
    /// Cashii's hosted page, usually [`HOSTED_PAGE`](crate::cashii::HOSTED_PAGE).
    pub cashii_page: &'a str,
    /// Decimals of Cashii's integer amounts, usually [`EXPONENT`](crate::cashii::EXPONENT).
    pub cashii_exponent: u8,
    /// Decimals of CashPay's integer amounts, usually [`EXPONENT`](crate::cashpay::EXPONENT).
    pub cashpay_exponent: u8,
}

/// Why an answer is no payment. None of these says that a payment failed.
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
            Unreadable::NotJson => formatter.write_str("the answer is no JSON"),
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

/// What a reader in here answers. Boxed: an error that is handed on by `?` at every second line is
/// a pointer then, and not two dozen bytes to be moved each time.
pub(crate) type Read<T> = Result<T, Box<Unreadable>>;

impl From<ReadError> for Box<Unreadable> {
    fn from(error: ReadError) -> Box<Unreadable> {
        Box::new(Unreadable::Field(error))
    }
}

pub(crate) fn refused(message: &str, retryable: bool) -> Box<Unreadable> {
    Box::new(Unreadable::Refused { message: message.to_owned(), retryable })
}

/// A native answer with an HTTP error: the provider said no, or the moment was wrong.
pub(crate) fn refuse_http_error(answer: &Answer<'_>) -> Read<()> {
    if (200..300).contains(&answer.http_status) {
        return Ok(());
    }
    let retryable = matches!(answer.http_status, 408 | 425 | 429 | 500..);
    Err(refused(message_of(answer.body), retryable))
}

/// The provider's own words about an error, wherever it put them.
pub(crate) fn message_of(body: &Json) -> &str {
    let places = [
        body.get("message"),
        body.get("error").and_then(|error| error.get("explanation")),
        body.get("error").and_then(|error| error.get("message")),
        body.get("error"),
        body.get("messages").and_then(|messages| messages.get("en")),
    ];
    places.into_iter().flatten().find_map(Json::as_str).unwrap_or("the provider refused")
}

/// A status answer must be about the payment that was asked for.
pub(crate) fn same_id(asked: &Asked<'_>, id: &PaymentId, field: &'static str) -> Read<()> {
    match asked.id {
        Some(expected) if expected != id => {
            Err(Unreadable::field(field, "the payment that was asked for"))
        }
        Some(_) | None => Ok(()),
    }
}

/// An identifier that arrives as text or as a whole number below 2^53; larger numbers have lost
/// digits on the way and are refused.
pub(crate) fn id_at(object: &Json, field: &'static str) -> Read<PaymentId> {
    let expected = "an identifier, as text or as a number below 2^53";
    let text = match object.get_present(field) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Integer(number)) => whole_text(*number),
        Some(
            Json::Null
            | Json::Bool(_)
            | Json::Fraction(_)
            | Json::UnreadableNumber
            | Json::Array(_)
            | Json::Object(_),
        )
        | None => return Err(Unreadable::field(field, expected)),
    };
    PaymentId::parse(&text).ok_or_else(|| Unreadable::field(field, expected))
}

/// A text, or a whole number as text; `None` for an absent, empty or odd value.
pub(crate) fn word_at(object: &Json, field: &str) -> Option<String> {
    match object.get_present(field)? {
        Json::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Json::Integer(number) => Some(whole_text(*number)),
        Json::Null
        | Json::Bool(_)
        | Json::Fraction(_)
        | Json::UnreadableNumber
        | Json::Array(_)
        | Json::Object(_) => None,
    }
}

/// A truth value, or one as relays hand it on that read from a database: `1`, `"1"`, `"true"`.
pub(crate) fn read_flag(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(value) => Some(*value),
        Json::Integer(1) => Some(true),
        Json::Integer(0) => Some(false),
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Json::Null
        | Json::Integer(_)
        | Json::Fraction(_)
        | Json::UnreadableNumber
        | Json::Array(_)
        | Json::Object(_) => None,
    }
}

/// An answer about another order than the one that was sent is about no payment of ours.
pub(crate) fn same_order(asked: &Asked<'_>, order: Option<&str>, field: &'static str) -> Read<()> {
    match (asked.sent_order, order) {
        (Some(sent), Some(order)) if sent != order => {
            Err(Unreadable::field(field, "the order that was sent"))
        }
        (Some(_) | None, _) => Ok(()),
    }
}

/// A payment with nothing but its id and order, to be filled by a provider's reader.
pub(crate) fn bare(provider: Provider, id: PaymentId, asked: &Asked<'_>) -> Box<Payment> {
    let mut payment = Box::new(Payment::new(id, provider));
    payment.order = Some(asked.order.to_owned());
    payment
}
