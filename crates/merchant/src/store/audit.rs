//! The audit trail: how a payment got its state, and what its provider said.
//!
//! Nothing here decides anything. Start at [`Moment`] and [`ProviderMessage`].

use paywith_protocol::Status;

/// How many messages are stored per payment.
pub(super) const MOST_ANSWERS: u32 = 50;

/// Why a payment changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeReason {
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
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ChangeReason::Read => "read at the provider",
            ChangeReason::Unreadable => "it cannot be read at the provider",
            ChangeReason::TimePassed => "its time is over",
            ChangeReason::Webhook => "a verified post of the provider",
            ChangeReason::GivenUp => "given up by the shopper",
            ChangeReason::Schedule => "the next reading was set",
        }
    }
}

/// The kind of event in a payment's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MomentKind {
    /// The status or the review changed.
    Change,
    /// An event for the shop's own server.
    Event,
    /// A webhook that came to the payment's own address.
    Webhook,
}

impl MomentKind {
    const ALL: [MomentKind; 3] = [MomentKind::Change, MomentKind::Event, MomentKind::Webhook];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            MomentKind::Change => "change",
            MomentKind::Event => "event",
            MomentKind::Webhook => "post",
        }
    }

    pub(super) fn parse(word: &str) -> Option<MomentKind> {
        MomentKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One thing that happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at_ms: i64,
    pub(crate) kind: MomentKind,
    pub(crate) text: String,
}

/// The kind of a provider's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageKind {
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
    pub(super) fn as_str(self) -> &'static str {
        match self {
            MessageKind::Create => "create",
            MessageKind::Status => "status",
            MessageKind::Webhook => "post",
        }
    }

    /// The same for people.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            MessageKind::Create => "answered when the payment was made",
            MessageKind::Status => "answered how the payment stands",
            MessageKind::Webhook => "sent a webhook",
        }
    }

    pub(super) fn parse(word: &str) -> Option<MessageKind> {
        MessageKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether a repeated message is worth storing: each create call may have made a payment.
    pub(super) fn is_news_twice(self) -> bool {
        match self {
            MessageKind::Create => true,
            MessageKind::Status | MessageKind::Webhook => false,
        }
    }
}

/// What a provider said, without the parts that must not be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderMessage {
    pub(crate) at_ms: i64,
    pub(crate) kind: MessageKind,
    /// `None` for a webhook.
    pub(crate) http_status: Option<u16>,
    pub(crate) body: String,
}

impl ProviderMessage {
    /// Whether it says the same as another one.
    pub(super) fn repeats(&self, other: &ProviderMessage) -> bool {
        let same = self.kind == other.kind && self.http_status == other.http_status;
        same && !self.kind.is_news_twice() && self.body == other.body
    }
}

/// Which payments to find, newest first. [`Filter::newest`] means all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The order's id, or the beginning of it.
    pub(crate) order: Option<String>,
    pub(crate) status: Option<Status>,
    /// Only those whose review has not been ended by a refund.
    pub(crate) needs_a_person: bool,
    /// Only those older than the payment with this time and id.
    pub(crate) before: Option<(i64, String)>,
    pub(crate) most: u32,
}

impl Filter {
    /// The newest payments of all orders.
    pub(crate) fn newest(most: u32) -> Filter {
        Filter { order: None, status: None, needs_a_person: false, before: None, most }
    }
}
