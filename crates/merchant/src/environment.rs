//! What the backend takes from the world around it: the time, randomness, and the network.
//!
//! Everything else follows from its inputs. A test that hands in its own three meets the same code as
//! a shop does; `tests/simulation` is one. It knows no provider and no payment. Start at
//! [`Environment`].

use async_trait::async_trait;
use axum::http::Request;
use jiff::Timestamp;
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;

/// A longer answer is rejected: Cashi's largest picture takes 1.4 MB, most take 20 kB.
const MOST_BYTES: usize = 2 << 20;

/// The three, as one value.
#[derive(Clone)]
pub struct Environment {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What nobody can guess.
    pub randomness: Arc<dyn Randomness>,
    /// How providers and the shop's own server are called.
    pub transport: Arc<dyn Transport>,
}

/// Wall clock time. Pauses and time limits are tokio's, which a test can make virtual.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970 in UTC.
    fn now_ms(&self) -> i64;
}

/// A source of unguessable bytes.
pub trait Randomness: Send + Sync {
    /// Fills the bytes.
    ///
    /// # Errors
    /// There is no randomness: nothing may be created.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The machine provides no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

/// Sends one request and receives its whole answer, without following redirects.
#[async_trait]
pub trait Transport: Send + Sync {
    /// The answer, whatever its status.
    ///
    /// # Errors
    /// No complete answer came in time: what was asked for may have happened.
    async fn send(&self, request: Request<String>) -> Result<HttpResponse, TransportError>;
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 2 MiB.
    pub body: Vec<u8>,
    /// The header `Date`.
    pub date: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// Nothing came within the time limit.
    Unreachable,
    /// The answer's head came, but not its whole body.
    Cut {
        /// Its HTTP status.
        status: u16,
    },
    /// The answer's body is longer than 2 MiB.
    TooLong {
        /// Its HTTP status.
        status: u16,
    },
}

impl Environment {
    /// This machine's own. `deadline` limits each call.
    ///
    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn of_this_machine(deadline: Duration) -> Result<Environment, String> {
        let agent = concat!("paywith-merchant/", env!("CARGO_PKG_VERSION"));
        let client = paywith_https::client()?.timeout(deadline).user_agent(agent).build();
        Ok(Environment {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            transport: Arc::new(Internet(client.map_err(|error| error.to_string())?)),
        })
    }
}

/// This machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness)
    }
}

struct Internet(Client);

#[async_trait]
impl Transport for Internet {
    async fn send(&self, request: Request<String>) -> Result<HttpResponse, TransportError> {
        let unreachable = |_: reqwest::Error| TransportError::Unreachable;
        let request = reqwest::Request::try_from(request).map_err(unreachable)?;
        let mut response = self.0.execute(request).await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        let date = date.map(str::to_owned);
        let mut body = Vec::new();
        let cut = |_: reqwest::Error| TransportError::Cut { status };
        while let Some(chunk) = response.chunk().await.map_err(cut)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err(TransportError::TooLong { status });
            }
        }
        Ok(HttpResponse { status, body, date })
    }
}

/// RFC 3339 in UTC, to the second: `2026-11-20T07:35:00Z`. Empty for a time outside the years -9999
/// to 9999, which no clock shows.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    let second = Timestamp::from_second(at_ms.div_euclid(1_000));
    second.map(|second| second.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn known_instants_are_written_as_the_calendar_says() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_672_531_200, "2023-01-01T00:00:00Z"),
            (1_795_160_100, "2026-11-20T07:35:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds * 1000 + 999), text);
        }
    }

    #[test]
    fn a_time_that_no_calendar_has_is_written_as_nothing() {
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
        for at_ms in [i64::MIN, i64::MAX] {
            assert_eq!(rfc3339(at_ms), "");
        }
    }
}
