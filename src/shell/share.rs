//! Hands a picture over: as a download, or to the platform's sheet. Both have to happen inside the click.

use super::{platform, value};
use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlElement;

/// Offers the picture at a `data:` address as a download; `None` where the page has no place for a link.
pub(crate) fn download(url: &str, name: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let link: HtmlElement = document.create_element("a").ok()?.unchecked_into();
    link.set_attribute("href", url).ok()?;
    link.set_attribute("download", name).ok()?;
    // Some browsers follow no link that is not on the page.
    document.body()?.append_child(&link).ok()?;
    link.click();
    link.remove();
    Some(())
}

/// Opens the platform's sheet with the picture; reports `false` where that did not work, and nothing else: what
/// became of the picture is the sheet's to say, and a shopper who closes it has changed her mind.
pub(crate) fn share(url: &str, name: &str, report: impl FnOnce(bool) + 'static) {
    let kind = url.split_once(';').and_then(|(head, _)| head.strip_prefix("data:"));
    let file = bytes_of(url).and_then(|bytes| file(&bytes, name, kind.unwrap_or("image/png")));
    let shared = file.and_then(|file| {
        let navigator = platform::service("navigator")?;
        platform::call(&navigator, "share", &[only(&file)])
    });
    let shared = shared.and_then(|shared| value::promise_of(&shared).ok());
    let Some(shared) = shared else { return report(false) };
    spawn_local(async move {
        let failure = JsFuture::from(shared).await.err();
        let name = failure.as_ref().and_then(|failure| platform::member(failure, "name"));
        let is_closed = name.and_then(|name| name.as_string()).as_deref() == Some("AbortError");
        if failure.is_some() && !is_closed {
            report(false);
        }
    });
}

/// Whether the platform's sheet takes pictures.
pub(super) fn takes_pictures() -> bool {
    let answer = file(&[0], "code.png", "image/png").and_then(|file| {
        let navigator = platform::service("navigator")?;
        platform::call(&navigator, "canShare", &[only(&file)])
    });
    answer.is_some_and(|answer| answer.is_truthy())
}

/// The file and nothing else: with a text or an address beside it, an iPhone drops the file.
fn only(file: &JsValue) -> JsValue {
    let files = Array::of1(file);
    object("files", &files)
}

fn file(bytes: &[u8], name: &str, kind: &str) -> Option<JsValue> {
    let class = platform::service("File")?.dyn_into::<Function>().ok()?;
    let parts = Array::of1(&Uint8Array::from(bytes));
    let words = Array::of3(&parts, &name.into(), &object("type", &kind.into()));
    Reflect::construct(&class, &words).ok()
}

/// A plain object with this one member.
pub(super) fn object(name: &str, value: &JsValue) -> JsValue {
    let object = Object::new();
    // A plain object takes every member.
    Reflect::set(&object, &name.into(), value).unwrap_or(false);
    object.into()
}

/// The bytes of a `data:` address in Base64, read by the browser: one character is one byte.
fn bytes_of(url: &str) -> Option<Vec<u8>> {
    let (_, text) = url.split_once(";base64,")?;
    let bytes = platform::call(&js_sys::global(), "atob", &[text.into()])?.as_string()?;
    bytes.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}
