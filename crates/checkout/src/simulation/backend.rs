//! The shop's backend and the provider behind it, as the contract has them answer; what they know
//! is the truth of a scenario.

use crate::effect::CreateRequest;
use paywith_protocol::{AttemptKey, Decimal, Json, PaymentId, Provider};

/// Whose answers these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Keeps payments, replays keys, knows one live payment per order, holds waiting calls.
    Contract,
    /// Hands the provider's answers on and keeps nothing: a new key is a new payment.
    Relay,
}

/// One payment, as the provider has it.
#[derive(Clone, Debug)]
pub(super) struct Pay {
    pub(super) id: PaymentId,
    pub(super) key: AttemptKey,
    pub(super) provider: Provider,
    pub(super) ends_ms: Option<u64>,
    pub(super) settled_ms: Option<u64>,
    /// The provider says so to others from here on.
    pub(super) known_ms: u64,
    /// Until then it says that money is on its way.
    pub(super) processing_until_ms: u64,
    pub(super) declined_ms: Option<u64>,
    pub(super) refunded_ms: Option<u64>,
    pub(super) is_canceled: bool,
    pub(super) is_replaced: bool,
    /// A person must look at the money.
    pub(super) is_review: bool,
    /// The provider once says failed after it said paid.
    pub(super) is_fickle: bool,
    pub(super) said_paid: bool,
    pub(super) said_failed: bool,
    /// The answer that carried it reached a page of the first browser at this moment.
    pub(super) disclosed_ms: Option<u64>,
}

impl Pay {
    pub(super) fn is_settled(&self, now_ms: u64) -> bool {
        self.settled_ms.is_some_and(|at_ms| at_ms <= now_ms && self.known_ms <= now_ms)
    }

    pub(super) fn is_live(&self, now_ms: u64) -> bool {
        let is_over = self.ends_ms.is_some_and(|at_ms| at_ms <= now_ms)
            || self.declined_ms.is_some_and(|at_ms| at_ms <= now_ms);
        !is_over && !self.is_canceled && !self.is_replaced && !self.is_settled(now_ms)
    }
}

/// What is said.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Payment(Json),
    PaymentOpen(Json),
    AlreadyPaid(Json),
    NotFound,
}

/// The backend.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    pub(super) kind: Kind,
    pub(super) wait_ms: Option<u64>,
    pub(super) payments: Vec<Pay>,
    /// Now and then it answers a status that does not exist.
    pub(super) says_strange_words: bool,
    pub(super) strange_words: u64,
    /// How often it wants to be asked.
    pub(super) pace_ms: u64,
    /// How long a code lives.
    pub(super) life_ms: u64,
}

impl Backend {
    pub(super) fn find(&self, id: &PaymentId) -> Option<&Pay> {
        self.payments.iter().find(|pay| pay.id == *id)
    }

    pub(super) fn find_mut(&mut self, id: &PaymentId) -> Option<&mut Pay> {
        self.payments.iter_mut().find(|pay| pay.id == *id)
    }

    fn place(&self, id: &PaymentId) -> Option<usize> {
        self.payments.iter().position(|pay| pay.id == *id)
    }

    pub(super) fn create(&mut self, request: &CreateRequest, now_ms: u64) -> Reply {
        let replayed = self.payments.iter().position(|pay| {
            let has_same_id = self.kind == Kind::Contract || pay.provider != Provider::CashPay;
            pay.key == request.key && pay.provider == request.provider && has_same_id
        });
        if let Some(place) = replayed {
            return Reply::Payment(self.json(place, now_ms));
        }
        if self.kind == Kind::Contract {
            if let Some(place) = self.payments.iter().position(|pay| pay.is_settled(now_ms)) {
                return Reply::AlreadyPaid(self.json(place, now_ms));
            }
            if let Some(place) = self.payments.iter().position(|pay| pay.is_live(now_ms)) {
                let live = &mut self.payments[place];
                if request.supersedes.as_ref() == Some(&live.id) {
                    live.is_replaced = true;
                } else if live.provider == request.provider {
                    return Reply::Payment(self.json(place, now_ms));
                } else {
                    return Reply::PaymentOpen(self.json(place, now_ms));
                }
            }
        }
        let place = self.begin(request, now_ms);
        Reply::Payment(self.json(place, now_ms))
    }

