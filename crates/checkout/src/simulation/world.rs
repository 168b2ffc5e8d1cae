//! Time, the queue of what will happen, and the network between the tabs and the backend.

use super::attempts::Attempts;
use super::backend::{Backend, Reply};
use super::browser::{Browser, Tab};
use super::fault::Fault;
use super::mutants::{self, Mutant};
use super::shopper::Mind;
use crate::effect::CreateRequest;
use crate::event::{Answer, Event, Failure};
use crate::fault::{Fault as Told, FaultCode};
use crate::tab_message::TabMessage;
use paywith_protocol::{Json, Payment, PaymentId, Status};
use std::collections::BTreeMap;

/// What will happen at a moment.
#[derive(Clone, Debug)]
pub(super) enum Scheduled {
    /// A tab's alarm.
    Alarm { at: Place, token: u64 },
    /// Half a second has passed in a page on which something runs down.
    Tick { at: Place, token: u64 },
    /// Somebody or something sets a device's clock, and will again.
    ClockJumps { browser: usize },
    /// A clock has jumped in front of a code at this moment, and was not set since: has the page asked?
    Jumped { at: Place, at_ms: u64, settings: u32 },
    /// A request reaches the backend.
    RequestArrives { at: Place, call: u32, question: Request, way: Way },
    /// A waiting call is looked at.
    Held { at: Place, call: u32, id: PaymentId, status: Status, until_ms: u64, way: Way },
    /// Something reaches a document: an answer, another tab's message, news of its window.
    Event { at: Place, event: Box<Event> },
    /// An answer to a call reaches a document.
    Answer { at: Place, call: u32, event: Box<Event> },
    /// The shopper looks at the screen.
    Shopper,
    /// A visit at a hosted page ends.
    VisitEnds { at: Place, id: Option<PaymentId>, is_window: bool },
    /// Something goes wrong with the device or its owner.
    Incident,
    /// Both clocks and the network are there again.
    BackToNormal { browser: usize },
    /// A frozen tab goes on.
    Thawed { tab: usize },
    /// From here on nothing goes wrong any more.
    Calm,
    /// The promises are called in.
    Verdict,
}

/// A document in a tab: what is meant for an earlier one of the same tab reaches nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) tab: usize,
    pub(super) document: u32,
}

/// What is asked of the backend.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Create(CreateRequest),
    Status { id: PaymentId, status: Status, wait_ms: Option<u64> },
    Cancel(PaymentId),
}

/// How an answer comes back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// After so many milliseconds.
    Back(u64),
    /// Never, and the browser says so after so many milliseconds.
    Lost(u64),
    /// Never, and nobody says so.
    Silence,
    /// As something that cannot be read.
    Garbled(u64),
}

/// Everything.
pub(super) struct World {
    pub(super) now_ms: u64,
    queue: BTreeMap<(u64, u64), Scheduled>,
    count: u64,
    pub(super) random: fastrand::Rng,
    pub(super) faults: BTreeMap<Fault, u64>,
    pub(super) is_calm: bool,
    pub(super) backend: Backend,
    pub(super) browsers: Vec<Browser>,
    pub(super) tabs: Vec<Tab>,
    pub(super) attempts: Attempts,
    /// The server is broken until then.
    pub(super) broken_until_ms: u64,
    pub(super) violations: Vec<String>,
    pub(super) mind: Mind,
    /// At the end: the tab in front, and when it was looked at again.
    pub(super) active: usize,
    pub(super) woken_ms: Option<u64>,
    /// When it was looked at again after all, and asks about every payment that it watches.
    pub(super) all_asked_ms: Option<u64>,
    /// At the end: when the promises are called in.
    pub(super) verdict_ms: u64,
    /// What that tab knew of then.
    pub(super) known: Vec<PaymentId>,
    /// For a scenario that failed: what happened.
    pub(super) transcript: Option<Vec<String>>,
    pub(super) waits: u64,
}

