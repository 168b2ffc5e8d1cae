//! Who may report that a payment has changed: each provider's proof, over the raw bytes.
//!
//! A verified webhook is stored and then answered with 200; `pay::process_webhook` decides what
//! follows from it. This module deliberately reads no status. Start at [`receive`].

mod signature;
mod unusable;

use crate::clock::now_ms;
use crate::config::WebhookScheme;
use crate::mutants::{self, Mutant};
use crate::store::{NewWebhook, StoreError, Webhook};
use crate::{Shop, crash, ids, json};
use axum::http::HeaderMap;
use paywith_protocol::{Json, Provider};
use paywith_providers::{SignedBody, webhook as provider_webhook};
use secrecy::{ExposeSecret, SecretString};
use signature::is_signed;
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
    // Test deliveries are refused too: accepting one would suggest that real webhooks work.
    if Reason::of_configuration(&shop.config, provider).is_some() {
        return Ok(Receipt::NoSuchAddress);
    }
    let json: Json = json::read(body).unwrap_or(Json::Null);
    let mut payment_id = None;
    let proof = match (provider, token) {
        (Provider::Cashi, None) => {
            if provider_webhook::cashi(&json)
                .is_ok_and(|event| provider_webhook::is_cashi_trial(&event))
            {
                return Ok(Receipt::KnownOrTest);
            }
            let secret = shop.config.cashi.as_ref().and_then(|cashi| cashi.webhook_secret.as_ref());
            secret.map(|secret| is_signed(secret, body, header(headers, "x-gateway-signature")))
        }
        (Provider::Kashier, None) => {
            let key = shop.config.kashier.as_ref().map(|kashier| &kashier.api_key);
            key.map(|key| is_kashiers(key, body, headers))
        }
        (Provider::CashPay, Some(token)) => {
            let found = shop.store.payment_by_webhook_token(token).await?;
            payment_id = found.map(|payment| payment.id);
            let scheme = shop.config.cashpay.as_ref().map(|cashpay| &cashpay.webhook_scheme);
            let is_known = payment_id.is_some();
            scheme.filter(|_| is_known).map(|scheme| is_cashpays(scheme, body, &json, headers))
        }
        (Provider::Cashi | Provider::Kashier | Provider::CashPay | Provider::Cashii, _) => None,
    };
    let is_believed = mutants::is_on(Mutant::UnsignedWebhookBelieved);
    let proof = proof.map(|is_sound| is_sound || is_believed);
    match proof {
        None => Ok(Receipt::NoSuchAddress),
        Some(false) => Ok(Receipt::Forged),
        Some(true) if mutants::is_on(Mutant::WebhookNotStored) => Ok(Receipt::KnownOrTest),
        Some(true) => {
            let digest = digest(provider, payment_id.as_deref(), body);
            let id = payment_id.as_deref();
            crash::here(crash::Instant::WebhookBeforeCommit);
            let (digest, now_ms) = (digest.as_str(), now_ms());
            let new = NewWebhook { provider, digest, body, payment_id: id, now_ms };
            let stored = shop.store.add_webhook(&new).await?;
            crash::here(crash::Instant::WebhookCommitted);
            Ok(stored.map_or(Receipt::KnownOrTest, Receipt::Stored))
        }
    }
}

fn is_kashiers(key: &SecretString, body: &[u8], headers: &HeaderMap) -> bool {
    let signed = header(headers, "x-kashier-signature");
    let text = json::read::<SignedBody>(body).ok().and_then(|body| body.text().ok());
    text.is_some_and(|text| is_signed(key, text.as_bytes(), signed))
}

fn is_cashpays(scheme: &WebhookScheme, body: &[u8], json: &Json, headers: &HeaderMap) -> bool {
    match scheme {
        WebhookScheme::Token => true,
        WebhookScheme::Hashstring(secret) => {
            let text = provider_webhook::hashstring_text(json);
            is_signed(secret, text.as_bytes(), header(headers, "hashstring"))
        }
        WebhookScheme::Hmac { secret, header: name } => {
            is_signed(secret, body, header(headers, name))
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The same webhook at the same address is the same row.
fn digest(provider: Provider, payment_id: Option<&str>, body: &[u8]) -> String {
    let place = [provider.id(), "/", payment_id.unwrap_or_default(), "/"].concat();
    ids::sha256_hex_of(&[place.as_bytes(), body].concat())
}

/// The secret's bytes, for the one place that needs them.
fn bytes(secret: &SecretString) -> &[u8] {
    secret.expose_secret().as_bytes()
}
