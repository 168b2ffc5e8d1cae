//! Announces the end of the program to waiting calls: they answer at once instead of being cut off.

use tokio_util::sync::CancellationToken;

/// Tells a backend that its process is about to end. Clones refer to the same backend.
#[derive(Clone, Debug)]
pub struct Stop(CancellationToken);

impl Stop {
    pub(crate) fn new() -> Stop {
        Stop(CancellationToken::new())
    }

    /// From now on no call waits: held status calls are answered with the payment as it is, and
    /// `/readyz` says 503.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Whether the end has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Returns once the end has begun.
    pub(crate) async fn begun(&self) {
        self.0.cancelled().await;
    }
}
