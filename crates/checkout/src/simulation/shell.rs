//! Carries out what the machine wants, as the widget's shell does, and lets alarms ring.

use super::backend::Kind;
use super::browser::{Storage, Tab, config};
use super::fault::Fault;
use super::invariants::Truth;
use super::mutants::{self, Mutant};
use super::world::{Place, Request, Scheduled, World};
use crate::context::Context;
use crate::effect::{CreateRequest, Effect};
use crate::event::{Drawing, Event, Returned};
use crate::record::Record;
use crate::step::step;
use crate::tab_message::TabMessage;
use crate::time::Now;
use crate::view::{ScreenModel, View, view_at};
use paywith_protocol::AttemptKey;
use std::collections::VecDeque;

/// How often a page ticks on which something runs down.
const TICK_MS: u64 = 500;

impl World {
    fn now_of(&self, browser: usize) -> Now {
        let device = &self.browsers[browser];
        let slept_ms = if device.sleep_stops_clock { device.slept_ms } else { 0 };
        let wall_ms = 1_700_000_000_000 + self.now_ms;
        let monotonic_ms = self.now_ms.saturating_sub(slept_ms);
        Now {
            monotonic_ms: if device.stands_still { 7 } else { monotonic_ms },
            wall_ms: wall_ms.saturating_add_signed(device.clock_offset_ms),
        }
    }

    /// A document is loaded in a tab: a new one, or the same page again.
    pub(super) fn load(&mut self, tab: usize, returned: Option<Returned>) {
        let (browser, mode) = (self.tabs[tab].browser, self.tabs[tab].mode);
        let document = self.tabs[tab].document + 1;
        if tab == self.active {
            // What a document knew is gone with it, but for what is stored.
            self.known.clear();
        }
        let violations = std::mem::take(&mut self.tabs[tab].observer.violations);
        self.violations.extend(violations);
        self.tabs[tab] = Tab { document, ..Tab::new(browser, mode) };
        self.leave_queue(tab);
        let record = self.browsers[browser].read();
        self.log(|| format!("tab {tab} loads, {returned:?}, {record:?}"));
        if record.as_ref().is_none_or(|record| record.attempt.is_none()) {
            self.attempts.settled(tab);
        }
        self.dispatch(tab, Event::Opened { config: Ok(config(mode)), record, returned });
    }

    pub(super) fn close(&mut self, tab: usize) {
        self.tabs[tab].is_open = false;
        self.tabs[tab].is_visible = false;
        self.tabs[tab].document += 1;
        self.tabs[tab].in_flight.clear();
        self.leave_queue(tab);
    }

    /// Events go into the machine one after another, as effects bring further ones.
    pub(super) fn dispatch(&mut self, tab: usize, event: Event) {
        let mut waiting = VecDeque::from([event]);
        while let Some(event) = waiting.pop_front() {
            self.tabs[tab].is_visible &= !matches!(event, Event::Hidden);
            self.learns(tab, &event);
            self.log(|| format!("tab {tab} {event:?}"));
            let now_ms = self.now_ms;
            let step_offset_ms = self.browsers[self.tabs[tab].browser].clock_offset_ms;
            let here = &mut self.tabs[tab];
            here.step_offset_ms = step_offset_ms;
            here.observer.event_arrives(&event, now_ms);
            let shown = here.shown.take();
            let mut event = here.edge.event(event, shown.as_ref());
            here.shown = shown;
            while let Some(next) = event.take() {
                event = self.step(tab, next, &mut waiting);
            }
            let shown = self.tabs[tab].edge.screen(self.tabs[tab].view());
            self.look(tab, shown);
        }
        self.tabs[tab].is_visible &= !self.tabs[tab].is_away;
        self.tick_on(tab);
    }

