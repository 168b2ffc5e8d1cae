//! Keeps the screen on while another device scans it.

use super::{platform, value};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The wish to keep the screen on; dropping it gives the lock back. A browser without such locks, or one that
/// saves power, lets the screen go dark.
pub(crate) struct WakeLock(Rc<RefCell<Option<JsValue>>>);

impl WakeLock {
    /// Asks for the lock. `None` where there are none.
    pub(crate) fn request() -> Option<WakeLock> {
        let locks = platform::member(&platform::service("navigator")?, "wakeLock")?;
        let asked = platform::call(&locks, "request", &["screen".into()])?;
        let asked = value::promise_of(&asked).ok()?;
        let lock = Rc::new(RefCell::new(None));
        let place = Rc::downgrade(&lock);
        spawn_local(async move {
            let Ok(sentinel) = JsFuture::from(asked).await else { return };
            match place.upgrade() {
                Some(place) => drop(place.replace(Some(sentinel))),
                None => release(&sentinel),
            }
        });
        Some(WakeLock(lock))
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        if let Some(sentinel) = self.0.take() {
            release(&sentinel);
        }
    }
}

/// The browser may have done so itself, when the page was hidden.
fn release(sentinel: &JsValue) {
    platform::call(sentinel, "release", &[]);
}
