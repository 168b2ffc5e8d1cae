//! The plots of a run, drawn from its rows: what was not measured in this run is not drawn, so that an
//! older plot of it stays.

use crate::report::{Report, kilobytes};
use crate::spread::ms;
use crate::svg::{self, Axis, Bar, Group};
use crate::wire::said;
use crate::{creates, hold, reads};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// The row with the samples of a soak.
pub(crate) const SOAK_PART: &str = "soak";

/// Writes them into the folder.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn draw(report: &Report, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(said)?;
    let write = |name: &str, drawn: Option<String>| match drawn {
        None => Ok(()),
        Some(drawn) => {
            let file = folder.join(name);
            std::fs::write(&file, drawn).map_err(|error| format!("{}: {error}", file.display()))
        }
    };
    let waiting = report.rows_of(hold::PART);
    write("memory.svg", memory(&waiting))?;
    write("news.svg", news(&waiting))?;
    let title = format!("Status reads, {} connections", reads::ASKING);
    write("reads.svg", paces(&title, "answers a second", &report.rows_of(reads::PART)))?;
    let (title, unit) = ("Creates; the backend calls the provider for each", "payments a second");
    write("creates.svg", paces(title, unit, &report.rows_of(creates::PART)))?;
    for row in report.rows_of(SOAK_PART) {
        let database = text(row, "database");
        write(&format!("soak-{}.svg", database.to_lowercase()), soak(row, database))?;
    }
    Ok(())
}

fn memory(rows: &[&Value]) -> Option<String> {
    let crowds = rows.iter().filter(|row| number(row, "count") >= hold::CROWD);
    let groups: Vec<Group> = crowds
        .map(|row| {
            let bar = |name: &str| {
                let value = number(row, name);
                Bar { value, shown: kilobytes(value) }
            };
            Group { name: crowd(row), bars: vec![bar("bytes_each"), bar("bare_bytes_each")] }
        })
        .collect();
    let title = "Memory for each waiting shopper";
    let series = ["backend", "bare axum"];
    (!groups.is_empty()).then(|| svg::bars(title, "kB each (resident)", &series, &groups))
}

fn news(rows: &[&Value]) -> Option<String> {
    let bar = |row: &Value, name: &str| {
        let value = number(row, name);
        Bar { value, shown: ms(Duration::from_micros(value)) }
    };
    let names = ["news_p50_us", "news_p95_us", "news_p99_us"];
    let groups: Vec<Group> = rows
        .iter()
        .map(|row| Group { name: crowd(row), bars: names.map(|name| bar(row, name)).into() })
        .collect();
    let title = "From the settled payment to the shopper's answer";
    let series = ["median", "95th percentile", "99th percentile"];
    (!groups.is_empty()).then(|| svg::bars(title, "milliseconds", &series, &groups))
}

fn paces(title: &str, unit: &str, rows: &[&Value]) -> Option<String> {
    let groups: Vec<Group> = rows
        .iter()
        .map(|row| {
            let value = number(row, "per_second");
            let bar = Bar { value, shown: value.to_string() };
            Group { name: text(row, "name").to_owned(), bars: vec![bar] }
        })
        .collect();
    (!groups.is_empty()).then(|| svg::bars(title, unit, &[], &groups))
}

fn soak(row: &Value, database: &str) -> Option<String> {
    let samples: Vec<[u64; 2]> = serde_json::from_value(row.get("samples_s_kib")?.clone()).ok()?;
    let is_long = samples.last()?.first()? > &300;
    let (name, unit) = if is_long { ("minutes", 60) } else { ("seconds", 1) };
    let axes = [Axis { name, unit }, Axis { name: "MB (resident)", unit: 1_000_000 }];
    let points: Vec<[u64; 2]> =
        samples.iter().map(|[at_s, kib]| [*at_s, kib.saturating_mul(1_024)]).collect();
    let title = format!("Memory of the backend under steady load, {database}");
    Some(svg::line(&title, axes, &points))
}

fn crowd(row: &Value) -> String {
    format!("{} waiting, {}", number(row, "count"), text(row, "database"))
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(row: &Value, name: &str) -> u64 {
    row.get(name).and_then(Value::as_u64).unwrap_or(0)
}
