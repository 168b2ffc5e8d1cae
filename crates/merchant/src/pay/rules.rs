//! How a provider's answer changes a payment. Pure.

use crate::store::StoredPayment;
use paywith_protocol::{Payment, Review, Status};

/// A clock that is a little fast must not end a payment early.
const GRACE_MS: i64 = 1_000;

/// Applies an authenticated answer about this payment. `others` are the order's other payments.
///
/// `paid` requires that the amount and currency match, as far as the answer states them, and that
/// no other payment of the order brought money; otherwise a person must review it. Only `refunded`
/// replaces `paid`; a payment under review stays there until it is refunded.
pub(crate) fn apply(
    stored: &mut StoredPayment,
    others: &[StoredPayment],
    answer: &Payment,
    now_ms: i64,
) {
    stored.facts.merge(&answer.facts);
    if answer.status == Status::Refunded {
        // A full refund: the partial one that was known before is obsolete.
        stored.facts.refunded = None;
    }
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
        | Status::Refunded => stored.status = stored.status.merge(answer.status),
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
    stored.status = stored.status.merge(next);
    stored.paid_ms = Some(now_ms);
}

/// A pending payment whose time is over has expired: Cashi may keep saying PENDING. A payment that
/// has already ended (canceled, declined, expired) is not reopened by a pending answer.
pub(crate) fn let_time_pass(stored: &mut StoredPayment, now_ms: i64) {
    let is_over = stored.expires_ms.is_some_and(|at_ms| now_ms > at_ms + GRACE_MS);
    if stored.status == Status::Pending && is_over {
        stored.status = Status::Expired;
    }
}

/// There is no way to read this payment: all we can say is that it is being processed.
pub(crate) fn without_reading(stored: &mut StoredPayment) {
    if stored.status == Status::Pending {
        stored.status = Status::Processing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Creation;
    use paywith_protocol::{Money, PaymentId, Provider};

    const NOW_MS: i64 = 1_000_000;

    fn money(value: &str, currency: &str) -> Money {
        Money::parse(value, currency).expect("money")
    }

    fn stored(status: Status, review: Option<Review>) -> StoredPayment {
        StoredPayment {
            id: "pay_1".to_owned(),
            order_id: "INV-1".to_owned(),
            provider: Provider::Cashi,
            provider_order: "INV-1-0".to_owned(),
            creation: Creation::Made { provider_payment: "INV-1-0".to_owned() },
            status,
            review,
            price: money("15000", "IDR"),
            amount: money("15023", "IDR"),
            qr_payload: None,
            qr_image: None,
            redirect_url: None,
            checkout_url: None,
            return_url: None,
            created_ms: 0,
            expires_ms: None,
            paid_ms: None,
            superseded_by: None,
            webhook_token: None,
            next_check_ms: None,
            facts: paywith_protocol::ProviderFacts::default(),
        }
    }

    fn answer(status: Status, amount: Option<Money>) -> Payment {
        Payment {
            id: PaymentId::parse("INV-1-0").expect("an id"),
            order: None,
            merchant_name: None,
            provider: Provider::Cashi,
            status,
            amount,
            base_amount: None,
            action: None,
            expires_at: None,
            expires_in_ms: None,
            poll_after_ms: None,
            wait_ms: None,
            test: false,
            review: None,
            facts: paywith_protocol::ProviderFacts::default(),
        }
    }

    fn after(
        mut before: StoredPayment,
        others: &[StoredPayment],
        answer: &Payment,
    ) -> (Status, Option<Review>) {
        apply(&mut before, others, answer, NOW_MS);
        (before.status, before.review)
    }

    #[test]
    fn any_open_or_ended_payment_becomes_paid_by_the_right_amount_or_an_unsaid_one() {
        use Status::{Canceled, Expired, Failed, Paid, Pending, Processing};
        for before in [Pending, Processing, Failed, Canceled, Expired] {
            for amount in [None, Some(money("15023", "IDR")), Some(money("15023.00", "IDR"))] {
                let said = answer(Paid, amount);
                assert_eq!(after(stored(before, None), &[], &said), (Paid, None), "{before:?}");
            }
        }
    }

    #[test]
    fn another_amount_or_currency_needs_a_person() {
        // The order's price is not what the shopper was asked to pay, either.
        for amount in [money("15000", "IDR"), money("15024", "IDR"), money("15023", "EGP")] {
            let said = answer(Status::Paid, Some(amount));
            let expected = (Status::Processing, Some(Review::AmountMismatch));
            assert_eq!(after(stored(Status::Pending, None), &[], &said), expected, "{amount:?}");
        }
    }

    #[test]
    fn a_second_payment_that_brings_money_needs_a_person() {
        let twice = (Status::Processing, Some(Review::PaidTwice));
        for (other, expected) in [
            (stored(Status::Paid, None), twice),
            (stored(Status::Refunded, None), twice),
            (stored(Status::Processing, Some(Review::AmountMismatch)), twice),
            (stored(Status::Processing, None), (Status::Paid, None)),
            (stored(Status::Expired, None), (Status::Paid, None)),
        ] {
            let said = answer(Status::Paid, None);
            let others = std::slice::from_ref(&other);
            assert_eq!(after(stored(Status::Pending, None), others, &said), expected, "{other:?}");
        }
    }

    #[test]
    fn paid_is_left_for_refunded_only_and_keeps_the_time_of_the_money() {
        for next in Status::ALL {
            let mut payment = stored(Status::Paid, None);
            payment.paid_ms = Some(7);
            apply(&mut payment, &[], &answer(next, Some(money("1", "IDR"))), NOW_MS);
            let expected = if next == Status::Refunded { next } else { Status::Paid };
            let now = (payment.status, payment.review, payment.paid_ms);
            assert_eq!(now, (expected, None, Some(7)), "{next:?}");
        }
    }

    #[test]
    fn a_review_stays_until_the_money_is_given_back() {
        for review in [Review::AmountMismatch, Review::PaidTwice, Review::Other] {
            for next in Status::ALL {
                let refunded = next == Status::Refunded;
                let expected = if refunded { next } else { Status::Processing };
                let before = stored(Status::Processing, Some(review));
                let now = after(before, &[], &answer(next, None));
                assert_eq!(now, (expected, Some(review)), "{next:?}");
            }
        }
    }

    #[test]
    fn a_pending_answer_opens_nothing_again_and_ends_only_what_is_over() {
        for before in Status::ALL {
            let now = after(stored(before, None), &[], &answer(Status::Pending, None));
            assert_eq!(now, (before, None));
        }
        for (expires_ms, expected) in [
            (NOW_MS + 1, Status::Pending),
            (NOW_MS, Status::Pending),
            (NOW_MS - GRACE_MS, Status::Pending),
            (NOW_MS - GRACE_MS - 1, Status::Expired),
        ] {
            let before =
                StoredPayment { expires_ms: Some(expires_ms), ..stored(Status::Pending, None) };
            assert_eq!(after(before, &[], &answer(Status::Pending, None)), (expected, None));
        }
    }

    #[test]
    fn only_a_pending_payment_is_processing_for_want_of_reading() {
        for before in Status::ALL {
            let mut payment = stored(before, None);
            without_reading(&mut payment);
            let expected = if before == Status::Pending { Status::Processing } else { before };
            assert_eq!(payment.status, expected, "{before:?}");
        }
    }
}
