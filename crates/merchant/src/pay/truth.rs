//! Asking the provider how a payment stands, at most once per interval however many ask.

use super::change::change;
use super::kept::keep_answer;
use super::reads::ReadPermit;
use super::{PayError, rules};
use crate::Shop;
use crate::clients::ClientError;
use crate::clock::now_ms;
use crate::crash;
use crate::planted::{self, Defect};
use crate::store::{SaidKind, StoredPayment, Why};
use paywith_protocol::Status;
use std::time::Duration;
use tokio::time::Instant;

/// A paid payment is read again only to learn of a refund.
const PAID_INTERVAL: Duration = Duration::from_secs(60);

/// A payment as it is known now.
pub(crate) struct Truth {
    pub(crate) payment: StoredPayment,
    /// The provider could not be asked: this is what was known before.
    pub(crate) is_stale: bool,
}

/// Whether a reading may be answered with the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haste {
    /// At most one reading per interval, however many ask.
    WhenItIsTime,
    /// The provider itself says that something has happened.
    Now,
}

/// The payment, freshly read when it is time; `None` when there is no such payment.
///
/// Trouble at the provider changes nothing: the last known state is answered, marked as stale.
pub(crate) async fn read_truth(shop: &Shop, id: &str) -> Result<Option<Truth>, PayError> {
    read(shop, id, Haste::WhenItIsTime, None).await
}

/// The same for somebody who has waited in line for it.
pub(super) async fn read_with(
    shop: &Shop,
    id: &str,
    permit: ReadPermit,
) -> Result<Option<Truth>, PayError> {
    read(shop, id, Haste::WhenItIsTime, Some(permit)).await
}

/// The same, read now: for a post of the provider, which was signed.
pub(super) async fn read_now(shop: &Shop, id: &str) -> Result<Option<Truth>, PayError> {
    read(shop, id, Haste::Now, None).await
}

async fn read(
    shop: &Shop,
    id: &str,
    haste: Haste,
    permit: Option<ReadPermit>,
) -> Result<Option<Truth>, PayError> {
    let Some(known) = shop.store.payment(id).await? else { return Ok(None) };
    if known.creation.provider_payment().is_none() {
        return Ok(Some(Truth { payment: known, is_stale: false }));
    }
    let interval = interval(shop, known.status);
    let mut permit = permit;
    let mut last_read = loop {
        let last_read = shop.locks.read(id).await;
        if let Some((at, is_stale)) = *last_read
            && at.elapsed() < interval
            && haste == Haste::WhenItIsTime
        {
            return as_it_is(shop, id, is_stale).await;
        }
        permit = permit.or_else(|| shop.reads.permit_now(known.provider));
        if permit.is_some() || haste == Haste::Now {
            break last_read;
        }
        // Whoever waits in line must not hold up a post about this payment.
        drop(last_read);
        let line = shop.reads.permit(known.provider);
        match tokio::time::timeout(shop.config.provider_deadline, line).await {
            Ok(turn) => permit = Some(turn),
            Err(_) => return as_it_is(shop, id, true).await,
        }
    };
    if !is_ours_to_read(shop, id, interval, haste).await? {
        // Another process has just read it.
        *last_read = Some((Instant::now(), false));
        return as_it_is(shop, id, false).await;
    }
    let (answer, heard) = shop.clients.status(&known).await;
    shop.metrics.provider_read(known.provider, &answer);
    crash::here(crash::Instant::StatusRead);
    let now_ms = now_ms();
    let (changed, is_stale) = match answer {
        Ok(answer) => {
            let rule = move |stored: &mut StoredPayment, others: &[StoredPayment]| {
                rules::apply(stored, others, &answer, now_ms);
            };
            (change(shop, id, Why::Read, rule).await?, false)
        }
        Err(ClientError::NoReadPath) => {
            let rule = |stored: &mut StoredPayment, _: &[StoredPayment]| {
                rules::without_reading(stored);
            };
            (change(shop, id, Why::Unreadable, rule).await?, false)
        }
        Err(error) => {
            tracing::warn!(payment = id, provider = known.provider.id(), ?error, "status unread");
            let rule = move |stored: &mut StoredPayment, _: &[StoredPayment]| {
                if planted::is_on(Defect::TroubleIsFailed) {
                    stored.status = stored.status.merge(Status::Failed);
                }
                rules::let_time_pass(stored, now_ms);
            };
            (change(shop, id, Why::TimePassed, rule).await?, true)
        }
    };
    crash::here(crash::Instant::StatusCommitted);
    *last_read = Some((Instant::now(), is_stale));
    drop(permit);
    drop(last_read);
    keep_answer(shop, &known, SaidKind::Status, heard).await;
    Ok(changed.map(|payment| Truth { payment, is_stale }))
}

/// What is known, without asking anybody.
pub(super) async fn as_it_is(
    shop: &Shop,
    id: &str,
    is_stale: bool,
) -> Result<Option<Truth>, PayError> {
    let payment = shop.store.payment(id).await?;
    Ok(payment.map(|payment| Truth { payment, is_stale }))
}

/// Whether no other process has read it within the interval.
async fn is_ours_to_read(
    shop: &Shop,
    id: &str,
    interval: Duration,
    haste: Haste,
) -> Result<bool, PayError> {
    let now_ms = now_ms();
    let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
    let before_ms = match haste {
        Haste::WhenItIsTime => now_ms.saturating_sub(interval_ms),
        Haste::Now => i64::MAX,
    };
    Ok(shop.store.claim_read(id, now_ms, before_ms).await?)
}

fn interval(shop: &Shop, status: Status) -> Duration {
    if planted::is_on(Defect::ReadsUnbounded) {
        return Duration::ZERO;
    }
    match status {
        Status::Paid | Status::Refunded => PAID_INTERVAL,
        Status::Pending
        | Status::Processing
        | Status::Failed
        | Status::Canceled
        | Status::Expired => shop.config.read_interval,
    }
}

/// The shopper gave up. No provider documents a sure cancel: the payment is read on, and may
/// still become paid.
pub(crate) async fn cancel(shop: &Shop, id: &str) -> Result<Option<StoredPayment>, PayError> {
    // Money that has come must not be called canceled: the provider is asked first.
    let Some(truth) = read_truth(shop, id).await? else { return Ok(None) };
    let rule = |stored: &mut StoredPayment, _: &[StoredPayment]| {
        if stored.status == Status::Pending || planted::is_on(Defect::CancelOverwritesPaid) {
            stored.status = Status::Canceled;
        }
    };
    change(shop, &truth.payment.id, Why::GivenUp, rule).await
}
