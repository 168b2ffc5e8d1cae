//! Defects, planted around the backend: in what its storage does, in what reaches it, in how it is
//! configured. To it they look as if its own code were wrong, and the verdict must find each of them.

use paywith_merchant::Config;
use paywith_merchant::store::{ChangeReason, StoredPayment};
use paywith_protocol::{Review, Status};
use std::cell::Cell;
use std::time::Duration;

/// Every mutant, as a bug report would put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
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
    /// A forged webhook is trusted: here, forgers know the secrets.
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

thread_local! {
    static ACTIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
}

pub(super) fn is_on(mutant: Mutant) -> bool {
    ACTIVE.get() == Some(mutant)
}

/// Switches a mutant on in this thread, from now on.
pub(super) fn set(mutant: Option<Mutant>) {
    ACTIVE.set(mutant);
}

/// What the configuration becomes.
pub(super) fn configure(config: &mut Config) {
    if is_on(Mutant::ReadsUnbounded) {
        config.read_interval = Duration::ZERO;
    }
}

/// A change of a payment, as the storage carries it out.
pub(super) fn change(
    reason: ChangeReason,
    stored: &mut StoredPayment,
    mutation: impl FnOnce(&mut StoredPayment),
) {
    let before = stored.clone();
    if is_on(Mutant::ExpiryIsFinal) && before.status == Status::Expired {
        return;
    }
    let is_forgetful = is_on(Mutant::FailureOverwritesPaid) && before.status == Status::Paid;
    if is_forgetful && matches!(reason, ChangeReason::Read | ChangeReason::Webhook) {
        stored.status = Status::Pending;
    }
    mutation(stored);
    if is_forgetful && stored.status != Status::Failed {
        *stored = StoredPayment { next_check_ms: stored.next_check_ms, ..before };
    }
    match reason {
        ChangeReason::TimePassed if is_on(Mutant::TroubleIsFailed) => {
            stored.status = stored.status.merge(Status::Failed);
        }
        ChangeReason::GivenUp if is_on(Mutant::CancelOverwritesPaid) => {
            stored.status = Status::Canceled;
        }
        ChangeReason::Schedule if is_on(Mutant::SweepForgets) => stored.next_check_ms = None,
        _ => {}
    }
    let is_ignored = match stored.review {
        Some(Review::AmountMismatch) => is_on(Mutant::AmountNotCompared),
        Some(Review::PaidTwice) => is_on(Mutant::SecondMoneyNotSeen),
        Some(Review::Other) | None => false,
    };
    if is_ignored {
        (stored.review, stored.status) = (None, Status::Paid);
    }
}
