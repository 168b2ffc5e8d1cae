//! What events and promises carry, as plain JavaScript objects.

use crate::ui::fault_message;
use crate::ui::i18n::Locale;
use paywith_checkout::{Fault, Moment, Snapshot};
use paywith_protocol::{Money, PaymentId, Provider, Review, Status};
use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

/// A plain object in the making: its keys and values, in order.
///
/// One type for all of them, not a struct each: the module carries the writing of it once.
#[derive(Default)]
struct Detail<'a>(Vec<(&'static str, Value<'a>)>);

enum Value<'a> {
    Null,
    Flag(bool),
    Text(&'a str),
    Owned(String),
    Money(Money),
}

impl<'a> Detail<'a> {
    fn put(&mut self, key: &'static str, value: Value<'a>) {
        self.0.push((key, value));
    }

    fn text(&mut self, key: &'static str, text: Option<&'a str>) {
        self.put(key, text.map_or(Value::Null, Value::Text));
    }

    fn money(&mut self, key: &'static str, money: Option<Money>) {
        self.put(key, money.map_or(Value::Null, Value::Money));
    }

    fn to_js(&self) -> JsValue {
        // Texts and flags under texts: there is nothing in them that could not be written.
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        self.serialize(&serializer).unwrap_or(JsValue::NULL)
    }
}

impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Owned(text) => serializer.serialize_str(text),
            Value::Money(money) => {
                let mut detail = Detail::default();
                detail.put("value", Value::Owned(money.value.to_text()));
                detail.text("currency", Some(money.currency.as_str()));
                detail.serialize(serializer)
            }
        }
    }
}

fn payment_detail(
    snapshot: &Snapshot,
    status: Option<Status>,
    provider: Option<Provider>,
) -> Detail<'_> {
    let mut detail = Detail::default();
    detail.text("status", status.map(Status::as_str));
    detail.text("paymentId", snapshot.payment_id.as_ref().map(PaymentId::as_str));
    detail.text("order", Some(&snapshot.order));
    detail.text("provider", provider.map(Provider::id));
    detail.money("amount", snapshot.amount);
    detail.money("baseAmount", snapshot.base_amount);
    detail.text("review", snapshot.review.map(Review::as_str));
    detail.put("test", Value::Flag(snapshot.test));
    let verified_at = snapshot.verified_at_wall_ms.and_then(iso_time);
    detail.put("verifiedAt", verified_at.map_or(Value::Null, Value::Owned));
    detail
}

fn plain_detail(snapshot: &Snapshot) -> Detail<'_> {
    payment_detail(snapshot, snapshot.status, snapshot.provider)
}

/// The snapshot; `null` before there is a payment.
pub(crate) fn payment(snapshot: &Snapshot) -> JsValue {
    if snapshot.payment_id.is_none() { JsValue::NULL } else { plain_detail(snapshot).to_js() }
}

/// The result of `start()`; without a payment the shopper gave up before there was one.
pub(crate) fn result(snapshot: &Snapshot) -> JsValue {
    let status = snapshot.status.or(Some(Status::Canceled));
    payment_detail(snapshot, status, snapshot.provider).to_js()
}

/// The detail of a moment's event.
pub(crate) fn moment(moment: Moment, snapshot: &Snapshot) -> JsValue {
    let mut detail = plain_detail(snapshot);
    if let Moment::Paid { replayed } = moment {
        detail.put("replayed", Value::Flag(replayed));
    }
    detail.to_js()
}

/// The detail of `paystart`.
pub(crate) fn start(snapshot: &Snapshot, provider: Provider) -> JsValue {
    payment_detail(snapshot, snapshot.status, Some(provider)).to_js()
}

/// The detail of `redirecting`.
pub(crate) fn redirecting(snapshot: &Snapshot, url: &str) -> JsValue {
    let mut detail = plain_detail(snapshot);
    detail.text("url", Some(url));
    detail.to_js()
}

/// A fault, for the event and for the error.
pub(crate) fn fault(fault: &Fault, locale: &Locale, snapshot: &Snapshot) -> JsValue {
    let mut detail = Detail::default();
    detail.text("code", Some(fault.code.as_str()));
    detail.text("kind", Some(fault.code.kind().as_str()));
    detail.put("retryable", Value::Flag(fault.code.is_retryable()));
    detail.put("userMessage", Value::Owned(locale.message(fault_message(fault.code))));
    detail.text("message", Some(&fault.message));
    detail.text("ref", snapshot.payment_id.as_ref().map(PaymentId::as_str));
    detail.to_js()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
pub(super) fn iso_time(wall_ms: u64) -> Option<String> {
    js_sys::Date::new(&JsValue::from_f64(wall_ms as f64)).to_iso_string().as_string()
}
