//! What was measured. Each row is printed and appended to a file as soon as it is known, so that a
//! later failure loses nothing; a part that fails is a row, too.

use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// The rows of this run.
pub(crate) struct Report {
    /// One JSON object a line, of this run and of those before.
    file: File,
    rows: Vec<Value>,
    failed: Vec<String>,
}

impl Report {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn open(path: &Path) -> Result<Report, String> {
        let file = File::options().create(true).append(true).open(path);
        let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Report { file, rows: Vec::new(), failed: Vec::new() })
    }

    /// The head of a table.
    pub(crate) fn table(&self, head: &[&str]) {
        println!("\n| {} |\n|{}", head.join(" | "), "---|".repeat(head.len()));
    }

    /// A row of the table that was begun last, and the same for programs: an object.
    pub(crate) fn row(&mut self, part: &str, cells: &[String], data: Value) {
        println!("| {} |", cells.join(" | "));
        self.note(part, data);
    }

    /// For programs only.
    pub(crate) fn note(&mut self, part: &str, mut data: Value) {
        if let Some(fields) = data.as_object_mut() {
            fields.insert("part".to_owned(), json!(part));
            fields.insert("at_s".to_owned(), json!(now_s()));
        }
        // It is on the screen in any case.
        if let Err(error) = writeln!(self.file, "{data}") {
            eprintln!("the results cannot be written: {error}");
        }
        self.rows.push(data);
    }

    /// The result of a part; a failure becomes a row with its reason, and the run goes on.
    pub(crate) fn attempt<T>(
        &mut self,
        part: &str,
        name: &str,
        result: Result<T, String>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(reason) => {
                let cells = [name.to_owned(), format!("FAILED: {reason}")];
                self.row(part, &cells, json!({ "name": name, "failed": reason }));
                self.failed.push(format!("{part}, {name}"));
                None
            }
        }
    }

    /// The rows of a part that did not fail.
    pub(crate) fn rows_of(&self, part: &str) -> Vec<&Value> {
        let is_of = |row: &&Value| {
            row.get("part").and_then(Value::as_str) == Some(part) && row.get("failed").is_none()
        };
        self.rows.iter().filter(is_of).collect()
    }

    /// Ends the run.
    ///
    /// # Errors
    /// Names what failed.
    pub(crate) fn finish(self) -> Result<(), String> {
        if self.failed.is_empty() {
            return Ok(());
        }
        Err(format!("failed: {}", self.failed.join("; ")))
    }
}

/// A figure, marked when it misses its aim.
pub(crate) fn aimed(figure: String, is_met: bool) -> String {
    if is_met { figure } else { format!("{figure} (missed)") }
}

/// Two digits behind the point; nothing divided by nothing is 0.
pub(crate) fn ratio(part: u64, whole: u64) -> String {
    let percent = percent(part, whole);
    format!("{}.{:02}", percent / 100, percent % 100)
}

/// So many of a hundred.
pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

/// Bytes as kilobytes with one digit behind the point.
pub(crate) fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000, bytes % 1_000 / 100)
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_part_is_a_row_and_the_run_goes_on() {
        let path = std::env::temp_dir().join(format!("paywith-report-{}", std::process::id()));
        let mut report = Report::open(&path).unwrap();
        assert_eq!(report.attempt::<()>("reads", "SQLite", Err("no port".to_owned())), None);
        assert_eq!(report.attempt("reads", "PostgreSQL", Ok(7)), Some(7));
        report.row("reads", &["PostgreSQL".to_owned()], json!({ "per_second": 7 }));
        assert_eq!(report.rows_of("reads").len(), 1);
        let lines = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let lines: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["failed"], "no port");
        assert_eq!(lines[1]["per_second"], 7);
        assert_eq!(report.finish(), Err("failed: reads, SQLite".to_owned()));
    }

    #[test]
    fn figures_without_floats() {
        assert_eq!(ratio(7, 10), "0.70");
        assert_eq!(ratio(1, 0), "0.00");
        assert_eq!(kilobytes(16_449), "16.4");
        assert_eq!(aimed("8.0".to_owned(), false), "8.0 (missed)");
    }
}
