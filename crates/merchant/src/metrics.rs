//! What has happened since startup, for Prometheus: counters, and how long things took.
//!
//! Every label is one of a fixed set of words, so that no caller can create new series. It only
//! counts and decides nothing. `docs/operating.md` says what each name means, and
//! `docs/operating/alerts.yml` when one of them should wake somebody. Start at [`Metrics::text`].

use crate::clients::ClientError;
use crate::store::{Backlog, StoredPayment};
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use paywith_protocol::{Payment, Provider};
use std::sync::Arc;
use std::time::Duration;

/// Upper bounds in seconds, from what is quick to what nobody waits for.
const REQUEST_BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const PROVIDER_BOUNDS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const DATABASE_BOUNDS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

/// Every counter: its name and what it counts.
const COUNTERS: [(&str, &str); 9] = [
    ("paywith_requests_total", "Requests, by address and kind of answer."),
    ("paywith_creates_total", "Create calls of shoppers."),
    ("paywith_provider_creates_total", "Payments that providers were asked to make."),
    ("paywith_provider_reads_total", "Readings of payments at providers."),
    ("paywith_webhooks_total", "Webhooks of providers."),
    ("paywith_events_total", "Webhooks to the shop's own server, by whether they arrived."),
    ("paywith_status_changes_total", "Payments that got another status."),
    ("paywith_reviews_total", "Payments that a person must look at."),
    ("paywith_rate_limited_total", "Requests that were told to wait."),
];

/// Every duration: its name, what it measures, and the bounds of its buckets.
const DURATIONS: [(&str, &str, &[f64]); 3] = [
    (
        "paywith_request_seconds",
        "From a request to its answer, without status calls that are held.",
        &REQUEST_BOUNDS,
    ),
    ("paywith_provider_call_seconds", "From a call to a provider to its answer.", &PROVIDER_BOUNDS),
    ("paywith_database_seconds", "Database work, with waiting for a connection.", &DATABASE_BOUNDS),
];

/// Every gauge: its name and what it shows.
const GAUGES: [(&str, &str); 6] = [
    ("paywith_waiting_shoppers", "Status calls that are held now."),
    ("paywith_database_up", "1 if the database could be written when this was asked for."),
    ("paywith_oldest_due_payment_seconds", "For how long a payment's reading has been overdue."),
    ("paywith_oldest_webhook_seconds", "For how long a webhook has been waiting to be processed."),
    ("paywith_oldest_event_seconds", "For how long an event has not arrived at the shop's server."),
    (
        "paywith_oldest_processing_payment_seconds",
        "Age of the oldest payment whose money is under way.",
    ),
];

/// What a provider is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ProviderCall {
    /// To make a payment.
    Create,
    /// How a payment stands.
    Status,
}

/// The metrics of this process. Clones are the same metrics.
#[derive(Clone)]
pub struct Metrics(Arc<PrometheusRecorder>);

impl Default for Metrics {
    fn default() -> Metrics {
        let builder =
            DURATIONS.iter().fold(PrometheusBuilder::new(), |builder, (name, _, bounds)| {
                let matcher = Matcher::Full((*name).to_owned());
                // Refused only for an empty list.
                builder.set_buckets_for_metric(matcher, bounds).unwrap_or_default()
            });
        let metrics = Metrics(Arc::new(builder.build_recorder()));
        metrics.record(|| {
            for (name, text) in COUNTERS {
                describe_counter!(name, text);
            }
            for (name, text, _) in DURATIONS {
                describe_histogram!(name, Unit::Seconds, text);
            }
            for (name, text) in GAUGES {
                describe_gauge!(name, text);
            }
        });
        metrics
    }
}

impl Metrics {
    /// A request was answered; `took` is absent if it was held on purpose.
    pub(crate) fn answered(&self, route: &'static str, http_status: u16, took: Option<Duration>) {
        let class = match http_status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.record(|| {
            counter!("paywith_requests_total", "route" => route, "status" => class).increment(1);
            if let Some(took) = took {
                histogram!("paywith_request_seconds", "route" => route, "status" => class)
                    .record(took);
            }
        });
    }

    /// A shopper's create call ended with this outcome.
    pub(crate) fn created(&self, provider: Provider, outcome: &'static str) {
        self.count("paywith_creates_total", provider.id(), outcome);
    }

