//! The plain object that the element class makes of its attributes and properties. It is read when
//! something is needed, so that nothing has to be carried along.

use js_sys::{Array, Function, Object, Reflect};
use paywith_protocol::{Money, MoneyError};
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

    pub(crate) fn function(&self, name: &str) -> Option<Function> {
        self.value(name)?.dyn_into().ok()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let Some(value) = self.value(name).filter(Array::is_array) else { return Vec::new() };
        Array::from(&value).iter().filter_map(|text| text.as_string()).collect()
    }

    /// The text entries of a plain object, or of a list of pairs.
    pub(crate) fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let entries = match value.dyn_into::<Array>() {
            Ok(list) => list,
            Err(value) => Object::entries(&Object::from(value)),
        };
        let pair = |entry: JsValue| {
            let entry = Array::from(&entry);
            Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
        };
        entries.iter().filter_map(pair).collect()
    }

    /// What the page says that the order costs; an amount means nothing without its currency.
    pub(crate) fn price(&self) -> Result<Option<Money>, MoneyError> {
        match self.text("amount") {
            None => Ok(None),
            Some(amount) => Money::parse(&amount, &self.text_or_empty("currency")).map(Some),
        }
    }
}
