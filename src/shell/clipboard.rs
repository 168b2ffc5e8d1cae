//! Copies plain text, inside the click that asked for it.

use super::{platform, value};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// Copies `text` and reports whether that worked.
pub(crate) fn copy(text: String, report: impl FnOnce(bool) + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return report(false);
    };
    // Outside secure contexts, and in some in-app browsers, there is no clipboard.
    let clipboard = platform::service("navigator")
        .and_then(|navigator| platform::member(&navigator, "clipboard"));
    let writing = clipboard
        .and_then(|clipboard| platform::call(&clipboard, "writeText", &[text.as_str().into()]))
        .and_then(|writing| value::promise_of(&writing).ok());
    let Some(writing) = writing else { return report(copy_selected(&document, &text)) };
    spawn_local(async move {
        report(JsFuture::from(writing).await.is_ok() || copy_selected(&document, &text));
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
