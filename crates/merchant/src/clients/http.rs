//! Requests to a provider and its answers. It also records the answer, to be shown to people.

use super::ClientError;
use crate::environment::{Transport, TransportError};
use crate::json;
use crate::sanitize::for_storage;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use paywith_protocol::{Json, Payment, Provider, ReadError};
use paywith_providers::{Answer, Asked, Unreadable, read_create, read_status};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// Sends the requests of one operation at a provider, and remembers the last answer.
pub struct Http {
    transport: Arc<dyn Transport>,
    /// The last answer.
    raw_reply: Mutex<Option<ProviderReply>>,
}

/// An answer, as it is shown to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderReply {
    pub(crate) http_status: u16,
    pub(crate) body: String,
}

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: String,
}

/// An answer as received.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `None` if it was not JSON.
    body: Option<Json>,
    date: Option<String>,
}

impl Call {
    /// Asks for JSON.
    pub fn get(url: &str) -> Call {
        let accept = (header::ACCEPT, HeaderValue::from_static("application/json"));
        let headers = HeaderMap::from_iter([accept]);
        Call { method: Method::GET, url: url.to_owned(), headers, body: String::new() }
    }

    /// Sends JSON and asks for JSON.
    pub fn post(url: &str, body: &serde_json::Value) -> Call {
        Call::post_text(url, body.to_string())
    }

    /// The same, already written.
    pub(crate) fn post_text(url: &str, body: String) -> Call {
        let kind = HeaderValue::from_static("application/json");
        let mut call = Call { method: Method::POST, body, ..Call::get(url) };
        call.headers.insert(header::CONTENT_TYPE, kind);
        call
    }

    /// Adds a header. One that HTTP does not allow is left out: the configuration refuses such
    /// values at the start.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Call {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            self.headers.append(name, value);
        }
        self
    }

    /// Adds a header as it was received.
    #[must_use]
    pub(crate) fn raw_header(mut self, name: HeaderName, value: &HeaderValue) -> Call {
        self.headers.append(name, value.clone());
        self
    }

    /// Adds `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Call {
        self.header("authorization", &["Bearer ", token.expose_secret()].concat())
    }

    pub(super) fn request(self) -> Result<Request<String>, ClientError> {
        // As a browser would write it: a name in another script, say.
        let url = Url::parse(&self.url).map_err(|_| ClientError::Unreachable)?;
        let request = Request::builder().method(self.method).uri(url.as_str()).body(self.body);
        let mut request = request.map_err(|_| ClientError::Unreachable)?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

impl Http {
    pub(crate) fn new(transport: &Arc<dyn Transport>) -> Http {
        Http { transport: transport.clone(), raw_reply: Mutex::default() }
    }

    /// Sends a request about a payment. The answer may be shown to people later, so never use this
    /// for one that contains our secrets.
    ///
    /// # Errors
    /// No answer came, or one that is too long.
    pub async fn send(&self, call: Call) -> Result<Reply, ClientError> {
        let (reply, text) = exchange(&*self.transport, call).await?;
        let raw_reply = ProviderReply { http_status: reply.status, body: for_storage(&text) };
        *self.raw_reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(raw_reply);
        Ok(reply)
    }

    /// The same for an answer that nobody may see, such as one with a token.
    ///
    /// # Errors
    /// Those of [`Http::send`].
    pub async fn send_secretly(&self, call: Call) -> Result<Reply, ClientError> {
        Ok(exchange(&*self.transport, call).await?.0)
    }

    /// The deciding answer, if there was one.
    pub(super) fn raw_reply(&self) -> Option<ProviderReply> {
        self.raw_reply.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Sends the request; anything but a complete answer is "unreachable". Returns the answer's text,
/// too.
pub(crate) async fn exchange(
    transport: &dyn Transport,
    call: Call,
) -> Result<(Reply, Vec<u8>), ClientError> {
    match transport.send(call.request()?).await {
        Ok(answer) => {
            let body = json::read(&answer.body).ok();
            Ok((Reply { status: answer.status, body, date: answer.date }, answer.body))
        }
        Err(TransportError::Unreachable | TransportError::Cut { .. }) => {
            Err(ClientError::Unreachable)
        }
        Err(TransportError::TooLong { .. }) => {
            let too_long = ReadError::new("body", "at most 2 MiB long");
            Err(ClientError::Answer(Unreadable::Field(too_long)))
        }
    }
}

impl Reply {
    /// The JSON; `null` if it was none.
    pub fn body(&self) -> &Json {
        self.body.as_ref().unwrap_or(&Json::Null)
    }

    /// Whether the body was JSON.
    pub fn is_json(&self) -> bool {
        self.body.is_some()
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            http_status: self.status,
            body: self.body(),
            is_json: self.is_json(),
            date: self.date.as_deref(),
        }
    }

    /// The payment in the answer to a create call.
    ///
    /// # Errors
    /// The provider refused, or the answer is not one that we know.
    pub fn read_create(
        &self,
        provider: Provider,
        asked: &Asked<'_>,
    ) -> Result<Payment, ClientError> {
        read_create(provider, &self.answer(), asked).map_err(ClientError::Answer)
    }

    /// The payment in the answer to a status call.
    ///
    /// # Errors
    /// The provider refused, or the answer is not one that we know.
    pub fn read_status(
        &self,
        provider: Provider,
        asked: &Asked<'_>,
    ) -> Result<Payment, ClientError> {
        read_status(provider, &self.answer(), asked).map_err(ClientError::Answer)
    }
}
