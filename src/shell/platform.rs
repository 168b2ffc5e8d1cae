//! The platform's services, each of which may be missing or throw: in a sandboxed frame, an in-app
//! browser, a private window, under a policy, or replaced by a script of the page.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A service of the window, such as `performance`.
pub(super) fn service(name: &str) -> Option<JsValue> {
    member(&js_sys::global(), name)
}

/// A member of an object; `None` when it is missing, or when looking it up throws.
pub(super) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Calls a method. `None` when there is none, or when it throws.
pub(super) fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method = member(object, name)?.dyn_into::<Function>().ok()?;
    method.apply(object, &arguments.iter().collect::<Array>()).ok()
}
