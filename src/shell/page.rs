//! Listens to the page: hidden, shown again, back from the back/forward cache, online.

use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// What the page did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageNews {
    Hidden,
    Woken,
}

/// One listener; dropping it takes it off.
#[must_use]
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    heard: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// `None` when the target takes no listener.
    pub(crate) fn add(
        target: &EventTarget,
        name: &'static str,
        report: impl FnMut(Event) + 'static,
    ) -> Option<Listener> {
        let heard = Closure::new(report);
        let callback = AsRef::<JsValue>::as_ref(&heard).unchecked_ref();
        target.add_event_listener_with_callback(name, callback).ok()?;
        Some(Listener { target: target.clone(), name, heard })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = AsRef::<JsValue>::as_ref(&self.heard).unchecked_ref();
        // A listener that cannot be taken off was never put on.
        self.target.remove_event_listener_with_callback(self.name, callback).unwrap_or(());
    }
}

/// Reports what the page does, until the listeners are dropped.
pub(crate) fn listen(report: impl Fn(PageNews) + 'static) -> Vec<Listener> {
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
    places.into_iter().filter_map(listener).collect()
}

/// Whether nobody can see the page.
pub(crate) fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.hidden())
}
