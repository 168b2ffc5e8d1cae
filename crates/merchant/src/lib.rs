//! The Paywith reference merchant backend.
//!
//! It knows what an order costs, calls the four providers with the merchant's own keys, stores
//! their answers, and reports a payment's status to the widget. It deliberately knows neither the
//! checkout machine nor the widget. The README names an order to read it in.
//!
//! # Example
//!
//! Most shops use it as a program. With simulated providers, without an account:
//!
//! ```sh
//! paywith-sandbox &
//! paywith-merchant --demo
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

mod background;
pub mod check;
pub mod clients;
pub mod config;
mod crash;
pub mod environment;
mod ids;
mod json;
mod limits;
mod metrics;
mod notify;
mod order_lookup;
mod orders;
mod pay;
pub mod routes;
mod sanitize;
mod serve;
mod stop;
pub mod store;
pub mod support;
mod waiters;
mod webhooks;

pub use background::Background;
use clients::{Clients, ProviderClient, Webhooks};
pub use config::{Config, ConfigError, Database};
use environment::{Environment, Randomness};
pub use metrics::Metrics;
pub use orders::{Customer, Order, OrderExtras};
use paywith_protocol::Provider;
pub use serve::serve;
use std::fmt;
use std::sync::Arc;
pub use stop::Stop;
use store::{Store, StoreError};

/// What a backend is put together from, besides its configuration. Change a part before
/// [`assemble`], to add a provider or to bring your own storage.
pub struct Parts {
    /// Time, randomness, network.
    pub environment: Environment,
    /// Where payments are stored.
    pub store: Arc<dyn Store>,
    /// The providers.
    pub clients: Vec<Box<dyn ProviderClient>>,
    /// What is counted.
    pub metrics: Metrics,
}

impl Parts {
    /// The parts that the configuration names, on this machine. Opens the database.
    ///
    /// # Errors
    /// When the database cannot be opened, or the HTTP client cannot be set up.
    pub async fn of(config: &Config) -> Result<Parts, StartError> {
        let environment = Environment::of_this_machine(config.provider_deadline);
        let environment = environment.map_err(StartError::Client)?;
        let metrics = Metrics::default();
        let clock = environment.clock.clone();
        let store = store::open(&config.database, clock, metrics.clone()).await?;
        Ok(Parts { environment, store, clients: clients::configured(config), metrics })
    }
}

/// Everything that a request may use.
pub(crate) struct Shop {
    pub(crate) config: Config,
    pub(crate) environment: Environment,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clients: Clients,
    pub(crate) locks: pay::Locks,
    pub(crate) reads: pay::Reads,
    pub(crate) waiters: waiters::Waiters,
    pub(crate) limits: limits::Limits,
    pub(crate) metrics: Metrics,
    pub(crate) unusable: webhooks::Unusable,
    pub(crate) stop: Stop,
}

impl Shop {
    pub(crate) fn new(config: Config, parts: Parts) -> Shop {
        let Parts { environment, store, clients, metrics } = parts;
        Shop {
            store,
            clients: Clients::new(clients, &environment.transport),
            locks: pay::Locks::default(),
            reads: pay::Reads::new(config.provider_reads),
            waiters: waiters::Waiters::default(),
            limits: limits::Limits::new(&config.rate_limit),
            metrics,
            unusable: webhooks::Unusable::default(),
            stop: Stop::new(),
            environment,
            config,
        }
    }

    /// Milliseconds since 1970 in UTC.
    pub(crate) fn now_ms(&self) -> i64 {
        self.environment.clock.now_ms()
    }

    pub(crate) fn randomness(&self) -> &dyn Randomness {
        &*self.environment.randomness
    }

    /// Where this provider's webhooks come to, if the shop wants them.
    pub(crate) fn webhooks(&self, provider: Provider) -> Webhooks {
        let client = self.clients.of(provider).filter(|_| self.config.webhooks);
        client.map_or(Webhooks::None, ProviderClient::webhooks)
    }

    /// Records a webhook that cannot be used, so that the merchant sees why.
    pub(crate) fn cannot_use(&self, provider: &'static str, reason: webhooks::Reason) {
        tracing::warn!(provider, reason = reason.as_str(), "a webhook cannot be used");
        self.metrics.webhook(provider, reason.as_str());
        self.unusable.add(provider, reason, self.now_ms());
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
    Database(StoreError),
    /// The HTTP client cannot be set up.
    Client(String),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> StartError {
        StartError::Database(error)
    }
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

/// Opens the database, puts the routes together, and begins to work in the background.
///
/// # Errors
/// When the database cannot be opened, or the HTTP client cannot be set up.
pub async fn open(config: Config) -> Result<Backend, StartError> {
    let parts = Parts::of(&config).await?;
    parts.store.end_claims_of_before().await?;
    let (backend, background) = assemble(config, parts);
    background.start().await?;
    Ok(backend)
}

/// Puts a backend together from its parts. Nothing happens in the background until you start it.
#[must_use]
pub fn assemble(config: Config, parts: Parts) -> (Backend, Background) {
    let shop = Arc::new(Shop::new(config, parts));
    let background = Background::of(&shop);
    let stop = shop.stop.clone();
    (Backend { router: routes::router(shop), stop }, background)
}

/// The router of [`open`] without a way to stop it: held status calls run to their end.
///
/// # Errors
/// Those of [`open`].
pub async fn build(config: Config) -> Result<axum::Router, StartError> {
    open(config).await.map(|backend| backend.router)
}
