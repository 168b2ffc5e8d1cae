//! The shopper: what she sees makes her do something, or nothing.

use super::browser::{Browser, Tab};
use super::fault::{Fault, PROVIDERS};
use super::world::{Place, Scheduled, World};
use crate::event::{Event, Mode, Returned};
use crate::view::{Ending, ScreenModel};
use paywith_protocol::PaymentId;
use std::collections::VecDeque;

/// More attempts than this nobody makes.
const MOST_STARTS: u32 = 4;

/// What the shopper thinks.
#[derive(Clone, Debug, Default)]
pub(super) struct Mind {
    /// She has paid, and pays no more.
    pub(super) has_paid: bool,
    pub(super) starts: u32,
    /// Codes she has saved as pictures.
    pub(super) saved: Vec<PaymentId>,
    /// How soon she pays a code that she sees, of a hundred looks.
    pub(super) haste: u64,
    /// She has two windows side by side.
    pub(super) has_two_windows: bool,
}

impl World {
    fn settle(&mut self, id: &PaymentId) {
        let now_ms = self.now_ms;
        let (known_ms, busy_ms) = (self.random.u64(..15_000), self.random.u64(..15_000));
        let chances = [20, 6, 5, 8].map(|percent| self.percent(percent));
        let refund_ms = self.random.u64(5_000..90_000);
        let Some(pay) = self.backend.find_mut(id).filter(|pay| pay.settled_ms.is_none()) else {
            return;
        };
        pay.settled_ms = Some(now_ms);
        pay.known_ms = now_ms + known_ms;
        let [is_slow, is_review, is_refunded, is_fickle] = chances;
        pay.processing_until_ms = pay.known_ms + if is_slow { busy_ms } else { 0 };
        pay.is_review = is_review;
        pay.refunded_ms = is_refunded.then_some(pay.known_ms + refund_ms);
        pay.is_fickle = is_fickle;
        let is_late = pay.ends_ms.is_some_and(|at_ms| at_ms <= now_ms);
        let happened = [
            (is_late, Fault::PaidLate),
            (pay.is_replaced, Fault::ReplacedPaid),
            (is_review, Fault::Review),
            (is_refunded, Fault::Refunded),
            (is_fickle, Fault::FailedAfterPaid),
        ];
        self.mind.has_paid = true;
        self.log(|| format!("{} is settled", id.as_str()));
        for (_, fault) in happened.into_iter().filter(|(happens, _)| *happens) {
            self.count(fault);
        }
    }

    /// The page goes to a hosted page; the document waits, or is gone. It stays visible until the events that
    /// are already in its queue have been handled.
    pub(super) fn leave_page(&mut self, tab: usize, waiting: &mut VecDeque<Event>) {
        let id = self.tabs[tab].checkout.snapshot().payment_id;
        if self.percent(60) {
            self.tabs[tab].is_cached = true;
            waiting.push_back(Event::Hidden);
        } else {
            self.tabs[tab].document += 1;
            self.tabs[tab].is_away = true;
            self.tabs[tab].in_flight.clear();
            self.leave_queue(tab);
        }
        let at = self.tabs[tab].place(tab);
        let in_ms = self.random.u64(3_000..60_000);
        self.later(in_ms, Scheduled::VisitEnds { at, id, is_window: false });
    }

    pub(super) fn open_window(&mut self, at: Place) {
        if self.percent(25) {
            self.count(Fault::WindowBlocked);
            let event = Box::new(Event::WindowBlocked);
            self.later(5, Scheduled::Event { at, event });
        }
    }

    pub(super) fn visit_in_window(&mut self, at: Place) {
        let id = self.tabs[at.tab].checkout.snapshot().payment_id;
        let in_ms = self.random.u64(3_000..60_000);
        self.later(in_ms, Scheduled::VisitEnds { at, id, is_window: true });
    }

