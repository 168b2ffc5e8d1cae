//! What a provider's answer makes of a payment. Pure.

use crate::store::StoredPayment;
use paywith_protocol::{Payment, Provider, Review, Status};

/// A clock that is a little fast must not end a payment early.
const GRACE_MS: i64 = 1_000;

/// Applies an authenticated answer about this payment. `others` are the order's other payments.
///
/// `paid` needs the amount and currency to match, as far as the answer says them, and no other
/// payment of the order that brought money; otherwise a person must look. `paid` absorbs all but
/// `refunded`; a payment under review stays there until it is refunded.
pub(crate) fn apply(
    stored: &mut StoredPayment,
    others: &[StoredPayment],
    answer: &Payment,
    now_ms: i64,
) {
    if stored.review.is_some() {
        if answer.status == Status::Refunded {
            stored.status = Status::Refunded;
        }
        return;
    }
    match answer.status {
        Status::Paid if stored.status != Status::Paid => pay(stored, others, answer, now_ms),
        Status::Pending => let_time_pass(stored, now_ms),
        Status::Paid
        | Status::Processing
        | Status::Failed
        | Status::Canceled
        | Status::Expired
        | Status::Refunded => stored.status = stored.status.then(answer.status),
    }
}

fn pay(stored: &mut StoredPayment, others: &[StoredPayment], answer: &Payment, now_ms: i64) {
    let is_other_amount = answer.amount.is_some_and(|amount| amount != stored.amount);
    let is_second = others.iter().any(StoredPayment::has_money);
    stored.review = if is_other_amount {
        Some(Review::AmountMismatch)
    } else if is_second {
        Some(Review::PaidTwice)
    } else {
        None
    };
    let next = if stored.review.is_some() { Status::Processing } else { Status::Paid };
    stored.status = stored.status.then(next);
    stored.paid_ms = Some(now_ms);
}

/// A pending payment whose time is over has expired: Cashi may go on saying PENDING. What ended
/// before (given up, declined, expired) is not opened again by a pending answer.
pub(crate) fn let_time_pass(stored: &mut StoredPayment, now_ms: i64) {
    let is_over = stored.expires_ms.is_some_and(|at_ms| now_ms > at_ms + GRACE_MS);
    if stored.status == Status::Pending && is_over {
        stored.status = Status::Expired;
    }
}

/// There is no way to read this payment: all that can be said is that it is being worked on.
pub(crate) fn without_reading(stored: &mut StoredPayment) {
    if stored.provider == Provider::CashPay && stored.status == Status::Pending {
        stored.status = Status::Processing;
    }
}
