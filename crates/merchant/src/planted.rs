//! Defects that the simulation plants, to see that it finds each. Only in the crate's own unit
//! tests: in every other build [`is_on`] is `false`, and the defects are not there.

/// Every defect, as a person would report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
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
    /// Anybody's post is believed.
    UnsignedPostBelieved,
    /// A post is answered before it is kept.
    PostNotKept,
    /// A payment is read once by itself and never again.
    SweepForgets,
    /// A replaced payment is not read any more.
    SupersededForgotten,
    /// Every browser's question becomes a question to the provider.
    ReadsUnbounded,
}

#[cfg(not(test))]
pub(crate) const fn is_on(_: Defect) -> bool {
    false
}

#[cfg(test)]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Defect>> = const { std::cell::Cell::new(None) };
}

#[cfg(test)]
pub(crate) fn is_on(defect: Defect) -> bool {
    PLANTED.get() == Some(defect)
}

/// From now on in this thread.
#[cfg(test)]
pub(crate) fn plant(defect: Option<Defect>) {
    PLANTED.set(defect);
}
