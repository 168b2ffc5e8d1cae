//! The backend's calls: what is asked (over HTTP, or of a function of the page), and what the
//! machine is told of the answer.

use super::door::{self, Incoming, Rules};
use super::fetch::{Question, http_request, set};
use super::settings::Settings;
use js_sys::{JSON, Object};
use paywith_checkout::{Effect, Event, Failure};
use paywith_protocol::{AttemptKey, PaymentId, Provider, whole_text};
use paywith_providers::urls::{percent_encode, with_parameter};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// What an effect asks of the backend; `None` where there is nobody to be asked.
pub(crate) fn question(
    settings: &Settings,
    effect: &Effect,
    signal: &AbortSignal,
) -> Option<Question> {
    let order = settings.text_or_empty("order");
    let request = Object::new();
    let text = |name: &str, text: Option<&str>| {
        set(&request, name, &text.map_or(JsValue::NULL, JsValue::from));
    };
    let (function, method, path, key) = match effect {
        Effect::LoadOffer { .. } => {
            text("order", Some(&order));
            ("fetchCheckout", "GET", ["/checkout?order=", &percent_encode(&order)].concat(), None)
        }
        Effect::Create { request, .. } => {
            text("order", Some(&order));
            text("provider", Some(request.provider.id()));
            text("return_url", Some(&return_url(settings, &request.key)));
            text("locale", Some(&settings.text_or_empty("lang")));
            text("supersedes", request.supersedes.as_ref().map(PaymentId::as_str));
            ("createPayment", "POST", "/payments".to_owned(), Some(request.key.as_str()))
        }
        Effect::Ask { id, provider, status, wait_ms, .. } => {
            name_payment(&text, id, *provider, &order);
            text("status", Some(status.word()));
            let mut path = path_of(id, "", *provider, &order);
            if let Some(wait_ms) = wait_ms {
                path.push_str(
                    &["&status=", status.word(), "&wait_ms=", &whole_text(*wait_ms)].concat(),
                );
            }
            ("fetchPayment", "GET", path, None)
        }
        Effect::CancelPayment { id, provider } => {
            name_payment(&text, id, *provider, &order);
            ("cancelPayment", "POST", path_of(id, "/cancel", *provider, &order), None)
        }
        _ => return None,
    };
    if let Some(function) = settings.function(function) {
        if key.is_some() {
            text("idempotency_key", key);
        }
        let wait_ms = match effect {
            Effect::Ask { wait_ms, .. } => wait_ms.unwrap_or(0),
            _ => 0,
        };
        return Some(Question::Function(function, request, wait_ms));
    }
    let body = key.and_then(|_| JSON::stringify(&request).ok());
    let url = join(&settings.text("endpoint")?, &path);
    http_request(settings, method, &url, key, body, signal).map(Question::Http)
}

/// What the machine is told of the answer; `None`: nobody waits for it.
pub(crate) fn answer(
    settings: &Settings,
    effect: &Effect,
    incoming: Option<&Incoming>,
) -> Option<Event> {
    let incoming = incoming.ok_or(Failure::Unreachable);
    let rules = Rules::of(settings);
    Some(match effect {
        Effect::LoadOffer { call } => {
            let result = incoming.and_then(door::offer_answer);
            Event::OfferAnswered { call: *call, result }
        }
        Effect::Create { call, request } => {
            let return_url = return_url(settings, &request.key);
            let read =
                |incoming| door::create_answer(&rules, request.provider, &return_url, incoming);
            Event::CreateAnswered { call: *call, result: incoming.and_then(read) }
        }
        Effect::Ask { call, id, provider, .. } => {
            let read = |incoming| door::status_answer(&rules, *provider, id, incoming);
            Event::StatusAnswered { call: *call, result: incoming.and_then(read) }
        }
        // Whatever comes back to a cancellation, the payment is watched on.
        _ => return None,
    })
}

/// The path at the end of the endpoint; where that has a query already, ours goes on with `&`.
fn join(endpoint: &str, path: &str) -> String {
    let sign = if endpoint.contains('?') { "&" } else { "?" };
    [endpoint.trim_end_matches('/'), &path.replacen('?', sign, 1)].concat()
}

/// The page's own return address, with our mark.
fn return_url(settings: &Settings, key: &AttemptKey) -> String {
    with_parameter(&settings.text_or_empty("returnUrl"), "paywith", key.as_str())
}

fn name_payment(
    text: &dyn Fn(&str, Option<&str>),
    id: &PaymentId,
    provider: Option<Provider>,
    order: &str,
) {
    text("id", Some(id.as_str()));
    text("provider", provider.map(Provider::id));
    text("order", Some(order));
}

/// Ids that could shape a path travel in the query (contract section 3).
fn path_of(id: &PaymentId, action: &str, provider: Option<Provider>, order: &str) -> String {
    let (place, query) = if id.fits_path_segment() {
        (id.as_str(), String::new())
    } else {
        ("_", ["id=", &percent_encode(id.as_str()), "&"].concat())
    };
    let provider = provider.map(Provider::id).unwrap_or_default();
    let order = percent_encode(order);
    ["/payments/", place, action, "?", &query, "provider=", provider, "&order=", &order].concat()
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
