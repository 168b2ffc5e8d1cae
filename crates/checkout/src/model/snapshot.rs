//! What the page may know of the checkout: its payment, its status and one word for its state.
//!
//! The words are part of the public contract (`element.state`, the event log): they do not change.

use super::checkout::Checkout;
use super::stage::Stage;
use super::state::State;
use crate::effect::Snapshot;
use paywith_protocol::Status;

impl Checkout {
    /// The payment as the page sees it; the order alone before there is one.
    pub fn snapshot(&self) -> Box<Snapshot> {
        let mut snapshot = Box::<Snapshot>::default();
        if let Some(config) = &self.config {
            snapshot.order.clone_from(&config.order);
        }
        if let State::Paying { tracked, stage } = &self.state {
            snapshot.payment_id = Some(tracked.id.clone());
            snapshot.provider = tracked.provider;
            snapshot.status = self.shown_status();
            snapshot.amount = tracked.amount;
            snapshot.base_amount = tracked.base_amount;
            snapshot.review = tracked.review;
            snapshot.test = tracked.test;
            if let Stage::Paid(verified) = stage {
                snapshot.verified_at_wall_ms = Some(verified.at_wall_ms());
            }
        }
        snapshot
    }

    /// The status that the page sees: an end that was decided here (time ran out, the shopper
    /// gave up) counts while the backend still says pending.
    pub(crate) fn shown_status(&self) -> Option<Status> {
        let State::Paying { tracked, stage } = &self.state else { return None };
        Some(match (stage, tracked.status) {
            (Stage::Expired, Status::Pending) => Status::Expired,
            (Stage::Canceled, Status::Pending) => Status::Canceled,
            (_, status) => status,
        })
    }

    /// One stable word for the state, for `element.state` and the event log.
    pub fn state_word(&self) -> &'static str {
        match &self.state {
            State::Unopened => "unopened",
            State::Broken(_) => "broken",
            State::Choosing { .. } => "choosing",
            State::OtherTab => "elsewhere",
            State::Creating(_) => "creating",
            State::Paying { stage, .. } => stage.as_str(),
        }
    }
}
