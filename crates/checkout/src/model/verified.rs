//! The proof that a payment is paid.
//!
//! It deliberately knows nothing but status answers: no create answer, address, message of another tab or
//! stored record can make one.

use crate::event::Answer;
use crate::time::Now;
use paywith_protocol::Status;

/// Proof that a status answer said `paid`.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    at_wall_ms: u64,
}

impl Verified {
    /// The proof, if this answer to a status call is one. Called in `flow/status.rs` alone.
    pub(crate) fn from_status_answer(answer: &Answer, now: Now) -> Option<Verified> {
        let is_paid = answer.payment.status == Status::Paid;
        is_paid.then_some(Verified { at_wall_ms: now.wall_ms })
    }

    /// When the answer came, by the device's wall clock, in ms since 1970.
    pub fn at_wall_ms(self) -> u64 {
        self.at_wall_ms
    }
}
