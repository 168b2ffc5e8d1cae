//! Refreshes a payment from its provider, at most once per interval however many callers ask.

use super::audit::record_answer;
use super::change::change;
use super::reads::ReadPermit;
use super::{PayError, rules};
use crate::Shop;
use crate::clients::ClientError;
use crate::crash;
use crate::metrics::ProviderCall;
use crate::store::{ChangeReason, MessageKind, StoredPayment};
use paywith_protocol::{Payment, Status};
use std::time::Duration;
use tokio::time::Instant;

/// A paid payment is read again only to notice a refund.
const PAID_INTERVAL: Duration = Duration::from_secs(60);

/// A payment in its last known state.
pub(crate) struct CurrentPayment {
    pub(crate) payment: Box<StoredPayment>,
    /// The provider could not be reached: this is what was known before.
    pub(crate) is_stale: bool,
}

/// How fresh the answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freshness {
    /// At most one reading per interval, however many callers ask.
    WhenDue,
    /// Read now: a webhook says that something has happened.
    Now,
}

/// The payment, read again if it is due; `None` if there is no such payment.
///
/// Trouble at the provider changes nothing: the last known state is returned, marked as stale.
pub(crate) async fn refresh(shop: &Shop, id: &str) -> Result<Option<CurrentPayment>, PayError> {
    read(shop, id, Freshness::WhenDue, None).await
}

/// The same for a payment that was loaded a moment ago.
pub(crate) async fn refresh_known(
    shop: &Shop,
    known: Box<StoredPayment>,
) -> Result<Option<CurrentPayment>, PayError> {
    read_known(shop, known, Freshness::WhenDue, None).await
}

/// The same with a permit that the caller already holds.
pub(super) async fn refresh_with(
    shop: &Shop,
    id: &str,
    permit: ReadPermit,
) -> Result<Option<CurrentPayment>, PayError> {
    read(shop, id, Freshness::WhenDue, Some(permit)).await
}

/// The same, read now: for a signed webhook.
pub(super) async fn refresh_now(shop: &Shop, id: &str) -> Result<Option<CurrentPayment>, PayError> {
    read(shop, id, Freshness::Now, None).await
}

async fn read(
    shop: &Shop,
    id: &str,
    freshness: Freshness,
    permit: Option<ReadPermit>,
) -> Result<Option<CurrentPayment>, PayError> {
    match shop.store.payment(id).await? {
        Some(known) => read_known(shop, Box::new(known), freshness, permit).await,
        None => Ok(None),
    }
}

async fn read_known(
    shop: &Shop,
    known: Box<StoredPayment>,
    freshness: Freshness,
    mut permit: Option<ReadPermit>,
) -> Result<Option<CurrentPayment>, PayError> {
    if known.creation.provider_payment().is_none() {
        return Ok(Some(CurrentPayment { payment: known, is_stale: false }));
    }
    let id = &known.id.clone();
    let interval = interval(shop, known.status);
    let mut has_waited = false;
    let mut last_read = loop {
        let last_read = match shop.locks.read_now(id) {
            Some(last_read) => last_read,
            None => {
                has_waited = true;
                shop.locks.read(id).await
            }
        };
        if let Some((at, is_stale)) = *last_read
            && at.elapsed() < interval
            && freshness == Freshness::WhenDue
        {
            if has_waited {
                return as_it_is(shop, id, is_stale).await;
            }
            return Ok(Some(CurrentPayment { payment: known, is_stale }));
        }
        permit = permit.or_else(|| shop.reads.permit_now(known.provider));
        if permit.is_some() || freshness == Freshness::Now {
            break last_read;
        }
        // Waiting for a permit must not hold up a webhook about this payment.
        drop(last_read);
        has_waited = true;
        let line = shop.reads.permit(known.provider);
        match tokio::time::timeout(shop.config.provider_deadline, line).await {
            Ok(turn) => permit = Some(turn),
            Err(_) => return as_it_is(shop, id, true).await,
        }
    };
    if !is_ours_to_read(shop, id, interval, freshness).await? {
        // Another process has just read it.
        *last_read = Some((Instant::now(), false));
        return as_it_is(shop, id, false).await;
    }
    let begun = Instant::now();
    let (answer, raw_reply) = shop.clients.status(&known).await;
    let took = begun.elapsed();
    shop.metrics.provider_called(known.provider, ProviderCall::Status, &answer, took);
    crash::here(crash::Instant::StatusRead);
    let (changed, is_stale) = take_over(shop, &known, answer).await?;
    crash::here(crash::Instant::StatusCommitted);
    *last_read = Some((Instant::now(), is_stale));
    drop(permit);
    drop(last_read);
    record_answer(shop, &known, MessageKind::Status, raw_reply).await;
    Ok(changed.map(|payment| CurrentPayment { payment: Box::new(payment), is_stale }))
}

