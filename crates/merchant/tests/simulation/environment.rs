//! One simulated machine's clock, randomness and network, and its storage, all of which end with it.

use super::memory::MemoryStore;
use super::mutants::{self, Mutant};
use super::world::{self, Fault, between_steps, database_fails};
use async_trait::async_trait;
use axum::http::Request;
use paywith_merchant::environment::{
    Clock, Environment, HttpResponse, NoRandomness, Randomness, Transport, TransportError,
};
use paywith_merchant::store::{
    Attempt, Audit, Backlog, ChangeReason, Claim, Event, Filter, Lease, Moment, Mutation,
    NewWebhook, Payments, ProviderMessage, Queues, StoreError, StoreResult, StoredPayment, Wakeups,
    Webhook,
};
use paywith_protocol::Provider;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// Whether the machine still runs. Clones are the same machine.
#[derive(Clone, Default)]
pub(super) struct Machine(Arc<AtomicBool>);

impl Machine {
    /// It loses its power: none of its further calls has any effect.
    pub(super) fn die(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns only while it runs.
    async fn lives(&self) {
        if self.0.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn environment(&self) -> Environment {
        Environment {
            clock: Arc::new(WorldClock),
            randomness: Arc::new(Drawn),
            transport: Arc::new(Wire(self.clone())),
        }
    }

    /// The storage of all machines, as this one uses it.
    pub(super) fn over(&self, storage: &Arc<MemoryStore>) -> Disk {
        Disk { machine: self.clone(), storage: storage.clone() }
    }
}

pub(super) struct WorldClock;

impl Clock for WorldClock {
    fn now_ms(&self) -> i64 {
        world::now_ms()
    }
}

struct Drawn;

impl Randomness for Drawn {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        world::fill(bytes);
        Ok(())
    }
}

struct Wire(Machine);

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request<String>) -> Result<HttpResponse, TransportError> {
        self.0.lives().await;
        let (method, url) = (request.method().as_str(), request.uri().to_string());
        let answer = world::network(method, &url, request.body()).await;
        self.0.lives().await;
        answer
    }
}

/// The storage with its troubles, and with the active mutant.
pub(super) struct Disk {
    machine: Machine,
    storage: Arc<MemoryStore>,
}

impl Disk {
    /// Before each call: others may run, and the database may refuse.
    async fn enter(&self) -> StoreResult<()> {
        between_steps().await;
        self.machine.lives().await;
        database_fails(Fault::DatabaseRefuses)
    }

    /// After a commit: whether the caller learns of it.
    async fn leave(&self) -> StoreResult<()> {
        between_steps().await;
        self.machine.lives().await;
        database_fails(Fault::DatabaseSilentAfterCommit)
    }

