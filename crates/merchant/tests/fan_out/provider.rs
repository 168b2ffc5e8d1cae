//! The simulated CashPay: it knows who has paid, takes its time to say so, and counts how often it is
//! asked.

use async_trait::async_trait;
use axum::http::Request;
use paywith_merchant::environment::{Clock, HttpResponse, Transport, TransportError};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What one call takes.
pub(super) const TAKES: Duration = Duration::from_millis(100);
/// 2027-01-15.
const EPOCH_MS: i64 = 1_800_000_000_000;

/// Wall clock time that follows tokio's virtual time.
pub(super) struct VirtualClock(pub(super) Instant);

impl Clock for VirtualClock {
    fn now_ms(&self) -> i64 {
        EPOCH_MS + i64::try_from(self.0.elapsed().as_millis()).expect("small")
    }
}

/// Its payments by their ids.
#[derive(Default)]
pub(super) struct CashPay(Mutex<HashMap<String, Charge>>);

#[derive(Clone, Copy, Default)]
pub(super) struct Charge {
    pub(super) is_paid: bool,
    pub(super) reads: u32,
}

impl CashPay {
    pub(super) fn charges(&self) -> MutexGuard<'_, HashMap<String, Charge>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settle(&self, id: &str) {
        self.charges().entry(id.to_owned()).or_default().is_paid = true;
    }

    /// What its webhook says, and its answer to a reading.
    pub(super) fn words(id: &str, is_paid: bool) -> String {
        let status = if is_paid { "CAPTURED" } else { "INITIATED" };
        json!({ "id": id, "status": status, "amount": 2000, "currency": "YER",
            "transaction_url": format!("http://localhost/pay/{id}") })
        .to_string()
    }
}

#[async_trait]
impl Transport for CashPay {
    async fn send(&self, request: Request<String>) -> Result<HttpResponse, TransportError> {
        sleep(TAKES).await;
        let path = request.uri().path();
        let text = match path.rsplit('/').next().unwrap_or_default() {
            "token" => json!({ "access_token": "token" }).to_string(),
            "charges" => CashPay::words("chg_first", false),
            id => {
                let mut charges = self.charges();
                let charge = charges.entry(id.to_owned()).or_default();
                charge.reads += 1;
                CashPay::words(id, charge.is_paid)
            }
        };
        Ok(HttpResponse { status: 200, body: text.into_bytes(), date: None })
    }
}
