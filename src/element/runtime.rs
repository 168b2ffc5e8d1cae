//! Introduces the machine, the shell and the screen to each other. It decides nothing: every
//! event goes into the machine, every effect goes to the shell, every view to the screen.

use super::detail;
use super::host::Host;
use super::options::Options;
use crate::shell::backend::{Backend, Calls};
use crate::shell::clock::{self, Alarm, Ticking};
use crate::shell::page::{Listening, PageNews};
use crate::shell::storage::Drawer;
use crate::shell::{clipboard, navigation, page, picture};
use crate::ui::text::Words;
use crate::ui::{self, Bridge, Reporter};
use leptos::mount::{UnmountHandle, mount_to};
use paywith_checkout::{Checkout, Effect, Event, ScreenModel, View, step, view};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::mem::discriminant;
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, ShadowRoot};

/// One running widget; dropping it ends everything.
pub(crate) struct Runtime {
    inner: Rc<Inner>,
    #[expect(dead_code, reason = "dropping it takes the listeners off the page")]
    listening: Option<Listening>,
    #[expect(dead_code, reason = "dropping it takes the screen down")]
    screen: Box<dyn std::any::Any>,
}

struct Inner {
    host: Host,
    root: ShadowRoot,
    bridge: Bridge,
    checkout: RefCell<Checkout>,
    /// Events that came while one was being worked on.
    waiting: RefCell<VecDeque<Event>>,
    is_busy: Cell<bool>,
    backend: RefCell<Backend>,
    drawer: RefCell<Option<Drawer>>,
    calls: Calls,
    alarm: RefCell<Option<Alarm>>,
    ticking: RefCell<Option<Ticking>>,
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
    }
}

