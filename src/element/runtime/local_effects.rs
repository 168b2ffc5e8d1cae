//! What the widget does by itself, without a word from the machine: the clipboard, the tick while something
//! runs down, and the hosted page's window inside the click.

use super::Inner;
use crate::element::saved_picture;
use crate::shell::clock::Interval;
use crate::shell::device::{self, Saving};
use crate::shell::dialog::Dialog;
use crate::shell::navigation::{Popup, PopupNews};
use crate::shell::wake_lock::WakeLock;
use crate::shell::{clipboard, share};
use crate::ui::Action;
use crate::ui::i18n::Key;
use leptos::prelude::ReadUntracked;
use paywith_checkout::{Event, ScreenModel};
use std::rc::Rc;

/// How often time is reported to the machine while something runs down, in milliseconds.
const TICK_MS: u32 = 500;

impl Inner {
    /// Plain digits on the clipboard, as a payment app takes them.
    pub(super) fn copy_amount(&self) {
        let Some(money) = self.snapshot().amount else { return };
        self.copy(Action::CopyAmount, money.value.to_text());
    }

    /// The text of the code on the screen.
    pub(super) fn copy_code(&self) {
        let payload = match &self.ui.view.read_untracked().screen {
            ScreenModel::Code(code) => code.payload.clone(),
            _ => None,
        };
        if let Some(payload) = payload {
            self.copy(Action::CopyCode, payload);
        }
    }

    pub(super) fn copy(&self, action: Action, text: String) {
        clipboard::copy(text, self.report(action));
    }

    /// Says on the screen whether what the shopper tried has worked.
    fn report(&self, action: Action) -> impl FnOnce(bool) + 'static {
        let (mount, outcome) = (Rc::downgrade(&self.mount), self.ui.outcome.clone());
        move |has_worked| {
            if let Some(mount) = mount.upgrade() {
                mount.change(&outcome, Some((action, has_worked)));
            }
        }
    }

    /// Saves or shares the code's picture, inside the click.
    pub(super) fn hand_over(&self, action: Action) {
        let report = self.report(action);
        let Some((url, name)) = saved_picture::of(&self.ui, &self.root, &self.order()) else {
            return report(false);
        };
        match (action, device::saving()) {
            (Action::Share, _) | (_, Saving::Sheet) => share::share(&url, &name, report),
            (_, Saving::Download) => report(share::download(&url, &name).is_some()),
            (_, Saving::ByHand) => report(false),
        }
    }

    fn order(&self) -> String {
        self.running.settings().text_or_empty("order")
    }

    /// Keeps the screen on while another device has to scan it.
    pub(super) fn stay_awake_while(&self, is_scanned: bool) {
        let was_scanned =
            self.running.change(|parts| std::mem::replace(&mut parts.is_scanned, is_scanned));
        if was_scanned == is_scanned {
            return;
        }
        let lock = (is_scanned && !device::is_phone()).then(WakeLock::request).flatten();
        drop(self.running.change(|parts| std::mem::replace(&mut parts.wake_lock, lock)));
    }

    /// Moves the screens into the dialog or out of it, and answers whether they have moved.
    pub(super) fn put_in_place(self: &Rc<Self>, is_in_dialog: bool) -> bool {
        let was_in_dialog =
            self.running.change(|parts| std::mem::replace(&mut parts.is_in_dialog, is_in_dialog));
        if was_in_dialog == is_in_dialog {
            return false;
        }
        let weak = Rc::downgrade(self);
        let closed = move || {
            if let Some(inner) = weak.upgrade() {
                inner.dispatch(Event::DismissAsked);
            }
        };
        let name = self.locale().message(Key::dialog_name);
        let open = || Dialog::open(&self.root, self.mount.target(), &name, closed);
        let dialog = is_in_dialog.then(open).flatten();
        drop(self.running.change(|parts| std::mem::replace(&mut parts.dialog, dialog)));
        true
    }

    /// Reports time to the machine while something on the screen runs down before somebody's eyes.
    pub(super) fn tick_while(self: &Rc<Self>, is_counting: bool) {
        let is_ticking = self.running.change(|parts| parts.tick.is_some());
        if is_ticking == is_counting {
            return;
        }
        let weak = Rc::downgrade(self);
        let tick = is_counting.then(|| {
            Interval::new(TICK_MS, move || {
                if let Some(inner) = weak.upgrade() {
                    inner.dispatch(Event::Ticked);
                }
            })
        });
        drop(self.running.change(|parts| std::mem::replace(&mut parts.tick, tick)));
    }

    /// Inside the click: opens the hosted page's window, or brings it to the front.
    pub(super) fn open_window(self: &Rc<Self>) {
        if let Some(popup) = self.running.popup() {
            return popup.focus();
        }
        let weak = Rc::downgrade(self);
        let popup = Popup::open(&self.locale().message(Key::starting), move |news| {
            let Some(inner) = weak.upgrade() else { return };
            inner.dispatch(match news {
                PopupNews::Returned => Event::CheckAsked,
                PopupNews::Closed => {
                    drop(inner.running.change(|parts| parts.popup.take()));
                    Event::WindowClosed
                }
            });
        });
        match popup {
            Some(popup) => {
                drop(self.running.change(|parts| parts.popup.replace(Rc::new(popup))));
            }
            None => self.dispatch(Event::WindowBlocked),
        }
    }
}
