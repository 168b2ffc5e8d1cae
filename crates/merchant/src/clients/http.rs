//! One HTTP call to a provider: a deadline, no redirects, an answer of bounded size. It also
//! records the answer, to be shown to people.

use super::ClientError;
use crate::json;
use crate::sanitize::for_storage;
use paywith_protocol::{Json, Payment, Provider, ReadError};
use paywith_providers::{Answer, Asked, Unreadable, read_create, read_status};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A longer answer is rejected: Cashi's largest picture takes 1.4 MB, most take 20 kB.
const MOST_BYTES: usize = 2 << 20;

/// The connection pool; clones share it.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client,
    /// The last answer to one request (which may take several calls).
    raw_reply: Arc<Mutex<Option<ProviderReply>>>,
}

/// An answer, as it is shown to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderReply {
    pub(crate) http_status: u16,
    pub(crate) body: String,
}

/// An answer as received.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `None` if it was not JSON.
    body: Option<Json>,
    text: Vec<u8>,
    date: Option<String>,
}

/// A client with bundled certificates that follows no redirects and gives up after `deadline`.
pub(crate) fn client(deadline: Duration) -> Result<Client, String> {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let ring = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .timeout(deadline)
        .user_agent(concat!("paywith-merchant/", env!("CARGO_PKG_VERSION")))
        .build();
    client.map_err(|error| error.to_string())
}

impl Http {
    pub(crate) fn new(deadline: Duration) -> Result<Http, String> {
        Ok(Http { client: client(deadline)?, raw_reply: Arc::default() })
    }

    /// The same pool, for one request.
    pub(super) fn for_one_question(&self) -> Http {
        Http { client: self.client.clone(), raw_reply: Arc::default() }
    }

    /// Sends a request about a payment. The answer may be shown to people later, so never use this
    /// for one that contains our secrets.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Reply, ClientError> {
        let reply = send(request).await?;
        let raw_reply = ProviderReply { http_status: reply.status, body: for_storage(&reply.text) };
        *self.raw_reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(raw_reply);
        Ok(reply)
    }

    /// The deciding answer, if there was one.
    pub(super) fn raw_reply(&self) -> Option<ProviderReply> {
        self.raw_reply.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn get(&self, url: &str) -> RequestBuilder {
        self.client.get(url).header("accept", "application/json")
    }

    pub(crate) fn post(&self, url: &str, body: &serde_json::Value) -> RequestBuilder {
        self.post_text(url, body.to_string())
    }

    pub(crate) fn post_text(&self, url: &str, body: String) -> RequestBuilder {
        self.client
            .post(url)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .body(body)
    }
}

/// Sends the request; anything but a complete answer is "unreachable".
pub(crate) async fn send(request: RequestBuilder) -> Result<Reply, ClientError> {
    let unreachable = |_: reqwest::Error| ClientError::Unreachable;
    #[cfg(test)]
    if let Some(answer) = simulated(&request).await {
        return answer.ok_or(ClientError::Unreachable);
    }
    let mut response = request.send().await.map_err(unreachable)?;
    let status = response.status().as_u16();
    let date = response.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.map(str::to_owned);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            let too_long = ReadError::new("body", "at most 2 MiB long");
            return Err(ClientError::Answer(Unreadable::Field(too_long)));
        }
    }
    Ok(Reply { status, body: json::read(&bytes).ok(), text: bytes, date })
}

/// The answer of a simulated provider; `None` when nothing is simulated.
#[cfg(test)]
async fn simulated(request: &RequestBuilder) -> Option<Option<Reply>> {
    let request = request.try_clone()?.build().ok()?;
    let body = request.body().and_then(reqwest::Body::as_bytes);
    crate::simulation::network(request.method().as_str(), request.url().as_str(), body).await
}

impl Reply {
    /// An answer that never crossed a network.
    #[cfg(test)]
    pub(crate) fn simulated(status: u16, body: &[u8]) -> Reply {
        let text = body.to_vec();
        Reply { status, body: json::read(body).ok(), text, date: None }
    }

    pub(crate) fn body(&self) -> &Json {
        self.body.as_ref().unwrap_or(&Json::Null)
    }

    pub(crate) fn is_json(&self) -> bool {
        self.body.is_some()
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            http_status: self.status,
            body: self.body(),
            is_json: self.body.is_some(),
            date: self.date.as_deref(),
        }
    }

    pub(crate) fn read_create(
        &self,
        provider: Provider,
        asked: &Asked<'_>,
    ) -> Result<Payment, ClientError> {
        read_create(provider, &self.answer(), asked).map_err(ClientError::Answer)
    }

    pub(crate) fn read_status(
        &self,
        provider: Provider,
        asked: &Asked<'_>,
    ) -> Result<Payment, ClientError> {
        read_status(provider, &self.answer(), asked).map_err(ClientError::Answer)
    }
}
