//! Addresses as people type them into dashboards and providers call them: a trailing slash, doubled
//! slashes, capitals, white space, parameters joined without a `?`. This covers only webhooks and
//! returns; everything else is called by programs.
//!
//! Such an address is understood and never answered with a redirect to the right one: a POST would
//! arrive there as a GET, without its body. Start at [`read`].

use super::{problem, return_hop, webhooks};
use crate::Shop;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use paywith_protocol::Provider;
use paywith_providers::urls::percent_decode;
use std::sync::Arc;

/// What an address means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A return address: for this payment, or, without one, for this provider.
    Return { payment: Option<String>, provider: Option<Provider> },
    /// A provider's webhook address; `token` is the part after its name.
    Webhook { provider: Option<Provider>, token: Option<String> },
}

impl Target {
    /// The pattern of the exact address, for metrics, the log and limits.
    pub(super) fn route(&self) -> &'static str {
        match self {
            Target::Return { payment: Some(_), .. } => "/api/return/{payment}",
            Target::Return { payment: None, .. } => "/api/return",
            Target::Webhook { token: Some(_), .. } => "/api/webhooks/{provider}/{token}",
            Target::Webhook { token: None, .. } => "/api/webhooks/{provider}",
        }
    }
}

/// Reads a path; `None` if it is neither a webhook's nor a return address.
pub(super) fn read(path: &str) -> Option<Target> {
    let parts = path.split('/').map(percent_decode);
    let mut parts = parts.map(|part| tidy(&part).to_owned()).filter(|part| !part.is_empty());
    let first = parts.next()?.to_ascii_lowercase();
    // A web server in front may have stripped `/api`.
    let kind = if first == "api" { parts.next()?.to_ascii_lowercase() } else { first };
    match kind.as_str() {
        "webhooks" | "webhook" => Some(Target::Webhook {
            provider: parts.next().and_then(|name| provider(&name)),
            token: parts.next(),
        }),
        "return" => {
            let id = parts.next().map(|part| id(&part)).filter(|id| !id.is_empty());
            let provider = id.as_ref().and_then(|id| provider(id));
            Some(Target::Return { payment: id.filter(|_| provider.is_none()), provider })
        }
        _ => None,
    }
}

/// Without invisible characters at both ends: white space, and marks that come along when a text is
/// copied.
fn tidy(part: &str) -> &str {
    let is_unseen = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    part.trim_matches(is_unseen)
}

fn provider(name: &str) -> Option<Provider> {
    Provider::parse(&id(name).to_ascii_lowercase())
}

/// The part up to the first character that an id cannot contain: some providers append
/// `&name=value` to any address.
fn id(part: &str) -> String {
    let is_of_ids = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    part.chars().take_while(is_of_ids).collect()
}

/// Handles requests that match no exact address.
pub(super) async fn fallback(State(shop): State<Arc<Shop>>, request: Request) -> Response {
    match read(request.uri().path()) {
        Some(Target::Return { .. }) => return_hop::go_back(State(shop), request).await,
        Some(Target::Webhook { .. }) => webhooks::door(State(shop), request).await,
        None => problem::unknown_route().await.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(provider: Option<Provider>, token: Option<&str>) -> Option<Target> {
        Some(Target::Webhook { provider, token: token.map(str::to_owned) })
    }

    fn back(payment: Option<&str>, provider: Option<Provider>) -> Option<Target> {
        Some(Target::Return { payment: payment.map(str::to_owned), provider })
    }

    #[test]
    fn c1_d4_an_address_is_read_as_it_was_meant() {
        let kashier = Some(Provider::Kashier);
        for (path, meant) in [
            ("/api/webhooks/kashier", webhook(kashier, None)),
            ("//API///webhooks/Kashier//", webhook(kashier, None)),
            ("/webhooks/KASHIER", webhook(kashier, None)),
            ("/api/webhook/kashier", webhook(kashier, None)),
            ("/api/webhooks/kashier;v=1", webhook(kashier, None)),
            ("/api/webhooks/kashier.io/", webhook(kashier, None)),
            ("/api/%77ebhooks/kashier%E2%80%8B", webhook(kashier, None)),
            ("/api/webhooks/kashier%20%0a", webhook(kashier, None)),
            ("/api/webhooks/kashier%3Fa=b", webhook(kashier, None)),
            ("/api/webhooks/kashier&a=b", webhook(kashier, None)),
            ("/api/webhooks/cashpay/0aF/", webhook(Some(Provider::CashPay), Some("0aF"))),
            ("/api/webhooks/", webhook(None, None)),
            ("/api/webhooks/%ff", webhook(None, None)),
            ("/api/return/pay_1", back(Some("pay_1"), None)),
            ("/api/return/pay_1&status=paid", back(Some("pay_1"), None)),
            ("/api/return/pay_1/x", back(Some("pay_1"), None)),
            ("/api/return/", back(None, None)),
            ("/api/return/..%2F..%2Fx", back(None, None)),
            ("/api/return/Cashi", back(None, Some(Provider::Cashi))),
            ("/", None),
            ("/api", None),
            ("/api/payments/webhooks", None),
            ("/pay/webhooks", None),
        ] {
            assert_eq!(read(path), meant, "{path}");
        }
    }
}
