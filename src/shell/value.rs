//! Values that a page hands over, as plain data. Whatever they are (getters that throw, proxies, cycles,
//! symbols, texts of megabytes), reading them ends with data or with a [`Flaw`]; it never stops the
//! module.
//!
//! Each value is written out once as JSON text by the browser, inside its own error handling. What is
//! read afterwards is the browser's own plain data, in which nothing of the page can run.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use paywith_protocol::{Json, MAX_JSON_DEPTH};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// A longer answer or setting is refused, in bytes of JSON. The largest picture of a code takes two thirds.
const MOST_BYTES: usize = 2_000_000;

#[wasm_bindgen]
extern "C" {
    /// `Promise.resolve`, which reads `constructor` and `then` of what the page hands over.
    #[wasm_bindgen(catch, js_namespace = Promise, js_name = resolve)]
    fn resolve(value: &JsValue) -> Result<Promise, JsValue>;
}

/// Why a value is not plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Reading it threw: a cycle, a big integer, a getter.
    Throws,
    /// A function, a symbol, or nothing at all.
    NotData,
    /// A `Response` of `fetch`: its body has not been read.
    Response,
    TooLong,
    /// Nested too deep.
    TooDeep,
}

impl Flaw {
    /// For developers: what it is, and the remedy.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Flaw::Throws => "cannot be read as JSON (a cycle, a BigInt, or a getter that throws)",
            Flaw::NotData => "is not a plain object",
            Flaw::Response => "is a Response: return what `await response.json()` gives",
            Flaw::TooLong => "is longer than two million bytes",
            Flaw::TooDeep => "is nested too deep",
        }
    }
}

/// A value of the page as plain data.
pub(crate) fn read(value: &JsValue) -> Result<Json, Flaw> {
    let is_response = Reflect::get(&js_sys::global(), &"Response".into())
        .is_ok_and(|class| class.is_function() && is_instance(value, &class));
    if is_response {
        return Err(Flaw::Response);
    }
    let text = JSON::stringify(value).map_err(|_| Flaw::Throws)?;
    let text = text.as_string().ok_or(Flaw::NotData)?;
    parse(&text)
}

fn is_instance(value: &JsValue, class: &JsValue) -> bool {
    // `class[Symbol.hasInstance](value)`, with its errors.
    let test = Reflect::get(class, &js_sys::Symbol::has_instance());
    let test = test.ok().and_then(|test| test.dyn_into::<Function>().ok());
    let answer = test.and_then(|test| test.call1(class, value).ok());
    answer.is_some_and(|answer| answer.is_truthy())
}

/// JSON text as data.
pub(crate) fn parse(text: &str) -> Result<Json, Flaw> {
    if text.len() > MOST_BYTES {
        return Err(Flaw::TooLong);
    }
    let value = JSON::parse(text).map_err(|_| Flaw::NotData)?;
    read_plain(&value, MAX_JSON_DEPTH).ok_or(Flaw::TooDeep)
}

/// The browser's own value, fresh from `JSON.parse`. By hand and not by `serde`: its error texts alone
/// would add the printing of floats.
fn read_plain(value: &JsValue, depth_left: u8) -> Option<Json> {
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
        let members = list.iter().map(|member| read_plain(&member, depth_left));
        return members.collect::<Option<Vec<Json>>>().map(Json::Array);
    }
    let entries = Object::entries(value.unchecked_ref());
    let entry = |entry: JsValue| {
        let pair: Array = entry.unchecked_into();
        Some((pair.get(0).as_string()?, read_plain(&pair.get(1), depth_left)?))
    };
    entries.iter().map(entry).collect::<Option<Vec<(String, Json)>>>().map(Json::Object)
}

/// The promise of a value: itself, a promise of it, or whatever has a `then`.
pub(crate) fn promise_of(value: &JsValue) -> Result<Promise, JsValue> {
    resolve(value)
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use super::{Flaw, parse};
    use paywith_protocol::Json;
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
        assert_eq!(parse(&"[".repeat(100)), Err(Flaw::NotData));
        assert_eq!(parse(&["[".repeat(60), "]".repeat(60)].concat()), Err(Flaw::TooDeep));
    }
}
