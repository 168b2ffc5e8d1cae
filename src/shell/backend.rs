//! The backend's calls: addresses, bodies, and who answers (HTTP, or a function of the page).

use super::door::{self, Incoming, Rules};
use super::fetch::{Courtesy, call_function, call_http, set};
use gloo_net::http::Method;
use js_sys::{Function, JSON, Object};
use paywith_checkout::{Answer, CreateRequest, Failure};
use paywith_protocol::{Offer, PaymentId, Provider, Status};
use paywith_providers::urls::{percent_encode, with_parameter};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// Whom to call, and how.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Backend {
    pub(crate) endpoint: Option<String>,
    pub(crate) courtesy: Courtesy,
    pub(crate) rules: Rules,
    /// The page's own return address, without our mark.
    pub(crate) return_url: String,
    pub(crate) locale: String,
    pub(crate) create_payment: Option<Function>,
    pub(crate) fetch_payment: Option<Function>,
    pub(crate) fetch_checkout: Option<Function>,
    pub(crate) cancel_payment: Option<Function>,
}

impl Backend {
    /// Asks what can be paid.
    pub(crate) async fn load_offer(&self, signal: &AbortSignal) -> Result<Offer, Failure> {
        let order = self.rules.order.as_str();
        let incoming = if let Some(function) = &self.fetch_checkout {
            call_function(function, &object(&[("order", Some(order))]), signal).await
        } else {
            let query = ["/checkout?order=", &percent_encode(order)].concat();
            self.http(Method::GET, &query, &[], None, signal).await
        };
        door::offer_answer(&incoming.ok_or(Failure::Unreachable)?)
    }

    /// Asks for a payment.
    pub(crate) async fn create(
        &self,
        request: &CreateRequest,
        signal: &AbortSignal,
    ) -> Result<Answer, Failure> {
        let key = request.key.as_str();
        let return_url = with_parameter(&self.return_url, "paywith", key);
        let body = object(&[
            ("order", Some(&self.rules.order)),
            ("provider", Some(request.provider.id())),
            ("return_url", Some(&return_url)),
            ("locale", Some(&self.locale)),
            ("supersedes", request.supersedes.as_ref().map(PaymentId::as_str)),
        ]);
        let incoming = if let Some(function) = &self.create_payment {
            set(&body, "idempotency_key", &key.into());
            call_function(function, &body, signal).await
        } else {
            let text = JSON::stringify(&body).ok().and_then(|text| text.as_string());
            let headers = [("content-type", "application/json"), ("idempotency-key", key)];
            self.http(Method::POST, "/payments", &headers, text, signal).await
        };
        let incoming = incoming.ok_or(Failure::Unreachable)?;
        door::create_answer(&self.rules, request.provider, &return_url, &incoming)
    }

    /// Asks how a payment stands.
    pub(crate) async fn ask(
        &self,
        id: &PaymentId,
        provider: Option<Provider>,
        status: Status,
        signal: &AbortSignal,
    ) -> Result<Answer, Failure> {
        let incoming = if let Some(function) = &self.fetch_payment {
            let question = object(&[
                ("id", Some(id.as_str())),
                ("provider", provider.map(Provider::id)),
                ("order", Some(&self.rules.order)),
                ("status", Some(status.word())),
            ]);
            call_function(function, &question, signal).await
        } else {
            let path = self.path_of(id, "", provider);
            self.http(Method::GET, &path, &[], None, signal).await
        };
        let incoming = incoming.ok_or(Failure::Unreachable)?;
        door::status_answer(&self.rules, provider, id, &incoming)
    }

    /// Tells that the shopper gave up. Whatever comes back, the payment is watched on.
    pub(crate) async fn cancel(
        &self,
        id: &PaymentId,
        provider: Option<Provider>,
        signal: &AbortSignal,
    ) {
        if let Some(function) = &self.cancel_payment {
            let question = object(&[
                ("id", Some(id.as_str())),
                ("provider", provider.map(Provider::id)),
                ("order", Some(&self.rules.order)),
            ]);
            call_function(function, &question, signal).await;
        } else if self.endpoint.is_some() {
            let path = self.path_of(id, "/cancel", provider);
            self.http(Method::POST, &path, &[], None, signal).await;
        }
    }

    /// Ids that could shape a path travel in the query (contract section 3).
    fn path_of(&self, id: &PaymentId, action: &str, provider: Option<Provider>) -> String {
        let (place, query) = if id.fits_path_segment() {
            (id.as_str().to_owned(), String::new())
        } else {
            ("_".to_owned(), ["id=", &percent_encode(id.as_str()), "&"].concat())
        };
        let provider = provider.map(Provider::id).unwrap_or_default();
        let order = percent_encode(&self.rules.order);
        let query = [&query, "provider=", provider, "&order=", &order].concat();
        ["/payments/", &place, action, "?", &query].concat()
    }

    async fn http(
        &self,
        method: Method,
        path: &str,
        own_headers: &[(&str, &str)],
        body: Option<String>,
        signal: &AbortSignal,
    ) -> Option<Incoming> {
        let endpoint = self.endpoint.as_deref()?.trim_end_matches('/');
        let url = [endpoint, path].concat();
        call_http(method, &url, &self.courtesy, own_headers, body, signal).await
    }
}

/// A plain object of texts; `None` becomes `null`.
fn object(entries: &[(&str, Option<&str>)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        set(&object, name, &value.map_or(JsValue::NULL, JsValue::from));
    }
    object
}

/// The calls in flight; dropping them ends them all.
#[derive(Clone, Default)]
pub(crate) struct Calls(Rc<RefCell<Vec<(u32, AbortController)>>>);

impl Calls {
    /// A signal for a new call.
    pub(crate) fn begin(&self, call: u32) -> Option<AbortSignal> {
        let controller = AbortController::new().ok()?;
        let signal = controller.signal();
        self.0.borrow_mut().push((call, controller));
        Some(signal)
    }

    /// Whether the call's answer is still wanted; it is over now.
    pub(crate) fn end(&self, call: u32) -> bool {
        let mut calls = self.0.borrow_mut();
        let place = calls.iter().position(|(known, _)| *known == call);
        place.map(|place| calls.swap_remove(place)).is_some()
    }

    pub(crate) fn abort(&self, call: u32) {
        let mut calls = self.0.borrow_mut();
        if let Some(place) = calls.iter().position(|(known, _)| *known == call) {
            let (_, controller) = calls.swap_remove(place);
            controller.abort();
        }
    }

    pub(crate) fn abort_all(&self) {
        for (_, controller) in self.0.borrow_mut().drain(..) {
            controller.abort();
        }
    }
}
