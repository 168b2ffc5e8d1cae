//! Payments that were shown and are not shown any more: watched for 15 minutes more, because a shopper
//! who has saved a code can still pay it.
//!
//! What later documents remember of them is `memory.rs`.

use super::checkout::Checkout;
use super::payment::TrackedPayment;
use super::retired::RetiredPayment;
use crate::context::Context;
use crate::time::{Deadline, Now};
use paywith_protocol::{PaymentId, Provider};

/// What was watched longer ago than this is history.
const A_DAY_MS: u64 = 24 * 3_600_000;
/// A payment that ended or was replaced is watched for this long.
pub(crate) const RETIRED_WATCH_MS: u64 = 15 * 60_000;

impl Checkout {
    /// The retired payment with this id, if it is watched.
    pub(crate) fn retired(&self, id: &PaymentId) -> Option<&RetiredPayment> {
        self.retired.iter().find(|retired| retired.tracked.id == *id)
    }

    /// The same, to be changed.
    pub(crate) fn retired_mut(&mut self, id: &PaymentId) -> Option<&mut RetiredPayment> {
        self.retired.iter_mut().find(|retired| retired.tracked.id == *id)
    }

    /// Nothing of this payment is watched any more.
    pub(crate) fn forget_retired(&mut self, id: &PaymentId) {
        self.retired.retain(|retired| retired.tracked.id != *id);
    }

    /// The payment is watched for 15 minutes from now on.
    pub(crate) fn retire(&mut self, context: &Context<'_>, mut tracked: Box<TrackedPayment>) {
        tracked.is_late = true;
        let until = Deadline::after(context.now, RETIRED_WATCH_MS);
        let due_at_ms = context.now.monotonic_ms + self.retired_gap_ms(context, &tracked.id);
        self.forget_retired(&tracked.id);
        self.retired.push(RetiredPayment { tracked, due_at_ms, until, displaced_by_return: false });
    }

    /// An address names another payment: this one is watched, and comes back should that one not exist.
    pub(crate) fn displace(
        &mut self,
        context: &Context<'_>,
        id: PaymentId,
        provider: Option<Provider>,
    ) {
        if let Some(retired) = self.retire_known(context, id, provider) {
            retired.displaced_by_return = true;
        }
    }

    /// A payment that another tab has open is looked at now and then: that tab may be hidden.
    pub(crate) fn watch_other_tabs(
        &mut self,
        context: &Context<'_>,
        id: PaymentId,
        provider: Option<Provider>,
    ) {
        if let Some(retired) = self.retire_known(context, id, provider) {
            retired.tracked.is_late = false;
        }
    }

    /// Retires a payment with what this document knows of it, else with its id alone.
    fn retire_known(
        &mut self,
        context: &Context<'_>,
        id: PaymentId,
        provider: Option<Provider>,
    ) -> Option<&mut RetiredPayment> {
        let known = self.retired(&id).map(|retired| retired.tracked.clone());
        let tracked = known.unwrap_or_else(|| TrackedPayment::by_id(id, provider));
        self.retire(context, tracked);
        self.retired.last_mut()
    }

    /// What an earlier document or another tab watched within a day is watched here, too, for the full
    /// time: the device's clock, which alone knows how long ago that was, may have been set meanwhile.
    pub(crate) fn watch_remembered(&mut self, context: &Context<'_>) {
        if self.is_final() {
            return;
        }
        for retired in self.record.retired.clone() {
            let is_recent = retired.until_wall_ms.abs_diff(context.now.wall_ms) <= A_DAY_MS;
            if is_recent && !self.shows(&retired.id) && self.retired(&retired.id).is_none() {
                self.retire(context, TrackedPayment::by_id(retired.id, retired.provider));
            }
        }
    }

    /// The backend, or an earlier document of ours, has confirmed that this payment exists.
    pub(crate) fn is_confirmed(&self, payment: &TrackedPayment) -> bool {
        payment.is_confirmed
            || self.record.is_about(&payment.id)
            || self.record.retired.iter().any(|retired| retired.id == payment.id && retired.is_sure)
    }

    /// Watches whose time is over end, also that of an ended payment on the screen.
    pub(crate) fn end_retired_watches(&mut self, now: Now) {
        self.retired.retain(|retired| retired.until.ticking_ms(now) > 0);
        if let Some((tracked, _)) = self.shown_mut()
            && tracked.pace.until.is_some_and(|until| until.ticking_ms(now) == 0)
        {
            tracked.pace.due_at_ms = None;
        }
    }
}
