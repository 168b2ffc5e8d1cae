//! A step in the making: the checkout as it becomes, and the effects so far. It decides nothing.
//!
//! Flows and transitions change the checkout through it and add effects; `memory.rs` adds what is stored. It
//! lives for one step and no longer.

use crate::context::Context;
use crate::effect::{Effect, Moment};
use crate::fault::{Fault, FaultCode};
use crate::model::Checkout;
use crate::time::Now;

/// At most so many faults of a page's surroundings are reported.
const MOST_REPORTED_FAULTS: usize = 16;

/// A step in the making.
pub(crate) struct StepContext<'c> {
    /// The checkout as it becomes.
    pub(crate) checkout: &'c mut Checkout,
    /// What is to be done so far, in this order.
    pub(crate) effects: Vec<Effect>,
    /// What the step received from outside.
    pub(crate) context: &'c Context<'c>,
    /// The device slept, or its clock was set, since the last step.
    pub(crate) clocks_disagree: bool,
}

impl StepContext<'_> {
    /// The moment of this step, on both clocks.
    pub(crate) fn now(&self) -> Now {
        self.context.now
    }

    /// The moment of this step on the monotonic clock, in milliseconds.
    pub(crate) fn monotonic_ms(&self) -> u64 {
        self.context.now.monotonic_ms
    }

    /// Adds an effect after those that are there: the shell keeps their order.
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// A number for a new call. An answer that carries another number is none of ours any more.
    pub(crate) fn next_call(&mut self) -> u32 {
        self.checkout.calls = self.checkout.calls.wrapping_add(1);
        self.checkout.calls
    }

    /// Tells the page of a moment, with the payment as it stands.
    pub(crate) fn emit(&mut self, moment: Moment) {
        let snapshot = self.checkout.snapshot();
        self.effect(Effect::Emit(moment, snapshot));
    }

    /// Dispatches the `fault` event.
    pub(crate) fn emit_fault(&mut self, fault: &Fault) {
        self.effect(Effect::EmitFault(fault.clone()));
    }

    /// Tells the page of something in its surroundings, once: of a setting once for each message.
    pub(crate) fn emit_fault_once(&mut self, fault: &Fault) {
        let is_same = |known: &Fault| {
            known.code == fault.code
                && (fault.code != FaultCode::BadSetting || known.message == fault.message)
        };
        let reported_faults = &mut self.checkout.reported_faults;
        if reported_faults.len() < MOST_REPORTED_FAULTS && !reported_faults.iter().any(is_same) {
            reported_faults.push(fault.clone());
            self.emit_fault(fault);
        }
    }

    /// Settles the promise of `start()`.
    pub(crate) fn resolve(&mut self) {
        let snapshot = self.checkout.snapshot();
        self.effect(Effect::Resolve(snapshot));
    }

    /// Every payment that is still watched is asked about at the next opportunity.
    pub(crate) fn ask_all_soon(&mut self) {
        self.checkout.ask_all_soon(self.context.now);
    }
}
