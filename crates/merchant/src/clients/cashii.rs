//! Cashii: a bearer key, one call to create, one to read. No idempotency key is documented, so a
//! lost create answer may leave a payment that was never disclosed to anyone; nobody can pay it.

use super::http::Http;
use super::probe::NOBODYS_PAYMENT;
use super::{ClientError, NewPayment, asked};
use crate::config::CashiiConfig;
use crate::store::StoredPayment;
use paywith_protocol::{Action, Money, Payment, PaymentId, Provider};
use paywith_providers::{AmountError, Asked, cashii, urls};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

pub(crate) struct Client {
    config: CashiiConfig,
}

impl Client {
    pub(crate) fn new(config: CashiiConfig) -> Client {
        Client { config }
    }

    pub(crate) fn amount(&self, price: &Money) -> Result<u64, AmountError> {
        cashii::wire_amount(price, self.config.exponent)
    }

    pub(super) fn probe(&self, http: &Http) -> RequestBuilder {
        let url = format!("{}/api/v1/remote-payments/{NOBODYS_PAYMENT}", self.config.base_url);
        http.get(&url).bearer_auth(self.config.api_key.expose_secret())
    }

    pub(crate) async fn create(
        &self,
        http: &Http,
        new: &NewPayment<'_>,
    ) -> Result<Payment, ClientError> {
        let mut metadata: Map<String, Value> = new.extras.metadata.iter().cloned().collect();
        // Ours come last, so they win: the payment is found again by them.
        metadata.insert("orderId".to_owned(), json!(new.order_id));
        metadata.insert("attempt".to_owned(), json!(new.provider_order));
        let mut body = json!({
            "amount": self.amount(&new.price).map_err(ClientError::Amount)?,
            "currency": new.price.currency.as_str(),
            "note": new.description,
            "metadata": metadata,
        });
        if let (Some(payer), Some(fields)) = (&new.extras.payable_to, body.as_object_mut()) {
            fields.insert("payable_to".to_owned(), json!(payer));
        }
        let url = format!("{}/api/v1/remote-payments", self.config.base_url);
        let request = http.post(&url, &body).bearer_auth(self.config.api_key.expose_secret());
        let asked = Asked {
            price: Some(new.price),
            cashii_exponent: self.config.exponent,
            ..Asked::about(new.order_id)
        };
        let payment = http.send(request).await?.read_create(Provider::Cashii, &asked)?;
        // Our return hop knows the payment, so the address needs no extra marker.
        let url = cashii::page_url(&self.config.page_url, &payment.id, &new.return_url);
        Ok(Payment { action: Some(Action::Redirect { url }), ..payment })
    }

    pub(crate) async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let id_part = urls::percent_encode(id.as_str());
        let url = format!("{}/api/v1/remote-payments/{id_part}", self.config.base_url);
        let request = http.get(&url).bearer_auth(self.config.api_key.expose_secret());
        let asked = Asked {
            cashii_exponent: self.config.exponent,
            cashii_account: self.config.account.as_deref(),
            ..asked(payment, id)
        };
        http.send(request).await?.read_status(Provider::Cashii, &asked)
    }
}
