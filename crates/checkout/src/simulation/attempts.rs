//! The invariants of create calls over all tabs and browsers: one order, one open payment.

use super::backend::Pay;
use super::invariants::AttemptKeys;
use crate::effect::CreateRequest;
use paywith_protocol::PaymentId;
use std::collections::BTreeSet;

/// What the attempts of all tabs look like from outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts {
    /// Every key that was sent counts as known: one of another tab's is not a new one.
    keys: AttemptKeys,
    /// Payments that a later attempt said it replaces.
    replaced: BTreeSet<PaymentId>,
    pub(super) violations: Vec<String>,
}

impl Attempts {
    /// A create call leaves a tab; `others` are payments that its browser knows and that wait.
    pub(super) fn sent<'p>(
        &mut self,
        tab: usize,
        request: &CreateRequest,
        others: impl Iterator<Item = &'p Pay>,
    ) {
        let provider = request.provider;
        self.violations.extend(self.keys.sent(tab, request));
        self.keys.know(request.key.as_str());
        self.replaced.extend(request.supersedes.clone());
        for other in others.filter(|other| other.provider == provider && other.key != request.key) {
            if !self.replaced.contains(&other.id) {
                self.violations.push(format!("a second payment beside {}", other.id.as_str()));
            }
        }
    }

    /// A create call leaves a page that knows of these open payments of the order.
    pub(super) fn sent_beside<'p>(
        &mut self,
        request: &CreateRequest,
        open: impl Iterator<Item = &'p Pay>,
    ) {
        if self.keys.is_known(request.key.as_str()) {
            return; // An attempt that has been sent says the same again.
        }
        let is_named = |pay: &Pay| request.supersedes.as_ref() == Some(&pay.id);
        for pay in open.filter(|pay| pay.key != request.key && !is_named(pay)) {
            let id = pay.id.as_str();
            self.violations.push(format!("{id} is open, and another one is asked for beside it"));
        }
    }

    /// The outcome is known, or the attempt is another tab's from now on.
    pub(super) fn settled(&mut self, tab: usize) {
        self.keys.settled(tab);
    }
}
