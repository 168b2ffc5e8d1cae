//! What the tabs of one browser send each other about one order. None of it proves anything: what a tab
//! does with a message is the tabs' conversation (`flow/tabs.rs`).

use crate::record::Record;
use paywith_protocol::PaymentId;

/// A message from one tab to the others with the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// Has anybody got this order open?
    Anybody,
    /// This is what I remember of it: sent when it changes, and as the answer to `Anybody`.
    Has(Record),
    /// The backend has just said that this payment still waits.
    Still {
        /// The payment.
        id: PaymentId,
        /// Milliseconds left, where it has a deadline.
        left_ms: Option<u64>,
    },
    /// Something about this payment has changed: look yourselves.
    Look {
        /// The payment.
        id: PaymentId,
    },
}
