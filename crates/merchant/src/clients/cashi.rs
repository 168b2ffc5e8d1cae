//! Cashi: a QRIS order under our own order id, which is stable per attempt.

use super::probe::{self, NOBODYS_PAYMENT};
use super::signature::is_signed;
use super::{
    Call, ClientError, Http, NewPayment, Probe, Proof, ProviderClient, ReceivedWebhook, Webhooks,
    asked,
};
use crate::config::{CashiConfig, Config};
use crate::store::StoredPayment;
use async_trait::async_trait;
use paywith_protocol::{Action, Json, Money, Payment, PaymentId, Provider, ReadError};
use paywith_providers::cashi::{self, PictureFlaw};
use paywith_providers::webhook::{self, WebhookEvent};
use paywith_providers::{AmountError, Asked, urls};
use secrecy::ExposeSecret;
use serde_json::json;

/// The most that Cashi adds to a price, in rupiah, so that a transfer names its order.
const LARGEST_SURCHARGE: u64 = 99;

struct Client(CashiConfig);

pub(super) fn client(config: &Config) -> Option<Box<dyn ProviderClient>> {
    Some(Box::new(Client(config.cashi.clone()?)))
}

#[async_trait]
impl ProviderClient for Client {
    fn provider(&self) -> Provider {
        Provider::Cashi
    }

    fn key_settings(&self) -> &'static str {
        "`cashi.api_key`"
    }

    fn check_amount(&self, price: &Money) -> Result<(), AmountError> {
        cashi::wire_amount(price).map(drop)
    }

    async fn create(&self, http: &Http, new: &NewPayment<'_>) -> Result<Payment, ClientError> {
        let body = json!({
            "amount": cashi::wire_amount(&new.price).map_err(ClientError::Amount)?,
            "order_id": new.provider_order,
        });
        let call = self.with_key(Call::post(&self.url("create-order"), &body));
        let asked = Asked {
            price: Some(new.price),
            sent_order: Some(new.provider_order),
            ..Asked::about(new.order_id)
        };
        let reply = http.send(call).await?;
        let mut payment = reply.read_create(Provider::Cashi, &asked)?;
        if let Some(Action::Qr { payload: None, image: None, .. }) = &payment.action {
            let picture = reply.body().get_present("qrUrl").and_then(Json::as_str);
            let flaw = picture.and_then(|picture| cashi::picture_uri(picture).err());
            let why = flaw.map_or("there is none", PictureFlaw::expected);
            tracing::warn!(why, "Cashi's `qrUrl` cannot be shown; its page can");
        }
        let life_ms = u64::try_from(self.0.life.as_millis()).unwrap_or(u64::MAX);
        let left_ms = payment.expires_in_ms.unwrap_or(cashi::LIFE_MS);
        payment.expires_in_ms = Some(left_ms.min(life_ms));
        Ok(payment)
    }

    async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let reply = http.send(self.reading(id.as_str())).await?;
        reply.read_status(Provider::Cashi, &asked(payment, id))
    }

    fn is_hosted(&self) -> bool {
        false
    }

    fn largest_surcharge(&self) -> u64 {
        LARGEST_SURCHARGE
    }

    fn webhooks(&self) -> Webhooks {
        match self.0.webhook_secret {
            Some(_) => Webhooks::OneAddress,
            None => Webhooks::Unverifiable,
        }
    }

    fn verify_webhook(&self, webhook: &ReceivedWebhook<'_>) -> Proof {
        let event = webhook::cashi(webhook.json);
        if event.is_ok_and(|event| webhook::is_cashi_trial(&event)) {
            return Proof::Trial;
        }
        let signature = webhook.header("x-gateway-signature");
        let secret = self.0.webhook_secret.as_ref();
        Proof::of(secret.is_some_and(|secret| is_signed(secret, webhook.body, signature)))
    }

    fn read_webhook(&self, body: &Json) -> Result<WebhookEvent, ReadError> {
        webhook::cashi(body)
    }

    async fn probe(&self, http: &Http) -> Probe {
        probe::probe(http, self.reading(NOBODYS_PAYMENT)).await
    }
}

impl Client {
    fn reading(&self, id: &str) -> Call {
        let path = format!("check-status/{}", urls::percent_encode(id));
        self.with_key(Call::get(&self.url(&path)))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/{path}", self.0.base_url)
    }

    fn with_key(&self, call: Call) -> Call {
        call.header("x-api-key", self.0.api_key.expose_secret())
    }
}
