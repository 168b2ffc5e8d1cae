//! The corpus of answers with its checker, so that the native tests and the browser's read every
//! answer alike. Only with the feature `corpus`; the widget never carries it.
//!
//! It deliberately does not parse JSON: a case arrives as [`Json`], read by `serde_json` or by the
//! browser. A key that it does not know fails the case, so that no expectation goes unchecked.
//! Start at [`check`]; the cases are `tests/answers.json`, one a line.

use crate::answer::{Answer, Asked, Unreadable};
use crate::dispatch::{read_create, read_status};
use paywith_protocol::{Action, Currency, Decimal, Json, Money, Payment, PaymentId, Provider};

/// The cases: a JSON list.
pub const ANSWERS: &str = include_str!("../tests/answers.json");

const CASE_KEYS: &[&str] =
    &["name", "provider", "call", "http_status", "body", "body_text", "asked", "expect"];
const ASKED_KEYS: &[&str] = &[
    "order",
    "id",
    "price",
    "return_url",
    "date",
    "cashii_page",
    "cashii_exponent",
    "cashpay_exponent",
];
const PAYMENT_KEYS: &[&str] = &[
    "id",
    "order",
    "merchant_name",
    "status",
    "amount",
    "currency",
    "base_amount",
    "base_currency",
    "action",
    "url",
    "payload",
    "image",
    "checkout_url",
    "expires_at",
    "expires_in_ms",
    "poll_after_ms",
    "wait_ms",
    "test",
    "review",
];
const ERROR_KEYS: &[&str] = &["error", "field", "message", "code", "payment", "retryable"];

/// Reads the answer of one case and compares every stated expectation; `null` states an absence.
///
/// # Errors
/// What differs, or what is wrong with the case itself, after the name of the case.
pub fn check(case: &Json) -> Result<(), String> {
    let name = case.get("name").and_then(Json::as_str).unwrap_or("a case without name");
    evaluate(case).map_err(|difference| format!("{name}: {difference}"))
}

fn evaluate(case: &Json) -> Result<(), String> {
    only_known(case, CASE_KEYS)?;
    let provider = Provider::parse(text(case, "provider")?).ok_or("no such provider")?;
    let http_status = case.get("http_status").and_then(Json::as_u64);
    let http_status = http_status.and_then(|status| u16::try_from(status).ok());
    let (body, is_json) = match (case.get("body"), case.get("body_text")) {
        (Some(body), None) => (body, true),
        (None, Some(Json::String(_))) => (&Json::Null, false),
        (_, _) => return Err("either `body`, or `body_text` for what is not JSON".to_owned()),
    };
    let asked_json = case.get("asked").ok_or("`asked` is missing")?;
    let date = optional(asked_json, "date", Json::as_str)?;
    let http_status = http_status.ok_or("`http_status` must be a number")?;
    let answer = Answer { http_status, body, is_json, date };
    let id = optional(asked_json, "id", |id| PaymentId::parse(id.as_str()?))?;
    let asked = read_asked(asked_json, id.as_ref())?;
    let outcome = match text(case, "call")? {
        "create" => read_create(provider, &answer, &asked),
        "status" => read_status(provider, &answer, &asked),
        other => return Err(format!("no such call: {other}")),
    };
    let expect = case.get("expect").ok_or("`expect` is missing")?;
    match (expect.get("error").is_some(), &outcome) {
        (false, Ok(payment)) if payment.provider != provider => {
            Err("the payment has another provider".to_owned())
        }
        (false, Ok(payment)) => {
            compare(expect, PAYMENT_KEYS, &["id", "status"], |key| told_by_payment(payment, key))
        }
        (true, Err(error)) => {
            compare(expect, ERROR_KEYS, &["error", "retryable"], |key| told_by_error(error, key))
        }
        (false, Err(error)) => Err(format!("a payment was expected, but {error:?}")),
        (true, Ok(payment)) => Err(format!("an error was expected, but {payment:?}")),
    }
}

fn read_asked<'a>(asked: &'a Json, id: Option<&'a PaymentId>) -> Result<Asked<'a>, String> {
    only_known(asked, ASKED_KEYS)?;
    let usual = Asked::about(text(asked, "order")?);
    let exponent = |key| optional(asked, key, |json| u8::try_from(json.as_u64()?).ok());
    let price = |price: &Json| {
        let value = Decimal::parse(price.get("value")?.as_str()?)?;
        Some(Money { value, currency: Currency::parse(price.get("currency")?.as_str()?)? })
    };
    Ok(Asked {
        id,
        price: optional(asked, "price", price)?,
        return_url: optional(asked, "return_url", Json::as_str)?,
        cashii_page: optional(asked, "cashii_page", Json::as_str)?.unwrap_or(usual.cashii_page),
        cashii_exponent: exponent("cashii_exponent")?.unwrap_or(usual.cashii_exponent),
        cashpay_exponent: exponent("cashpay_exponent")?.unwrap_or(usual.cashpay_exponent),
        ..usual
    })
}

