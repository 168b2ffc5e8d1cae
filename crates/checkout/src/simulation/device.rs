//! What happens to the device and its tabs.

use super::browser::{Browser, Storage, Tab};
use super::fault::Fault;
use super::world::{Place, Scheduled, World};
use crate::event::{Mode, Returned};

/// More tabs than this nobody has open.
const MOST_TABS: usize = 3;

const AN_HOUR_MS: i64 = 3_600_000;
/// A jump by more than this is noticed, however far the clocks had drifted apart before.
const MOST_DRIFT_MS: i64 = 10_000;
/// A tick, and a second between two questions.
const ASKED_WITHIN_MS: u64 = 2_000;

impl World {
    /// Something goes wrong.
    pub(super) fn incident(&mut self) {
        if self.is_calm {
            return;
        }
        let in_ms = self.random.u64(4_000..60_000);
        self.later(in_ms, Scheduled::Incident);
        let touchable = self.touchable();
        let Some(tab) = self.one_of(&touchable) else { return };
        let browser = self.tabs[tab].browser;
        match self.random.u64(..14) {
            0 | 1 => self.hide(tab),
            2 => {
                self.hide(tab);
                self.count(Fault::Frozen);
                let for_ms = self.random.u64(10_000..180_000);
                self.tabs[tab].frozen_until_ms = self.now_ms + for_ms;
                self.later(for_ms, Scheduled::Thawed { tab });
            }
            3 | 4 => {
                self.count(Fault::Reload);
                self.load(tab, None);
            }
            5 => self.sleep(browser),
            6 => self.set_clock(browser, AN_HOUR_MS),
            7 => self.set_clock(browser, -AN_HOUR_MS),
            8 => {
                self.count(Fault::Offline);
                let for_ms = self.random.u64(5_000..60_000);
                self.browsers[browser].offline_until_ms = self.now_ms + for_ms;
                self.later(for_ms, Scheduled::BackToNormal { browser });
            }
            9 => self.broken_until_ms = self.now_ms + self.random.u64(5_000..60_000),
            10 | 11 => self.open_another(tab),
            12 => {
                self.count(Fault::ForgedReturn);
                let paywith = Some("pay_77".to_owned());
                self.load(tab, Some(Returned { paywith, provider: None, id: None }));
            }
            _ if touchable.len() > 1 => {
                self.count(Fault::TabClosed);
                self.close(tab);
            }
            _ => {}
        }
    }

    fn open_another(&mut self, tab: usize) {
        if self.tabs.len() >= MOST_TABS {
            return;
        }
        self.count(Fault::SecondTab);
        if !self.mind.has_two_windows {
            self.hide(tab);
        }
        let (browser, mode) = (self.tabs[tab].browser, self.tabs[tab].mode);
        self.tabs.push(Tab::new(browser, mode));
        self.load(self.tabs.len() - 1, None);
    }

    fn sleep(&mut self, browser: usize) {
        let for_ms = self.random.u64(30_000..300_000);
        if self.random.bool() {
            self.count(Fault::SleepAfterHiding);
            for tab in 0..self.tabs.len() {
                if self.tabs[tab].browser == browser {
                    self.hide(tab);
                }
            }
        } else {
            self.count(Fault::SleepAtOnce);
        }
        for tab in self.tabs.iter_mut().filter(|tab| tab.browser == browser) {
            tab.observer.clock_or_sleep(true);
        }
        self.browsers[browser].asleep_until_ms = self.now_ms + for_ms;
        self.browsers[browser].sleeps_for_ms = for_ms;
        self.later(for_ms, Scheduled::BackToNormal { browser });
    }

    fn set_clock(&mut self, browser: usize, by_ms: i64) {
        if self.browsers[browser].stands_still {
            return; // Nobody could tell that from time that has passed.
        }
        self.count(if by_ms > 0 { Fault::ClockAhead } else { Fault::ClockBack });
        self.browsers[browser].clock_offset_ms += by_ms;
        self.browsers[browser].clock_settings += 1;
        let is_awake = self.browsers[browser].asleep_until_ms <= self.now_ms;
        let (at_ms, offset_ms) = (self.now_ms, self.browsers[browser].clock_offset_ms);
        let settings = self.browsers[browser].clock_settings;
        for tab in 0..self.tabs.len() {
            let here = &mut self.tabs[tab];
            if here.browser != browser {
                continue;
            }
            here.observer.clock_or_sleep(false);
            let at = here.place(tab);
            let is_far = (offset_ms - here.step_offset_ms).abs() > MOST_DRIFT_MS;
            if is_far && is_awake && here.shows_countdown(at_ms) {
                self.later(ASKED_WITHIN_MS, Scheduled::Jumped { at, at_ms, settings });
            }
        }
    }