impl World {
    pub(super) fn new(seed: u64, backend: Backend, is_told: bool) -> World {
        World {
            now_ms: 1_000_000,
            queue: BTreeMap::new(),
            count: 0,
            random: fastrand::Rng::with_seed(seed),
            faults: BTreeMap::new(),
            is_calm: false,
            backend,
            browsers: Vec::new(),
            tabs: Vec::new(),
            attempts: Attempts::default(),
            broken_until_ms: 0,
            violations: Vec::new(),
            mind: Mind::default(),
            active: 0,
            woken_ms: None,
            all_asked_ms: None,
            verdict_ms: 0,
            known: Vec::new(),
            transcript: is_told.then(Vec::new),
            waits: 0,
        }
    }

    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.random.u64(..100) < percent
    }

    pub(super) fn count(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
        self.log(|| format!("{fault:?}"));
    }

    pub(super) fn log(&mut self, text: impl FnOnce() -> String) {
        let now_s = self.now_ms - 1_000_000;
        if let Some(transcript) = &mut self.transcript {
            transcript.push(format!("{now_s:>8} {}", text()));
        }
    }

    pub(super) fn violation(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.log(|| format!("VIOLATION {text}"));
        self.violations.push(text);
    }

    pub(super) fn later(&mut self, in_ms: u64, happening: Scheduled) {
        self.count += 1;
        self.queue.insert((self.now_ms + in_ms, self.count), happening);
    }

    pub(super) fn next(&mut self) -> Option<Scheduled> {
        let ((at_ms, _), happening) = self.queue.pop_first()?;
        self.now_ms = self.now_ms.max(at_ms);
        Some(happening)
    }

    /// A call leaves a tab.
    pub(super) fn send(&mut self, at: Place, call: u32, question: Request) {
        if let Request::Status { wait_ms: Some(_), .. } = question {
            self.waits += 1;
        }
        let browser = self.tabs[at.tab].browser;
        if self.browsers[browser].offline_until_ms > self.now_ms {
            return self.fails(at, call, &question, 5);
        }
        let there_ms = self.random.u64(20..300);
        let back_ms = self.random.u64(20..300);
        let mut way = Way::Back(back_ms);
        let mut there_ms = there_ms;
        if !self.is_calm && self.percent(35) {
            match self.random.u64(..8) {
                0 => {
                    self.count(Fault::RequestLost);
                    let after_ms = self.random.u64(..3_000);
                    return self.fails(at, call, &question, after_ms);
                }
                1 => {
                    self.count(Fault::AnswerLost);
                    way = Way::Lost(self.random.u64(..3_000));
                }
                2 => {
                    self.count(Fault::Hang);
                    way = Way::Silence;
                }
                3 => {
                    self.count(Fault::Duplicate);
                    let again_ms = self.random.u64(20..2_000);
                    let (question, way) = (question.clone(), Way::Silence);
                    self.later(again_ms, Scheduled::RequestArrives { at, call, question, way });
                }
                4 => {
                    self.count(Fault::Slow);
                    there_ms = self.random.u64(1_000..12_000);
                    way = Way::Back(self.random.u64(1_000..12_000));
                }
                5 => {
                    self.count(Fault::Html);
                    way = Way::Garbled(back_ms);
                    if self.random.bool() {
                        // A page of something in between: the backend never saw the call.
                        let event = garbled(call, &question);
                        return self.answer(at, call, event, back_ms);
                    }
                }
                6 => {
                    self.count(Fault::Truncated);
                    way = Way::Garbled(back_ms);
                }
                _ => {
                    self.count(Fault::TooMany);
                    let pause_ms = self.random.u64(3..30) * 1_000;
                    let event = failed(call, &question, busy(Some(pause_ms)));
                    return self.answer(at, call, event, back_ms);
                }
            }
        }
        self.later(there_ms, Scheduled::RequestArrives { at, call, question, way });
    }

    fn fails(&mut self, at: Place, call: u32, question: &Request, after_ms: u64) {
        let event = failed(call, question, Failure::Unreachable);
        self.answer(at, call, event, after_ms);
    }

    fn answer(&mut self, at: Place, call: u32, event: Option<Event>, after_ms: u64) {
        if let Some(event) = event {
            self.later(after_ms, Scheduled::Answer { at, call, event: Box::new(event) });
        }
    }

    /// A request has reached the backend.
    pub(super) fn arrives(&mut self, at: Place, call: u32, question: &Request, way: Way) {
        if self.broken_until_ms > self.now_ms {
            self.count(Fault::Breakdown);
            let event = failed(call, question, busy(None));
            return self.answer(at, call, event, 50);
        }
        let now_ms = self.now_ms;
        let said = match question {
            Request::Create(request) => self.backend.create(request, now_ms),
            Request::Cancel(id) => return self.backend.cancel(id),
            Request::Status { id, status, wait_ms } => {
                if let Some(wait_ms) = wait_ms {
                    let (id, status, until_ms) = (id.clone(), *status, now_ms + wait_ms);
                    let held = Scheduled::Held { at, call, id, status, until_ms, way };
                    return self.later(0, held);
                }
                self.backend.status(id, now_ms)
            }
        };
        self.replies(at, call, question, &said, way);
    }

    /// A waiting call is answered when the status is another one, or its time is over.
    pub(super) fn held(
        &mut self,
        at: Place,
        call: u32,
        id: PaymentId,
        status: Status,
        until_ms: u64,
        way: Way,
    ) {
        let place = self.backend.payments.iter().position(|pay| pay.id == id);
        let word = place.map(|place| self.backend.word(place, self.now_ms));
        let is_same = word.is_some_and(|word| Status::parse(word) == status);
        let is_wanted = self.tabs[at.tab].document == at.document
            && self.tabs[at.tab].in_flight.contains(&call);
        if is_same && self.now_ms < until_ms && is_wanted {
            if !self.is_calm && self.random.u64(..400) == 0 {
                self.count(Fault::WaitCut);
                let question = Request::Status { id, status, wait_ms: None };
                return self.fails(at, call, &question, 5);
            }
            let held = Scheduled::Held { at, call, id, status, until_ms, way };
            return self.later(500, held);
        }
        let said = self.backend.status(&id, self.now_ms);
        let question = Request::Status { id, status, wait_ms: None };
        self.replies(at, call, &question, &said, way);
    }

    fn replies(&mut self, at: Place, call: u32, question: &Request, said: &Reply, way: Way) {
        match way {
            Way::Back(after_ms) => {
                let event = read(call, question, said);
                self.answer(at, call, event, after_ms);
            }
            Way::Lost(after_ms) => self.fails(at, call, question, after_ms),
            Way::Garbled(after_ms) => {
                let event = garbled(call, question);
                self.answer(at, call, event, after_ms);
            }
            Way::Silence => {}
        }
    }

    /// Another tab's message, to every document of the same browser that listens.
    pub(super) fn broadcast(&mut self, from: usize, word: &TabMessage) {
        if self.browsers[self.tabs[from].browser].has_channel {
            self.reach_others(from, word);
        }
    }

    /// Browsers tell the other tabs when the storage has changed.
    pub(super) fn storage_changed(&mut self, from: usize) {
        if let Some(record) = self.stored(from) {
            self.reach_others(from, &TabMessage::HasRecord(record));
        }
    }

    fn reach_others(&mut self, from: usize, word: &TabMessage) {
        let browser = self.tabs[from].browser;
        for tab in 0..self.tabs.len() {
            if tab == from || self.tabs[tab].browser != browser || !self.tabs[tab].is_open {
                continue;
            }
            let at = self.tabs[tab].place(tab);
            let in_ms = self.random.u64(1..40);
            let event = Box::new(Event::TabMessageReceived(word.clone()));
            self.later(in_ms, Scheduled::Event { at, event });
        }
    }
}

