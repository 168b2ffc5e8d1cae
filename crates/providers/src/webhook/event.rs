//! What every provider's webhook is read into. It knows no provider.

use paywith_protocol::{Currency, Decimal, Money, Status};

/// What a provider's webhook says about one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The order reference that we gave the provider, if the webhook repeats it.
    pub order: Option<String>,
    /// The provider's own id of the payment, if the webhook has one.
    pub id: Option<String>,
    /// The status. An unknown word is [`Status::Pending`].
    pub status: Status,
    /// What was paid, in major units; `None` unless the webhook has both value and currency.
    pub amount: Option<Money>,
    /// It reports a refund, a reversal or a void. Only the provider's status call says how much.
    pub is_refund: bool,
}

/// Money, if `currency` is an ISO 4217 code.
pub(crate) fn money(value: Decimal, currency: &str) -> Option<Money> {
    Some(Money { value, currency: Currency::parse(currency)? })
}
