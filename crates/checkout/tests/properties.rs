//! Whatever happens in whatever order, the contract's section 4 holds after every step.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod actions;
mod common;

use actions::{Act, Hearsay, Outcome, act};
use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{
    Answer, Attempt, Config, Drawing, Effect, Event, Failure, Fault, FaultCode, Mode, Moment,
    Record, Returned, ScreenModel, StoredPayment, TabMessage,
};
use paywith_protocol::{AttemptKey, Payment, PaymentId, Provider, Review, Status};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What an outside observer knows, kept apart from the machine.
#[derive(Default)]
struct Witness {
    /// Calls and the keys that they carried.
    creates: Vec<(u32, String)>,
    asks: Vec<(u32, PaymentId)>,
    creates_in_flight: BTreeSet<u32>,
    asks_in_flight: BTreeSet<u32>,
    /// Ids of which a status answer to the call in flight said paid.
    verified: BTreeSet<String>,
    paid_event_sent: Vec<String>,
    was_paid: bool,
    is_hidden: bool,
    /// The key of an attempt whose outcome nobody knows yet, and its provider.
    unsettled: Option<(String, Provider)>,
    /// Keys whose payment is known: they may be retired when it ends.
    settled_keys: BTreeSet<String>,
    payments: u32,
}

impl Witness {
    fn observe(&mut self, page: &Page, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Create { call, request } => {
                    if let Some((key, provider)) = &self.unsettled
                        && *provider == request.provider
                    {
                        assert_eq!(key, request.key.as_str(), "a retry took a new key");
                    }
                    let key = request.key.as_str().to_owned();
                    if !self.settled_keys.contains(&key) {
                        self.unsettled = Some((key.clone(), request.provider));
                    }
                    self.creates.push((*call, key));
                    self.creates_in_flight.insert(*call);
                    assert!(self.creates_in_flight.len() <= 1, "two creates in flight");
                }
                Effect::FetchStatus { call, id, .. } => {
                    assert!(!self.is_hidden, "a status call left a hidden page");
                    self.asks.push((*call, id.clone()));
                    self.asks_in_flight.insert(*call);
                    assert!(self.asks_in_flight.len() <= 1, "two status calls in flight");
                }
                Effect::Abort { call } => {
                    self.creates_in_flight.remove(call);
                    self.asks_in_flight.remove(call);
                }
                Effect::Emit(Moment::Paid { .. }, snapshot) => {
                    let id = snapshot.payment_id.clone().expect("paid has an id");
                    let id = id.as_str().to_owned();
                    assert!(self.verified.contains(&id), "paid was told without proof");
                    assert!(!self.paid_event_sent.contains(&id), "paid was told twice");
                    self.paid_event_sent.push(id);
                }
                _ => {}
            }
        }
        self.check_screen(page);
    }

    fn check_screen(&mut self, page: &Page) {
        let screen = page.screen();
        let snapshot = page.checkout.snapshot();
        let is_paid = matches!(screen, ScreenModel::Paid { .. });
        if is_paid {
            let id = snapshot.payment_id.as_ref().expect("paid has an id");
            assert!(self.verified.contains(id.as_str()), "paid is shown without proof");
        }
        if self.was_paid {
            let stays = is_paid || matches!(screen, ScreenModel::Refunded { .. });
            assert!(stays, "paid was left for {screen:?}");
        }
        self.was_paid =
            is_paid || (self.was_paid && matches!(screen, ScreenModel::Refunded { .. }));
        assert!(self.has_way_on(page, &screen), "no way on from {screen:?}");
    }

    /// Something is under way, will be at a named moment, or a button leads on.
    fn has_way_on(&self, page: &Page, screen: &ScreenModel) -> bool {
        match screen {
            ScreenModel::Choose { .. }
            | ScreenModel::Window { .. }
            | ScreenModel::Elsewhere { .. }
            | ScreenModel::Open { .. }
            | ScreenModel::Ended { .. }
            | ScreenModel::Leaving { .. }
            | ScreenModel::Paid { .. }
            | ScreenModel::Refunded { .. } => true,
            ScreenModel::Starting { .. } | ScreenModel::Loading => {
                page.wake_at_ms.is_some() || self.is_hidden
            }
            ScreenModel::Checking { .. }
            | ScreenModel::Code(_)
            | ScreenModel::Confirming
            | ScreenModel::Processing { .. } => {
                !self.asks_in_flight.is_empty() || page.wake_at_ms.is_some() || self.is_hidden
            }
            ScreenModel::Broken(_) => false,
        }
    }

    /// An attempt that another tab began is one that this tab may go on with.
    fn joins(&mut self, word: &TabMessage) {
        if let TabMessage::HasRecord(Record { attempt: Some(attempt), .. }) = word {
            self.settled_keys.insert(attempt.key.as_str().to_owned());
            self.unsettled = None;
        }
    }

    fn reload(&mut self) {
        self.creates.clear();
        self.asks.clear();
        self.creates_in_flight.clear();
        self.asks_in_flight.clear();
        self.paid_event_sent.clear();
        self.was_paid = false;
        self.is_hidden = false;
    }
}

