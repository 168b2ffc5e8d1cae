//! The rows of the measurement of several processes.

use crate::report::{Report, kilobytes};
use crate::scale_out::PART;
use crate::settling::News;
use crate::spread::{Spread, micros, ms};
use crate::wakeups::Wakeups;
use serde_json::json;
use std::time::Duration;

/// An answer later than this after its wake-up was not caused by it.
const SLOW_LOOK: Duration = Duration::from_secs(3);

/// What so many waiting shoppers cost while nothing happens.
#[derive(Default)]
pub(crate) struct Cost {
    pub(crate) waiting: usize,
    pub(crate) has_nginx: bool,
    /// Memory for each of them.
    pub(crate) backend_bytes: u64,
    pub(crate) nginx_bytes: u64,
    /// A second, in all processes.
    pub(crate) provider_reads: usize,
    pub(crate) database_work: usize,
}

/// How many were paid a second, and how many wake-ups came in a hundred seconds.
pub(crate) struct Told {
    pub(crate) pace: u32,
    pub(crate) wakeups_hundredths: u64,
}

/// The head of the table.
pub(crate) fn head(report: &Report) {
    report.table(&[
        "Waiting at three processes",
        "paid a second",
        "wake-ups a second",
        "settled to answer at another process, p50 / p95 / p99 / most ms (answers)",
        "at the same process, p50 / p95 / p99 ms (answers)",
        "wake-up to answer at another process, p50 / p95 / p99 ms",
        "by the slow look alone",
        "PostgreSQL sessions, most",
        "backend MB each",
        "backend kB per shopper",
        "nginx kB per shopper",
        "provider reads a second",
        "database reads and writes a second",
    ]);
}

/// Adds a row of payments that were settled.
pub(crate) fn add(
    report: &mut Report,
    news: &[News],
    told: &Told,
    cost: &Cost,
    wakeups: &Wakeups,
    resident: &[u64],
) {
    let Told { pace, wakeups_hundredths: told_hundredths } = *told;
    let Cost { waiting, backend_bytes, nginx_bytes, provider_reads, database_work, .. } = cost;
    let took = |is_across: bool| -> Spread {
        let of = news.iter().filter(|news| news.is_across == is_across);
        of.map(|news| news.answered.saturating_duration_since(news.settled)).collect()
    };
    let (across, same) = (took(true), took(false));
    let heard = wakeups.heard();
    // `None` if no wake-up was heard at all.
    let since =
        |news: &News| heard.at.get(&news.id).map(|at| news.answered.saturating_duration_since(*at));
    let slow = news.iter().filter(|news| since(news).is_none_or(|took| took > SLOW_LOOK));
    let slow = slow.count();
    let by_wakeup: Spread = news.iter().filter(|one| one.is_across).filter_map(since).collect();
    let (sessions, queue_ppm) = (heard.most_sessions, heard.most_queue_ppm);
    drop(heard);
    let three = |of: &Spread| [50, 95, 99].map(|part| ms(of.percentile(part))).join(" / ");
    let (told, told_part) = (told_hundredths / 100, told_hundredths % 100);
    let megabytes: Vec<String> =
        resident.iter().map(|bytes| (bytes / 1_000_000).to_string()).collect();
    let cells = [
        waiting.to_string(),
        pace.to_string(),
        format!("{told}.{told_part:02}"),
        format!("{} / {} ({})", three(&across), ms(across.most()), across.len()),
        format!("{} ({})", three(&same), same.len()),
        three(&by_wakeup),
        slow.to_string(),
        sessions.to_string(),
        megabytes.join(", "),
        kilobytes(*backend_bytes),
        kilobytes(*nginx_bytes),
        provider_reads.to_string(),
        database_work.to_string(),
    ];
    let data = json!({
        "waiting": waiting,
        "has_nginx": cost.has_nginx,
        "paid_per_second": pace,
        "wakeups_per_100_seconds": told_hundredths,
        "across": across.len(),
        "across_p50_us": micros(across.percentile(50)),
        "across_p95_us": micros(across.percentile(95)),
        "across_p99_us": micros(across.percentile(99)),
        "across_most_us": micros(across.most()),
        "same": same.len(),
        "same_p50_us": micros(same.percentile(50)),
        "same_p95_us": micros(same.percentile(95)),
        "same_p99_us": micros(same.percentile(99)),
        "wakeup_to_answer_p50_us": micros(by_wakeup.percentile(50)),
        "wakeup_to_answer_p95_us": micros(by_wakeup.percentile(95)),
        "wakeup_to_answer_p99_us": micros(by_wakeup.percentile(99)),
        "by_the_slow_look": slow,
        "most_sessions": sessions,
        "most_queue_ppm": queue_ppm,
        "resident_bytes": resident,
        "backend_bytes_each": backend_bytes,
        "nginx_bytes_each": nginx_bytes,
        "provider_reads_per_second": provider_reads,
        "database_work_per_second": database_work,
    });
    report.row(PART, &cells, data);
}
