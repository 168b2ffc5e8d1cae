//! What this browser remembers of an order for its next document and its other tabs.
//!
//! Each change of the attempt or of the payment raises the record's version, by which tabs agree; what is
//! watched besides does not. No status and no amount is stored: the next document asks.
//!
//! The shell stores it; what another tab's record means is the tabs' conversation (`flow/tabs.rs`).

use crate::effect::Effect;
use crate::model::{RETIRED_WATCH_MS, TrackedPayment};
use crate::record::{Record, StoredWatch};
use crate::step_context::StepContext;
use crate::tab_message::TabMessage;
use paywith_protocol::{PaymentId, Provider};

/// More retired payments than this are not remembered for the next document.
const MOST_REMEMBERED: usize = 6;

impl StepContext<'_> {
    /// Changes the record; when that made a difference, the shell keeps it, and the other tabs receive
    /// it.
    pub(crate) fn remember(&mut self, change: impl FnOnce(&mut Record)) {
        if self.remember_locally(change) {
            let record = self.checkout.record.clone();
            self.effect(Effect::Broadcast(TabMessage::HasRecord(record)));
        }
    }

    /// The same for what the backend has not confirmed yet: other tabs need not know it.
    pub(crate) fn remember_locally(&mut self, change: impl FnOnce(&mut Record)) -> bool {
        let before = self.checkout.record.clone();
        change(&mut self.checkout.record);
        let is_other = self.checkout.record != before;
        if is_other {
            if !self.checkout.record.is_same(&before) {
                self.checkout.record.version = self.checkout.record.version.saturating_add(1);
            }
            let record = self.checkout.record.clone();
            self.effect(Effect::Remember(record));
        }
        is_other
    }

    /// The key of the payment on the screen would meet the same answer again: the next click is a new
    /// attempt, which says what it replaces.
    pub(crate) fn retire_attempt(&mut self) {
        let Some((tracked, _)) = self.checkout.shown() else { return };
        let id = tracked.id.clone();
        self.remember(|record| {
            if record.payment.as_ref().is_some_and(|seen| seen.id == id && seen.is_of_attempt) {
                record.attempt = None;
            }
        });
    }

    /// A payment that is not shown any more is watched for 15 minutes, by later documents too.
    pub(crate) fn keep_watching(&mut self, tracked: Box<TrackedPayment>) {
        let (id, provider) = (tracked.id.clone(), tracked.provider);
        let is_sure = self.checkout.is_confirmed(&tracked);
        self.checkout.retire(self.context, tracked);
        self.remember_watched(id, provider, is_sure);
    }

    /// A payment known by its id alone is watched, if it is not already.
    pub(crate) fn watch_by_id(&mut self, id: PaymentId, provider: Option<Provider>) {
        if self.checkout.retired(&id).is_none() {
            self.checkout.retire(self.context, TrackedPayment::by_id(id.clone(), provider));
        }
        self.remember_watched(id, provider, true);
    }

    /// A later document watches it, too.
    pub(crate) fn remember_watched(
        &mut self,
        id: PaymentId,
        provider: Option<Provider>,
        is_sure: bool,
    ) {
        let until_wall_ms = self.now().wall_ms.saturating_add(RETIRED_WATCH_MS);
        self.remember_locally(|record| {
            record.retired.retain(|retired| retired.id != id);
            record.retired.push(StoredWatch { id, provider, until_wall_ms, is_sure });
            while record.retired.len() > MOST_REMEMBERED {
                let place = record.retired.iter().position(|retired| !retired.is_sure).unwrap_or(0);
                record.retired.remove(place);
            }
        });
    }

    /// The backend knows no such payment. One that only an address has named is watched no more.
    pub(crate) fn forget_unconfirmed(&mut self, id: &PaymentId) {
        let Some(retired) = self.checkout.retired(id) else { return };
        if !self.checkout.is_confirmed(&retired.tracked) {
            self.checkout.forget_retired(id);
            self.remember_locally(|record| record.retired.retain(|retired| retired.id != *id));
            // The others share its turns.
            let at_ms = self.monotonic_ms() + self.checkout.retired_gap_ms(self.context, id);
            for retired in
                self.checkout.retired.iter_mut().filter(|retired| retired.due_at_ms != u64::MAX)
            {
                retired.due_by(at_ms);
            }
        }
    }
}
