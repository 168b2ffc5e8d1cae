//! A call of the backend, from the effect that asks for it to the event that answers it.

use super::Inner;
use crate::shell::backend;
use crate::shell::fetch::NoResponse;
use paywith_checkout::{Effect, Event};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

impl Inner {
    /// Asks the backend, or the page's own function, and tells the machine of the answer.
    pub(super) fn call_backend(self: &Rc<Self>, effect: Effect) {
        let call = match &effect {
            Effect::LoadOffer { call }
            | Effect::Create { call, .. }
            | Effect::FetchStatus { call, .. } => *call,
            // Nobody waits for the answer; call 0 is never given out.
            _ => 0,
        };
        let signal = self.calls.begin(call);
        let settings = self.running.settings();
        let question = backend::request_for(&settings, &effect, signal.as_ref());
        let (weak, calls) = (Rc::downgrade(self), self.calls.clone());
        let response_ages = self.response_ages.clone();
        spawn_local(async move {
            let mut response = match question {
                Some(question) => question.ask(signal.as_ref()).await,
                None => Err(NoResponse("`endpoint`, which is not an address,".to_owned())),
            };
            // An answer to a call that was ended is none.
            if !calls.end(call) {
                return;
            }
            let Some(inner) = weak.upgrade() else { return };
            if let Ok(response) = &mut response {
                response.age_ms = response_ages.age_ms(response.date.as_deref());
                if response.age_ms > 0 {
                    inner.dispatch(Event::FaultNoticed(backend::stale_answer()));
                }
            }
            let failures = calls.count_failure(response.is_ok());
            let event = backend::answer(&settings, &effect, response.as_ref(), failures);
            if let Some(event) = event {
                inner.dispatch(event);
            }
        });
    }
}
