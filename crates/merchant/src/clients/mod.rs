//! The providers' APIs: [`ProviderClient`] is what the backend needs from a provider, and each file
//! beside this one is a provider.
//!
//! A client knows addresses, headers, bodies and signatures; `paywith-providers` knows what an answer
//! means, and `pay` decides what follows from it. To add a provider, write its file and add it to
//! [`configured`].

mod cashi;
mod cashii;
mod cashpay;
mod http;
mod kashier;
mod probe;
mod signature;

use crate::config::Config;
use crate::environment::{HttpResponse, Transport, TransportError};
use crate::orders::OrderExtras;
use crate::store::StoredPayment;
use async_trait::async_trait;
use axum::http::HeaderMap;
pub use http::{Call, Http, Reply};
pub(crate) use http::{ProviderReply, exchange};
use paywith_protocol::{Json, Money, Payment, PaymentId, Provider, ReadError};
use paywith_providers::webhook::WebhookEvent;
use paywith_providers::{AmountError, Asked, Unreadable};
pub use probe::Probe;
use std::sync::Arc;
use tracing::{Instrument, Span};

/// The list of providers: those that the configuration names, in the order of the documentation.
pub fn configured(config: &Config) -> Vec<Box<dyn ProviderClient>> {
    [
        cashii::client(config),
        cashpay::client(config),
        kashier::client(config),
        cashi::client(config),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the backend needs from a provider.
#[async_trait]
pub trait ProviderClient: Send + Sync {
    /// Which one it is.
    fn provider(&self) -> Provider;

    /// The settings that hold its keys, for an operator whose keys are refused.
    fn key_settings(&self) -> &'static str;

    /// Whether it accepts this amount, before anything is stored or sent.
    ///
    /// # Errors
    /// Says what it accepts.
    fn check_amount(&self, price: &Money) -> Result<(), AmountError>;

    /// Asks it to collect money.
    ///
    /// # Errors
    /// It refused, or nobody knows whether it made a payment.
    async fn create(&self, http: &Http, new: &NewPayment<'_>) -> Result<Payment, ClientError>;

    /// Asks it how a payment stands, by the provider's own id.
    ///
    /// # Errors
    /// It did not say.
    async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError>;

    /// Whether [`status`](ProviderClient::status) can work at all.
    fn can_read(&self) -> bool {
        true
    }

    /// Whether the shopper leaves the shop for the provider's page and comes back by an address. A
    /// code is shown in place.
    fn is_hosted(&self) -> bool {
        true
    }

    /// By how much the provider may raise a price, in whole units of the currency.
    fn largest_surcharge(&self) -> u64 {
        0
    }

    /// Where its webhooks come to.
    fn webhooks(&self) -> Webhooks {
        Webhooks::None
    }

    /// Whether the webhook comes from the provider. The secret address, if each payment has one, has
    /// been checked before.
    fn verify_webhook(&self, _webhook: &ReceivedWebhook<'_>) -> Proof {
        Proof::Forged
    }

    /// What a verified webhook says.
    ///
    /// # Errors
    /// Names the field that is missing or odd.
    fn read_webhook(&self, _body: &Json) -> Result<WebhookEvent, ReadError> {
        Err(ReadError::new("provider", "one that sends webhooks"))
    }

    /// Tests address and keys without making a payment.
    async fn probe(&self, http: &Http) -> Probe;
}

/// What a provider is asked to collect money for.
pub struct NewPayment<'a> {
    /// The shop's id of the order.
    pub order_id: &'a str,
    /// The reference for the provider, stable per attempt.
    pub provider_order: &'a str,
    /// The amount, exact.
    pub price: Money,
    /// What is bought, for the shopper.
    pub description: &'a str,
    /// Where the shopper comes back to, without a query.
    pub return_url: String,
    /// Where the provider sends its webhooks, if it accepts an address.
    pub webhook_url: Option<String>,
    /// The shopper's language.
    pub locale: &'a str,
    /// What else the shop wants the provider to know.
    pub extras: &'a OrderExtras,
}

/// Where a provider's webhooks come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webhooks {
    /// It sends none.
    None,
    /// It sends some, but no secret is configured to verify them with.
    Unverifiable,
    /// All to one address, signed.
    OneAddress,
    /// Each payment's to an address of its own, which only the provider knows.
    AddressPerPayment,
}

impl Webhooks {
    /// Whether the provider's news reach us.
    pub fn arrive(self) -> bool {
        matches!(self, Webhooks::OneAddress | Webhooks::AddressPerPayment)
    }
}

/// A webhook that has arrived.
pub struct ReceivedWebhook<'a> {
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The bytes that were signed.
    pub body: &'a [u8],
    /// The same as JSON; `null` if they are none.
    pub json: &'a Json,
}

