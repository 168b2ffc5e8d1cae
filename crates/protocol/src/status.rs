//! The closed vocabularies of the contract: status and review reason.

use serde::{Serialize, Serializer};

/// The state of a payment, as the contract names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waiting for the shopper, or not known yet.
    Pending,
    /// Money is on its way, or a person must review it.
    Processing,
    /// Verified by asking the provider. Only `Refunded` may follow.
    Paid,
    /// The provider declined it. May still become `Paid`.
    Failed,
    /// Canceled by the shopper. May still become `Paid`.
    Canceled,
    /// Its time ran out. May still become `Paid`.
    Expired,
    /// Paid, then refunded.
    Refunded,
}

impl Status {
    /// All seven, in the order of a payment's life.
    pub const ALL: [Status; 7] = [
        Status::Pending,
        Status::Processing,
        Status::Paid,
        Status::Failed,
        Status::Canceled,
        Status::Expired,
        Status::Refunded,
    ];

    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Processing => "processing",
            Status::Paid => "paid",
            Status::Failed => "failed",
            Status::Canceled => "canceled",
            Status::Expired => "expired",
            Status::Refunded => "refunded",
        }
    }

    /// Reads a word of the contract, in any case. **An unknown word is `Pending`**: never a
    /// failure and never a success.
    pub fn parse(word: &str) -> Status {
        let known =
            Status::ALL.into_iter().find(|status| word.eq_ignore_ascii_case(status.as_str()));
        known.unwrap_or(Status::Pending)
    }

    /// Combines the known status with a newer reading: `Paid` absorbs everything except
    /// `Refunded`, and `Refunded` absorbs everything.
    #[must_use]
    pub fn merge(self, next: Status) -> Status {
        match (self, next) {
            (Status::Refunded, _) => Status::Refunded,
            (Status::Paid, Status::Refunded) => Status::Refunded,
            (Status::Paid, _) => Status::Paid,
            (_, next) => next,
        }
    }

    /// Whether the shopper can still pay it.
    pub fn is_open(self) -> bool {
        match self {
            Status::Pending | Status::Processing => true,
            Status::Paid
            | Status::Failed
            | Status::Canceled
            | Status::Expired
            | Status::Refunded => false,
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Money came that a person must look at; the status is then `processing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Review {
    /// The settled amount is not the amount that was asked for.
    AmountMismatch,
    /// A second payment of an order that was paid already.
    PaidTwice,
    /// A reason this version does not know.
    Other,
}

impl Review {
    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Review::AmountMismatch => "amount_mismatch",
            Review::PaidTwice => "paid_twice",
            Review::Other => "other",
        }
    }

    /// Reads a review reason; an unknown one is [`Review::Other`], so that a person still looks.
    pub fn parse(word: &str) -> Review {
        match word {
            "amount_mismatch" => Review::AmountMismatch,
            "paid_twice" => Review::PaidTwice,
            _ => Review::Other,
        }
    }
}

impl Serialize for Review {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_in_any_case() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), status);
            assert_eq!(Status::parse(&status.as_str().to_uppercase()), status);
        }
    }

    #[test]
    fn an_unknown_word_is_pending() {
        for word in ["", "REVIEWING", "success", "PAID!", "paıd", "cancelled", "null"] {
            assert_eq!(Status::parse(word), Status::Pending, "{word:?}");
        }
    }

    #[test]
    fn paid_is_left_for_refunded_only_and_refunded_never() {
        for next in Status::ALL {
            let expected = if next == Status::Refunded { Status::Refunded } else { Status::Paid };
            assert_eq!(Status::Paid.merge(next), expected, "{next:?}");
            assert_eq!(Status::Refunded.merge(next), Status::Refunded, "{next:?}");
        }
        for before in [Status::Failed, Status::Canceled, Status::Expired, Status::Pending] {
            assert_eq!(before.merge(Status::Paid), Status::Paid, "{before:?}");
        }
    }
}