fn payment(number: u32, provider: Provider, status: Status) -> Payment {
    let id = format!("pay_{number}");
    match provider {
        Provider::Cashi => cashi(&id, status),
        Provider::Cashii | Provider::CashPay | Provider::Kashier => kashier(&id, status),
    }
}

fn result_of(outcome: &Outcome, payment: Payment, other: Payment) -> Result<Answer, Failure> {
    let fault = |code| Fault::new(code, "planted");
    let answer = |payment| Ok(Answer { payment, refused_address: None });
    match outcome {
        Outcome::Status(status) => answer(Payment { status: *status, ..payment }),
        Outcome::Review => answer(Payment {
            status: Status::Processing,
            review: Some(Review::AmountMismatch),
            ..payment
        }),
        Outcome::WrongId => answer(Payment { status: Status::Paid, ..payment }),
        Outcome::BadAddress => Ok(Answer { payment, refused_address: Some("scheme") }),
        Outcome::Unreachable => Err(Failure::Unreachable),
        Outcome::Busy => Err(Failure::Busy { retry_after_ms: Some(4_000) }),
        Outcome::Unreadable => Err(Failure::Unreadable(fault(FaultCode::NotJson))),
        Outcome::Refused => Err(Failure::Refused(fault(FaultCode::ProviderRefused))),
        Outcome::Open => Err(Failure::PaymentOpen(Box::new(other))),
        Outcome::AlreadyPaid => {
            Err(Failure::AlreadyPaid(Box::new(Payment { status: Status::Paid, ..other })))
        }
    }
}

fn answer_create(witness: &mut Witness, back: usize, outcome: &Outcome) -> Option<Event> {
    let place = witness.creates.len().checked_sub(1 + back)?;
    let (call, key) = witness.creates.get(place)?.clone();
    let is_in_flight = witness.creates_in_flight.remove(&call);
    let provider = witness.unsettled.as_ref().map_or(Provider::Cashi, |(_, side)| *side);
    let is_unsure = matches!(outcome, Outcome::Unreachable | Outcome::Busy | Outcome::Unreadable);
    if is_in_flight && !is_unsure {
        witness.unsettled = witness.unsettled.take().filter(|(unsettled, _)| *unsettled != key);
        witness.settled_keys.insert(key);
    }
    witness.payments += 1;
    let payment = payment(witness.payments, provider, Status::Pending);
    let other = kashier("pay_other", Status::Pending);
    Some(Event::CreateAnswered { call, result: result_of(outcome, payment, other) })
}

fn answer_status(
    page: &Page,
    witness: &mut Witness,
    back: usize,
    outcome: &Outcome,
) -> Option<Event> {
    let place = witness.asks.len().checked_sub(1 + back)?;
    let (call, id) = witness.asks.get(place)?.clone();
    let is_in_flight = witness.asks_in_flight.remove(&call);
    if is_in_flight && matches!(outcome, Outcome::Status(Status::Paid)) {
        witness.verified.insert(id.as_str().to_owned());
    }
    let provider = page.checkout.snapshot().provider.unwrap_or(Provider::Kashier);
    let id = if matches!(outcome, Outcome::WrongId) { common::id("not-asked") } else { id };
    let payment = Payment { id, ..payment(0, provider, Status::Pending) };
    let other = kashier("pay_other", Status::Pending);
    Some(Event::StatusAnswered { call, result: result_of(outcome, payment, other) })
}

fn word(page: &Page, hearsay: &Hearsay) -> TabMessage {
    let shown = page.checkout.snapshot().payment_id;
    let known = || shown.clone().unwrap_or_else(|| id("pay_elsewhere"));
    match hearsay {
        Hearsay::Anybody => TabMessage::WhoHasIt,
        Hearsay::HasAnother { is_replacing } => {
            let key = AttemptKey::parse("00000000-0000-4000-8000-000000000000");
            let supersedes = shown.clone().filter(|_| *is_replacing);
            let attempt =
                Attempt { key: key.expect("a key"), provider: Provider::Cashi, supersedes };
            let seen = StoredPayment {
                id: id("pay_elsewhere"),
                provider: Some(Provider::Cashi),
                is_of_attempt: true,
                paid_event_sent: false,
            };
            TabMessage::HasRecord(Record {
                attempt: Some(attempt),
                payment: Some(seen),
                retired: Vec::new(),
                version: 9_999,
            })
        }
        Hearsay::HasNothing => TabMessage::HasRecord(Record::default()),
        Hearsay::Still => TabMessage::StillPending { id: known(), left_ms: Some(60_000) },
        Hearsay::Look => TabMessage::StatusChanged { id: known() },
    }
}

fn pass_time(page: &mut Page, witness: &mut Witness, ms: u64) {
    let end_ms = page.now.monotonic_ms + ms;
    while let Some(at_ms) = page.wake_at_ms.filter(|at_ms| *at_ms <= end_ms) {
        page.advance(at_ms.saturating_sub(page.now.monotonic_ms));
        let effects = page.on(Event::Ticked);
        let creates = effects.iter().any(|e| matches!(e, Effect::Create { .. }));
        assert!(!creates || !witness.is_hidden, "a retry left a hidden page");
        witness.observe(page, &effects);
    }
    page.advance(end_ms.saturating_sub(page.now.monotonic_ms));
}

