//! What was found: one row per rule of the contract.

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
}

/// One rule and its finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule, always worded the same.
    pub name: &'static str,
    /// What was found.
    pub finding: Finding,
}

/// Every rule that was tested, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One row per rule.
    pub rows: Vec<Row>,
}

impl Report {
    /// Whether any rule is not followed.
    pub fn differs(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.finding, Finding::Differs { .. }))
    }

    pub(super) fn add(&mut self, name: &'static str, tried: Tried) {
        let finding = match tried {
            Ok(()) => Finding::Fine,
            Err(finding) => finding,
        };
        self.rows.push(Row { name, finding });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut fine, mut differ, mut skipped) = (0u32, 0u32, 0u32);
        for Row { name, finding } in &self.rows {
            match finding {
                Finding::Fine => {
                    fine += 1;
                    writeln!(formatter, "ok       {name}")?;
                }
                Finding::Differs { expected, got } => {
                    differ += 1;
                    writeln!(formatter, "differs  {name}: expected {expected}; got {got}")?;
                }
                Finding::Skipped { why } => {
                    skipped += 1;
                    writeln!(formatter, "skipped  {name}: {why}")?;
                }
            }
        }
        writeln!(formatter, "{fine} ok, {differ} differ, {skipped} skipped")
    }
}

/// The result of testing a rule: `Ok`, or what differs or why it was skipped.
pub(super) type Tried = Result<(), Finding>;

/// The backend does something else.
pub(super) fn differs(expected: &str, got: impl fmt::Display) -> Finding {
    Finding::Differs { expected: expected.to_owned(), got: got.to_string() }
}

/// The rule could not be tested.
pub(super) fn skipped(why: &str) -> Finding {
    Finding::Skipped { why: why.to_owned() }
}

/// `Ok` if the rule is kept, otherwise what differs.
pub(super) fn expect(is_kept: bool, expected: &str, got: impl fmt::Display) -> Tried {
    if is_kept { Ok(()) } else { Err(differs(expected, got)) }
}
