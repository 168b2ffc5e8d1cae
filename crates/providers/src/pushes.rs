//! What the providers post to the merchant by themselves ("webhooks"): which payment they mean,
//! how it stands, and what was paid. No cryptography here: the backend checks signatures before it
//! believes a word. What Kashier signs is in `signed_body`.
//!
//! Cashii has no webhooks. Cashi's posts only say that money has come.

use crate::amount::{read_decimal, read_whole};
use crate::{cashi, cashpay, kashier};
use paywith_protocol::{Currency, Decimal, Json, Money, ReadError, Status};

/// What a provider's post says of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The order reference that we gave the provider, where it comes back.
    pub order: Option<String>,
    /// The provider's own id of the payment, where it says one.
    pub id: Option<String>,
    /// How it stands. An unknown word is [`Status::Pending`].
    pub status: Status,
    /// What was paid; `None` where the post does not say all of it.
    pub amount: Option<Money>,
    /// It says that money was given back or taken away again: how much, only the provider's own
    /// look-up can tell.
    pub is_refund: bool,
}

/// Kashier's events after which a payment may be refunded.
const KASHIER_REFUNDS: [&str; 4] = ["refund", "partial_refund", "reversal", "void"];

/// Orders that begin so are Cashi's own trials and mean no money.
const CASHI_TRIAL: &str = "TEST-";

/// Reads Cashi's `{"event","data":{"order_id","amount","status",…}}`.
///
/// # Errors
/// Names the field without which nobody knows what is meant.
pub fn cashi(body: &Json) -> Result<Push, ReadError> {
    let data = body.get_present("data").ok_or(ReadError::new("data", "an object"))?;
    let order = data.get_present("order_id").or_else(|| data.get_present("orderId"));
    let order = order.and_then(Json::as_str).ok_or(ReadError::new("data.order_id", "a string"))?;
    let word = data.get("status").and_then(Json::as_str);
    let word = word.ok_or(ReadError::new("data.status", "a string"))?;
    // Whole rupiah; Cashi says no currency, because there is no other.
    let amount = data.get("amount").and_then(|amount| read_whole(amount, 0));
    let amount = amount.and_then(|rupiah| money(rupiah, "IDR"));
    Ok(Push {
        order: Some(order.to_owned()),
        id: Some(order.to_owned()),
        status: cashi::status_word(word),
        amount,
        is_refund: false,
    })
}

/// Whether Cashi's post is one of its own trials.
pub fn is_cashi_trial(push: &Push) -> bool {
    let starts = |order: &String| {
        order.get(..CASHI_TRIAL.len()).is_some_and(|it| it.eq_ignore_ascii_case(CASHI_TRIAL))
    };
    push.order.as_ref().is_some_and(starts)
}

/// Reads CashPay's charge, whose integers have `exponent` fraction digits.
///
/// # Errors
/// Names the field without which nobody knows what is meant.
pub fn cashpay(body: &Json, exponent: u8) -> Result<Push, ReadError> {
    let id = body.get("id").and_then(Json::as_str).filter(|id| id.starts_with("chg_"));
    let id = id.ok_or(ReadError::new("id", "a charge id that begins with chg_"))?;
    let word = body.get("status").and_then(Json::as_str);
    let word = word.ok_or(ReadError::new("status", "a string"))?;
    let value = body.get("amount").and_then(|amount| read_whole(amount, exponent));
    let currency = body.get("currency").and_then(Json::as_str);
    let amount = value.zip(currency).and_then(|(value, currency)| money(value, currency));
    let status = cashpay::status_word(word);
    Ok(Push { order: None, id: Some(id.to_owned()), status, amount, is_refund: false })
}

/// Reads Kashier's `{"event","data":{…}}`. `event` is not signed, and a failed payment is also
/// `pay`: only `data.status` counts, and only of a payment (`refund` and the others mean "ask").
///
/// # Errors
/// Names the field without which nobody knows what is meant.
pub fn kashier(body: &Json) -> Result<Push, ReadError> {
    let data = body.get_present("data").ok_or(ReadError::new("data", "an object"))?;
    let order = data.get("merchantOrderId").and_then(Json::as_str);
    let order = order.ok_or(ReadError::new("data.merchantOrderId", "a string"))?;
    let word = data.get("status").and_then(Json::as_str);
    let word = word.ok_or(ReadError::new("data.status", "a string"))?;
    let event = body.get("event").and_then(Json::as_str).unwrap_or_default().trim();
    let is_payment = event.eq_ignore_ascii_case("pay");
    let value = data.get("amount").and_then(read_decimal);
    let currency = data.get("currency").and_then(Json::as_str);
    let amount = value.zip(currency).and_then(|(value, currency)| money(value, currency));
    Ok(Push {
        order: Some(order.to_owned()),
        id: None,
        status: if is_payment { kashier::return_word(word) } else { Status::Pending },
        amount,
        is_refund: KASHIER_REFUNDS.iter().any(|name| event.eq_ignore_ascii_case(name)),
    })
}

/// The text that Tap's `hashstring`, and perhaps CashPay's, is the HMAC-SHA256 of. `amount` is the
/// text with the currency's own number of decimals.
pub fn hashstring_text(body: &Json) -> String {
    let text = |place: &[&str]| {
        let found = place.iter().try_fold(body, |value, key| value.get(key));
        found.and_then(printed).unwrap_or_default()
    };
    [
        "x_id",
        &text(&["id"]),
        "x_amount",
        &text(&["amount"]),
        "x_currency",
        &text(&["currency"]),
        "x_gateway_reference",
        &text(&["reference", "gateway"]),
        "x_payment_reference",
        &text(&["reference", "payment"]),
        "x_status",
        &text(&["status"]),
        "x_created",
        &match body.get_present("created") {
            Some(created) => printed(created).unwrap_or_default(),
            None => text(&["transaction", "created"]),
        },
    ]
    .concat()
}

/// A plain value as JavaScript prints it: `250` for 250.0.
fn printed(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(if *value { "true" } else { "false" }.to_owned()),
        Json::Null => Some("null".to_owned()),
        Json::Integer(_) | Json::Fraction(_) => value.as_decimal().map(Decimal::to_text),
        Json::UnreadableNumber | Json::Array(_) | Json::Object(_) => None,
    }
}

fn money(value: Decimal, currency: &str) -> Option<Money> {
    Some(Money { value, currency: Currency::parse(currency)? })
}
