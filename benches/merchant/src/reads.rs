//! Status reads: bare axum, then for each database one bare row and the backend.

use crate::orders;
use crate::pace::{self, Asked, Pace};
use crate::programs::{Database, Place};
use crate::report::{Report, aimed, percent, ratio};
use crate::spread::{micros, ms};
use serde_json::json;

pub(crate) const PART: &str = "status reads";
/// So many connections ask without a pause.
pub(crate) const ASKING: usize = 64;
/// What the backend reaches of the pace of one bare row.
const AIM_PERCENT: u64 = 70;

/// Measures all of them.
pub(crate) async fn run(place: &Place, report: &mut Report) {
    let head = format!("Status reads, {ASKING} connections");
    report.table(&[&head, "a second", "p50 ms", "p99 ms", "the backend's pace by this (aim 0.70)"]);
    let name = "bare axum, \"hello\"";
    if let Some(pace) = report.attempt(PART, name, bare(place).await) {
        row(report, name, &pace, None);
    }
    for kind in [Database::Sqlite, Database::Postgres] {
        run_on(place, report, kind).await;
    }
}

/// The ratio is in the yardstick's row.
async fn run_on(place: &Place, report: &mut Report, kind: Database) {
    let (name, bare_name) = (format!("backend, {kind}"), format!("one bare row, {kind}"));
    let compared = compare(place, kind).await;
    let Some((backend, bare)) = report.attempt(PART, &name, compared) else { return };
    row(report, &name, &backend, None);
    row(report, &bare_name, &bare, Some(&backend));
}

async fn bare(place: &Place) -> Result<Pace, String> {
    let bare = place.yardstick()?;
    pace::measure(bare.address, &vec!["/hello".to_owned(); ASKING]).await
}

/// The paces of the backend, and of a handler that reads one row of the same database.
async fn compare(place: &Place, kind: Database) -> Result<(Pace, Pace), String> {
    let (sandbox, database) = (place.sandbox()?, place.new_database(kind)?);
    let merchant = place.merchant(&sandbox, &database)?;
    let payments = orders::make(merchant.address, ASKING).await?;
    let bare = place.row_yardstick(kind, &database)?;
    let paths: Vec<String> = payments.iter().map(|payment| payment.path.clone()).collect();
    let rows: Vec<String> = payments.iter().map(|payment| format!("/row/{}", payment.id)).collect();
    let backend = Asked { server: merchant.address, paths: &paths };
    pace::compare(&backend, &Asked { server: bare.address, paths: &rows }).await
}

fn row(report: &mut Report, name: &str, pace: &Pace, backend: Option<&Pace>) {
    let (half, most) = (pace.took.percentile(50), pace.took.percentile(99));
    let reached = backend.map(|backend| percent(backend.per_second, pace.per_second));
    let shown = backend.map_or_else(String::new, |backend| {
        let ratio = ratio(backend.per_second, pace.per_second);
        aimed(ratio, reached.is_some_and(|percent| percent >= AIM_PERCENT))
    });
    let cells = [name.to_owned(), pace.per_second.to_string(), ms(half), ms(most), shown];
    let data = json!({
        "name": name,
        "per_second": pace.per_second,
        "p50_us": micros(half),
        "p99_us": micros(most),
        "backend_percent_of_this": reached,
    });
    report.row(PART, &cells, data);
}
