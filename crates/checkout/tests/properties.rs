//! Whatever happens in whatever order, the contract's section 4 holds after every step.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod actions;
mod common;
#[path = "../src/simulation/invariants.rs"]
#[allow(dead_code, reason = "the simulation uses the rest")]
mod invariants;

use actions::{Act, Message, Outcome, act};
use common::{Page, cashi, config, id, kashier};
use invariants::{AttemptKeys, Observer, Truth};
use paywith_checkout::{
    Answer, Attempt, Config, Drawing, Effect, Event, Failure, Fault, FaultCode, Mode, Record,
    Returned, ScreenModel, StoredPayment, TabMessage,
};
use paywith_protocol::{AttemptKey, Payment, PaymentId, Provider, Review, Status};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// One page with the observer of its invariants, and what may still be answered to it.
#[derive(Default)]
struct Driver {
    observer: Observer,
    keys: AttemptKeys,
    /// Calls and the keys that they carried.
    creates: Vec<(u32, String)>,
    asks: Vec<(u32, PaymentId)>,
    /// Payments of which an answer has said that they failed.
    failed: BTreeSet<PaymentId>,
    is_hidden: bool,
    payments: u32,
}

impl Driver {
    fn observe(&mut self, page: &Page, effects: &[Effect]) {
        let now_ms = page.now.monotonic_ms;
        for effect in effects {
            match effect {
                Effect::Create { call, request } => {
                    self.observer.violations.extend(self.keys.sent(0, request));
                    self.creates.push((*call, request.key.as_str().to_owned()));
                }
                Effect::FetchStatus { call, id, .. } => self.asks.push((*call, id.clone())),
                _ => {}
            }
        }
        self.observer.step_taken(effects, !self.is_hidden, now_ms);
        let view = page.view();
        let id = page.checkout.snapshot().payment_id;
        let said_failed = id.is_some_and(|id| self.failed.contains(&id));
        let truth = Truth { ends_ms: None, said_failed };
        self.observer.screen_shown(&page.checkout, &view, Some(truth), now_ms);
        self.observer.countdown_shown(&view, !self.is_hidden);
        self.observer.has_way_on(&view, page.wake_at_ms.is_some(), !self.is_hidden);
        let violations = &self.observer.violations;
        assert!(violations.is_empty(), "{violations:?}");
    }

    /// An attempt that another tab began is one that this tab may go on with.
    fn joins(&mut self, message: &TabMessage) {
        if let TabMessage::HasRecord(Record { attempt: Some(attempt), .. }) = message {
            self.keys.settled(0);
            self.keys.settle_key(attempt.key.as_str());
        }
    }

