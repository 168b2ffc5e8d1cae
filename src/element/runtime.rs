//! Introduces the machine, the shell and the screen to each other. It decides nothing: every
//! event goes into the machine, every effect goes to the shell, every view to the screen.

mod hands;
mod surroundings;

use super::host::Host;
use super::{detail, options, support};
use crate::shell::backend::{self, Calls};
use crate::shell::clock::{self, Alarm, Pulse};
use crate::shell::fetch::Silence;
use crate::shell::freshness::Freshness;
use crate::shell::navigation::Popup;
use crate::shell::page::{Listener, PageNews};
use crate::shell::settings::Settings;
use crate::shell::storage::Drawer;
use crate::shell::tabs::{TabNews, Tabs};
use crate::shell::{navigation, page, picture};
use crate::ui::text::Words;
use crate::ui::{self, Desk, Press, Presses};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::{ArcRwSignal, ReadUntracked, Write};
use paywith_checkout::{Checkout, Effect, Event, Moment, Record, Snapshot, View, Word, step, view};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::mem::discriminant;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
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
    checkout: RefCell<Checkout>,
    /// Events that came while one was being worked on.
    waiting: RefCell<VecDeque<Event>>,
    is_busy: Cell<bool>,
    settings: RefCell<Settings>,
    drawer: RefCell<Option<Drawer>>,
    tabs: RefCell<Option<Tabs>>,
    popup: RefCell<Option<Popup>>,
    calls: Calls,
    freshness: Freshness,
    /// The shopper has pressed a button here: the focus follows, even from a browser that gives buttons none.
    was_pressed: Cell<bool>,
    alarm: RefCell<Option<Pulse>>,
    ticking: RefCell<Option<Pulse>>,
    /// The focus on its way to a new heading.
    focusing: RefCell<Option<Alarm>>,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Runtime")
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.inner.calls.abort_all();
        self.inner.alarm.borrow_mut().take();
        self.inner.ticking.borrow_mut().take();
        self.inner.focusing.borrow_mut().take();
        self.inner.tabs.borrow_mut().take();
        self.inner.popup.borrow_mut().take();
    }
}

impl Runtime {
    pub(crate) fn start(
        target: HtmlElement,
        root: ShadowRoot,
        host: Host,
        settings: Settings,
    ) -> Runtime {
        let drawer = options::drawer(&settings);
        let record = drawer.as_ref().and_then(Drawer::read);
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
            checkout: RefCell::new(checkout),
            waiting: RefCell::default(),
            is_busy: Cell::new(false),
            settings: RefCell::new(settings),
            drawer: RefCell::new(drawer),
            tabs: RefCell::default(),
            popup: RefCell::default(),
            calls: Calls::default(),
            freshness: Freshness::default(),
            was_pressed: Cell::new(false),
            alarm: RefCell::default(),
            ticking: RefCell::default(),
            focusing: RefCell::default(),
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
        let drawer = options::drawer(&settings);
        let record = drawer.as_ref().and_then(Drawer::read);
        if self.inner.desk.read_untracked().words != words {
            self.inner.desk.write().words = words;
        }
        self.inner.settings.replace(settings);
        if *self.inner.drawer.borrow() != drawer {
            self.inner.drawer.replace(drawer);
            self.inner.join_tabs();
        }
        self.inner.dispatch(Event::Configured { config, record });
        self.inner.notice_settings();
    }

    pub(crate) fn has_returned(&self) -> bool {
        self.inner.checkout.borrow().has_returned()
    }

    pub(crate) fn payment(&self) -> JsValue {
        detail::payment(&self.inner.checkout.borrow().snapshot())
    }

    pub(crate) fn state(&self) -> String {
        self.inner.checkout.borrow().state_word().to_owned()
    }
}

