//! What a screen may use: the words, the clock, and two ways to report.

use super::text::{Key, Words, Written, clock_time, write_money};
use leptos::prelude::*;
use paywith_checkout::{Event, Now, View};
use paywith_protocol::{Money, Provider};
use std::rc::Rc;

/// Copies a text and reports whether it worked.
pub(crate) type Copier = dyn Fn(&str, Box<dyn FnOnce(bool)>);

/// How a screen reports to whoever put it up.
pub(crate) struct Reporter {
    /// The shopper did something that the machine knows.
    pub(crate) dispatch: Box<dyn Fn(Event)>,
    /// The shopper wants a text on the clipboard.
    pub(crate) copy: Box<Copier>,
    /// RFC 3339 to hours and minutes on the device's clock.
    pub(crate) local_time: fn(&str) -> Option<(u64, u64)>,
}

/// What a press on an element means.
#[derive(Clone)]
pub(crate) enum Click {
    Start(Provider),
    Check,
    Continue,
    Renew,
    Cancel,
    Reset,
    Copy(String),
}

/// Everything that is drawn.
pub(crate) struct Model {
    pub(crate) view: View,
    pub(crate) words: Words,
    /// The moment that the screen shows; advances while something counts down.
    pub(crate) now: Now,
    /// Whether the last copying worked.
    pub(crate) copied: Option<bool>,
}

/// The one signal between the widget and its screen. Copies are cheap.
#[derive(Clone, Copy)]
pub(crate) struct Bridge {
    model: RwSignal<Model, LocalStorage>,
    reporter: StoredValue<Rc<Reporter>, LocalStorage>,
}

impl Bridge {
    pub(crate) fn new(view: View, words: Words, now: Now, reporter: Reporter) -> Bridge {
        let model = Model { view, words, now, copied: None };
        Bridge {
            model: RwSignal::new_local(model),
            reporter: StoredValue::new_local(Rc::new(reporter)),
        }
    }

    /// Reads the model; whoever draws with it draws again after a change.
    pub(crate) fn draw<T>(self, draw: impl FnOnce(&Model) -> T) -> T {
        self.model.with(draw)
    }

    /// Looks at the model without being drawn again.
    pub(crate) fn look<T>(self, look: impl FnOnce(&Model) -> T) -> T {
        self.model.with_untracked(look)
    }

    /// Changes the model and draws.
    pub(crate) fn change(self, change: impl FnOnce(&mut Model)) {
        self.model.update(change);
    }

    /// Whether RFC 3339 can be read, as hours and minutes.
    fn local_time(self, text: &str) -> Option<(u64, u64)> {
        self.reporter.with_value(|reporter| (reporter.local_time)(text))
    }

    /// Somebody pressed an element.
    pub(crate) fn pressed(self, click: Click) {
        // The reporter may draw anew, so nothing may be borrowed while it works.
        let Some(reporter) = self.reporter.try_get_value() else { return };
        let event = match click {
            Click::Start(provider) => Event::StartAsked(Some(provider)),
            Click::Check => Event::CheckAsked,
            Click::Continue => Event::ContinueAsked,
            Click::Renew => Event::RenewAsked,
            Click::Cancel => Event::CancelAsked,
            Click::Reset => Event::ResetAsked,
            Click::Copy(text) => {
                let report = move |copied| self.change(|model| model.copied = Some(copied));
                return (reporter.copy)(&text, Box::new(report));
            }
        };
        (reporter.dispatch)(event);
    }
}

/// The model and the bridge, as every screen gets them.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'m> {
    pub(crate) bridge: Bridge,
    pub(crate) model: &'m Model,
}

impl Desk<'_> {
    pub(crate) fn say(self, key: Key) -> String {
        self.model.words.say(key)
    }

    pub(crate) fn fill(self, key: Key, values: &[&str]) -> String {
        self.model.words.fill(key, values)
    }

    pub(crate) fn written(self, money: &Money) -> Written {
        write_money(&self.model.words, money)
    }

    /// An amount inside a sentence, kept apart from the direction of its words.
    pub(crate) fn sum(self, money: &Money) -> String {
        isolate(&self.written(money).whole())
    }

    /// RFC 3339 as `14:35` on the device's clock; `None` when it cannot be read.
    pub(crate) fn local_time(self, text: &str) -> Option<String> {
        let (hours, minutes) = self.bridge.local_time(text)?;
        Some(clock_time(&self.model.words, hours, minutes))
    }
}

/// Keeps a foreign name or number from turning the sentence around it.
pub(crate) fn isolate(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}
