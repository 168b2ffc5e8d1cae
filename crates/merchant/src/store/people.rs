//! What is kept for people: how a payment came to be what it is, and what its provider said.
//!
//! Nothing here decides anything. Start at [`Moment`] and [`Said`].

use paywith_protocol::Status;

/// Of a payment's answers so many are kept.
pub(super) const MOST_ANSWERS: u32 = 50;

/// Why a payment changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its provider was asked.
    Read,
    /// Its provider can be asked by nobody.
    Unreadable,
    /// Its provider could not be asked, and time went on.
    TimePassed,
    /// A verified post was believed.
    Post,
    /// The shopper gave it up.
    GivenUp,
    /// Only the time of the next reading was set.
    Schedule,
}

impl Why {
    /// The word that is stored, and read by people.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Why::Read => "read at the provider",
            Why::Unreadable => "it cannot be read at the provider",
            Why::TimePassed => "its time is over",
            Why::Post => "a verified post of the provider",
            Why::GivenUp => "given up by the shopper",
            Why::Schedule => "the next reading was set",
        }
    }
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MomentKind {
    /// The status or the review became another.
    Change,
    /// An event for the shop's own server.
    Event,
    /// A post that came to the payment's own address.
    Post,
}

impl MomentKind {
    const ALL: [MomentKind; 3] = [MomentKind::Change, MomentKind::Event, MomentKind::Post];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            MomentKind::Change => "change",
            MomentKind::Event => "event",
            MomentKind::Post => "post",
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

/// On what occasion a provider said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaidKind {
    /// It answered our create call.
    Create,
    /// It answered our question how the payment stands.
    Status,
    /// It posted.
    Post,
}

impl SaidKind {
    const ALL: [SaidKind; 3] = [SaidKind::Create, SaidKind::Status, SaidKind::Post];

    /// The word that is stored.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            SaidKind::Create => "create",
            SaidKind::Status => "status",
            SaidKind::Post => "post",
        }
    }

    /// The same for people.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            SaidKind::Create => "answered when the payment was made",
            SaidKind::Status => "answered how the payment stands",
            SaidKind::Post => "posted by itself",
        }
    }

    pub(super) fn parse(word: &str) -> Option<SaidKind> {
        SaidKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether the same words once more are news: each create call was made for money.
    pub(super) fn is_news_twice(self) -> bool {
        match self {
            SaidKind::Create => true,
            SaidKind::Status | SaidKind::Post => false,
        }
    }
}

/// What a provider said, as it came but for what must not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) at_ms: i64,
    pub(crate) kind: SaidKind,
    /// `None` for a post.
    pub(crate) http_status: Option<u16>,
    pub(crate) body: String,
}

impl Said {
    /// Whether it says the same as another one.
    pub(super) fn repeats(&self, other: &Said) -> bool {
        let same = self.kind == other.kind && self.http_status == other.http_status;
        same && !self.kind.is_news_twice() && self.body == other.body
    }
}

/// Which payments are looked for, newest first. [`Filter::newest`] means all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The order's id, or how it begins.
    pub(crate) order: Option<String>,
    pub(crate) status: Option<Status>,
    /// Only those with a review that a refund has not ended.
    pub(crate) needs_a_person: bool,
    /// Only those older than the payment with this time and id.
    pub(crate) before: Option<(i64, String)>,
    pub(crate) most: u32,
}

impl Filter {
    /// The newest of all orders.
    pub(crate) fn newest(most: u32) -> Filter {
        Filter { order: None, status: None, needs_a_person: false, before: None, most }
    }
}
