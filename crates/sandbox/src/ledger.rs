//! The ledger: every payment of every provider, the faults in force, the tokens given out. It
//! keeps facts and changes states; the providers' words, shapes and rules are in their own files.

use std::collections::HashMap;

use crate::clock::now_ms;
use crate::details::{CashiWebhook, Details};
use crate::faults::{Call, Fault, Twist};
use crate::money::Money;
use crate::provider::{Provider, State};

/// One payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    /// The provider's id, as later calls name it.
    pub(crate) id: String,
    /// The merchant's reference, which faults are matched against.
    pub(crate) order_ref: String,
    /// What was recorded; ask [`Payment::state`] for what holds now.
    recorded: State,
    pub(crate) money: Money,
    pub(crate) created_ms: u64,
    /// When an open payment stops being payable by itself, if ever.
    pub(crate) expires_ms: Option<u64>,
    /// How many create calls made it or met it.
    pub(crate) creates: u32,
    /// How many status calls named it, spoiled answers included.
    pub(crate) reads: u32,
    pub(crate) details: Details,
    /// The part that was given back, where not all of it was.
    pub(crate) refunded: Option<Money>,
}

impl Payment {
    /// A payment as its first create call makes it, from now on.
    pub(crate) fn open(id: String, order_ref: String, money: Money, details: Details) -> Self {
        Self {
            id,
            order_ref,
            recorded: State::Open,
            money,
            created_ms: now_ms(),
            expires_ms: None,
            creates: 1,
            reads: 0,
            details,
            refunded: None,
        }
    }

    /// The state at this moment: an open payment expires by itself.
    pub(crate) fn state(&self) -> State {
        let over = self.expires_ms.is_some_and(|deadline_ms| now_ms() >= deadline_ms);
        if over && self.recorded == State::Open { State::Expired } else { self.recorded }
    }

    /// Whose payment it is.
    pub(crate) fn provider(&self) -> Provider {
        match self.details {
            Details::Cashii(_) => Provider::Cashii,
            Details::Cashpay(_) => Provider::Cashpay,
            Details::Kashier(_) => Provider::Kashier,
            Details::Cashi(_) => Provider::Cashi,
        }
    }
}

/// All that the sandbox remembers.
#[derive(Default)]
pub(crate) struct Ledger {
    payments: Vec<Payment>,
    faults: Vec<Fault>,
    /// CashPay's tokens and when each was given out, in milliseconds.
    pub(crate) tokens: HashMap<String, u64>,
    /// Where Cashi's dashboard was told to send webhooks.
    pub(crate) cashi_webhook: Option<CashiWebhook>,
}

impl Ledger {
    /// All payments, oldest first.
    pub(crate) fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// All payments of one provider, oldest first.
    pub(crate) fn of(&self, provider: Provider) -> impl DoubleEndedIterator<Item = &Payment> {
        self.payments.iter().filter(move |payment| payment.provider() == provider)
    }

    /// One payment by its id.
    pub(crate) fn find(&self, provider: Provider, id: &str) -> Option<&Payment> {
        self.of(provider).find(|payment| payment.id == id)
    }

    /// One payment by its id, to be changed.
    pub(crate) fn find_mut(&mut self, provider: Provider, id: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.provider() == provider && payment.id == id)
    }

    /// Adds a new payment.
    pub(crate) fn add(&mut self, payment: Payment) {
        self.payments.push(payment);
    }

    /// Records a state, whatever it was before: a provider may well settle what was canceled.
    /// Answers the payment as it is now, or `None` when there is no such payment.
    pub(crate) fn record(&mut self, provider: Provider, id: &str, state: State) -> Option<Payment> {
        let payment = self.find_mut(provider, id)?;
        payment.recorded = state;
        Some(payment.clone())
    }

    /// Gives a part of a paid payment back; all of it makes it refunded. `None` when there is no such
    /// payment, or the part is none of it.
    pub(crate) fn refund(&mut self, provider: Provider, id: &str, part: &Money) -> Option<Payment> {
        let payment = self.find_mut(provider, id)?;
        let is_part = part.fraction_digits == payment.money.fraction_digits
            && part.units <= payment.money.units
            && payment.recorded == State::Paid;
        if !is_part {
            return None;
        }
        if part.units == payment.money.units {
            payment.recorded = State::Refunded;
        } else {
            payment.refunded = Some(part.clone());
        }
        Some(payment.clone())
    }

    /// Counts a status call and answers the merchant's reference, empty for an unknown payment.
    pub(crate) fn count_read(&mut self, provider: Provider, id: &str) -> String {
        self.find_mut(provider, id).map_or_else(String::new, |payment| {
            payment.reads = payment.reads.saturating_add(1);
            payment.order_ref.clone()
        })
    }

    /// Puts a fault in force.
    pub(crate) fn add_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// The faults in force.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Ends all faults.
    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The faults that spoil this call; each loses one of its times.
    pub(crate) fn take_faults(&mut self, provider: Provider, order_ref: &str, call: Call) -> Twist {
        let mut taken = Vec::new();
        for fault in &mut self.faults {
            if fault.hits(provider, order_ref, call) {
                taken.push(fault.clone());
                fault.times = fault.times.map(|times| times.saturating_sub(1));
            }
        }
        self.faults.retain(|fault| fault.times != Some(0));
        Twist::new(taken)
    }
}