    async fn take_claim_by_force(&self, claim: &Claim) -> StoreResult<()> {
        if mutants::is_on(Mutant::ClaimIgnored) {
            self.storage.claim_order(claim, i64::MAX, world::now_ms()).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Payments for Disk {
    async fn payment(&self, id: &str) -> StoreResult<Option<StoredPayment>> {
        self.enter().await?;
        self.storage.payment(id).await
    }

    async fn payments_of_order(&self, order: &str) -> StoreResult<Vec<StoredPayment>> {
        self.enter().await?;
        let mut payments = self.storage.payments_of_order(order).await?;
        if mutants::is_on(Mutant::LivePaymentNotSeen) {
            payments.retain(StoredPayment::has_money);
        }
        Ok(payments)
    }

    async fn payment_by_reference(
        &self,
        provider: Provider,
        reference: &str,
    ) -> StoreResult<Option<StoredPayment>> {
        self.enter().await?;
        self.storage.payment_by_reference(provider, reference).await
    }

    async fn payment_by_webhook_token(&self, token: &str) -> StoreResult<Option<StoredPayment>> {
        self.enter().await?;
        self.storage.payment_by_webhook_token(token).await
    }

    async fn attempt(&self, key: &str) -> StoreResult<Option<(Attempt, StoredPayment)>> {
        self.enter().await?;
        self.storage.attempt(key).await
    }

    async fn can_write(&self) -> StoreResult<()> {
        self.enter().await
    }

    async fn claim_order(&self, claim: &Claim, now_ms: i64, until_ms: i64) -> StoreResult<bool> {
        self.enter().await?;
        self.storage.claim_order(claim, now_ms, until_ms).await
    }

    async fn release_order(&self, claim: &Claim) -> StoreResult<()> {
        self.enter().await?;
        self.storage.release_order(claim).await
    }

    async fn end_claims_of_before(&self) -> StoreResult<()> {
        self.enter().await
    }

    async fn add_intent(
        &self,
        claim: &Claim,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> StoreResult<()> {
        self.enter().await?;
        self.take_claim_by_force(claim).await?;
        self.storage.add_intent(claim, attempt, payment).await?;
        self.leave().await
    }

    async fn add_attempt(&self, attempt: &Attempt, payment: &StoredPayment) -> StoreResult<()> {
        self.enter().await?;
        self.storage.add_attempt(attempt, payment).await?;
        self.leave().await
    }

    async fn store_created(
        &self,
        claim: &Claim,
        payment: &StoredPayment,
        supersedes: Option<&str>,
    ) -> StoreResult<()> {
        if mutants::is_on(Mutant::DisclosedBeforeCommit) {
            return Ok(());
        }
        self.enter().await?;
        self.take_claim_by_force(claim).await?;
        self.storage.store_created(claim, payment, supersedes).await?;
        self.leave().await
    }

    async fn change(
        &self,
        id: &str,
        reason: ChangeReason,
        mutation: Mutation<'_>,
    ) -> StoreResult<Option<(StoredPayment, StoredPayment)>> {
        self.enter().await?;
        let mutation = |stored: &mut StoredPayment, others: &[StoredPayment]| {
            mutants::change(reason, stored, |stored| mutation(stored, others));
        };
        let changed = self.storage.change(id, reason, Box::new(mutation)).await?;
        self.leave().await?;
        Ok(changed)
    }

    async fn claim_read(&self, id: &str, now_ms: i64, before_ms: i64) -> StoreResult<bool> {
        self.enter().await?;
        self.storage.claim_read(id, now_ms, before_ms).await
    }
}

#[async_trait]
impl Queues for Disk {
    async fn take_due(&self, provider: Provider, lease: Lease) -> StoreResult<Vec<StoredPayment>> {
        self.enter().await?;
        let mut due = self.storage.take_due(provider, lease).await?;
        if mutants::is_on(Mutant::SupersededForgotten) {
            due.retain(|payment| payment.superseded_by.is_none());
        }
        Ok(due)
    }

    async fn add_webhook(&self, new: &NewWebhook<'_>) -> StoreResult<Option<Webhook>> {
        self.enter().await?;
        if mutants::is_on(Mutant::WebhookNotStored) {
            return Ok(None);
        }
        self.storage.add_webhook(new).await
    }

    async fn take_webhooks(&self, lease: Lease) -> StoreResult<Vec<Webhook>> {
        self.enter().await?;
        self.storage.take_webhooks(lease).await
    }

    async fn finish_webhook(&self, id: i64, outcome: &str) -> StoreResult<()> {
        self.enter().await?;
        self.storage.finish_webhook(id, outcome).await
    }

    async fn postpone_webhook(&self, id: i64, next_ms: i64) -> StoreResult<()> {
        self.enter().await?;
        self.storage.postpone_webhook(id, next_ms).await
    }

    async fn forget_webhooks(&self, before_ms: i64, most: u32) -> StoreResult<usize> {
        self.enter().await?;
        self.storage.forget_webhooks(before_ms, most).await
    }

    async fn take_events(&self, lease: Lease) -> StoreResult<Vec<Event>> {
        self.enter().await?;
        self.storage.take_events(lease).await
    }

    async fn event_arrived(&self, id: &str, now_ms: i64) -> StoreResult<()> {
        self.enter().await?;
        self.storage.event_arrived(id, now_ms).await
    }

    async fn event_failed(&self, id: &str, next_ms: Option<i64>) -> StoreResult<()> {
        self.enter().await?;
        self.storage.event_failed(id, next_ms).await
    }

    async fn resend_event(&self, id: &str, now_ms: i64) -> StoreResult<bool> {
        self.enter().await?;
        self.storage.resend_event(id, now_ms).await
    }

    async fn resend_events_since(&self, since_ms: i64, now_ms: i64) -> StoreResult<usize> {
        self.enter().await?;
        self.storage.resend_events_since(since_ms, now_ms).await
    }

    async fn backlog(&self, now_ms: i64) -> StoreResult<Backlog> {
        self.enter().await?;
        self.storage.backlog(now_ms).await
    }
}

#[async_trait]
impl Audit for Disk {
    async fn find_payments(&self, filter: &Filter) -> StoreResult<Vec<StoredPayment>> {
        self.enter().await?;
        self.storage.find_payments(filter).await
    }

    async fn history(&self, id: &str) -> StoreResult<Vec<Moment>> {
        self.enter().await?;
        self.storage.history(id).await
    }

    /// Half of the payments never store their messages: nothing may depend on them.
    async fn add_message(&self, id: &str, said: &ProviderMessage) -> StoreResult<()> {
        self.machine.lives().await;
        if id.ends_with(['0', '2', '4', '6', '8']) {
            return Err(StoreError::database("the simulated database failed"));
        }
        self.storage.add_message(id, said).await
    }

    async fn messages(&self, id: &str) -> StoreResult<Vec<ProviderMessage>> {
        self.storage.messages(id).await
    }
}

#[async_trait]
impl Wakeups for Disk {
    async fn notify_others(&self, id: &str) -> StoreResult<()> {
        self.storage.notify_others(id).await
    }

    async fn notifications(&self) -> StoreResult<Option<mpsc::Receiver<String>>> {
        self.storage.notifications().await
    }
}
