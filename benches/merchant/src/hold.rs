//! What waiting shoppers cost, and how soon they are answered.

use crate::orders::{self, Payment};
use crate::pace;
use crate::programs::{Database, Place, Program};
use crate::reads::ASKING;
use crate::report::{Report, aimed, kilobytes};
use crate::spread::{Spread, micros, ms};
use crate::waiting;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::sleep;

pub(crate) const PART: &str = "waiting";
/// So many payments are settled to see how long the news takes: enough for a 99th percentile.
const SETTLED: usize = 200;
/// Everybody has been answered once meanwhile, and waits again.
const A_ROUND: Duration = Duration::from_secs(30);
/// With fewer, a process's memory says nothing about each of them.
pub(crate) const CROWD: u64 = 100;
/// So many wait on PostgreSQL, where the news passes through NOTIFY.
const ON_POSTGRES: usize = 5_000;

/// Aims: what each costs above bare axum; how late a call without news may end; and how long news may
/// take.
const AIM_BYTES: u64 = 7_000;
const AIM_LATE_P99: Duration = Duration::from_millis(100);
const AIM_NEWS_P95: Duration = Duration::from_millis(20);
const AIM_NEWS_P99: Duration = Duration::from_millis(100);

/// What so many waiting shoppers cost.
struct Held {
    kind: Database,
    count: usize,
    /// Memory of the backend and of bare axum for each of them, in bytes.
    bytes_each: u64,
    bare_bytes_each: u64,
    /// How often the provider was asked, a second.
    asked_per_second: usize,
    /// How long calls were held that ended without news.
    ended: Spread,
    /// From the money to the answer.
    news: Spread,
}

/// Payments to wait for, and the providers that know them.
struct Stock {
    sandbox: Program,
    database: String,
    payments: Vec<Payment>,
}

/// Measures each number of waiting shoppers on SQLite, and one on PostgreSQL.
pub(crate) async fn run(place: &Place, report: &mut Report, sizes: &[usize]) {
    report.table(&[
        "Waiting",
        "kB each",
        "bare axum, kB each",
        "above it (aim 7.0)",
        "provider calls a second",
        "ends without news after s, p50; late by ms, p99 (aim 100) / most",
        "settled to answer, p50 / p95 (aim 20) / p99 (aim 100) / most ms",
    ]);
    let on_sqlite: Vec<usize> = std::iter::once(1).chain(sizes.iter().copied()).collect();
    run_on(place, report, Database::Sqlite, &on_sqlite).await;
    let most = sizes.iter().max().copied().unwrap_or(0);
    run_on(place, report, Database::Postgres, &[most.min(ON_POSTGRES)]).await;
    println!(
        "\nA call is late by what it exceeds the {} seconds asked for. The backend means to end each \
         up to a quarter earlier, in turn: of a short delay, only part is seen as late.",
        waiting::WAIT.as_secs()
    );
}

async fn run_on(place: &Place, report: &mut Report, kind: Database, sizes: &[usize]) {
    let stock = Stock::make(place, kind, sizes).await;
    let Some(mut stock) = report.attempt(PART, &format!("payments, {kind}"), stock) else { return };
    for size in sizes {
        eprintln!("{size} waiting, {kind}");
        let held = hold(place, &mut stock, kind, *size).await;
        if let Some(held) = report.attempt(PART, &format!("{size}, {kind}"), held) {
            row(report, &held);
        }
    }
}

impl Stock {
    /// Enough for each size, and for the payments that are settled at each.
    async fn make(place: &Place, kind: Database, sizes: &[usize]) -> Result<Stock, String> {
        let most = sizes.iter().max().copied().unwrap_or(0);
        let count = most + SETTLED * sizes.len();
        eprintln!("making {count} payments, {kind}");
        let (sandbox, database) = (place.sandbox()?, place.new_database(kind)?);
        let merchant = place.merchant(&sandbox, &database)?;
        let payments = orders::make(merchant.address, count).await?;
        Ok(Stock { sandbox, database, payments })
    }
}