fn reload(page: &mut Page, witness: &mut Witness, paywith: Option<&str>) {
    let returned = paywith.map(|paywith| Returned {
        paywith: Some(paywith.to_owned()),
        provider: None,
        id: None,
    });
    witness.reload();
    let effects = page.reload(config(&[Provider::Cashi, Provider::Kashier]), returned);
    if page.record.as_ref().is_none_or(|record| record.attempt.is_none()) {
        witness.unsettled = None;
    }
    witness.observe(page, &effects);
}

fn perform(page: &mut Page, witness: &mut Witness, act: Act) {
    let side = |cashi| if cashi { Provider::Cashi } else { Provider::Kashier };
    let event = match act {
        Act::Start(cashi) => {
            let effects = page.start(side(cashi));
            return witness.observe(page, &effects);
        }
        Act::Allow(cashi) => Event::StartAllowed(side(cashi)),
        Act::AnswerCreate { back, outcome } => match answer_create(witness, back, &outcome) {
            Some(event) => event,
            None => return,
        },
        Act::AnswerStatus { back, outcome } => match answer_status(page, witness, back, &outcome) {
            Some(event) => event,
            None => return,
        },
        Act::Pass(ms) => return pass_time(page, witness, ms),
        Act::ClockJump(ms) => {
            page.now.wall_ms = page.now.wall_ms.saturating_add_signed(ms);
            Event::Ticked
        }
        Act::Check => Event::CheckAsked,
        Act::Continue => Event::ContinueAsked,
        Act::Renew => Event::RenewAsked,
        Act::Cancel => Event::CancelAsked,
        Act::Reset => Event::ResetAsked,
        Act::Resume => Event::ResumeAsked,
        Act::Wake => {
            witness.is_hidden = false;
            Event::Woken
        }
        Act::Hide => {
            witness.is_hidden = true;
            Event::Hidden
        }
        Act::Drawn(drawn) => {
            let id = page.checkout.snapshot().payment_id.unwrap_or_else(|| id("none"));
            Event::CodeDrawn {
                id,
                picture: drawn.then(|| Drawing {
                    url: "data:,x".to_owned(),
                    outline: String::new(),
                    side_modules: 65,
                }),
            }
        }
        Act::Reload(paywith) => return reload(page, witness, paywith),
        Act::Disable(is_disabled) => {
            let config = config(&[Provider::Cashi, Provider::Kashier]);
            let config = Config { is_disabled, ..config };
            Event::Configured { config: Ok(config), record: None }
        }
        Act::Popup(is_popup) => {
            let mode = if is_popup { Mode::Popup } else { Mode::Auto };
            let config = config(&[Provider::Cashi, Provider::Kashier]);
            Event::Configured { config: Ok(Config { mode, ..config }), record: None }
        }
        Act::WindowBlocked => Event::WindowBlocked,
        Act::WindowClosed => Event::WindowClosed,
        Act::Leads(is_leading) => Event::LeadershipChanged(is_leading),
        Act::Hear(hearsay) => {
            let word = word(page, &hearsay);
            witness.joins(&word);
            Event::TabMessageReceived(word)
        }
    };
    let effects = page.on(event);
    witness.observe(page, &effects);
}

/// Enough for every run; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_events_makes_the_checkout_lie(
        acts in proptest::collection::vec(act(), 1..60),
        jitter_permille in 0u16..1_000,
    ) {
        let mut page = Page::new();
        page.jitter_permille = jitter_permille;
        let mut witness = Witness::default();
        let effects = page.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
        witness.observe(&page, &effects);
        for act in acts {
            perform(&mut page, &mut witness, act);
        }
    }

    #[test]
    fn when_trouble_stops_a_paid_payment_is_shown_paid_within_a_minute(
        acts in proptest::collection::vec(act(), 1..40),
    ) {
        let mut page = Page::new();
        let mut witness = Witness::default();
        page.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
        for act in acts {
            perform(&mut page, &mut witness, act);
        }
        let shown = page.checkout.snapshot();
        let is_settled = matches!(shown.status, Some(Status::Refunded));
        let woken = page.on(Event::Woken);
        if woken.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            witness.asks_in_flight.insert(0);
        }
        if let (Some(_), false) = (shown.payment_id, is_settled) {
            for _ in 0..120 {
                let effects = page.pass(500);
                let is_asked = effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. }));
                if is_asked || !witness.asks_in_flight.is_empty() {
                    witness.asks_in_flight.clear();
                    let (_, id) = page.ask_call();
                    page.status_answers(Ok(Payment { id, ..cashi("x", Status::Paid) }));
                }
            }
            prop_assert!(matches!(page.screen(), ScreenModel::Paid { .. }), "{:?}", page.screen());
        }
    }
}
