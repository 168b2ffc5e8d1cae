//! The backend's calls: what is asked (over HTTP, or of a function of the page), and the event that the
//! answer becomes.

use super::clock;
use super::fetch::{NoResponse, Request, http_request, set};
use super::no_response;
use super::response::{self, HttpResponse, Rules};
use super::settings::Settings;
use js_sys::{JSON, Object};
use paywith_checkout::{Effect, Event, Fault, FaultCode};
use paywith_protocol::{AttemptKey, PaymentId, Provider, whole_text};
use paywith_providers::urls::{self, percent_encode, with_parameter};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// What an effect asks of the backend; `None` where there is nobody to be asked.
pub(crate) fn request_for(
    settings: &Settings,
    effect: &Effect,
    signal: Option<&AbortSignal>,
) -> Option<Request> {
    let order = settings.text_or_empty("order");
    let request = Object::new();
    let text = |name: &str, text: Option<&str>| {
        set(&request, name, &text.map_or(JsValue::NULL, JsValue::from));
    };
    let (name, method, mut place, key) = match effect {
        Effect::LoadOffer { .. } => {
            text("order", Some(&order));
            let query = vec![("order", order.clone())];
            ("fetchCheckout", "GET", Place { path: "/checkout".to_owned(), query }, None)
        }
        Effect::Create { request, .. } => {
            text("order", Some(&order));
            text("provider", Some(request.provider.id()));
            text("return_url", Some(&return_url(settings, &request.key)));
            text("locale", Some(&settings.text_or_empty("lang")));
            text("supersedes", request.supersedes.as_ref().map(PaymentId::as_str));
            let place = Place { path: "/payments".to_owned(), query: Vec::new() };
            ("createPayment", "POST", place, Some(request.key.as_str()))
        }
        Effect::FetchStatus { id, provider, status, wait_ms, .. } => {
            name_payment(&text, id, *provider, &order);
            text("status", Some(status.as_str()));
            let mut place = place_of(id, "", *provider, &order);
            if let Some(wait_ms) = wait_ms {
                place.query.push(("status", status.as_str().to_owned()));
                place.query.push(("wait_ms", whole_text(*wait_ms)));
            }
            ("fetchPayment", "GET", place, None)
        }
        Effect::CancelPayment { id, provider } => {
            name_payment(&text, id, *provider, &order);
            ("cancelPayment", "POST", place_of(id, "/cancel", *provider, &order), None)
        }
        _ => return None,
    };
    if let Some(function) = settings.function(name) {
        if key.is_some() {
            text("idempotency_key", key);
        }
        let wait_ms = match effect {
            Effect::FetchStatus { wait_ms, .. } => wait_ms.unwrap_or(0),
            _ => 0,
        };
        return Some(Request::Function(name, function, request, wait_ms));
    }
    let body = key.and_then(|_| JSON::stringify(&request).ok());
    if method == "GET" {
        // A changing parameter: no cache on the way, and no service worker of the page, has an answer to
        // this very question.
        place.query.push(("_", whole_text(clock::now().wall_ms)));
    }
    let url = address(&settings.text("endpoint")?, &place);
    http_request(settings, method, &url, key, body, signal).map(Request::Http)
}

/// The event that an answer becomes; `None`: nothing waits for it. `failures` is how many calls in a
/// row, this one included, had no answer at all.
pub(crate) fn answer(
    settings: &Settings,
    effect: &Effect,
    response: Result<&HttpResponse, &NoResponse>,
    failures: u32,
) -> Option<Event> {
    let response =
        response.map_err(|no_response| no_response::failure(settings, no_response, failures));
    let rules = Rules::of(settings);
    Some(match effect {
        Effect::LoadOffer { call } => {
            let result = response.and_then(response::offer_answer);
            Event::OfferAnswered { call: *call, result }
        }
        Effect::Create { call, request } => {
            let return_url = return_url(settings, &request.key);
            let read =
                |response| response::create_answer(&rules, request.provider, &return_url, response);
            Event::CreateAnswered { call: *call, result: response.and_then(read) }
        }
        Effect::FetchStatus { call, id, provider, .. } => {
            let read = |response| response::status_answer(&rules, *provider, id, response);
            Event::StatusAnswered { call: *call, result: response.and_then(read) }
        }
        // Whatever comes back to a cancellation, the payment is watched on.
        _ => return None,
    })
}

/// An answer came from before its question.
pub(crate) fn stale_answer() -> Fault {
    let message = "an answer is older than its question: keep caches and service workers away from \
                   `endpoint`";
    Fault::new(FaultCode::StaleAnswer, message)
}

