//! Named points at which a test kills the process, to check that nothing is lost.
//!
//! Only with the feature `failpoints`, which no server is built with: the process stops at the
//! point that `PAYWITH_STOP_AT` names, writes the file `PAYWITH_STOP_FILE`, and waits to be killed.
//! Without the feature they do nothing.

/// Every point, in the order of a payment's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instant {
    IntentBeforeCommit,
    IntentCommitted,
    ProviderAnswered,
    AnswerCommitted,
    WebhookBeforeCommit,
    WebhookCommitted,
    StatusRead,
    StatusCommitted,
}

/// Where a test may kill the process.
#[cfg(not(feature = "failpoints"))]
pub(crate) fn here(_: Instant) {}

#[cfg(feature = "failpoints")]
pub(crate) fn here(instant: Instant) {
    let name = format!("{instant:?}");
    if std::env::var("PAYWITH_STOP_AT").ok().as_deref() != Some(&name) {
        return;
    }
    let file = std::env::var("PAYWITH_STOP_FILE").unwrap_or_default();
    if std::fs::write(&file, name).is_err() {
        tracing::error!(file, "the stop cannot be told");
    }
    loop {
        std::thread::park();
    }
}
