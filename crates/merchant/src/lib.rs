//! The Paywith reference merchant backend.
//!
//! It knows what an order costs, calls the four providers with the merchant's own keys, stores
//! their answers, and reports a payment's status to the widget. It deliberately knows neither the
//! checkout machine nor the widget. Start at [`open`], then `pay`.
//!
//! `store` is the database.
//!
//! # Example
//!
//! Most shops use it as a program. With simulated providers, without an account:
//!
//! ```sh
//! paywith-sandbox &
//! paywith-merchant --demo
//! paywith-doctor http://127.0.0.1:8090/api --order TOKEN --provider cashi
//! ```
//!
//! Your own program makes a [`Config`], calls [`open`], and passes the router of the [`Backend`] to
//! [`serve()`].
//!
//! # Units
//!
//! Prices are decimals in major units (`paywith_protocol::Decimal`) until a provider's client
//! converts them, exactly, to the provider's units. Durations whose names end in `_ms` are
//! milliseconds.
//!
//! # Errors
//!
//! [`ConfigError`] names the setting and its allowed values; [`StartError`] says why the backend
//! cannot start. Over HTTP every error is a problem document (RFC 9457) with a code from
//! `paywith_protocol::code` and `retryable`.

pub mod check;
mod clients;
mod clock;
pub mod config;
mod crash;
mod ids;
mod json;
mod limits;
mod metrics;
mod mutants;
mod notify;
mod order_lookup;
mod orders;
mod pay;
mod picture;
mod routes;
mod sanitize;
mod serve;
#[cfg(test)]
mod simulation;
mod stop;
mod store;
pub mod support;
mod waiters;
mod webhooks;

use clients::Clients;
pub use config::{Config, ConfigError, Database};
pub use orders::{Order, OrderExtras};
pub use serve::serve;
use std::fmt;
use std::sync::{Arc, Weak};
pub use stop::Stop;
use store::Store;
use tokio::sync::mpsc;

/// Everything that a request may use.
pub(crate) struct Shop {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clients: Clients,
    pub(crate) locks: pay::Locks,
    pub(crate) reads: pay::Reads,
    pub(crate) waiters: waiters::Waiters,
    pub(crate) limits: limits::Limits,
    pub(crate) metrics: metrics::Metrics,
    pub(crate) unusable: webhooks::Unusable,
    pub(crate) stop: Stop,
}

impl Shop {
    pub(crate) fn new(config: Config, store: Arc<dyn Store>, clients: Clients) -> Shop {
        let (locks, waiters) = (pay::Locks::default(), waiters::Waiters::default());
        let limits = limits::Limits::new(&config.rate_limit);
        let reads = pay::Reads::new(config.provider_reads);
        let (metrics, stop) = (metrics::Metrics::default(), Stop::new());
        let unusable = webhooks::Unusable::default();
        Shop { config, store, clients, locks, reads, waiters, limits, metrics, unusable, stop }
    }

    /// Records a webhook that cannot be used, so that the merchant sees why.
    pub(crate) fn cannot_use(&self, provider: &'static str, reason: webhooks::Reason) {
        tracing::warn!(provider, reason = reason.as_str(), "a webhook cannot be used");
        self.metrics.webhook(provider, reason.as_str());
        self.unusable.add(provider, reason);
    }
}

/// A backend that can be stopped gracefully.
pub struct Backend {
    /// All routes.
    pub router: axum::Router,
    /// Answers held calls before the process ends.
    pub stop: Stop,
}

/// Why the backend cannot start.
#[derive(Debug)]
pub enum StartError {
    /// The database cannot be opened or brought up to date.
    Database(String),
    /// The HTTP client cannot be set up.
    Client(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Database(error) => {
                write!(formatter, "configuration `database`: it cannot be opened: {error}")
            }
            StartError::Client(error) => write!(formatter, "the HTTP client: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// Opens the database and puts the routes together.
///
/// # Errors
/// When the database cannot be opened, or the HTTP client cannot be set up.
pub async fn open(config: Config) -> Result<Backend, StartError> {
    let failed = |error: &dyn fmt::Display| StartError::Database(error.to_string());
    let store = store::open(&config.database).await.map_err(|error| failed(&error))?;
    store.end_claims_of_before().await.map_err(|error| failed(&error))?;
    let clients = Clients::new(&config).map_err(StartError::Client)?;
    let shop = Arc::new(Shop::new(config, store, clients));
    pay::start_sweeping(&shop);
    notify::start(&shop);
    if let Some(told) = shop.store.notifications().await.map_err(|error| failed(&error))? {
        tokio::spawn(wake_all_told(Arc::downgrade(&shop), told));
    }
    let stop = shop.stop.clone();
    Ok(Backend { router: routes::router(shop), stop })
}

/// Shoppers who wait here are woken by changes in other processes.
async fn wake_all_told(shop: Weak<Shop>, mut told: mpsc::Receiver<String>) {
    while let Some(id) = told.recv().await {
        let Some(shop) = shop.upgrade() else { return };
        shop.waiters.wake(&id);
    }
}

/// The same without a way to stop it: held status calls run to their end.
///
/// # Errors
/// Those of [`open`].
pub async fn build(config: Config) -> Result<axum::Router, StartError> {
    open(config).await.map(|backend| backend.router)
}
