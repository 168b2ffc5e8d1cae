//! Who is waiting for which payment: the shoppers whose status call is held until something
//! changes.
//!
//! It knows ids and nothing about payments. A change wakes all who wait for its id; each of them
//! reads the change from the store. Start at [`Waiters::join`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How many payments without a waiter stay before they are cleaned up.
const MANY: usize = 1_000;
/// A pause between readings is prolonged by at most this fraction, so that the payments of a crowd
/// that came at once are not all read at once.
const LATE_PART: u32 = 4;
/// The golden ratio's fraction: the high digits of its multiples by 1, 2, 3 … are spread evenly,
/// however many there are.
const EVEN_STEP: u32 = 0x9E37_79B9;

/// The waiting shoppers of this process.
#[derive(Default)]
pub(crate) struct Waiters(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Payments with a waiter, and those whose next reading is not due yet: a shopper who asks
    /// again and again does not cause a reading each time.
    payments: HashMap<String, Awaited>,
    shoppers: usize,
    /// How many payments were left after the last cleanup.
    kept: usize,
    /// How many have joined since the start.
    joined: u32,
}

/// A payment that has a waiter, or had one a moment ago.
struct Awaited {
    changes: watch::Sender<()>,
    /// The provider is not read before this; one of the waiters reads it for all.
    next_reading: Instant,
}

/// One waiting shopper; dropping it leaves.
pub(crate) struct Waiter<'a> {
    waiters: &'a Waiters,
    id: &'a str,
    changes: watch::Receiver<()>,
    number: u32,
}

/// Whose turn it is to read a payment at its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The caller's.
    Mine,
    /// Nobody's before this.
    At(Instant),
}

impl Waiters {
    /// Waits for this payment from now on, so that no later change is missed; `None` if `most`
    /// shoppers are already waiting.
    pub(crate) fn join<'a>(&'a self, id: &'a str, most: usize) -> Option<Waiter<'a>> {
        let mut waiting = self.lock();
        if waiting.shoppers >= most {
            return None;
        }
        waiting.shoppers += 1;
        waiting.joined = waiting.joined.wrapping_add(1);
        let number = waiting.joined;
        waiting.forget();
        let fresh = || Awaited { changes: watch::Sender::new(()), next_reading: Instant::now() };
        let payment = waiting.payments.entry(id.to_owned()).or_insert_with(fresh);
        let changes = payment.changes.subscribe();
        Some(Waiter { waiters: self, id, changes, number })
    }

    /// The payment has changed: wakes all who wait for it.
    pub(crate) fn wake(&self, id: &str) {
        if let Some(payment) = self.lock().payments.get(id) {
            payment.changes.send_replace(());
        }
    }

    /// How many shoppers are waiting.
    pub(crate) fn shoppers(&self) -> usize {
        self.lock().shoppers
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Forgets payments without a waiter that are due, if there may be many of them.
    fn forget(&mut self) {
        if self.payments.len() > MANY.max(self.kept.saturating_mul(2)) {
            let now = Instant::now();
            let is_kept = |of: &Awaited| of.changes.receiver_count() > 0 || of.next_reading > now;
            self.payments.retain(|_, payment| is_kept(payment));
            self.kept = self.payments.len();
        }
    }
}

impl Waiter<'_> {
    /// Whether it is this waiter's turn to read the provider now. If so, it is nobody else's for a
    /// `pause`, or up to a quarter longer.
    pub(crate) fn turn(&self, pause: Duration) -> Turn {
        let now = Instant::now();
        let mut waiting = self.waiters.lock();
        match waiting.payments.get_mut(self.id) {
            Some(payment) if payment.next_reading <= now => {
                payment.next_reading = now + pause + self.share_of(pause / LATE_PART);
                Turn::Mine
            }
            Some(payment) => Turn::At(payment.next_reading),
            // It exists as long as it has a waiter.
            None => Turn::At(now + pause),
        }
    }

    /// A part of this time, different for each waiter and spread evenly.
    pub(crate) fn share_of(&self, time: Duration) -> Duration {
        let digits = self.number.wrapping_mul(EVEN_STEP) >> 16;
        (time / (1 << 16)).saturating_mul(digits)
    }

