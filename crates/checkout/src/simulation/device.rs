//! What happens to the device and its tabs.

use super::browser::{Browser, Storage, Tab};
use super::fault::Fault;
use super::world::{Happening, World};
use crate::event::{Mode, Returned};

/// More tabs than this nobody has open.
const MOST_TABS: usize = 3;

impl World {
    /// Something goes wrong.
    pub(super) fn incident(&mut self) {
        if self.is_calm {
            return;
        }
        let in_ms = self.random.u64(4_000..60_000);
        self.later(in_ms, Happening::Incident);
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
                self.later(for_ms, Happening::Thawed { tab });
            }
            3 | 4 => {
                self.count(Fault::Reload);
                self.load(tab, None);
            }
            5 => self.sleep(browser),
            6 => self.set_clock(browser, Fault::ClockAhead, 3_600_000),
            7 => self.set_clock(browser, Fault::ClockBack, -3_600_000),
            8 => {
                self.count(Fault::Offline);
                let for_ms = self.random.u64(5_000..60_000);
                self.browsers[browser].offline_until_ms = self.now_ms + for_ms;
                self.later(for_ms, Happening::BackToNormal { browser });
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
            tab.witness.device(true);
        }
        self.browsers[browser].asleep_until_ms = self.now_ms + for_ms;
        self.browsers[browser].sleeps_for_ms = for_ms;
        self.later(for_ms, Happening::BackToNormal { browser });
    }

    fn set_clock(&mut self, browser: usize, fault: Fault, by_ms: i64) {
        self.count(fault);
        self.browsers[browser].clock_offset_ms += by_ms;
        for tab in self.tabs.iter_mut().filter(|tab| tab.browser == browser) {
            tab.witness.device(false);
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

    /// What the first browser remembers, and whether its tabs hear each other, for the whole story.
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
        self.mind.haste = if self.percent(40) { 1 } else { 20 };
        self.mind.has_two_windows = self.percent(50);
        let mode = if self.percent(30) { Mode::Popup } else { Mode::Auto };
        self.tabs.push(Tab::new(0, mode));
    }
}
