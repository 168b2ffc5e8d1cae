//! Reads an HTTP response and checks its addresses before the machine sees it.

use super::settings::Settings;
use paywith_checkout::{Answer, Failure, Fault, FaultCode};
use paywith_protocol::{Action, Json, Money, Offer, Payment, PaymentId, Problem, Provider, code};
use paywith_providers::{self as providers, Asked, Unreadable, cashi, cashii, cashpay, urls};

/// What the page's settings say about reading answers.
pub(crate) struct Rules {
    pub(crate) order: String,
    pub(crate) price: Option<Money>,
    /// `providerPages.cashii`.
    pub(crate) cashii_page: Option<String>,
    /// Hosts that a hosted page may have; empty: any.
    pub(crate) allowed_hosts: Vec<String>,
}

impl Rules {
    pub(crate) fn of(settings: &Settings) -> Rules {
        let pages = settings.pairs("providerPages");
        let cashii = pages.into_iter().find(|(provider, _)| provider == Provider::Cashii.id());
        Rules {
            order: settings.text_or_empty("order"),
            // A price that cannot be read has been told as a fault before anything was asked.
            price: settings.price().ok().flatten(),
            cashii_page: cashii.map(|(_, page)| page),
            allowed_hosts: settings.texts("allowedHosts"),
        }
    }
}

/// An answer as it came in.
pub(crate) struct HttpResponse {
    pub(crate) http_status: u16,
    /// `None` when the body was no plain data.
    pub(crate) body: Option<Json>,
    /// Why it was none, where more is known than that: the end of a sentence that begins "the answer".
    pub(crate) flaw: Option<String>,
    pub(crate) date: Option<String>,
    /// How old it is at least, in ms; 0 for a fresh one.
    pub(crate) age_ms: u64,
    pub(crate) retry_after_ms: Option<u64>,
}

/// Reads a create answer.
pub(crate) fn create_answer(
    rules: &Rules,
    provider: Provider,
    return_url: &str,
    response: &HttpResponse,
) -> Result<Answer, Failure> {
    let asked = Asked { return_url: Some(return_url), ..asked(rules) };
    let read = read_with(response, |answer| providers::read_create(provider, answer, &asked));
    read.map(|payment| check_addresses(rules, aged(payment, response)))
}

/// Reads a status answer. Without a known provider only the contract's own answer can be read.
pub(crate) fn status_answer(
    rules: &Rules,
    provider: Option<Provider>,
    id: &PaymentId,
    response: &HttpResponse,
) -> Result<Answer, Failure> {
    let asked = Asked { id: Some(id), ..asked(rules) };
    let stated = response.body.as_ref().and_then(|body| body.get("provider"));
    let stated = stated.and_then(Json::as_str).and_then(Provider::parse);
    let provider = provider.or(stated).unwrap_or(Provider::Cashii);
    let read = read_with(response, |answer| providers::read_status(provider, answer, &asked));
    read.map(|payment| check_addresses(rules, aged(payment, response)))
}

/// Of the time left that an old answer names, some has passed since.
fn aged(payment: Payment, response: &HttpResponse) -> Payment {
    let left_ms = payment.expires_in_ms.map(|left_ms| left_ms.saturating_sub(response.age_ms));
    Payment { expires_in_ms: left_ms, ..payment }
}

/// Reads what the backend offers.
pub(crate) fn offer_answer(response: &HttpResponse) -> Result<Offer, Failure> {
    let Some(body) = &response.body else { return Err(no_json(response)) };
    if (200..300).contains(&response.http_status) {
        let unreadable = |error| Failure::Unreadable(field_fault(&error));
        return Offer::read(body).map_err(unreadable);
    }
    match Problem::read(response.http_status, body) {
        Some(problem) => Err(problem_failure(problem, response)),
        None => Err(http_failure(response, "the backend refused")),
    }
}

fn asked(rules: &Rules) -> Asked<'_> {
    Asked {
        price: rules.price,
        cashii_page: rules.cashii_page.as_deref().unwrap_or(cashii::HOSTED_PAGE),
        cashii_exponent: cashii::EXPONENT,
        cashpay_exponent: cashpay::EXPONENT,
        ..Asked::about(&rules.order)
    }
}

