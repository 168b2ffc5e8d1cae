//! Tests address and keys without making a payment, by asking for a payment that does not exist. A
//! provider that accepts our keys answers that there is none; otherwise it refuses us.

use super::{Call, Http};

/// An id that no payment has, in each provider's format.
pub(super) const NOBODYS_PAYMENT: &str = "0000000000000000";

/// What the probe showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It answers and accepts the keys.
    Works,
    /// It answers and refuses the keys.
    Refused {
        /// Its answer.
        http_status: u16,
    },
    /// It answers that it is in trouble.
    Trouble {
        /// Its answer.
        http_status: u16,
    },
    /// Nothing answers there, or something that is not this API.
    Unreachable,
}

/// Asks for a payment that does not exist.
pub(super) async fn probe(http: &Http, call: Call) -> Probe {
    match http.send_secretly(call).await {
        Ok(reply) => match reply.status {
            http_status @ (401 | 403) => Probe::Refused { http_status },
            http_status @ (429 | 500..) => Probe::Trouble { http_status },
            _ if reply.is_json() => Probe::Works,
            _ => Probe::Unreachable,
        },
        Err(_) => Probe::Unreachable,
    }
}