impl ReceivedWebhook<'_> {
    /// A header's text; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Whether a webhook comes from the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It does.
    Sound,
    /// It may come from anybody.
    Forged,
    /// It is a test delivery from the provider's dashboard, about no payment.
    Trial,
}

/// Why a provider call returned no payment.
#[derive(Debug)]
pub enum ClientError {
    /// The provider is not configured.
    Missing,
    /// The provider does not accept this amount; it was not called.
    Amount(AmountError),
    /// No answer within the deadline: the payment may exist.
    Unreachable,
    /// An answer that is not a payment.
    Answer(Unreadable),
    /// There is no way to read this payment.
    NoReadPath,
}

/// The providers of one backend.
pub(crate) struct Clients {
    transport: Arc<dyn Transport>,
    list: Vec<Box<dyn ProviderClient>>,
}

impl Clients {
    pub(crate) fn new(
        list: Vec<Box<dyn ProviderClient>>,
        transport: &Arc<dyn Transport>,
    ) -> Clients {
        Clients { transport: transport.clone(), list }
    }

    /// The client of a provider, if it is configured.
    pub(crate) fn of(&self, provider: Provider) -> Option<&dyn ProviderClient> {
        self.list.iter().find(|client| client.provider() == provider).map(|client| &**client)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn ProviderClient> {
        self.list.iter().map(|client| &**client)
    }

    /// The configured providers that accept this amount, in the order of the documentation: a
    /// button for a payment that would only be refused helps nobody.
    pub(crate) fn offered(&self, price: &Money) -> Vec<Provider> {
        let takes = |client: &&dyn ProviderClient| client.check_amount(price).is_ok();
        self.iter().filter(takes).map(ProviderClient::provider).collect()
    }

    /// Checks that the provider is configured and accepts this amount, before anything is sent.
    pub(crate) fn check_amount(
        &self,
        provider: Provider,
        price: &Money,
    ) -> Result<(), ClientError> {
        let client = self.of(provider).ok_or(ClientError::Missing)?;
        client.check_amount(price).map_err(ClientError::Amount)
    }

    /// Whether payments of this provider can be read at all.
    pub(crate) fn can_read(&self, provider: Provider) -> bool {
        self.of(provider).is_some_and(ProviderClient::can_read)
    }

    /// The HTTP status with which the shop's own server answers, whatever follows it; `None` if nothing
    /// comes.
    pub(crate) async fn notify_shop(&self, call: Call) -> Option<u16> {
        match self.transport.send(call.request().ok()?).await {
            Ok(HttpResponse { status, .. })
            | Err(TransportError::TooLong { status } | TransportError::Cut { status }) => {
                Some(status)
            }
            Err(TransportError::Unreachable) => None,
        }
    }

    /// A call to the shop's own server, on the same terms.
    pub(crate) async fn call_shop(&self, call: Call) -> Result<Reply, ClientError> {
        Ok(exchange(&*self.transport, call).await?.0)
    }

    /// Asks a provider to create a payment. Returns the result and the answer as received.
    pub(crate) async fn create(
        &self,
        provider: Provider,
        new: &NewPayment<'_>,
    ) -> (Result<Payment, ClientError>, Option<ProviderReply>) {
        let http = Http::new(&self.transport);
        let span = call_span("create", provider, new.provider_order);
        let made = match self.of(provider) {
            Some(client) => client.create(&http, new).instrument(span).await,
            None => Err(ClientError::Missing),
        };
        (made, http.raw_reply())
    }

    /// Asks a provider for a payment's status. Returns the result and the deciding answer as
    /// received.
    pub(crate) async fn status(
        &self,
        payment: &StoredPayment,
    ) -> (Result<Payment, ClientError>, Option<ProviderReply>) {
        let http = Http::new(&self.transport);
        let id = payment.creation.provider_payment().and_then(PaymentId::parse);
        let span = call_span("status", payment.provider, &payment.provider_order);
        let read = match (self.of(payment.provider), &id) {
            (Some(client), Some(id)) => client.status(&http, payment, id).instrument(span).await,
            (Some(_), None) => Err(ClientError::NoReadPath),
            (None, _) => Err(ClientError::Missing),
        };
        (read, http.raw_reply())
    }
}

/// A call to a provider, marked with the attempt's reference there.
fn call_span(call: &'static str, provider: Provider, attempt: &str) -> Span {
    tracing::info_span!("provider_call", call, provider = provider.id(), attempt)
}

/// What a status call is about. It has no price: an amount that the answer does not state stays
/// absent, so that only what the provider itself says can match.
fn asked<'a>(payment: &'a StoredPayment, id: &'a PaymentId) -> Asked<'a> {
    let sent_order = Some(payment.provider_order.as_str());
    Asked { id: Some(id), sent_order, ..Asked::about(&payment.order_id) }
}
