//! The in-memory storage, for tests that run thousands of cases. It passes the same suite.

#![allow(dead_code, reason = "every test program uses its own part of this")]

mod audit;
mod tables;
mod wires;

use async_trait::async_trait;
use audit::is_wanted;
use paywith_merchant::environment::Clock;
use paywith_merchant::store::{
    Attempt, Audit, Backlog, ChangeReason, Claim, Event, Filter, HEAD_START_MS, Lease, Moment,
    Mutation, NewWebhook, Payments, ProviderMessage, Queues, StoreResult, StoredPayment, Wakeups,
    Webhook,
};
use paywith_protocol::{Provider, Status};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tables::Tables;
use tokio::sync::mpsc;
pub(crate) use wires::Wires;

/// Everything that is stored.
pub(crate) struct MemoryStore {
    tables: Mutex<Tables>,
    clock: Arc<dyn Clock>,
    /// Between the processes, if there are several that tell each other.
    wires: Option<Arc<Wires>>,
}

impl MemoryStore {
    /// For processes that do not tell each other anything.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> MemoryStore {
        MemoryStore { tables: Mutex::default(), clock, wires: None }
    }

    /// The same with wake-ups between its processes.
    pub(crate) fn wired(clock: Arc<dyn Clock>, wires: Arc<Wires>) -> MemoryStore {
        MemoryStore { wires: Some(wires), ..MemoryStore::new(clock) }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every event that was ever added, with its payment.
    pub(crate) fn all_events(&self) -> Vec<(String, Event)> {
        let tables = self.tables();
        tables.events.iter().map(|(payment, event, _)| (payment.clone(), event.clone())).collect()
    }

    /// Every payment.
    pub(crate) fn all_payments(&self) -> Vec<StoredPayment> {
        self.tables().newest_first(|_| true)
    }
}

#[async_trait]
impl Payments for MemoryStore {
    async fn payment(&self, id: &str) -> StoreResult<Option<StoredPayment>> {
        Ok(self.tables().payments.get(id).cloned())
    }

    async fn payments_of_order(&self, order: &str) -> StoreResult<Vec<StoredPayment>> {
        Ok(self.tables().of_order(order))
    }

    async fn payment_by_reference(
        &self,
        provider: Provider,
        reference: &str,
    ) -> StoreResult<Option<StoredPayment>> {
        let is_meant = |payment: &StoredPayment| {
            payment.provider == provider
                && (payment.provider_order == reference
                    || payment.creation.provider_payment() == Some(reference))
        };
        Ok(self.tables().newest_first(is_meant).into_iter().next())
    }

    async fn payment_by_webhook_token(&self, token: &str) -> StoreResult<Option<StoredPayment>> {
        Ok(self.tables().by_webhook_token(token))
    }

    async fn attempt(&self, key: &str) -> StoreResult<Option<(Attempt, StoredPayment)>> {
        let tables = self.tables();
        let Some((attempt, id)) = tables.attempts.get(key) else { return Ok(None) };
        Ok(tables.payments.get(id).map(|payment| (attempt.clone(), payment.clone())))
    }

    async fn claim_order(&self, claim: &Claim, now_ms: i64, until_ms: i64) -> StoreResult<bool> {
        let mut tables = self.tables();
        let held = tables.claims.get(&claim.order_id);
        let is_free = held.is_none_or(|(owner, until)| *until <= now_ms || *owner == claim.owner);
        if is_free {
            tables.claims.insert(claim.order_id.clone(), (claim.owner.clone(), until_ms));
        }
        Ok(is_free)
    }

    async fn release_order(&self, claim: &Claim) -> StoreResult<()> {
        let mut tables = self.tables();
        if tables.check_claim(claim).is_ok() {
            tables.claims.remove(&claim.order_id);
        }
        Ok(())
    }

    async fn end_claims_of_before(&self) -> StoreResult<()> {
        Ok(())
    }

