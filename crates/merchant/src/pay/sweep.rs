//! Reads payments in the background: no page has to stay open for money to be noticed.
//!
//! When a payment is read is a pure function of its age; the time is stored on disk, so that a
//! restart reads nothing twice and does not read everything at once.

use super::change::change;
use super::forget::Forgetting;
use super::refresh;
use crate::Shop;
use crate::store::{ChangeReason, Lease, StoredPayment};
use futures_util::future::join_all;
use paywith_protocol::{Provider, Status};
use std::time::Duration;
use tokio::time::Instant;

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600 * SECOND_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Ages at which an open payment is read, after the first.
const AGES_MS: [i64; 5] =
    [30 * SECOND_MS, 120 * SECOND_MS, 300 * SECOND_MS, 900 * SECOND_MS, HOUR_MS];
/// How long it is read hourly, then daily; after that never again.
const HOURLY_UNTIL_MS: i64 = 72 * HOUR_MS;
const DAILY_UNTIL_MS: i64 = 30 * DAY_MS;

/// At most this many per provider in one round.
const BATCH: u32 = 10;
/// The first and the longest time that a provider in trouble is left alone.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));

/// When the background reads a payment next; `None`: never again.
///
/// By its age: after `first`, 30 seconds, 2, 5, 15 and 60 minutes, then hourly until it is three
/// days old, then daily until it is thirty days old. A paid one is read daily for thirty days, to notice
/// a refund.
pub(super) fn next_check(payment: &StoredPayment, now_ms: i64, first: Duration) -> Option<i64> {
    let first_ms = i64::try_from(first.as_millis()).unwrap_or(i64::MAX);
    let age_ms = now_ms.saturating_sub(payment.created_ms).max(0);
    let at_age = match payment.status {
        Status::Refunded => return None,
        Status::Paid => next_multiple(age_ms, DAY_MS),
        Status::Pending
        | Status::Processing
        | Status::Failed
        | Status::Canceled
        | Status::Expired => {
            let early = std::iter::once(first_ms).chain(AGES_MS).filter(|at| *at > age_ms).min();
            let hourly = age_ms < HOURLY_UNTIL_MS;
            early.unwrap_or_else(|| next_multiple(age_ms, if hourly { HOUR_MS } else { DAY_MS }))
        }
    };
    (at_age <= DAILY_UNTIL_MS).then(|| payment.created_ms.saturating_add(at_age))
}

fn next_multiple(age_ms: i64, step_ms: i64) -> i64 {
    (age_ms / step_ms + 1) * step_ms
}

/// Processes what is due, and leaves providers in trouble alone for a while.
#[derive(Debug)]
pub(crate) struct Sweeper {
    pauses: [(Provider, Pause); Provider::ALL.len()],
    forgetting: Forgetting,
}

impl Default for Sweeper {
    fn default() -> Sweeper {
        let pauses = Provider::ALL.map(|provider| (provider, Pause::default()));
        Sweeper { pauses, forgetting: Forgetting::default() }
    }
}

impl Sweeper {
    /// Runs one sweep.
    pub(crate) async fn look(&mut self, shop: &Shop) {
        match shop.store.take_webhooks(take(shop, BATCH)).await {
            Ok(due) => {
                for webhook in due {
                    super::process_webhook(shop, &webhook).await;
                }
            }
            Err(error) => tracing::error!(%error, "webhooks could not be read"),
        }
        self.forgetting.look(shop).await;
        // One provider in trouble does not delay the others.
        let pauses = self.pauses.iter_mut();
        join_all(pauses.map(|(provider, pause)| sweep_provider(shop, *provider, pause))).await;
    }
}

/// A lease on what is due now. No other process takes it for as long as the work on one item may
/// last: if this process dies, it is due again after that.
pub(crate) fn take(shop: &Shop, most: u32) -> Lease {
    let now_ms = shop.now_ms();
    let length = shop.config.claim + shop.config.provider_deadline;
    let length_ms = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Lease { now_ms, until_ms: now_ms.saturating_add(length_ms), most }
}

async fn sweep_provider(shop: &Shop, provider: Provider, pause: &mut Pause) {
    if pause.is_on() {
        return;
    }
    let due = match shop.store.take_due(provider, take(shop, BATCH)).await {
        Ok(due) => due,
        Err(error) => return tracing::error!(%error, "due payments could not be looked for"),
    };
    let mut due = due.into_iter();
    while let Some(payment) = due.next() {
        let current = refresh(shop, &payment.id).await;
        let is_unread = match &current {
            Ok(current) => current.as_ref().is_some_and(|current| current.is_stale),
            Err(_) => true,
        };
        let first = shop.config.sweep_first;
        // The trouble may be with the provider, or only with this payment: both wait, and the next
        // round begins with the others.
        let retry_ms = is_unread.then(|| shop.now_ms().saturating_add(pause.lengthen_ms()));
        let rule = move |stored: &mut StoredPayment, _: &[StoredPayment]| {
            stored.next_check_ms = retry_ms.or_else(|| next_check(stored, shop.now_ms(), first));
        };
        if let Err(error) = change(shop, &payment.id, ChangeReason::Schedule, rule).await {
            return tracing::error!(
                ?error,
                payment = payment.id,
                "the next reading was not stored"
            );
        }
        if is_unread {
            tracing::warn!(provider = provider.id(), pause = ?pause.length, "in trouble");
            return give_back(shop, due.as_slice()).await;
        }
        pause.end();
    }
}

