//! The JavaScript boundary: options in, events out, one opaque handle per element.
//!
//! The class itself is JavaScript (`npm/src/element.js`), because only JavaScript can extend
//! `HTMLElement`; it holds a [`Widget`] and decides nothing. `runtime` introduces shell and ui to
//! each other: one signal of the view model, one `dispatch`.

mod checks;
mod detail;
mod host;
mod options;
mod runtime;
mod saved_picture;
mod support;

use crate::shell::settings::Settings;
use host::Host;
use paywith_checkout::Event;
use paywith_protocol::Provider;
use runtime::Runtime;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

/// One mounted widget. Freeing it ends every timer, listener and call, and takes the screen down.
#[wasm_bindgen]
#[must_use]
#[derive(Debug)]
pub struct Widget {
    runtime: Runtime,
}

/// Starts a widget inside `target`, an element of `root`, whose content stays until [`Widget::draw`].
///
/// `options` is a plain object of the element's attributes and properties, `host` an object with
/// `emit(name, detail, cancelable)`, `settle(result)`, `reject(fault)` and `keep(release)`.
#[wasm_bindgen]
pub fn mount(target: HtmlElement, root: ShadowRoot, host: JsValue, options: &JsValue) -> Widget {
    Widget { runtime: Runtime::start(target, root, Host::new(host), Settings::new(options)) }
}

/// The styles that the loader does not have, for one constructable style sheet.
#[wasm_bindgen]
pub fn style_text() -> String {
    crate::ui::STYLE.to_owned()
}

#[wasm_bindgen]
impl Widget {
    /// Puts the screens up, in the place of what stands there. Once.
    pub fn draw(&self) {
        self.runtime.draw();
    }

    /// Attributes or properties changed.
    pub fn update(&self, options: &JsValue) {
        self.runtime.update(Settings::new(options));
    }

    /// `start(provider?)`; empty text takes the first provider. The outcome arrives at `settle` or `reject`.
    pub fn start(&self, provider: &str) {
        self.runtime.dispatch(Event::StartAsked(Provider::parse(provider)));
    }

    /// `checkNow()`.
    #[wasm_bindgen(js_name = checkNow)]
    pub fn check_now(&self) {
        self.runtime.dispatch(Event::CheckAsked);
    }

    /// `renew()`.
    pub fn renew(&self) {
        self.runtime.dispatch(Event::RenewAsked);
    }

    /// `cancel()`.
    pub fn cancel(&self) {
        self.runtime.dispatch(Event::CancelAsked);
    }

    /// `close()`.
    pub fn close(&self) {
        self.runtime.dispatch(Event::DismissAsked);
    }

    /// `reset()`.
    pub fn reset(&self) {
        self.runtime.dispatch(Event::ResetAsked);
    }

    /// `resume()`.
    pub fn resume(&self) {
        self.runtime.dispatch(Event::ResumeAsked);
    }

    /// `hasReturned()`.
    #[wasm_bindgen(js_name = hasReturned)]
    pub fn has_returned(&self) -> bool {
        self.runtime.has_returned()
    }

    /// The snapshot `payment`; `null` before there is one.
    pub fn payment(&self) -> JsValue {
        self.runtime.payment()
    }

    /// The snapshot `state`: one word.
    pub fn state(&self) -> String {
        self.runtime.state()
    }
}
