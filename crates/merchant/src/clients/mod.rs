//! The four provider APIs: one client each. They know addresses, headers and bodies;
//! `paywith-providers` knows what an answer means, and `pay` decides what follows from it.

mod cashi;
mod cashii;
mod cashpay;
mod http;
mod kashier;
mod probe;

use crate::config::Config;
use crate::orders::OrderExtras;
use crate::store::StoredPayment;
#[cfg(not(test))]
use http::Http;
#[cfg(test)]
pub(crate) use http::{Http, Reply};
pub(crate) use http::{ProviderReply, send};
use paywith_protocol::{Money, Payment, PaymentId, Provider};
use paywith_providers::{AmountError, Asked, Unreadable};
pub(crate) use probe::Probe;

/// The configured providers.
pub(crate) struct Clients {
    http: Http,
    cashii: Option<cashii::Client>,
    cashpay: Option<cashpay::Client>,
    kashier: Option<kashier::Client>,
    cashi: Option<cashi::Client>,
}

/// What a provider is asked to collect money for.
pub(crate) struct NewPayment<'a> {
    pub(crate) order_id: &'a str,
    /// The reference for the provider, stable per attempt.
    pub(crate) provider_order: &'a str,
    pub(crate) price: Money,
    pub(crate) description: &'a str,
    /// The return hop, without a query.
    pub(crate) return_url: String,
    /// Where the provider sends its webhooks, if it accepts an address.
    pub(crate) webhook_url: Option<String>,
    /// The shopper's language.
    pub(crate) locale: &'a str,
    /// What else the shop wants the provider to know.
    pub(crate) extras: &'a OrderExtras,
}

/// Why a provider call returned no payment.
#[derive(Debug)]
pub(crate) enum ClientError {
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

impl Clients {
    pub(crate) fn new(config: &Config) -> Result<Clients, String> {
        Ok(Clients::over(Http::new(config.provider_deadline)?, config))
    }

    /// The same over an existing connection pool.
    pub(crate) fn over(http: Http, config: &Config) -> Clients {
        Clients {
            http,
            cashii: config.cashii.clone().map(cashii::Client::new),
            cashpay: config.cashpay.clone().map(cashpay::Client::new),
            kashier: config.kashier.clone().map(kashier::Client::new),
            cashi: config.cashi.clone().map(cashi::Client::new),
        }
    }

    /// The configured providers that accept this amount, in the order of the documentation: a
    /// button for a payment that would only be refused helps nobody.
    pub(crate) fn offered(&self, price: &Money) -> Vec<Provider> {
        let takes = |provider: &Provider| self.check_amount(*provider, price).is_ok();
        Provider::ALL.into_iter().filter(takes).collect()
    }

    /// Checks that the provider is configured and accepts this amount, before anything is sent.
    pub(crate) fn check_amount(
        &self,
        provider: Provider,
        price: &Money,
    ) -> Result<(), ClientError> {
        let checked = match provider {
            Provider::Cashii => self.cashii.as_ref().map(|client| client.amount(price).map(drop)),
            Provider::CashPay => self.cashpay.as_ref().map(|client| client.amount(price).map(drop)),
            Provider::Kashier => self.kashier.as_ref().map(|client| client.amount(price).map(drop)),
            Provider::Cashi => self.cashi.as_ref().map(|client| client.amount(price).map(drop)),
        };
        checked.ok_or(ClientError::Missing)?.map_err(ClientError::Amount)
    }

    /// A request to the shop's own server, with the same deadline and no redirects.
    pub(crate) fn post(&self, url: &str, body: String) -> reqwest::RequestBuilder {
        self.http.post_text(url, body)
    }

    /// A GET request to the shop's own server, on the same terms.
    pub(crate) fn get(&self, url: &str) -> reqwest::RequestBuilder {
        self.http.get(url)
    }

    /// Whether payments of this provider can be read at all.
    pub(crate) fn can_read(&self, provider: Provider) -> bool {
        match provider {
            Provider::CashPay => self.cashpay.as_ref().is_some_and(cashpay::Client::can_read),
            Provider::Cashii => self.cashii.is_some(),
            Provider::Kashier => self.kashier.is_some(),
            Provider::Cashi => self.cashi.is_some(),
        }
    }

    /// Asks a provider to create a payment. Returns the result and the answer as received.
    pub(crate) async fn create(
        &self,
        provider: Provider,
        new: &NewPayment<'_>,
    ) -> (Result<Payment, ClientError>, Option<ProviderReply>) {
        let http = self.http.for_one_question();
        (self.create_by(&http, provider, new).await, http.raw_reply())
    }

    async fn create_by(
        &self,
        http: &Http,
        provider: Provider,
        new: &NewPayment<'_>,
    ) -> Result<Payment, ClientError> {
        match (provider, &self.cashii, &self.cashpay, &self.kashier, &self.cashi) {
            (Provider::Cashii, Some(client), ..) => client.create(http, new).await,
            (Provider::CashPay, _, Some(client), ..) => client.create(http, new).await,
            (Provider::Kashier, _, _, Some(client), _) => client.create(http, new).await,
            (Provider::Cashi, .., Some(client)) => client.create(http, new).await,
            _ => Err(ClientError::Missing),
        }
    }

    /// Asks a provider for a payment's status. Returns the result and the deciding answer as
    /// received.
    pub(crate) async fn status(
        &self,
        payment: &StoredPayment,
    ) -> (Result<Payment, ClientError>, Option<ProviderReply>) {
        let http = self.http.for_one_question();
        (self.status_by(&http, payment).await, http.raw_reply())
    }

    async fn status_by(
        &self,
        http: &Http,
        payment: &StoredPayment,
    ) -> Result<Payment, ClientError> {
        let made = payment.creation.provider_payment().and_then(PaymentId::parse);
        let id = &made.ok_or(ClientError::NoReadPath)?;
        match (payment.provider, &self.cashii, &self.cashpay, &self.kashier, &self.cashi) {
            (Provider::Cashii, Some(client), ..) => client.status(http, payment, id).await,
            (Provider::CashPay, _, Some(client), ..) => client.status(http, payment, id).await,
            (Provider::Kashier, _, _, Some(client), _) => client.status(http, payment, id).await,
            (Provider::Cashi, .., Some(client)) => client.status(http, payment, id).await,
            _ => Err(ClientError::Missing),
        }
    }
}

/// What a status call is about. It has no price: an amount that the answer does not state stays
/// absent, so that only what the provider itself says can match.
fn asked<'a>(payment: &'a StoredPayment, id: &'a PaymentId) -> Asked<'a> {
    let sent_order = match payment.provider {
        Provider::Cashii => &payment.order_id,
        Provider::CashPay | Provider::Kashier | Provider::Cashi => &payment.provider_order,
    };
    Asked { id: Some(id), sent_order: Some(sent_order), ..Asked::about(&payment.order_id) }
}
