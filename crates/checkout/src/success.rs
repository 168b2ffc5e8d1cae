//! Where the page goes after `paid` (`success-url`): a button at once, by itself after three seconds.
//!
//! Only once, and never for a payment that an earlier document was told of: otherwise the back button
//! would lead from the thank-you page straight to it again.

use crate::effect::Effect;
use crate::state::{Checkout, Stage, State};
use crate::step::Turn;

/// So long the shopper reads "paid" before the page goes on, in milliseconds.
const READ_MS: u64 = 3_000;

/// The page has just been told of `paid`.
pub(crate) fn paid(turn: &mut Turn<'_>, is_replayed: bool) {
    if !is_replayed && address(turn.checkout).is_some() {
        turn.checkout.leave_at_ms = Some(turn.monotonic_ms() + READ_MS);
    }
}

/// The page objected: the shopper stays here.
pub(crate) fn stay(turn: &mut Turn<'_>) {
    turn.checkout.leave_at_ms = None;
}

/// Goes there once the time has come, and somebody looks.
pub(crate) fn let_time_pass(turn: &mut Turn<'_>) {
    let now_ms = turn.monotonic_ms();
    let is_due = turn.checkout.leave_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
    if !is_due || !turn.checkout.is_visible {
        return;
    }
    turn.checkout.leave_at_ms = None;
    if let Some(url) = address(turn.checkout) {
        turn.effect(Effect::Leave { url });
    }
}

/// The moment to go, while somebody looks.
pub(crate) fn next_moment(checkout: &Checkout) -> Option<u64> {
    checkout.leave_at_ms.filter(|_| checkout.is_visible)
}

/// Where the page goes from the screen that says "paid".
pub(crate) fn address(checkout: &Checkout) -> Option<String> {
    match &checkout.state {
        State::Paying { stage: Stage::Paid(_), .. } => {
            checkout.config.as_ref()?.success_url.clone()
        }
        State::Unopened
        | State::Broken(_)
        | State::Choosing { .. }
        | State::Elsewhere
        | State::Creating(_)
        | State::Paying { .. } => None,
    }
}