/// The page's policy refused a call to `address`: ours, if it goes where the endpoint is.
pub(crate) fn refused_by_policy(settings: &Settings, address: &str) -> Option<Fault> {
    let endpoint = settings.text("endpoint")?;
    let page = settings.text_or_empty("page");
    let home = urls::origin(&endpoint).or_else(|| urls::origin(&page));
    (urls::origin(address) == home).then(|| {
        let message =
            ["the page's policy refuses calls to ", address, ": allow it in `connect-src`"];
        Fault::new(FaultCode::CallBlocked, &message.concat())
    })
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

/// Where a call goes, below the endpoint.
struct Place {
    path: String,
    /// Not encoded yet.
    query: Vec<(&'static str, String)>,
}

/// Ids that could shape a path travel in the query (contract section 3).
fn place_of(id: &PaymentId, action: &str, provider: Option<Provider>, order: &str) -> Place {
    let mut query = Vec::new();
    let name = if id.fits_path_segment() {
        id.as_str()
    } else {
        query.push(("id", id.as_str().to_owned()));
        "_"
    };
    query.push(("provider", provider.map(Provider::id).unwrap_or_default().to_owned()));
    query.push(("order", order.to_owned()));
    Place { path: ["/payments/", name, action].concat(), query }
}

/// The endpoint with a path at its end. An endpoint may carry a query of its own, in which the path
/// belongs (`/index.php?rest_route=/paywith/v1`): then the parameters join with `&`.
fn address(endpoint: &str, place: &Place) -> String {
    let endpoint = endpoint.trim();
    let endpoint = endpoint.split_once('#').map_or(endpoint, |(address, _)| address);
    let mut address = [endpoint.trim_end_matches('/'), &place.path].concat();
    for (name, value) in &place.query {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(&[name, "=", &percent_encode(value)].concat());
    }
    address
}

/// The calls in flight, and how many in a row had no answer; dropping them ends them all.
#[derive(Clone, Default)]
pub(crate) struct Calls(Rc<CallsInner>);

#[derive(Default)]
struct CallsInner {
    in_flight: RefCell<Vec<(u32, Option<AbortController>)>>,
    failures: Cell<u32>,
}

impl Calls {
    /// A signal for a new call; `None` in a browser that cannot end calls.
    pub(crate) fn begin(&self, call: u32) -> Option<AbortSignal> {
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        self.0.in_flight.borrow_mut().push((call, controller));
        signal
    }

    /// Whether the call's answer is still wanted; it is over now.
    pub(crate) fn end(&self, call: u32) -> bool {
        let mut calls = self.0.in_flight.borrow_mut();
        let place = calls.iter().position(|(known, _)| *known == call);
        place.map(|place| calls.swap_remove(place)).is_some()
    }

    /// Counts the calls in a row that had no answer.
    pub(crate) fn count_failure(&self, is_answered: bool) -> u32 {
        let failures = if is_answered { 0 } else { self.0.failures.get().saturating_add(1) };
        self.0.failures.set(failures);
        failures
    }

    pub(crate) fn abort(&self, call: u32) {
        let mut calls = self.0.in_flight.borrow_mut();
        if let Some(place) = calls.iter().position(|(known, _)| *known == call)
            && let (_, Some(controller)) = calls.swap_remove(place)
        {
            controller.abort();
        }
    }

    pub(crate) fn abort_all(&self) {
        for controller in self.0.in_flight.borrow_mut().drain(..).filter_map(|(_, one)| one) {
            controller.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, address};

    #[test]
    fn b1_an_endpoint_with_a_query_of_its_own_takes_the_path_at_its_end() {
        let cases = [
            ("/api", "/api/payments/pay_1?order=A%26B"),
            ("/api/", "/api/payments/pay_1?order=A%26B"),
            (" /api ", "/api/payments/pay_1?order=A%26B"),
            ("/", "/payments/pay_1?order=A%26B"),
            ("https://shop.example", "https://shop.example/payments/pay_1?order=A%26B"),
            (
                "/index.php?rest_route=/paywith/v1",
                "/index.php?rest_route=/paywith/v1/payments/pay_1&order=A%26B",
            ),
            ("/?rest_route=/paywith/v1/", "/?rest_route=/paywith/v1/payments/pay_1&order=A%26B"),
            ("/api.php?lang=ar&path=", "/api.php?lang=ar&path=/payments/pay_1&order=A%26B"),
            ("/api#top", "/api/payments/pay_1?order=A%26B"),
        ];
        for (endpoint, expected) in cases {
            let path = "/payments/pay_1".to_owned();
            let place = Place { path, query: vec![("order", "A&B".to_owned())] };
            assert_eq!(address(endpoint, &place), expected, "{endpoint}");
        }
    }
}
