//! One HTTP call, or one call of a page's own function, to an [`Incoming`] answer.

use super::door::Incoming;
use super::settings::Settings;
use gloo_net::http::Request;
use js_sys::{Array, Function, JSON, JsString, Object, Promise, Reflect};
use paywith_protocol::{Decimal, Json, MAX_JSON_DEPTH};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit};

/// An answer longer than this is no answer of ours. The largest picture of a code takes two thirds.
const MOST_CHARACTERS: usize = 2_000_000;

/// What is asked, and of whom.
pub(crate) enum Question {
    /// A function of the page, with its request, and how long it may wait for news, in ms.
    Function(Function, Object, u64),
    /// The backend.
    Http(web_sys::Request),
}

impl Question {
    /// Asks. `None`: no answer at all.
    pub(crate) async fn ask(self, signal: &AbortSignal) -> Option<Incoming> {
        match self {
            Question::Http(request) => ask_http(request).await,
            Question::Function(function, request, wait_ms) => {
                ask_function(&function, &request, signal, wait_ms).await
            }
        }
    }
}

/// A request as the settings want it; `None` when a header of the page's is none.
pub(crate) fn http_request(
    settings: &Settings,
    method: &str,
    url: &str,
    idempotency_key: Option<&str>,
    body: Option<JsString>,
    signal: &AbortSignal,
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
    init.set_signal(Some(signal));
    init.set_headers(&headers);
    web_sys::Request::new_with_str_and_init(url, &init).ok()
}

async fn ask_http(request: web_sys::Request) -> Option<Incoming> {
    let response = Request::from(request).send().await.ok()?;
    let headers = response.headers();
    let (date, retry_after) = (headers.get("date"), headers.get("retry-after"));
    let retry_after = retry_after.and_then(|seconds| Decimal::parse(seconds.trim()));
    let text = response.text().await.ok()?;
    Some(Incoming {
        http_status: response.status(),
        body: parse(&text),
        date,
        retry_after_ms: retry_after.map(|seconds| seconds.whole() * 1_000),
    })
}

/// Calls a function of the page with a request and `{ signal, waitMs }`.
async fn ask_function(
    function: &Function,
    request: &JsValue,
    signal: &AbortSignal,
    wait_ms: u64,
) -> Option<Incoming> {
    let options = js_sys::Object::new();
    set(&options, "signal", signal);
    // At most a minute.
    set(&options, "waitMs", &u32::try_from(wait_ms).unwrap_or(0).into());
    let promise = function.call2(&JsValue::UNDEFINED, request, &options).map(|answer| {
        answer.dyn_into::<Promise>().unwrap_or_else(|answer| Promise::resolve(&answer))
    });
    let answer = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(thrown) => Err(thrown),
    };
    match answer {
        Ok(answer) => Some(Incoming {
            http_status: 200,
            body: from_value(&answer),
            date: None,
            retry_after_ms: None,
        }),
        Err(thrown) => from_error(&thrown),
    }
}

/// An error with a `status` or a `code` is an answer; anything else is no answer at all.
fn from_error(thrown: &JsValue) -> Option<Incoming> {
    let text = |name: &str| Reflect::get(thrown, &name.into()).ok();
    let http_status = text("status").and_then(|status| status.as_f64());
    let has_code = text("code").is_some_and(|code| code.is_string());
    if http_status.is_none() && !has_code {
        return None;
    }
    let http_status = http_status.and_then(whole_status).unwrap_or(422);
    let body = from_value(thrown);
    Some(Incoming { http_status, body, date: None, retry_after_ms: None })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a JavaScript number; the range is checked first"
)]
fn whole_status(status: f64) -> Option<u16> {
    (100.0..600.0).contains(&status).then_some(status as u16)
}

fn parse(text: &str) -> Option<Json> {
    if text.len() > MOST_CHARACTERS {
        return None;
    }
    JSON::parse(text).ok().and_then(|value| from_value(&value))
}

/// The browser's own value as our JSON; `None` for functions, cycles and the like.
///
/// By hand and not by `serde`: its error texts alone would add the printing of floats.
pub(crate) fn from_value(value: &JsValue) -> Option<Json> {
    read_nested(value, MAX_JSON_DEPTH)
}

fn read_nested(value: &JsValue, depth_left: u8) -> Option<Json> {
    if value.is_null() || value.is_undefined() {
        return Some(Json::Null);
    }
    if let Some(number) = value.as_f64() {
        return Some(Json::from_number(number));
    }
    if let Some(text) = value.as_string() {
        return Some(Json::String(text));
    }
    if let Some(flag) = value.as_bool() {
        return Some(Json::Bool(flag));
    }
    let depth_left = depth_left.checked_sub(1)?;
    if let Some(list) = value.dyn_ref::<Array>() {
        let members = list.iter().map(|member| read_nested(&member, depth_left));
        return members.collect::<Option<Vec<Json>>>().map(Json::Array);
    }
    if !value.is_object() || value.is_function() {
        return None;
    }
    let entries = Object::entries(value.unchecked_ref());
    let entry = |entry: JsValue| {
        let pair: Array = entry.unchecked_into();
        Some((pair.get(0).as_string()?, read_nested(&pair.get(1), depth_left)?))
    };
    entries.iter().map(entry).collect::<Option<Vec<(String, Json)>>>().map(Json::Object)
}

/// Sets a property of an object of our own.
pub(crate) fn set(object: &js_sys::Object, name: &str, value: &JsValue) {
    // A fresh plain object takes every property.
    Reflect::set(object, &name.into(), value).unwrap_or(false);
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;
    use paywith_providers::corpus;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn every_answer_of_the_corpus_is_read_from_the_browsers_own_values() {
        let cases = parse(corpus::ANSWERS).expect("the corpus is JSON");
        let cases = cases.as_array().expect("a list").to_vec();
        assert!(cases.len() > 300, "{} cases", cases.len());
        let wrong: Vec<String> =
            cases.iter().filter_map(|case| corpus::check(case).err()).take(5).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[wasm_bindgen_test]
    fn numbers_of_the_browser_are_exact_or_unreadable() {
        let read = |text: &str| parse(text).expect("JSON");
        assert_eq!(read("15023"), Json::Integer(15_023));
        assert_eq!(read("9007199254740993"), Json::UnreadableNumber);
        assert_eq!(read("-1"), Json::UnreadableNumber);
        assert_eq!(read("100.98").as_decimal().map(|d| d.to_string()).as_deref(), Some("100.98"));
        assert_eq!(parse(&"[".repeat(100)), None);
        assert_eq!(parse(&["[".repeat(60), "]".repeat(60)].concat()), None, "nested too deep");
    }
}
