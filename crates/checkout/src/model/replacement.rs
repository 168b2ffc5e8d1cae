//! Which payment of the order is open, and which one a new payment would replace.
//!
//! Two payments that can both be paid are one too many. A backend that keeps payments sees to that itself;
//! one that only relays the provider's answers depends on what is said here (`supersedes`).

use super::checkout::Checkout;
use super::payment::TrackedPayment;
use crate::record::StoredPayment;
use paywith_protocol::PaymentId;

impl Checkout {
    /// The order's payment as this browser remembers it: open, as far as is known here.
    pub(crate) fn open_of_record(&self) -> Option<StoredPayment> {
        let seen = self.record.payment.as_ref()?;
        let is_open = |payment: &TrackedPayment| payment.id != seen.id || payment.status.is_open();
        let are_open = self.retired.iter().all(|retired| is_open(&retired.tracked))
            && self.shown().is_none_or(|(shown, _)| is_open(shown));
        are_open.then(|| seen.clone())
    }

    /// The same, while an address has led to another one.
    pub(crate) fn open_beside_shown(&self) -> Option<StoredPayment> {
        let (shown, _) = self.shown()?;
        self.open_of_record().filter(|seen| seen.id != shown.id)
    }

    /// The payment that a new one would replace: the one that the backend called open in this document,
    /// else the one that may be open as far as this browser remembers, else the last one.
    pub(crate) fn payment_to_replace(&self) -> Option<PaymentId> {
        let shown = self.shown().map(|(payment, _)| payment);
        let has_ended = |id: &PaymentId| {
            self.retired
                .iter()
                .any(|retired| retired.tracked.id == *id && retired.tracked.has_ended())
        };
        let told =
            shown.filter(|tracked| !tracked.has_ended()).or_else(|| self.last_answered_open());
        let last = || shown.map(|tracked| &tracked.id).or(self.record.payment_id()).cloned();
        told.map(|tracked| tracked.id.clone())
            .or_else(|| self.replaced_by_attempt(false).filter(|id| !has_ended(id)).cloned())
            .or_else(|| self.open_of_record().map(|seen| seen.id))
            .or_else(last)
    }

    /// What the record's attempt replaces, if it `is_answered`, or if it is not.
    fn replaced_by_attempt(&self, is_answered: bool) -> Option<&PaymentId> {
        let seen = self.record.payment.as_ref();
        let is_right = seen.is_some_and(|seen| seen.is_of_attempt) == is_answered;
        self.record.attempt.as_ref().filter(|_| is_right)?.supersedes.as_ref()
    }

    /// Of those that the backend has called open: the last one, which replaced the others, whichever was
    /// answered about last. It is the last attempt's, or the one that an attempt without an answer names.
    fn last_answered_open(&self) -> Option<&TrackedPayment> {
        let is_open = |tracked: &&TrackedPayment| {
            let is_replaced = self.replaced_by_attempt(true) == Some(&tracked.id);
            tracked.answered_at_ms.is_some() && tracked.status.is_open() && !is_replaced
        };
        let answered = self.record.payment.as_ref().filter(|seen| seen.is_of_attempt);
        let last = answered.map(|seen| &seen.id).or(self.replaced_by_attempt(false));
        let is_last = |tracked: &TrackedPayment| last == Some(&tracked.id);
        let known = self.retired.iter().map(|retired| &*retired.tracked);
        known.filter(is_open).max_by_key(|tracked| (is_last(tracked), tracked.answered_at_ms))
    }
}
