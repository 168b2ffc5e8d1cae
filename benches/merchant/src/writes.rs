//! The yardstick of creates: the writes that a create cannot do without, by themselves.
//!
//! They are those of the backend's storage (`store/sql`): the claim of the order, the intent with its
//! key, the provider's answer, the same word for word, and the end of the claim: five commits. What
//! the backend reads before and between is not among them.

use crate::programs::Place;
use crate::spread::Spread;
use crate::wire::said;
use paywith_test_postgres::Postgres;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

const MEASURED: Duration = Duration::from_secs(6);
/// As many as the backend's pool has.
const SESSIONS: u32 = 16;

/// A statement; `BEGIN` and `COMMIT` stand alone. `{n}` is a number that each create has for itself.
const STATEMENTS: [&str; 10] = [
    "INSERT INTO order_claims (order_id, owner, until_ms) \
     VALUES ('order-{n}', 'owner-{n}', 4000000000000) ON CONFLICT (order_id) DO UPDATE \
     SET owner = excluded.owner, until_ms = excluded.until_ms \
     WHERE order_claims.until_ms <= 0 OR order_claims.owner = excluded.owner RETURNING order_id",
    "BEGIN",
    "INSERT INTO payments (id, order_id, provider, provider_order, creation, status, currency, \
     price_minor, price_exponent, amount_minor, amount_exponent, return_url, created_ms, push_token) \
     VALUES ('pay_{n}', 'order-{n}', 'cashpay', 'ref-{n}', 'unknown', 'pending', 'USD', 1550, 2, \
     1550, 2, 'https://shop.example/cart', 1790000000000, 'token-{n}')",
    "INSERT INTO attempts (key, payload_hash, payment_id, created_ms) VALUES ('key-{n}', \
     'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9', 'pay_{n}', 1790000000000)",
    "COMMIT",
    "BEGIN",
    "UPDATE payments SET provider_payment = 'charge-{n}', creation = 'made', status = 'pending', \
     review = NULL, amount_minor = 1550, amount_exponent = 2, qr_payload = NULL, qr_image = NULL, \
     redirect_url = 'https://provider.example/pay/charge-{n}', checkout_url = NULL, \
     expires_ms = NULL, paid_ms = NULL, next_check_ms = 4000000000000, facts = NULL \
     WHERE id = 'pay_{n}'",
    "COMMIT",
    "INSERT INTO answers (payment_id, at_ms, kind, http_status, body) VALUES ('pay_{n}', \
     1790000000000, 'create', 201, '{\"id\":\"charge-{n}\",\"status\":\"pending\",\"amount\":\"15.50\",\
     \"currency\":\"USD\",\"checkout_url\":\"https://provider.example/pay/charge-{n}\"}')",
    "DELETE FROM order_claims WHERE order_id = 'order-{n}' AND owner = 'owner-{n}'",
];

/// What came of it.
pub(crate) struct Writes {
    pub(crate) per_second: u64,
    /// How long each took; the program that measures PostgreSQL says an average alone.
    pub(crate) took: Spread,
}

/// SQLite, by one connection, as only one can write: a commit waits for the disk.
///
/// # Errors
/// What the database says.
pub(crate) async fn sqlite(file: &str) -> Result<Writes, String> {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.map_err(said)?;
    let texts = STATEMENTS.map(|text| match text {
        // As the backend does: a transaction that reads before it writes may be refused the lock.
        "BEGIN" => "BEGIN IMMEDIATE".to_owned(),
        text => with_number(text, "?1"),
    });
    let (begun, mut took) = (Instant::now(), Vec::new());
    while begun.elapsed() < MEASURED {
        let asked = Instant::now();
        let number = took.len().to_string();
        for text in &texts {
            let query = sqlx::query(AssertSqlSafe(text.as_str()));
            let query = if text.contains("?1") { query.bind(&number) } else { query };
            query.fetch_all(&mut connection).await.map_err(said)?;
        }
        took.push(asked.elapsed());
    }
    let count = u64::try_from(took.len()).unwrap_or(0);
    Ok(Writes { per_second: count / MEASURED.as_secs(), took: took.into_iter().collect() })
}

/// PostgreSQL, by its own program `pgbench`.
///
/// # Errors
/// When it is missing, or what it says.
pub(crate) fn postgres(place: &Place, server: &Postgres, url: &str) -> Result<Writes, String> {
    let program = server.program("pgbench");
    if !program.is_file() {
        return Err(format!("{} is missing (Debian: postgresql-contrib)", program.display()));
    }
    let file = place.file("create.sql");
    std::fs::write(&file, script()).map_err(said)?;
    let mut pgbench = Command::new(program);
    pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
    pgbench.arg(format!("--client={SESSIONS}")).arg(format!("--time={}", MEASURED.as_secs()));
    let ended = pgbench.arg("--file").arg(&file).arg(url).output().map_err(said)?;
    let output = String::from_utf8_lossy(&ended.stdout);
    let per_second = per_second(&output);
    match per_second {
        Some(per_second) if ended.status.success() => {
            let mean = average(&output).unwrap_or_default();
            Ok(Writes { per_second, took: [mean].into_iter().collect() })
        }
        _ => Err(format!("pgbench: {}", String::from_utf8_lossy(&ended.stderr).trim())),
    }
}

fn script() -> String {
    let mut text = String::from("\\set n random(1, 9000000000000000)\n");
    for statement in STATEMENTS {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{};", with_number(statement, ":n::text"));
    }
    text
}

/// A statement whose texts with `{n}` are put together by the database.
fn with_number(statement: &str, number: &str) -> String {
    statement.replace("{n}", &format!("' || {number} || '")).replace(" || ''", "")
}

/// The whole part of `tps = 1234.567890 (without initial connection time)`.
fn per_second(output: &str) -> Option<u64> {
    let line = output.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split('.').next()?.parse().ok()
}

/// `latency average = 12.345 ms`.
fn average(output: &str) -> Option<Duration> {
    let line = output.lines().find_map(|line| line.strip_prefix("latency average = "))?;
    let (whole, part) = line.strip_suffix(" ms")?.split_once('.')?;
    let micros = format!("{whole}{part:0<3}");
    (part.len() <= 3).then(|| micros.parse().ok().map(Duration::from_micros))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pgbench_says_is_read() {
        let output = "latency average = 12.345 ms\ninitial connection time = 9.1 ms\n\
                      tps = 1234.567890 (without initial connection time)\n";
        assert_eq!(per_second(output), Some(1_234));
        assert_eq!(average(output), Some(Duration::from_micros(12_345)));
        assert_eq!(per_second("pgbench: error"), None);
    }

    #[test]
    fn numbers_are_put_in_by_the_database() {
        assert_eq!(
            with_number("SELECT 'a-{n}', 'b-{n}c'", ":n"),
            "SELECT 'a-' || :n, 'b-' || :n || 'c'"
        );
    }
}
