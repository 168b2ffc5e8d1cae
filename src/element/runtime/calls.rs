//! A call of the backend, from the effect that asks for it to the event that answers it.

use super::Inner;
use crate::shell::backend;
use crate::shell::fetch::Silence;
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
        let question = backend::question(&settings, &effect, signal.as_ref());
        let (weak, calls) = (Rc::downgrade(self), self.calls.clone());
        let freshness = self.freshness.clone();
        spawn_local(async move {
            let mut incoming = match question {
                Some(question) => question.ask(signal.as_ref()).await,
                None => Err(Silence("`endpoint`, which is not an address,".to_owned())),
            };
            // An answer to a call that was ended is none.
            if !calls.end(call) {
                return;
            }
            let Some(inner) = weak.upgrade() else { return };
            if let Ok(incoming) = &mut incoming {
                incoming.age_ms = freshness.age_ms(incoming.date.as_deref());
                if incoming.age_ms > 0 {
                    inner.dispatch(Event::FaultNoticed(backend::stale_answer()));
                }
            }
            let silences = calls.count_silence(incoming.is_ok());
            let event = backend::answer(&settings, &effect, incoming.as_ref(), silences);
            if let Some(event) = event {
                inner.dispatch(event);
            }
        });
    }
}
