//! One HTTP call, or one call of a page's own function, to an [`HttpResponse`] answer.

use super::platform;
use super::response::HttpResponse;
use super::settings::Settings;
use super::value::{self, Flaw};
use gloo_net::http::Response;
use js_sys::{Function, JsString, Object, Reflect};
use paywith_providers::retry_after_ms;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit};

/// What is asked, and of whom.
pub(crate) enum Request {
    /// A function of the page by its name, with its request, and how long it may wait for news, in ms.
    Function(&'static str, Function, Object, u64),
    /// The backend.
    Http(web_sys::Request),
}

/// No answer at all, with what a developer should know about it.
pub(crate) struct NoResponse(pub(crate) String);

impl Request {
    /// Asks.
    ///
    /// # Errors
    /// No answer at all.
    pub(crate) async fn ask(
        self,
        signal: Option<&AbortSignal>,
    ) -> Result<HttpResponse, NoResponse> {
        match self {
            Request::Http(request) => {
                let url = request.url();
                ask_http(request).await.ok_or(NoResponse(url))
            }
            Request::Function(name, function, request, wait_ms) => {
                ask_function(name, &function, &request, signal, wait_ms).await
            }
        }
    }
}

/// A request as the settings want it. The settings were checked before: only a URL that is none can
/// still make it impossible.
pub(crate) fn http_request(
    settings: &Settings,
    method: &str,
    url: &str,
    idempotency_key: Option<&str>,
    body: Option<JsString>,
    signal: Option<&AbortSignal>,
) -> Option<web_sys::Request> {
    let headers = web_sys::Headers::new().ok()?;
    for (name, value) in settings.pairs("headers") {
        headers.set(&name, &value).ok()?;
    }
    let init = RequestInit::new();
    if let Some(key) = idempotency_key {
        headers.set("content-type", "application/json").ok()?;
        headers.set("idempotency-key", key).ok()?;
    }
    if let Some(body) = body {
        init.set_body(&body);
    }
    init.set_method(method);
    init.set_credentials(match settings.text_or_empty("credentials").as_str() {
        "include" => RequestCredentials::Include,
        "omit" => RequestCredentials::Omit,
        _ => RequestCredentials::SameOrigin,
    });
    init.set_cache(RequestCache::NoStore);
    init.set_signal(signal);
    init.set_headers(&headers);
    web_sys::Request::new_with_str_and_init(url, &init).ok()
}

async fn ask_http(request: web_sys::Request) -> Option<HttpResponse> {
    // A script of the page may have put its own `fetch` there.
    let sent = platform::call(&js_sys::global(), "fetch", &[request.into()])?;
    let response = JsFuture::from(value::promise_of(&sent).ok()?).await.ok()?;
    let response = Response::from(response.dyn_into::<web_sys::Response>().ok()?);
    let headers = response.headers();
    let (date, retry_after) = (headers.get("date"), headers.get("retry-after"));
    let retry_after_ms = retry_after.and_then(|text| retry_after_ms(&text, date.as_deref()));
    let text = response.text().await.ok()?;
    let moved_to = response.redirected().then(|| response.url());
    let (body, flaw) = match value::parse(&text) {
        Ok(body) => (Some(body), None),
        Err(Flaw::TooLong | Flaw::TooDeep) => (None, Some("is far too large".to_owned())),
        Err(Flaw::Throws | Flaw::NotData | Flaw::Response) => {
            (None, moved_to.map(|url| ["is not JSON: it comes from ", &url].concat()))
        }
    };
    Some(HttpResponse {
        http_status: response.status(),
        body,
        flaw,
        date,
        age_ms: 0,
        retry_after_ms,
    })
}

/// Calls a function of the page with a request and `{ signal, waitMs }`.
async fn ask_function(
    name: &str,
    function: &Function,
    request: &JsValue,
    signal: Option<&AbortSignal>,
    wait_ms: u64,
) -> Result<HttpResponse, NoResponse> {
    let options = js_sys::Object::new();
    if let Some(signal) = signal {
        set(&options, "signal", signal);
    }
    // At most a minute.
    set(&options, "waitMs", &u32::try_from(wait_ms).unwrap_or(0).into());
    let called = function.call2(&JsValue::UNDEFINED, request, &options);
    if let Ok(answer) = &called
        && (answer.is_object() || answer.is_function())
        && Reflect::get(answer, &"then".into()).is_err()
    {
        // An object that cannot even be looked at: an answer, and an unreadable one.
        return Ok(response_of(name, 200, answer));
    }
    let answer = match called.and_then(|answer| value::promise_of(&answer)) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(thrown) => Err(thrown),
    };
    match answer {
        Ok(answer) => Ok(response_of(name, 200, &answer)),
        Err(thrown) => from_error(name, &thrown),
    }
}

fn response_of(name: &str, http_status: u16, answer: &JsValue) -> HttpResponse {
    let read = value::read(answer);
    let flaw = read.as_ref().err().map(|flaw| ["of `", name, "` ", flaw.remedy()].concat());
    let (body, age_ms) = (read.ok(), 0);
    HttpResponse { http_status, body, flaw, date: None, age_ms, retry_after_ms: None }
}

/// An error with a `status` or a `code` is an answer; anything else is no answer at all.
fn from_error(name: &str, thrown: &JsValue) -> Result<HttpResponse, NoResponse> {
    let member = |member: &str| Reflect::get(thrown, &member.into()).ok();
    let http_status = member("status").and_then(|status| status.as_f64());
    let has_code = member("code").is_some_and(|code| code.is_string());
    if http_status.is_none() && !has_code {
        let message = member("message").and_then(|message| message.as_string());
        let message = message.unwrap_or_default().chars().take(200).collect::<String>();
        return Err(NoResponse(["`", name, "` failed: ", &message].concat()));
    }
    let http_status = http_status.and_then(whole_status).unwrap_or(422);
    Ok(response_of(name, http_status, thrown))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a JavaScript number; the range is checked first"
)]
fn whole_status(status: f64) -> Option<u16> {
    (100.0..600.0).contains(&status).then_some(status as u16)
}

/// Sets a property of an object of our own.
pub(crate) fn set(object: &js_sys::Object, name: &str, value: &JsValue) {
    // A fresh plain object takes every property.
    Reflect::set(object, &name.into(), value).unwrap_or(false);
}
