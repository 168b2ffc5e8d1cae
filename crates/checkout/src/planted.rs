//! Defects that the simulation plants, to see that it finds each. Only in the crate's own unit
//! tests: in every other build [`is_on`] is `false`, and the defects are not there.

/// Every defect, as a person would report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(test), allow(dead_code, reason = "some are planted in the simulated world"))]
pub(crate) enum Defect {
    /// A word that nobody knows is taken for success.
    UnknownWordPaid,
    /// A late failure takes a paid payment back.
    FailureOverwritesPaid,
    /// A retry of a lost call asks for another payment.
    NewKeyOnRetry,
    /// The attempt is not remembered, and a reload begins a second one.
    SecondCreateAfterReload,
    /// What another tab says is shown as success.
    MirroredPaidBelieved,
    /// What the create answer says is shown as success.
    CreateAnswerBelieved,
    /// The countdown stands still while the device sleeps.
    CountdownByTicks,
    /// One failed call ends the asking.
    LoopDies,
    /// A call without an answer is shown as a declined payment.
    TroubleIsFailed,
    /// Nobody looks at an expired payment again.
    ExpiryIsFinal,
    /// Nobody looks at a replaced payment again.
    ReplacedForgotten,
    /// A hidden page goes on asking.
    HiddenPageAsks,
    /// The server asks for a pause and gets none.
    PauseIgnored,
    /// Every tab asks for itself.
    FollowersAsk,
    /// Coming back to the page asks nothing.
    WakeIgnored,
    /// The half-second tick draws the countdown anew by the clock, and the machine hears nothing of it.
    TickOnlyRedraws,
    /// The page is told of one payment twice.
    PaidToldTwice,
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
