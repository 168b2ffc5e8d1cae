//! What runs besides the machine and the screen, and is replaced now and then. One owner for all of it:
//! dropping it ends every timer, and leaves the other tabs.

use crate::shell::clock::Interval;
use crate::shell::dialog::Dialog;
use crate::shell::navigation::Popup;
use crate::shell::settings::Settings;
use crate::shell::storage::OrderStorage;
use crate::shell::tabs::Tabs;
use crate::shell::wake_lock::WakeLock;
use std::cell::RefCell;
use std::rc::Rc;

/// The parts themselves.
pub(super) struct Parts {
    pub(super) settings: Settings,
    /// Where the order is remembered.
    pub(super) storage: Option<OrderStorage>,
    pub(super) tabs: Option<Rc<Tabs>>,
    pub(super) popup: Option<Rc<Popup>>,
    /// When the machine wants to be called, in milliseconds of the monotonic clock, and the timer for it.
    pub(super) wake_at_ms: Option<u64>,
    pub(super) wake: Option<Interval>,
    /// While something on the screen runs down.
    pub(super) tick: Option<Interval>,
    /// A code is on the screen, before somebody's eyes; and what keeps the screen on for it.
    pub(super) is_scanned: bool,
    pub(super) wake_lock: Option<WakeLock>,
    /// The screens stand in the dialog; the dialog itself, where the browser has one.
    pub(super) is_in_dialog: bool,
    pub(super) dialog: Option<Dialog>,
    /// The shopper has pressed a button here: the focus follows, even from a browser that gives buttons none.
    pub(super) was_pressed: bool,
}

/// The owner. It hands out clones and takes changes, and is never borrowed while the browser or the page
/// runs: either may call the widget again before it returns.
pub(super) struct Running(RefCell<Parts>);

impl Running {
    pub(super) fn new(settings: Settings, storage: Option<OrderStorage>) -> Running {
        Running(RefCell::new(Parts {
            settings,
            storage,
            tabs: None,
            popup: None,
            wake_at_ms: None,
            wake: None,
            tick: None,
            is_in_dialog: false,
            dialog: None,
            is_scanned: false,
            wake_lock: None,
            was_pressed: false,
        }))
    }

    /// Reads or changes the parts. What is replaced is returned by `change`, so that it ends only
    /// after the change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Parts) -> T) -> T {
        change(&mut self.0.borrow_mut())
    }

    pub(super) fn settings(&self) -> Settings {
        self.0.borrow().settings.clone()
    }

    pub(super) fn storage(&self) -> Option<OrderStorage> {
        self.0.borrow().storage.clone()
    }

    pub(super) fn tabs(&self) -> Option<Rc<Tabs>> {
        self.0.borrow().tabs.clone()
    }

    pub(super) fn popup(&self) -> Option<Rc<Popup>> {
        self.0.borrow().popup.clone()
    }

    /// Ends everything that calls back.
    pub(super) fn end(&self) {
        let ended = self.change(|parts| {
            let timers = (parts.wake.take(), parts.tick.take(), parts.wake_lock.take());
            (timers, parts.tabs.take(), parts.popup.take(), parts.dialog.take())
        });
        drop(ended);
    }
}
