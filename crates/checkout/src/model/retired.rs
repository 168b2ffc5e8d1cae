//! Payments that were shown and are not shown any more: watched for 15 minutes more, because a shopper
//! who has saved a code can still pay it.
//!
//! What later documents remember of them is `memory.rs`.

use super::polling::RETIRED_WATCH_MS;
use super::{Checkout, TrackedPayment};
use crate::context::Context;
use crate::record::StoredPayment;
use crate::time::Deadline;
use paywith_protocol::{PaymentId, Provider};

/// What was watched longer ago than this is history.
const A_DAY_MS: u64 = 24 * 3_600_000;

/// A payment that was shown before.
#[derive(Clone, Debug)]
pub(crate) struct RetiredPayment {
    pub(crate) live: Box<TrackedPayment>,
    /// Monotonic; `u64::MAX` while it is being asked about, unless another look was asked for.
    pub(crate) due_at_ms: u64,
    pub(crate) until: Deadline,
    /// An address named another payment, which may turn out not to exist: then this one comes back.
    pub(crate) displaced_by_return: bool,
}

impl RetiredPayment {
    /// The next call about it, not later than one that is due already.
    pub(crate) fn due_by(&mut self, at_ms: u64) {
        self.due_at_ms = self.due_at_ms.min(at_ms);
    }
}

impl Checkout {
    pub(crate) fn retired(&self, id: &PaymentId) -> Option<&RetiredPayment> {
        self.old.iter().find(|old| old.live.id == *id)
    }

    pub(crate) fn retired_mut(&mut self, id: &PaymentId) -> Option<&mut RetiredPayment> {
        self.old.iter_mut().find(|old| old.live.id == *id)
    }

    /// Nothing of this payment is watched any more.
    pub(crate) fn drop_retired(&mut self, id: &PaymentId) {
        self.old.retain(|old| old.live.id != *id);
    }

    /// The payment is watched for 15 minutes from now on.
    pub(crate) fn retire(&mut self, context: &Context<'_>, mut live: Box<TrackedPayment>) {
        live.is_late = true;
        let until = Deadline::after(context.now, RETIRED_WATCH_MS);
        let due_at_ms = context.now.monotonic_ms + self.retired_gap_ms(context, &live.id);
        self.drop_retired(&live.id);
        self.old.push(RetiredPayment { live, due_at_ms, until, displaced_by_return: false });
    }

    /// An address names another payment: this one is watched, and comes back should that one not exist.
    pub(crate) fn displace(
        &mut self,
        context: &Context<'_>,
        id: PaymentId,
        provider: Option<Provider>,
    ) {
        let live = self.known_payment(id, provider);
        self.retire(context, live);
        if let Some(old) = self.old.last_mut() {
            old.displaced_by_return = true;
        }
    }

    /// A payment that another tab has open is looked at now and then: that tab may be hidden.
    pub(crate) fn watch_other_tabs(
        &mut self,
        context: &Context<'_>,
        id: PaymentId,
        provider: Option<Provider>,
    ) {
        let live = self.known_payment(id, provider);
        self.retire(context, live);
        if let Some(old) = self.old.last_mut() {
            old.live.is_late = false;
        }
    }

    /// What this document knows of a retired payment, else its id alone.
    fn known_payment(&self, id: PaymentId, provider: Option<Provider>) -> Box<TrackedPayment> {
        let known = self.retired(&id).map(|old| old.live.clone());
        known.unwrap_or_else(|| TrackedPayment::by_id(id, provider))
    }

    /// What an earlier document or another tab watched within a day is watched here, too, for the full
    /// time: the device's clock, which alone knows how long ago that was, may have been set meanwhile.
    pub(crate) fn watch_remembered(&mut self, context: &Context<'_>) {
        if self.is_final() {
            return;
        }
        for old in self.record.retired.clone() {
            let is_recent = old.until_wall_ms.abs_diff(context.now.wall_ms) <= A_DAY_MS;
            if is_recent && !self.shows(&old.id) && self.retired(&old.id).is_none() {
                self.retire(context, TrackedPayment::by_id(old.id, old.provider));
            }
        }
    }

    /// The backend, or an earlier document of ours, has confirmed that this payment exists.
    pub(crate) fn is_sure(&self, payment: &TrackedPayment) -> bool {
        payment.is_confirmed
            || self.record.is_about(&payment.id)
            || self.record.retired.iter().any(|old| old.id == payment.id && old.is_sure)
    }

    /// The order's payment as this browser remembers it: open, as far as is known here.
    pub(crate) fn open_of_record(&self) -> Option<StoredPayment> {
        let seen = self.record.payment.as_ref()?;
        let is_open = |payment: &TrackedPayment| payment.id != seen.id || payment.status.is_open();
        let are_open = self.old.iter().all(|old| is_open(&old.live))
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
        let has_ended =
            |id: &PaymentId| self.old.iter().any(|old| old.live.id == *id && old.live.has_ended());
        let told = shown.filter(|live| !live.has_ended()).or_else(|| self.last_told_open());
        let last = || shown.map(|live| &live.id).or(self.record.payment_id()).cloned();
        told.map(|live| live.id.clone())
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
    fn last_told_open(&self) -> Option<&TrackedPayment> {
        let is_open = |live: &&TrackedPayment| {
            let is_replaced = self.replaced_by_attempt(true) == Some(&live.id);
            live.told_ms.is_some() && live.status.is_open() && !is_replaced
        };
        let answered = self.record.payment.as_ref().filter(|seen| seen.is_of_attempt);
        let last = answered.map(|seen| &seen.id).or(self.replaced_by_attempt(false));
        let is_last = |live: &TrackedPayment| last == Some(&live.id);
        let known = self.old.iter().map(|old| &*old.live);
        known.filter(is_open).max_by_key(|live| (is_last(live), live.told_ms))
    }
}
