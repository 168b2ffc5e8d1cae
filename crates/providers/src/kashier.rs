//! Kashier (kashier.io, Egypt): a payment session and the hosted page it names.
//!
//! Amounts are decimal strings in major units. Every answer may come in an envelope whose `status`
//! judges the API call and never the payment; three words say that a payment succeeded, each in
//! its own place (`PAID`, `CAPTURED`, `SUCCESS`).

use crate::amount::{AmountError, minor_units, read_decimal};
use crate::answer::read_flag;
use crate::answer::{
    Answer, Asked, Read, Unreadable, bare, id_at, message_of, refuse_http_error, refused, same_id,
    same_order, word_at,
};
use crate::urls::after_last;
use paywith_protocol::{
    Action, Currency, Decimal, Json, Money, Payment, PaymentId, Provider, ReadError, Status,
};

/// What Kashier adds to the return address.
pub const RETURN_PARAMETERS: &[&str] = &[
    "paymentStatus",
    "cardDataToken",
    "maskedCard",
    "merchantOrderId",
    "orderId",
    "cardBrand",
    "orderReference",
    "transactionId",
    "amount",
    "currency",
    "mode",
    "signature",
];

/// How many of [`RETURN_PARAMETERS`] are signed, from the front.
const SIGNED_PARAMETERS: usize = 10;

/// The table for `data.status` of a session.
pub fn session_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "PAID" => Status::Paid,
        "FAILED" => Status::Failed,
        "EXPIRED" => Status::Expired,
        "CANCELLED" | "CANCELED" => Status::Canceled,
        // "PENDING", "CREATED", "OPENED", and every word that we do not know.
        _ => Status::Pending,
    }
}

/// The table for `response.status` of an order.
pub fn order_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "CAPTURED" => Status::Paid,
        "FAILED" => Status::Failed,
        _ => Status::Pending,
    }
}

/// The table for a webhook's `data.status` and the return's `paymentStatus`.
pub fn return_word(word: &str) -> Status {
    match word.to_ascii_uppercase().as_str() {
        "SUCCESS" => Status::Paid,
        "FAILED" | "FAILURE" => Status::Failed,
        _ => Status::Pending,
    }
}

/// The amount as Kashier wants it: major units with two decimals, `"165.00"`.
///
/// # Errors
/// More than two decimals, or zero.
pub fn wire_amount(money: &Money) -> Result<String, AmountError> {
    let hundredths = minor_units(money, 2)?;
    let decimal = Decimal::from_minor(hundredths, 2);
    decimal.map(Decimal::to_text).ok_or(AmountError::Fraction { digits: 2 })
}

