//! What follows from a verified webhook: the payment is read at once. If it cannot be
//! read, the webhook itself is trusted, provided it states everything.

use super::audit::record_webhook;
use super::change::change;
use super::refresh::refresh_now;
use super::{PayError, rules};
use crate::Shop;
use crate::clients::ProviderClient;
use crate::json;
use crate::store::{ChangeReason, Creation, StoreError, StoredPayment, Webhook};
use crate::webhooks::Reason;
use paywith_protocol::{Payment, PaymentId, ReadError, Status};
use paywith_providers::webhook::WebhookEvent;

/// How long a webhook that cannot be processed yet is retried: three days.
const PATIENCE_MS: i64 = 72 * 3_600_000;
/// The first and the longest pause before a webhook is processed again.
const PAUSES_MS: (i64, i64) = (5_000, 3_600_000);

/// What happens to a webhook.
enum Outcome {
    Done(&'static str),
    Later,
}

/// Processes a webhook; any failure leaves it for later.
pub(crate) async fn process_webhook(shop: &Shop, webhook: &Webhook) {
    let now_ms = shop.now_ms();
    let (outcome, payment) = match judge(shop, webhook, now_ms).await {
        Ok(judged) => judged,
        Err(error) => {
            tracing::error!(webhook = webhook.id, ?error, "a webhook could not be processed");
            (Outcome::Later, None)
        }
    };
    let is_hopeless = now_ms - webhook.received_ms > PATIENCE_MS;
    let stored = match outcome {
        Outcome::Done(word) => {
            let stored = shop.store.finish_webhook(webhook.id, word).await;
            if let Some(payment) = payment {
                record_webhook(shop, &payment, webhook.received_ms, &webhook.body).await;
            }
            stored
        }
        Outcome::Later if is_hopeless => {
            tracing::error!(webhook = webhook.id, "a webhook could not be processed; given up");
            shop.store.finish_webhook(webhook.id, "unmatched").await
        }
        Outcome::Later => {
            shop.store.postpone_webhook(webhook.id, now_ms + pause_ms(webhook.tries)).await
        }
    };
    if let Err(error) = stored {
        tracing::error!(webhook = webhook.id, %error, "the outcome of a webhook could not be stored");
    }
}

/// Twice as long each time.
fn pause_ms(tries: i64) -> i64 {
    let (first, longest) = PAUSES_MS;
    let doublings = u32::try_from(tries).unwrap_or(u32::MAX).min(20);
    first.saturating_mul(1 << doublings).min(longest)
}

/// What happens, and the payment that the webhook is about, if there is one.
async fn judge(
    shop: &Shop,
    webhook: &Webhook,
    now_ms: i64,
) -> Result<(Outcome, Option<StoredPayment>), PayError> {
    // A provider that was taken out of the configuration may come back.
    let Some(client) = shop.clients.of(webhook.provider) else { return Ok((Outcome::Later, None)) };
    let event = match read(client, webhook) {
        Ok(event) => event,
        Err(error) => {
            let provider = webhook.provider.id();
            tracing::error!(webhook = webhook.id, provider, %error, "a signed webhook is unreadable");
            shop.cannot_use(provider, Reason::Unreadable);
            return Ok((Outcome::Done("unreadable"), None));
        }
    };
    let Some(payment) = find(shop, webhook, &event).await? else {
        if webhook.tries == 0 {
            shop.cannot_use(webhook.provider.id(), Reason::UnknownPayment);
        }
        return Ok((Outcome::Later, None));
    };
    let outcome = judge_for(shop, webhook, &payment, &event, now_ms).await?;
    Ok((outcome, Some(payment)))
}

async fn judge_for(
    shop: &Shop,
    webhook: &Webhook,
    payment: &StoredPayment,
    event: &WebhookEvent,
    now_ms: i64,
) -> Result<Outcome, PayError> {
    let Creation::Made { provider_payment } = &payment.creation else {
        // The webhook has overtaken the provider's answer to the create call.
        return Ok(Outcome::Later);
    };
    if webhook.payment_id.is_some() && event.id.as_ref() != Some(provider_payment) {
        tracing::error!(webhook = webhook.id, payment = payment.id, "a webhook of another charge");
        return Ok(Outcome::Done("another_payment"));
    }
    let is_read = match refresh_now(shop, &payment.id).await? {
        Some(current) => !current.is_stale && shop.clients.can_read(payment.provider),
        None => false,
    };
    if is_read {
        // Refunds are read only for paid payments: this webhook may be the first news of both
        // payment and refund.
        let is_news = event.is_refund && !payment.has_money();
        let is_read = !is_news
            || refresh_now(shop, &payment.id).await?.is_none_or(|current| !current.is_stale);
        return Ok(if is_read { Outcome::Done("read") } else { Outcome::Later });
    }
    believe(shop, payment, provider_payment, event, now_ms).await
}

/// The provider cannot be asked: `paid` counts only with its amount; any other final
/// status counts only if the provider can never be asked.
async fn believe(
    shop: &Shop,
    payment: &StoredPayment,
    provider_payment: &str,
    event: &WebhookEvent,
    now_ms: i64,
) -> Result<Outcome, PayError> {
    let is_last_word = !shop.clients.can_read(payment.provider);
    let counts = match event.status {
        Status::Paid => event.amount.is_some(),
        Status::Failed | Status::Canceled | Status::Expired | Status::Refunded => is_last_word,
        Status::Pending | Status::Processing => false,
    };
    let Some(id) = PaymentId::parse(provider_payment).filter(|_| counts) else {
        return Ok(if is_last_word { Outcome::Done("read") } else { Outcome::Later });
    };
    let answer = Payment {
        status: event.status,
        amount: event.amount,
        ..Payment::new(id, payment.provider)
    };
    let rule = move |stored: &mut StoredPayment, others: &[StoredPayment]| {
        rules::apply(stored, others, &answer, now_ms);
    };
    let after = change(shop, &payment.id, ChangeReason::Webhook, rule).await?;
    let to = after.map(|after| after.status.as_str());
    tracing::info!(payment = payment.id, to, "trusted a verified webhook");
    Ok(Outcome::Done("believed"))
}

fn read(client: &dyn ProviderClient, webhook: &Webhook) -> Result<WebhookEvent, ReadError> {
    let json = json::read(&webhook.body);
    client.read_webhook(&json.map_err(|_| ReadError::new("body", "a JSON document"))?)
}

async fn find(
    shop: &Shop,
    webhook: &Webhook,
    event: &WebhookEvent,
) -> Result<Option<StoredPayment>, StoreError> {
    match (&webhook.payment_id, &event.order) {
        (Some(id), _) => shop.store.payment(id).await,
        (None, Some(order)) => shop.store.payment_by_reference(webhook.provider, order).await,
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_tried_again_ever_more_slowly_and_never_too_late() {
        assert_eq!(pause_ms(0), 5_000);
        assert_eq!(pause_ms(3), 40_000);
        assert_eq!(pause_ms(11), 3_600_000);
        assert_eq!(pause_ms(i64::MAX), 3_600_000);
    }
}