    fn begin(&mut self, request: &CreateRequest, now_ms: u64) -> usize {
        let id = PaymentId::parse(&format!("pay_{}", self.payments.len() + 1)).expect("an id");
        self.payments.push(Pay {
            id,
            key: request.key.clone(),
            provider: request.provider,
            ends_ms: (request.provider == Provider::Cashi).then_some(now_ms + self.life_ms),
            settled_ms: None,
            known_ms: 0,
            processing_until_ms: 0,
            declined_ms: None,
            refunded_ms: None,
            is_canceled: false,
            is_replaced: false,
            is_review: false,
            is_fickle: false,
            said_paid: false,
            said_failed: false,
            disclosed_ms: None,
        });
        self.payments.len() - 1
    }

    pub(super) fn status(&mut self, id: &PaymentId, now_ms: u64) -> Reply {
        match self.place(id) {
            Some(place) => Reply::Payment(self.json(place, now_ms)),
            None => Reply::NotFound,
        }
    }

    pub(super) fn cancel(&mut self, id: &PaymentId) {
        if self.kind == Kind::Contract
            && let Some(pay) = self.find_mut(id)
        {
            pay.is_canceled = true;
        }
    }

    /// The status that an answer carries at this moment.
    pub(super) fn word(&self, place: usize, now_ms: u64) -> &'static str {
        let pay = &self.payments[place];
        let is_over = |at_ms: Option<u64>| at_ms.is_some_and(|at_ms| at_ms <= now_ms);
        if pay.is_settled(now_ms) {
            return match () {
                () if is_over(pay.refunded_ms) => "refunded",
                () if pay.is_review || now_ms < pay.processing_until_ms => "processing",
                () if pay.is_fickle && pay.said_paid => "failed",
                () => "paid",
            };
        }
        match () {
            () if is_over(pay.declined_ms) => "failed",
            () if pay.is_canceled => "canceled",
            () if pay.is_replaced || is_over(pay.ends_ms) => "expired",
            () if self.says_strange_words && now_ms / 4_000 % 4 == 3 => "on_hold_7",
            () => "pending",
        }
    }

    fn json(&mut self, place: usize, now_ms: u64) -> Json {
        let word = self.word(place, now_ms);
        let pay = &mut self.payments[place];
        pay.said_paid |= word == "paid";
        pay.said_failed |= word == "failed";
        self.strange_words += u64::from(word == "on_hold_7");
        let is_code = pay.provider == Provider::Cashi;
        let text = |text: &str| Json::String(text.to_owned());
        let amount = |value: &str| {
            let value = Decimal::parse(value).expect("money").to_string();
            let entries = [("value", text(&value)), ("currency", text("IDR"))];
            Json::Object(entries.map(|(name, value)| (name.to_owned(), value)).to_vec())
        };
        let action = if is_code {
            vec![("type", text("qr")), ("payload", text(super::SOUND_CODE))]
        } else {
            vec![("type", text("redirect")), ("url", text("https://pay.example/1"))]
        };
        let owned = |entries: Vec<(&str, Json)>| {
            Json::Object(
                entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            )
        };
        let mut entries = vec![
            ("id", text(pay.id.as_str())),
            ("order", text("INV-1")),
            ("provider", text(pay.provider.id())),
            ("status", text(word)),
            ("amount", amount(if is_code { "15023" } else { "15000" })),
            ("base_amount", amount("15000")),
            ("action", owned(action)),
            ("poll_after_ms", Json::Integer(self.pace_ms)),
        ];
        if let Some(ends_ms) = pay.ends_ms {
            entries.push(("expires_in_ms", Json::Integer(ends_ms.saturating_sub(now_ms))));
        }
        if let Some(wait_ms) = self.wait_ms {
            entries.push(("wait_ms", Json::Integer(wait_ms)));
        }
        if pay.is_review && word == "processing" {
            entries.push(("review", text("amount_mismatch")));
        }
        owned(entries)
    }
}
