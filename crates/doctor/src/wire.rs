//! Calls the backend as the widget and a browser would, and reads the response.

use crate::Plan;
use crate::plan::Cookie;
use crate::report::{Finding, differs};
use paywith_protocol::Json;
use paywith_providers::urls::percent_encode;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, Instant};

/// A backend that takes longer for one answer has lost the shopper. Even a long wait is shorter.
const DEADLINE: Duration = Duration::from_secs(60);
/// After this many pauses a 429 counts as an answer like any other.
const MOST_PAUSES: u32 = 5;
const LONGEST_PAUSE_S: u64 = 30;
/// A longer answer is not read to its end: the contract has none that long.
const MOST_BYTES: usize = 4 << 20;
/// PHP files and Windows editors may add it; browsers drop it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// How much of an answer is shown.
const MOST_SHOWN_CHARACTERS: usize = 80;

/// The backend under test.
pub(crate) struct Wire {
    client: Client,
    endpoint: String,
    cookie: Option<Cookie>,
}

/// An answer.
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
    /// `Null` if it was not JSON.
    pub(crate) json: Json,
    /// How long the answer took.
    pub(crate) took: Duration,
}

impl Wire {
    pub(crate) fn new(plan: &Plan) -> Result<Wire, String> {
        let endpoint = plan.endpoint.trim_end_matches('/').to_owned();
        let agent = concat!("paywith-doctor/", env!("CARGO_PKG_VERSION"));
        let client = paywith_https::client()?.timeout(DEADLINE).user_agent(agent).build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Wire { client, endpoint, cookie: plan.cookie.clone() })
    }

    /// The calls of somebody who has the order's reference and not the session.
    pub(crate) fn of_a_stranger(&self) -> Wire {
        Wire { client: self.client.clone(), endpoint: self.endpoint.clone(), cookie: None }
    }

    /// A call to a path under the endpoint; the query's values are encoded here.
    pub(crate) fn ask(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let pairs = query.iter().map(|(name, value)| format!("{name}={}", percent_encode(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = match (query.is_empty(), self.endpoint.contains('?')) {
            (true, _) => "",
            (false, true) => "&",
            (false, false) => "?",
        };
        let request = self.client.request(method, format!("{}{path}{mark}{query}", self.endpoint));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie.header()),
            None => request,
        }
    }

    pub(crate) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Response, Finding> {
        send(self.ask(Method::GET, path, query)).await
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<Response, Finding> {
        let request = self.ask(Method::POST, path, &[]);
        let request = request.header("content-type", "application/json").body(body.to_string());
        send(match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        })
        .await
    }
}

/// Sends a request and reads the whole answer. If the backend asks for a pause, it gets one: the
/// doctor calls faster than any shopper.
pub(crate) async fn send(mut request: RequestBuilder) -> Result<Response, Finding> {
    for _ in 0..MOST_PAUSES {
        let again = request.try_clone();
        let response = send_once(request).await?;
        let pause_s = response.header("retry-after").parse().unwrap_or(1).min(LONGEST_PAUSE_S);
        match again {
            Some(again) if response.status == 429 => request = again,
            Some(_) | None => return Ok(response),
        }
        tokio::time::sleep(Duration::from_secs(pause_s)).await;
    }
    send_once(request).await
}

async fn send_once(request: RequestBuilder) -> Result<Response, Finding> {
    let no_answer = |error: reqwest::Error| {
        let error = error.without_url();
        let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})"));
        differs("an answer", format!("{error}{}", cause.unwrap_or_default()))
    };
    let begun = Instant::now();
    let mut response = request.send().await.map_err(no_answer)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            return Err(differs("an answer of sensible length", "more than 4 MB"));
        }
    }
    let took = begun.elapsed();
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    let json = serde_json::from_slice(text).unwrap_or(Json::Null);
    Ok(Response { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), json, took })
}

impl Response {
    /// A header's text; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether a comma-separated header contains a word, ignoring case.
    pub(crate) fn lists(&self, header: &str, word: &str) -> bool {
        let values = self.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
        let mut words = values.flat_map(|value| value.split(','));
        words.any(|listed| listed.trim().eq_ignore_ascii_case(word))
    }

    /// The media type without its parameters.
    pub(crate) fn kind(&self) -> String {
        let kind = self.header("content-type").split(';').next().unwrap_or_default();
        kind.trim().to_ascii_lowercase()
    }

    /// A top-level text of the JSON.
    pub(crate) fn text_of(&self, field: &str) -> &str {
        self.json.get(field).and_then(Json::as_str).unwrap_or_default()
    }
}

/// Status, media type and the beginning of the body, in one line.
impl fmt::Display for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        let kind = if kind.is_empty() { "no content type" } else { &kind };
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let start: String = self.text.chars().take(MOST_SHOWN_CHARACTERS).map(plain).collect();
        let more = if start.len() < self.text.len() { "…" } else { "" };
        write!(formatter, "{} {kind} {start}{more}", self.status)
    }
}
