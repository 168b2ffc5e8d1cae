//! What an answer must look like: payments, money, problem documents. Pure.

use crate::report::{Tried, differs, expect};
use crate::wire::Response;
use paywith_protocol::{Action, Decimal, Json, Payment, Provider, Status};
use paywith_providers::urls::check_redirect;

/// Whether this answer is the contract's own `Payment`, and not a provider's native one.
pub(crate) fn is_contract(json: &Json) -> bool {
    json.get("action").is_some()
}

/// Checks for a valid `Payment` of this provider.
pub(crate) fn payment(json: &Json, provider: Provider) -> Tried {
    let payment = Payment::read(json)
        .map_err(|error| differs(&error.to_string(), shown(json.get(top(error.field)))))?;
    let said = |field: &str| shown(json.get(field));
    let is_named = json.get("order").and_then(Json::as_str).is_some_and(|order| !order.is_empty());
    expect(is_named, "`order`, a text", said("order"))?;
    let wanted = format!("`provider` {:?}", provider.id());
    expect(payment.provider == provider, &wanted, said("provider"))?;
    let word = json.get("status").and_then(Json::as_str).unwrap_or_default();
    let is_word = Status::ALL.iter().any(|status| status.as_str() == word);
    expect(is_word, "`status`, a word of the contract", said("status"))?;
    for hint in ["expires_in_ms", "poll_after_ms", "wait_ms"] {
        let is_whole = json.get_present(hint).is_none_or(|value| value.as_u64().is_some());
        expect(is_whole, &format!("`{hint}`, a whole number of milliseconds"), said(hint))?;
    }
    let is_truth = json.get_present("test").is_none_or(|test| test.as_bool().is_some());
    expect(is_truth, "`test`, true or false", said("test"))?;
    let is_dated = payment.expires_at.as_deref().is_none_or(is_time);
    expect(is_dated, "`expires_at`, a time with its zone, as in RFC 3339", said("expires_at"))?;
    review(&payment, json)?;
    action(&payment, json)
}

/// `2026-11-20T07:35:00Z`, or with an offset.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let has_zone = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    date.len() == 10 && time.len() >= 9 && has_zone
}

/// Money that a person must look at is not paid yet.
fn review(payment: &Payment, json: &Json) -> Tried {
    let Some(review) = json.get_present("review") else { return Ok(()) };
    let is_word = matches!(review.as_str(), Some("amount_mismatch" | "paid_twice"));
    expect(is_word, "`review`, amount_mismatch or paid_twice", shown(Some(review)))?;
    let said = shown(json.get("status"));
    expect(payment.status == Status::Processing, "`status` processing beside `review`", said)
}

fn action(payment: &Payment, json: &Json) -> Tried {
    let said = || shown(json.get("action"));
    match &payment.action {
        None => expect(
            payment.status != Status::Pending,
            "`action` of a pending payment: a code or a redirect",
            said(),
        ),
        Some(Action::Redirect { url }) => expect(
            check_redirect(url).is_ok(),
            "`action.url`, an absolute https address (http on this machine)",
            shown(json.get("action").and_then(|action| action.get("url"))),
        ),
        Some(Action::Qr { payload, image, checkout_url }) => {
            let is_there = payload.is_some() || image.is_some() || checkout_url.is_some();
            expect(is_there, "`action` with payload, image or checkout_url", said())?;
            let is_picture = |image: &String| image.starts_with("data:image/");
            expect(
                image.as_ref().is_none_or(is_picture),
                "`action.image`, a data:image/… address",
                "another text",
            )
        }
    }
}

/// Every amount of a payment: exact decimal strings, one currency, `currency` if it is known.
pub(crate) fn amounts(json: &Json, currency: Option<&str>) -> Tried {
    let mut currency = currency.map(str::to_owned);
    for field in ["amount", "base_amount"] {
        match json.get_present(field) {
            Some(amount) => currency = Some(money(field, amount, currency.as_deref())?),
            None if field == "amount" => return Err(differs("`amount`", "nothing")),
            None => {}
        }
    }
    Ok(())
}

/// One amount: `value` and `currency`. Returns its currency.
pub(crate) fn money(
    field: &str,
    amount: &Json,
    currency: Option<&str>,
) -> Result<String, crate::Finding> {
    let value = amount.get("value");
    let is_exact = value.and_then(Json::as_str).and_then(Decimal::parse).is_some();
    let wanted = format!("`{field}.value`, a decimal string such as \"15023\" or \"165.50\"");
    expect(is_exact, &wanted, shown(value))?;
    let said = amount.get("currency").and_then(Json::as_str).unwrap_or_default();
    let is_code = said.len() == 3 && said.bytes().all(|byte| byte.is_ascii_uppercase());
    let wanted = format!("`{field}.currency`, an ISO 4217 code");
    expect(is_code, &wanted, shown(amount.get("currency")))?;
    let is_same = currency.is_none_or(|known| known == said);
    expect(is_same, &format!("`{field}` in {}", currency.unwrap_or_default()), said)?;
    Ok(said.to_owned())
}

/// A problem document with this HTTP status and, if given, this code.
pub(crate) fn problem(response: &Response, status: u16, code: Option<&str>) -> Tried {
    let wanted = match code {
        Some(code) => format!("{status} {code}"),
        None => status.to_string(),
    };
    let is_code = code.is_none_or(|code| response.text_of("code") == code);
    expect(response.status == status && is_code, &wanted, response)
}

/// RFC 9457 with the contract's additions.
pub(crate) fn document(response: &Response) -> Tried {
    let wanted = "application/problem+json";
    expect(response.kind() == wanted, wanted, response)?;
    expect(!response.text_of("code").is_empty(), "`code`, a text", response)?;
    let is_told = response.json.get("retryable").and_then(Json::as_bool).is_some();
    expect(is_told, "`retryable`, true or false", response)?;
    let pause = response.json.get_present("retry_after_ms");
    let is_whole = pause.is_none_or(|pause| pause.as_u64().is_some());
    expect(is_whole, "`retry_after_ms`, a whole number of milliseconds", response)?;
    let said = response.json.get_present("status");
    let is_same = said.is_none_or(|said| said.as_u64() == Some(response.status.into()));
    expect(is_same, "`status` as in HTTP, or none", response)
}

/// The top-level key of a field: `action` of `action.type`.
fn top(field: &str) -> &str {
    field.split('.').next().unwrap_or_default()
}

/// A value in a few words.
pub(crate) fn shown(value: Option<&Json>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Json::Null) => "null".to_owned(),
        Some(Json::Bool(value)) => value.to_string(),
        Some(Json::Integer(number)) => format!("the number {number}"),
        Some(Json::Fraction(number)) => format!("the number {number}"),
        Some(Json::UnreadableNumber) => "a number that cannot be read exactly".to_owned(),
        Some(Json::String(text)) => format!("{:?}", text.chars().take(60).collect::<String>()),
        Some(Json::Array(_)) => "a list".to_owned(),
        Some(Json::Object(fields)) => {
            let few = fields.iter().take(4);
            let few: Vec<_> =
                few.map(|(name, value)| format!("{name}: {}", brief(value))).collect();
            format!("{{ {} }}", few.join(", "))
        }
    }
}

fn brief(value: &Json) -> String {
    if value.is_object() { "{…}".to_owned() } else { shown(Some(value)) }
}
