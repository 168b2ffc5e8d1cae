//! Introduces the machine, the shell and the screen to each other. It decides nothing: every
//! event goes into the machine, every effect goes to the shell, every view to the screen.

mod calls;
mod effects;
mod local_effects;
mod running;
mod surroundings;

use super::host::Host;
use super::{detail, options, support};
use crate::shell::backend::Calls;
use crate::shell::page::{self, Listener, PageNews};
use crate::shell::response_age::ResponseAges;
use crate::shell::settings::Settings;
use crate::shell::storage::OrderStorage;
use crate::shell::tabs::{TabNews, Tabs};
use crate::shell::{clock, device};
use crate::ui::i18n::Locale;
use crate::ui::{Action, Device, Mount, Ui};
use leptos::prelude::GetUntracked;
use paywith_checkout::{Checkout, Event, Record, ScreenModel, Snapshot, View, step, view};
use running::Running;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, ShadowRoot};

/// One running widget; dropping it ends everything.
pub(crate) struct Runtime {
    inner: Rc<Inner>,
    #[expect(dead_code, reason = "dropping them takes the listeners off the page")]
    listening: Vec<Listener>,
}

struct Inner {
    host: Host,
    root: ShadowRoot,
    /// What is drawn, as signals.
    ui: Ui,
    mount: Rc<Mount>,
    machine: RefCell<Machine>,
    running: Running,
    calls: Calls,
    response_ages: ResponseAges,
}

/// The checkout machine, and the events that came while one was being worked on.
#[derive(Default)]
struct Machine {
    checkout: Checkout,
    waiting: VecDeque<Event>,
    is_busy: bool,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Runtime")
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.inner.calls.abort_all();
        self.inner.running.end();
    }
}

impl Runtime {
    pub(crate) fn start(
        target: HtmlElement,
        root: ShadowRoot,
        host: Host,
        settings: Settings,
    ) -> Runtime {
        let storage = options::order_storage(&settings);
        let record = storage.as_ref().and_then(OrderStorage::read);
        let checkout = Checkout::new();
        let (config, returned) = (options::config(&settings), options::returned(&settings));
        let picture_box = target.clone();
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| {
            let ui = ui(&checkout, options::locale(&settings), weak.clone());
            Inner {
                host,
                root,
                mount: Mount::new(target, ui.clone()),
                ui,
                machine: RefCell::new(Machine { checkout, ..Machine::default() }),
                running: Running::new(settings, storage),
                calls: Calls::default(),
                response_ages: ResponseAges::default(),
            }
        });
        inner.join_tabs();
        if page::is_hidden() {
            inner.dispatch(Event::Hidden);
        }
        inner.dispatch(Event::Opened { config, record, returned });
        inner.notice_settings();
        let weak = Rc::downgrade(&inner);
        let listening = page::listen(&picture_box, move |news| {
            let Some(inner) = weak.upgrade() else { return };
            match news {
                PageNews::Hidden => inner.dispatch(Event::Hidden),
                PageNews::Woken => inner.dispatch(Event::Woken),
                PageNews::PictureBlocked => inner.picture_blocked(),
                PageNews::CallRefused(address) => inner.call_refused(&address),
            }
        });
        Runtime { inner, listening }
    }

    /// The machine has taken its first steps by then, so that the first screen is already the right one.
    pub(crate) fn draw(&self) {
        self.inner.mount.put_up();
    }

    pub(crate) fn dispatch(&self, event: Event) {
        self.inner.dispatch(event);
    }

    pub(crate) fn update(&self, settings: Settings) {
        let (config, locale) = (options::config(&settings), options::locale(&settings));
        let storage = options::order_storage(&settings);
        let record = storage.as_ref().and_then(OrderStorage::read);
        self.inner.mount.change(&self.inner.ui.locale, locale);
        // What the machine does not take over must not be written under, or asked for, either: the payment on the screen
        // is of the settings before.
        let is_taken_over = config.is_ok();
        let is_another_order = self.inner.running.change(|parts| {
            if !is_taken_over {
                return false;
            }
            parts.settings = settings;
            let before = std::mem::replace(&mut parts.storage, storage);
            before != parts.storage
        });
        if is_another_order {
            self.inner.join_tabs();
        }
        self.inner.dispatch(Event::Configured { config, record });
        self.inner.notice_settings();
    }

    pub(crate) fn has_returned(&self) -> bool {
        self.inner.machine.borrow().checkout.has_returned()
    }

    pub(crate) fn payment(&self) -> JsValue {
        detail::payment(&self.inner.snapshot())
    }

    pub(crate) fn state(&self) -> String {
        self.inner.machine.borrow().checkout.state_word().to_owned()
    }
}

