//! Trying address and keys without making a payment: a payment that does not exist is asked for.
//! A provider that knows us says that there is none; one that does not refuses us.

use super::http::send;
use super::{ClientError, Clients};
use paywith_protocol::Provider;
use reqwest::RequestBuilder;

/// The id of no payment, in the shape of each provider's ids.
pub(super) const NOBODYS_PAYMENT: &str = "0000000000000000";

/// What a try showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// It answers and takes the keys.
    Works,
    /// It answers and refuses the keys.
    Refused { http_status: u16 },
    /// It answers that it is in trouble.
    Trouble { http_status: u16 },
    /// Nothing answers there, or nothing that is such an API.
    Unreachable,
}

impl Clients {
    /// Tries a provider; `None` when it is not configured.
    pub(crate) async fn probe(&self, provider: Provider) -> Option<Probe> {
        let http = &self.http;
        match provider {
            Provider::Cashii => Some(judge(self.cashii.as_ref()?.probe(http)).await),
            Provider::Kashier => Some(judge(self.kashier.as_ref()?.probe(http)).await),
            Provider::Cashi => Some(judge(self.cashi.as_ref()?.probe(http)).await),
            // The token call is the try.
            Provider::CashPay => Some(match self.cashpay.as_ref()?.probe(http).await {
                Ok(()) => Probe::Works,
                Err(ClientError::Answer(_)) => Probe::Refused { http_status: 401 },
                Err(_) => Probe::Unreachable,
            }),
        }
    }
}

async fn judge(request: RequestBuilder) -> Probe {
    match send(request).await {
        Ok(reply) => match reply.status {
            http_status @ (401 | 403) => Probe::Refused { http_status },
            http_status @ (429 | 500..) => Probe::Trouble { http_status },
            _ if reply.is_json() => Probe::Works,
            _ => Probe::Unreachable,
        },
        Err(_) => Probe::Unreachable,
    }
}
