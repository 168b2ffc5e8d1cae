//! Who waits for which payment: the shoppers whose status call is held until something changes.
//!
//! It knows ids and nothing about payments. A change is told to all who wait for its id; what the
//! change was, each of them reads in the store. Start at [`Wakes::join`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The waiting shoppers of this process.
#[derive(Default)]
pub(crate) struct Wakes(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Only payments that somebody waits for.
    payments: HashMap<String, Awaited>,
    shoppers: usize,
}

/// A payment that somebody waits for.
struct Awaited {
    changes: watch::Sender<()>,
    /// Before this nobody reads it at its provider again; one of those who wait does it for all.
    next_reading: Instant,
}

/// One shopper who waits; dropping it is leaving.
pub(crate) struct Waiter<'a> {
    wakes: &'a Wakes,
    id: &'a str,
    changes: watch::Receiver<()>,
}

impl Wakes {
    /// Waits for this payment from now on, so that no later change is missed; `None` where `most`
    /// shoppers wait already.
    pub(crate) fn join<'a>(&'a self, id: &'a str, most: usize) -> Option<Waiter<'a>> {
        let mut waiting = self.lock();
        if waiting.shoppers >= most {
            return None;
        }
        waiting.shoppers += 1;
        let fresh = || Awaited { changes: watch::Sender::new(()), next_reading: Instant::now() };
        let payment = waiting.payments.entry(id.to_owned()).or_insert_with(fresh);
        let changes = payment.changes.subscribe();
        Some(Waiter { wakes: self, id, changes })
    }

    /// The payment has changed: all who wait for it are woken.
    pub(crate) fn wake(&self, id: &str) {
        if let Some(payment) = self.lock().payments.get(id) {
            payment.changes.send_replace(());
        }
    }

    /// How many shoppers wait.
    pub(crate) fn shoppers(&self) -> usize {
        self.lock().shoppers
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter<'_> {
    /// Whether this one is to read the payment at its provider now. Then nobody else is, for a
    /// `pause`.
    pub(crate) fn is_reader(&self, pause: Duration) -> bool {
        let now = Instant::now();
        let mut waiting = self.wakes.lock();
        let due = waiting.payments.get_mut(self.id).filter(|payment| payment.next_reading <= now);
        due.map(|payment| payment.next_reading = now + pause).is_some()
    }

    /// Returns at the next change, at once when one has come since the last call.
    pub(crate) async fn changed(&mut self) {
        // The sender outlives every waiter: an error cannot be, and would mean nothing to wait for.
        drop(self.changes.changed().await);
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiting = self.wakes.lock();
        waiting.shoppers = waiting.shoppers.saturating_sub(1);
        // This one still counts.
        let is_last = waiting
            .payments
            .get(self.id)
            .is_some_and(|payment| payment.changes.receiver_count() <= 1);
        if is_last {
            waiting.payments.remove(self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn is_woken(waiter: &mut Waiter<'_>) -> bool {
        tokio::time::timeout(Duration::from_millis(20), waiter.changed()).await.is_ok()
    }

    #[tokio::test]
    async fn a_change_wakes_all_who_wait_for_that_payment_and_nobody_else() {
        let wakes = Wakes::default();
        let (mut first, mut second) = (wakes.join("pay_1", 9), wakes.join("pay_1", 9));
        let mut other = wakes.join("pay_2", 9);
        wakes.wake("pay_1");
        wakes.wake("pay_unknown");
        assert!(is_woken(first.as_mut().expect("joined")).await);
        assert!(is_woken(second.as_mut().expect("joined")).await);
        assert!(!is_woken(first.as_mut().expect("joined")).await, "once per change");
        assert!(!is_woken(other.as_mut().expect("joined")).await);
    }

    #[test]
    fn nothing_is_kept_of_those_who_have_left() {
        let wakes = Wakes::default();
        let kept = || {
            let waiting = wakes.lock();
            (waiting.payments.len(), waiting.shoppers)
        };
        let (first, second) = (wakes.join("pay_1", 9), wakes.join("pay_1", 9));
        drop(first);
        assert_eq!(kept(), (1, 1));
        drop(second);
        assert_eq!(kept(), (0, 0));
    }

    #[test]
    fn one_of_those_who_wait_reads_for_all() {
        let wakes = Wakes::default();
        let (first, second) = (wakes.join("pay_1", 9), wakes.join("pay_1", 9));
        let (first, second) = (first.expect("joined"), second.expect("joined"));
        let long = Duration::from_secs(600);
        assert!(first.is_reader(Duration::ZERO));
        assert!(second.is_reader(long), "the pause is over");
        assert!(!first.is_reader(long) && !second.is_reader(long));
        assert!(wakes.join("pay_2", 9).expect("joined").is_reader(long));
    }

    #[test]
    fn no_more_wait_than_may() {
        let wakes = Wakes::default();
        let (first, second) = (wakes.join("pay_1", 2), wakes.join("pay_2", 2));
        assert!(first.is_some() && second.is_some());
        assert!(wakes.join("pay_1", 2).is_none() && wakes.join("pay_3", 2).is_none());
        drop(first);
        assert!(wakes.join("pay_3", 2).is_some());
        assert!(wakes.join("pay_3", 0).is_none());
    }
}
