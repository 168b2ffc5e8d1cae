//! Faults: the ways in which an answer goes wrong on purpose, and when. It knows calls and
//! bytes; what a picture or a status word is, the provider files know, and ask [`Twist::has`].

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::provider::{Provider, State};

/// A call that never answers still ends, so that nothing is left behind for good.
const HANG_MS: u64 = 120_000;
/// The word of no provider's documents.
const UNKNOWN_WORD: &str = "REVIEWING";
/// By how many units a spoiled status answer differs from the truth.
const OTHER_AMOUNT_UNITS: u64 = 1000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The work is done, the answer comes after `delay_ms`.
    Late,
    /// Status 500, nothing is done.
    #[serde(rename = "500")]
    ServerError,
    /// Status 429 with `Retry-After`, nothing is done.
    #[serde(rename = "429")]
    TooMany,
    /// Status 200 with a page instead of JSON, nothing is done.
    Html,
    /// No answer for two minutes, nothing is done.
    Hang,
    /// The status word is one that no document knows.
    UnknownWord,
    /// The answer's body stops in the middle.
    Truncated,
    /// A paid payment's status answer carries 1000 units more.
    OtherAmount,
    /// The work is done, the answer is a 500.
    LostAnswer,
    /// The shopper returns with a second `?` instead of `&`.
    SecondQuestionMark,
    /// Cashi's picture is not a PNG.
    BadPicture,
    /// Cashi's code asks for the base amount, with a right checksum.
    TamperedCode,
    /// The address to send the shopper to is `javascript:alert(1)`.
    EvilUrl,
}

impl Kind {
    /// All of them, in the order of the fold-out on hosted pages.
    pub(crate) const ALL: [(Self, &'static str); 13] = [
        (Self::Late, "late"),
        (Self::ServerError, "500"),
        (Self::TooMany, "429"),
        (Self::Html, "html"),
        (Self::Hang, "hang"),
        (Self::UnknownWord, "unknown_word"),
        (Self::Truncated, "truncated"),
        (Self::OtherAmount, "other_amount"),
        (Self::LostAnswer, "lost_answer"),
        (Self::SecondQuestionMark, "second_question_mark"),
        (Self::BadPicture, "bad_picture"),
        (Self::TamperedCode, "tampered_code"),
        (Self::EvilUrl, "evil_url"),
    ];

    fn can_spoil(self, call: Call) -> bool {
        match self {
            Self::Late
            | Self::ServerError
            | Self::TooMany
            | Self::Html
            | Self::Hang
            | Self::Truncated
            | Self::LostAnswer => call != Call::Return,
            Self::UnknownWord | Self::OtherAmount => call == Call::Status,
            Self::SecondQuestionMark => call == Call::Return,
            Self::BadPicture | Self::TamperedCode | Self::EvilUrl => call == Call::Create,
        }
    }
}

/// Which conversation is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Call {
    /// The merchant makes a payment.
    Create,
    /// The merchant asks for a payment's status.
    Status,
    /// The shopper is sent back; only `second_question_mark` spoils it.
    #[serde(skip)]
    Return,
}

/// Which calls a fault spoils; what is absent matches all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    #[serde(default)]
    pub(crate) provider: Option<Provider>,
    /// A part of the merchant's order reference.
    #[serde(default)]
    pub(crate) order: Option<String>,
    #[serde(default)]
    pub(crate) call: Option<Call>,
}

/// One fault in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    #[serde(default, rename = "match")]
    pub(crate) matching: Match,
    #[serde(rename = "fault")]
    pub(crate) kind: Kind,
    /// How many calls are still spoiled; absent means until it is cleared.
    #[serde(default)]
    pub(crate) times: Option<u32>,
    /// For `late`, in milliseconds.
    #[serde(default = "default_delay_ms")]
    pub(crate) delay_ms: u64,
    /// For `429`, in seconds.
    #[serde(default = "default_retry_after_s")]
    pub(crate) retry_after_s: u64,
}

