//! `paywith-merchant doctor`: whether a merchant backend, whoever wrote it, keeps the contract.
//!
//! It speaks HTTP only and knows nothing of the backend's inside. It makes payments of one order and
//! pays none. Start at [`examine`]; each group of rules is a file.

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

/// Tries every rule that can be tried from outside.
///
/// # Errors
/// When nothing can be asked at all: no HTTP client, no randomness for keys.
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

/// One examination.
struct Visit<'a> {
    plan: &'a Plan,
    wire: Wire,
    report: Report,
    /// Answers that said no, by what had been asked.
    refusals: Vec<(&'static str, Response)>,
}

/// The payment that was made to be asked about.
struct Made {
    id: String,
    json: Json,
    /// The provider's own answer, handed on: a relay keeps nothing and promises less.
    is_native: bool,
}

/// What the order's look-up told.
#[derive(Default)]
struct Offer {
    currency: Option<String>,
    /// There was a payment before the examination.
    has_payment: bool,
}

impl Visit<'_> {
    fn add(&mut self, name: &'static str, tried: Tried) {
        self.report.add(name, tried);
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        self.add(name, Err(skipped(why)));
    }

    /// Keeps a refusal to be judged, and answers whether it is the right one.
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

    /// Every refusal is a problem document, whatever was asked.
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

    /// The status call of an id, as the widget makes it.
    async fn status(&self, id: &str, more: &[(&str, &str)]) -> Result<Response, Finding> {
        let usual = [("provider", self.plan.provider.id()), ("order", self.plan.order.as_str())];
        self.wire.get(&path(id), &[&usual, &in_query(id)[..], more].concat()).await
    }
}

/// Where a payment lies whose id does not fit into a path.
const IN_QUERY: &str = "/payments/_";

/// Where a payment lies, without its query.
fn path(id: &str) -> String {
    if fits(id) { format!("/payments/{id}") } else { IN_QUERY.to_owned() }
}

fn fits(id: &str) -> bool {
    paywith_protocol::PaymentId::parse(id).is_some_and(|id| id.fits_path_segment())
}

/// The id as a parameter, where the path cannot take it.
fn in_query(id: &str) -> Vec<(&str, &str)> {
    if fits(id) { Vec::new() } else { vec![("id", id)] }
}

/// A UUID, as the widget draws one per attempt.
fn new_key() -> Result<String, String> {
    let hex = random_hex(16).map_err(|_| "this machine gives no randomness".to_owned())?;
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let (a, b, c, d, e) = (part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32));
    Ok(format!("{a}-{b}-4{c}-8{d}-{e}"))
}

/// No cache may keep an answer about money.
fn no_store(response: &Response) -> Tried {
    let is_kept_off = response.lists("cache-control", "no-store");
    report::expect(is_kept_off, "`Cache-Control: no-store`", {
        let said = response.header("cache-control");
        if said.is_empty() { "nothing".to_owned() } else { said.to_owned() }
    })
}
