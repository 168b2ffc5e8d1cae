//! What a screen may use: the words, the clock, and three ways to report.

use super::text::{Key, Words, Written, write_money};
use leptos::prelude::*;
use paywith_checkout::{Event, Now, View};
use paywith_protocol::Money;
use std::rc::Rc;

/// How a screen reports to whoever put it up.
#[derive(Clone)]
pub(crate) struct Reporter {
    /// The shopper did something that the machine knows.
    pub(crate) dispatch: Rc<dyn Fn(Event)>,
    /// The shopper wants this text on the clipboard; the answer is whether it is there.
    pub(crate) copy: Rc<Copier>,
    /// RFC 3339 to hours and minutes on the device's clock.
    pub(crate) local_time: fn(&str) -> Option<(u64, u64)>,
}

/// Copies a text and reports whether it worked.
pub(crate) type Copier = dyn Fn(&str, Box<dyn FnOnce(bool)>);

/// Handed to every screen and part; copies are cheap.
#[derive(Clone, Copy)]
pub(crate) struct Bridge {
    pub(crate) view: RwSignal<View>,
    pub(crate) words: RwSignal<Words>,
    /// Advances twice a second while something counts down.
    pub(crate) clock: RwSignal<(u64, u64)>,
    /// The outcome of the last copying: the text, and whether it worked.
    pub(crate) copied: RwSignal<Option<bool>>,
    reporter: StoredValue<Reporter, LocalStorage>,
}

impl Bridge {
    pub(crate) fn new(view: View, words: Words, now: Now, reporter: Reporter) -> Bridge {
        Bridge {
            view: RwSignal::new(view),
            words: RwSignal::new(words),
            clock: RwSignal::new((now.monotonic_ms, now.wall_ms)),
            copied: RwSignal::new(None),
            reporter: StoredValue::new_local(reporter),
        }
    }

    pub(crate) fn say(self, key: Key) -> String {
        self.words.with(|words| words.say(key))
    }

    pub(crate) fn fill(self, key: Key, values: &[&str]) -> String {
        self.words.with(|words| words.fill(key, values))
    }

    pub(crate) fn money(self, money: &Money) -> Written {
        self.words.with(|words| write_money(words, money))
    }

    /// The moment that the screen shows.
    pub(crate) fn now(self) -> Now {
        let (monotonic_ms, wall_ms) = self.clock.get();
        Now { monotonic_ms, wall_ms }
    }

    /// RFC 3339 as `14:35` on the device's clock; `None` when it cannot be read.
    pub(crate) fn local_time(self, text: &str) -> Option<String> {
        let read = self.reporter.with_value(|reporter| reporter.local_time);
        let (hours, minutes) = read(text)?;
        Some(self.words.with(|words| super::text::clock_time(words, hours, minutes)))
    }

    pub(crate) fn report(self, event: Event) {
        // The reporter may draw anew, so it must not be borrowed while it works.
        let dispatch = self.reporter.with_value(|reporter| reporter.dispatch.clone());
        dispatch(event);
    }

    pub(crate) fn copy(self, text: &str) {
        let copy = self.reporter.with_value(|reporter| reporter.copy.clone());
        let copied = self.copied;
        copy(text, Box::new(move |is_copied| copied.set(Some(is_copied))));
    }
}
