//! What is shown about one payment, name by name.

use super::Dossier;
use crate::environment::rfc3339;
use crate::store::{Creation, StoredPayment};
use crate::support::provider_facts;
use paywith_protocol::Review;

/// A time as people read it: `2026-11-20 07:35:00`.
pub(super) fn time(at_ms: i64) -> String {
    rfc3339(at_ms).replace('T', " ").replace('Z', "")
}

/// Why a person must review it, and what to do.
pub(super) fn advice(review: Review) -> &'static str {
    match review {
        Review::AmountMismatch => {
            "Money came, but not the amount that was asked for. Compare it with the provider's \
             list; ship, or refund it at the provider."
        }
        Review::PaidTwice => {
            "The order has its money from another payment, too. Refund one of them at the provider."
        }
        Review::Other => "Money came in a way that this version does not know. Ask the provider.",
    }
}

/// Names and values, in the order in which people look for them.
pub(super) fn of(dossier: &Dossier) -> Vec<(&'static str, String)> {
    let payment = &dossier.payment;
    let mut facts = vec![
        ("Payment", payment.id.clone()),
        ("Order", payment.order_id.clone()),
        ("Provider", payment.provider.name().to_owned()),
        ("Its id there", there(payment)),
        ("Our reference there", payment.provider_order.clone()),
        ("Price", payment.price.to_string()),
        ("To be paid", payment.amount.to_string()),
        ("Made", time(payment.created_ms)),
    ];
    facts.extend(provider_facts(payment));
    let times = [
        ("Could be paid till", payment.expires_ms),
        ("Money seen", payment.paid_ms),
        ("Read again", payment.next_check_ms),
    ];
    facts.extend(times.into_iter().filter_map(|(name, at_ms)| Some((name, time(at_ms?)))));
    let texts = [
        ("Replaced by", &payment.superseded_by),
        ("Hosted page", &payment.redirect_url),
        ("Page beside the code", &payment.checkout_url),
        ("What the code says", &payment.qr_payload),
        ("The shopper returns to", &payment.return_url),
    ];
    facts.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))));
    facts
}

fn there(payment: &StoredPayment) -> String {
    match &payment.creation {
        Creation::Made { provider_payment } => provider_payment.clone(),
        Creation::Refused => "none: the provider refused, or its answer was not safe".to_owned(),
        Creation::Unknown => "not known: no answer came. Look for our reference there".to_owned(),
    }
}
