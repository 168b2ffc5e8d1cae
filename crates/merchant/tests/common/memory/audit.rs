//! What the in-memory storage records for people to read.

use paywith_merchant::store::{
    ChangeReason, Event, Filter, MOST_MESSAGES, MessageKind, Moment, MomentKind, ProviderMessage,
    StoredPayment, is_in_history,
};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct AuditTrail {
    answers: BTreeMap<String, Vec<ProviderMessage>>,
    changes: Vec<(String, Moment)>,
}

impl AuditTrail {
    pub(super) fn add_line(
        &mut self,
        before: &StoredPayment,
        after: &StoredPayment,
        reason: ChangeReason,
        now_ms: i64,
    ) {
        if !is_in_history(before, after) {
            return;
        }
        let review = after.review.map(|review| format!(" ({})", review.as_str()));
        let review = review.unwrap_or_default();
        let (from, to) = (before.status.as_str(), after.status.as_str());
        let text = format!("{from} -> {to}{review}, {}", reason.as_str());
        let moment = Moment { at_ms: now_ms, kind: MomentKind::Change, text, event: None };
        self.changes.push((after.id.clone(), moment));
    }

    pub(super) fn history<'a>(
        &self,
        id: &str,
        events: impl Iterator<Item = &'a Event>,
    ) -> Vec<Moment> {
        let changes = self.changes.iter().filter(|(payment, _)| payment == id);
        let mut all: Vec<Moment> = changes.map(|(_, moment)| moment.clone()).collect();
        all.extend(events.map(|event| Moment {
            at_ms: event.created_ms,
            kind: MomentKind::Event,
            text: event.kind.clone(),
            event: Some(event.id.clone()),
        }));
        all.sort_by_key(|moment| (moment.at_ms, moment.kind));
        all
    }

    pub(super) fn add_message(&mut self, id: &str, said: &ProviderMessage) {
        let answers = self.answers.entry(id.to_owned()).or_default();
        let last = answers.iter().rfind(|known| known.kind == said.kind);
        if last.is_some_and(|last| said.repeats(last)) {
            return;
        }
        answers.push(said.clone());
        let most = usize::try_from(MOST_MESSAGES).unwrap_or(usize::MAX);
        if answers.len() > most {
            let oldest_of =
                |kind| answers.iter().position(|known: &ProviderMessage| known.kind == kind);
            let kinds = [MessageKind::Status, MessageKind::Webhook, MessageKind::Create];
            if let Some(place) = kinds.into_iter().find_map(oldest_of) {
                answers.remove(place);
            }
        }
    }

    pub(super) fn messages(&self, id: &str) -> Vec<ProviderMessage> {
        self.answers.get(id).cloned().unwrap_or_default()
    }
}

pub(super) fn is_wanted(filter: &Filter, payment: &StoredPayment) -> bool {
    let is_of = |order: &String| payment.order_id.starts_with(order.as_str());
    let is_older = |(at_ms, id): &(i64, String)| {
        (payment.created_ms, payment.id.as_str()) < (*at_ms, id.as_str())
    };
    filter.order.as_ref().is_none_or(is_of)
        && filter.status.is_none_or(|status| payment.status == status)
        && (!filter.needs_a_person || payment.needs_a_person())
        && filter.before.as_ref().is_none_or(is_older)
}