    /// One event goes into the machine, and what it wants is carried out. An active mutant may forge
    /// another event, of which nobody else knows.
    fn step(&mut self, tab: usize, event: Event, waiting: &mut VecDeque<Event>) -> Option<Event> {
        let key = AttemptKey::parse(&format!("{:032x}", self.random.u128(..))).expect("a key");
        let jitter_permille = self.random.u16(..1_000);
        let kept = self.stored(tab);
        let stored = || kept.clone();
        let now = self.now_of(self.tabs[tab].browser);
        let now_ms = self.now_ms;
        let here = &mut self.tabs[tab];
        let now = here.edge.clocks(now);
        let context = Context { now, fresh_key: key, jitter_permille, stored: &stored };
        let checkout = std::mem::take(&mut here.checkout);
        let (checkout, effects) = step(checkout, event, &context);
        here.checkout = checkout;
        let (view, id) = (here.view(), here.checkout.snapshot().payment_id);
        let effects = here.edge.effects(effects, &context.fresh_key, (&view, id.as_ref()));
        here.observer.step_taken(&effects, here.is_visible, now_ms);
        let forgery = here.edge.forgery(&effects);
        self.log(|| format!("tab {tab} does {effects:?}"));
        for effect in effects {
            // A page that is being left still finishes its sentence.
            if !self.tabs[tab].is_away || matches!(effect, Effect::Remember(_)) {
                self.carry_out(tab, effect, waiting);
            }
        }
        forgery
    }

    /// The page ticks while something on it runs down before somebody's eyes.
    fn tick_on(&mut self, tab: usize) {
        let here = &mut self.tabs[tab];
        let counts_down = here.shown.as_ref().is_some_and(View::counts_down);
        if counts_down && here.is_visible && !here.is_ticking {
            here.is_ticking = true;
            here.tick_token += 1;
            let (at, token) = (here.place(tab), here.tick_token);
            self.later(TICK_MS, Scheduled::Tick { at, token });
        }
    }

    /// Half a second has passed there.
    pub(super) fn tick(&mut self, at: Place, token: u64) {
        let here = &self.tabs[at.tab];
        let is_gone = here.document != at.document || !here.is_open || here.is_away;
        if is_gone || here.tick_token != token {
            return;
        }
        let until_ms = self.browsers[here.browser].asleep_until_ms.max(here.frozen_until_ms);
        let wait_ms = if here.is_cached { 5_000 } else { until_ms.saturating_sub(self.now_ms) };
        if wait_ms > 0 {
            return self.later(wait_ms, Scheduled::Tick { at, token });
        }
        self.tabs[at.tab].is_ticking = false;
        if mutants::is_on(Mutant::TickOnlyRedraws) {
            let now = self.now_of(self.tabs[at.tab].browser);
            let drawn = view_at(&self.tabs[at.tab].checkout, Some(now));
            self.look(at.tab, drawn);
            return self.tick_on(at.tab);
        }
        self.dispatch(at.tab, Event::Ticked);
    }

    /// What the answer means for who knows what, before the machine sees it.
    fn learns(&mut self, tab: usize, event: &Event) {
        let Event::CreateAnswered { call, result } = event else { return };
        if !self.tabs[tab].in_flight.contains(call) {
            return;
        }
        match result {
            Ok(answer) => {
                self.attempts.settled(tab);
                let now_ms = self.now_ms;
                let is_first = self.tabs[tab].browser == 0;
                if let Some(pay) = self.backend.find_mut(&answer.payment.id).filter(|_| is_first) {
                    pay.disclosed_ms.get_or_insert(now_ms);
                }
            }
            Err(failure) => match failure {
                crate::Failure::Refused(_)
                | crate::Failure::PaymentOpen(_)
                | crate::Failure::AlreadyPaid(_) => self.attempts.settled(tab),
                crate::Failure::Unreachable
                | crate::Failure::Blocked(_)
                | crate::Failure::Busy { .. }
                | crate::Failure::Unreadable(_) => {}
            },
        }
        self.tabs[tab].in_flight.remove(call);
    }

    fn look(&mut self, tab: usize, shown: View) {
        let id = self.tabs[tab].checkout.snapshot().payment_id;
        let truth = id
            .and_then(|id| self.backend.find(&id))
            .map(|pay| Truth { ends_ms: pay.ends_ms, said_failed: pay.said_failed });
        let now_ms = self.now_ms;
        let here = &mut self.tabs[tab];
        here.observer.pause_respected(&shown);
        here.observer.screen_shown(&here.checkout, &shown, truth, now_ms);
        here.observer.countdown_shown(&shown, here.is_visible);
        here.observer.has_way_on(&shown, here.alarm.is_some(), here.is_visible);
        if matches!(shown.screen, ScreenModel::Elsewhere { .. }) {
            self.attempts.settled(tab);
        }
        let is_new = here.shown.as_ref().is_none_or(|before| before.screen != shown.screen);
        here.shown = Some(shown);
        if is_new {
            here.shown_since_ms = now_ms;
            let screen = format!("{:?}", self.tabs[tab].view().screen);
            self.log(|| format!("tab {tab} shows {}", screen.get(..90).unwrap_or(&screen)));
        }
    }

