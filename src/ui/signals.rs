//! What is drawn, as signals: one for each thing that changes by itself.
//!
//! No clock is read here: what runs down is in the view model.

use super::action::Action;
use super::i18n::{Key, Locale, WrittenMoney, clock_time, deadline, write_money};
use super::names::isolate;
use leptos::prelude::*;
use paywith_checkout::{Countdown, View};
use paywith_protocol::Money;
use send_wrapper::SendWrapper;
use std::sync::Arc;

/// What the screens ask of the shopper's device.
#[derive(Clone, Copy)]
pub(crate) struct Device {
    /// Milliseconds since 1970 as hours and minutes on its clock.
    pub(crate) local_time: fn(u64) -> (u64, u64),
    /// RFC 3339 as hours, minutes and zone in Indonesia; `None` when it cannot be read.
    pub(crate) indonesian_time: fn(&str) -> Option<(u64, u64, &'static str)>,
    /// It shows the code and pays it.
    pub(crate) is_phone: fn() -> bool,
    /// It shares pictures with other apps.
    pub(crate) can_share: fn() -> bool,
}

/// Carries out what the shopper asks for, inside the click.
type OnAction = Box<dyn Fn(Action)>;

const LAST_MINUTE_S: u64 = 60;

/// The signals of one widget, and where its actions go.
#[derive(Clone)]
pub(crate) struct Ui {
    /// The view model, but for what runs down.
    pub(crate) view: ArcRwSignal<View>,
    /// What runs down.
    pub(crate) countdown: ArcRwSignal<Countdown>,
    pub(crate) locale: ArcRwSignal<Locale>,
    /// What was copied or saved last, and whether that worked.
    pub(crate) outcome: ArcRwSignal<Option<(Action, bool)>>,
    pub(crate) device: Device,
    /// Views may go to other threads, as far as Leptos knows; a browser's never do.
    on_action: Arc<SendWrapper<OnAction>>,
}

impl Ui {
    pub(crate) fn new(
        view: View,
        locale: Locale,
        device: Device,
        on_action: impl Fn(Action) + 'static,
    ) -> Ui {
        Ui {
            countdown: ArcRwSignal::new(view.countdown),
            view: ArcRwSignal::new(view),
            locale: ArcRwSignal::new(locale),
            outcome: ArcRwSignal::new(None),
            device,
            on_action: Arc::new(SendWrapper::new(Box::new(on_action))),
        }
    }

    /// Takes over a view, and answers whether the screen is drawn again: what runs down is drawn by itself.
    pub(crate) fn show(&self, mut view: View) -> bool {
        let before = (self.has_countdown(), self.is_last_minute());
        change(&self.countdown, std::mem::take(&mut view.countdown));
        let after = (self.has_countdown(), self.is_last_minute());
        let is_redrawn = before != after || *self.view.read_untracked() != view;
        if is_redrawn {
            self.view.set(view);
        }
        is_redrawn
    }

    pub(crate) fn act(&self, action: Action) {
        (self.on_action)(action);
    }

    /// A message in the shopper's language.
    pub(crate) fn message(&self, key: Key) -> String {
        self.locale.read().message(key)
    }

    /// A message whose `{0}` and `{1}` are filled in.
    pub(crate) fn message_with(&self, key: Key, values: &[&str]) -> String {
        self.locale.read().message_with(key, values)
    }

    pub(crate) fn written(&self, money: &Money) -> WrittenMoney {
        write_money(&self.locale.read(), money)
    }

    /// An amount inside a sentence, kept apart from the direction of its words.
    pub(crate) fn sum(&self, money: &Money) -> String {
        isolate(&self.written(money).whole())
    }

    /// The code on the screen has an end. Reading it draws nothing anew with each tick: [`Ui::show`] does when
    /// the answer changes.
    pub(crate) fn has_countdown(&self) -> bool {
        self.countdown.read_untracked().code_s.is_some()
    }

    /// The code on the screen ends within a minute. Read in the same way.
    pub(crate) fn is_last_minute(&self) -> bool {
        self.countdown.read_untracked().code_s.is_some_and(|left_s| left_s <= LAST_MINUTE_S)
    }

    /// Whether this has worked, as far as anybody tried.
    pub(crate) fn outcome_of(&self, action: Action) -> Option<bool> {
        let outcome = self.outcome.get();
        outcome.filter(|(tried, _)| *tried == action).map(|(_, has_worked)| has_worked)
    }

    /// A moment of the wall clock as `14:35`.
    pub(crate) fn wall_time(&self, wall_ms: u64) -> String {
        let (hours, minutes) = (self.device.local_time)(wall_ms);
        clock_time(&self.locale.read(), hours, minutes)
    }

    /// RFC 3339 as `14:35 WIB`; `None` when it cannot be read.
    pub(crate) fn deadline(&self, text: &str) -> Option<String> {
        let (hours, minutes, zone) = (self.device.indonesian_time)(text)?;
        Some(deadline(&self.locale.read(), hours, minutes, zone, None))
    }
}

/// Sets a signal to a value, and answers whether that is another one; the same one would run everything that
/// reads it.
pub(crate) fn change<T: PartialEq + Send + Sync + 'static>(
    signal: &ArcRwSignal<T>,
    value: T,
) -> bool {
    let is_another = *signal.read_untracked() != value;
    if is_another {
        signal.set(value);
    }
    is_another
}
