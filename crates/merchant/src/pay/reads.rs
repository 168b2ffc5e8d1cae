//! Limits how many readings run at each provider at a time: a slow provider makes its own readings
//! wait in line, and nothing else.
//!
//! A payment with a new webhook skips the queue.

use paywith_protocol::Provider;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// This process's queues, one per provider.
pub(crate) struct Reads([(Provider, Arc<Semaphore>); Provider::ALL.len()]);

/// The right to read one payment; dropping it lets the next one in.
pub(super) struct ReadPermit {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Reads {
    /// `most` readings of each provider at a time.
    pub(crate) fn new(most: usize) -> Reads {
        let permits = most.min(Semaphore::MAX_PERMITS);
        Reads(Provider::ALL.map(|provider| (provider, Arc::new(Semaphore::new(permits)))))
    }

    /// Waits in line.
    pub(super) async fn permit(&self, provider: Provider) -> ReadPermit {
        // The queue is never closed.
        let permit = match self.line(provider) {
            Some(line) => line.acquire_owned().await.ok(),
            None => None,
        };
        ReadPermit { _permit: permit }
    }

    /// The same without waiting; `None` if there is a queue.
    pub(super) fn permit_now(&self, provider: Provider) -> Option<ReadPermit> {
        let permit = self.line(provider)?.try_acquire_owned().ok()?;
        Some(ReadPermit { _permit: Some(permit) })
    }

    /// `None` only for a provider that does not exist.
    fn line(&self, provider: Provider) -> Option<Arc<Semaphore>> {
        let line = self.0.iter().find(|(known, _)| *known == provider);
        line.map(|(_, line)| line.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_run_than_may_and_providers_do_not_hold_each_other_up() {
        let reads = Reads::new(1);
        let first = reads.permit_now(Provider::Cashi);
        assert!(first.is_some() && reads.permit_now(Provider::Cashi).is_none());
        assert!(reads.permit_now(Provider::Kashier).is_some());
        drop(first);
        assert!(reads.permit_now(Provider::Cashi).is_some());
    }
}
