//! The tables of the in-memory storage, and the operations that change several of them at once.

use super::audit::AuditTrail;
use paywith_merchant::store::{
    Attempt, ChangeReason, Claim, Event, Mutation, StoreError, StoreResult, StoredPayment, Webhook,
    event_of,
};
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub(super) struct Tables {
    pub(super) payments: BTreeMap<String, StoredPayment>,
    /// The payments of each order, and the payment of each webhook address.
    orders: HashMap<String, Vec<String>>,
    webhook_tokens: HashMap<String, String>,
    pub(super) attempts: BTreeMap<String, (Attempt, String)>,
    pub(super) claims: BTreeMap<String, (String, i64)>,
    pub(super) reads: BTreeMap<String, i64>,
    pub(super) webhooks: Vec<(Webhook, String, Option<i64>)>,
    /// The payment, the event, and when it is sent.
    pub(super) events: Vec<(String, Event, Option<i64>)>,
    pub(super) audit: AuditTrail,
}

impl Tables {
    pub(super) fn check_claim(&self, claim: &Claim) -> StoreResult<()> {
        let holder = self.claims.get(&claim.order_id).map(|(owner, _)| owner);
        if holder == Some(&claim.owner) { Ok(()) } else { Err(StoreError::ClaimLost) }
    }

    pub(super) fn add_intent(
        &mut self,
        claim: &Claim,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> StoreResult<()> {
        self.check_claim(claim)?;
        self.add_attempt(attempt, payment)?;
        self.orders.entry(payment.order_id.clone()).or_default().push(payment.id.clone());
        if let Some(token) = &payment.webhook_token {
            self.webhook_tokens.insert(token.clone(), payment.id.clone());
        }
        self.payments.insert(payment.id.clone(), payment.clone());
        Ok(())
    }

    /// The payments of an order, newest first.
    pub(super) fn of_order(&self, order: &str) -> Vec<StoredPayment> {
        let ids = self.orders.get(order).into_iter().flatten();
        newest_first(ids.filter_map(|id| self.payments.get(id)))
    }

    pub(super) fn by_webhook_token(&self, token: &str) -> Option<StoredPayment> {
        self.payments.get(self.webhook_tokens.get(token)?).cloned()
    }

    pub(super) fn store_created(
        &mut self,
        claim: &Claim,
        payment: &StoredPayment,
        supersedes: Option<&str>,
    ) -> StoreResult<()> {
        self.check_claim(claim)?;
        let superseded_by =
            self.payments.get(&payment.id).and_then(|known| known.superseded_by.clone());
        let stored = StoredPayment { superseded_by, ..payment.clone() };
        self.payments.insert(payment.id.clone(), stored);
        let old = supersedes.and_then(|old| self.payments.get_mut(old));
        if let Some(old) = old.filter(|old| old.order_id == payment.order_id) {
            old.superseded_by = Some(payment.id.clone());
        }
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        id: &str,
        reason: ChangeReason,
        mutation: &Mutation<'_>,
        now_ms: i64,
    ) -> Option<(StoredPayment, StoredPayment)> {
        let before = self.payments.get(id)?.clone();
        let mut others = self.of_order(&before.order_id);
        others.retain(|other| other.id != id);
        let mut after = before.clone();
        mutation(&mut after, &others);
        self.payments.insert(id.to_owned(), after.clone());
        self.audit.add_line(&before, &after, reason, now_ms);
        let event = event_of(&before, &after, now_ms);
        let is_told = |event: &Event| self.events.iter().any(|(_, known, _)| known.id == event.id);
        if let Some(event) = event.filter(|event| !is_told(event)) {
            let at_ms = event.created_ms;
            self.events.push((id.to_owned(), event, Some(at_ms)));
        }
        Some((before, after))
    }

    pub(super) fn newest_first(
        &self,
        is_wanted: impl Fn(&StoredPayment) -> bool,
    ) -> Vec<StoredPayment> {
        newest_first(self.payments.values().filter(|payment| is_wanted(payment)))
    }

    pub(super) fn add_attempt(
        &mut self,
        attempt: &Attempt,
        payment: &StoredPayment,
    ) -> StoreResult<()> {
        if self.attempts.contains_key(&attempt.key) {
            return Err(StoreError::KeyTaken);
        }
        self.attempts.insert(attempt.key.clone(), (attempt.clone(), payment.id.clone()));
        Ok(())
    }
}

fn newest_first<'a>(payments: impl Iterator<Item = &'a StoredPayment>) -> Vec<StoredPayment> {
    let mut found: Vec<StoredPayment> = payments.cloned().collect();
    found.sort_by(|one, other| (other.created_ms, &other.id).cmp(&(one.created_ms, &one.id)));
    found
}
