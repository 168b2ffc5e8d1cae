//! Mutants: bugs that the simulation switches on to check that it finds each. Only in the crate's own unit
//! tests: in every other build [`is_on`] is `false`, and the mutants do not exist.

/// Every mutant, as a bug report would put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A provider in trouble is taken for a declined payment.
    TroubleIsFailed,
    /// A late failure takes a paid payment back.
    FailureOverwritesPaid,
    /// A shopper's cancel takes a paid payment back.
    CancelOverwritesPaid,
    /// Money after the deadline is not looked at.
    ExpiryIsFinal,
    /// Any amount pays.
    AmountNotCompared,
    /// Two payments of one order are both paid.
    SecondMoneyNotSeen,
    /// The code leaves before it is on the disk.
    DisclosedBeforeCommit,
    /// Two processes create for one order at once.
    ClaimIgnored,
    /// A fresh key gets a second code beside a live one.
    LivePaymentNotSeen,
    /// An unsigned webhook is trusted.
    UnsignedWebhookBelieved,
    /// A webhook is answered before it is stored.
    WebhookNotStored,
    /// A payment is read once by itself and never again.
    SweepForgets,
    /// A replaced payment is not read any more.
    SupersededForgotten,
    /// Every browser's question becomes a question to the provider.
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

/// From now on in this thread.
#[cfg(test)]
pub(crate) fn set(mutant: Option<Mutant>) {
    ACTIVE.set(mutant);
}
