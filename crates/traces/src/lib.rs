//! Sends the spans of a server to an OpenTelemetry collector, by OTLP over HTTP as JSON.
//!
//! It only passes spans on: which spans there are, and what they contain, is decided where they are made.
//! Start at [`to_collector`].
//!
//! # Example
//!
//! ```
//! use tracing_subscriber::prelude::*;
//!
//! // Nothing is sent unless the environment names a collector.
//! let (layer, traces) = paywith_traces::to_collector("paywith-merchant").unwrap_or_default().unzip();
//! tracing_subscriber::registry().with(layer).init();
//! tracing::info_span!("work").in_scope(|| {});
//! drop(traces); // Sends what is left.
//! ```
//!
//! # Errors
//!
//! [`to_collector`] says why the collector's address or the HTTP client cannot be used.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use std::time::Duration;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// The variables that name the collector: OpenTelemetry's own.
const ADDRESSES: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// A collector that is slower loses spans; nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends spans; dropping it sends the rest.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that cannot be reached has lost them anyway.
        drop(self.0.shutdown());
    }
}

/// The layer of a subscriber that sends its spans.
pub type Sending<S> = OpenTelemetryLayer<S, Tracer>;

/// What a server's log needs to send its spans; `None` unless `OTEL_EXPORTER_OTLP_ENDPOINT` (or the one for
/// traces alone) names a collector, such as `http://127.0.0.1:4318`.
///
/// # Errors
/// The address or the HTTP client cannot be used.
pub fn to_collector<S>(service: &'static str) -> Result<Option<(Sending<S>, Traces)>, String>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    if !ADDRESSES.iter().any(|name| std::env::var_os(name).is_some_and(|url| !url.is_empty())) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .with_http_client(client()?)
        .build()
        .map_err(|error| format!("the collector: {error}"))?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder().with_service_name(service).with_attribute(version).build();
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let layer = OpenTelemetryLayer::new(provider.tracer(service)).with_threads(false);
    Ok(Some((layer, Traces(provider))))
}

/// Made beside the caller's thread, because it may not be made inside an async runtime.
fn client() -> Result<reqwest::blocking::Client, String> {
    let made = std::thread::spawn(|| {
        let tls = paywith_https::tls()?;
        let client = reqwest::blocking::Client::builder().tls_backend_preconfigured(tls);
        client.timeout(PATIENCE).build().map_err(|error| error.to_string())
    });
    made.join().map_err(|_| "the HTTP client cannot be set up".to_owned())?
}
