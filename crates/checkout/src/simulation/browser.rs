//! Browsers with their storage, locks and clocks, and the documents in their tabs.

use super::invariants::Observer;
use super::mutants::Edge;
use super::world::Place;
use crate::event::{Config, Mode};
use crate::model::Checkout;
use crate::record::Record;
use crate::view::{View, view};
use paywith_protocol::Money;
use std::collections::{BTreeSet, VecDeque};

/// How much a browser remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Works,
    /// The mere access throws.
    Denied,
    /// What is written is lost, and what stood there before is taken away.
    Full,
}

/// One browser on one device.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    pub(super) storage: Storage,
    pub(super) record: Option<Record>,
    pub(super) has_channel: bool,
    /// Without locks a lease in the storage says who asks: a tab that is gone is noticed later.
    pub(super) has_locks: bool,
    /// Tabs that want to be the one that asks, in the order in which they asked for it.
    pub(super) queue: VecDeque<usize>,
    /// The device's clock is wrong by this.
    pub(super) clock_offset_ms: i64,
    /// How often its clock was set.
    pub(super) clock_settings: u32,
    /// The monotonic clock stands still while the device sleeps.
    pub(super) sleep_stops_clock: bool,
    pub(super) slept_ms: u64,
    /// It has no monotonic clock: what the page reads stands still.
    pub(super) stands_still: bool,
    pub(super) asleep_until_ms: u64,
    pub(super) sleeps_for_ms: u64,
    pub(super) offline_until_ms: u64,
}

impl Browser {
    pub(super) fn new(has_channel: bool, sleep_stops_clock: bool) -> Browser {
        Browser {
            storage: Storage::Works,
            record: None,
            has_channel,
            has_locks: true,
            queue: VecDeque::new(),
            clock_offset_ms: 0,
            clock_settings: 0,
            sleep_stops_clock,
            slept_ms: 0,
            stands_still: false,
            asleep_until_ms: 0,
            sleeps_for_ms: 0,
            offline_until_ms: 0,
        }
    }

    pub(super) fn read(&self) -> Option<Record> {
        match self.storage {
            Storage::Works => self.record.clone(),
            Storage::Denied | Storage::Full => None,
        }
    }

    /// Returns what another tab has stored meanwhile.
    pub(super) fn write(&mut self, record: Record) -> Option<Record> {
        match self.storage {
            Storage::Works => {
                let (record, other) = record.reconcile(self.record.take());
                self.record = Some(record);
                other
            }
            Storage::Full => {
                self.record = None;
                None
            }
            Storage::Denied => None,
        }
    }
}

/// One tab and its document.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    pub(super) browser: usize,
    pub(super) document: u32,
    pub(super) is_open: bool,
    pub(super) checkout: Checkout,
    pub(super) mode: Mode,
    pub(super) is_visible: bool,
    pub(super) frozen_until_ms: u64,
    /// The shopper is at a hosted page, and the document is gone.
    pub(super) is_away: bool,
    /// The shopper is at a hosted page, and this document waits in the back/forward cache.
    pub(super) is_cached: bool,
    pub(super) in_flight: BTreeSet<u32>,
    pub(super) observer: Observer,
    pub(super) edge: Edge,
    pub(super) alarm: Option<(u64, u64)>,
    /// A tick is on its way, and which: an earlier one counts for nothing.
    pub(super) is_ticking: bool,
    pub(super) tick_token: u64,
    /// How wrong the device's clock was at the machine's last step.
    pub(super) step_offset_ms: i64,
    /// What the shopper sees, and since when.
    pub(super) shown: Option<View>,
    pub(super) shown_since_ms: u64,
}

impl Tab {
    pub(super) fn new(browser: usize, mode: Mode) -> Tab {
        Tab {
            browser,
            document: 0,
            is_open: true,
            checkout: Checkout::new(),
            mode,
            is_visible: true,
            frozen_until_ms: 0,
            is_away: false,
            is_cached: false,
            in_flight: BTreeSet::new(),
            observer: Observer::default(),
            edge: Edge::default(),
            alarm: None,
            is_ticking: false,
            tick_token: 0,
            step_offset_ms: 0,
            shown: None,
            shown_since_ms: 0,
        }
    }

    pub(super) fn place(&self, tab: usize) -> Place {
        Place { tab, document: self.document }
    }

    /// A code whose time runs down is before the shopper's eyes, and the page is running.
    pub(super) fn shows_countdown(&self, now_ms: u64) -> bool {
        let is_running = self.is_open && !self.is_away && !self.is_cached;
        let is_seen = self.is_visible && self.frozen_until_ms <= now_ms;
        let shown = self.shown.as_ref();
        is_running && is_seen && shown.is_some_and(|shown| shown.countdown.code_s.is_some())
    }

    pub(super) fn view(&self) -> View {
        view(&self.checkout)
    }
}

/// What the page says.
pub(super) fn config(mode: Mode) -> Config {
    Config {
        order: "INV-1".to_owned(),
        providers: Some(super::fault::PROVIDERS.to_vec()),
        hint: Money::parse("15000", "IDR").ok(),
        mode,
        success_url: None,
        is_resuming: true,
        is_disabled: false,
    }
}
