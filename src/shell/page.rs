//! Listens to the page: hidden, shown again, back from the back/forward cache, online.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, EventTarget, Window};

/// What the page did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageNews {
    Hidden,
    Woken,
}

/// The listeners; dropping them takes them off.
#[must_use]
pub(crate) struct Listening {
    places: Vec<(EventTarget, &'static str)>,
    heard: Closure<dyn FnMut()>,
}

impl Listening {
    /// Reports what the page does, until it is dropped.
    pub(crate) fn start(mut report: impl FnMut(PageNews) + 'static) -> Option<Listening> {
        let window = web_sys::window()?;
        let document = window.document()?;
        let heard = Closure::new(move || {
            report(if is_hidden() { PageNews::Hidden } else { PageNews::Woken });
        });
        let mut listening = Listening { places: Vec::new(), heard };
        listening.listen_to(window, document);
        Some(listening)
    }

    fn listen_to(&mut self, window: Window, document: Document) {
        let window: EventTarget = window.into();
        let places = [
            (EventTarget::from(document), "visibilitychange"),
            (window.clone(), "focus"),
            (window.clone(), "pageshow"),
            (window, "online"),
        ];
        for (target, name) in places {
            let callback = self.heard.as_ref().unchecked_ref();
            if target.add_event_listener_with_callback(name, callback).is_ok() {
                self.places.push((target, name));
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for (target, name) in &self.places {
            let callback = self.heard.as_ref().unchecked_ref();
            // A listener that cannot be taken off was never put on.
            target.remove_event_listener_with_callback(name, callback).unwrap_or(());
        }
    }
}

/// Whether nobody can see the page.
pub(crate) fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.hidden())
}