fn busy(retry_after_ms: Option<u64>) -> Failure {
    Failure::Busy { retry_after_ms }
}

fn garbled(call: u32, question: &Request) -> Option<Event> {
    let told = Told::new(FaultCode::NotJson, "the answer is no JSON");
    failed(call, question, Failure::Unreadable(told))
}

fn failed(call: u32, question: &Request, failure: Failure) -> Option<Event> {
    match question {
        Request::Create(_) => Some(Event::CreateAnswered { call, result: Err(failure) }),
        Request::Status { .. } => Some(Event::StatusAnswered { call, result: Err(failure) }),
        Request::Cancel(_) => None,
    }
}

/// What the backend replied becomes the event that the machine receives.
fn read(call: u32, question: &Request, said: &Reply) -> Option<Event> {
    let payment = |json: &Json| {
        let payment = Payment::read(json).expect("the backend writes what it should");
        let word = json.get("status").and_then(Json::as_str).unwrap_or_default();
        let is_known = Status::ALL.iter().any(|status| status.as_str() == word);
        if mutants::is_on(Mutant::UnknownWordPaid) && !is_known {
            return Payment { status: Status::Paid, ..payment };
        }
        payment
    };
    let result = match said {
        Reply::Payment(json) => Ok(Answer { payment: payment(json), refused_address: None }),
        Reply::PaymentOpen(json) => Err(Failure::PaymentOpen(Box::new(payment(json)))),
        Reply::AlreadyPaid(json) => Err(Failure::AlreadyPaid(Box::new(payment(json)))),
        Reply::NotFound => Err(Failure::Refused(Told::new(FaultCode::NotFound, "no such payment"))),
    };
    match question {
        Request::Create(_) => Some(Event::CreateAnswered { call, result }),
        Request::Status { .. } => Some(Event::StatusAnswered { call, result }),
        Request::Cancel(_) => None,
    }
}