impl Runtime {
    pub(crate) fn start(
        target: HtmlElement,
        root: ShadowRoot,
        host: Host,
        options: Options,
    ) -> Runtime {
        let Options { config, backend, words, drawer, returned } = options;
        let record = drawer.as_ref().and_then(Drawer::read);
        let checkout = Checkout::new();
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| Inner {
            host,
            root,
            bridge: Bridge::new(view(&checkout), words, clock::now(), reporter(weak.clone())),
            checkout: RefCell::new(checkout),
            waiting: RefCell::default(),
            is_busy: Cell::new(false),
            backend: RefCell::new(backend),
            drawer: RefCell::new(drawer),
            calls: Calls::default(),
            alarm: RefCell::default(),
            ticking: RefCell::default(),
        });
        // The machine speaks first, so that the first screen is already the right one.
        if page::is_hidden() {
            inner.dispatch(Event::Hidden);
        }
        inner.dispatch(Event::Opened { config, record, returned });
        let bridge = inner.bridge;
        let screen: UnmountHandle<_> = mount_to(target, move || ui::app(bridge));
        let weak = Rc::downgrade(&inner);
        let listening = Listening::start(move |news| {
            let Some(inner) = weak.upgrade() else { return };
            inner.dispatch(match news {
                PageNews::Hidden => Event::Hidden,
                PageNews::Woken => Event::Woken,
            });
        });
        Runtime { inner, listening, screen: Box::new(screen) }
    }

    pub(crate) fn dispatch(&self, event: Event) {
        self.inner.dispatch(event);
    }

    pub(crate) fn update(&self, options: Options) {
        let Options { config, backend, words, drawer, .. } = options;
        let record = drawer.as_ref().and_then(Drawer::read);
        if self.inner.bridge.look(|model| model.words != words) {
            self.inner.bridge.change(|model| model.words = words);
        }
        self.inner.backend.replace(backend);
        self.inner.drawer.replace(drawer);
        self.inner.dispatch(Event::Configured { config, record });
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

fn reporter(weak: Weak<Inner>) -> Reporter {
    Reporter {
        dispatch: Box::new(move |event| {
            if let Some(inner) = weak.upgrade() {
                inner.dispatch(event);
            }
        }),
        copy: Box::new(clipboard::copy),
        local_time: clock::local_time,
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
            let (checkout, effects) = step(checkout, event, &clock::context());
            let next = view(&checkout);
            self.checkout.replace(checkout);
            self.show(next);
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.is_busy.set(false);
    }

    fn show(self: &Rc<Self>, next: View) {
        if self.bridge.look(|model| model.view == next) {
            return;
        }
        let is_other_screen = self
            .bridge
            .look(|model| discriminant(&model.view.screen) != discriminant(&next.screen));
        let had_focus = self.root.active_element().is_some();
        self.tick_while(counts_down(&next));
        self.bridge.change(|model| {
            if is_other_screen {
                model.copied = None;
            }
            model.view = next;
            model.now = clock::now();
        });
        if is_other_screen && had_focus {
            self.focus_heading();
        }
    }

    /// The clock of the screen runs only while something on it counts down.
    fn tick_while(&self, is_counting: bool) {
        let bridge = self.bridge;
        let advance = move || bridge.change(|model| model.now = clock::now());
        let mut ticking = self.ticking.borrow_mut();
        match (is_counting, ticking.is_some()) {
            (true, false) => *ticking = Some(Ticking::new(advance)),
            (true, true) => {}
            (false, _) => *ticking = None,
        }
    }

    /// The button that had the focus is gone: its successor's heading takes it, after the redraw.
    fn focus_heading(&self) {
        let root = self.root.clone();
        spawn_local(async move {
            leptos::task::tick().await;
            let heading = root.query_selector(".title").ok().flatten();
            if let Some(heading) =
                heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok())
            {
                heading.focus().unwrap_or(());
            }
        });
    }

    fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Wake { at_ms } => self.wake_at(at_ms),
            Effect::Remember(record) => {
                if let Some(drawer) = &*self.drawer.borrow() {
                    drawer.write(&record);
                }
            }
            Effect::Abort { call } => self.calls.abort(call),
            Effect::DrawCode { id, payload } => {
                let picture = picture::draw(&payload);
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
            Effect::Navigate { url } => {
                let detail = detail::redirecting(&self.snapshot(), &url);
                if self.host.emit("redirecting", &detail, true) {
                    navigation::go_to(&url);
                }
            }
            Effect::Tell(moment, snapshot) => {
                self.host.emit(moment.name(), &detail::moment(moment, &snapshot), false);
            }
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

    fn call_backend(self: &Rc<Self>, effect: Effect) {
        let backend = self.backend.borrow().clone();
        let weak = Rc::downgrade(self);
        let call = match &effect {
            Effect::LoadOffer { call } | Effect::Create { call, .. } | Effect::Ask { call, .. } => {
                *call
            }
            // Nobody waits for the answer; call 0 is never given out.
            _ => 0,
        };
        let Some(signal) = self.calls.begin(call) else { return };
        let calls = self.calls.clone();
        spawn_local(async move {
            let event = match effect {
                Effect::LoadOffer { call } => {
                    let result = backend.load_offer(&signal).await;
                    Some(Event::OfferAnswered { call, result })
                }
                Effect::Create { call, request } => {
                    let result = backend.create(&request, &signal).await;
                    Some(Event::CreateAnswered { call, result })
                }
                Effect::Ask { call, id, provider, status } => {
                    let result = backend.ask(&id, provider, status, &signal).await;
                    Some(Event::StatusAnswered { call, result })
                }
                Effect::CancelPayment { id, provider } => {
                    backend.cancel(&id, provider, &signal).await;
                    None
                }
                _ => None,
            };
            // An answer to a call that was ended is none.
            let is_wanted = calls.end(call);
            if let (true, Some(event), Some(inner)) = (is_wanted, event, weak.upgrade()) {
                inner.dispatch(event);
            }
        });
    }

    fn wake_at(self: &Rc<Self>, at_ms: Option<u64>) {
        let weak = Rc::downgrade(self);
        let alarm = at_ms.map(|at_ms| {
            Alarm::at(at_ms, move || {
                if let Some(inner) = weak.upgrade() {
                    inner.dispatch(Event::Ticked);
                }
            })
        });
        self.alarm.replace(alarm);
    }

    fn snapshot(&self) -> paywith_checkout::Snapshot {
        self.checkout.borrow().snapshot()
    }

    fn words(&self) -> Words {
        self.bridge.look(|model| model.words.clone())
    }
}

fn counts_down(view: &View) -> bool {
    view.trouble.is_some() || matches!(view.screen, ScreenModel::Code(_))
}