    /// Now and then, whatever the machine is at: by a little, by much, and to the very end of a code.
    pub(super) fn clock_jumps(&mut self, browser: usize) {
        if self.is_calm {
            return;
        }
        let in_ms = self.random.u64(1_000..40_000);
        self.later(in_ms, Scheduled::ClockJumps { browser });
        let some_ms = self.random.i64(1..20_000);
        let by_ms = match self.random.u64(..10) {
            0 => AN_HOUR_MS,
            1 => -AN_HOUR_MS,
            2 => 4_000,
            3 => 6_000,
            4 | 5 => self.left_ms(browser).unwrap_or(some_ms),
            6 | 7 => -some_ms,
            _ => some_ms,
        };
        self.set_clock(browser, by_ms);
    }

    /// What is left of a code that one of its tabs shows.
    fn left_ms(&self, browser: usize) -> Option<i64> {
        let here = self.tabs.iter().filter(|tab| tab.browser == browser && tab.is_open);
        let left_s = here.filter_map(|tab| tab.shown.as_ref()?.countdown.code_s).min()?;
        i64::try_from(left_s * 1_000).ok().filter(|left_ms| *left_ms > 0)
    }

    /// A clock has jumped before the shopper's eyes: the page asks without waiting for its own time.
    pub(super) fn jumped(&mut self, at: Place, at_ms: u64, settings: u32) {
        let here = &self.tabs[at.tab];
        let device = &self.browsers[here.browser];
        if device.clock_settings != settings {
            return; // It may have been set back before anybody looked, or there and back again.
        }
        let is_asleep = device.asleep_until_ms > self.now_ms;
        let is_same = here.document == at.document && here.shown_since_ms <= at_ms;
        let is_there = is_same && here.shows_countdown(self.now_ms);
        // A question that had only just left is as good.
        if is_there && !is_asleep && !here.observer.has_asked_since(at_ms.saturating_sub(3_000)) {
            self.violation(format!("tab {}: the clock has jumped, and nothing is asked", at.tab));
        }
    }

    /// The device is awake and has a network.
    pub(super) fn back_to_normal(&mut self, browser: usize) {
        let device = &mut self.browsers[browser];
        let now_ms = self.now_ms;
        if device.asleep_until_ms > now_ms {
            // The network is back, and nobody is awake to notice.
            return;
        }
        let was_asleep = device.asleep_until_ms == now_ms;
        if was_asleep {
            device.slept_ms += device.sleeps_for_ms;
        }
        let is_told = self.random.bool();
        for tab in 0..self.tabs.len() {
            let here = &self.tabs[tab];
            let is_seen = here.is_visible && !here.is_away && !here.is_cached;
            if here.browser == browser && is_seen && is_told {
                self.wake(tab);
            }
        }
    }

    /// What the first browser remembers, and whether its tabs hear each other, for the whole scenario.
    pub(super) fn furnish(&mut self) {
        let has_channel = !self.percent(10);
        let sleep_stops_clock = self.random.bool();
        self.browsers.push(Browser::new(has_channel, sleep_stops_clock));
        if !has_channel {
            self.count(Fault::ChannelLost);
        }
        if self.percent(20) {
            self.count(Fault::NoLocks);
            self.browsers[0].has_locks = false;
        }
        match self.random.u64(..12) {
            0 => {
                self.count(Fault::StorageDenied);
                self.browsers[0].storage = Storage::Denied;
            }
            1 => {
                self.count(Fault::StorageFull);
                self.browsers[0].storage = Storage::Full;
            }
            _ => {}
        }
        if self.percent(5) {
            self.count(Fault::StandsStill);
            self.browsers[0].stands_still = true;
        }
        if self.percent(25) {
            self.later(5_000, Scheduled::ClockJumps { browser: 0 });
        }
        self.mind.haste = if self.percent(40) { 1 } else { 20 };
        self.mind.has_two_windows = self.percent(50);
        let mode = match self.random.u64(..100) {
            0..25 => Mode::Popup,
            25..50 => Mode::Modal,
            _ => Mode::Auto,
        };
        self.tabs.push(Tab::new(0, mode));
    }
}