/// The text that the return's `signature` is the HMAC-SHA256 of (hex, key: the Payment API key):
/// the first ten return parameters in their documented order, not encoded, `null` where absent.
pub fn return_signature_text(parameters: &[(String, String)]) -> String {
    let mut text = String::new();
    for name in RETURN_PARAMETERS.iter().take(SIGNED_PARAMETERS) {
        let value = parameters.iter().find(|(key, _)| key == name);
        let value = value.map_or("null", |(_, value)| value.as_str());
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

/// The members of `response`: the object itself, its list `data`, or a list; nothing for null.
pub fn responses(body: &Json) -> Vec<&Json> {
    let response = body.get_present("response");
    let listed = response.filter(|response| !is_payment(response));
    match listed.and_then(|response| response.get_present("data")).or(response) {
        Some(Json::Array(members)) => members.iter().collect(),
        Some(response @ Json::Object(_)) => vec![response],
        Some(
            Json::Null
            | Json::Bool(_)
            | Json::Integer(_)
            | Json::Fraction(_)
            | Json::UnreadableNumber
            | Json::String(_),
        )
        | None => Vec::new(),
    }
}

/// An order or a session, and not an envelope around a list of them.
fn is_payment(object: &Json) -> bool {
    let names = ["merchantOrderId", "sessionId", "_id", "sessionUrl", "status"];
    names.iter().any(|name| object.get_present(name).is_some())
}

/// Where a list of answers goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The page that was answered, from 1.
    pub page: u64,
    /// How many there are.
    pub total_pages: u64,
    /// The page to ask for next, as `currentPage`; `None` on the last one.
    pub next_page: Option<u64>,
}

/// Reads `pagination`, beside `response` or in it; `None` when there is none.
///
/// # Errors
/// When the answered page is not the one that was `asked`, or says that there is a next one which
/// does not lie ahead: whoever walks such a list would walk in circles.
pub fn read_pagination(body: &Json, asked: u64) -> Result<Option<Page>, ReadError> {
    let inside = || body.get("response").and_then(|response| response.get_present("pagination"));
    let Some(pagination) = body.get_present("pagination").or_else(inside) else { return Ok(None) };
    let number = |key: &str| {
        let number = pagination.get(key).and_then(read_decimal);
        number.and_then(|number| number.as_minor(0))
    };
    let page = number("page").unwrap_or(asked);
    if page != asked {
        return Err(ReadError::new("pagination.page", "the page that was asked for"));
    }
    let (total_pages, stated_next) = (number("totalPages"), number("nextPage"));
    let (has_next, next_page) = match pagination.get_present("hasNextPage") {
        Some(stated) => {
            let expected = ReadError::new("pagination.hasNextPage", "true or false");
            (read_flag(stated).ok_or(expected)?, stated_next)
        }
        // Where it is not said, the number of pages tells.
        None => match total_pages {
            Some(total_pages) => (page < total_pages, stated_next.or(Some(page + 1))),
            None => (stated_next.is_some(), stated_next),
        },
    };
    let total_pages = total_pages.unwrap_or(1);
    let next_page = next_page.filter(|next| has_next && *next > page);
    if has_next && next_page.is_none() {
        return Err(ReadError::new("pagination.nextPage", "a page ahead of the answered one"));
    }
    Ok(Some(Page { page, total_pages, next_page }))
}

pub(crate) fn created(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let body = answer.body;
    let place = find_session(body).ok_or_else(|| refusal(answer));
    // A duplicate's 400 carries the page of the session that exists: that is the payment.
    let session = place?;
    let url = session.get("sessionUrl").and_then(Json::as_str);
    let url = url.ok_or_else(|| Unreadable::field("sessionUrl", "a string"))?;
    let id = match session.get_present("_id") {
        Some(_) => id_at(session, "_id")?,
        None => id_of_url(url).ok_or_else(|| Unreadable::field("_id", "a session id"))?,
    };
    // Beside an HTTP error or in an envelope, the status judges the call.
    let is_verdict = !(200..300).contains(&answer.http_status) || is_envelope(session);
    let word = session.get("status").and_then(Json::as_str).filter(|_| !is_verdict);
    let mut payment = bare(Provider::Kashier, id, asked);
    payment.status = word.map_or(Status::Pending, session_word);
    payment.amount = asked.price;
    payment.action = Some(Action::Redirect { url: url.to_owned() });
    Ok(payment)
}

/// The object that carries `sessionUrl`: the body itself, or what an envelope holds.
fn find_session(body: &Json) -> Option<&Json> {
    let inner = [body.get("response"), body.get("data"), body.get("session")];
    let places = std::iter::once(Some(body)).chain(inner);
    places.flatten().find(|place| place.get_present("sessionUrl").is_some())
}

/// A `status` beside one of these judges the API call.
fn is_envelope(object: &Json) -> bool {
    let judged = object.get("status").and_then(Json::as_str);
    let is_verdict = judged.is_some_and(|word| {
        word.eq_ignore_ascii_case("SUCCESS") || word.eq_ignore_ascii_case("FAILURE")
    });
    is_verdict || stands_beside_a_verdict(object)
}

fn stands_beside_a_verdict(object: &Json) -> bool {
    ["response", "error", "messages"].iter().any(|key| object.get(key).is_some())
}

fn refusal(answer: &Answer<'_>) -> Box<Unreadable> {
    if let Err(refusal) = refuse_http_error(answer) {
        return refusal;
    }
    let judged = answer.body.get("status").and_then(Json::as_str).unwrap_or_default();
    if judged.eq_ignore_ascii_case("FAILURE") || answer.body.get_present("error").is_some() {
        return refused(message_of(answer.body), false);
    }
    Unreadable::field("sessionUrl", "a string")
}

fn id_of_url(url: &str) -> Option<PaymentId> {
    let path = url.split(['?', '#']).next()?;
    let (_, path) = path.split_once('/')?;
    PaymentId::parse(after_last(path, '/')).filter(PaymentId::fits_path_segment)
}

pub(crate) fn status(answer: &Answer<'_>, asked: &Asked<'_>) -> Read<Box<Payment>> {
    refuse_http_error(answer)?;
    let body = answer.body;
    // A call that failed and tells of no payment does not know the order yet: that is no flaw of
    // the answer, and asking again may help.
    if is_failed_call(body) && !names_a_status(body) {
        return Err(refused(message_of(body), true));
    }
    // A session answers in `data`, an order in `response`; a fresh session stands by itself.
    if let Some(data) = body.get_present("data") {
        return session_status(data, asked);
    }
    if body.get_present("_id").is_some() && !stands_beside_a_verdict(body) {
        return session_status(body, asked);
    }
    match responses(body).as_slice() {
        [response] if response.get("sessionId").is_some() || response.get("_id").is_some() => {
            session_status(response, asked)
        }
        [response] => order_status(response, asked),
        [] => Err(refused(message_of(body), true)),
        [_, _, ..] => Err(Unreadable::field("response", "one order")),
    }
}

fn is_failed_call(body: &Json) -> bool {
    let verdict = body.get("status").and_then(Json::as_str);
    verdict.is_some_and(|word| word.eq_ignore_ascii_case("FAILURE"))
}

/// Whether anything in the envelope has a status of its own.
fn names_a_status(body: &Json) -> bool {
    let mut places = responses(body).into_iter().chain(body.get("data"));
    places.any(|place| place.get_present("status").is_some())
}

fn session_status(session: &Json, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let field = if session.get_present("sessionId").is_some() { "sessionId" } else { "_id" };
    let id = match (session.get_present(field), asked.id) {
        (None, Some(id)) => id.clone(),
        (Some(_), _) | (None, None) => id_at(session, field)?,
    };
    same_id(asked, &id, "sessionId")?;
    let word = session.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("data.status", "a string"))?;
    let order = word_at(session, "merchantOrderId");
    same_order(asked, order.as_deref(), "data.merchantOrderId")?;
    let amount = amount(session, asked)?;
    let mut payment = bare(Provider::Kashier, id, asked);
    payment.status = session_word(word);
    payment.amount = amount;
    Ok(payment)
}

