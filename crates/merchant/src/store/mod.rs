//! Storage: facts that survive a crash at any instant. `pay` decides what a status may become; this
//! module knows no rules.
//!
//! [`Store`] is the interface for the rest. `sql` implements it with an SQLite file, for one
//! process, or with PostgreSQL, for several; the tests have a third one in memory. One suite,
//! `conformance`, runs against all of them. Start at [`Store`].

mod audit;
#[cfg(test)]
mod conformance;
mod error;
#[cfg(test)]
pub(crate) mod memory;
mod payment;
mod sql;

pub(crate) use audit::{ChangeReason, Filter, MessageKind, Moment, MomentKind, ProviderMessage};
pub(crate) use error::StoreError;
pub(crate) use payment::{Creation, StoredPayment};
pub(crate) use sql::open;

use paywith_protocol::{Provider, Status};
use tokio::sync::mpsc;

/// What an `Idempotency-Key` led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) key: String,
    pub(crate) payload_hash: String,
}

/// The right to create payments for one order, until it is given back or not renewed in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) order_id: String,
    /// Unguessable, and different for each claim.
    pub(crate) owner: String,
}

/// One webhook from a provider, as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) provider: Provider,
    pub(crate) body: Vec<u8>,
    /// The payment whose secret address was used.
    pub(crate) payment_id: Option<String>,
    pub(crate) received_ms: i64,
    pub(crate) tries: i64,
}

/// A webhook to store.
#[derive(Clone, Debug)]
pub(crate) struct NewWebhook<'a> {
    pub(crate) provider: Provider,
    /// Of provider and body: a repeated webhook has the same digest.
    pub(crate) digest: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) payment_id: Option<&'a str>,
    pub(crate) now_ms: i64,
}

/// One event for the shop's own server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// `evt_…`; the same however often it is sent.
    pub(crate) id: String,
    /// `payment.paid` …
    pub(crate) kind: String,
    /// A JSON object.
    pub(crate) data: String,
    pub(crate) created_ms: i64,
    pub(crate) tries: i64,
}

/// A lease on queued work: what is due now, at most how many, and until when no one else gets them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease {
    pub(crate) now_ms: i64,
    pub(crate) until_ms: i64,
    pub(crate) most: u32,
}

/// Changes a payment, seeing the order's other payments.
pub(crate) type Mutation<'a> = Box<dyn FnOnce(&mut StoredPayment, &[StoredPayment]) + Send + 'a>;

type StoreResult<T> = Result<T, StoreError>;

/// The process that stored a webhook processes it at once; the queue retries it only if that fails.
const HEAD_START_MS: i64 = 5_000;

/// Everything that the rest of the backend needs from storage. A method that writes has committed
/// when it returns.
#[async_trait::async_trait]
pub(crate) trait Store: Send + Sync {
    /// The payment with this id.
    async fn payment(&self, id: &str) -> StoreResult<Option<StoredPayment>>;

    /// All payments of an order, newest first.
    async fn payments_of_order(&self, order: &str) -> StoreResult<Vec<StoredPayment>>;

    /// The payment that the provider means by this reference: ours, or its own id.
    async fn payment_by_reference(
        &self,
        provider: Provider,
        reference: &str,
    ) -> StoreResult<Option<StoredPayment>>;

    /// The payment whose secret webhook address ends with this token.
    async fn payment_by_webhook_token(&self, token: &str) -> StoreResult<Option<StoredPayment>>;

    /// Payments of all orders, newest first.
    async fn find_payments(&self, filter: &Filter) -> StoreResult<Vec<StoredPayment>>;

    /// The payment's changes, its events, and the webhooks that came to its own address, oldest first.
    async fn history(&self, id: &str) -> StoreResult<Vec<Moment>>;

    /// Stores what a provider said about a payment, unless it said the same last time. If there are
    /// too many, create answers are kept first, then webhooks, then the newest.
    async fn add_answer(&self, id: &str, said: &ProviderMessage) -> StoreResult<()>;

    /// What was stored about it, oldest first.
    async fn answers(&self, id: &str) -> StoreResult<Vec<ProviderMessage>>;

    /// The attempt under a key, and its payment.
    async fn attempt(&self, key: &str) -> StoreResult<Option<(Attempt, StoredPayment)>>;

    /// Whether payments can be stored now.
    async fn can_write(&self) -> StoreResult<()> {
        Ok(())
    }

    /// Makes or renews the claim; `false` while another one is valid.
    async fn claim_order(&self, claim: &Claim, now_ms: i64, until_ms: i64) -> StoreResult<bool>;

    /// Gives a claim back; does nothing if it was lost.
    async fn release_order(&self, claim: &Claim) -> StoreResult<()>;