    /// A new document: the observer knows only what it has been answered itself, or what was proved.
    fn reload(&mut self) {
        self.creates.clear();
        self.asks.clear();
        self.observer = self.observer.of_next_document();
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
    let fault = |code| Fault::new(code, "injected");
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

fn answer_create(driver: &mut Driver, back: usize, outcome: &Outcome) -> Option<Event> {
    let place = driver.creates.len().checked_sub(1 + back)?;
    let (call, key) = driver.creates.get(place)?.clone();
    let is_in_flight = driver.observer.creates_in_flight.contains(&call);
    let provider = driver.keys.provider(0).unwrap_or(Provider::Cashi);
    let is_unsure = matches!(outcome, Outcome::Unreachable | Outcome::Busy | Outcome::Unreadable);
    if is_in_flight && !is_unsure {
        driver.keys.settle_key(&key);
    }
    driver.payments += 1;
    let payment = payment(driver.payments, provider, Status::Pending);
    let other = kashier("pay_other", Status::Pending);
    Some(Event::CreateAnswered { call, result: result_of(outcome, payment, other) })
}

fn answer_status(
    page: &Page,
    driver: &mut Driver,
    back: usize,
    outcome: &Outcome,
) -> Option<Event> {
    let place = driver.asks.len().checked_sub(1 + back)?;
    let (call, id) = driver.asks.get(place)?.clone();
    if matches!(outcome, Outcome::Status(Status::Failed)) {
        driver.failed.insert(id.clone());
    }
    let provider = page.checkout.snapshot().provider.unwrap_or(Provider::Kashier);
    let id = if matches!(outcome, Outcome::WrongId) { common::id("not-asked") } else { id };
    let payment = Payment { id, ..payment(0, provider, Status::Pending) };
    let other = kashier("pay_other", Status::Pending);
    Some(Event::StatusAnswered { call, result: result_of(outcome, payment, other) })
}

fn tab_message(page: &Page, message: &Message) -> TabMessage {
    let shown = page.checkout.snapshot().payment_id;
    let known = || shown.clone().unwrap_or_else(|| id("pay_elsewhere"));
    match message {
        Message::Anybody => TabMessage::WhoHasIt,
        Message::HasAnother { is_replacing } => {
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
        Message::HasNothing => TabMessage::HasRecord(Record::default()),
        Message::Still => TabMessage::StillPending { id: known(), left_ms: Some(60_000) },
        Message::Look => TabMessage::StatusChanged { id: known() },
    }
}

fn pass_time(page: &mut Page, driver: &mut Driver, ms: u64) {
    let end_ms = page.now.monotonic_ms + ms;
    while let Some(at_ms) = page.wake_at_ms.filter(|at_ms| *at_ms <= end_ms) {
        page.advance(at_ms.saturating_sub(page.now.monotonic_ms));
        let effects = page.on(Event::Ticked);
        let creates = effects.iter().any(|e| matches!(e, Effect::Create { .. }));
        assert!(!creates || !driver.is_hidden, "a retry left a hidden page");
        driver.observe(page, &effects);
    }
    page.advance(end_ms.saturating_sub(page.now.monotonic_ms));
}

fn reload(page: &mut Page, driver: &mut Driver, paywith: Option<&str>) {
    let returned = paywith.map(|paywith| Returned {
        paywith: Some(paywith.to_owned()),
        provider: None,
        id: None,
    });
    driver.reload();
    let effects = page.reload(config(&[Provider::Cashi, Provider::Kashier]), returned);
    if page.record.as_ref().is_none_or(|record| record.attempt.is_none()) {
        driver.keys.settled(0);
    }
    driver.observe(page, &effects);
}

fn perform(page: &mut Page, driver: &mut Driver, act: Act) {
    let side = |cashi| if cashi { Provider::Cashi } else { Provider::Kashier };
    let event = match act {
        Act::Start(cashi) => {
            driver.observer.event_arrives(&Event::StartAllowed(side(cashi)), page.now.monotonic_ms);
            let effects = page.start(side(cashi));
            return driver.observe(page, &effects);
        }
        Act::Allow(cashi) => Event::StartAllowed(side(cashi)),
        Act::AnswerCreate { back, outcome } => match answer_create(driver, back, &outcome) {
            Some(event) => event,
            None => return,
        },
        Act::AnswerStatus { back, outcome } => match answer_status(page, driver, back, &outcome) {
            Some(event) => event,
            None => return,
        },
        Act::Pass(ms) => return pass_time(page, driver, ms),
        Act::ClockJump(ms) => {
            page.now.wall_ms = page.now.wall_ms.saturating_add_signed(ms);
            driver.observer.clock_or_sleep(false);
            Event::Ticked
        }
        Act::Check => Event::CheckAsked,
        Act::Continue => Event::ContinueAsked,
        Act::Renew => Event::RenewAsked,
        Act::Cancel => Event::CancelAsked,
        Act::Reset => Event::ResetAsked,
        Act::Resume => Event::ResumeAsked,
        Act::Wake => {
            driver.is_hidden = false;
            Event::Woken
        }
        Act::Hide => {
            driver.is_hidden = true;
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
        Act::Reload(paywith) => return reload(page, driver, paywith),
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
        Act::Hear(message) => {
            let message = tab_message(page, &message);
            driver.joins(&message);
            Event::TabMessageReceived(message)
        }
    };
    driver.observer.event_arrives(&event, page.now.monotonic_ms);
    let effects = page.on(event);
    driver.observe(page, &effects);
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
        let mut driver = Driver::default();
        let effects = page.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
        driver.observe(&page, &effects);
        for act in acts {
            perform(&mut page, &mut driver, act);
        }
    }

    #[test]
    fn when_trouble_stops_a_paid_payment_is_shown_paid_within_a_minute(
        acts in proptest::collection::vec(act(), 1..40),
    ) {
        let mut page = Page::new();
        let mut driver = Driver::default();
        page.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
        for act in acts {
            perform(&mut page, &mut driver, act);
        }
        let shown = page.checkout.snapshot();
        let is_settled = matches!(shown.status, Some(Status::Refunded));
        let woken = page.on(Event::Woken);
        if woken.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            driver.observer.asks_in_flight.insert(0, id("pay_0"));
        }
        if let (Some(_), false) = (shown.payment_id, is_settled) {
            for _ in 0..120 {
                let effects = page.pass(500);
                let is_asked = effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. }));
                if is_asked || !driver.observer.asks_in_flight.is_empty() {
                    driver.observer.asks_in_flight.clear();
                    let (_, id) = page.ask_call();
                    page.status_answers(Ok(Payment { id, ..cashi("x", Status::Paid) }));
                }
            }
            prop_assert!(matches!(page.screen(), ScreenModel::Paid { .. }), "{:?}", page.screen());
        }
    }
}
