//! Kashier (kashier.io, Egypt): a payment session and the hosted page it names.
//!
//! Amounts are decimal strings in major units. Every answer may come in an envelope whose `status`
//! judges the API call and never the payment; three words say that a payment succeeded, each in
//! its own place (`PAID`, `CAPTURED`, `SUCCESS`): see `words`.
//!
//! Sources: developers.kashier.io (payment/payment-sessions, payment/orderreconciliation,
//! payment/webhook) and Kashier's own sample code. Start at `create` and `status`.

mod create;
mod envelope;
mod pagination;
mod refund;
mod returns;
mod status;
mod words;

pub(crate) use create::created;
pub use envelope::responses;
pub use pagination::{Page, read_pagination};
pub use returns::{RETURN_PARAMETERS, return_signature_text};
pub(crate) use status::status;
pub use words::{order_word, return_word, session_word};

use crate::amount::{AmountError, minor_units};
use paywith_protocol::{Decimal, Money};

/// The amount as Kashier wants it: major units with two decimals, `"165.00"`.
///
/// # Errors
/// More than two decimals, or zero.
pub fn wire_amount(money: &Money) -> Result<String, AmountError> {
    let hundredths = minor_units(money, 2)?;
    let decimal = Decimal::from_minor(hundredths, 2);
    decimal.map(Decimal::to_text).ok_or(AmountError::Fraction { digits: 2 })
}
