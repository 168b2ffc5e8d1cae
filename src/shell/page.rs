//! Listens to the page: hidden, shown again, back from the back/forward cache, online.

use super::platform;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// What the page did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageNews {
    Hidden,
    Woken,
    /// A picture inside the widget was not shown.
    PictureBlocked,
    /// The page's policy refused a call to this address.
    CallRefused(String),
}

/// One listener; dropping it takes it off.
#[must_use]
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    is_capturing: bool,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// `None` when the target takes no listener.
    pub(crate) fn add(
        target: &EventTarget,
        name: &'static str,
        report: impl FnMut(Event) + 'static,
    ) -> Option<Listener> {
        Listener::with(target, name, false, report)
    }

    /// The same for an event that does not bubble: it is caught in the capture phase.
    pub(crate) fn capture(
        target: &EventTarget,
        name: &'static str,
        report: impl FnMut(Event) + 'static,
    ) -> Option<Listener> {
        Listener::with(target, name, true, report)
    }

    fn with(
        target: &EventTarget,
        name: &'static str,
        is_capturing: bool,
        report: impl FnMut(Event) + 'static,
    ) -> Option<Listener> {
        let closure = Closure::new(report);
        let callback = AsRef::<JsValue>::as_ref(&closure).unchecked_ref();
        target.add_event_listener_with_callback_and_bool(name, callback, is_capturing).ok()?;
        Some(Listener { target: target.clone(), name, is_capturing, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = AsRef::<JsValue>::as_ref(&self.closure).unchecked_ref();
        // A listener that cannot be taken off was never put on.
        let (name, is_capturing) = (self.name, self.is_capturing);
        let target = &self.target;
        target
            .remove_event_listener_with_callback_and_bool(name, callback, is_capturing)
            .unwrap_or(());
    }
}

/// Reports what the page does, until the listeners are dropped.
pub(crate) fn listen(screen: &EventTarget, report: impl Fn(PageNews) + 'static) -> Vec<Listener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let Some(document) = window.document() else { return Vec::new() };
    let report = Rc::new(report);
    let places: [(&EventTarget, &'static str); 4] = [
        (&document, "visibilitychange"),
        (&window, "focus"),
        (&window, "pageshow"),
        (&window, "online"),
    ];
    let listener = |(target, name): (&EventTarget, &'static str)| {
        let report = report.clone();
        Listener::add(target, name, move |_| {
            report(if is_hidden() { PageNews::Hidden } else { PageNews::Woken });
        })
    };
    let listeners = places.into_iter().filter_map(listener);
    listeners.chain(listen_to_refusals(screen, &document, report.clone())).collect()
}

/// What a policy of the page refuses: a picture says so itself, a call through the document.
fn listen_to_refusals(
    screen: &EventTarget,
    document: &EventTarget,
    report: Rc<impl Fn(PageNews) + 'static>,
) -> Vec<Listener> {
    let pictures = report.clone();
    let picture = Listener::capture(screen, "error", move |_| pictures(PageNews::PictureBlocked));
    let call = Listener::add(document, "securitypolicyviolation", move |event| {
        let text = |name| platform::member(&event, name).and_then(|value| value.as_string());
        if text("effectiveDirective").as_deref() == Some("connect-src") {
            report(PageNews::CallRefused(text("blockedURI").unwrap_or_default()));
        }
    });
    picture.into_iter().chain(call).collect()
}

/// Whether nobody can see the page.
pub(crate) fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.hidden())
}

/// Whether nothing on the page has the focus: the body has it then.
pub(crate) fn is_focus_free() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(document) = document else { return false };
    let body = document.body().map(Into::<web_sys::Element>::into);
    document.active_element().is_none_or(|active| Some(active) == body)
}
