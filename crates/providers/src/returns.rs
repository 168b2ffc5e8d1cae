//! What a return address says. It is never proof, only a hint which payment to ask for.

use crate::urls::percent_decode;
use paywith_protocol::{PaymentId, Provider};

/// What a return address hints at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// The provider, where the parameters give it away.
    pub provider: Option<Provider>,
    /// The value of `paywith`: an attempt key or a payment id.
    pub paywith: Option<String>,
    /// A payment id that can be asked for.
    pub id: Option<PaymentId>,
}

/// The pairs of a query, decoded, in order. A second `?` reads as `&`: some providers append
/// `?name=value` to an address that has a query already.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split(['&', '?']).filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (percent_decode(name), percent_decode(value))
    };
    parts.map(pair).collect()
}

/// Reads a return: `?paywith=…`, which our own return address carries, or a provider's parameters.
///
/// A shopper can type any of this, so nothing here says how the payment went. `None` when nothing in it is ours or a provider's.
pub fn read(pairs: &[(String, String)]) -> Option<Hint> {
    let value = |name: &str| {
        let pair = pairs.iter().find(|(key, value)| key == name && !value.is_empty());
        pair.map(|(_, value)| value.as_str())
    };
    if let Some(paywith) = value("paywith") {
        // A relay at Cashii: the address that we composed names the payment itself.
        let id = paywith.strip_prefix("cashii:").and_then(PaymentId::parse);
        let provider = id.as_ref().map(|_| Provider::Cashii).or_else(|| provider_of(&value));
        return Some(Hint { provider, paywith: Some(paywith.to_owned()), id });
    }
    let provider = provider_of(&value)?;
    let charge = ["charge_id", "tap_id"].into_iter().find_map(value);
    let id = match provider {
        Provider::CashPay => charge.and_then(PaymentId::parse),
        // Cashii's transaction and Kashier's order are not what a status call takes.
        Provider::Cashii | Provider::Kashier | Provider::Cashi => None,
    };
    Some(Hint { provider: Some(provider), paywith: None, id })
}

/// The provider, told by parameters that only one of the four adds.
fn provider_of<'a>(value: &impl Fn(&str) -> Option<&'a str>) -> Option<Provider> {
    if value("merchantOrderId").is_some() || value("paymentStatus").is_some() {
        Some(Provider::Kashier)
    } else if value("charge_id").is_some() || value("tap_id").is_some() {
        Some(Provider::CashPay)
    } else if value("transaction_id").is_some() && value("status").is_some() {
        Some(Provider::Cashii)
    } else {
        None
    }
}