/// Makes payments that were taken but not read due again.
async fn give_back(shop: &Shop, taken: &[StoredPayment]) {
    for payment in taken {
        let rule = |stored: &mut StoredPayment, _: &[StoredPayment]| {
            stored.next_check_ms = Some(shop.now_ms());
        };
        if let Err(error) = change(shop, &payment.id, ChangeReason::Schedule, rule).await {
            tracing::error!(?error, payment = payment.id, "it is due again when its lease ends");
        }
    }
}

/// How long a provider in trouble is left alone: twice as long each time.
#[derive(Debug, Default)]
struct Pause {
    until: Option<Instant>,
    length: Option<Duration>,
}

impl Pause {
    fn is_on(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }

    /// Lengthens the pause, starts it, and returns its length in milliseconds.
    fn lengthen_ms(&mut self) -> i64 {
        let (first, longest) = PAUSES;
        let length = self.length.map_or(first, |length| (length * 2).min(longest));
        self.length = Some(length);
        self.until = Instant::now().checked_add(length);
        i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
    }

    fn end(&mut self) {
        *self = Pause::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Creation;
    use paywith_protocol::Money;

    const CREATED_MS: i64 = 1_000_000;
    const FIRST: Duration = Duration::from_secs(10);

    fn payment(status: Status) -> StoredPayment {
        let price = Money::parse("15000", "IDR").expect("money");
        StoredPayment {
            id: "pay_1".to_owned(),
            order_id: "INV-1".to_owned(),
            provider: Provider::Cashi,
            provider_order: "INV-1-0".to_owned(),
            creation: Creation::Made { provider_payment: "INV-1-0".to_owned() },
            status,
            review: None,
            price,
            amount: price,
            qr_payload: None,
            qr_image: None,
            redirect_url: None,
            checkout_url: None,
            return_url: None,
            created_ms: CREATED_MS,
            expires_ms: None,
            paid_ms: None,
            superseded_by: None,
            webhook_token: None,
            next_check_ms: None,
            facts: paywith_protocol::ProviderFacts::default(),
        }
    }

    /// Every background reading of a payment that no page asks for, as ages in milliseconds.
    fn ages(status: Status) -> Vec<i64> {
        let payment = payment(status);
        let mut ages = Vec::new();
        let mut now_ms = CREATED_MS;
        while let Some(next_ms) = next_check(&payment, now_ms, FIRST) {
            assert!(next_ms > now_ms, "always later: {next_ms}");
            ages.push(next_ms - CREATED_MS);
            now_ms = next_ms;
        }
        ages
    }

    #[test]
    fn an_open_payment_is_read_often_at_first_and_for_thirty_days() {
        for status in [Status::Pending, Status::Processing, Status::Expired, Status::Failed] {
            let ages = ages(status);
            let seconds: Vec<i64> = ages.iter().take(7).map(|age| age / SECOND_MS).collect();
            assert_eq!(seconds, [10, 30, 120, 300, 900, 3_600, 7_200], "{status:?}");
            assert!(ages.contains(&HOURLY_UNTIL_MS), "hourly to the end of the third day");
            assert_eq!(ages.last(), Some(&DAILY_UNTIL_MS));
            assert_eq!(ages.len(), 6 + 71 + 27, "{status:?}");
        }
    }

    #[test]
    fn a_paid_payment_is_read_daily_and_a_refunded_one_never() {
        assert_eq!(ages(Status::Paid).len(), 30);
        assert!(ages(Status::Refunded).is_empty());
    }

    #[test]
    fn after_a_long_outage_the_next_reading_is_one_and_not_all_that_were_missed() {
        let now_ms = CREATED_MS + 10 * HOUR_MS + 1;
        let next = next_check(&payment(Status::Pending), now_ms, FIRST);
        assert_eq!(next, Some(CREATED_MS + 11 * HOUR_MS));
    }

    #[test]
    fn a_provider_in_trouble_is_left_alone_ever_longer() {
        let mut pause = Pause::default();
        assert!(!pause.is_on());
        for seconds in [5, 10, 20, 40, 80, 160, 300, 300] {
            assert_eq!(pause.lengthen_ms(), i64::try_from(seconds * 1_000).expect("small"));
            assert_eq!(pause.length, Some(Duration::from_secs(seconds)));
            assert!(pause.is_on());
        }
        pause.end();
        assert!(!pause.is_on());
    }
}
