//! Storage: facts that survive a crash at any instant. `pay` decides what a status may become; this
//! module knows no rules.
//!
//! [`Store`] is the interface for the rest, one trait for each concern: [`Payments`], [`Queues`],
//! [`Audit`], [`Wakeups`]. `sql` implements it with an SQLite file, for one process, or with
//! PostgreSQL, for several; the tests have a third one in memory (`tests/common/memory`). One
//! suite, `tests/store`, runs against all of them. Start at [`Payments`].

mod audit;
mod error;
mod payment;
mod queues;
mod sql;

pub use audit::{
    Audit, ChangeReason, Filter, MOST_MESSAGES, MessageKind, Moment, MomentKind, ProviderMessage,
    is_in_history,
};
pub use error::StoreError;
pub use payment::{Creation, StoredPayment};
pub use queues::{Backlog, Event, HEAD_START_MS, Lease, NewWebhook, Queues, Webhook, event_of};
pub use sql::open;

use async_trait::async_trait;
use paywith_protocol::Provider;
use tokio::sync::mpsc;

/// What an `Idempotency-Key` led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The key.
    pub key: String,
    /// Of everything that the key is bound to.
    pub payload_hash: String,
}

/// The right to create payments for one order, until it is given back or not renewed in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The order.
    pub order_id: String,
    /// Unguessable, and different for each claim.
    pub owner: String,
}

/// Changes a payment, seeing the order's other payments. It may be tried before it is carried out.
pub type Mutation<'a> = Box<dyn Fn(&mut StoredPayment, &[StoredPayment]) + Send + Sync + 'a>;

/// The result of a call.
pub type StoreResult<T> = Result<T, StoreError>;

/// Everything that the rest of the backend needs from storage. A method that writes has committed
/// when it returns.
pub trait Store: Payments + Queues + Audit + Wakeups {}

impl<T: Payments + Queues + Audit + Wakeups> Store for T {}

/// Payments, and the keys of the attempts that led to them.
#[async_trait]
pub trait Payments: Send + Sync {
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

    /// The attempt under a key, and its payment.
    async fn attempt(&self, key: &str) -> StoreResult<Option<(Attempt, StoredPayment)>>;

    /// Whether payments can be stored now.
    async fn can_write(&self) -> StoreResult<()>;

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
}

/// Wake-ups between processes on one database. They may be lost: the payments are the truth.
#[async_trait]
pub trait Wakeups: Send + Sync {
    /// Tells the other processes that a payment has changed. Does nothing if there are no others.
    async fn notify_others(&self, id: &str) -> StoreResult<()>;

    /// The payments that any process announces from now on; `None` if there are no other processes.
    async fn notifications(&self) -> StoreResult<Option<mpsc::Receiver<String>>>;
}
