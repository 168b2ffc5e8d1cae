//! Announces the end of the program to waiting calls: they answer at once instead of being cut off.

use std::sync::Arc;
use tokio::sync::watch;

/// Tells a backend that its process is about to end. Clones refer to the same backend.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    pub(crate) fn new() -> Stop {
        Stop(Arc::new(watch::Sender::new(false)))
    }

    /// From now on no call waits: held status calls are answered with the payment as it is, and
    /// `/readyz` says 503.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether the end has begun.
    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the end has begun.
    pub(crate) async fn begun(&self) {
        // The sender is `self`, so the channel is open.
        drop(self.0.subscribe().wait_for(|has_begun| *has_begun).await);
    }
}
