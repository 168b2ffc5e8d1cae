//! What the tabs of one browser send each other about one order. None of it proves anything: what a tab
//! does with a message is the tabs' conversation (`flow/tabs.rs`).

use crate::record::Record;
use paywith_protocol::PaymentId;

/// A message from one tab to the others with the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// Which tabs have this order open?
    WhoHasIt,
    /// The sender's record of the order: sent when it changes, and in reply to `WhoHasIt`.
    HasRecord(Record),
    /// The backend has just answered that this payment is still pending.
    StillPending {
        /// The payment.
        id: PaymentId,
        /// Milliseconds left, where it has a deadline.
        left_ms: Option<u64>,
    },
    /// The status of this payment has changed: each tab fetches it for itself.
    StatusChanged {
        /// The payment.
        id: PaymentId,
    },
}
