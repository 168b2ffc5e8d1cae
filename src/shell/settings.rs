//! The plain object that the element class makes of its attributes and properties. It is read when
//! something is needed, so that nothing has to be carried along.

use super::value::{self, Flaw};
use js_sys::{Function, Reflect};
use paywith_protocol::{Decimal, Json, Money, MoneyError};
use wasm_bindgen::{JsCast, JsValue};

/// Attributes and properties as the page set them.
#[derive(Clone)]
pub(crate) struct Settings(JsValue);

impl Settings {
    pub(crate) fn new(object: &JsValue) -> Settings {
        Settings(object.clone())
    }

    fn value(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(&self.0, &name.into()).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    /// Text that is there and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name)?.as_string().filter(|text| !text.is_empty())
    }

    /// Text, empty where there is none.
    pub(crate) fn text_or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value.is_truthy())
    }

    /// A function of the page's, also one of another frame.
    pub(crate) fn function(&self, name: &str) -> Option<Function> {
        self.value(name).filter(JsValue::is_function).map(JsCast::unchecked_into)
    }

    /// Whether the page set it at all.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A value of the page as plain data; `None` when it is not set.
    pub(crate) fn data(&self, name: &str) -> Option<Result<Json, Flaw>> {
        self.value(name).map(|value| value::read(&value))
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let Some(Ok(Json::Array(members))) = self.data(name) else { return Vec::new() };
        members.iter().filter_map(text_of).collect()
    }

    /// The text entries of a plain object, or of a list of pairs. `null` is no entry.
    pub(crate) fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let Some(Ok(data)) = self.data(name) else { return Vec::new() };
        let entries = entries(data).unwrap_or_default();
        entries.into_iter().filter_map(|(name, value)| Some((name, text_of(&value)?))).collect()
    }

    /// What the page says that the order costs; an amount means nothing without its currency.
    pub(crate) fn price(&self) -> Result<Option<Money>, MoneyError> {
        match self.text("amount") {
            None => Ok(None),
            Some(amount) => Money::parse(&amount, &self.text_or_empty("currency")).map(Some),
        }
    }
}

/// The entries of a plain object, or of a list of pairs; `None` for anything else.
pub(crate) fn entries(data: Json) -> Option<Vec<(String, Json)>> {
    let is_entry = |(_, value): &(String, Json)| *value != Json::Null;
    match data {
        Json::Object(entries) => Some(entries.into_iter().filter(is_entry).collect()),
        Json::Array(members) => {
            let pair = |member: Json| match member {
                Json::Array(pair) => match <[Json; 2]>::try_from(pair) {
                    Ok([Json::String(name), value]) => Some((name, value)),
                    _ => None,
                },
                _ => None,
            };
            let pairs = members.into_iter().map(pair).collect::<Option<Vec<_>>>()?;
            Some(pairs.into_iter().filter(is_entry).collect())
        }
        _ => None,
    }
}

/// Text, or a number as the browser would write it.
pub(crate) fn text_of(value: &Json) -> Option<String> {
    let number = || value.as_decimal().map(Decimal::to_text);
    value.as_str().map(str::to_owned).or_else(number)
}
