//! Who may report that a payment has changed: each provider's proof, a signature or a secret
//! address.
//!
//! A verified webhook is stored and then answered with 200; `pay::process_webhook` decides what
//! follows from it. This module deliberately reads no status. Start at [`receive`].

mod unusable;

use crate::clients::{Proof, ReceivedWebhook, Webhooks};
use crate::store::{NewWebhook, StoreError, Webhook};
use crate::{Shop, crash, ids, json};
use axum::http::HeaderMap;
use paywith_protocol::{Json, Provider};
pub(crate) use unusable::{Reason, Unusable};

/// What became of a received webhook.
#[derive(Debug)]
pub(crate) enum Receipt {
    /// It is stored, and new.
    Stored(Webhook),
    /// It is stored already, or is one of Cashi's test deliveries.
    KnownOrTest,
    /// The proof is missing or wrong.
    Forged,
    /// There is no such address: something is not configured ([`Reason::of_configuration`] says
    /// what), or the secret part is wrong.
    NoSuchAddress,
}

/// Verifies a webhook and stores it.
///
/// # Errors
/// The database failed: nothing was stored, and the answer must tell the provider so.
pub(crate) async fn receive(
    shop: &Shop,
    provider: Provider,
    token: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Receipt, StoreError> {
    // While webhooks are not configured, test deliveries are refused, too: accepting one would suggest
    // that real webhooks work.
    let client = shop.clients.of(provider);
    let Some(client) = client.filter(|_| Reason::of_configuration(shop, provider).is_none()) else {
        return Ok(Receipt::NoSuchAddress);
    };
    let payment_id = match (client.webhooks(), token) {
        (Webhooks::OneAddress, None) => None,
        (Webhooks::AddressPerPayment, Some(token)) => {
            match shop.store.payment_by_webhook_token(token).await? {
                Some(payment) => Some(payment.id),
                None => return Ok(Receipt::NoSuchAddress),
            }
        }
        _ => return Ok(Receipt::NoSuchAddress),
    };
    let json = json::read(body).unwrap_or(Json::Null);
    match client.verify_webhook(&ReceivedWebhook { headers, body, json: &json }) {
        Proof::Forged => return Ok(Receipt::Forged),
        Proof::Trial => return Ok(Receipt::KnownOrTest),
        Proof::Sound => {}
    }
    let digest = digest(provider, payment_id.as_deref(), body);
    let (digest, payment_id, now_ms) = (digest.as_str(), payment_id.as_deref(), shop.now_ms());
    crash::here(crash::Instant::WebhookBeforeCommit);
    let new = NewWebhook { provider, digest, body, payment_id, now_ms };
    let stored = shop.store.add_webhook(&new).await?;
    crash::here(crash::Instant::WebhookCommitted);
    Ok(stored.map_or(Receipt::KnownOrTest, Receipt::Stored))
}

/// The same webhook at the same address is the same row.
fn digest(provider: Provider, payment_id: Option<&str>, body: &[u8]) -> String {
    let place = [provider.id(), "/", payment_id.unwrap_or_default(), "/"].concat();
    ids::sha256_hex_of(&[place.as_bytes(), body].concat())
}