/// An order knows no session: whoever asked by order knows which payment it meant.
fn order_status(order: &Json, asked: &Asked<'_>) -> Read<Box<Payment>> {
    let word = order.get("status").and_then(Json::as_str);
    let word = word.ok_or_else(|| Unreadable::field("response.status", "a string"))?;
    let id = match asked.id {
        Some(id) => id.clone(),
        None => id_at(order, "merchantOrderId")?,
    };
    let reference = word_at(order, "merchantOrderId");
    same_order(asked, reference.as_deref(), "response.merchantOrderId")?;
    let amount = amount(order, asked)?;
    let mut payment = bare(Provider::Kashier, id, asked);
    payment.status = order_word(word);
    payment.amount = amount;
    match refund(order)? {
        Refund::Nothing => {}
        Refund::Part(value) => {
            payment.facts.refunded = amount.map(|paid| Money { value, ..paid });
        }
        // The totals say it, whatever the word is.
        Refund::All => payment.status = Status::Refunded,
    }
    Ok(payment)
}

/// How much of the captured sum was given back.
enum Refund {
    Nothing,
    Part(Decimal),
    All,
}

/// By `totalRefundedAmount`, compared exactly with `totalCapturedAmount`.
fn refund(order: &Json) -> Read<Refund> {
    let expected = "a decimal in major units";
    let total = |field: &'static str| match order.get_present(field) {
        None => Ok(None),
        Some(total) => match read_decimal(total) {
            Some(total) => Ok(Some(total).filter(|total| !total.is_zero())),
            None => Err(Unreadable::field(field, expected)),
        },
    };
    let Some(refunded) = total("totalRefundedAmount")? else { return Ok(Refund::Nothing) };
    match total("totalCapturedAmount")? {
        // Money that was never captured cannot have been given back.
        None => Ok(Refund::Nothing),
        Some(captured) if refunded >= captured => Ok(Refund::All),
        Some(_) => Ok(Refund::Part(refunded)),
    }
}

/// A decimal string or a JSON number, in major units.
fn amount(object: &Json, asked: &Asked<'_>) -> Read<Option<Money>> {
    // Of an order that failed nothing was captured, which is not its amount.
    let captured = object
        .get_present("totalCapturedAmount")
        .filter(|captured| read_decimal(captured).is_none_or(|captured| !captured.is_zero()));
    let Some(amount) = object.get_present("amount").or(captured) else { return Ok(asked.price) };
    let value = read_decimal(amount)
        .ok_or_else(|| Unreadable::field("amount", "a decimal in major units"))?;
    // An order names its currency in its transactions only.
    let transactions = object.get("transactions").and_then(Json::as_array).unwrap_or_default();
    let stated =
        std::iter::once(object).chain(transactions).find_map(|place| place.get("currency"));
    let stated = stated.and_then(Json::as_str).and_then(Currency::parse);
    let currency = stated.or(asked.price.map(|price| price.currency)).unwrap_or(Currency::EGP);
    Ok(Some(Money { value, currency }))
}
