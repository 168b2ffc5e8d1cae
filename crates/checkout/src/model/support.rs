//! What happened when, for the support person whom the shopper asks for help. Nothing personal is in it.

use super::checkout::Checkout;
use paywith_protocol::{PaymentId, Provider};

/// More states than this are no help; the first one stays.
const MOST_ENTRIES: usize = 24;

/// What a shopper hands to the shop's support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// The order as the backend calls it.
    pub order: Option<String>,
    /// The payment.
    pub payment_id: Option<PaymentId>,
    /// Who takes the money.
    pub provider: Option<Provider>,
    /// When the checkout came into which state: ms since 1970 by the device's clock, and the word
    /// of [`Checkout::state_word`].
    pub entries: Vec<(u64, &'static str)>,
}

impl Checkout {
    /// Notes the state, when it is another one than before.
    pub(crate) fn note_state(&mut self, now_ms: u64) {
        let word = self.state_word();
        if self.history.last().is_none_or(|(_, last)| *last != word) {
            if self.history.len() >= MOST_ENTRIES {
                self.history.remove(1);
            }
            self.history.push((now_ms, word));
        }
    }

    /// What a shopper hands to the shop's support.
    pub fn support(&self) -> Support {
        let tracked = self.shown().map(|(payment, _)| payment);
        let seen = self.record.payment.as_ref();
        Support {
            order: tracked.and_then(|tracked| tracked.order.clone()),
            payment_id: tracked.map(|tracked| &tracked.id).or(seen.map(|seen| &seen.id)).cloned(),
            provider: tracked
                .map_or(seen.and_then(|seen| seen.provider), |tracked| tracked.provider),
            entries: self.history.clone(),
        }
    }
}