    /// If only one process may serve from the database: makes this process that one, and ends its
    /// predecessor's claims.
    ///
    /// # Errors
    /// [`StoreError::InUse`]: another process is serving.
    async fn end_claims_of_before(&self) -> StoreResult<()>;

    /// Stores the intent to create a payment, and the key of its attempt.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`], [`StoreError::ClaimLost`].
    async fn add_intent(
        &self,
        claim: &Claim,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> StoreResult<()>;

    /// Lets another key lead to an existing payment.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`].
    async fn add_attempt(&self, attempt: &Attempt, payment: &StoredPayment) -> StoreResult<()>;

    /// Stores what the provider answered to a create call, and that it supersedes another payment
    /// of this order. Only then may the answer be disclosed.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`]: another process is now creating payments for this order.
    async fn store_created(
        &self,
        claim: &Claim,
        payment: &StoredPayment,
        supersedes: Option<&str>,
    ) -> StoreResult<()>;

    /// Changes one payment by a pure mutation. No one else writes payments of this order between
    /// the read and the write, and the shop's event and the line in the history are committed
    /// together with the change. Returns the payment before and after.
    async fn change(
        &self,
        id: &str,
        reason: ChangeReason,
        mutation: Mutation<'_>,
    ) -> StoreResult<Option<(StoredPayment, StoredPayment)>>;

    /// Whether it is time to read this payment at its provider: nobody has since `before_ms`.
    /// Records `now_ms`. If only one process uses the database, that process keeps track by itself.
    async fn claim_read(&self, id: &str, now_ms: i64, before_ms: i64) -> StoreResult<bool>;

    /// Payments of this provider that are due, the longest waiting first.
    async fn take_due(&self, provider: Provider, lease: Lease) -> StoreResult<Vec<StoredPayment>>;

    /// Stores a webhook; `None` if the same one is stored already.
    async fn add_webhook(&self, new: &NewWebhook<'_>) -> StoreResult<Option<Webhook>>;

    /// Webhooks to process now, oldest first.
    async fn take_webhooks(&self, lease: Lease) -> StoreResult<Vec<Webhook>>;

    /// Marks the webhook as done, with this outcome.
    async fn finish_webhook(&self, id: i64, outcome: &str) -> StoreResult<()>;

    /// Postpones the webhook until this time.
    async fn postpone_webhook(&self, id: i64, next_ms: i64) -> StoreResult<()>;

    /// Deletes at most `most` processed webhooks received before this time; returns how many.
    async fn forget_webhooks(&self, before_ms: i64, most: u32) -> StoreResult<usize>;

    /// Events to send now, oldest first.
    async fn take_events(&self, lease: Lease) -> StoreResult<Vec<Event>>;

    /// It arrived.
    async fn event_arrived(&self, id: &str, now_ms: i64) -> StoreResult<()>;

    /// The event did not arrive: retry at this time, or never if `None`.
    async fn event_failed(&self, id: &str, next_ms: Option<i64>) -> StoreResult<()>;

    /// Tells the other processes that a payment has changed: a wake-up, which may be lost. Does
    /// nothing if there are no others.
    async fn notify_others(&self, _id: &str) -> StoreResult<()> {
        Ok(())
    }

    /// The payments that any process announces from now on; `None` if there are no other processes.
    async fn notifications(&self) -> StoreResult<Option<mpsc::Receiver<String>>> {
        Ok(None)
    }
}

/// Whether a change belongs in the history for people to read.
fn is_told(before: &StoredPayment, after: &StoredPayment) -> bool {
    (before.status, before.review) != (after.status, after.review)
}

/// The event that a change means for the shop, if any.
fn event_kind(before: &StoredPayment, after: &StoredPayment) -> Option<&'static str> {
    if after.review.is_some() && before.review.is_none() {
        return Some("payment.review");
    }
    if after.status == before.status {
        return None;
    }
    match after.status {
        Status::Paid => Some("payment.paid"),
        Status::Failed => Some("payment.failed"),
        Status::Expired => Some("payment.expired"),
        Status::Refunded => Some("payment.refunded"),
        Status::Pending | Status::Processing | Status::Canceled => None,
    }
}

/// The event for a change.
fn event_of(before: &StoredPayment, after: &StoredPayment, now_ms: i64) -> Option<Event> {
    let kind = event_kind(before, after)?;
    let data = serde_json::json!({
        "payment": after.id,
        "order": after.order_id,
        "provider": after.provider.id(),
        "provider_payment": after.creation.provider_payment(),
        "status": after.status.as_str(),
        "amount": after.amount,
        "base_amount": after.price,
        "review": after.review.map(|review| review.as_str()),
    });
    let id = ["evt_", after.id.trim_start_matches("pay_"), "_", kind].concat().replace('.', "_");
    let (kind, data) = (kind.to_owned(), data.to_string());
    Some(Event { id, kind, data, created_ms: now_ms, tries: 0 })
}
