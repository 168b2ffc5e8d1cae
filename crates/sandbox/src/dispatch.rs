//! The one place that knows all four providers: whose word a state has, and what comes back in an
//! address.

use crate::ledger::Payment;
use crate::provider::{Provider, State};
use crate::returning::Parameters;
use crate::world::Sandbox;
use crate::{cashi, cashii, cashpay, kashier};

/// The provider's own word for a state; `None` when it documents none.
pub(crate) fn word_for(provider: Provider, state: State) -> Option<&'static str> {
    match provider {
        Provider::Cashii => cashii::word(state),
        Provider::Cashpay => cashpay::word(state),
        Provider::Kashier => Some(kashier::session_word(state)),
        Provider::Cashi => cashi::word(state),
    }
}

/// What the provider appends to the shop's address.
pub(crate) fn return_parameters(sandbox: &Sandbox, payment: &Payment) -> Parameters {
    match payment.provider() {
        Provider::Cashii => cashii::return_parameters(payment, sandbox.settings()),
        Provider::Cashpay => cashpay::return_parameters(payment),
        Provider::Kashier => kashier::return_parameters(payment, sandbox.settings()),
        Provider::Cashi => Parameters::new(),
    }
}
