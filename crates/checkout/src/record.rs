//! What a browser keeps of an order, for its next document and its other tabs: no secret, no amount.

use paywith_protocol::{AttemptKey, PaymentId, Provider};
use std::cmp::Ordering;

/// What this browser keeps of an order: no secret, no amount.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The attempt whose outcome may be unknown: a retry, a reload or another click uses its key
    /// again. `None` once its payment ended, or the backend said no.
    pub attempt: Option<Attempt>,
    /// The payment that was seen last; asked on load, replaced by the next attempt.
    pub payment: Option<StoredPayment>,
    /// Payments that were shown before: watched on after a reload, too.
    pub retired: Vec<StoredWatch>,
    /// Counts the changes of attempt and payment, over all tabs: of two records the one with more of
    /// them is the newer one.
    pub version: u32,
}

impl Record {
    /// What to store where `stored` is already, and, if the record of another tab wins, that record.
    ///
    /// A storage that all tabs share decides between them: a record that was written from an older
    /// one is not written over a newer one.
    #[must_use]
    pub fn reconcile(self, stored: Option<Record>) -> (Record, Option<Record>) {
        let Some(stored) = stored else { return (self, None) };
        match (self.version.cmp(&stored.version), self.is_same(&stored)) {
            (Ordering::Greater, _) => (self, None),
            (Ordering::Equal, true) => (self.with_retired_of(stored), None),
            (Ordering::Equal | Ordering::Less, _) => (stored.clone(), Some(stored)),
        }
    }

    /// The same payment and the same attempt, as far as both sides know.
    pub(crate) fn is_same(&self, other: &Record) -> bool {
        let told =
            |record: &Record| record.payment.as_ref().is_some_and(|seen| seen.paid_event_sent);
        self.attempt == other.attempt
            && self.payment_id() == other.payment_id()
            && told(self) == told(other)
    }

    /// What either of them watches is watched.
    pub(crate) fn with_retired_of(mut self, other: Record) -> Record {
        for retired in other.retired {
            if self.retired.iter().all(|known| known.id != retired.id) {
                self.retired.push(retired);
            }
        }
        self
    }

    /// Whether this one was written after the other. Two that were changed in the same moment are
    /// distinguished by their keys, so that all tabs agree.
    pub(crate) fn is_newer_than(&self, other: &Record) -> bool {
        let key = |record: &Record| {
            record.attempt.as_ref().map(|attempt| attempt.key.as_str().to_owned())
        };
        let is_first = || key(self).is_some_and(|ours| key(other).is_none_or(|other| ours < other));
        match self.version.cmp(&other.version) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => is_first(),
        }
    }

    /// An attempt or a payment has begun that is not over.
    pub(crate) fn is_begun(&self) -> bool {
        self.attempt.is_some() || self.payment.is_some()
    }

    /// The payment that was seen last is this one.
    pub(crate) fn is_about(&self, id: &PaymentId) -> bool {
        self.payment_id() == Some(id)
    }

    /// The payment that was seen last.
    pub(crate) fn payment_id(&self) -> Option<&PaymentId> {
        self.payment.as_ref().map(|seen| &seen.id)
    }

    /// Who takes the money, as far as it is known.
    pub(crate) fn provider(&self) -> Option<Provider> {
        let seen = self.payment.as_ref().and_then(|seen| seen.provider);
        self.attempt.as_ref().map(|attempt| attempt.provider).or(seen)
    }
}

/// What a create call says, so that a retry says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The idempotency key.
    pub key: AttemptKey,
    /// Who was asked to take the money.
    pub provider: Provider,
    /// The payment that it replaces.
    pub supersedes: Option<PaymentId>,
}

/// A payment that this browser has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayment {
    /// The payment.
    pub id: PaymentId,
    /// Its provider, where it is known.
    pub provider: Option<Provider>,
    /// It answers the record's attempt.
    pub is_of_attempt: bool,
    /// The page has received the `paid` event.
    pub paid_event_sent: bool,
}

/// A payment that was shown and is not shown any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWatch {
    /// The payment.
    pub id: PaymentId,
    /// Its provider, where it is known.
    pub provider: Option<Provider>,
    /// Asked until then: ms since 1970 by the device's clock, and never longer than the watch lasts.
    pub until_wall_ms: u64,
    /// The backend has confirmed it, here or in an earlier document; `false`: an address named it.
    pub is_sure: bool,
}
