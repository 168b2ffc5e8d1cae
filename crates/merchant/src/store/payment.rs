//! A payment as it is stored. It knows no database.

use paywith_protocol::{Money, Provider, ProviderFacts, Review, Status};

/// What is known about the provider's side of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
    /// The intent is stored; whether the provider made the payment is unknown. Nothing was
    /// disclosed.
    Unknown,
    /// The provider made it, under this id.
    Made {
        /// The provider's own id.
        provider_payment: String,
    },
    /// The provider refused, or its answer was not safe to show; a retry may ask again.
    Refused,
}

impl Creation {
    /// The word that is stored.
    pub fn as_str(&self) -> &'static str {
        match self {
            Creation::Unknown => "unknown",
            Creation::Made { .. } => "made",
            Creation::Refused => "refused",
        }
    }

    /// The provider's id, once there is one.
    pub fn provider_payment(&self) -> Option<&str> {
        match self {
            Creation::Made { provider_payment } => Some(provider_payment),
            Creation::Unknown | Creation::Refused => None,
        }
    }
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayment {
    /// Our own id, `pay_…`.
    pub id: String,
    /// The shop's id of the order.
    pub order_id: String,
    /// Who collects the money.
    pub provider: Provider,
    /// The reference that the provider got, stable per attempt.
    pub provider_order: String,
    /// What is known about the provider's side.
    pub creation: Creation,
    /// How it stands.
    pub status: Status,
    /// Why a person must look at it.
    pub review: Option<Review>,
    /// The order's price.
    pub price: Money,
    /// What the shopper pays.
    pub amount: Money,
    /// The text of the code.
    pub qr_payload: Option<String>,
    /// The provider's picture of the code, as a `data:` address.
    pub qr_image: Option<String>,
    /// The hosted page.
    pub redirect_url: Option<String>,
    /// A page beside the code.
    pub checkout_url: Option<String>,
    /// Where the shopper comes back to, on the shop's own pages.
    pub return_url: Option<String>,
    /// When the intent was stored, in milliseconds since 1970, like every time here.
    pub created_ms: i64,
    /// Until when it can be paid.
    pub expires_ms: Option<i64>,
    /// When its money was first seen.
    pub paid_ms: Option<i64>,
    /// The newer payment of the order that replaced it.
    pub superseded_by: Option<String>,
    /// The secret part of CashPay's webhook address.
    pub webhook_token: Option<String>,
    /// When the background reads it next; `None`: never again.
    pub next_check_ms: Option<i64>,
    /// What else the provider says.
    pub facts: ProviderFacts,
}

impl StoredPayment {
    /// Whether the shopper can and should still pay it: made, open, in time, not canceled.
    pub fn is_live(&self, now_ms: i64) -> bool {
        let made = self.creation.provider_payment().is_some();
        let in_time = self.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms);
        let open = self.status.is_open() && self.review.is_none();
        made && open && self.superseded_by.is_none() && (in_time || self.is_processing())
    }

    /// Whether money came for it, so that the order needs no other payment.
    pub fn has_money(&self) -> bool {
        match self.status {
            Status::Paid | Status::Refunded => true,
            Status::Processing => self.review.is_some(),
            Status::Pending | Status::Failed | Status::Canceled | Status::Expired => false,
        }
    }

    /// Whether a person must review it; only a refund ends that.
    pub fn needs_a_person(&self) -> bool {
        self.review.is_some() && self.status != Status::Refunded
    }

    fn is_processing(&self) -> bool {
        self.status == Status::Processing
    }
}
