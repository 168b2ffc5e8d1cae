//! The audit trail: how a payment got its state, and what its provider said.
//!
//! Nothing here decides anything. Start at [`Audit`].

use super::{StoreResult, StoredPayment};
use async_trait::async_trait;
use paywith_protocol::Status;

/// How many messages are stored per payment.
pub const MOST_MESSAGES: u32 = 50;

/// Payments for people to look at.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Payments of all orders, newest first.
    async fn find_payments(&self, filter: &Filter) -> StoreResult<Vec<StoredPayment>>;

    /// The payment's changes, its events, and the webhooks that came to its own address, oldest first.
    async fn history(&self, id: &str) -> StoreResult<Vec<Moment>>;

    /// Stores what a provider said about a payment, unless it said the same last time. If there are
    /// too many, create answers are kept first, then webhooks, then the newest.
    async fn add_message(&self, id: &str, said: &ProviderMessage) -> StoreResult<()>;

    /// What was stored about it, oldest first.
    async fn messages(&self, id: &str) -> StoreResult<Vec<ProviderMessage>>;
}

/// Why a payment changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeReason {
    /// Its provider was asked.
    Read,
    /// Its provider has no status call.
    Unreadable,
    /// Its provider could not be reached, and its deadline passed.
    TimePassed,
    /// A verified webhook was trusted.
    Webhook,
    /// The shopper canceled it.
    GivenUp,
    /// Only the time of the next reading was set.
    Schedule,
}

impl ChangeReason {
    /// The word that is stored and shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeReason::Read => "read at the provider",
            ChangeReason::Unreadable => "it cannot be read at the provider",
            ChangeReason::TimePassed => "its time is over",
            ChangeReason::Webhook => "a verified webhook of the provider",
            ChangeReason::GivenUp => "given up by the shopper",
            ChangeReason::Schedule => "the next reading was set",
        }
    }
}

/// The kind of event in a payment's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    /// The status or the review changed.
    Change,
    /// An event for the shop's own server.
    Event,
    /// A webhook that came to the payment's own address.
    Webhook,
}

impl MomentKind {
    const ALL: [MomentKind; 3] = [MomentKind::Change, MomentKind::Event, MomentKind::Webhook];

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            MomentKind::Change => "change",
            MomentKind::Event => "event",
            MomentKind::Webhook => "post",
        }
    }

    /// The kind that is stored as this word.
    pub fn parse(word: &str) -> Option<MomentKind> {
        MomentKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One thing that happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What kind of event.
    pub kind: MomentKind,
    /// What, in plain words.
    pub text: String,
    /// The event's id; `None` for the other kinds.
    pub event: Option<String>,
}

/// The kind of a provider's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The answer to our create call.
    Create,
    /// The answer to our status call.
    Status,
    /// It sent a webhook.
    Webhook,
}

impl MessageKind {
    const ALL: [MessageKind; 3] = [MessageKind::Create, MessageKind::Status, MessageKind::Webhook];

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            MessageKind::Create => "create",
            MessageKind::Status => "status",
            MessageKind::Webhook => "post",
        }
    }

    /// The same for people.
    pub fn sentence(self) -> &'static str {
        match self {
            MessageKind::Create => "answered when the payment was made",
            MessageKind::Status => "answered how the payment stands",
            MessageKind::Webhook => "sent a webhook",
        }
    }

    /// The kind that is stored as this word.
    pub fn parse(word: &str) -> Option<MessageKind> {
        MessageKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether a repeated message is worth storing: each create call may have made a payment.
    pub fn is_news_twice(self) -> bool {
        match self {
            MessageKind::Create => true,
            MessageKind::Status | MessageKind::Webhook => false,
        }
    }
}

/// What a provider said, without the parts that must not be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMessage {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What it answered, or whether it came by itself.
    pub kind: MessageKind,
    /// `None` for a webhook.
    pub http_status: Option<u16>,
    /// What it said.
    pub body: String,
}

impl ProviderMessage {
    /// Whether it says the same as another one.
    pub fn repeats(&self, other: &ProviderMessage) -> bool {
        let same = self.kind == other.kind && self.http_status == other.http_status;
        same && !self.kind.is_news_twice() && self.body == other.body
    }
}

/// Which payments to find, newest first. [`Filter::newest`] means all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The order's id, or the beginning of it.
    pub order: Option<String>,
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those whose review has not been ended by a refund.
    pub needs_a_person: bool,
    /// Only those older than the payment with this time and id.
    pub before: Option<(i64, String)>,
    /// At most so many.
    pub most: u32,
}

impl Filter {
    /// The newest payments of all orders.
    pub fn newest(most: u32) -> Filter {
        Filter { order: None, status: None, needs_a_person: false, before: None, most }
    }
}

/// Whether a change belongs in the history for people to read.
pub fn is_in_history(before: &StoredPayment, after: &StoredPayment) -> bool {
    (before.status, before.review) != (after.status, after.review)
}
