//! The simulated providers' webhooks, and forged ones.

use super::call::call;
use super::mutants::{self, Mutant};
use super::providers::decimal;
use super::scenario::{CASHI_SECRET, Stage};
use super::shopper::pause;
use super::world::{self, Fault, State, with};
use axum::body::Body;
use axum::http::Request;
use hmac::{Hmac, KeyInit, Mac};
use paywith_protocol::Provider;
use serde_json::json;
use sha2::Sha256;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::timeout;

const KASHIER_KEY: &str = "kashier-test-api-key";

/// One webhook from a provider.
pub(super) struct ProviderWebhook {
    provider: Provider,
    token: Option<String>,
    header: &'static str,
    signature: String,
    body: String,
    is_forged: bool,
}

impl ProviderWebhook {
    pub(super) fn about(row: &world::Row) -> Option<ProviderWebhook> {
        let amount = if row.received > 0 { row.received } else { row.asked };
        let word = |open: &'static str, failed: &'static str, paid: &'static str| match row.state {
            State::Open => open,
            State::Failed => failed,
            State::Paid | State::Refunded => paid,
        };
        let post = |provider, token, header, signature, body| {
            Some(ProviderWebhook { provider, token, header, signature, body, is_forged: false })
        };
        match row.provider {
            "cashi" => {
                let data = json!({ "order_id": row.id, "amount": amount / 100,
                    "status": word("PENDING", "EXPIRED", "SETTLED") });
                let body = json!({ "event": "PAYMENT_SETTLED", "data": data }).to_string();
                let signature = sign(CASHI_SECRET, &body);
                post(Provider::Cashi, None, "x-gateway-signature", signature, body)
            }
            "kashier" => {
                let keys = ["amount", "currency", "merchantOrderId", "status"];
                let (amount, status) = (decimal(amount), word("PENDING", "FAILED", "SUCCESS"));
                let data = json!({ "merchantOrderId": row.reference, "amount": amount,
                    "currency": row.currency, "status": status, "signatureKeys": keys });
                let text = format!(
                    "amount={amount}&currency={}&merchantOrderId={}&status={status}",
                    row.currency, row.reference
                );
                let body = json!({ "event": "pay", "data": data }).to_string();
                let signature = sign(KASHIER_KEY, &text);
                post(Provider::Kashier, None, "x-kashier-signature", signature, body)
            }
            "cashpay" => {
                let body = json!({ "id": row.id, "amount": amount / 100, "currency": row.currency,
                    "status": word("INITIATED", "FAILED", "CAPTURED") });
                let token = row.post_url.as_ref()?.rsplit('/').next()?.to_owned();
                post(Provider::CashPay, Some(token), "x-none", String::new(), body.to_string())
            }
            _ => None,
        }
    }

    /// The same, forged without knowing the key or the address.
    pub(super) fn forged(self) -> ProviderWebhook {
        if mutants::is_on(Mutant::UnsignedWebhookBelieved) {
            return ProviderWebhook { is_forged: true, ..self };
        }
        let token = self.token.map(|_| "0123456789abcdef0123456789abcdef".to_owned());
        ProviderWebhook {
            token,
            signature: sign("another key", &self.body),
            is_forged: true,
            ..self
        }
    }

    /// Repeated until it is answered with 2xx, as providers do.
    pub(super) async fn deliver(self, stage: Rc<Stage>) {
        if with(|world| world.strikes(Fault::PostLate, 20)) {
            pause(600_000).await;
        }
        for _ in 0..60 {
            let number = with(|world| usize::from(world.random.percent(50)));
            let token = self.token.as_ref().map(|token| format!("/{token}")).unwrap_or_default();
            let path = format!("/api/webhooks/{}{token}", self.provider.id());
            let request = Request::post(path).header(self.header, &self.signature);
            let request = request.body(Body::from(self.body.clone())).expect("a request");
            let sending = stage.on(number, move |router| call(router, request));
            match timeout(Duration::from_secs(5), sending).await {
                Ok(Some(answer)) if answer.status == 200 => return,
                Ok(None) => with(|world| world.happened(Fault::PostToADeadProcess)),
                Ok(Some(_)) | Err(_) if self.is_forged => return,
                Ok(Some(_)) | Err(_) => {}
            }
            pause(60_000).await;
        }
    }
}

fn sign(key: &str, text: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
