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
use crate::shell::clock;
use crate::shell::page::{self, Listener, PageNews};
use crate::shell::response_age::ResponseAges;
use crate::shell::settings::Settings;
use crate::shell::storage::OrderStorage;
use crate::shell::tabs::{TabNews, Tabs};
use crate::ui::text::Words;
use crate::ui::{self, Desk, Press, Presses};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::{ArcRwSignal, ReadUntracked, Write};
use paywith_checkout::{Checkout, Event, Record, Snapshot, View, step, view};
use running::Running;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::mem::discriminant;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, ShadowRoot};

/// One running widget; dropping it ends everything.
pub(crate) struct Runtime {
    inner: Rc<Inner>,
    #[expect(dead_code, reason = "dropping them takes the listeners off the page")]
    listening: Vec<Listener>,
    #[expect(dead_code, reason = "dropping it takes the listener off the screen")]
    presses: Presses,
    #[expect(dead_code, reason = "dropping it takes the screen down")]
    screen: Box<dyn std::any::Any>,
}

struct Inner {
    host: Host,
    root: ShadowRoot,
    /// What is drawn; a change of it draws.
    desk: ArcRwSignal<Desk>,
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
        let desk = Desk {
            view: view(&checkout),
            words: options::words(&settings),
            copied: None,
            local_time: clock::local_time,
            local_time_of: clock::local_time_of,
        };
        let inner = Rc::new(Inner {
            host,
            root,
            desk: ArcRwSignal::new(desk),
            machine: RefCell::new(Machine { checkout, ..Machine::default() }),
            running: Running::new(settings, storage),
            calls: Calls::default(),
            response_ages: ResponseAges::default(),
        });
        inner.join_tabs();
        // The machine speaks first, so that the first screen is already the right one.
        if page::is_hidden() {
            inner.dispatch(Event::Hidden);
        }
        inner.dispatch(Event::Opened { config, record, returned });
        let desk = inner.desk.clone();
        inner.notice_settings();
        let screen: UnmountHandle<_> = mount_to(target.clone(), move || ui::app(desk));
        let picture_box = target.clone();
        let weak = Rc::downgrade(&inner);
        let presses = Presses::listen(target.into(), move |press| {
            if let Some(inner) = weak.upgrade() {
                inner.pressed(press);
            }
        });
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
        Runtime { inner, listening, presses, screen: Box::new(screen) }
    }

    pub(crate) fn dispatch(&self, event: Event) {
        self.inner.dispatch(event);
    }

    pub(crate) fn update(&self, settings: Settings) {
        let (config, words) = (options::config(&settings), options::words(&settings));
        let storage = options::order_storage(&settings);
        let record = storage.as_ref().and_then(OrderStorage::read);
        if self.inner.desk.read_untracked().words != words {
            self.inner.desk.write().words = words;
        }
        let is_another_order = self.inner.running.change(|parts| {
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

    /// Hears the other tabs with the same order.
    fn join_tabs(self: &Rc<Self>) {
        let Some(storage) = self.running.storage() else { return };
        let weak = Rc::downgrade(self);
        let tabs = Tabs::join(storage, move |news| {
            let Some(inner) = weak.upgrade() else { return };
            inner.dispatch(match news {
                TabNews::Heard(word) => Event::TabMessageReceived(word),
                TabNews::LeadershipChanged(is_leading) => Event::LeadershipChanged(is_leading),
                TabNews::Holds(release) => return inner.host.keep(&release),
            });
        });
        drop(self.running.change(|parts| parts.tabs.replace(Rc::new(tabs))));
    }

    fn show(self: &Rc<Self>, next: View) {
        let is_other_screen = {
            let desk = self.desk.read_untracked();
            if desk.view == next {
                return;
            }
            discriminant(&desk.view.screen) != discriminant(&next.screen)
        };
        let was_pressed = self.running.change(|parts| parts.was_pressed);
        let had_focus =
            self.root.active_element().is_some() || was_pressed && page::is_focus_free();
        self.tick_while(next.counts_down());
        {
            let mut desk = self.desk.write();
            if is_other_screen {
                desk.copied = None;
            }
            desk.view = next;
        }
        if is_other_screen && had_focus {
            self.focus_heading();
        }
    }

    fn pressed(self: &Rc<Self>, press: Press) {
        self.running.change(|parts| parts.was_pressed = true);
        self.dispatch(match press {
            Press::Start(provider) => Event::StartAsked(Some(provider)),
            Press::Check => Event::CheckAsked,
            Press::Continue => Event::ContinueAsked,
            Press::Renew => Event::RenewAsked,
            Press::Cancel => Event::CancelAsked,
            Press::Reset => Event::ResetAsked,
            Press::Copy => return self.copy_amount(),
            Press::CopyCode => return self.copy_code(),
            Press::Support => {
                let text = support::text(&self.machine.borrow().checkout);
                return self.copy(Press::Support, text);
            }
        });
    }

    fn snapshot(&self) -> Box<Snapshot> {
        self.machine.borrow().checkout.snapshot()
    }

    fn words(&self) -> Words {
        self.desk.read_untracked().words.clone()
    }
}
