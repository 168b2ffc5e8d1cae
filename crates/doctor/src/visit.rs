//! One run: what is examined, what has been found so far, and the calls that several groups of
//! rules make. It judges nothing but the form that all answers share.

use crate::made::Made;
use crate::report::{Tried, expect, skipped};
use crate::wire::{Response, Wire};
use crate::{ExamineError, Finding, Kind, Plan, Report, rules, shape};
use paywith_protocol::{PaymentId, Provider};
use serde_json::{Value, json};

/// An order that no shop has.
pub(crate) const NO_ORDER: &str = "no-order-of-this-shop";

/// One run.
pub(crate) struct Visit<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) wire: Wire,
    report: Report,
    /// 32 hexadecimal digits; every key of this run is made of them and its number.
    seed: String,
    keys: u16,
    /// Error answers, each with a description of the request.
    refusals: Vec<(&'static str, Response)>,
    /// The media types of all other answers, each with a description of the request.
    kinds: Vec<(&'static str, String)>,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Result<Visit<'a>, ExamineError> {
        let no_client = |cause: String| ExamineError::NoClient { cause };
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| no_client(error.to_string()))?;
        Ok(Visit {
            plan,
            wire: Wire::new(plan).map_err(no_client)?,
            report: Report::new(&plan.endpoint, plan.provider),
            seed: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            keys: 0,
            refusals: Vec::new(),
            kinds: Vec::new(),
        })
    }

    pub(crate) fn add(&mut self, name: &'static str, tried: Tried) {
        self.report.add(name, tried);
    }

    pub(crate) fn skip(&mut self, name: &'static str, why: &str) {
        self.add(name, Err(skipped(why)));
    }

    /// The backend passes the provider's answers on: names what it cannot promise.
    pub(crate) fn is_relay(&mut self) {
        self.report.kind = Kind::Relay;
        let has_reference = matches!(self.plan.provider, Provider::Cashi | Provider::Kashier);
        let more = &rules::NOT_BY_A_RELAY_WITHOUT_REFERENCE[..];
        let more = if has_reference { &[] } else { more };
        for (name, why) in rules::NOT_BY_A_RELAY.iter().chain(more) {
            self.report.add(name, Err(Finding::NotByRelay { why }));
        }
    }

    pub(crate) fn into_report(mut self) -> Report {
        self.report.complete();
        self.report
    }

    /// A fresh UUID, as the widget generates one per attempt. A relay may use only the first 20
    /// digits, so the number stands before them.
    pub(crate) fn new_key(&mut self) -> String {
        self.keys += 1;
        let part = |from: usize, to: usize| self.seed.get(from..to).unwrap_or_default();
        let (a, c, d, e) = (part(0, 8), part(13, 16), part(17, 20), part(20, 32));
        format!("{a}-{:04x}-4{c}-8{d}-{e}", self.keys)
    }

    /// Stores a refusal for the later check of its format, and returns whether it is the right one.
    pub(crate) fn refused(
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

    /// Stores the media type of an answer for the later check.
    pub(crate) fn answered(&mut self, asked: &'static str, response: &Response) {
        if response.status < 300 {
            self.kinds.push((asked, response.kind()));
        }
    }

    /// What holds for every answer, whatever the request was.
    pub(crate) fn judge_answers(&mut self) {
        let json = "application/json";
        let flaw = self.kinds.iter().find_map(|(asked, kind)| {
            let got = if kind.is_empty() { "no content type" } else { kind };
            expect(kind == json, &format!("{json} ({asked})"), got).err()
        });
        if self.kinds.is_empty() {
            self.skip(rules::ANSWERS_JSON, "everything was refused");
        } else {
            self.add(rules::ANSWERS_JSON, flaw.map_or(Ok(()), Err));
        }
        if self.report.kind == Kind::Relay {
            return;
        }
        if self.refusals.is_empty() {
            return self.skip(rules::ERRORS, "nothing was refused");
        }
        let flaw = self.refusals.iter().find_map(|(asked, response)| {
            Some(match shape::document(response).err()? {
                Finding::Differs { expected, got } => {
                    Finding::Differs { expected: format!("{expected} ({asked})"), got }
                }
                other => other,
            })
        });
        self.add(rules::ERRORS, flaw.map_or(Ok(()), Err));
    }

    /// The body of the create call that everything else is compared with.
    pub(crate) fn body(&self) -> Value {
        self.body_with(self.plan.provider, &self.plan.return_url, None)
    }

    pub(crate) fn body_with(
        &self,
        provider: Provider,
        return_url: &str,
        supersedes: Option<&str>,
    ) -> Value {
        body_of(&self.plan.order, provider, return_url, supersedes)
    }

    pub(crate) async fn post(&self, key: Option<&str>, body: &Value) -> Result<Response, Finding> {
        self.wire.post("/payments", key, body).await
    }

    /// The status call for a payment, as the widget makes it.
    pub(crate) async fn status(
        &self,
        made: &Made,
        more: &[(&str, &str)],
    ) -> Result<Response, Finding> {
        let query = [&self.usual(made.provider), &in_query(&made.id)[..], more].concat();
        self.wire.get(&path(&made.id), &query).await
    }

    /// What every call about a payment carries.
    pub(crate) fn usual(&self, provider: Provider) -> [(&'static str, &str); 2] {
        [("provider", provider.id()), ("order", self.plan.order.as_str())]
    }
}

/// The body of a create call.
pub(crate) fn body_of(
    order: &str,
    provider: Provider,
    return_url: &str,
    supersedes: Option<&str>,
) -> Value {
    json!({
        "order": order,
        "provider": provider.id(),
        "return_url": return_url,
        "locale": "en",
        "supersedes": supersedes,
    })
}

/// The path for a payment whose id does not fit in a path.
pub(crate) const IN_QUERY: &str = "/payments/_";

/// A payment's path, without the query.
pub(crate) fn path(id: &str) -> String {
    if fits(id) { format!("/payments/{id}") } else { IN_QUERY.to_owned() }
}

fn fits(id: &str) -> bool {
    PaymentId::parse(id).is_some_and(|id| id.fits_path_segment())
}

/// The id as a parameter, if it does not fit in the path.
pub(crate) fn in_query(id: &str) -> Vec<(&str, &str)> {
    if fits(id) { Vec::new() } else { vec![("id", id)] }
}

/// No cache may store an answer about money.
pub(crate) fn no_store(response: &Response) -> Tried {
    let said = response.header("cache-control");
    let got = if said.is_empty() { "nothing" } else { said };
    expect(response.lists("cache-control", "no-store"), "`Cache-Control: no-store`", got)
}