    /// Returns at the next change, or at once if there was one since the last call.
    pub(crate) async fn changed(&mut self) {
        // The sender outlives every waiter: an error is impossible, and would mean that there is
        // nothing to wait for.
        drop(self.changes.changed().await);
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        waiting.shoppers = waiting.shoppers.saturating_sub(1);
        // This waiter still counts.
        let is_done = waiting.payments.get(self.id).is_some_and(|payment| {
            payment.changes.receiver_count() <= 1 && payment.next_reading <= Instant::now()
        });
        if is_done {
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
        let waiters = Waiters::default();
        let (mut first, mut second) = (waiters.join("pay_1", 9), waiters.join("pay_1", 9));
        let mut other = waiters.join("pay_2", 9);
        waiters.wake("pay_1");
        waiters.wake("pay_unknown");
        assert!(is_woken(first.as_mut().expect("joined")).await);
        assert!(is_woken(second.as_mut().expect("joined")).await);
        assert!(!is_woken(first.as_mut().expect("joined")).await, "once per change");
        assert!(!is_woken(other.as_mut().expect("joined")).await);
    }

    #[test]
    fn nothing_is_kept_of_those_who_have_left() {
        let waiters = Waiters::default();
        let kept = || {
            let waiting = waiters.lock();
            (waiting.payments.len(), waiting.shoppers)
        };
        let (first, second) = (waiters.join("pay_1", 9), waiters.join("pay_1", 9));
        drop(first);
        assert_eq!(kept(), (1, 1));
        drop(second);
        assert_eq!(kept(), (0, 0));
    }

    #[test]
    fn one_of_those_who_wait_reads_for_all() {
        let waiters = Waiters::default();
        let (first, second) = (waiters.join("pay_1", 9), waiters.join("pay_1", 9));
        let (first, second) = (first.expect("joined"), second.expect("joined"));
        let long = Duration::from_secs(600);
        assert_eq!(first.turn(Duration::ZERO), Turn::Mine);
        assert_eq!(second.turn(long), Turn::Mine, "the pause is over");
        assert!(matches!(first.turn(long), Turn::At(_)));
        assert_eq!(first.turn(long), second.turn(long));
        assert_eq!(waiters.join("pay_2", 9).expect("joined").turn(long), Turn::Mine);
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_and_comes_again_does_not_shorten_the_pause() {
        let waiters = Waiters::default();
        let turn = || waiters.join("pay_1", 9).expect("joined").turn(Duration::from_secs(60));
        assert_eq!(turn(), Turn::Mine);
        let Turn::At(due) = turn() else { panic!("the pause has begun") };
        for _ in 0..3 {
            tokio::time::advance(Duration::from_secs(20) - Duration::from_millis(1)).await;
            assert_eq!(turn(), Turn::At(due));
        }
        tokio::time::advance(due - Instant::now()).await;
        assert_eq!(turn(), Turn::Mine);
    }

    #[tokio::test(start_paused = true)]
    async fn the_payments_of_a_crowd_are_not_read_again_all_at_once() {
        let waiters = Waiters::default();
        let mut counts = [0; 5];
        for number in 0..1_000 {
            let id = format!("pay_{number}");
            let waiter = waiters.join(&id, 9).expect("joined");
            assert_eq!(waiter.turn(Duration::from_secs(20)), Turn::Mine);
            let Turn::At(due) = waiter.turn(Duration::ZERO) else { panic!("it was just read") };
            let second = (due - Instant::now()).as_secs() - 20;
            counts[usize::try_from(second).expect("small")] += 1;
        }
        assert!(counts.iter().all(|count| (180..=220).contains(count)), "{counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_of_pauses_is_forgotten_when_they_are_over() {
        let waiters = Waiters::default();
        let come_and_go = |round: usize| {
            for number in 0..MANY {
                let id = format!("pay_{round}_{number}");
                let waiter = waiters.join(&id, 9).expect("joined");
                assert_eq!(waiter.turn(Duration::from_secs(60)), Turn::Mine);
            }
        };
        for round in 0..9 {
            come_and_go(round);
            tokio::time::advance(Duration::from_secs(75)).await;
            assert!(waiters.lock().payments.len() <= 2 * MANY);
        }
    }

    #[test]
    fn those_who_join_one_after_the_other_are_spread_evenly() {
        let waiters = Waiters::default();
        let ten = Duration::from_secs(10);
        let tenths = |_| waiters.join("pay_1", 9).expect("joined").share_of(ten).as_secs();
        let mut counts = [0; 10];
        for tenth in (0..1_000).map(tenths) {
            counts[usize::try_from(tenth).expect("small")] += 1;
        }
        assert!(counts.iter().all(|count| (90..=110).contains(count)), "{counts:?}");
    }

    #[test]
    fn no_more_wait_than_may() {
        let waiters = Waiters::default();
        let (first, second) = (waiters.join("pay_1", 2), waiters.join("pay_2", 2));
        assert!(first.is_some() && second.is_some());
        assert!(waiters.join("pay_1", 2).is_none() && waiters.join("pay_3", 2).is_none());
        drop(first);
        assert!(waiters.join("pay_3", 2).is_some());
        assert!(waiters.join("pay_3", 0).is_none());
    }
}
