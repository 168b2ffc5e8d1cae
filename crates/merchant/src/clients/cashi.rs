//! Cashi: a QRIS order under our own order id, which is stable per attempt.

use super::http::Http;
use super::probe::NOBODYS_PAYMENT;
use super::{ClientError, NewPayment, asked};
use crate::config::CashiConfig;
use crate::store::StoredPayment;
use paywith_protocol::{Action, Json, Money, Payment, PaymentId, Provider};
use paywith_providers::cashi::{self, PictureFlaw};
use paywith_providers::{AmountError, Asked, urls};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::json;

pub(crate) struct Client {
    config: CashiConfig,
}

impl Client {
    pub(crate) fn new(config: CashiConfig) -> Client {
        Client { config }
    }

    pub(crate) fn amount(&self, price: &Money) -> Result<u64, AmountError> {
        cashi::wire_amount(price)
    }

    pub(super) fn probe(&self, http: &Http) -> RequestBuilder {
        let url = format!("{}/api/check-status/{NOBODYS_PAYMENT}", self.config.base_url);
        http.get(&url).header("x-api-key", self.config.api_key.expose_secret())
    }

    pub(crate) async fn create(
        &self,
        http: &Http,
        new: &NewPayment<'_>,
    ) -> Result<Payment, ClientError> {
        let body = json!({
            "amount": self.amount(&new.price).map_err(ClientError::Amount)?,
            "order_id": new.provider_order,
        });
        let url = format!("{}/api/create-order", self.config.base_url);
        let request =
            http.post(&url, &body).header("x-api-key", self.config.api_key.expose_secret());
        let asked = Asked {
            price: Some(new.price),
            sent_order: Some(new.provider_order),
            ..Asked::about(new.order_id)
        };
        let reply = http.send(request).await?;
        let payment = reply.read_create(Provider::Cashi, &asked)?;
        if let Some(Action::Qr { payload: None, image: None, .. }) = &payment.action {
            let picture = reply.body().get_present("qrUrl").and_then(Json::as_str);
            let flaw = picture.and_then(|picture| cashi::picture_uri(picture).err());
            let why = flaw.map_or("there is none", PictureFlaw::expected);
            tracing::warn!(why, "Cashi's `qrUrl` cannot be shown; its page can");
        }
        Ok(payment)
    }

    pub(crate) async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let id_part = urls::percent_encode(id.as_str());
        let url = format!("{}/api/check-status/{id_part}", self.config.base_url);
        let request = http.get(&url).header("x-api-key", self.config.api_key.expose_secret());
        http.send(request).await?.read_status(Provider::Cashi, &asked(payment, id))
    }
}