    fn carry_out(&mut self, tab: usize, effect: Effect, waiting: &mut VecDeque<Event>) {
        let (browser, at) = (self.tabs[tab].browser, self.tabs[tab].place(tab));
        match effect {
            Effect::Wake { at_ms } => self.set_alarm(tab, at_ms),
            Effect::Create { call, request } => {
                self.tabs[tab].in_flight.insert(call);
                self.log(|| format!("tab {tab} asks for a payment: {request:?}"));
                self.watch_attempt(tab, &request);
                self.send(at, call, Request::Create(request));
            }
            Effect::FetchStatus { call, id, status, wait_ms, .. } => {
                self.tabs[tab].in_flight.insert(call);
                self.send(at, call, Request::Status { id, status, wait_ms });
            }
            Effect::CancelPayment { id, .. } => self.send(at, 0, Request::Cancel(id)),
            Effect::Abort { call } => {
                self.tabs[tab].in_flight.remove(&call);
            }
            Effect::Remember(record) => {
                if record.attempt.is_none() {
                    self.attempts.settled(tab);
                }
                let before = self.browsers[browser].read();
                let newer = self.browsers[browser].write(record);
                if self.browsers[browser].read() != before {
                    self.storage_changed(tab);
                }
                if let Some(newer) = newer {
                    waiting.push_back(Event::TabMessageReceived(TabMessage::HasRecord(newer)));
                }
            }
            Effect::DrawCode { id, .. } => {
                let picture = Some(Drawing {
                    url: "data:,x".to_owned(),
                    outline: String::new(),
                    side_modules: 65,
                });
                waiting.push_back(Event::CodeDrawn { id, picture });
            }
            Effect::ProposeStart(provider) => {
                waiting.push_back(Event::StartAllowed(provider));
            }
            Effect::Navigate { .. } => self.leave_page(tab, waiting),
            Effect::OpenWindow => self.open_window(at),
            Effect::ShowInWindow { .. } => self.visit_in_window(at),
            Effect::RequestLeadership(wants) => self.lead(tab, wants),
            Effect::Broadcast(word) => self.broadcast(tab, &word),
            Effect::LoadOffer { .. }
            | Effect::CloseWindow
            | Effect::Leave { .. }
            | Effect::Emit(..)
            | Effect::EmitFault(_)
            | Effect::Resolve(_)
            | Effect::Reject(_) => {}
        }
    }

    /// Only the browser can see to it that one click is one payment, where a backend keeps nothing.
    fn watch_attempt(&mut self, tab: usize, request: &CreateRequest) {
        let now_ms = self.now_ms;
        // A backend that keeps payments refuses a second one. A page that knows better does not ask.
        let known_open = &self.tabs[tab].observer.known_open;
        let open = self.backend.payments.iter().filter(|pay| {
            let is_kept = self.backend.kind == Kind::Contract;
            is_kept && known_open.contains(&pay.id) && pay.is_live(now_ms)
        });
        self.attempts.sent_beside(request, open);
        let browser = self.tabs[tab].browser;
        let remembers = self.backend.kind == Kind::Relay
            && browser == 0
            && self.browsers[0].storage == Storage::Works;
        let known = self.backend.payments.iter().filter(|pay| {
            let is_known = pay.disclosed_ms.is_some_and(|at_ms| at_ms + 3_000 <= now_ms);
            // A relay may answer one key with two payments: that is in its documents.
            let payments = &self.backend.payments;
            let is_one_of_two = payments.iter().any(|o| o.key == pay.key && o.id != pay.id);
            // One that is watched on was put aside by the shopper's own wish.
            let retired = &self.tabs[tab].checkout.retired;
            let is_watched = retired.iter().any(|retired| retired.tracked.id == pay.id);
            remembers && is_known && !is_watched && pay.is_live(now_ms) && !is_one_of_two
        });
        self.attempts.sent(tab, request, known);
    }

