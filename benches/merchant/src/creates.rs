//! How many payments a second the backend makes, beside the writes of that by themselves.
//!
//! The simulated provider runs on the same machine, and each create asks it: its time is part of the
//! backend's rows.

use crate::orders::{self, Created};
use crate::programs::{Database, Place};
use crate::report::{Report, percent, ratio};
use crate::spread::{Spread, micros, ms};
use crate::writes::{self, Writes};
use serde_json::{Value, json};

pub(crate) const PART: &str = "creates";
/// So many shoppers create at a time.
const SHOPPERS: [usize; 2] = [16, 64];
const CREATES: usize = 4_000;
/// Not measured: caches and pools fill.
const WARMING: usize = 200;

/// Measures both databases.
pub(crate) async fn run(place: &Place, report: &mut Report) {
    report.table(&["Creates", "a second", "p50 ms", "p99 ms", "of the writes alone"]);
    for kind in [Database::Sqlite, Database::Postgres] {
        let name = format!("{kind}, the writes alone");
        let writes = report.attempt(PART, &name, writes_alone(place, kind).await);
        if let Some(writes) = &writes {
            writes_row(report, kind, &name, writes);
        }
        for shoppers in SHOPPERS {
            let name = format!("backend, {kind}, {shoppers} shoppers");
            let created = creates(place, kind, shoppers).await;
            if let Some(created) = report.attempt(PART, &name, created) {
                backend_row(report, &name, &created, writes.as_ref());
            }
        }
    }
    println!(
        "\nThe backend's creates contain the call to the simulated provider, on this machine."
    );
}

/// In a database of their own, with the tables that the backend makes.
async fn writes_alone(place: &Place, kind: Database) -> Result<Writes, String> {
    let database = place.new_database(kind)?;
    let sandbox = place.sandbox()?;
    drop(place.merchant(&sandbox, &database)?);
    match kind {
        Database::Sqlite => writes::sqlite(&database).await,
        Database::Postgres => writes::postgres(place, place.postgres()?, &database),
    }
}

async fn creates(place: &Place, kind: Database, shoppers: usize) -> Result<Created, String> {
    let sandbox = place.sandbox()?;
    let merchant = place.merchant(&sandbox, &place.new_database(kind)?)?;
    let warming = orders::sign(merchant.address, WARMING).await?;
    orders::create(merchant.address, warming, shoppers).await?;
    let orders = orders::sign(merchant.address, CREATES).await?;
    orders::create(merchant.address, orders, shoppers).await
}

fn writes_row(report: &mut Report, kind: Database, name: &str, writes: &Writes) {
    let Writes { per_second, took } = writes;
    let how = match kind {
        Database::Sqlite => "one connection",
        Database::Postgres => "pgbench, 16 sessions",
    };
    let (half, most) = match kind {
        Database::Sqlite => (ms(took.percentile(50)), ms(took.percentile(99))),
        Database::Postgres => (format!("{} on average", ms(took.most())), String::new()),
    };
    let cells = [format!("{name} ({how})"), per_second.to_string(), half, most, String::new()];
    report.row(PART, &cells, json!({ "name": name, "per_second": per_second }));
}

fn backend_row(report: &mut Report, name: &str, created: &Created, writes: Option<&Writes>) {
    let per_second = per_second(created);
    let took = &created.took;
    let share = writes.map(|writes| ratio(per_second, writes.per_second));
    let reached = writes.map(|writes| percent(per_second, writes.per_second));
    let (half, most) = (ms(took.percentile(50)), ms(took.percentile(99)));
    let cells = [
        format!("{name} (with the provider)"),
        per_second.to_string(),
        half,
        most,
        share.unwrap_or_default(),
    ];
    report.row(PART, &cells, data(name, per_second, took, reached));
}

fn data(name: &str, per_second: u64, took: &Spread, reached: Option<u64>) -> Value {
    json!({
        "name": name,
        "per_second": per_second,
        "p50_us": micros(took.percentile(50)),
        "p99_us": micros(took.percentile(99)),
        "percent_of_the_writes_alone": reached,
    })
}

fn per_second(created: &Created) -> u64 {
    let count = u64::try_from(created.payments.len()).unwrap_or(0);
    let micros = micros(created.elapsed).max(1);
    count.saturating_mul(1_000_000) / micros
}
