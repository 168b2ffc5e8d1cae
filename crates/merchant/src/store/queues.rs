//! The queues: payments to read, webhooks to process, events for the shop's own server. Start at
//! [`Queues`].

use super::{StoreResult, StoredPayment};
use async_trait::async_trait;
use paywith_protocol::{Provider, Status};

/// The process that stored a webhook processes it at once; the queue hands it out again if that has not
/// succeeded within this time.
pub const HEAD_START_MS: i64 = 5_000;

/// One webhook from a provider, as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its number.
    pub id: i64,
    /// Who sent it.
    pub provider: Provider,
    /// The bytes that were signed.
    pub body: Vec<u8>,
    /// The payment whose secret address was used.
    pub payment_id: Option<String>,
    /// When it came.
    pub received_ms: i64,
    /// How often it was processed.
    pub tries: i64,
}

/// A webhook to store.
#[derive(Clone, Debug)]
pub struct NewWebhook<'a> {
    /// Who sent it.
    pub provider: Provider,
    /// Of provider and body: a repeated webhook has the same digest.
    pub digest: &'a str,
    /// The bytes that were signed.
    pub body: &'a [u8],
    /// The payment whose secret address was used.
    pub payment_id: Option<&'a str>,
    /// When it came.
    pub now_ms: i64,
}

/// One event for the shop's own server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `evt_…`; the same however often it is sent.
    pub id: String,
    /// `payment.paid` …
    pub kind: String,
    /// A JSON object.
    pub data: String,
    /// When it happened.
    pub created_ms: i64,
    /// How often it was sent.
    pub tries: i64,
}

/// A lease on queued work: what is due now, at most how many, and until when no one else gets them.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// What is due at this time.
    pub now_ms: i64,
    /// When it becomes due again, unless its outcome is stored before.
    pub until_ms: i64,
    /// At most so many.
    pub most: u32,
}

/// Since when the longest waiting work of each kind has been waiting; `None` if none is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// A payment that is to be read at its provider.
    pub payment_ms: Option<i64>,
    /// A webhook that is to be processed.
    pub webhook_ms: Option<i64>,
    /// An event that has not arrived at the shop's own server.
    pub event_ms: Option<i64>,
    /// When each provider's oldest payment was made whose money is under way. One that a person must
    /// review is not under way.
    pub processing: Vec<(Provider, i64)>,
}

/// Work that is to be done. Taking it postpones it, so that no other process takes it too; if the
/// process dies meanwhile, it becomes due again by itself.
#[async_trait]
pub trait Queues: Send + Sync {
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

    /// Makes the event with this id due now, whether or not it arrived before; `false` if there is
    /// none.
    async fn resend_event(&self, id: &str, now_ms: i64) -> StoreResult<bool>;

    /// The same for all events that happened at or after this time; returns how many.
    async fn resend_events_since(&self, since_ms: i64, now_ms: i64) -> StoreResult<usize>;

    /// How long the longest waiting work has been waiting.
    async fn backlog(&self, now_ms: i64) -> StoreResult<Backlog>;
}

/// The event that a change means for the shop, if any.
pub fn event_of(before: &StoredPayment, after: &StoredPayment, now_ms: i64) -> Option<Event> {
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
