//! A steady, moderate load for a long time: does the backend's memory grow?
//!
//! Some shoppers go through whole payments: create, look, wait, pay, look again. Others only wait.
//! The simulated provider and the clients are processes of their own; only the backend's memory is
//! sampled. One database, which grows.

use crate::orders;
use crate::plots::SOAK_PART as PART;
use crate::programs::{Database, Place, Program};
use crate::report::{Report, kilobytes};
use crate::trend::{self, Sample};
use crate::waiting::{self, Crowd};
use crate::wire::Wire;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

/// So many go through payments; each takes some seven seconds.
const PAYING: usize = 50;
/// So many wait for nothing.
const WAITING: usize = 200;
const SAMPLE: Duration = Duration::from_secs(10);
const SAMPLES_PER_MINUTE: u64 = 6;
/// Between two looks at a payment.
const LOOK: Duration = Duration::from_millis(500);
/// Each in its own rhythm, so that no wave forms.
const PAY_AFTER: Duration = Duration::from_millis(2_000);
const SPREAD: Duration = Duration::from_millis(50);

/// What the load has done so far.
#[derive(Default)]
struct Tally {
    created: AtomicUsize,
    settled: AtomicUsize,
    reads: AtomicUsize,
    errors: Mutex<Vec<String>>,
}

impl Tally {
    fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Soaks for so many minutes and says what became of the memory.
pub(crate) async fn run(place: &Place, report: &mut Report, minutes: u64, kind: Database) {
    report.table(&[
        &format!("Soak on {kind}, minute"),
        "RSS MB",
        "created",
        "settled",
        "status reads",
        "waiting",
        "errors",
    ]);
    let (mut samples, tally) = (Vec::new(), Arc::new(Tally::default()));
    let ended = soak(place, report, (minutes, kind), &mut samples, &tally).await;
    // What was sampled before a failure counts, too.
    say_verdict(report, kind, &samples);
    report.attempt(PART, "the load", ended);
}

async fn soak(
    place: &Place,
    report: &mut Report,
    (minutes, kind): (u64, Database),
    samples: &mut Vec<Sample>,
    tally: &Arc<Tally>,
) -> Result<(), String> {
    let sandbox = place.sandbox()?;
    let merchant = place.merchant(&sandbox, &place.new_database(kind)?)?;
    let waiting = orders::make(merchant.address, WAITING).await?;
    let paths = waiting.iter().map(waiting::held).collect();
    let crowd = waiting::gather(merchant.address, paths).await?;
    let mut paying = JoinSet::new();
    for number in 0..u32::try_from(PAYING).unwrap_or(0) {
        let pause = PAY_AFTER + SPREAD * number;
        paying.spawn(keep_paying(merchant.address, sandbox.address, pause, Arc::clone(tally)));
    }
    let (begun, mut ticks) = (Instant::now(), interval(SAMPLE));
    for number in 0..=minutes * SAMPLES_PER_MINUTE {
        ticks.tick().await;
        let sample = Sample { at_s: begun.elapsed().as_secs(), kib: merchant.resident_kib() };
        if sample.kib == 0 {
            return Err("the backend has ended; see merchant.log".to_owned());
        }
        samples.push(sample);
        report.note("soak sample", json!({ "second": sample.at_s, "rss_kib": sample.kib }));
        if number % SAMPLES_PER_MINUTE == 0 {
            minute(report, number / SAMPLES_PER_MINUTE, sample, &merchant, tally, &crowd).await;
        }
    }
    let errors: Vec<String> = tally.errors().into_iter().chain(crowd.errors()).collect();
    match errors.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} errors, the first: {first}", errors.len())),
    }
}

async fn minute(
    report: &mut Report,
    minute: u64,
    sample: Sample,
    merchant: &Program,
    tally: &Tally,
    crowd: &Crowd,
) {
    let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    let (created, settled, reads) = (of(&tally.created), of(&tally.settled), of(&tally.reads));
    let errors = tally.errors().len() + crowd.errors().len();
    // A number for people; that it cannot be had says nothing.
    let waiting = waiting::counter(merchant.address, "paywith_waiting_shoppers").await;
    let waiting = waiting.unwrap_or(0);
    let cells = [
        minute.to_string(),
        megabytes(sample.kib),
        created.to_string(),
        settled.to_string(),
        reads.to_string(),
        waiting.to_string(),
        errors.to_string(),
    ];
    let data = json!({
        "minute": minute,
        "created": created,
        "settled": settled,
        "status_reads": reads,
        "waiting": waiting,
        "errors": errors,
    });
    report.row("soak minute", &cells, data);
}

fn say_verdict(report: &mut Report, kind: Database, samples: &[Sample]) {
    let Some(verdict) = trend::judge(samples) else {
        println!("\nToo few samples for a verdict.");
        return;
    };
    let (warm, last) = (megabytes(verdict.warm_kib), megabytes(verdict.last_kib));
    let sign = if verdict.kib_per_hour < 0 { "-" } else { "+" };
    let slope = megabytes(verdict.kib_per_hour.unsigned_abs());
    println!(
        "\nVerdict: RSS {warm} MB after the first fifth, {last} MB at the end; slope {sign}{slope} MB \
         an hour (least squares, {} samples)",
        samples.len()
    );
    let points: Vec<[u64; 2]> = samples.iter().map(|sample| [sample.at_s, sample.kib]).collect();
    let data = json!({
        "database": kind.to_string(),
        "warm_kib": verdict.warm_kib,
        "last_kib": verdict.last_kib,
        "kib_per_hour": verdict.kib_per_hour,
        "samples_s_kib": points,
    });
    report.note(PART, data);
}

/// An error costs the payment at hand; the shopper starts over.
async fn keep_paying(server: SocketAddr, sandbox: SocketAddr, pause: Duration, tally: Arc<Tally>) {
    loop {
        if let Err(error) = pay_until_error(server, sandbox, pause, &tally).await {
            tally.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
            sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn pay_until_error(
    server: SocketAddr,
    sandbox: SocketAddr,
    pause: Duration,
    tally: &Tally,
) -> Result<(), String> {
    let (mut shopper, mut phone) = (Wire::open(server).await?, Wire::open(sandbox).await?);
    loop {
        let order = orders::sign_one(&mut shopper).await?;
        // `None`: the demonstration gave another shopper the same order id.
        let Some(payment) = orders::create_one(&mut shopper, &order).await? else { continue };
        tally.created.fetch_add(1, Ordering::Relaxed);
        look(&mut shopper, &payment.path, "pending", tally).await?;
        waiting::settle(&mut shopper, &mut phone, &payment, pause).await?;
        tally.settled.fetch_add(1, Ordering::Relaxed);
        look(&mut shopper, &payment.path, "paid", tally).await?;
    }
}

/// A few looks, as a page does that is loaded again.
async fn look(wire: &mut Wire, path: &str, expected: &str, tally: &Tally) -> Result<(), String> {
    for _ in 0..3 {
        sleep(LOOK).await;
        let answer = wire.get(path).await?;
        tally.reads.fetch_add(1, Ordering::Relaxed);
        let status = answer.text("/status");
        if answer.status != 200 || status != expected {
            return Err(format!("{path} answers {} {status}, not {expected}", answer.status));
        }
    }
    Ok(())
}

/// KiB as megabytes with one digit behind the point.
fn megabytes(kib: u64) -> String {
    kilobytes(kib.saturating_mul(1_024) / 1_000)
}
