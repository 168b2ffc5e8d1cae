//! What can happen to a checkout, drawn at random.

use paywith_protocol::Status;
use proptest::prelude::*;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Start(bool),
    Allow(bool),
    /// Answers a create call: the newest, or an older one (late, duplicate).
    AnswerCreate {
        back: usize,
        outcome: Outcome,
    },
    AnswerStatus {
        back: usize,
        outcome: Outcome,
    },
    Pass(u64),
    ClockJump(i64),
    Check,
    Continue,
    Renew,
    Cancel,
    Reset,
    Resume,
    Wake,
    Hide,
    Drawn(bool),
    Reload(Option<&'static str>),
    Disable(bool),
    Popup(bool),
    WindowBlocked,
    WindowClosed,
    Leads(bool),
    Hear(Message),
}

/// What another tab sends.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    Anybody,
    /// It has another payment, which may replace the one that is shown.
    HasAnother {
        is_replacing: bool,
    },
    HasNothing,
    Still,
    Look,
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        Just(Message::Anybody),
        any::<bool>().prop_map(|is_replacing| Message::HasAnother { is_replacing }),
        Just(Message::HasNothing),
        Just(Message::Still),
        Just(Message::Look),
    ]
}

#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Status(Status),
    Review,
    WrongId,
    BadAddress,
    Unreachable,
    Busy,
    Unreadable,
    Refused,
    Open,
    AlreadyPaid,
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        8 => proptest::sample::select(Status::ALL.to_vec()).prop_map(Outcome::Status),
        6 => Just(Outcome::Status(Status::Pending)),
        1 => Just(Outcome::Review),
        1 => Just(Outcome::WrongId),
        1 => Just(Outcome::BadAddress),
        2 => Just(Outcome::Unreachable),
        2 => Just(Outcome::Busy),
        1 => Just(Outcome::Unreadable),
        1 => Just(Outcome::Refused),
        1 => Just(Outcome::Open),
        1 => Just(Outcome::AlreadyPaid),
    ]
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let back = || prop_oneof![4 => Just(0usize), 1 => 1usize..4];
    prop_oneof![
        6 => any::<bool>().prop_map(Act::Start),
        1 => any::<bool>().prop_map(Act::Allow),
        8 => (back(), outcome()).prop_map(|(back, outcome)| Act::AnswerCreate { back, outcome }),
        10 => (back(), outcome()).prop_map(|(back, outcome)| Act::AnswerStatus { back, outcome }),
        8 => prop_oneof![0u64..4_000, 4_000u64..700_000].prop_map(Act::Pass),
        1 => (-4_000_000i64..4_000_000).prop_map(Act::ClockJump),
        1 => (-12_000i64..12_000).prop_map(Act::ClockJump),
        2 => Just(Act::Check),
        2 => Just(Act::Continue),
        2 => Just(Act::Renew),
        2 => Just(Act::Cancel),
        2 => Just(Act::Reset),
        1 => Just(Act::Resume),
        2 => Just(Act::Wake),
        1 => Just(Act::Hide),
        2 => any::<bool>().prop_map(Act::Drawn),
        2 => proptest::sample::select(vec![None, Some("pay_1"), Some("unknown")])
            .prop_map(Act::Reload),
        1 => any::<bool>().prop_map(Act::Disable),
        1 => any::<bool>().prop_map(Act::Popup),
        1 => Just(Act::WindowBlocked),
        1 => Just(Act::WindowClosed),
        2 => any::<bool>().prop_map(Act::Leads),
        3 => message().prop_map(Act::Hear),
    ]
}