    /// A provider was asked for something.
    pub(crate) fn provider_called(
        &self,
        provider: Provider,
        call: ProviderCall,
        answer: &Result<Payment, ClientError>,
        took: Duration,
    ) {
        let (total, call) = match call {
            ProviderCall::Create => ("paywith_provider_creates_total", "create"),
            ProviderCall::Status => ("paywith_provider_reads_total", "status"),
        };
        let (provider, outcome) = (provider.id(), outcome(answer));
        self.count(total, provider, outcome);
        self.record(|| {
            let labels = [("provider", provider), ("call", call), ("outcome", outcome)];
            histogram!("paywith_provider_call_seconds", &labels).record(took);
        });
    }

    /// A request arrived at a webhook address.
    pub(crate) fn webhook(&self, provider: &'static str, outcome: &'static str) {
        self.count("paywith_webhooks_total", provider, outcome);
    }

    /// An event was sent to the shop's own server.
    pub(crate) fn event(&self, outcome: &'static str) {
        self.record(|| counter!("paywith_events_total", "outcome" => outcome).increment(1));
    }

    /// A payment has changed.
    pub(crate) fn changed(&self, before: &StoredPayment, after: &StoredPayment) {
        let (provider, status) = (after.provider.id(), after.status.as_str());
        self.record(|| {
            if before.status != after.status {
                let labels = [("provider", provider), ("status", status)];
                counter!("paywith_status_changes_total", &labels).increment(1);
            }
            if let Some(review) = after.review
                && before.review != after.review
            {
                let labels = [("provider", provider), ("review", review.as_str())];
                counter!("paywith_reviews_total", &labels).increment(1);
            }
        });
    }

    /// A limit refused a caller.
    pub(crate) fn limited(&self, limit: &'static str) {
        self.record(|| counter!("paywith_rate_limited_total", "limit" => limit).increment(1));
    }

    /// The database has done some work, or failed to.
    pub(crate) fn database(&self, work: &'static str, is_done: bool, took: Duration) {
        let outcome = if is_done { "done" } else { "failed" };
        self.record(|| {
            histogram!("paywith_database_seconds", "work" => work, "outcome" => outcome)
                .record(took);
        });
    }

    fn count(&self, name: &'static str, provider: &'static str, outcome: &'static str) {
        self.record(|| {
            counter!(name, "provider" => provider, "outcome" => outcome).increment(1);
        });
    }

    fn record(&self, record: impl FnOnce()) {
        with_local_recorder(&*self.0, record);
    }

    /// Everything, and what holds at this moment; `backlog` is absent if the database does not answer.
    pub(crate) fn text(&self, waiting: usize, backlog: Option<&Backlog>, now_ms: i64) -> String {
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        self.record(|| {
            gauge!("paywith_waiting_shoppers").set(waiting);
            gauge!("paywith_database_up").set(if backlog.is_some() { 1 } else { 0 });
            let Some(backlog) = backlog else { return };
            let oldest_processing = backlog.processing.iter().map(|(_, since_ms)| *since_ms).min();
            for (name, since_ms) in [
                ("paywith_oldest_due_payment_seconds", backlog.payment_ms),
                ("paywith_oldest_webhook_seconds", backlog.webhook_ms),
                ("paywith_oldest_event_seconds", backlog.event_ms),
                ("paywith_oldest_processing_payment_seconds", oldest_processing),
            ] {
                let age_s = since_ms.map_or(0, |since_ms| now_ms.saturating_sub(since_ms) / 1_000);
                gauge!(name).set(u32::try_from(age_s.max(0)).unwrap_or(u32::MAX));
            }
        });
        self.0.handle().render()
    }

    /// Sorts new durations into their buckets, so that they do not pile up while nobody asks.
    pub(crate) fn tidy(&self) {
        self.0.handle().run_upkeep();
    }

    /// The names of all metrics, with the type of each.
    #[must_use]
    pub fn names() -> Vec<(&'static str, &'static str)> {
        let counters = COUNTERS.into_iter().map(|(name, _)| (name, "counter"));
        let durations = DURATIONS.into_iter().map(|(name, ..)| (name, "histogram"));
        let gauges = GAUGES.into_iter().map(|(name, _)| (name, "gauge"));
        counters.chain(durations).chain(gauges).collect()
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
