//! CashPay: a token that lives 55 minutes, then charges. The paths and the token call are not
//! documented: they are configuration, and `docs/backend.md` marks them as assumed.

use super::http::{Http, Reply, send};
use super::{ClientError, NewPayment, asked};
use crate::config::CashPayConfig;
use crate::store::StoredPayment;
use paywith_protocol::{Json, Money, Payment, PaymentId, Provider, ReadError};
use paywith_providers::{AmountError, Asked, Unreadable, cashpay, urls};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Instant;
use tokio::sync::Mutex;

pub(crate) struct Client {
    config: CashPayConfig,
    /// Held while a token is requested, so that many shoppers cause only one token call.
    token: Mutex<Option<Token>>,
}

struct Token {
    text: SecretString,
    obtained_at: Instant,
}

impl Client {
    pub(crate) fn new(config: CashPayConfig) -> Client {
        Client { config, token: Mutex::new(None) }
    }

    pub(crate) fn amount(&self, price: &Money) -> Result<u64, AmountError> {
        cashpay::wire_amount(price, self.config.exponent)
    }

    pub(crate) fn can_read(&self) -> bool {
        self.config.read_path.is_some()
    }

    pub(super) async fn probe(&self, http: &Http) -> Result<(), ClientError> {
        self.ask_for_token(http).await.map(drop)
    }

    pub(crate) async fn create(
        &self,
        http: &Http,
        new: &NewPayment<'_>,
    ) -> Result<Payment, ClientError> {
        let mut body = json!({
            "amount": self.amount(&new.price).map_err(ClientError::Amount)?,
            "currency": new.price.currency.as_str(),
            "description": format!("{} ({})", new.description, new.order_id),
            "redirect_url": new.return_url,
        });
        if let (Some(webhook_url), Some(fields)) = (&new.webhook_url, body.as_object_mut()) {
            fields.insert("post_url".to_owned(), json!(webhook_url));
        }
        let url = format!("{}{}", self.config.base_url, self.config.create_path);
        let reply = self.send_with_token(http, || http.post(&url, &body)).await?;
        let asked = Asked {
            price: Some(new.price),
            cashpay_exponent: self.config.exponent,
            ..Asked::about(new.order_id)
        };
        reply.read_create(Provider::CashPay, &asked)
    }

    pub(crate) async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let path = self.config.read_path.as_ref().ok_or(ClientError::NoReadPath)?;
        let path = path.replace("{id}", &urls::percent_encode(id.as_str()));
        let url = format!("{}{path}", self.config.base_url);
        let reply = self.send_with_token(http, || http.get(&url)).await?;
        let asked = Asked { cashpay_exponent: self.config.exponent, ..asked(payment, id) };
        reply.read_status(Provider::CashPay, &asked)
    }

    /// Sends with the current token; a 401 renews it once.
    async fn send_with_token(
        &self,
        http: &Http,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Reply, ClientError> {
        let token = self.token(http, None).await?;
        let reply = http.send(request().bearer_auth(token.expose_secret())).await?;
        if reply.status != 401 {
            return Ok(reply);
        }
        let renewed = self.token(http, Some(&token)).await?;
        http.send(request().bearer_auth(renewed.expose_secret())).await
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
        // Not through `http.send`: a token must not be shown to people.
        let reply = send(http.post(&url, &body)).await?;
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