fn read_with(
    response: &HttpResponse,
    read: impl FnOnce(&providers::Answer<'_>) -> Result<Payment, Unreadable>,
) -> Result<Payment, Failure> {
    let nothing = Json::Null;
    let answer = providers::Answer {
        http_status: response.http_status,
        body: response.body.as_ref().unwrap_or(&nothing),
        is_json: response.body.is_some(),
        date: response.date.as_deref(),
    };
    read(&answer).map_err(|unreadable| match unreadable {
        Unreadable::NotJson => no_json(response),
        Unreadable::Field(error) => Failure::Unreadable(field_fault(&error)),
        Unreadable::Refused { message, retryable: false } => http_failure(response, &message),
        Unreadable::Refused { retryable: true, .. } => {
            Failure::Busy { retry_after_ms: response.retry_after_ms }
        }
        Unreadable::Problem(problem) => problem_failure(*problem, response),
    })
}

fn field_fault(error: &paywith_protocol::ReadError) -> Fault {
    let message = ["`", error.field, "` must be ", error.expected].concat();
    Fault::new(FaultCode::UnreadableAnswer, &message)
}

fn no_json(response: &HttpResponse) -> Failure {
    let unknown = "is not JSON: is `endpoint` the backend's address, and the shopper logged in?";
    let flaw = response.flaw.as_deref().unwrap_or(unknown);
    let message = ["the answer ", flaw].concat();
    match response.http_status {
        200..300 => Failure::Unreadable(Fault::new(FaultCode::NotJson, &message)),
        _ => http_failure(response, &message),
    }
}

fn http_failure(response: &HttpResponse, message: &str) -> Failure {
    match response.http_status {
        408 | 425 | 429 | 500.. => Failure::Busy { retry_after_ms: response.retry_after_ms },
        404 => Failure::Refused(Fault::new(FaultCode::NotFound, message)),
        200..300 => Failure::Refused(Fault::new(FaultCode::ProviderRefused, message)),
        _ => Failure::Refused(Fault::new(FaultCode::BackendRefused, message)),
    }
}

fn problem_failure(problem: Problem, response: &HttpResponse) -> Failure {
    match (problem.code.as_str(), problem.payment) {
        (code::PAYMENT_OPEN, Some(payment)) => return Failure::PaymentOpen(Box::new(payment)),
        (code::ALREADY_PAID, Some(payment)) => return Failure::AlreadyPaid(Box::new(payment)),
        _ => {}
    }
    if problem.retryable {
        let retry_after_ms = problem.retry_after_ms.or(response.retry_after_ms);
        return Failure::Busy { retry_after_ms };
    }
    let fault_code = match problem.code.as_str() {
        code::NOT_FOUND => FaultCode::NotFound,
        code::PROVIDER_REFUSED | code::AMOUNT_OUT_OF_RANGE | code::PROVIDER_UNAVAILABLE => {
            FaultCode::ProviderRefused
        }
        code::UNSAFE_CODE => FaultCode::UnsafeCode,
        _ => FaultCode::BackendRefused,
    };
    let detail = problem.detail.as_deref().unwrap_or(&problem.title);
    Failure::Refused(Fault::new(fault_code, &[&problem.code, ": ", detail].concat()))
}

/// Addresses that a shopper must not be sent to are taken out, and pictures that are none.
fn check_addresses(rules: &Rules, payment: Payment) -> Answer {
    match payment.action {
        Some(Action::Redirect { ref url }) => {
            let refused_address = refuse_address(rules, url).err();
            Answer { payment, refused_address }
        }
        Some(Action::Qr { payload, image, checkout_url }) => {
            let image = image.and_then(|image| cashi::picture_uri(&image).ok());
            let checkout_url = checkout_url.filter(|url| refuse_address(rules, url).is_ok());
            let action = Some(Action::Qr { payload, image, checkout_url });
            Answer { payment: Payment { action, ..payment }, refused_address: None }
        }
        None => Answer { payment, refused_address: None },
    }
}

fn refuse_address(rules: &Rules, url: &str) -> Result<(), &'static str> {
    urls::check_redirect(url).map_err(urls::UrlFlaw::code)?;
    let host = urls::host(url).unwrap_or_default();
    let is_allowed = rules.allowed_hosts.is_empty()
        || rules.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
    if is_allowed { Ok(()) } else { Err("host_not_allowed") }
}