    /// She pays there, is declined, or thinks better of it; and comes back in one way or another.
    pub(super) fn visit_ends(&mut self, at: Place, id: Option<PaymentId>, is_window: bool) {
        let here = &self.tabs[at.tab];
        if here.document != at.document || !here.is_open {
            return;
        }
        let asleep_until_ms = self.browsers[here.browser].asleep_until_ms;
        if asleep_until_ms > self.now_ms {
            let in_ms = asleep_until_ms - self.now_ms + 1;
            return self.later(in_ms, Scheduled::VisitEnds { at, id, is_window });
        }
        if let Some(id) = &id {
            match self.random.u64(..100) {
                0..50 if !self.mind.has_paid => self.settle(id),
                50..70 => {
                    let now_ms = self.now_ms;
                    if let Some(pay) = self.backend.find_mut(id)
                        && pay.settled_ms.is_none()
                    {
                        pay.declined_ms.get_or_insert(now_ms);
                        self.count(Fault::Declined);
                    }
                }
                _ => {}
            }
        }
        if is_window {
            if self.percent(50) {
                self.dispatch(at.tab, Event::CheckAsked);
            }
            self.count(Fault::WindowClosed);
            return self.dispatch(at.tab, Event::WindowClosed);
        }
        self.comes_back(at.tab, id);
    }

    pub(super) fn comes_back(&mut self, tab: usize, id: Option<PaymentId>) {
        super::scenario::promise_again(self, tab);
        let returned = id.map(|id| self.returned(&id));
        self.tabs[tab].is_away = false;
        match self.random.u64(..100) {
            0..60 => self.load(tab, returned),
            60..85 if self.tabs[tab].is_cached => {
                self.count(Fault::BackForward);
                self.tabs[tab].is_cached = false;
                self.wake(tab);
            }
            60..85 => {
                self.count(Fault::BackWithoutCache);
                self.load(tab, None);
            }
            85..94 if !self.is_calm => {
                self.count(Fault::OtherBrowser);
                self.close(tab);
                self.browsers.push(Browser::new(true, true));
                let browser = self.browsers.len() - 1;
                self.tabs.push(Tab::new(browser, Mode::Auto));
                self.load(self.tabs.len() - 1, returned);
            }
            _ => self.close(tab),
        }
    }

    /// A contract backend puts the payment's id into the address; a relay leaves the key there.
    fn returned(&self, id: &PaymentId) -> Returned {
        let pay = self.backend.find(id).expect("it was visited");
        let paywith = match self.backend.kind {
            super::backend::Kind::Contract => id.as_str().to_owned(),
            super::backend::Kind::Relay => pay.key.as_str().to_owned(),
        };
        Returned { paywith: Some(paywith), provider: Some(pay.provider), id: None }
    }

    /// Tabs that the shopper can touch now.
    pub(super) fn touchable(&self) -> Vec<usize> {
        let is_touchable = |tab: &Tab| {
            let is_asleep = self.browsers[tab.browser].asleep_until_ms > self.now_ms;
            tab.is_open && tab.is_visible && !tab.is_away && !tab.is_cached && !is_asleep
        };
        (0..self.tabs.len()).filter(|tab| is_touchable(&self.tabs[*tab])).collect()
    }

    pub(super) fn one_of(&mut self, tabs: &[usize]) -> Option<usize> {
        if tabs.is_empty() { None } else { Some(tabs[self.random.usize(..tabs.len())]) }
    }

    /// She looks at a screen and does something, or nothing.
    pub(super) fn shopper(&mut self) {
        if self.is_calm {
            return;
        }
        let in_ms = self.random.u64(300..6_000);
        self.later(in_ms, Scheduled::Shopper);
        if self.percent(2) && !self.mind.has_paid && !self.mind.saved.is_empty() {
            let place = self.random.usize(..self.mind.saved.len());
            let id = self.mind.saved[place].clone();
            return self.settle(&id);
        }
        let touchable = self.touchable();
        match self.one_of(&touchable) {
            Some(tab) => self.looks_at(tab, &touchable),
            None => self.takes_up(),
        }
    }

