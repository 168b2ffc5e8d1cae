//! Sends the shopper to a hosted page: in the same tab (the top window when framed), or in a window of
//! its own.

use super::clock::Interval;
use super::page::Listener;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, Window};

/// The name of the window; a page that finds itself in it is at the end of its way.
const NAME: &str = "paywith";
const LOOKS: &str = "popup,width=480,height=760";
/// A browser does not say when a window is closed; it can be asked.
const LOOK_EVERY_MS: u32 = 500;

/// Goes to an address that was checked before. In a frame that may not steer the top window, the
/// frame itself goes.
pub(crate) fn go_to(url: &str) {
    let Some(window) = web_sys::window() else { return };
    let top = window.top().ok().flatten();
    let is_gone = top.is_some_and(|top| top.location().set_href(url).is_ok());
    if !is_gone {
        // The screen keeps a link to the same address for a browser that refuses this too.
        window.location().set_href(url).unwrap_or(());
    }
}

/// The payment is done: this page, also inside a frame, goes to its own next address.
pub(crate) fn leave_for(url: &str) {
    if let Some(window) = web_sys::window() {
        // The screen keeps a link to the same address.
        window.location().set_href(url).unwrap_or(());
    }
}

/// What the window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PopupNews {
    /// The page that it came back to says so.
    Returned,
    Closed,
}

/// A hosted page's own window. Dropping this stops the watch, and leaves the window to the shopper.
pub(crate) struct Popup {
    window: Window,
    #[expect(dead_code, reason = "dropping them ends the watch")]
    watch: (Interval, Option<Listener>),
}

impl Popup {
    /// Only inside a click. `None` when the browser does not allow it.
    pub(crate) fn open(
        waiting: &str,
        report: impl Fn(PopupNews) + Clone + 'static,
    ) -> Option<Popup> {
        let own = web_sys::window()?;
        let opened = own.open_with_url_and_target_and_features("", NAME, LOOKS).ok()??;
        if opened.closed().unwrap_or(true) {
            return None;
        }
        // Until there is an address it shows a word, not a blank page. An earlier window of the same
        // name may be anywhere, and then refuses.
        if let Some(body) = opened.document().and_then(|document| document.body()) {
            body.set_text_content(Some(waiting));
        }
        let (watched, closed) = (opened.clone(), report.clone());
        let interval = Interval::new(LOOK_EVERY_MS, move || {
            if watched.closed().unwrap_or(true) {
                closed(PopupNews::Closed);
            }
        });
        let origin = own.location().origin().ok()?;
        let listener = Listener::add(&own, "message", move |event| {
            let message: MessageEvent = event.unchecked_into();
            // Anybody can say anything: it only makes us ask.
            if message.origin() == origin && message.data().as_string().as_deref() == Some(NAME) {
                report(PopupNews::Returned);
            }
        });
        Some(Popup { window: opened, watch: (interval, listener) })
    }

    /// Brings it to the front.
    pub(crate) fn focus(&self) {
        self.window.focus().unwrap_or(());
    }

    /// Shows an address that was checked before.
    pub(crate) fn show(&self, url: &str) {
        self.window.location().set_href(url).unwrap_or(());
        self.focus();
    }

    pub(crate) fn close(&self) {
        // A window that is closed already stays so.
        self.window.close().unwrap_or(());
    }
}
