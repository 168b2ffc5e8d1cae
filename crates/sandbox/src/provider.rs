//! The four providers by name, and what can truly happen to a payment at any of them.

use serde::{Deserialize, Serialize};

/// Whose payment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Provider {
    Cashii,
    Cashpay,
    Kashier,
    Cashi,
}

impl Provider {
    /// The name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cashii => "Cashii",
            Self::Cashpay => "CashPay",
            Self::Kashier => "Kashier",
            Self::Cashi => "Cashi",
        }
    }

    /// The name in paths, forms and JSON.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Cashii => "cashii",
            Self::Cashpay => "cashpay",
            Self::Kashier => "kashier",
            Self::Cashi => "cashi",
        }
    }
}

/// What truly happened to a payment, whatever word a provider has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Open,
    Paid,
    Declined,
    Canceled,
    Expired,
    Refunded,
}
