//! Copies plain text, inside the click that asked for it.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// Copies `text` and reports whether that worked.
pub(crate) fn copy(text: String, report: impl FnOnce(bool) + 'static) {
    let Some(window) = web_sys::window() else { return report(false) };
    // Outside secure contexts there is no clipboard, whatever the types say.
    let navigator = window.navigator();
    let has_clipboard = js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false);
    if !has_clipboard || !window.is_secure_context() {
        let is_copied = window.document().is_some_and(|document| copy_selected(&document, &text));
        return report(is_copied);
    }
    let writing = navigator.clipboard().write_text(&text);
    spawn_local(async move {
        let is_copied = JsFuture::from(writing).await.is_ok()
            || window.document().is_some_and(|document| copy_selected(&document, &text));
        report(is_copied);
    });
}

/// The old way: select the text in a field of our own and let the browser copy it.
fn copy_selected(document: &Document, text: &str) -> bool {
    let (Ok(field), Some(body)) = (document.create_element("textarea"), document.body()) else {
        return false;
    };
    let field: HtmlTextAreaElement = field.unchecked_into();
    field.set_value(text);
    field.set_read_only(true);
    let before = document.active_element();
    if body.append_child(&field).is_err() {
        return false;
    }
    field.select();
    let document: &HtmlDocument = document.unchecked_ref();
    let is_copied = document.exec_command("copy").unwrap_or(false);
    field.remove();
    if let Some(before) = before {
        // What cannot take the focus never had it.
        before.unchecked_ref::<HtmlElement>().focus().unwrap_or(());
    }
    is_copied
}
