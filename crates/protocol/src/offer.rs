//! What can be paid and how: the answer of `GET {endpoint}/checkout`.

use crate::decimal::Decimal;
use crate::json::Json;
use crate::money::{Currency, Money};
use crate::payment::Payment;
use crate::provider::Provider;
use crate::reading::{ReadError, money, optional_text, text};

/// An order as the backend offers it for payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The order's public id.
    pub order: String,
    /// The price, where the backend says it with its currency.
    pub amount: Option<Money>,
    /// What is bought.
    pub description: Option<String>,
    /// The shop's name.
    pub merchant_name: Option<String>,
    /// Providers to offer, in this order. Ids that this version does not know are left out.
    pub providers: Vec<Provider>,
    /// The order's live payment, to be resumed.
    pub payment: Option<Payment>,
    /// Whether this is test money.
    pub test: bool,
}

impl Offer {
    /// Reads the answer. `amount` is a decimal string beside `currency`, or an object of `value`
    /// and `currency`.
    pub fn read(object: &Json) -> Result<Offer, ReadError> {
        let listed = object.get_present("providers").and_then(Json::as_array);
        let listed = listed.ok_or(ReadError::new("providers", "a list of provider ids"))?;
        let known = |id: &Json| id.as_str().and_then(Provider::parse);
        let payment = match object.get_present("payment") {
            Some(payment) => Some(Payment::read(payment)?),
            None => None,
        };
        Ok(Offer {
            order: text(object, "order")?.to_owned(),
            amount: read_amount(object)?,
            description: optional_text(object, "description")?,
            merchant_name: optional_text(object, "merchant_name")?,
            providers: listed.iter().filter_map(known).collect(),
            payment,
            test: object.get("test").and_then(Json::as_bool).unwrap_or(false),
        })
    }
}

fn read_amount(object: &Json) -> Result<Option<Money>, ReadError> {
    match object.get_present("amount") {
        None => Ok(None),
        Some(Json::Object(_)) => money(object, "amount").map(Some),
        Some(amount) => {
            let value = amount.as_str().and_then(Decimal::parse);
            let value = value.ok_or(ReadError::new("amount", "a decimal string"))?;
            let currency = object.get("currency").and_then(Json::as_str).and_then(Currency::parse);
            Ok(currency.map(|currency| Money { value, currency }))
        }
    }
}
