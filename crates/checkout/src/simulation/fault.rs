//! What can go wrong in a scenario. Each is counted: a fault that never happens tests nothing.

use paywith_protocol::Provider;

macro_rules! faults {
    ($($(#[doc = $words:literal])* $fault:ident),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Fault { $($(#[doc = $words])* $fault),+ }

        impl Fault {
            pub(super) const ALL: &'static [Fault] = &[$(Fault::$fault),+];
        }
    };
}

faults! {
    /// The request never arrives.
    RequestLost,
    /// The request is carried out, its answer never arrives.
    AnswerLost,
    /// Nothing comes, not even an error.
    Hang,
    /// The request arrives twice.
    Duplicate,
    /// Up to twelve seconds each way.
    Slow,
    /// A later question is answered before an earlier one.
    Reordered,
    /// The server breaks for a while: 5xx.
    Breakdown,
    /// 429 with `Retry-After`.
    TooMany,
    /// A page instead of JSON.
    Html,
    /// Half an answer.
    Truncated,
    /// A waiting call is cut off on its way.
    WaitCut,
    /// No network at all, for a while.
    Offline,
    /// The device's clock is set on.
    ClockAhead,
    /// The device's clock is set back.
    ClockBack,
    /// There is no monotonic clock.
    StandsStill,
    /// The device sleeps, and the page was hidden before.
    SleepAfterHiding,
    /// The device sleeps in the middle of everything.
    SleepAtOnce,
    /// The dialog with the code is closed.
    Dismissed,
    /// The page is hidden.
    Hidden,
    /// A hidden page is frozen.
    Frozen,
    /// The page is loaded anew.
    Reload,
    /// The page comes back out of the back/forward cache.
    BackForward,
    /// The shopper comes back by the browser's own button to a page that is loaded anew.
    BackWithoutCache,
    /// Two presses at once.
    DoublePress,
    /// Another tab with the same order.
    SecondTab,
    /// Both tabs are started in the same moment.
    StartedTwice,
    /// A tab is closed.
    TabClosed,
    /// Tabs do not hear each other.
    ChannelLost,
    /// Locks are not there: a lease in the storage is.
    NoLocks,
    /// Storage is denied.
    StorageDenied,
    /// Storage is full.
    StorageFull,
    /// The shopper comes back in another browser.
    OtherBrowser,
    /// Somebody types an address that says it is paid.
    ForgedReturn,
    /// The browser opens no window.
    WindowBlocked,
    /// The shopper closes the window.
    WindowClosed,
    /// A saved code is paid after its time.
    PaidLate,
    /// A replaced code is paid.
    ReplacedPaid,
    /// The payment is declined.
    Declined,
    /// The provider says failed after paid.
    FailedAfterPaid,
    /// Money that somebody must look at.
    Review,
    /// Given back.
    Refunded,
    /// A status that does not exist.
    StrangeWord,
    /// The shopper gives up while the payment is being made.
    GivenUp,
}

/// The ways to pay in these scenarios.
pub(super) const PROVIDERS: [Provider; 3] = [Provider::Cashi, Provider::Kashier, Provider::CashPay];
