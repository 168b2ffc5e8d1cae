//! Cashi's two rules about amounts: how an order gets its unique total, and which order a
//! transfer pays. Pure; it knows no HTTP and no pictures.

use crate::details::Details;
use crate::ledger::{Ledger, Payment};
use crate::provider::{Provider, State};

/// At most this is added to the amount of the request.
const LARGEST_CODE: u64 = 99;

/// A total of `base` plus 1 to 99 that no open order asks for; `None` when all are taken. The
/// search starts at an arbitrary place, so that consecutive orders do not get neighbors.
pub(crate) fn unique_total(ledger: &Ledger, base: u64, start: u64) -> Option<u64> {
    let taken = |total: u64| {
        let mut open = ledger.of(Provider::Cashi).filter(|order| order.state() == State::Open);
        open.any(|order| order.money.units == total)
    };
    (0..LARGEST_CODE)
        .map(|step| base + 1 + (start % LARGEST_CODE + step) % LARGEST_CODE)
        .find(|total| !taken(*total))
}

/// The order that a transfer pays: the one whose code was scanned, if the amount is exactly its
/// total, even after it expired; else an open one with exactly this total. Any other transfer
/// matches nothing.
pub(crate) fn order_paid_by(ledger: &Ledger, payload: &str, amount: u64) -> Option<String> {
    let unpaid = |order: &&Payment| matches!(order.state(), State::Open | State::Expired);
    let exact =
        || ledger.of(Provider::Cashi).rev().filter(unpaid).filter(|o| o.money.units == amount);
    let scanned = exact().find(
        |order| matches!(&order.details, Details::Cashi(details) if details.payload == payload),
    );
    scanned
        .or_else(|| exact().find(|order| order.state() == State::Open))
        .map(|order| order.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details;
    use crate::money::Money;

    fn with_order(ledger: &mut Ledger, id: &str, total: u64, expires_ms: u64) {
        let money = Money::from_units(total, 0, "IDR").expect("an amount");
        let details = details::Cashi {
            payload: format!("code {id}"),
            base_rupiah: 0,
            page_code: String::new(),
        };
        let mut order = Payment::open(id.to_owned(), id.to_owned(), money, Details::Cashi(details));
        order.expires_ms = Some(expires_ms);
        ledger.add(order);
    }

    #[test]
    fn ninety_nine_open_orders_of_one_amount_differ_and_the_hundredth_finds_none() {
        let mut ledger = Ledger::default();
        for number in 0..99 {
            let total = unique_total(&ledger, 15_000, number * 7).expect("still free");
            assert!((15_001..=15_099).contains(&total));
            with_order(&mut ledger, &format!("o{number}"), total, u64::MAX);
        }
        assert_eq!(unique_total(&ledger, 15_000, 3), None);
        assert!(unique_total(&ledger, 15_050, 3).is_some_and(|total| total >= 15_100));
    }

    #[test]
    fn an_expired_order_frees_its_total() {
        let mut ledger = Ledger::default();
        with_order(&mut ledger, "old", 15_001, 0);
        assert_eq!(unique_total(&ledger, 15_000, 0), Some(15_001));
    }

    #[test]
    fn a_transfer_pays_the_scanned_order_or_the_open_one_with_its_total() {
        let mut ledger = Ledger::default();
        with_order(&mut ledger, "old", 15_001, 0);
        with_order(&mut ledger, "new", 15_001, u64::MAX);
        for (payload, amount, expected) in [
            ("code old", 15_001, Some("old")),
            ("code new", 15_001, Some("new")),
            ("code of someone else", 15_001, Some("new")),
            ("code new", 15_000, None),
            ("code old", 15_002, None),
        ] {
            let paid = order_paid_by(&ledger, payload, amount);
            assert_eq!(paid.as_deref(), expected, "{payload} {amount}");
        }
    }
}
