//! Webhooks that arrived but could not be used: why, how often, and what the merchant can do about
//! it. They are counted in memory, since startup: junk cannot fill the disk.

use crate::Shop;
use crate::clients::{ProviderClient, Webhooks};
use paywith_protocol::Provider;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Why a webhook could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// `webhooks = false`.
    SwitchedOff,
    /// This provider has no section.
    NotConfigured,
    /// The section has no secret to verify webhooks with.
    NoSecret,
    /// This provider sends no webhooks.
    SendsNone,
    /// The address names no provider.
    UnknownProvider,
    /// What follows the provider's name is wrong.
    WrongAddress,
    /// Not a POST.
    WrongMethod,
    /// The signature is missing or wrong.
    Forged,
    /// It is not JSON, or lacks what is needed.
    Unreadable,
    /// It is larger than a request may be.
    TooLong,
    /// It is signed, but not about one of our payments.
    UnknownPayment,
}

impl Reason {
    /// Why the configuration makes every webhook from this provider unusable.
    pub(crate) fn of_configuration(shop: &Shop, provider: Provider) -> Option<Reason> {
        if !shop.config.webhooks {
            return Some(Reason::SwitchedOff);
        }
        match shop.clients.of(provider).map(ProviderClient::webhooks) {
            None => Some(Reason::NotConfigured),
            Some(Webhooks::None) => Some(Reason::SendsNone),
            Some(Webhooks::Unverifiable) => Some(Reason::NoSecret),
            Some(Webhooks::OneAddress | Webhooks::AddressPerPayment) => None,
        }
    }

    /// A stable word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Reason::SwitchedOff => "switched_off",
            Reason::NotConfigured => "not_configured",
            Reason::NoSecret => "no_secret",
            Reason::SendsNone => "posts_nothing",
            Reason::UnknownProvider => "unknown_provider",
            Reason::WrongAddress => "wrong_address",
            Reason::WrongMethod => "wrong_method",
            Reason::Forged => "forged",
            Reason::Unreadable => "unreadable",
            Reason::TooLong => "too_long",
            Reason::UnknownPayment => "unknown_payment",
        }
    }

    /// What the merchant can do about it.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Reason::SwitchedOff => {
                "set `webhooks = true`, or take the address out of the dashboard"
            }
            Reason::NotConfigured => "this provider has no section in the configuration",
            Reason::NoSecret => "set `cashi.webhook_secret` to the secret from Cashi's dashboard",
            Reason::SendsNone => "Cashii is not known to send webhooks: nothing is lost",
            Reason::UnknownProvider => "correct the address in the provider's dashboard",
            Reason::WrongAddress => {
                "correct the address: Cashi and Kashier send to /api/webhooks/ and their name alone, \
                 CashPay to the address that it gets with each payment"
            }
            Reason::WrongMethod => "webhooks are sent by POST: choose that in the dashboard",
            Reason::Forged => {
                "compare the configured secret with the provider's; else somebody sends forged webhooks"
            }
            Reason::Unreadable => "look at the log; the provider may have changed its format",
            Reason::TooLong => "webhooks have at most 64 kB; this did not come from a provider",
            Reason::UnknownPayment => {
                "the account is used by something else too, or the database is an older copy"
            }
        }
    }
}

/// How often, and when it last happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    pub(crate) last_ms: i64,
}

/// Everything that this process could not use. Its size is bounded: provider and reason come from
/// fixed sets.
#[derive(Default)]
pub(crate) struct Unusable(Mutex<BTreeMap<(&'static str, Reason), Tally>>);

impl Unusable {
    pub(crate) fn add(&self, provider: &'static str, reason: Reason, now_ms: i64) {
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tallies.entry((provider, reason)).or_insert(Tally { count: 0, last_ms: 0 });
        tally.count = tally.count.saturating_add(1);
        tally.last_ms = now_ms;
    }

    /// The newest first.
    pub(crate) fn list(&self) -> Vec<(&'static str, Reason, Tally)> {
        let tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut list: Vec<_> = tallies
            .into_iter()
            .map(|((provider, reason), tally)| (provider, reason, tally))
            .collect();
        list.sort_by_key(|(_, _, tally)| std::cmp::Reverse(tally.last_ms));
        list
    }
}
