//! The conversations: one file each, strangers to each other. A flow reads the checkout, keeps its own
//! data, and says which [`Transition`](crate::transition::Transition) follows; where another conversation
//! goes on, it answers [`Next`], and `step.rs`, which alone knows them all, hands over.

pub(crate) mod create;
pub(crate) mod dialog;
pub(crate) mod load;
pub(crate) mod popup;
pub(crate) mod qr;
pub(crate) mod shopper;
pub(crate) mod status;
pub(crate) mod success;
pub(crate) mod tabs;
pub(crate) mod time;

use paywith_protocol::{PaymentId, Provider};

/// What follows in another conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Next {
    /// Nothing.
    Done,
    /// What another tab has begun goes on in this one.
    ContinueHere,
    /// What another tab has stored goes on; else a payment begins with this provider.
    JoinOrStart(Provider),
    /// What another tab has stored goes on; else a new payment takes the place of the ended one.
    JoinOrRenew(Provider),
    /// The backend knows no such payment: whatever else may be shown is looked for.
    NotFound(PaymentId),
}