pub(crate) fn default_delay_ms() -> u64 {
    5000
}

pub(crate) fn default_retry_after_s() -> u64 {
    2
}

impl Fault {
    /// Whether this fault spoils this call.
    pub(crate) fn hits(&self, provider: Provider, order_ref: &str, call: Call) -> bool {
        let wanted = &self.matching;
        // A return is not a call of the merchant, so a wish about calls cannot exclude it.
        let call_fits = call == Call::Return || wanted.call.is_none_or(|wish| wish == call);
        self.times != Some(0)
            && self.kind.can_spoil(call)
            && call_fits
            && wanted.provider.is_none_or(|wish| wish == provider)
            && wanted.order.as_deref().is_none_or(|part| order_ref.contains(part))
    }
}

/// The faults that one call has met.
pub(crate) struct Twist(Vec<Fault>);

impl Twist {
    /// The faults of one call.
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self(faults)
    }

    /// Whether this call met a fault of this kind.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.0.iter().any(|fault| fault.kind == kind)
    }

    /// The status word to answer.
    pub(crate) fn word(&self, word: &'static str) -> &'static str {
        if self.has(Kind::UnknownWord) { UNKNOWN_WORD } else { word }
    }

    /// The amount to answer.
    pub(crate) fn money(&self, state: State, money: &Money) -> Money {
        let wrong = state == State::Paid && self.has(Kind::OtherAmount);
        money.plus_units(if wrong { OTHER_AMOUNT_UNITS } else { 0 })
    }

    /// The address to send the shopper to.
    pub(crate) fn address(&self, address: String) -> String {
        if self.has(Kind::EvilUrl) { "javascript:alert(1)".to_owned() } else { address }
    }

    /// Does the work and answers, as far as the faults let it.
    pub(crate) async fn around(&self, work: impl FnOnce() -> Response) -> Response {
        for fault in &self.0 {
            if let Some(instead) = answer_instead(fault).await {
                return instead;
            }
        }
        let mut answer = work();
        for fault in &self.0 {
            answer = spoil(fault, answer).await;
        }
        answer
    }
}

async fn answer_instead(fault: &Fault) -> Option<Response> {
    match fault.kind {
        Kind::ServerError => Some(server_error()),
        Kind::TooMany => {
            let wait = [(header::RETRY_AFTER, fault.retry_after_s.to_string())];
            Some((StatusCode::TOO_MANY_REQUESTS, wait, "Too Many Requests").into_response())
        }
        Kind::Html => Some(Html("<!doctype html><h1>Checking your browser</h1>").into_response()),
        Kind::Hang => {
            tokio::time::sleep(Duration::from_millis(HANG_MS)).await;
            Some(StatusCode::GATEWAY_TIMEOUT.into_response())
        }
        Kind::Late
        | Kind::UnknownWord
        | Kind::Truncated
        | Kind::OtherAmount
        | Kind::LostAnswer
        | Kind::SecondQuestionMark
        | Kind::BadPicture
        | Kind::TamperedCode
        | Kind::EvilUrl => None,
    }
}

async fn spoil(fault: &Fault, answer: Response) -> Response {
    match fault.kind {
        Kind::Late => {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms.min(HANG_MS))).await;
            answer
        }
        Kind::LostAnswer => server_error(),
        Kind::Truncated => truncated(answer).await,
        Kind::ServerError
        | Kind::TooMany
        | Kind::Html
        | Kind::Hang
        | Kind::UnknownWord
        | Kind::OtherAmount
        | Kind::SecondQuestionMark
        | Kind::BadPicture
        | Kind::TamperedCode
        | Kind::EvilUrl => answer,
    }
}

fn server_error() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
}

/// The first half of the body. The length header goes, so that the cut is the body's, not HTTP's.
async fn truncated(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
}