impl Inner {
    /// One event after another: an effect may bring the next event before it returns.
    fn dispatch(self: &Rc<Self>, event: Event) {
        self.waiting.borrow_mut().push_back(event);
        if self.is_busy.replace(true) {
            return;
        }
        loop {
            let Some(event) = self.waiting.borrow_mut().pop_front() else { break };
            let checkout = self.checkout.take();
            let (checkout, effects) = step(checkout, event, &clock::context(&|| self.stored()));
            let next = view(&checkout);
            self.checkout.replace(checkout);
            self.show(next);
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.is_busy.set(false);
    }

    /// What this browser remembers of the order at this moment.
    fn stored(&self) -> Option<Record> {
        self.drawer.borrow().as_ref().and_then(Drawer::read)
    }

    /// Hears the other tabs with the same order.
    fn join_tabs(self: &Rc<Self>) {
        let Some(drawer) = self.drawer.borrow().clone() else { return };
        let weak = Rc::downgrade(self);
        let tabs = Tabs::join(drawer, move |news| {
            let Some(inner) = weak.upgrade() else { return };
            inner.dispatch(match news {
                TabNews::Heard(word) => Event::Heard(word),
                TabNews::Leads(is_leading) => Event::Leads(is_leading),
                TabNews::Holds(release) => return inner.host.keep(&release),
            });
        });
        self.tabs.replace(Some(tabs));
    }

    fn show(self: &Rc<Self>, next: View) {
        let is_other_screen = {
            let desk = self.desk.read_untracked();
            if desk.view == next {
                return;
            }
            discriminant(&desk.view.screen) != discriminant(&next.screen)
        };
        let had_focus =
            self.root.active_element().is_some() || self.was_pressed.get() && page::is_focus_free();
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
        self.was_pressed.set(true);
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
                return self.copy(Press::Support, support::text(&self.checkout.borrow()));
            }
        });
    }

    fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Wake { at_ms } => self.wake_at(at_ms),
            Effect::Remember(record) => {
                let other = self.drawer.borrow().as_ref().and_then(|drawer| drawer.write(&record));
                if let Some(other) = other {
                    self.dispatch(Event::Heard(Word::Has(other)));
                }
            }
            Effect::Abort { call } => self.calls.abort(call),
            Effect::DrawCode { id, bytes } => {
                let picture = picture::draw(&bytes);
                self.dispatch(Event::CodeDrawn { id, picture });
            }
            Effect::ProposeStart(provider) => {
                let detail = detail::start(&self.snapshot(), provider);
                if self.host.emit("paystart", &detail, true) {
                    self.dispatch(Event::StartAllowed(provider));
                } else {
                    self.host.settle(&detail::result(&self.snapshot()));
                }
            }
            Effect::Leave { url } => navigation::leave_for(&url),
            Effect::Navigate { url } => {
                let detail = detail::redirecting(&self.snapshot(), &url);
                if self.host.emit("redirecting", &detail, true) {
                    navigation::go_to(&url);
                }
            }
            Effect::OpenWindow => self.open_window(),
            Effect::ShowInWindow { url } => {
                let detail = detail::redirecting(&self.snapshot(), &url);
                if self.host.emit("redirecting", &detail, true)
                    && let Some(popup) = &*self.popup.borrow()
                {
                    popup.show(&url);
                }
            }
            Effect::CloseWindow => {
                if let Some(popup) = self.popup.take() {
                    popup.close();
                }
            }
            Effect::Lead(wants) => {
                if let Some(tabs) = &*self.tabs.borrow() {
                    tabs.lead(wants);
                }
            }
            Effect::Say(word) => {
                if let Some(tabs) = &*self.tabs.borrow() {
                    tabs.say(&word);
                }
            }
            Effect::Tell(moment, snapshot) => self.tell(moment, &snapshot),
            Effect::TellFault(fault) => {
                let detail = detail::fault(&fault, &self.words(), &self.snapshot());
                self.host.emit("fault", &detail, false);
            }
            Effect::Finish(snapshot) => self.host.settle(&detail::result(&snapshot)),
            Effect::Reject(fault) => {
                self.host.reject(&detail::fault(&fault, &self.words(), &self.snapshot()));
            }
            Effect::LoadOffer { .. }
            | Effect::Create { .. }
            | Effect::Ask { .. }
            | Effect::CancelPayment { .. } => self.call_backend(effect),
        }
    }

    /// Tells the page of a moment; `paid` is the one that it may prevent.
    fn tell(self: &Rc<Self>, moment: Moment, snapshot: &Snapshot) {
        let is_paid = matches!(moment, Moment::Paid { .. });
        let detail = detail::moment(moment, snapshot);
        if !self.host.emit(moment.name(), &detail, is_paid) && is_paid {
            self.dispatch(Event::StayAsked);
        }
    }

    fn call_backend(self: &Rc<Self>, effect: Effect) {
        let call = match &effect {
            Effect::LoadOffer { call } | Effect::Create { call, .. } | Effect::Ask { call, .. } => {
                *call
            }
            // Nobody waits for the answer; call 0 is never given out.
            _ => 0,
        };
        let signal = self.calls.begin(call);
        let settings = self.settings.borrow().clone();
        let question = backend::question(&settings, &effect, signal.as_ref());
        let (weak, calls) = (Rc::downgrade(self), self.calls.clone());
        let freshness = self.freshness.clone();
        spawn_local(async move {
            let mut incoming = match question {
                Some(question) => question.ask(signal.as_ref()).await,
                None => Err(Silence("`endpoint`, which is not an address,".to_owned())),
            };
            // An answer to a call that was ended is none.
            if !calls.end(call) {
                return;
            }
            let Some(inner) = weak.upgrade() else { return };
            if let Ok(incoming) = &mut incoming {
                incoming.age_ms = freshness.age_ms(incoming.date.as_deref());
                if incoming.age_ms > 0 {
                    inner.dispatch(Event::Noticed(backend::stale_answer()));
                }
            }
            let silences = calls.count_silence(incoming.is_ok());
            let event = backend::answer(&settings, &effect, incoming.as_ref(), silences);
            if let Some(event) = event {
                inner.dispatch(event);
            }
        });
    }

    fn wake_at(self: &Rc<Self>, at_ms: Option<u64>) {
        let weak = Rc::downgrade(self);
        let alarm = at_ms.map(|at_ms| {
            Pulse::at(at_ms, move || {
                if let Some(inner) = weak.upgrade() {
                    inner.dispatch(Event::Ticked);
                }
            })
        });
        self.alarm.replace(alarm);
    }

    fn snapshot(&self) -> Box<paywith_checkout::Snapshot> {
        self.checkout.borrow().snapshot()
    }

    fn words(&self) -> Words {
        self.desk.read_untracked().words.clone()
    }
}
