//! What events and promises carry, as plain JavaScript objects.

use crate::ui::fault_sentence;
use crate::ui::text::Words;
use paywith_checkout::{Fault, Moment, Snapshot};
use paywith_protocol::{Money, Provider, Review, Status};
use serde::Serialize;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentDetail<'a> {
    status: Option<Status>,
    payment_id: Option<&'a str>,
    order: &'a str,
    provider: Option<Provider>,
    amount: Option<Money>,
    base_amount: Option<Money>,
    review: Option<Review>,
    test: bool,
    verified_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FaultDetail<'a> {
    code: &'static str,
    kind: &'static str,
    retryable: bool,
    user_message: String,
    message: &'a str,
    r#ref: Option<&'a str>,
}

fn to_js(value: &impl Serialize) -> JsValue {
    // Plain structs of texts and flags: there is nothing in them that could not be written.
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

fn payment_detail(snapshot: &Snapshot) -> PaymentDetail<'_> {
    PaymentDetail {
        status: snapshot.status,
        payment_id: snapshot.payment_id.as_ref().map(|id| id.as_str()),
        order: &snapshot.order,
        provider: snapshot.provider,
        amount: snapshot.amount,
        base_amount: snapshot.base_amount,
        review: snapshot.review,
        test: snapshot.test,
        verified_at: snapshot.verified_at_wall_ms.and_then(iso_time),
        replayed: None,
        url: None,
    }
}

/// The snapshot; `null` before there is a payment.
pub(crate) fn payment(snapshot: &Snapshot) -> JsValue {
    if snapshot.payment_id.is_none() { JsValue::NULL } else { to_js(&payment_detail(snapshot)) }
}

/// The result of `start()`; without a payment the shopper gave up before there was one.
pub(crate) fn result(snapshot: &Snapshot) -> JsValue {
    let status = snapshot.status.or(Some(Status::Canceled));
    to_js(&PaymentDetail { status, ..payment_detail(snapshot) })
}

/// The detail of a moment's event.
pub(crate) fn moment(moment: Moment, snapshot: &Snapshot) -> JsValue {
    let replayed = match moment {
        Moment::Paid { replayed } => Some(replayed),
        Moment::Ready
        | Moment::Created
        | Moment::StatusChange
        | Moment::Processing
        | Moment::Failed
        | Moment::Canceled
        | Moment::Expired
        | Moment::Superseded
        | Moment::Refunded => None,
    };
    to_js(&PaymentDetail { replayed, ..payment_detail(snapshot) })
}

/// The detail of `paystart`.
pub(crate) fn start(snapshot: &Snapshot, provider: Provider) -> JsValue {
    to_js(&PaymentDetail { provider: Some(provider), ..payment_detail(snapshot) })
}

/// The detail of `redirecting`.
pub(crate) fn redirecting(snapshot: &Snapshot, url: &str) -> JsValue {
    to_js(&PaymentDetail { url: Some(url), ..payment_detail(snapshot) })
}

/// A fault, for the event and for the error.
pub(crate) fn fault(fault: &Fault, words: &Words, snapshot: &Snapshot) -> JsValue {
    to_js(&FaultDetail {
        code: fault.code.word(),
        kind: fault.code.kind().word(),
        retryable: fault.code.is_retryable(),
        user_message: words.say(fault_sentence(fault.code)),
        message: &fault.message,
        r#ref: snapshot.payment_id.as_ref().map(|id| id.as_str()),
    })
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn iso_time(wall_ms: u64) -> Option<String> {
    js_sys::Date::new(&JsValue::from_f64(wall_ms as f64)).to_iso_string().as_string()
}
