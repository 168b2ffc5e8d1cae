//! Carries effects out: a table, with one function for each effect that takes more than a call.

use super::Inner;
use crate::element::detail;
use crate::shell::clock::Interval;
use crate::shell::{navigation, picture};
use paywith_checkout::{Effect, Event, Fault, Moment, Record, Snapshot, TabMessage};
use paywith_protocol::{PaymentId, Provider};
use std::rc::Rc;
use wasm_bindgen::JsValue;

impl Inner {
    pub(super) fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Wake { at_ms } => self.wake_at(at_ms),
            Effect::Remember(record) => self.remember(&record),
            Effect::Abort { call } => self.calls.abort(call),
            Effect::DrawCode { id, bytes } => self.draw_code(id, &bytes),
            Effect::ProposeStart(provider) => self.propose_start(provider),
            Effect::Leave { url } => navigation::leave_for(&url),
            Effect::Navigate { url } => self.navigate(&url),
            Effect::OpenWindow => self.open_window(),
            Effect::ShowInWindow { url } => self.show_in_window(&url),
            Effect::CloseWindow => self.close_window(),
            Effect::RequestLeadership(wants) => self.lead(wants),
            Effect::Broadcast(message) => self.broadcast(&message),
            Effect::Emit(moment, snapshot) => self.tell(moment, &snapshot),
            Effect::EmitFault(fault) => {
                self.host.emit("fault", &self.fault_detail(&fault), false);
            }
            Effect::Resolve(snapshot) => self.host.settle(&detail::result(&snapshot)),
            Effect::Reject(fault) => self.host.reject(&self.fault_detail(&fault)),
            Effect::LoadOffer { .. }
            | Effect::Create { .. }
            | Effect::FetchStatus { .. }
            | Effect::CancelPayment { .. } => self.call_backend(effect),
        }
    }

    /// Calls the machine at this moment of the monotonic clock. Most steps name the one that is waited for already.
    fn wake_at(self: &Rc<Self>, at_ms: Option<u64>) {
        let before = self.running.change(|parts| std::mem::replace(&mut parts.wake_at_ms, at_ms));
        if at_ms.is_some() && before == at_ms {
            return;
        }
        let weak = Rc::downgrade(self);
        let wake = at_ms.map(|at_ms| {
            Interval::at(at_ms, move || {
                if let Some(inner) = weak.upgrade() {
                    // A moment more than an hour away is waited for again.
                    inner.running.change(|parts| parts.wake_at_ms = None);
                    inner.dispatch(Event::Ticked);
                }
            })
        });
        drop(self.running.change(|parts| std::mem::replace(&mut parts.wake, wake)));
    }

    fn lead(&self, wants: bool) {
        if let Some(tabs) = self.running.tabs() {
            tabs.lead(wants);
        }
    }

    fn broadcast(&self, message: &TabMessage) {
        if let Some(tabs) = self.running.tabs() {
            tabs.broadcast(message);
        }
    }

    fn remember(self: &Rc<Self>, record: &Record) {
        let newer = self.running.storage().and_then(|storage| storage.write(record));
        if let Some(newer) = newer {
            self.dispatch(Event::TabMessageReceived(TabMessage::HasRecord(newer)));
        }
    }

    fn draw_code(self: &Rc<Self>, id: PaymentId, bytes: &[u8]) {
        let picture = picture::draw(bytes);
        self.dispatch(Event::CodeDrawn { id, picture });
    }

    /// Asks the page, which may prevent `paystart`.
    fn propose_start(self: &Rc<Self>, provider: Provider) {
        let detail = detail::start(&self.snapshot(), provider);
        if self.host.emit("paystart", &detail, true) {
            self.dispatch(Event::StartAllowed(provider));
        } else {
            self.host.settle(&detail::result(&self.snapshot()));
        }
    }

    /// Goes to a hosted page in this tab, unless the page prevents `redirecting`.
    fn navigate(&self, url: &str) {
        if self.may_redirect(url) {
            navigation::go_to(url);
        }
    }

    fn show_in_window(&self, url: &str) {
        if self.may_redirect(url)
            && let Some(popup) = self.running.popup()
        {
            popup.show(url);
        }
    }

    fn may_redirect(&self, url: &str) -> bool {
        self.host.emit("redirecting", &detail::redirecting(&self.snapshot(), url), true)
    }

    fn close_window(&self) {
        if let Some(popup) = self.running.change(|parts| parts.popup.take()) {
            popup.close();
        }
    }

    /// Tells the page of a moment; `paid` is the one that it may prevent.
    fn tell(self: &Rc<Self>, moment: Moment, snapshot: &Snapshot) {
        let is_paid = matches!(moment, Moment::Paid { .. });
        let detail = detail::moment(moment, snapshot);
        if !self.host.emit(moment.name(), &detail, is_paid) && is_paid {
            self.dispatch(Event::StayAsked);
        }
    }

    fn fault_detail(&self, fault: &Fault) -> JsValue {
        detail::fault(fault, &self.locale(), &self.snapshot())
    }
}
