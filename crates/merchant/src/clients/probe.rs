//! Tests address and keys without making a payment, by asking for a payment that does not exist. A
//! provider that accepts our keys answers that there is none; otherwise it refuses us.

use super::http::send;
use super::{ClientError, Clients};
use paywith_protocol::Provider;
use reqwest::RequestBuilder;

/// An id that no payment has, in each provider's format.
pub(super) const NOBODYS_PAYMENT: &str = "0000000000000000";

/// What the probe showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// It answers and accepts the keys.
    Works,
    /// It answers and refuses the keys.
    Refused { http_status: u16 },
    /// It answers that it is in trouble.
    Trouble { http_status: u16 },
    /// Nothing answers there, or something that is not this API.
    Unreachable,
}

impl Clients {
    /// Probes a provider; `None` if it is not configured.
    pub(crate) async fn probe(&self, provider: Provider) -> Option<Probe> {
        let http = &self.http;
        match provider {
            Provider::Cashii => Some(judge(self.cashii.as_ref()?.probe(http)).await),
            Provider::Kashier => Some(judge(self.kashier.as_ref()?.probe(http)).await),
            Provider::Cashi => Some(judge(self.cashi.as_ref()?.probe(http)).await),
            // The token call is the probe.
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
