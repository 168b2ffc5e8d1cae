//! The one place that knows all four providers: whose reader takes an answer, and whose parameters
//! come back in an address. A fifth provider is a file of its own and a line in each `match` here.
//!
//! A body with the key `action` is the contract's own `Payment`; everything else is read as the
//! native answer of the attempt's provider. The shape alone never decides whose answer it is.

use crate::answer::{Answer, Asked, Read, Unreadable, refused, same_id};
use crate::{cashi, cashii, cashpay, kashier};
use paywith_protocol::{Payment, Problem, Provider};

impl<'a> Asked<'a> {
    /// A question about `order` with the usual page and units.
    pub fn about(order: &'a str) -> Asked<'a> {
        Asked {
            order,
            id: None,
            sent_order: None,
            cashii_account: None,
            price: None,
            return_url: None,
            cashii_page: cashii::HOSTED_PAGE,
            cashii_exponent: cashii::EXPONENT,
            cashpay_exponent: cashpay::EXPONENT,
        }
    }
}

/// The payment that a create answer is about.
///
/// # Errors
/// Everything but a payment of this provider. After [`Unreadable::NotJson`] and
/// [`Unreadable::Field`] a payment may exist all the same: ask again with the same key.
pub fn read_create(
    provider: Provider,
    answer: &Answer<'_>,
    asked: &Asked<'_>,
) -> Result<Payment, Unreadable> {
    read(
        provider,
        answer,
        asked,
        match provider {
            Provider::Cashii => cashii::created,
            Provider::CashPay => cashpay::created,
            Provider::Kashier => kashier::created,
            Provider::Cashi => cashi::created,
        },
    )
}

/// The payment that a status answer is about.
///
/// # Errors
/// Everything but an answer about the payment that was asked for. An error says nothing about
/// the payment.
pub fn read_status(
    provider: Provider,
    answer: &Answer<'_>,
    asked: &Asked<'_>,
) -> Result<Payment, Unreadable> {
    read(
        provider,
        answer,
        asked,
        match provider {
            Provider::Cashii => cashii::status,
            Provider::CashPay => cashpay::status,
            Provider::Kashier => kashier::status,
            Provider::Cashi => cashi::status,
        },
    )
}

/// The contract's own answer where it is one; else the provider's, by its reader.
fn read(
    provider: Provider,
    answer: &Answer<'_>,
    asked: &Asked<'_>,
    native: fn(&Answer<'_>, &Asked<'_>) -> Read<Box<Payment>>,
) -> Result<Payment, Unreadable> {
    let payment = match read_contract(provider, answer, asked) {
        Ok(Some(payment)) => Ok(payment),
        Ok(None) => native(answer, asked),
        Err(error) => Err(error),
    };
    payment.map(|payment| *payment).map_err(|error| *error)
}

/// The contract's own answers: a payment, or a problem document. `None`: a native answer.
fn read_contract(
    provider: Provider,
    answer: &Answer<'_>,
    asked: &Asked<'_>,
) -> Read<Option<Box<Payment>>> {
    let is_ok = (200..300).contains(&answer.http_status);
    if !answer.is_json {
        return Err(match answer.http_status {
            408 | 425 | 429 | 500.. => refused("not JSON", true),
            401 | 403 | 404 | 405 | 410 => refused("not JSON", false),
            _ => Box::new(Unreadable::NotJson),
        });
    }
    if !is_ok && let Some(problem) = Problem::read(answer.http_status, answer.body) {
        return Err(Box::new(Unreadable::Problem(Box::new(problem))));
    }
    if is_ok && answer.body.get("action").is_some() {
        let payment = Box::new(Payment::read(answer.body)?);
        if payment.provider != provider {
            return Err(Unreadable::field("provider", "the provider that was asked"));
        }
        same_id(asked, &payment.id, "id")?;
        return Ok(Some(payment));
    }
    Ok(None)
}

/// The names of the query parameters that a provider may add to the return address.
pub fn return_parameters(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Cashii => cashii::RETURN_PARAMETERS,
        Provider::CashPay => cashpay::RETURN_PARAMETERS,
        Provider::Kashier => kashier::RETURN_PARAMETERS,
        Provider::Cashi => cashi::RETURN_PARAMETERS,
    }
}
