//! Order tokens: what an order costs, signed by the shop, carried by the browser.
//!
//! A token is a JWT with the algorithm pinned to HS256. The amount inside is the only one that
//! counts; the browser cannot change it. It deliberately knows no payments and no storage.
//! Start at [`Order::verify`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use paywith_protocol::{Json, Money, PaymentId, Provider};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;

const LONGEST_TOKEN_BYTES: usize = 4096;
pub(crate) const LONGEST_ORDER_BYTES: usize = 100;
const LONGEST_DESCRIPTION_CHARACTERS: usize = 200;
const LONGEST_ACCOUNT_BYTES: usize = 64;
const MOST_METADATA: usize = 20;
/// The longest address that mail can be sent to (RFC 5321).
const LONGEST_EMAIL_BYTES: usize = 254;
const LONGEST_NAME_CHARACTERS: usize = 100;

/// An order that the shop has vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The shop's own id of the order.
    pub id: String,
    /// What it costs.
    pub price: Money,
    /// A description of the goods, for the shopper.
    pub description: Option<String>,
    /// Which providers may be offered; empty means all.
    pub providers: Vec<Provider>,
    /// What else a provider should know.
    pub extras: OrderExtras,
}

/// What the shop may tell a provider about an order; all of it optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderExtras {
    /// The only Cashii account that may pay it.
    pub payable_to: Option<String>,
    /// The shop's own plain values, such as `customerId`, which Cashii stores with the payment.
    pub metadata: Vec<(String, Value)>,
    /// Who pays, for Kashier's list of payments and its receipts.
    pub customer: Customer,
}

/// Who pays. Only the shop's order look-up says so: a token travels in addresses, which end up in logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// An e-mail address.
    pub email: Option<String>,
    /// A name, as it is written.
    pub name: Option<String>,
}

impl Customer {
    /// From the member `customer` of the shop's answer. What cannot be an address or a name is left out:
    /// nobody is kept from paying by it.
    pub(crate) fn from_answer(answer: &Json) -> Customer {
        let customer = answer.get_present("customer");
        let text = |name: &str| {
            let text = customer?.get(name).and_then(Json::as_str)?.trim();
            let is_plain = !text.is_empty() && !text.chars().any(char::is_control);
            is_plain.then(|| text.to_owned())
        };
        let is_email = |text: &String| {
            let has_two_parts = text.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !host.contains('@')
            });
            has_two_parts
                && text.len() <= LONGEST_EMAIL_BYTES
                && !text.contains(char::is_whitespace)
        };
        let is_name = |text: &String| text.chars().count() <= LONGEST_NAME_CHARACTERS;
        Customer { email: text("email").filter(is_email), name: text("name").filter(is_name) }
    }
}

impl Order {
    /// Reads a token; `None` for every defect, so that an answer tells a forger nothing: wrong
    /// signature, another algorithm, expired, a malformed claim.
    pub fn verify(token: &str, secret: &SecretString, now_s: u64) -> Option<Order> {
        if token.len() > LONGEST_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        keyed(secret, signed)?.verify_slice(&signature).ok()?;
        let header = read_part(header)?;
        let pinned = header.get("alg").and_then(Json::as_str) == Some("HS256")
            && header.get("typ").and_then(Json::as_str) == Some("JWT")
            && header.get("crit").is_none();
        let claims = read_part(claims)?;
        let live = claims.get("exp").and_then(Json::as_u64).is_some_and(|exp| now_s < exp);
        if pinned && live { Order::from_claims(&claims) } else { None }
    }

    /// Signs a token that is valid until `expires_s`, in seconds since 1970. Shops sign their own;
    /// the demonstration and the tests use this one. `None` only if the key cannot be used.
    pub fn sign(&self, secret: &SecretString, expires_s: u64) -> Option<String> {
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let mut claims = json!({
            "order": self.id,
            "amount": self.price.value.to_string(),
            "currency": self.price.currency.as_str(),
            "exp": expires_s,
        });
        if let Some(fields) = claims.as_object_mut() {
            if let Some(description) = &self.description {
                fields.insert("description".to_owned(), json!(description));
            }
            if !self.providers.is_empty() {
                let ids: Vec<&str> = self.providers.iter().map(|provider| provider.id()).collect();
                fields.insert("providers".to_owned(), json!(ids));
            }
        }
        let encode = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = keyed(secret, &signed)?.finalize().into_bytes();
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of a token, or the shop's own answer about an order; `None` if one of them is
    /// missing or malformed. An amount must be a decimal string.
    pub(crate) fn from_claims(claims: &Json) -> Option<Order> {
        let text = |name: &str| claims.get(name).and_then(Json::as_str);
        // The same characters that a payment's id may contain: printable, nothing hidden.
        let id = PaymentId::parse(text("order")?)?;
        let price = Money::parse(text("amount")?, text("currency")?).ok()?;
        let description = match claims.get_present("description") {
            None => None,
            Some(value) => Some(value.as_str()?),
        };
        let providers = match claims.get_present("providers") {
            None => Vec::new(),
            Some(list) => {
                let known = |id: &Json| id.as_str().and_then(Provider::parse);
                list.as_array()?.iter().map(known).collect::<Option<Vec<_>>>()?
            }
        };
        let extras = OrderExtras::from_claims(claims)?;
        let shorten = |text: &str| {
            let shown = text.chars().filter(|character| !character.is_control());
            shown.take(LONGEST_DESCRIPTION_CHARACTERS).collect()
        };
        (id.as_str().len() <= LONGEST_ORDER_BYTES && !price.value.is_zero()).then(|| Order {
            id: id.as_str().to_owned(),
            price,
            description: description.map(shorten),
            providers,
            extras,
        })
    }
}

impl OrderExtras {
    /// `None` if `payable_to` is not an account: without it anybody could pay. Entries of
    /// `metadata` that are not plain values of a reasonable size are left out.
    fn from_claims(claims: &Json) -> Option<OrderExtras> {
        let payable_to = match claims.get_present("payable_to") {
            None => None,
            Some(Json::String(account)) => Some(account.trim().to_owned()),
            Some(number) => Some(number.as_u64()?.to_string()),
        };
        let is_account = |account: &String| {
            (1..=LONGEST_ACCOUNT_BYTES).contains(&account.len())
                && account.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if payable_to.as_ref().is_some_and(|account| !is_account(account)) {
            return None;
        }
        let metadata = match claims.get_present("metadata") {
            Some(Json::Object(entries)) => {
                entries.iter().filter_map(plain).take(MOST_METADATA).collect()
            }
            Some(_) | None => Vec::new(),
        };
        Some(OrderExtras { payable_to, metadata, customer: Customer::default() })
    }
}

/// The name and its value, if the value is plain and both are of a reasonable size.
fn plain((name, value): &(String, Json)) -> Option<(String, Value)> {
    let is_name = (1..=LONGEST_ACCOUNT_BYTES).contains(&name.len());
    let value = match value {
        Json::String(text) if text.chars().count() <= LONGEST_DESCRIPTION_CHARACTERS => json!(text),
        Json::Bool(value) => json!(value),
        Json::Integer(number) => json!(number),
        Json::Fraction(decimal) => json!(decimal.to_text()),
        Json::String(_)
        | Json::Null
        | Json::UnreadableNumber
        | Json::Array(_)
        | Json::Object(_) => return None,
    };
    is_name.then(|| (name.clone(), value))
}

fn keyed(secret: &SecretString, signed: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

fn read_part(part: &str) -> Option<Json> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
