//! What has happened since startup, as numbers in Prometheus' text format.
//!
//! Every label is one of a fixed set of words, so that no caller can create new series. It only
//! counts and decides nothing. Start at [`Metrics::text`].

use crate::clients::ClientError;
use crate::store::StoredPayment;
use paywith_protocol::{Payment, Provider};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// The counters of this process.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<Series, u64>>);

/// A counter's name, and the values of its labels.
type Series = (Name, &'static str, &'static str);

/// Every counter there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Requests,
    Creates,
    ProviderCreates,
    ProviderReads,
    Webhooks,
    Changes,
    Reviews,
    RateLimited,
}

impl Name {
    const ALL: [Name; 8] = [
        Name::Requests,
        Name::Creates,
        Name::ProviderCreates,
        Name::ProviderReads,
        Name::Webhooks,
        Name::Changes,
        Name::Reviews,
        Name::RateLimited,
    ];

    /// Its name, its labels, and what it counts.
    fn words(self) -> (&'static str, [&'static str; 2], &'static str) {
        match self {
            Name::Requests => {
                ("requests_total", ["route", "status"], "Requests, by address and kind of answer")
            }
            Name::Creates => ("creates_total", ["provider", "outcome"], "Create calls of shoppers"),
            Name::ProviderCreates => (
                "provider_creates_total",
                ["provider", "outcome"],
                "Payments that providers were asked to make",
            ),
            Name::ProviderReads => (
                "provider_reads_total",
                ["provider", "outcome"],
                "Readings of payments at providers",
            ),
            Name::Webhooks => ("webhooks_total", ["provider", "outcome"], "Webhooks of providers"),
            Name::Changes => {
                ("status_changes_total", ["provider", "status"], "Payments that got another status")
            }
            Name::Reviews => {
                ("reviews_total", ["provider", "review"], "Payments that a person must look at")
            }
            Name::RateLimited => {
                ("rate_limited_total", ["limit", ""], "Requests that were told to wait")
            }
        }
    }
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, route: &'static str, http_status: u16) {
        let class = match http_status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.count((Name::Requests, route, class));
    }

    /// A shopper's create call ended with this outcome.
    pub(crate) fn created(&self, provider: Provider, outcome: &'static str) {
        self.count((Name::Creates, provider.id(), outcome));
    }

    /// A provider was asked to make a payment.
    pub(crate) fn provider_made(&self, provider: Provider, answer: &Result<Payment, ClientError>) {
        self.count((Name::ProviderCreates, provider.id(), outcome(answer)));
    }

    /// A provider was asked for a payment's status.
    pub(crate) fn provider_read(&self, provider: Provider, answer: &Result<Payment, ClientError>) {
        self.count((Name::ProviderReads, provider.id(), outcome(answer)));
    }

    /// A request arrived at a webhook address.
    pub(crate) fn webhook(&self, provider: &'static str, outcome: &'static str) {
        self.count((Name::Webhooks, provider, outcome));
    }

    /// A payment has changed.
    pub(crate) fn changed(&self, before: &StoredPayment, after: &StoredPayment) {
        if before.status != after.status {
            self.count((Name::Changes, after.provider.id(), after.status.as_str()));
        }
        if let Some(review) = after.review
            && before.review != after.review
        {
            self.count((Name::Reviews, after.provider.id(), review.as_str()));
        }
    }

    /// A limit refused a caller.
    pub(crate) fn limited(&self, limit: &'static str) {
        self.count((Name::RateLimited, limit, ""));
    }

    fn count(&self, series: Series) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.entry(series).or_insert(0);
        *counter = counter.saturating_add(1);
    }

    /// All counters, and the number of waiting shoppers.
    pub(crate) fn text(&self, waiting: usize) -> String {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = String::new();
        let mut say = |line: std::fmt::Arguments<'_>| {
            // Writing to a string cannot fail.
            writeln!(text, "{line}").unwrap_or_default();
        };
        for name in Name::ALL {
            let (word, [first, second], help) = name.words();
            say(format_args!("# HELP paywith_{word} {help}."));
            say(format_args!("# TYPE paywith_{word} counter"));
            for ((_, one, two), count) in counters.iter().filter(|((of, ..), _)| *of == name) {
                if second.is_empty() {
                    say(format_args!("paywith_{word}{{{first}=\"{one}\"}} {count}"));
                } else {
                    say(format_args!(
                        "paywith_{word}{{{first}=\"{one}\",{second}=\"{two}\"}} {count}"
                    ));
                }
            }
        }
        say(format_args!("# HELP paywith_waiting_shoppers Status calls that are held now."));
        say(format_args!("# TYPE paywith_waiting_shoppers gauge"));
        say(format_args!("paywith_waiting_shoppers {waiting}"));
        text
    }
}

fn outcome(answer: &Result<Payment, ClientError>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(ClientError::Unreachable) => "unreachable",
        Err(ClientError::Answer(_)) => "refused",
        Err(ClientError::Missing | ClientError::Amount(_) | ClientError::NoReadPath) => "not_asked",
    }
}