/// Every key of `expect` is one of `known` and says what `told` says; `needed` keys are there.
fn compare(
    expect: &Json,
    known: &[&str],
    needed: &[&str],
    told: impl Fn(&str) -> Json,
) -> Result<(), String> {
    only_known(expect, known)?;
    if let Some(missing) = needed.iter().find(|key| expect.get(key).is_none()) {
        return Err(format!("`expect` must state `{missing}`"));
    }
    for key in known {
        let (stated, told) = (expect.get(key), told(key));
        if stated.is_some_and(|stated| *stated != told) {
            return Err(format!("`{key}` is {told:?}, expected {stated:?}"));
        }
    }
    Ok(())
}

/// What a payment says under a key of `expect`, in the corpus's own words.
fn told_by_payment(payment: &Payment, key: &str) -> Json {
    let value = |money: Option<Money>| or_null(money.map(|money| money.value.to_string()));
    let currency =
        |money: Option<Money>| or_null(money.map(|money| money.currency.as_str().to_owned()));
    let whole = |number: Option<u64>| number.map_or(Json::Null, Json::Integer);
    match key {
        "id" => or_null(Some(payment.id.as_str().to_owned())),
        "order" => or_null(payment.order.clone()),
        "merchant_name" => or_null(payment.merchant_name.clone()),
        "status" => or_null(Some(payment.status.as_str().to_owned())),
        "amount" => value(payment.amount),
        "currency" => currency(payment.amount),
        "base_amount" => value(payment.base_amount),
        "base_currency" => currency(payment.base_amount),
        "expires_at" => or_null(payment.expires_at.clone()),
        "expires_in_ms" => whole(payment.expires_in_ms),
        "poll_after_ms" => whole(payment.poll_after_ms),
        "wait_ms" => whole(payment.wait_ms),
        "test" => Json::Bool(payment.test),
        "review" => or_null(payment.review.map(|review| review.as_str().to_owned())),
        key => or_null(told_by_action(payment.action.as_ref(), key)),
    }
}

fn told_by_action(action: Option<&Action>, key: &str) -> Option<String> {
    match (action?, key) {
        (Action::Redirect { .. }, "action") => Some("redirect".to_owned()),
        (Action::Qr { .. }, "action") => Some("qr".to_owned()),
        (Action::Redirect { url }, "url") => Some(url.clone()),
        (Action::Qr { payload, .. }, "payload") => payload.clone(),
        (Action::Qr { image, .. }, "image") => image.clone(),
        (Action::Qr { checkout_url, .. }, "checkout_url") => checkout_url.clone(),
        (_, _) => None,
    }
}

fn told_by_error(error: &Unreadable, key: &str) -> Json {
    if key == "error" {
        return or_null(Some(error.code().to_owned()));
    }
    if key == "retryable" {
        return Json::Bool(error.retryable());
    }
    or_null(match (error, key) {
        (Unreadable::Field(error), "field") => Some(error.field.to_owned()),
        (Unreadable::Refused { message, .. }, "message") => Some(message.clone()),
        (Unreadable::Problem(problem), "code") => Some(problem.code.clone()),
        (Unreadable::Problem(problem), "message") => problem.detail.clone(),
        (Unreadable::Problem(problem), "payment") => {
            problem.payment.as_ref().map(|payment| payment.id.as_str().to_owned())
        }
        (_, _) => None,
    })
}

fn or_null(text: Option<String>) -> Json {
    text.map_or(Json::Null, Json::String)
}

fn text<'a>(object: &'a Json, key: &str) -> Result<&'a str, String> {
    object.get(key).and_then(Json::as_str).ok_or_else(|| format!("`{key}` must be a string"))
}

/// Absent is `None`; present and unreadable is a mistake in the case.
fn optional<'a, T>(
    object: &'a Json,
    key: &str,
    read: impl Fn(&'a Json) -> Option<T>,
) -> Result<Option<T>, String> {
    let value = object.get(key).map(|json| read(json).ok_or_else(|| format!("`{key}` is wrong")));
    value.transpose()
}

fn only_known(object: &Json, known: &[&str]) -> Result<(), String> {
    let Json::Object(entries) = object else { return Err(format!("no object: {object:?}")) };
    match entries.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        Some((key, _)) => Err(format!("unknown key `{key}`")),
        None => Ok(()),
    }
}
