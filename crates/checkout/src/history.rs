//! What happened when, for the person whom the shopper asks for help. Nothing personal is in it.

use crate::state::{Checkout, State};
use crate::step::Turn;
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

/// Notes the state, when it is another one than before.
pub(crate) fn note(turn: &mut Turn<'_>) {
    let word = turn.checkout.state_word();
    let now_ms = turn.now().wall_ms;
    let entries = &mut turn.checkout.history;
    if entries.last().is_none_or(|(_, last)| *last != word) {
        if entries.len() >= MOST_ENTRIES {
            entries.remove(1);
        }
        entries.push((now_ms, word));
    }
}

impl Checkout {
    /// What a shopper hands to the shop's support.
    pub fn support(&self) -> Support {
        let live = match &self.state {
            State::Paying { live, .. } => Some(&**live),
            State::Unopened
            | State::Broken(_)
            | State::Choosing { .. }
            | State::Elsewhere
            | State::Creating(_) => None,
        };
        let seen = self.record.payment.as_ref();
        Support {
            order: live.and_then(|live| live.order.clone()),
            payment_id: live.map(|live| &live.id).or(seen.map(|seen| &seen.id)).cloned(),
            provider: live.map_or(seen.and_then(|seen| seen.provider), |live| live.provider),
            entries: self.history.clone(),
        }
    }
}
