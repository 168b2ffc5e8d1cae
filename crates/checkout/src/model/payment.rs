//! The payment that is tracked: what is known of it, what an answer changes in it, and its polling pace.
//!
//! It does not know whether it is on the screen, nor how the screen shows it.

use super::pace::Pace;
use crate::time::{Deadline, Now};
use paywith_protocol::{Action, Money, Payment, PaymentId, Provider, Review, Status};
use paywith_qris::Payee;

/// Within this time two answers may well name the same time left.
const SAME_ANSWER_MS: u64 = 5_000;

/// A payment that exists, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct TrackedPayment {
    /// The backend's id.
    pub(crate) id: PaymentId,
    /// The order as the backend calls it.
    pub(crate) order: Option<String>,
    /// Who takes the money; `None` where an address or an older record did not say.
    pub(crate) provider: Option<Provider>,
    /// What the last answer said, as far as [`Status::merge`] lets it through.
    pub(crate) status: Status,
    /// What is to be paid, exactly.
    pub(crate) amount: Option<Money>,
    /// The order's price, before a unique code was added.
    pub(crate) base_amount: Option<Money>,
    /// What the shopper does next: scan a code, or go to a hosted page.
    pub(crate) action: Option<Action>,
    /// Who is paid, as the backend says.
    pub(crate) merchant_name: Option<String>,
    /// Who is paid, as the code on the screen says.
    pub(crate) payee: Payee,
    /// The shopper's app may ask for a tip beside the code's amount.
    pub(crate) asks_for_tip: bool,
    /// Why a person must look at money that has come.
    pub(crate) review: Option<Review>,
    /// Play money.
    pub(crate) test: bool,
    /// When the code expires, RFC 3339, for display only: what counts is `deadline`.
    pub(crate) expires_at: Option<String>,
    /// When the code expires, by the device's clocks from the time left that an answer named.
    pub(crate) deadline: Option<Deadline>,
    /// The time left as the last answer named it, in ms, and when.
    pub(crate) last_time_left: Option<(u64, Now)>,
    /// When it is asked about next.
    pub(crate) pace: Pace,
    /// The longest wait that the backend takes with a status call, in ms.
    pub(crate) wait_ms: Option<u64>,
    /// When it was last answered about in this document, on the monotonic clock.
    pub(crate) answered_at_ms: Option<u64>,
    /// A status answer in this document has confirmed that it exists.
    pub(crate) is_confirmed: bool,
    /// An earlier document of this browser has received the `paid` event for it.
    pub(crate) was_paid_event_sent: bool,
    /// It ended, or was replaced, before it was paid.
    pub(crate) is_late: bool,
}

impl TrackedPayment {
    /// A payment known by its id alone: from storage, or from the address bar.
    pub(crate) fn by_id(id: PaymentId, provider: Option<Provider>) -> Box<TrackedPayment> {
        Box::new(TrackedPayment {
            id,
            order: None,
            provider,
            status: Status::Pending,
            amount: None,
            base_amount: None,
            action: None,
            merchant_name: None,
            payee: Payee::default(),
            asks_for_tip: false,
            review: None,
            test: false,
            expires_at: None,
            deadline: None,
            last_time_left: None,
            pace: Pace::fresh(),
            wait_ms: None,
            answered_at_ms: None,
            is_confirmed: false,
            was_paid_event_sent: false,
            is_late: false,
        })
    }

    /// Whether an answer names the very time left that another one named some time ago: it comes from a
    /// cache, or from a backend that does not count, and must not put the end off.
    fn repeats_time_left(&self, left_ms: u64, now: Now) -> bool {
        self.last_time_left.is_some_and(|(answered_at_ms, told_at)| {
            // By the clock that nobody sets.
            let passed_ms = now.monotonic_ms.saturating_sub(told_at.monotonic_ms);
            answered_at_ms == left_ms && passed_ms > SAME_ANSWER_MS
        })
    }

    /// Its time is over.
    pub(crate) fn is_out_of_time(&self, now: Now) -> bool {
        self.deadline.is_some_and(|deadline| deadline.left_ms(now) == 0)
    }

    /// It ended without success, as the backend says.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.status, Status::Expired | Status::Failed | Status::Canceled)
    }

    /// Takes over what an answer says. What it does not say stays: a native status answer has
    /// neither action nor price. The status obeys [`Status::merge`]. The answer may be `age_ms` old.
    pub(crate) fn apply(&mut self, payment: &Payment, now: Now, age_ms: u64) {
        self.answered_at_ms = Some(now.monotonic_ms);
        self.provider = Some(payment.provider);
        self.status = self.status.merge(payment.status);
        self.order = payment.order.clone().or(self.order.take());
        self.wait_ms = payment.wait_ms;
        self.amount = payment.amount.or(self.amount);
        self.base_amount = payment.base_amount.or(self.base_amount);
        self.action = payment.action.clone().or(self.action.take());
        self.merchant_name = payment.merchant_name.clone().or(self.merchant_name.take());
        self.review = payment.review;
        self.test = payment.test || self.test;
        self.expires_at = payment.expires_at.clone().or(self.expires_at.take());
        if let Some(left_ms) = payment.expires_in_ms
            && !self.repeats_time_left(left_ms, now)
        {
            self.deadline = Some(Deadline::after(now, left_ms.saturating_sub(age_ms)));
            self.last_time_left = Some((left_ms, now));
        }
        if let Some(least_gap_ms) = payment.poll_after_ms {
            self.pace.least_gap_ms = least_gap_ms.min(60_000);
        }
    }
}
