//! What was found: one row per rule of the contract, as text for people and as JSON for CI.

use crate::rules;
use paywith_protocol::Provider;
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// Whether a rule of the contract is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// As the contract says.
    Fine,
    /// The backend does something else.
    Differs {
        /// What the contract says.
        expected: String,
        /// What the backend answered.
        got: String,
    },
    /// It could not be tested.
    Skipped {
        /// What was missing.
        why: String,
    },
    /// A relay stores nothing, so it cannot follow this rule.
    NotByRelay {
        /// What follows from that.
        why: &'static str,
    },
}

/// One rule and its finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule, always worded the same.
    pub name: &'static str,
    /// What was found.
    pub finding: Finding,
}

/// How the backend answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// With the contract's own `Payment`.
    Backend,
    /// With the provider's own answers, passed on.
    Relay,
}

/// Every rule of [`rules::ALL`], each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Where the backend is.
    pub endpoint: String,
    /// The provider that the payment was made with.
    pub provider: Provider,
    /// How it answers; a backend until an answer shows a relay.
    pub kind: Kind,
    /// One row per rule.
    pub rows: Vec<Row>,
}

/// How many rules have which finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Rules that are followed.
    pub ok: usize,
    /// Rules that are not.
    pub differs: usize,
    /// Rules that could not be tested, or that no relay can follow.
    pub skipped: usize,
}

impl Report {
    pub(crate) fn new(endpoint: &str, provider: Provider) -> Report {
        Report { endpoint: endpoint.to_owned(), provider, kind: Kind::Backend, rows: Vec::new() }
    }

    /// Whether any rule is not followed.
    pub fn differs(&self) -> bool {
        self.summary().differs > 0
    }

    /// How many rules have which finding.
    pub fn summary(&self) -> Summary {
        let count = |word: &str| self.rows.iter().filter(|row| row.finding.word() == word).count();
        Summary { ok: count("ok"), differs: count("differs"), skipped: count("skipped") }
    }

    pub(crate) fn add(&mut self, name: &'static str, tried: Tried) {
        let finding = match tried {
            Ok(()) => Finding::Fine,
            Err(finding) => finding,
        };
        self.rows.push(Row { name, finding });
    }

    /// Names the rules that were not reached, and puts all of them in order.
    pub(crate) fn complete(&mut self) {
        for name in rules::ALL {
            if self.rows.iter().all(|row| row.name != name) {
                self.add(name, Err(skipped("no payment was made to test it on")));
            }
        }
        self.rows.sort_by_key(|row| rules::ALL.iter().position(|name| *name == row.name));
    }
}

impl Finding {
    fn word(&self) -> &'static str {
        match self {
            Finding::Fine => "ok",
            Finding::Differs { .. } => "differs",
            Finding::Skipped { .. } | Finding::NotByRelay { .. } => "skipped",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Row { name, finding } in &self.rows {
            match finding {
                Finding::Fine => writeln!(formatter, "ok       {name}")?,
                Finding::Differs { expected, got } => {
                    writeln!(formatter, "differs  {name}: expected {expected}; got {got}")?;
                }
                Finding::Skipped { why } => writeln!(formatter, "skipped  {name}: {why}")?,
                Finding::NotByRelay { .. } => {}
            }
        }
        if self.kind == Kind::Relay {
            writeln!(formatter, "\nA relay stores nothing, so it cannot promise:")?;
            for Row { name, finding } in &self.rows {
                if let Finding::NotByRelay { why } = finding {
                    writeln!(formatter, "  {name}: {why}")?;
                }
            }
            writeln!(formatter)?;
        }
        let Summary { ok, differs, skipped } = self.summary();
        writeln!(formatter, "{ok} ok, {differs} differ, {skipped} skipped")
    }
}

/// The JSON that the README documents.
#[derive(serde::Serialize)]
struct Document<'a> {
    endpoint: &'a str,
    provider: Provider,
    kind: Kind,
    summary: Summary,
    rules: Vec<Rule<'a>>,
}

#[derive(serde::Serialize)]
struct Rule<'a> {
    name: &'static str,
    finding: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    got: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rules = self.rows.iter().map(|row| {
            let (expected, got, why) = match &row.finding {
                Finding::Fine => (None, None, None),
                Finding::Differs { expected, got } => (Some(&**expected), Some(&**got), None),
                Finding::Skipped { why } => (None, None, Some(&**why)),
                Finding::NotByRelay { why } => (None, None, Some(*why)),
            };
            Rule { name: row.name, finding: row.finding.word(), expected, got, why }
        });
        let document = Document {
            endpoint: &self.endpoint,
            provider: self.provider,
            kind: self.kind,
            summary: self.summary(),
            rules: rules.collect(),
        };
        document.serialize(serializer)
    }
}

/// The result of testing a rule: `Ok`, or what differs or why it was skipped.
pub(crate) type Tried = Result<(), Finding>;

/// The backend does something else.
pub(crate) fn differs(expected: &str, got: impl fmt::Display) -> Finding {
    Finding::Differs { expected: in_one_line(expected), got: in_one_line(&got.to_string()) }
}

/// What a backend says must neither make rows of its own nor speak to the terminal.
fn in_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// The rule could not be tested.
pub(crate) fn skipped(why: &str) -> Finding {
    Finding::Skipped { why: why.to_owned() }
}

/// `Ok` if the rule is followed, otherwise what differs.
pub(crate) fn expect(is_followed: bool, expected: &str, got: impl fmt::Display) -> Tried {
    if is_followed { Ok(()) } else { Err(differs(expected, got)) }
}

#[cfg(test)]
mod tests {
    use super::{Report, expect, rules};
    use paywith_protocol::Provider;

    #[test]
    fn a_rule_is_one_line_whatever_the_backend_says() {
        let mut report = Report::new("https://shop.example/api", Provider::Cashi);
        let said = "\u{1b}[2Jfine\r\nok       create: not cached";
        report.add(rules::CREATE_NEW, expect(false, "201", said));
        assert_eq!(report.to_string().lines().count(), 2, "{report}");
        assert!(!report.to_string().contains('\u{1b}'));
    }

    #[test]
    fn a_report_names_every_rule_once_and_in_order() {
        let mut report = Report::new("https://shop.example/api", Provider::Cashi);
        report.add(rules::ERRORS, Ok(()));
        report.add(rules::CHECKOUT, Ok(()));
        report.complete();
        let names: Vec<_> = report.rows.iter().map(|row| row.name).collect();
        assert_eq!(names, rules::ALL);
        assert_eq!((report.summary().ok, report.differs()), (2, false));
    }
}