/// Commits what follows from the answer; returns the payment, and whether it is stale.
async fn take_over(
    shop: &Shop,
    known: &StoredPayment,
    answer: Result<Payment, ClientError>,
) -> Result<(Option<StoredPayment>, bool), PayError> {
    let id = known.id.as_str();
    let now_ms = shop.now_ms();
    Ok(match answer {
        Ok(answer) => {
            let rule = move |stored: &mut StoredPayment, others: &[StoredPayment]| {
                rules::apply(stored, others, &answer, now_ms);
            };
            (change(shop, id, ChangeReason::Read, rule).await?, false)
        }
        Err(ClientError::NoReadPath) => {
            let rule = |stored: &mut StoredPayment, _: &[StoredPayment]| {
                rules::without_reading(stored);
            };
            (change(shop, id, ChangeReason::Unreadable, rule).await?, false)
        }
        Err(error) => {
            tracing::warn!(payment = id, provider = known.provider.id(), ?error, "status unread");
            let rule = move |stored: &mut StoredPayment, _: &[StoredPayment]| {
                rules::let_time_pass(stored, now_ms);
            };
            (change(shop, id, ChangeReason::TimePassed, rule).await?, true)
        }
    })
}

/// What is stored, without asking the provider.
pub(super) async fn as_it_is(
    shop: &Shop,
    id: &str,
    is_stale: bool,
) -> Result<Option<CurrentPayment>, PayError> {
    let payment = shop.store.payment(id).await?;
    Ok(payment.map(|payment| CurrentPayment { payment: Box::new(payment), is_stale }))
}

/// Whether no other process has read it within the interval.
async fn is_ours_to_read(
    shop: &Shop,
    id: &str,
    interval: Duration,
    freshness: Freshness,
) -> Result<bool, PayError> {
    let now_ms = shop.now_ms();
    let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
    let before_ms = match freshness {
        Freshness::WhenDue => now_ms.saturating_sub(interval_ms),
        Freshness::Now => i64::MAX,
    };
    Ok(shop.store.claim_read(id, now_ms, before_ms).await?)
}

fn interval(shop: &Shop, status: Status) -> Duration {
    match status {
        Status::Paid | Status::Refunded => PAID_INTERVAL,
        Status::Pending
        | Status::Processing
        | Status::Failed
        | Status::Canceled
        | Status::Expired => shop.config.read_interval,
    }
}

/// The shopper gave up. No provider documents a reliable cancel: the payment is still read, and may
/// still become paid.
pub(crate) async fn cancel(shop: &Shop, id: &str) -> Result<Option<StoredPayment>, PayError> {
    // Money that has come must not be called canceled: the provider is asked first.
    let Some(current) = refresh(shop, id).await? else { return Ok(None) };
    let rule = |stored: &mut StoredPayment, _: &[StoredPayment]| {
        if stored.status == Status::Pending {
            stored.status = Status::Canceled;
        }
    };
    change(shop, &current.payment.id, ChangeReason::GivenUp, rule).await
}
