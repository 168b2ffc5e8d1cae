//! The Paywith reference merchant backend.
//!
//! It knows what an order costs, asks the four providers with the merchant's own keys, keeps what
//! they say, and tells the widget the truth about a payment. It deliberately knows neither the
//! checkout machine nor the widget. Start at [`build`], then `pay`.
//!
//! The database is `store`'s matter.

pub mod check;
mod clients;
mod clock;
pub mod config;
mod crash;
pub mod desk;
pub mod doctor;
mod ids;
mod lookup;
mod notify;
mod orders;
mod pay;
mod picture;
mod planted;
mod routes;
#[cfg(test)]
mod simulation;
mod store;
mod webhooks;

use clients::Clients;
pub use config::{Config, ConfigError, Database};
pub use orders::Order;
use std::fmt;
use std::sync::Arc;
use store::Store;

/// Everything that a request may use.
pub(crate) struct Shop {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clients: Clients,
    pub(crate) locks: pay::Locks,
}

impl Shop {
    pub(crate) fn new(config: Config, store: Arc<dyn Store>, clients: Clients) -> Shop {
        Shop { config, store, clients, locks: pay::Locks::default() }
    }
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
pub async fn build(config: Config) -> Result<axum::Router, StartError> {
    let failed = |error: &dyn fmt::Display| StartError::Database(error.to_string());
    let store = store::open(&config.database).await.map_err(|error| failed(&error))?;
    store.end_claims_of_before().await.map_err(|error| failed(&error))?;
    let clients = Clients::new(&config).map_err(StartError::Client)?;
    let shop = Shop { config, store, clients, locks: pay::Locks::default() };
    let shop = Arc::new(shop);
    pay::start_sweeping(&shop);
    notify::start(&shop);
    Ok(routes::router(shop))
}
