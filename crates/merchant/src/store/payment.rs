//! A payment as it is stored. It knows no database.

use paywith_protocol::{Money, Provider, ProviderFacts, Review, Status};

/// What is known about the provider's side of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    /// The intent is stored; whether the provider made the payment is unknown. Nothing was
    /// disclosed.
    Unknown,
    /// The provider made it, under this id.
    Made { provider_payment: String },
    /// The provider refused; a retry may ask again.
    Refused,
}

impl Creation {
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Creation::Unknown => "unknown",
            Creation::Made { .. } => "made",
            Creation::Refused => "refused",
        }
    }

    /// The provider's id, once there is one.
    pub(crate) fn provider_payment(&self) -> Option<&str> {
        match self {
            Creation::Made { provider_payment } => Some(provider_payment),
            Creation::Unknown | Creation::Refused => None,
        }
    }
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredPayment {
    pub(crate) id: String,
    pub(crate) order_id: String,
    pub(crate) provider: Provider,
    pub(crate) provider_order: String,
    pub(crate) creation: Creation,
    pub(crate) status: Status,
    pub(crate) review: Option<Review>,
    /// The order's price.
    pub(crate) price: Money,
    /// What the shopper pays.
    pub(crate) amount: Money,
    pub(crate) qr_payload: Option<String>,
    pub(crate) qr_image: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) checkout_url: Option<String>,
    pub(crate) return_url: Option<String>,
    pub(crate) created_ms: i64,
    pub(crate) expires_ms: Option<i64>,
    pub(crate) paid_ms: Option<i64>,
    pub(crate) superseded_by: Option<String>,
    /// The secret part of CashPay's webhook address.
    pub(crate) webhook_token: Option<String>,
    /// When the background reads it next; `None`: never again.
    pub(crate) next_check_ms: Option<i64>,
    /// What else the provider says.
    pub(crate) facts: ProviderFacts,
}

impl StoredPayment {
    /// Whether the shopper can and should still pay it: made, open, in time, not canceled.
    pub(crate) fn is_live(&self, now_ms: i64) -> bool {
        let made = self.creation.provider_payment().is_some();
        let in_time = self.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms);
        let open = self.status.is_open() && self.review.is_none();
        made && open && self.superseded_by.is_none() && (in_time || self.is_processing())
    }

    /// Whether money came for it, so that the order needs no other payment.
    pub(crate) fn has_money(&self) -> bool {
        match self.status {
            Status::Paid | Status::Refunded => true,
            Status::Processing => self.review.is_some(),
            Status::Pending | Status::Failed | Status::Canceled | Status::Expired => false,
        }
    }

    /// Whether a person must review it; only a refund ends that.
    pub(crate) fn needs_a_person(&self) -> bool {
        self.review.is_some() && self.status != Status::Refunded
    }

    fn is_processing(&self) -> bool {
        self.status == Status::Processing
    }
}