    fn set_alarm(&mut self, tab: usize, at_ms: Option<u64>) {
        if self.tabs[tab].alarm.map(|(at_ms, _)| at_ms) == at_ms {
            return; // It is set already.
        }
        let token = self.tabs[tab].alarm.map_or(1, |(_, token)| token + 1);
        self.tabs[tab].alarm = at_ms.map(|at_ms| (at_ms, token));
        if let Some(at_ms) = at_ms {
            let now_ms = self.now_of(self.tabs[tab].browser).monotonic_ms;
            let at = self.tabs[tab].place(tab);
            self.later(at_ms.saturating_sub(now_ms), Scheduled::Alarm { at, token });
        }
    }

    /// After the device's clocks were set right: alarms ring by them.
    pub(super) fn set_alarms_again(&mut self) {
        for tab in 0..self.tabs.len() {
            let at_ms = self.tabs[tab].alarm.take().map(|(at_ms, _)| at_ms);
            if self.tabs[tab].is_open && !self.tabs[tab].is_away {
                self.set_alarm(tab, at_ms);
            }
        }
    }

    /// An alarm rings late in a page that is hidden or frozen, and by the monotonic clock.
    pub(super) fn alarm(&mut self, at: Place, token: u64) {
        let here = &self.tabs[at.tab];
        let Some((at_ms, expected)) = here.alarm else { return };
        let is_gone = !here.is_open || here.is_away;
        if here.document != at.document || token != expected || is_gone {
            return;
        }
        let device = &self.browsers[here.browser];
        let now_ms = self.now_of(here.browser).monotonic_ms;
        let wait_ms = if device.asleep_until_ms > self.now_ms {
            device.asleep_until_ms - self.now_ms
        } else if here.frozen_until_ms > self.now_ms {
            here.frozen_until_ms - self.now_ms
        } else if here.is_cached {
            5_000
        } else if device.stands_still {
            0 // The browser's own timer rings all the same.
        } else {
            at_ms.saturating_sub(now_ms)
        };
        if wait_ms > 0 {
            return self.later(wait_ms, Scheduled::Alarm { at, token });
        }
        // It has rung; the next step sets it anew, and be it to the same moment.
        self.tabs[at.tab].alarm = Some((u64::MAX, token));
        self.dispatch(at.tab, Event::Ticked);
    }

    /// The first tab in the queue is the one that asks.
    fn lead(&mut self, tab: usize, wants: bool) {
        if wants {
            let browser = self.tabs[tab].browser;
            self.browsers[browser].queue.push_back(tab);
            self.tell_leading(tab, self.is_first(tab), 1);
        } else {
            self.tell_leading(tab, false, 1);
            self.leave_queue(tab);
        }
    }

    pub(super) fn is_first(&self, tab: usize) -> bool {
        self.browsers[self.tabs[tab].browser].queue.front() == Some(&tab)
    }

    fn tell_leading(&mut self, tab: usize, is_leading: bool, in_ms: u64) {
        let at = self.tabs[tab].place(tab);
        let event = Box::new(Event::LeadershipChanged(is_leading));
        self.later(in_ms, Scheduled::Event { at, event });
    }

    pub(super) fn leave_queue(&mut self, tab: usize) {
        let browser = self.tabs[tab].browser;
        let queue = &mut self.browsers[browser].queue;
        let was_first = queue.front() == Some(&tab);
        queue.retain(|waiting| *waiting != tab);
        let next = queue.front().copied();
        if let (true, Some(next)) = (was_first, next) {
            let in_ms = if self.browsers[browser].has_locks { 1 } else { 6_000 };
            self.tell_leading(next, true, in_ms);
        }
    }

    /// What the tab's browser remembers at this moment.
    pub(super) fn stored(&self, tab: usize) -> Option<Record> {
        self.browsers[self.tabs[tab].browser].read()
    }

    pub(super) fn hide(&mut self, tab: usize) {
        if self.tabs[tab].is_visible && self.tabs[tab].is_open {
            self.count(Fault::Hidden);
            self.dispatch(tab, Event::Hidden);
        }
    }

    pub(super) fn wake(&mut self, tab: usize) {
        if self.tabs[tab].is_open {
            self.tabs[tab].is_visible = true;
            // Its timers ring at their own pace again.
            self.tabs[tab].is_ticking = false;
            self.dispatch(tab, Event::Woken);
        }
    }
}