async fn hold(
    place: &Place,
    stock: &mut Stock,
    kind: Database,
    count: usize,
) -> Result<Held, String> {
    let settled = stock.payments.split_off(stock.payments.len().saturating_sub(SETTLED));
    let others = stock.payments.get(..count).ok_or("there are not enough payments")?;
    let bare_bytes_each = hold_bare(place, count).await?;
    let merchant = place.merchant(&stock.sandbox, &stock.database)?;
    let warming: Vec<String> = others.iter().take(ASKING).map(|one| one.path.clone()).collect();
    pace::measure(merchant.address, &warming).await?;
    let before_kib = merchant.resident_kib();
    let paths = others.iter().map(waiting::held).collect();
    let crowd = waiting::gather(merchant.address, paths).await?;
    waiting::until_held(&merchant, count).await?;
    let name = "paywith_provider_reads_total";
    let (begun, asked) = (Instant::now(), waiting::counter(merchant.address, name).await?);
    sleep(A_ROUND).await;
    let asked = waiting::counter(merchant.address, name).await?.saturating_sub(asked);
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap_or(1).max(1);
    let after_kib = merchant.resident_kib();
    let news = waiting::settle_each(&merchant, &stock.sandbox, &settled).await?;
    if let Some(error) = crowd.errors().first() {
        return Err(format!("{} shoppers were let down: {error}", crowd.errors().len()));
    }
    let bytes_each = each(before_kib, after_kib, count);
    let (asked_per_second, ended) = (asked / seconds, crowd.ended());
    Ok(Held { kind, count, bytes_each, bare_bytes_each, asked_per_second, ended, news })
}

async fn hold_bare(place: &Place, count: usize) -> Result<u64, String> {
    let bare = place.yardstick()?;
    pace::measure(bare.address, &vec!["/hello".to_owned(); ASKING]).await?;
    let before_kib = bare.resident_kib();
    let crowd = waiting::gather(bare.address, vec!["/held".to_owned(); count]).await?;
    sleep(Duration::from_secs(2)).await;
    if let Some(error) = crowd.errors().first() {
        return Err(format!("bare axum let {} down: {error}", crowd.errors().len()));
    }
    Ok(each(before_kib, bare.resident_kib(), count))
}

fn each(before_kib: u64, after_kib: u64, count: usize) -> u64 {
    let bytes = after_kib.saturating_sub(before_kib).saturating_mul(1_024);
    bytes / u64::try_from(count).unwrap_or(1).max(1)
}

fn row(report: &mut Report, held: &Held) {
    let Held { kind, count, bytes_each, bare_bytes_each, asked_per_second, ended, news } = held;
    let above = bytes_each.saturating_sub(*bare_bytes_each);
    let memory = if u64::try_from(*count).unwrap_or(0) < CROWD {
        [String::new(), String::new(), String::new()]
    } else {
        let above = aimed(kilobytes(above), above <= AIM_BYTES);
        [kilobytes(*bytes_each), kilobytes(*bare_bytes_each), above]
    };
    let (half, late) = (ended.percentile(50), ended.beyond(waiting::WAIT));
    let at_most = |figure: Duration, aim| aimed(ms(figure), figure < aim);
    let late_text = format!(
        "{}.{}; {} / {} of {}",
        half.as_secs(),
        half.subsec_millis() / 100,
        at_most(late.percentile(99), AIM_LATE_P99),
        ms(late.most()),
        late.len()
    );
    let news_text = format!(
        "{} / {} / {} / {}",
        ms(news.percentile(50)),
        at_most(news.percentile(95), AIM_NEWS_P95),
        at_most(news.percentile(99), AIM_NEWS_P99),
        ms(news.most())
    );
    let [each, bare_each, above_each] = memory;
    let name = format!("{count}, {kind}");
    let cells =
        [name, each, bare_each, above_each, asked_per_second.to_string(), late_text, news_text];
    report.row(PART, &cells, data(held));
}

fn data(held: &Held) -> serde_json::Value {
    let Held { kind, count, bytes_each, bare_bytes_each, asked_per_second, ended, news } = held;
    let late = ended.beyond(waiting::WAIT);
    json!({
        "database": kind.to_string(),
        "count": count,
        "bytes_each": bytes_each,
        "bare_bytes_each": bare_bytes_each,
        "provider_calls_per_second": asked_per_second,
        "ends": ended.len(),
        "ended_p50_us": micros(ended.percentile(50)),
        "late_p99_us": micros(late.percentile(99)),
        "late_most_us": micros(late.most()),
        "news_p50_us": micros(news.percentile(50)),
        "news_p95_us": micros(news.percentile(95)),
        "news_p99_us": micros(news.percentile(99)),
        "news_most_us": micros(news.most()),
    })
}