    async fn add_intent(
        &self,
        claim: &Claim,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> StoreResult<()> {
        self.tables().add_intent(claim, attempt, payment)
    }

    async fn add_attempt(&self, attempt: &Attempt, payment: &StoredPayment) -> StoreResult<()> {
        self.tables().add_attempt(attempt, payment)
    }

    async fn store_created(
        &self,
        claim: &Claim,
        payment: &StoredPayment,
        supersedes: Option<&str>,
    ) -> StoreResult<()> {
        self.tables().store_created(claim, payment, supersedes)
    }

    async fn change(
        &self,
        id: &str,
        reason: ChangeReason,
        mutation: Mutation<'_>,
    ) -> StoreResult<Option<(StoredPayment, StoredPayment)>> {
        Ok(self.tables().change(id, reason, &mutation, self.clock.now_ms()))
    }

    async fn claim_read(&self, id: &str, now_ms: i64, before_ms: i64) -> StoreResult<bool> {
        let mut tables = self.tables();
        let is_time = tables.reads.get(id).is_none_or(|read_ms| *read_ms <= before_ms);
        if is_time {
            tables.reads.insert(id.to_owned(), now_ms);
        }
        Ok(is_time)
    }

    async fn can_write(&self) -> StoreResult<()> {
        Ok(())
    }
}

#[async_trait]
impl Audit for MemoryStore {
    async fn find_payments(&self, filter: &Filter) -> StoreResult<Vec<StoredPayment>> {
        let mut newest = self.tables().newest_first(|payment| is_wanted(filter, payment));
        newest.truncate(usize::try_from(filter.most).unwrap_or(usize::MAX));
        Ok(newest)
    }

    async fn history(&self, id: &str) -> StoreResult<Vec<Moment>> {
        let tables = self.tables();
        let events = tables.events.iter().filter(|(payment, ..)| payment == id);
        Ok(tables.audit.history(id, events.map(|(_, event, _)| event)))
    }

    async fn add_message(&self, id: &str, said: &ProviderMessage) -> StoreResult<()> {
        self.tables().audit.add_message(id, said);
        Ok(())
    }

    async fn messages(&self, id: &str) -> StoreResult<Vec<ProviderMessage>> {
        Ok(self.tables().audit.messages(id))
    }
}

#[async_trait]
impl Queues for MemoryStore {
    async fn take_due(&self, provider: Provider, lease: Lease) -> StoreResult<Vec<StoredPayment>> {
        let mut tables = self.tables();
        let mut due: Vec<&mut StoredPayment> = tables
            .payments
            .values_mut()
            .filter(|payment| payment.provider == provider)
            .filter(|payment| payment.next_check_ms.is_some_and(|at_ms| at_ms <= lease.now_ms))
            .collect();
        due.sort_by_key(|payment| payment.next_check_ms);
        due.truncate(usize::try_from(lease.most).unwrap_or(usize::MAX));
        let taken = due.into_iter().map(|payment| {
            payment.next_check_ms = Some(lease.until_ms);
            payment.clone()
        });
        Ok(taken.collect())
    }

    async fn add_webhook(&self, new: &NewWebhook<'_>) -> StoreResult<Option<Webhook>> {
        let mut tables = self.tables();
        if tables.webhooks.iter().any(|(_, digest, _)| digest == new.digest) {
            return Ok(None);
        }
        let webhook = Webhook {
            id: tables.webhooks.last().map_or(1, |(last, ..)| last.id + 1),
            provider: new.provider,
            body: new.body.to_vec(),
            payment_id: new.payment_id.map(str::to_owned),
            received_ms: new.now_ms,
            tries: 0,
        };
        let due_ms = Some(new.now_ms + HEAD_START_MS);
        tables.webhooks.push((webhook.clone(), new.digest.to_owned(), due_ms));
        Ok(Some(webhook))
    }

    async fn take_webhooks(&self, lease: Lease) -> StoreResult<Vec<Webhook>> {
        let mut tables = self.tables();
        let due = tables
            .webhooks
            .iter_mut()
            .filter(|(_, _, next_ms)| next_ms.is_some_and(|at_ms| at_ms <= lease.now_ms));
        let taken = due.take(usize::try_from(lease.most).unwrap_or(usize::MAX));
        let taken = taken.map(|(webhook, _, next_ms)| {
            *next_ms = Some(lease.until_ms);
            webhook.clone()
        });
        Ok(taken.collect())
    }

    async fn finish_webhook(&self, id: i64, _: &str) -> StoreResult<()> {
        self.set_webhook(id, None);
        Ok(())
    }

    async fn postpone_webhook(&self, id: i64, next_ms: i64) -> StoreResult<()> {
        self.set_webhook(id, Some(next_ms));
        Ok(())
    }

