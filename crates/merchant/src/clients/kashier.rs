//! Kashier: payment sessions. The order reference is ours and stable per attempt: a repeated create
//! call gets the same session.

use super::probe::{self, NOBODYS_PAYMENT};
use super::signature::is_signed;
use super::{
    Call, ClientError, Http, NewPayment, Probe, Proof, ProviderClient, ReceivedWebhook, Reply,
    Webhooks, asked,
};
use crate::config::{Config, KashierConfig};
use crate::json;
use crate::orders::Customer;
use crate::store::StoredPayment;
use async_trait::async_trait;
use paywith_protocol::{Json, Money, Payment, PaymentId, Provider, ReadError, Status};
use paywith_providers::webhook::{self, WebhookEvent};
use paywith_providers::{
    AmountError, Answer, Asked, SignedBody, Unreadable, kashier, read_status, urls,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// The largest page that Kashier returns.
const PAGE_SIZE: u64 = 100;
/// How many pages are searched for an order.
const MOST_PAGES: u64 = 20;
/// Kashier's limit.
const LONGEST_DESCRIPTION: usize = 120;

struct Client(KashierConfig);

pub(super) fn client(config: &Config) -> Option<Box<dyn ProviderClient>> {
    Some(Box::new(Client(config.kashier.clone()?)))
}

#[async_trait]
impl ProviderClient for Client {
    fn provider(&self) -> Provider {
        Provider::Kashier
    }

    fn key_settings(&self) -> &'static str {
        "`kashier.secret_key`, `kashier.api_key` and the mode of the host"
    }

    fn check_amount(&self, price: &Money) -> Result<(), AmountError> {
        kashier::wire_amount(price).map(drop)
    }

    async fn create(&self, http: &Http, new: &NewPayment<'_>) -> Result<Payment, ClientError> {
        let mut body = json!({
            "merchantId": self.0.merchant_id,
            "order": new.provider_order,
            "amount": kashier::wire_amount(&new.price).map_err(ClientError::Amount)?,
            "currency": new.price.currency.as_str(),
            "merchantRedirect": new.return_url,
            "customer": self.customer(new),
            "type": "one-time",
            "paymentType": "credit",
            "display": if new.locale.starts_with("ar") { "ar" } else { "en" },
            "description": new.description.chars().take(LONGEST_DESCRIPTION).collect::<String>(),
            "metaData": { "orderId": new.order_id },
        });
        if let (Some(webhook_url), Some(fields)) = (&new.webhook_url, body.as_object_mut()) {
            fields.insert("serverWebhook".to_owned(), json!(webhook_url));
        }
        let url = format!("{}/v3/payment/sessions", self.0.base_url);
        let call = self.authorized(Call::post(&url, &body));
        let asked = Asked { price: Some(new.price), ..Asked::about(new.order_id) };
        http.send(call).await?.read_create(Provider::Kashier, &asked)
    }

    /// Asks for the session; if that says nothing, for the order. A session stays `PAID` after a
    /// refund, so a paid payment is also looked up as an order.
    async fn status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let reply = http.send(self.reading(id.as_str())).await?;
        match reply.read_status(Provider::Kashier, &asked(payment, id)) {
            Err(ClientError::Answer(Unreadable::Refused { .. }))
                if reply.status < 500 && reply.status != 429 =>
            {
                self.order_status(http, payment, id).await
            }
            Ok(session) if session.status == Status::Paid && payment.has_money() => {
                let order = self.order_status(http, payment, id).await?;
                Ok(with_refund(session, &order))
            }
            result => result,
        }
    }

    fn webhooks(&self) -> Webhooks {
        Webhooks::OneAddress
    }

    fn verify_webhook(&self, webhook: &ReceivedWebhook<'_>) -> Proof {
        let text = json::read::<SignedBody>(webhook.body).ok().and_then(|body| body.text().ok());
        let signature = webhook.header("x-kashier-signature");
        let key = &self.0.api_key;
        Proof::of(text.is_some_and(|text| is_signed(key, text.as_bytes(), signature)))
    }

    fn read_webhook(&self, body: &Json) -> Result<WebhookEvent, ReadError> {
        webhook::kashier(body)
    }

    async fn probe(&self, http: &Http) -> Probe {
        probe::probe(http, self.reading(NOBODYS_PAYMENT)).await
    }
}

impl Client {
    /// Kashier wants an address for guests, too.
    fn customer(&self, new: &NewPayment<'_>) -> Value {
        let reference: String =
            new.provider_order.chars().filter(char::is_ascii_alphanumeric).collect();
        let Customer { email, name } = &new.extras.customer;
        let email = email.as_ref().unwrap_or(&self.0.guest_email);
        match name {
            Some(name) => json!({ "reference": reference, "email": email, "name": name }),
            None => json!({ "reference": reference, "email": email }),
        }
    }

    fn reading(&self, id: &str) -> Call {
        let id = urls::percent_encode(id);
        let url = format!("{}/v3/payment/sessions/{id}/payment", self.0.base_url);
        self.authorized(Call::get(&url))
    }

    /// Looks up the order itself. If the answer is a list, its pages are searched for our order.
    async fn order_status(
        &self,
        http: &Http,
        payment: &StoredPayment,
        id: &PaymentId,
    ) -> Result<Payment, ClientError> {
        let order = urls::percent_encode(&payment.provider_order);
        let mut page = 1;
        for _ in 0..MOST_PAGES {
            let base = &self.0.base_url;
            let query = format!("pageSize={PAGE_SIZE}&currentPage={page}");
            let url = format!("{base}/payments/orders/{order}?{query}");
            let reply = http.send(self.authorized(Call::get(&url))).await?;
            if let Some(found) = find_order(&reply, payment, id) {
                return found;
            }
            let answered = kashier::read_pagination(reply.body(), page)
                .map_err(|flaw| ClientError::Answer(Unreadable::Field(flaw)))?;
            match answered.and_then(|page| page.next_page) {
                Some(next) => page = next,
                None => return reply.read_status(Provider::Kashier, &asked(payment, id)),
            }
        }
        let too_many = ReadError::new("pagination.totalPages", "at most 20 until our order");
        Err(ClientError::Answer(Unreadable::Field(too_many)))
    }

    fn authorized(&self, call: Call) -> Call {
        call.header("authorization", self.0.secret_key.expose_secret())
            .header("api-key", self.0.api_key.expose_secret())
    }
}

/// The session's answer, plus the refund that the order reports.
fn with_refund(mut session: Payment, order: &Payment) -> Payment {
    session.facts.merge(&order.facts);
    if order.status == Status::Refunded {
        session.status = Status::Refunded;
    }
    session
}

/// Our order among the list members; it must state its amount, so that it can be compared.
fn find_order(
    reply: &Reply,
    payment: &StoredPayment,
    id: &PaymentId,
) -> Option<Result<Payment, ClientError>> {
    let is_ours = |member: &&&Json| {
        let order = member.get("merchantOrderId").and_then(Json::as_str);
        order == Some(payment.provider_order.as_str())
    };
    let members = kashier::responses(reply.body());
    let member = members.iter().find(is_ours)?;
    let alone = Json::Object(vec![("response".to_owned(), (*member).clone())]);
    let answer = Answer { http_status: reply.status, body: &alone, is_json: true, date: None };
    let read = read_status(Provider::Kashier, &answer, &asked(payment, id));
    Some(read.map_err(ClientError::Answer))
}
