//! The one shared state behind the router: the settings and the locked ledger. It knows no
//! provider's rules.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::faults::{Call, Twist};
use crate::ledger::Ledger;
use crate::provider::Provider;
use crate::settings::Settings;

/// A handle on the sandbox; clones share everything.
#[derive(Clone)]
pub(crate) struct Sandbox(Arc<Inner>);

struct Inner {
    settings: Settings,
    ledger: Mutex<Ledger>,
}

impl Sandbox {
    /// An empty sandbox.
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(Inner { settings, ledger: Mutex::new(Ledger::default()) }))
    }

    /// What it was told at the start.
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// An absolute address on this server; `path` begins with a slash.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.settings.public_url)
    }

    /// The ledger, locked. Never hold it over an `await`. A handler that panicked while it held
    /// the lock leaves whole entries behind, so the poison is ignored.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults for a create call with this order reference.
    pub(crate) fn create_twist(&self, provider: Provider, order_ref: &str) -> Twist {
        self.ledger().take_faults(provider, order_ref, Call::Create)
    }

    /// The faults for a status call, which is counted as a read of the payment it names.
    pub(crate) fn status_twist(&self, provider: Provider, id: &str) -> Twist {
        let mut ledger = self.ledger();
        let order_ref = ledger.count_read(provider, id);
        ledger.take_faults(provider, &order_ref, Call::Status)
    }
}

/// A number that cannot be guessed by counting; good enough for identifiers of test money.
pub(crate) fn random_number() -> u64 {
    RandomState::new().build_hasher().finish()
}
