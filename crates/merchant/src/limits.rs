//! How often one caller may make requests, and how often one order may be attempted.
//!
//! It knows neither HTTP nor addresses: a key is a number. `paywith-rate-limit` has the buckets.

use crate::config::RateLimits;
use paywith_rate_limit::Buckets;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// The limits of this process.
pub(crate) struct Limits {
    begun: Instant,
    hasher: RandomState,
    /// One client's calls that may cause work for the shop or a provider.
    clients: Buckets,
    /// One client's status reads.
    readers: Buckets,
    /// Creates of one order.
    orders: Buckets,
    /// One client's wrong passwords.
    guesses: Buckets,
}

impl Limits {
    pub(crate) fn new(rates: &RateLimits) -> Limits {
        Limits {
            begun: Instant::now(),
            hasher: RandomState::new(),
            clients: Buckets::new(rates.per_client, 4),
            readers: Buckets::new(rates.status_per_client, 4),
            orders: Buckets::new(rates.per_order, 5),
            guesses: Buckets::new(1, 10),
        }
    }

    /// A client makes a call; the error is the time after which it may.
    pub(crate) fn client(&self, key: u64) -> Result<(), Duration> {
        self.clients.take(key, self.now_us())
    }

    /// A client reads a status.
    pub(crate) fn reader(&self, key: u64) -> Result<(), Duration> {
        self.readers.take(key, self.now_us())
    }

    /// Somebody tries to pay an order.
    pub(crate) fn order(&self, order_id: &str) -> Result<(), Duration> {
        self.orders.take(self.hasher.hash_one(order_id), self.now_us())
    }

    /// Whether a client may try a password.
    pub(crate) fn may_guess(&self, key: u64) -> Result<(), Duration> {
        self.guesses.look(key, self.now_us())
    }

    /// The password was wrong. Correct ones cost nothing.
    pub(crate) fn guessed(&self, key: u64) {
        // Since the check, another password from this client may also have been wrong.
        self.guesses.take(key, self.now_us()).unwrap_or_default();
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
