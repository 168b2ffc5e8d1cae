//! How columns become types again.
//!
//! The data was written by us, but it can be old or edited: a column that makes no sense is an
//! error that names it, never a panic and never a guess.

use crate::store::{Creation, StoreError, StoredPayment};
use paywith_database::Row;
use paywith_protocol::{Currency, Decimal, Json, Money, Provider, ProviderFacts, Review, Status};
use serde_json::json;

/// Minor units and exponent of an amount, for two integer columns.
pub(super) fn columns(money: &Money) -> Result<(i64, i64), StoreError> {
    let text = money.value.to_string();
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let exponent = u8::try_from(digits).map_err(StoreError::database)?;
    let minor = money.value.as_minor(exponent);
    let minor = minor.ok_or_else(|| StoreError::database("an amount is too large"))?;
    Ok((i64::try_from(minor).map_err(StoreError::database)?, i64::from(exponent)))
}

/// A payment from its columns.
pub(super) fn payment(row: &Row) -> Result<StoredPayment, StoreError> {
    let text = |name: &'static str| row.optional_text(name).map_err(|_| odd(name));
    let needed = |name: &'static str| row.text(name).map_err(|_| odd(name));
    let int = |name: &'static str| row.int(name).map_err(|_| odd(name));
    let optional_int = |name: &'static str| row.optional_int(name).map_err(|_| odd(name));
    let provider = Provider::parse(&needed("provider")?).ok_or_else(|| odd("provider"))?;
    let currency = Currency::parse(&needed("currency")?).ok_or_else(|| odd("currency"))?;
    Ok(StoredPayment {
        id: needed("id")?,
        order_id: needed("order_id")?,
        provider,
        provider_order: needed("provider_order")?,
        creation: creation(&needed("creation")?, text("provider_payment")?)?,
        status: status(&needed("status")?)?,
        review: text("review")?.as_deref().map(Review::parse),
        price: money(row, "price_minor", "price_exponent", currency)?,
        amount: money(row, "amount_minor", "amount_exponent", currency)?,
        qr_payload: text("qr_payload")?,
        qr_image: text("qr_image")?,
        redirect_url: text("redirect_url")?,
        checkout_url: text("checkout_url")?,
        return_url: text("return_url")?,
        created_ms: int("created_ms")?,
        expires_ms: optional_int("expires_ms")?,
        paid_ms: optional_int("paid_ms")?,
        superseded_by: text("superseded_by")?,
        webhook_token: text("push_token")?,
        next_check_ms: optional_int("next_check_ms")?,
        facts: text("facts")?.map_or(Ok(ProviderFacts::default()), |text| read_facts(&text))?,
    })
}

/// The facts as the text of their column; `None` if there are none.
pub(super) fn facts_text(facts: &ProviderFacts) -> Option<String> {
    let refunded = facts.refunded.map(
        |money| json!({ "value": money.value.to_text(), "currency": money.currency.as_str() }),
    );
    let known = *facts != ProviderFacts::default();
    known.then(|| {
        json!({
            "transaction": facts.transaction,
            "paid_from": facts.paid_from,
            "paid_to": facts.paid_to,
            "created_s": facts.created_s,
            "refunded": refunded,
        })
        .to_string()
    })
}

fn read_facts(text: &str) -> Result<ProviderFacts, StoreError> {
    let json: Json = serde_json::from_str(text).map_err(|_| odd("facts"))?;
    let word = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let refunded = json.get_present("refunded").map(|money| {
        let part = |name: &str| money.get(name).and_then(Json::as_str).unwrap_or_default();
        Money::parse(part("value"), part("currency")).map_err(|_| odd("facts"))
    });
    Ok(ProviderFacts {
        transaction: word("transaction"),
        paid_from: word("paid_from"),
        paid_to: word("paid_to"),
        created_s: json.get("created_s").and_then(Json::as_u64),
        refunded: refunded.transpose()?,
    })
}

fn creation(word: &str, provider_payment: Option<String>) -> Result<Creation, StoreError> {
    match (word, provider_payment) {
        ("unknown", None) => Ok(Creation::Unknown),
        ("refused", None) => Ok(Creation::Refused),
        ("made", Some(provider_payment)) => Ok(Creation::Made { provider_payment }),
        _ => Err(odd("creation")),
    }
}

/// Stricter than for providers' words: an unknown word in our own data means damage.
fn status(word: &str) -> Result<Status, StoreError> {
    Status::ALL.into_iter().find(|status| status.as_str() == word).ok_or_else(|| odd("status"))
}

fn money(
    row: &Row,
    minor: &'static str,
    exponent: &'static str,
    currency: Currency,
) -> Result<Money, StoreError> {
    let whole = u64::try_from(row.int(minor)?).ok();
    let digits = u8::try_from(row.int(exponent)?).ok();
    let value = whole.zip(digits).and_then(|(whole, digits)| Decimal::from_minor(whole, digits));
    Ok(Money { value: value.ok_or_else(|| odd(minor))?, currency })
}

/// The data was damaged or edited.
pub(super) fn odd(column: &'static str) -> StoreError {
    StoreError::Damaged { column }
}
