//! What a step receives from outside. The machine itself has no clock, no randomness and no storage.

use crate::record::Record;
use crate::time::Now;
use paywith_protocol::AttemptKey;

/// What a step receives from outside: the time, a fresh id, a random number, and what is stored.
#[allow(missing_debug_implementations, reason = "a function cannot be printed")]
pub struct Context<'a> {
    /// The moment of the step.
    pub now: Now,
    /// A random UUID that has not been used; a step uses it for one attempt at the most.
    pub fresh_key: AttemptKey,
    /// 0 to 999, evenly distributed: spreads the pauses between calls.
    pub jitter_permille: u16,
    /// What this browser remembers of the order at this moment: another tab may have written it. Read
    /// in a click, on waking, and when another tab sends a message.
    pub stored: &'a dyn Fn() -> Option<Record>,
}

impl Context<'_> {
    /// `gap_ms`, plus up to a quarter of it, so that many browsers do not ask at the same moment.
    pub(crate) fn jittered(&self, gap_ms: u64) -> u64 {
        gap_ms + gap_ms / 4 * self.jitter_permille() / 1_000
    }

    /// The random number, kept within its range whatever the shell hands over.
    pub(crate) fn jitter_permille(&self) -> u64 {
        u64::from(self.jitter_permille.min(999))
    }
}
