//! `paywith-merchant doctor`: checks whether any merchant backend follows the contract.
//!
//! It only speaks HTTP and knows nothing about the backend's internals. It makes payments for one
//! order and pays none. Start at [`examine`]; each group of rules has its own file.

mod arguments;
mod browsers;
mod checkout;
mod creating;
mod ending;
mod reading;
mod report;
mod shape;
mod waiting;
mod wire;

pub use arguments::Plan;
pub use report::{Finding, Report, Row};

use crate::ids::random_hex;
use paywith_protocol::{Json, Provider};
use report::{Tried, skipped};
use reqwest::Method;
use serde_json::{Value, json};
use wire::{Response, Wire, send};

/// Tests every rule that can be tested from outside.
///
/// # Errors
/// When no request can be made at all: no HTTP client, no randomness for keys.
pub async fn examine(plan: &Plan) -> Result<Report, String> {
    let mut visit = Visit {
        plan,
        wire: Wire::new(&plan.endpoint)?,
        report: Report::default(),
        refusals: Vec::new(),
    };
    let offer = checkout::look(&mut visit).await;
    let keys = [new_key()?, new_key()?, new_key()?, new_key()?];
    match creating::create(&mut visit, &offer, &keys).await {
        Some(made) => {
            reading::read(&mut visit, &made).await;
            waiting::wait(&mut visit, &made).await;
            ending::cancel(&mut visit, &made).await;
        }
        None => visit.skip("everything about a payment", "no payment was made"),
    }
    browsers::look(&mut visit).await;
    visit.judge_refusals();
    Ok(visit.report)
}

/// One run.
struct Visit<'a> {
    plan: &'a Plan,
    wire: Wire,
    report: Report,
    /// Error answers, each with a description of the request.
    refusals: Vec<(&'static str, Response)>,
}

/// The payment that was made for the test.
struct Made {
    id: String,
    json: Json,
    /// The provider's own answer was passed on: a relay stores nothing and promises less.
    is_native: bool,
}

/// What the checkout call said about the order.
#[derive(Default)]
struct Offer {
    currency: Option<String>,
    /// The order had a payment before this run.
    has_payment: bool,
}

impl Visit<'_> {
    fn add(&mut self, name: &'static str, tried: Tried) {
        self.report.add(name, tried);
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        self.add(name, Err(skipped(why)));
    }

    /// Stores a refusal for the later check of its format, and returns whether it is the right one.
    fn refused(
        &mut self,
        asked: &'static str,
        response: Result<Response, Finding>,
        judge: impl FnOnce(&Response) -> Tried,
    ) -> Tried {
        let response = response?;
        let tried = judge(&response);
        if response.status >= 400 {
            self.refusals.push((asked, response));
        }
        tried
    }

    /// Every refusal must be a problem document, whatever the request was.
    fn judge_refusals(&mut self) {
        let name = "errors: problem documents with code and retryable";
        if self.refusals.is_empty() {
            return self.skip(name, "nothing was refused");
        }
        let flaw = self.refusals.iter().find_map(|(asked, response)| {
            let finding = shape::document(response).err()?;
            Some(match finding {
                Finding::Differs { expected, got } => {
                    Finding::Differs { expected: format!("{expected} ({asked})"), got }
                }
                Finding::Fine | Finding::Skipped { .. } => finding,
            })
        });
        self.add(name, flaw.map_or(Ok(()), Err));
    }

    /// The body of the create call that everything else is compared with.
    fn body(&self) -> Value {
        self.body_with(self.plan.provider, &self.plan.return_url, None)
    }

    fn body_with(&self, provider: Provider, return_url: &str, supersedes: Option<&str>) -> Value {
        json!({
            "order": self.plan.order,
            "provider": provider.id(),
            "return_url": return_url,
            "locale": "en",
            "supersedes": supersedes,
        })
    }

    async fn post(&self, key: Option<&str>, body: &Value) -> Result<Response, Finding> {
        let request = self.wire.ask(Method::POST, "/payments", &[]);
        let request = request.header("content-type", "application/json").body(body.to_string());
        send(match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        })
        .await
    }

    /// The status call for an id, as the widget makes it.
    async fn status(&self, id: &str, more: &[(&str, &str)]) -> Result<Response, Finding> {
        let usual = [("provider", self.plan.provider.id()), ("order", self.plan.order.as_str())];
        self.wire.get(&path(id), &[&usual, &in_query(id)[..], more].concat()).await
    }
}

/// The path for a payment whose id does not fit in a path.
const IN_QUERY: &str = "/payments/_";

/// A payment's path, without the query.
fn path(id: &str) -> String {
    if fits(id) { format!("/payments/{id}") } else { IN_QUERY.to_owned() }
}

fn fits(id: &str) -> bool {
    paywith_protocol::PaymentId::parse(id).is_some_and(|id| id.fits_path_segment())
}

/// The id as a parameter, if it does not fit in the path.
fn in_query(id: &str) -> Vec<(&str, &str)> {
    if fits(id) { Vec::new() } else { vec![("id", id)] }
}

/// A UUID, as the widget generates one per attempt.
fn new_key() -> Result<String, String> {
    let hex = random_hex(16).map_err(|_| "this machine gives no randomness".to_owned())?;
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let (a, b, c, d, e) = (part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32));
    Ok(format!("{a}-{b}-4{c}-8{d}-{e}"))
}

/// No cache may store an answer about money.
fn no_store(response: &Response) -> Tried {
    let is_kept_off = response.lists("cache-control", "no-store");
    report::expect(is_kept_off, "`Cache-Control: no-store`", {
        let said = response.header("cache-control");
        if said.is_empty() { "nothing".to_owned() } else { said.to_owned() }
    })
}
