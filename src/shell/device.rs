//! What kind of device this is, as far as a page can tell: which help comes first.

use super::{platform, share};
use wasm_bindgen::JsValue;

/// A finger, and a screen that is held in one hand, upright or across.
const PHONE: &str =
    "(pointer: coarse) and (max-width: 40em), (pointer: coarse) and (max-height: 30em)";

/// How a picture gets from the page to where banking apps find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saving {
    /// A download.
    Download,
    /// The platform's own sheet, which offers to save it: a download on an iPhone is no photo, and inside other
    /// apps it is often nothing at all.
    Sheet,
    /// Neither: the shopper presses and holds the code, or takes a screenshot.
    ByHand,
}

/// Whether the shopper pays on the very device that shows the code.
pub(crate) fn is_phone() -> bool {
    let query = platform::call(&js_sys::global(), "matchMedia", &[PHONE.into()]);
    query.and_then(|query| platform::member(&query, "matches")).is_some_and(|is| is.is_truthy())
}

/// How pictures are saved here.
pub(crate) fn saving() -> Saving {
    let navigator = platform::service("navigator").unwrap_or(JsValue::NULL);
    // Browsers on iPhone and iPad alone say whether the page stands on the home screen.
    let is_ios = platform::member(&navigator, "standalone").is_some();
    let agent = platform::member(&navigator, "userAgent").and_then(|agent| agent.as_string());
    // Inside another Android app.
    let is_web_view = agent.is_some_and(|agent| agent.contains("; wv)"));
    match (is_ios || is_web_view, share::takes_pictures()) {
        (false, _) => Saving::Download,
        (true, true) => Saving::Sheet,
        (true, false) => Saving::ByHand,
    }
}

/// Whether sharing is something else here than saving.
pub(crate) fn can_share() -> bool {
    saving() == Saving::Download && share::takes_pictures()
}
