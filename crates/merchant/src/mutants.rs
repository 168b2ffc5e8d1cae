//! Mutants: bugs that the simulation switches on to check that it finds each of them. Only in the
//! crate's own unit tests: in every other build [`is_on`] is `false`, and the mutants do not exist.

/// Every mutant, as a bug report would put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// Trouble at a provider is treated as a declined payment.
    TroubleIsFailed,
    /// A late failure undoes a paid payment.
    FailureOverwritesPaid,
    /// A shopper's cancel undoes a paid payment.
    CancelOverwritesPaid,
    /// Money after the deadline is ignored.
    ExpiryIsFinal,
    /// Any amount counts as paid.
    AmountNotCompared,
    /// Two payments of one order are both paid.
    SecondMoneyNotSeen,
    /// The code is disclosed before it is on the disk.
    DisclosedBeforeCommit,
    /// Two processes create payments for one order at once.
    ClaimIgnored,
    /// A fresh key gets a second code while another is still live.
    LivePaymentNotSeen,
    /// An unsigned webhook is trusted.
    UnsignedWebhookBelieved,
    /// A webhook is answered before it is stored.
    WebhookNotStored,
    /// The background reads a payment once and never again.
    SweepForgets,
    /// A replaced payment is no longer read.
    SupersededForgotten,
    /// Every status call from a browser becomes a call to the provider.
    ReadsUnbounded,
}

#[cfg(not(test))]
pub(crate) const fn is_on(_: Mutant) -> bool {
    false
}

#[cfg(test)]
thread_local! {
    static ACTIVE: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

#[cfg(test)]
pub(crate) fn is_on(mutant: Mutant) -> bool {
    ACTIVE.get() == Some(mutant)
}

/// Switches a mutant on in this thread, from now on.
#[cfg(test)]
pub(crate) fn set(mutant: Option<Mutant>) {
    ACTIVE.set(mutant);
}