    /// Nothing is in front of her: she takes up a tab again.
    fn takes_up(&mut self) {
        let now_ms = self.now_ms;
        let is_there = |tab: &Tab| {
            let is_asleep = self.browsers[tab.browser].asleep_until_ms > now_ms;
            let is_frozen = tab.frozen_until_ms > now_ms;
            tab.is_open && !tab.is_away && !tab.is_cached && !is_asleep && !is_frozen
        };
        let tabs: Vec<usize> =
            (0..self.tabs.len()).filter(|tab| is_there(&self.tabs[*tab])).collect();
        if let Some(tab) = self.one_of(&tabs).filter(|_| self.random.u64(..100) < 40) {
            self.wake(tab);
        }
    }

    fn looks_at(&mut self, tab: usize, touchable: &[usize]) {
        let dice = self.random.u64(..100);
        let may_start = !self.mind.has_paid && self.mind.starts < MOST_STARTS;
        match self.tabs[tab].view().screen {
            ScreenModel::Choose { .. } if may_start && dice < 60 => self.presses(tab, touchable),
            ScreenModel::Choose { .. } if dice > 90 => self.dispatch(tab, Event::ResumeAsked),
            ScreenModel::Starting { .. } if dice < 8 => {
                self.count(Fault::GivenUp);
                self.dispatch(tab, Event::CancelAsked);
            }
            ScreenModel::Code(_) if self.tabs[tab].view().is_in_dialog && dice > 90 => {
                self.count(Fault::Dismissed);
                self.dispatch(tab, Event::DismissAsked);
            }
            ScreenModel::Code(code) => match dice {
                dice if dice < self.mind.haste && !self.mind.has_paid => self.settle(&code.id),
                20..24 => self.dispatch(tab, Event::CancelAsked),
                24..28 => self.dispatch(tab, Event::ResetAsked),
                28..31 => self.dispatch(tab, Event::CheckAsked),
                _ => self.mind.saved.push(code.id),
            },
            ScreenModel::Elsewhere { .. } | ScreenModel::Open { .. } => match dice {
                0..35 => self.dispatch(tab, Event::ContinueAsked),
                35..45 => self.dispatch(tab, Event::ResetAsked),
                45..60 => self.dispatch(tab, Event::CheckAsked),
                _ => {}
            },
            ScreenModel::Ended { ending, .. } => match dice {
                0..8 if may_start => {
                    self.mind.starts += 1;
                    self.dispatch(tab, Event::RenewAsked);
                }
                40..50 if ending != Ending::Canceled => self.dispatch(tab, Event::ResetAsked),
                50..60 => self.dispatch(tab, Event::CheckAsked),
                60..70 if !self.mind.has_paid => {
                    // The picture that she has saved is still in her gallery.
                    if let Some(id) = self.mind.saved.last().cloned() {
                        self.settle(&id);
                    }
                }
                _ => {}
            },
            ScreenModel::Window { .. } if dice < 10 => self.dispatch(tab, Event::ContinueAsked),
            ScreenModel::Checking { .. }
            | ScreenModel::Confirming
            | ScreenModel::Processing { .. }
            | ScreenModel::Paid { .. }
                if dice < 15 =>
            {
                self.dispatch(tab, Event::CheckAsked);
            }
            _ => {}
        }
    }

    /// One press, two presses, or a press in each of two windows.
    fn presses(&mut self, tab: usize, touchable: &[usize]) {
        self.mind.starts += 1;
        let provider = PROVIDERS[self.random.usize(..PROVIDERS.len())];
        self.dispatch(tab, Event::StartAsked(Some(provider)));
        if self.percent(25) {
            self.count(Fault::DoublePress);
            self.dispatch(tab, Event::StartAsked(Some(provider)));
        }
        let other = touchable.iter().copied().find(|other| *other != tab);
        if let Some(other) = other.filter(|_| self.random.u64(..100) < 40) {
            self.count(Fault::StartedTwice);
            self.dispatch(other, Event::StartAsked(Some(provider)));
        }
    }
}
