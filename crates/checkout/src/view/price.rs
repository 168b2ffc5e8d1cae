//! The price that the page states, the price that the backend asks for, and the unique code between the two.

use super::model::Difference;
use crate::event::Config;
use crate::model::{Checkout, TrackedPayment};
use paywith_protocol::Money;

/// The 1 to 99 that Cashi adds, when amount and price differ by just that.
pub(super) fn unique_code(tracked: &TrackedPayment) -> Option<u64> {
    let (amount, price) = (tracked.amount?, tracked.base_amount?);
    if amount.currency != price.currency {
        return None;
    }
    let unique = amount.value.checked_sub(price.value)?.as_minor(0)?;
    (1..=99).contains(&unique).then_some(unique)
}

/// Two prices that the shopper should see side by side: the page states another one than the backend asks for,
/// or the amount differs from the price by more than a unique code.
pub(super) fn difference(checkout: &Checkout, tracked: &TrackedPayment) -> Option<Difference> {
    let amount = tracked.amount?;
    let price = tracked.base_amount.unwrap_or(amount);
    let stated = hint(checkout.config.as_ref()).unwrap_or(price);
    if stated != price {
        return Some(Difference { stated, asked: price });
    }
    let is_explained = amount == price || unique_code(tracked).is_some();
    (!is_explained).then_some(Difference { stated: price, asked: amount })
}

/// The price that the page stated, next to what the backend asks for.
pub(super) fn hint(config: Option<&Config>) -> Option<Money> {
    config.and_then(|config| config.hint)
}
