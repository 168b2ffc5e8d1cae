//! The JavaScript element, as the widget sees it: four functions.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The element's four functions.
#[derive(Clone)]
pub(crate) struct Host {
    object: JsValue,
}

impl Host {
    pub(crate) fn new(object: JsValue) -> Host {
        Host { object }
    }

    /// Dispatches an event; `false` when the page prevented its default.
    pub(crate) fn emit(&self, name: &str, detail: &JsValue, is_cancelable: bool) -> bool {
        let arguments = js_sys::Array::of3(&name.into(), detail, &is_cancelable.into());
        self.call("emit", &arguments).is_none_or(|answer| !answer.is_falsy())
    }

    /// Resolves the promise of `start()`, if one is waiting.
    pub(crate) fn settle(&self, result: &JsValue) {
        self.call("settle", &js_sys::Array::of1(result));
    }

    /// Rejects the promise of `start()`, if one is waiting.
    pub(crate) fn reject(&self, fault: &JsValue) {
        self.call("reject", &js_sys::Array::of1(fault));
    }

    /// Leaves the lock's release with the element, which calls it should this module stop.
    pub(crate) fn keep(&self, release: &Function) {
        self.call("keep", &js_sys::Array::of1(release));
    }

    /// What a page's own listener throws is reported by the browser; it must not stop a payment.
    fn call(&self, name: &str, arguments: &js_sys::Array) -> Option<JsValue> {
        let function = Reflect::get(&self.object, &name.into()).ok()?;
        let function = function.dyn_into::<Function>().ok()?;
        function.apply(&self.object, arguments).ok()
    }
}
