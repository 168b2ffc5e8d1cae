//! Three processes over one PostgreSQL behind nginx: what the news costs that passes between them.
//!
//! A payment's webhook comes to the process that created it; its shopper waits wherever nginx sends
//! her, two times of three at another one.

use crate::nginx::Nginx;
use crate::orders;
use crate::programs::{Database, Place, Program, most_files};
use crate::report::Report;
use crate::scale_out_row::{self as row, Cost, Told};
use crate::settling::{self, Made};
use crate::waiting::{self, Crowd};
use crate::wakeups::Wakeups;
use paywith_test_postgres::HeldPort;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::time::sleep;

pub(crate) const PART: &str = "scale-out";
const PROCESSES: usize = 3;
/// So many are paid a second, and so many in all at each pace.
const PACES: [u32; 2] = [10, 40];
const SETTLED: usize = 300;
/// Everybody has been answered once meanwhile, and waits again.
const A_ROUND: Duration = Duration::from_secs(30);
/// Longer than everybody needs to be held.
const PATIENCE: Duration = Duration::from_secs(300);

/// The programs of this run. They end in this order.
struct Stage {
    nginx: Option<Nginx>,
    processes: Vec<(Program, HeldPort)>,
    sandbox: Program,
    wakeups: Wakeups,
}

/// Measures an empty house, then so many waiting shoppers.
pub(crate) async fn run(place: &Place, report: &mut Report, waiting: usize) {
    row::head(report);
    let stage = Stage::set(place).await;
    let Some(stage) = report.attempt(PART, "the programs", stage) else { return };
    let ended = stage.measure(report, waiting).await;
    report.attempt(PART, &format!("{waiting} waiting"), ended);
}

impl Stage {
    async fn set(place: &Place) -> Result<Stage, String> {
        let (sandbox, database) = (place.sandbox()?, place.new_database(Database::Postgres)?);
        let mut processes = Vec::new();
        for _ in 0..PROCESSES {
            let port = HeldPort::take()?;
            let process = place.merchant_at(port.address(), &sandbox, &database)?;
            processes.push((process, port));
        }
        let addresses: Vec<_> = processes.iter().map(|(process, _)| process.address).collect();
        let nginx = Nginx::start(&place.file(""), &addresses, most_files()).await?;
        if nginx.is_none() {
            eprintln!(
                "nginx is missing (Debian: apt-get install nginx): shoppers go to the processes \
                 directly"
            );
        }
        Ok(Stage { nginx, processes, sandbox, wakeups: Wakeups::listen(&database).await? })
    }

    /// Where shoppers connect.
    fn fronts(&self) -> Vec<SocketAddr> {
        match &self.nginx {
            Some(nginx) => vec![nginx.address],
            None => self.processes.iter().map(|(process, _)| process.address).collect(),
        }
    }

    async fn measure(&self, report: &mut Report, waiting: usize) -> Result<(), String> {
        let settled = SETTLED * PACES.len();
        eprintln!("making {} payments", waiting + 2 * settled);
        let mut idle = self.make(2 * settled).await?;
        let crowded = idle.split_off(settled);
        let crowd = self.make(waiting).await?;
        self.settle(report, &idle, &Cost { has_nginx: self.nginx.is_some(), ..Cost::default() })
            .await?;
        let before = self.memory_kib();
        eprintln!("{waiting} waiting");
        let crowds = self.gather(&crowd).await?;
        self.until_held(waiting).await?;
        let (reads, work) = ("paywith_provider_reads_total", "paywith_database_seconds_count");
        let (begun, reads_before, work_before) =
            (Instant::now(), self.count(reads).await?, self.count(work).await?);
        sleep(A_ROUND).await;
        let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap_or(1).max(1);
        let provider_reads = self.count(reads).await?.saturating_sub(reads_before) / seconds;
        let database_work = self.count(work).await?.saturating_sub(work_before) / seconds;
        let after = self.memory_kib();
        let each = |before: u64, after: u64| {
            let bytes = after.saturating_sub(before).saturating_mul(1_024);
            bytes / u64::try_from(waiting).unwrap_or(1).max(1)
        };
        let (backend_bytes, nginx_bytes) = (each(before.0, after.0), each(before.1, after.1));
        let has_nginx = self.nginx.is_some();
        let cost =
            Cost { waiting, has_nginx, backend_bytes, nginx_bytes, provider_reads, database_work };
        self.settle(report, &crowded, &cost).await?;
        let errors: Vec<String> = crowds.iter().flat_map(Crowd::errors).collect();
        match errors.first() {
            Some(error) => Err(format!("{} shoppers were let down: {error}", errors.len())),
            None => Ok(()),
        }
    }

    /// Payments, a third of them created at each process.
    async fn make(&self, count: usize) -> Result<Vec<Made>, String> {
        let mut made = Vec::new();
        for (process, _) in &self.processes {
            let home = process.address;
            let payments = orders::make(home, count.div_ceil(PROCESSES)).await?;
            made.push(payments.into_iter().map(|payment| Made { payment, home }).collect());
        }
        let mut made: Vec<Vec<Made>> = made;
        // One of each process in turn.
        let turns = (0..count).filter_map(|number| made.get_mut(number % PROCESSES)?.pop());
        Ok(turns.collect())
    }

    async fn gather(&self, made: &[Made]) -> Result<Vec<Crowd>, String> {
        let (fronts, mut crowds) = (self.fronts(), Vec::new());
        for (number, front) in fronts.iter().enumerate() {
            let paths = made.iter().skip(number).step_by(fronts.len());
            let paths = paths.map(|made| waiting::held(&made.payment)).collect();
            crowds.push(waiting::gather(*front, paths).await?);
        }
        Ok(crowds)
    }

    /// Returns when the processes themselves say that so many wait, give or take those who ask just
    /// now.
    async fn until_held(&self, count: usize) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let held = self.count("paywith_waiting_shoppers").await?;
            if held >= count - count / 50 {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{held} of {count} shoppers are held, never more"));
            }
            sleep(Duration::from_millis(500)).await;
        }
    }

    /// A number of `/metrics`, of all processes together.
    async fn count(&self, name: &str) -> Result<usize, String> {
        let mut all = 0;
        for (process, _) in &self.processes {
            all += waiting::counter(process.address, name).await?;
        }
        Ok(all)
    }

    /// Of the processes, and of nginx.
    fn memory_kib(&self) -> (u64, u64) {
        let processes = self.processes.iter().map(|(process, _)| process.resident_kib());
        (processes.sum(), self.nginx.as_ref().map_or(0, Nginx::resident_kib))
    }

    /// Settles the payments, a share at each pace; a row each.
    async fn settle(&self, report: &mut Report, made: &[Made], cost: &Cost) -> Result<(), String> {
        for (pace, made) in PACES.into_iter().zip(made.chunks(SETTLED)) {
            let (begun, told) = (Instant::now(), self.wakeups.heard().count);
            let (fronts, sandbox) = (self.fronts(), self.sandbox.address);
            let news = settling::settle_at(pace, &fronts, sandbox, made).await?;
            let told = self.wakeups.heard().count.saturating_sub(told);
            let hundredths = u64::try_from(told).unwrap_or(0) * 100_000;
            let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(1).max(1);
            let told = Told { pace, wakeups_hundredths: hundredths / elapsed_ms };
            let resident: Vec<u64> =
                self.processes.iter().map(|(process, _)| process.resident_kib() * 1_024).collect();
            row::add(report, &news, &told, cost, &self.wakeups, &resident);
        }
        Ok(())
    }
}
