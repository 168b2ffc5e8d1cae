//! A made-up provider: a hosted page, webhooks to one address that are signed with HMAC-SHA256, and
//! a call that reads a payment's status. Amounts are decimals as text, in euros.
//!
//! ```text
//! POST /v1/checkouts       { "reference", "amount", "currency", "return_url", "webhook_url" }
//! GET  /v1/checkouts/{id}  { "id", "reference", "amount", "currency", "state", "page" }
//! ```
//!
//! A create call is answered with the same object, and so is every webhook's body.

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use paywith_merchant::clients::{
    Call, ClientError, Http, NewPayment, Probe, Proof, ProviderClient, ReceivedWebhook, Reply,
    Webhooks,
};
use paywith_merchant::store::StoredPayment;
use paywith_protocol::{Action, Json, Money, Payment, PaymentId, Provider, ReadError, Status};
use paywith_providers::webhook::WebhookEvent;
use paywith_providers::{AmountError, Unreadable, urls};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::Sha256;

/// The id that it stands in under.
const STANDS_IN_FOR: Provider = Provider::Cashii;
/// The only currency.
const CURRENCY: &str = "EUR";
/// How many decimals an amount may have.
const DIGITS: u8 = 2;
/// The smallest and the largest amount, in euros.
const LIMITS: (u64, u64) = (1, 5_000);

/// How to reach the made-up provider.
pub(crate) struct MadeUp {
    /// The API's address without a trailing slash.
    pub(crate) base_url: String,
    /// Sent as `Authorization: Bearer`.
    pub(crate) api_key: SecretString,
    /// Signs its webhooks.
    pub(crate) webhook_secret: SecretString,
}

#[async_trait]
impl ProviderClient for MadeUp {
    fn provider(&self) -> Provider {
        STANDS_IN_FOR
    }

    fn key_settings(&self) -> &'static str {
        "`MADE_UP_API_KEY`"
    }

    fn check_amount(&self, price: &Money) -> Result<(), AmountError> {
        let (min, max) = LIMITS;
        if price.currency.as_str() != CURRENCY {
            return Err(AmountError::Currency { takes: CURRENCY });
        }
        let cents = price.value.as_minor(DIGITS).ok_or(AmountError::Fraction { digits: DIGITS })?;
        if (min * 100..=max * 100).contains(&cents) {
            Ok(())
        } else {
            Err(AmountError::OutOfRange { min, max })
        }
    }

    /// The reference is the provider's idempotency key: the same one gets the same payment.
    async fn create(&self, http: &Http, new: &NewPayment<'_>) -> Result<Payment, ClientError> {
        let body = json!({
            "reference": new.provider_order,
            "amount": new.price.value.to_text(),
            "currency": new.price.currency.as_str(),
            "return_url": new.return_url,
            "webhook_url": new.webhook_url,
        });
        let call = Call::post(&self.url(""), &body).bearer(&self.api_key);
        let checkout = read(&http.send(call).await?, new.provider_order)?;
        let url = checkout.page.ok_or_else(|| flaw("page", "a string"))?;
        Ok(Payment { action: Some(Action::Redirect { url }), ..checkout.payment })
    }

    async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let reply = http.send(self.reading(id.as_str())).await?;
        let checkout = read(&reply, &payment.provider_order)?;
        if checkout.payment.id != *id {
            return Err(flaw("id", "that of the payment that was asked for"));
        }
        Ok(checkout.payment)
    }

    fn webhooks(&self) -> Webhooks {
        Webhooks::OneAddress
    }

    fn verify_webhook(&self, webhook: &ReceivedWebhook<'_>) -> Proof {
        let key = self.webhook_secret.expose_secret().as_bytes();
        let signature = from_hex(webhook.header("x-made-up-signature"));
        let (Some(signature), Ok(mut mac)) = (signature, Hmac::<Sha256>::new_from_slice(key))
        else {
            return Proof::Forged;
        };
        mac.update(webhook.body);
        // Compares in constant time.
        if mac.verify_slice(&signature).is_ok() { Proof::Sound } else { Proof::Forged }
    }

    fn read_webhook(&self, body: &Json) -> Result<WebhookEvent, ReadError> {
        let checkout = Checkout::read(body)?;
        Ok(WebhookEvent {
            order: Some(checkout.reference),
            id: Some(checkout.payment.id.as_str().to_owned()),
            status: checkout.payment.status,
            amount: checkout.payment.amount,
            is_refund: checkout.payment.status == Status::Refunded,
        })
    }

    /// Asks for a payment that does not exist: 404 proves that the key is right.
    async fn probe(&self, http: &Http) -> Probe {
        match http.send_secretly(self.reading("none")).await.map(|reply| reply.status) {
            Ok(404) => Probe::Works,
            Ok(http_status @ (401 | 403)) => Probe::Refused { http_status },
            Ok(http_status @ (429 | 500..)) => Probe::Trouble { http_status },
            Ok(_) | Err(_) => Probe::Unreachable,
        }
    }
}

impl MadeUp {
    fn reading(&self, id: &str) -> Call {
        let path = format!("/{}", urls::percent_encode(id));
        Call::get(&self.url(&path)).bearer(&self.api_key)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v1/checkouts{path}", self.base_url)
    }
}

/// The provider's object.
struct Checkout {
    reference: String,
    /// Where the shopper pays.
    page: Option<String>,
    payment: Payment,
}

impl Checkout {
    fn read(object: &Json) -> Result<Checkout, ReadError> {
        let text = |field: &'static str| {
            object.get(field).and_then(Json::as_str).ok_or(ReadError::new(field, "a string"))
        };
        let id = PaymentId::parse(text("id")?).ok_or(ReadError::new("id", "an id"))?;
        let amount = Money::parse(text("amount")?, text("currency")?);
        let amount = amount.map_err(|_| ReadError::new("amount", "a decimal above zero"))?;
        let payment = Payment {
            status: status_of(text("state")?),
            amount: Some(amount),
            ..Payment::new(id, STANDS_IN_FOR)
        };
        let page = text("page").ok().map(str::to_owned);
        Ok(Checkout { reference: text("reference")?.to_owned(), page, payment })
    }
}

/// A word that is not known yet must not end a payment.
fn status_of(word: &str) -> Status {
    match word {
        "paid" => Status::Paid,
        "declined" => Status::Failed,
        "expired" => Status::Expired,
        "refunded" => Status::Refunded,
        _ => Status::Pending,
    }
}

/// The payment in an answer that is about this reference.
fn read(reply: &Reply, reference: &str) -> Result<Checkout, ClientError> {
    if !reply.is_json() {
        return Err(ClientError::Answer(Unreadable::NotJson));
    }
    if !(200..300).contains(&reply.status) {
        let message = reply.body().get("message").and_then(Json::as_str).unwrap_or("no reason");
        let retryable = reply.status == 429 || reply.status >= 500;
        let refused = Unreadable::Refused { message: message.to_owned(), retryable };
        return Err(ClientError::Answer(refused));
    }
    let checkout = Checkout::read(reply.body());
    let checkout = checkout.map_err(|error| ClientError::Answer(Unreadable::Field(error)))?;
    if checkout.reference != reference {
        return Err(flaw("reference", "the one that was sent"));
    }
    Ok(checkout)
}

fn flaw(field: &'static str, expected: &'static str) -> ClientError {
    ClientError::Answer(Unreadable::Field(ReadError::new(field, expected)))
}

/// The bytes of 64 hexadecimal digits.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    let is_digest = pairs.len() == 32 && rest.is_empty();
    is_digest.then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