    async fn forget_webhooks(&self, before_ms: i64, most: u32) -> StoreResult<usize> {
        let mut left = usize::try_from(most).unwrap_or(usize::MAX);
        let is_kept = |(webhook, _, next_ms): &mut (Webhook, String, Option<i64>)| {
            let is_old = next_ms.is_none() && webhook.received_ms < before_ms && left > 0;
            left -= usize::from(is_old);
            !is_old
        };
        let webhooks = &mut self.tables().webhooks;
        let before = webhooks.len();
        webhooks.retain_mut(is_kept);
        Ok(before - webhooks.len())
    }

    async fn take_events(&self, lease: Lease) -> StoreResult<Vec<Event>> {
        let mut tables = self.tables();
        let due = tables
            .events
            .iter_mut()
            .filter(|(_, _, next_ms)| next_ms.is_some_and(|at_ms| at_ms <= lease.now_ms));
        let taken = due.take(usize::try_from(lease.most).unwrap_or(usize::MAX));
        let taken = taken.map(|(_, event, next_ms)| {
            *next_ms = Some(lease.until_ms);
            event.clone()
        });
        Ok(taken.collect())
    }

    async fn event_arrived(&self, id: &str, _: i64) -> StoreResult<()> {
        self.event_failed(id, None).await
    }

    async fn event_failed(&self, id: &str, next_ms: Option<i64>) -> StoreResult<()> {
        let mut tables = self.tables();
        for (_, event, next) in tables.events.iter_mut().filter(|(_, event, _)| event.id == id) {
            *next = next_ms;
            event.tries += 1;
        }
        Ok(())
    }

    async fn resend_event(&self, id: &str, now_ms: i64) -> StoreResult<bool> {
        let mut tables = self.tables();
        let event = tables.events.iter_mut().find(|(_, event, _)| event.id == id);
        Ok(event.map(|(_, event, next_ms)| (event.tries, *next_ms) = (0, Some(now_ms))).is_some())
    }

    async fn resend_events_since(&self, since_ms: i64, now_ms: i64) -> StoreResult<usize> {
        let mut tables = self.tables();
        let again = tables.events.iter_mut().filter(|(_, event, _)| event.created_ms >= since_ms);
        Ok(again.map(|(_, event, next_ms)| (event.tries, *next_ms) = (0, Some(now_ms))).count())
    }

    async fn backlog(&self, now_ms: i64) -> StoreResult<Backlog> {
        let tables = self.tables();
        let is_due = |at_ms: &i64| *at_ms <= now_ms;
        let due = tables.payments.values().filter_map(|payment| payment.next_check_ms);
        let webhooks = tables.webhooks.iter();
        let webhooks = webhooks.filter(|(.., next_ms)| next_ms.as_ref().is_some_and(is_due));
        let events = tables.events.iter().filter(|(.., next_ms)| next_ms.is_some());
        let since = |provider: Provider| {
            let payments = tables.payments.values().filter(|payment| {
                let is_free = payment.review.is_none() && payment.provider == provider;
                is_free && payment.status == Status::Processing
            });
            payments.map(|payment| payment.created_ms).min().map(|since_ms| (provider, since_ms))
        };
        let processing = Provider::ALL.into_iter().filter_map(since).collect();
        Ok(Backlog {
            payment_ms: due.filter(is_due).min(),
            webhook_ms: webhooks.map(|(webhook, ..)| webhook.received_ms).min(),
            event_ms: events.map(|(_, event, _)| event.created_ms).min(),
            processing,
        })
    }
}

#[async_trait]
impl Wakeups for MemoryStore {
    async fn notify_others(&self, id: &str) -> StoreResult<()> {
        if let Some(wires) = &self.wires {
            wires.tell(id);
        }
        Ok(())
    }

    async fn notifications(&self) -> StoreResult<Option<mpsc::Receiver<String>>> {
        Ok(self.wires.as_ref().map(|wires| wires.listen()))
    }
}

impl MemoryStore {
    fn set_webhook(&self, id: i64, at_ms: Option<i64>) {
        let mut tables = self.tables();
        for (webhook, _, next_ms) in tables.webhooks.iter_mut().filter(|(one, ..)| one.id == id) {
            *next_ms = at_ms;
            webhook.tries += 1;
        }
    }
}