impl Inner {
    /// One event after another: an effect may bring the next event before it returns.
    fn dispatch(self: &Rc<Self>, event: Event) {
        {
            let mut machine = self.machine.borrow_mut();
            machine.waiting.push_back(event);
            if std::mem::replace(&mut machine.is_busy, true) {
                return;
            }
        }
        while let Some((event, checkout)) = self.next_event() {
            let (checkout, effects) = step(checkout, event, &clock::context(&|| self.stored()));
            let next = view(&checkout);
            self.machine.borrow_mut().checkout = checkout;
            self.show(next);
            for effect in effects {
                self.carry_out(effect);
            }
        }
    }

    /// The next event, and the state that it meets; without one the machine rests.
    fn next_event(&self) -> Option<(Event, Checkout)> {
        let mut machine = self.machine.borrow_mut();
        let event = machine.waiting.pop_front();
        machine.is_busy = event.is_some();
        Some((event?, std::mem::take(&mut machine.checkout)))
    }

    /// What this browser remembers of the order at this moment.
    fn stored(&self) -> Option<Record> {
        self.running.storage().as_ref().and_then(OrderStorage::read)
    }

    /// Listens to the other tabs with the same order.
    fn join_tabs(self: &Rc<Self>) {
        let Some(storage) = self.running.storage() else { return };
        let weak = Rc::downgrade(self);
        let tabs = Tabs::join(storage, move |news| {
            let Some(inner) = weak.upgrade() else { return };
            inner.dispatch(match news {
                TabNews::Message(message) => Event::TabMessageReceived(message),
                TabNews::LeadershipChanged(is_leading) => Event::LeadershipChanged(is_leading),
                TabNews::Holds(release) => return inner.host.keep(&release),
            });
        });
        drop(self.running.change(|parts| parts.tabs.replace(Rc::new(tabs))));
    }

    fn show(self: &Rc<Self>, next: View) {
        let is_seen = !page::is_hidden();
        self.tick_while(next.counts_down() && is_seen);
        self.stay_awake_while(is_seen && matches!(next.screen, ScreenModel::Code(_)));
        let had_focus = self.has_focus();
        let is_moved = self.put_in_place(next.is_in_dialog);
        // A dialog takes the focus, and gives it back to where it came from: perhaps a button of the page.
        let has_focus = if is_moved { next.is_in_dialog || self.has_focus() } else { had_focus };
        self.mount.show(next, has_focus, is_moved);
    }

    /// The focus is inside, or was when the shopper pressed a button that is gone.
    fn has_focus(&self) -> bool {
        let was_pressed = self.running.change(|parts| parts.was_pressed);
        self.root.active_element().is_some() || was_pressed && page::is_focus_free()
    }

    fn act(self: &Rc<Self>, action: Action) {
        self.running.change(|parts| parts.was_pressed = true);
        self.dispatch(match action {
            Action::Start(provider) => Event::StartAsked(Some(provider)),
            Action::Check => Event::CheckAsked,
            Action::Continue => Event::ContinueAsked,
            Action::Close => Event::DismissAsked,
            Action::Renew => Event::RenewAsked,
            Action::Cancel => Event::CancelAsked,
            Action::Reset => Event::ResetAsked,
            Action::Save | Action::Share => return self.hand_over(action),
            Action::CopyAmount => return self.copy_amount(),
            Action::CopyCode => return self.copy_code(),
            Action::CopySupport => {
                let text = support::text(&self.machine.borrow().checkout);
                return self.copy(action, text);
            }
        });
    }

    fn snapshot(&self) -> Box<Snapshot> {
        self.machine.borrow().checkout.snapshot()
    }

    fn locale(&self) -> Locale {
        self.ui.locale.get_untracked()
    }
}

/// The signals of a widget that has just been put on the page.
fn ui(checkout: &Checkout, locale: Locale, inner: Weak<Inner>) -> Ui {
    let device = Device {
        local_time: clock::local_time,
        indonesian_time: |text| {
            clock::IndonesianTime::of_rfc3339(text)
                .map(|time| (time.hours, time.minutes, time.zone))
        },
        is_phone: device::is_phone,
        can_share: device::can_share,
    };
    Ui::new(view(checkout), locale, device, move |action| {
        if let Some(inner) = inner.upgrade() {
            inner.act(action);
        }
    })
}
