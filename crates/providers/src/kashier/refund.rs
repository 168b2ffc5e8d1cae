//! How much of an order Kashier has refunded. Source: developers.kashier.io/payment/orderreconciliation.

use crate::amount::read_decimal;
use crate::answer::{Read, Unreadable};
use paywith_protocol::{Decimal, Json};

/// How much of the captured sum was refunded.
pub(super) enum Refund {
    /// No refund, or none that was captured before.
    Nothing,
    /// A part, in major units.
    Part(Decimal),
    /// At least what was captured.
    All,
}

/// By `totalRefundedAmount`, compared exactly with `totalCapturedAmount`.
pub(super) fn refund(order: &Json) -> Read<Refund> {
    let expected = "a decimal in major units";
    let total = |field: &'static str| match order.get_present(field) {
        None => Ok(None),
        Some(total) => match read_decimal(total) {
            Some(total) => Ok(Some(total).filter(|total| !total.is_zero())),
            None => Err(Unreadable::field(field, expected)),
        },
    };
    let Some(refunded) = total("totalRefundedAmount")? else { return Ok(Refund::Nothing) };
    match total("totalCapturedAmount")? {
        // Money that was never captured cannot have been refunded.
        None => Ok(Refund::Nothing),
        Some(captured) if refunded >= captured => Ok(Refund::All),
        Some(_) => Ok(Refund::Part(refunded)),
    }
}
