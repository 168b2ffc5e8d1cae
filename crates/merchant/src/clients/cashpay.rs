//! CashPay: a token that lives 55 minutes, then charges. The paths and the token call are not
//! documented: they are configuration, and `docs/backend.md` marks them as assumed.

use super::signature::is_signed;
use super::{
    Call, ClientError, Http, NewPayment, Probe, Proof, ProviderClient, ReceivedWebhook, Reply,
    Webhooks, asked,
};
use crate::config::{CashPayConfig, Config, WebhookScheme};
use crate::store::StoredPayment;
use async_trait::async_trait;
use paywith_protocol::{Json, Money, Payment, PaymentId, Provider, ReadError};
use paywith_providers::webhook::{self, WebhookEvent};
use paywith_providers::{AmountError, Asked, Unreadable, cashpay, urls};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::Instant;

struct Client {
    config: CashPayConfig,
    /// Held while a token is requested, so that many shoppers cause only one token call.
    token: Mutex<Option<Token>>,
}

struct Token {
    text: SecretString,
    obtained_at: Instant,
}

pub(super) fn client(config: &Config) -> Option<Box<dyn ProviderClient>> {
    Some(Box::new(Client { config: config.cashpay.clone()?, token: Mutex::new(None) }))
}

#[async_trait]
impl ProviderClient for Client {
    fn provider(&self) -> Provider {
        Provider::CashPay
    }

    fn key_settings(&self) -> &'static str {
        "`cashpay.client_id`, `cashpay.client_secret`, `cashpay.token_path`"
    }

    fn check_amount(&self, price: &Money) -> Result<(), AmountError> {
        cashpay::wire_amount(price, self.config.exponent).map(drop)
    }

    async fn create(&self, http: &Http, new: &NewPayment<'_>) -> Result<Payment, ClientError> {
        let amount = cashpay::wire_amount(&new.price, self.config.exponent);
        let mut body = json!({
            "amount": amount.map_err(ClientError::Amount)?,
            "currency": new.price.currency.as_str(),
            "description": format!("{} ({})", new.description, new.order_id),
            "redirect_url": new.return_url,
        });
        if let (Some(webhook_url), Some(fields)) = (&new.webhook_url, body.as_object_mut()) {
            fields.insert("post_url".to_owned(), json!(webhook_url));
        }
        let url = format!("{}{}", self.config.base_url, self.config.create_path);
        let reply = self.send_with_token(http, Call::post(&url, &body)).await?;
        let asked = Asked {
            price: Some(new.price),
            cashpay_exponent: self.config.exponent,
            ..Asked::about(new.order_id)
        };
        reply.read_create(Provider::CashPay, &asked)
    }

    async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let path = self.config.read_path.as_ref().ok_or(ClientError::NoReadPath)?;
        let path = path.replace("{id}", &urls::percent_encode(id.as_str()));
        let url = format!("{}{path}", self.config.base_url);
        let reply = self.send_with_token(http, Call::get(&url)).await?;
        let asked = Asked { cashpay_exponent: self.config.exponent, ..asked(payment, id) };
        reply.read_status(Provider::CashPay, &asked)
    }

    fn can_read(&self) -> bool {
        self.config.read_path.is_some()
    }

    fn webhooks(&self) -> Webhooks {
        Webhooks::AddressPerPayment
    }

    fn verify_webhook(&self, webhook: &ReceivedWebhook<'_>) -> Proof {
        match &self.config.webhook_scheme {
            WebhookScheme::Token => Proof::Sound,
            WebhookScheme::Hashstring(secret) => {
                let text = webhook::hashstring_text(webhook.json);
                Proof::of(is_signed(secret, text.as_bytes(), webhook.header("hashstring")))
            }
            WebhookScheme::Hmac { secret, header } => {
                Proof::of(is_signed(secret, webhook.body, webhook.header(header)))
            }
        }
    }

    fn read_webhook(&self, body: &Json) -> Result<WebhookEvent, ReadError> {
        webhook::cashpay(body, self.config.exponent)
    }

    /// The token call is the probe.
    async fn probe(&self, http: &Http) -> Probe {
        match self.ask_for_token(http).await {
            Ok(_) => Probe::Works,
            Err(ClientError::Answer(_)) => Probe::Refused { http_status: 401 },
            Err(_) => Probe::Unreachable,
        }
    }
}

impl Client {
    /// Sends with the current token; a 401 renews it once.
    async fn send_with_token(&self, http: &Http, call: Call) -> Result<Reply, ClientError> {
        let token = self.token(http, None).await?;
        let reply = http.send(call.clone().bearer(&token)).await?;
        if reply.status != 401 {
            return Ok(reply);
        }
        let renewed = self.token(http, Some(&token)).await?;
        http.send(call.bearer(&renewed)).await
    }

    /// The current token, or a new one if it is old, or is the one that was `refused`.
    async fn token(
        &self,
        http: &Http,
        refused: Option<&SecretString>,
    ) -> Result<SecretString, ClientError> {
        let mut token = self.token.lock().await;
        let is_refused = |known: &Token| {
            refused.is_some_and(|text| text.expose_secret() == known.text.expose_secret())
        };
        if let Some(known) = &*token {
            let is_young = known.obtained_at.elapsed() < self.config.token_renew_after;
            if is_young && !is_refused(known) {
                return Ok(known.text.clone());
            }
        }
        let text = self.ask_for_token(http).await?;
        *token = Some(Token { text: text.clone(), obtained_at: Instant::now() });
        Ok(text)
    }

    async fn ask_for_token(&self, http: &Http) -> Result<SecretString, ClientError> {
        let body = json!({
            "client_id": self.config.client_id,
            "client_secret": self.config.client_secret.expose_secret(),
        });
        let url = format!("{}{}", self.config.base_url, self.config.token_path);
        let reply = http.send_secretly(Call::post(&url, &body)).await?;
        let names = ["access_token", "token"];
        let text = names.iter().find_map(|name| reply.body().get(name).and_then(Json::as_str));
        match text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic())) {
            Some(text) if (200..300).contains(&reply.status) => Ok(SecretString::from(text)),
            // A server in trouble may recover; refused credentials do not.
            Some(_) | None if reply.status == 429 || reply.status >= 500 => {
                Err(ClientError::Unreachable)
            }
            Some(_) | None => {
                let error = ReadError::new("access_token", "a token: check cashpay.client_secret");
                Err(ClientError::Answer(Unreadable::Field(error)))
            }
        }
    }
}
