//! A payment that was shown and is not shown any more. Which ones are watched is `watches.rs`.

use super::payment::TrackedPayment;
use crate::time::Deadline;

/// A payment that was shown before.
#[derive(Clone, Debug)]
pub(crate) struct RetiredPayment {
    /// What is known of it.
    pub(crate) tracked: Box<TrackedPayment>,
    /// Monotonic; `u64::MAX` while it is being asked about, unless another look was asked for.
    pub(crate) due_at_ms: u64,
    /// The watch ends then.
    pub(crate) until: Deadline,
    /// An address named another payment, which may turn out not to exist: then this one comes back.
    pub(crate) displaced_by_return: bool,
}

impl RetiredPayment {
    /// The next call about it, not later than one that is due already.
    pub(crate) fn due_by(&mut self, at_ms: u64) {
        self.due_at_ms = self.due_at_ms.min(at_ms);
    }
}
