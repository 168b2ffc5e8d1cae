//! What the readers of all providers share: the HTTP answer, what was asked, and the checks that an
//! answer is about that.
//!
//! It knows no provider; `dispatch` knows all four.

pub(crate) use crate::unreadable::{Read, Unreadable, refused};
use paywith_protocol::{Json, Money, Payment, PaymentId, Provider};

/// One HTTP answer of a provider, or of a backend that relays it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub http_status: u16,
    /// The body; [`Json::Null`] when it was not JSON.
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

/// Refuses a native answer with an HTTP error. 408, 425, 429 and 5xx may succeed later.
pub(crate) fn refuse_http_error(answer: &Answer<'_>) -> Read<()> {
    if (200..300).contains(&answer.http_status) {
        return Ok(());
    }
    let retryable = matches!(answer.http_status, 408 | 425 | 429 | 500..);
    Err(refused(message_of(answer.body), retryable))
}

/// The provider's own error message, from whichever of the known fields holds it.
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

/// An answer must be about the order that was sent.
pub(crate) fn same_order(asked: &Asked<'_>, order: Option<&str>, field: &'static str) -> Read<()> {
    match (asked.sent_order, order) {
        (Some(sent), Some(order)) if sent != order => {
            Err(Unreadable::field(field, "the order that was sent"))
        }
        (Some(_) | None, _) => Ok(()),
    }
}

/// A pending payment with its id and order; the provider's reader fills in the rest.
pub(crate) fn new_payment(provider: Provider, id: PaymentId, asked: &Asked<'_>) -> Box<Payment> {
    let mut payment = Box::new(Payment::new(id, provider));
    payment.order = Some(asked.order.to_owned());
    payment
}
