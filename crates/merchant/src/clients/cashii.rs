//! Cashii: a bearer key, one call to create, one to read. No idempotency key is documented, so a
//! lost create answer may leave a payment that was never disclosed to anyone; nobody can pay it.

use super::probe::{self, NOBODYS_PAYMENT};
use super::{Call, ClientError, Http, NewPayment, Probe, ProviderClient, asked};
use crate::config::{CashiiConfig, Config};
use crate::store::StoredPayment;
use async_trait::async_trait;
use paywith_protocol::{Action, Money, Payment, PaymentId, Provider};
use paywith_providers::{AmountError, Asked, cashii, urls};
use serde_json::{Map, Value, json};

struct Client(CashiiConfig);

pub(super) fn client(config: &Config) -> Option<Box<dyn ProviderClient>> {
    Some(Box::new(Client(config.cashii.clone()?)))
}

#[async_trait]
impl ProviderClient for Client {
    fn provider(&self) -> Provider {
        Provider::Cashii
    }

    fn key_settings(&self) -> &'static str {
        "`cashii.api_key`"
    }

    fn check_amount(&self, price: &Money) -> Result<(), AmountError> {
        cashii::wire_amount(price, self.0.exponent).map(drop)
    }

    async fn create(&self, http: &Http, new: &NewPayment<'_>) -> Result<Payment, ClientError> {
        let amount = cashii::wire_amount(&new.price, self.0.exponent);
        let mut metadata: Map<String, Value> = new.extras.metadata.iter().cloned().collect();
        // Ours come last, so they win: the payment is found again by them.
        metadata.insert("orderId".to_owned(), json!(new.order_id));
        metadata.insert("attempt".to_owned(), json!(new.provider_order));
        let mut body = json!({
            "amount": amount.map_err(ClientError::Amount)?,
            "currency": new.price.currency.as_str(),
            "note": new.description,
            "metadata": metadata,
        });
        if let (Some(payer), Some(fields)) = (&new.extras.payable_to, body.as_object_mut()) {
            fields.insert("payable_to".to_owned(), json!(payer));
        }
        let call = Call::post(&self.url(""), &body).bearer(&self.0.api_key);
        let asked = Asked {
            price: Some(new.price),
            cashii_exponent: self.0.exponent,
            ..Asked::about(new.order_id)
        };
        let payment = http.send(call).await?.read_create(Provider::Cashii, &asked)?;
        // Our return hop knows the payment, so the address needs no extra marker.
        let url = cashii::page_url(&self.0.page_url, &payment.id, &new.return_url);
        Ok(Payment { action: Some(Action::Redirect { url }), ..payment })
    }

    async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let asked = Asked {
            // Cashii knows the order by the shop's own id.
            sent_order: Some(&payment.order_id),
            cashii_exponent: self.0.exponent,
            cashii_account: self.0.account.as_deref(),
            ..asked(payment, id)
        };
        http.send(self.reading(id.as_str())).await?.read_status(Provider::Cashii, &asked)
    }

    async fn probe(&self, http: &Http) -> Probe {
        probe::probe(http, self.reading(NOBODYS_PAYMENT)).await
    }
}

impl Client {
    fn reading(&self, id: &str) -> Call {
        let url = self.url(&format!("/{}", urls::percent_encode(id)));
        Call::get(&url).bearer(&self.0.api_key)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/remote-payments{path}", self.0.base_url)
    }
}
