//! The benchmark of the merchant backend: real processes on this machine, one table.
//!
//! `cargo xtask bench merchant` builds and starts it. It knows the backend from outside only: HTTP,
//! and what the system says of the processes. Start at [`run`].

mod orders;
mod programs;
mod reads;
mod spread;
mod waiting;
mod wire;
mod yardstick;

use orders::Payment;
use paywith_test_postgres::Postgres;
use programs::{Place, Program};
use spread::{Spread, ms};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const HELP: &str = "paywith-bench-merchant FOLDER [WAITING...]   how many wait: 1000 5000 20000";

const SIZES: [usize; 3] = [1_000, 5_000, 20_000];
/// So many connections ask without a pause.
const ASKING: usize = 64;
/// So many payments are settled to see how long the news takes.
const SETTLED: usize = 40;
/// Everybody has been answered once meanwhile, and waits again.
const A_ROUND: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ended = match words.as_slice() {
        [flag] if flag == "--yardstick" => yardstick::serve().await,
        [folder, sizes @ ..] if !folder.starts_with('-') => run(folder.into(), sizes).await,
        _ => Err(HELP.to_owned()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("paywith-bench-merchant: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Measures everything and prints it. The folder must be empty and is left behind.
async fn run(folder: PathBuf, sizes: &[String]) -> Result<(), String> {
    let sizes: Result<Vec<usize>, _> = sizes.iter().map(|size| size.parse()).collect();
    let mut sizes = sizes.map_err(wire::said)?;
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    let most_files = programs::most_files();
    // The programs have other files, too.
    let most = most_files.saturating_sub(500);
    if sizes.iter().any(|size| *size > most) {
        println!("the limit on open files is {most_files}: at most {most} wait");
        sizes = sizes.into_iter().map(|size| size.min(most)).collect();
    }
    let here = std::env::current_exe().map_err(wire::said)?;
    let programs = here.parent().ok_or("the program lies nowhere")?.to_path_buf();
    let place = Place { programs, folder, backend: programs::free_address()? };
    let sandbox = place.sandbox()?;
    println!("status reads");
    let postgres = Postgres::start()?;
    let mut paces = vec![("bare axum, \"hello\"", bare_pace(&place).await?)];
    paces.push(("backend, SQLite", pace(&place, &sandbox, &place.sqlite()).await?));
    let database = postgres.new_database()?;
    paces.push(("backend, PostgreSQL", pace(&place, &sandbox, &database).await?));
    let most = sizes.iter().max().copied().unwrap_or(0);
    let (count, begun) = (most + SETTLED * (sizes.len() + 1), Instant::now());
    println!("making {count} payments");
    let merchant = place.merchant(&sandbox, &place.sqlite())?;
    let mut payments = orders::make(merchant.address, count).await?;
    drop(merchant);
    println!("made in {} s", begun.elapsed().as_secs());
    let mut held = Vec::new();
    for size in std::iter::once(1).chain(sizes) {
        println!("{size} waiting");
        let settled = payments.split_off(payments.len().saturating_sub(SETTLED));
        let others = payments.get(..size).unwrap_or_default();
        held.push(hold(&place, &sandbox, others, &settled).await?);
    }
    print_table(&paces, &held);
    Ok(())
}

async fn bare_pace(place: &Place) -> Result<reads::Pace, String> {
    let bare = place.yardstick()?;
    reads::measure(bare.address, &vec!["/hello".to_owned(); ASKING]).await
}

async fn pace(place: &Place, sandbox: &Program, database: &str) -> Result<reads::Pace, String> {
    let merchant = place.merchant(sandbox, database)?;
    let payments = orders::make(merchant.address, ASKING).await?;
    let paths: Vec<String> = payments.into_iter().map(|payment| payment.path).collect();
    reads::measure(merchant.address, &paths).await
}

/// What so many waiting shoppers cost.
struct Held {
    count: usize,
    /// Memory of the backend and of bare axum for each of them, in bytes.
    bytes_each: u64,
    bare_bytes_each: u64,
    /// How often the provider was asked, a second.
    asked_per_second: usize,
    /// By how much calls that ended without news were late.
    late: Spread,
    /// From the money to the answer.
    news: Spread,
}

async fn hold(
    place: &Place,
    sandbox: &Program,
    others: &[Payment],
    settled: &[Payment],
) -> Result<Held, String> {
    let bare_bytes_each = hold_bare(place, others.len()).await?;
    let merchant = place.merchant(sandbox, &place.sqlite())?;
    let warming: Vec<String> = others.iter().take(ASKING).map(|one| one.path.clone()).collect();
    reads::measure(merchant.address, &warming).await?;
    let before_kib = merchant.resident_kib();
    let paths = others.iter().map(waiting::held).collect();
    let crowd = waiting::gather(merchant.address, paths).await?;
    waiting::until_held(&merchant, others.len()).await?;
    let name = "paywith_provider_reads_total";
    let (begun, asked) = (Instant::now(), waiting::counter(merchant.address, name).await?);
    sleep(A_ROUND).await;
    let asked = waiting::counter(merchant.address, name).await?.saturating_sub(asked);
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap_or(1).max(1);
    let after_kib = merchant.resident_kib();
    let news = waiting::settle_each(&merchant, sandbox, settled).await?;
    if let Some(error) = crowd.errors().first() {
        return Err(format!("{} shoppers were let down: {error}", crowd.errors().len()));
    }
    Ok(Held {
        count: others.len(),
        bytes_each: each(before_kib, after_kib, others.len()),
        bare_bytes_each,
        asked_per_second: asked / seconds,
        late: crowd.late(),
        news,
    })
}

async fn hold_bare(place: &Place, count: usize) -> Result<u64, String> {
    let bare = place.yardstick()?;
    reads::measure(bare.address, &vec!["/hello".to_owned(); ASKING]).await?;
    let before_kib = bare.resident_kib();
    let crowd = waiting::gather(bare.address, vec!["/held".to_owned(); count]).await?;
    sleep(Duration::from_secs(2)).await;
    drop(crowd.errors());
    Ok(each(before_kib, bare.resident_kib(), count))
}

fn each(before_kib: u64, after_kib: u64, count: usize) -> u64 {
    let bytes = after_kib.saturating_sub(before_kib).saturating_mul(1_024);
    bytes / u64::try_from(count).unwrap_or(1).max(1)
}

fn print_table(paces: &[(&str, reads::Pace)], held: &[Held]) {
    println!("\n| Status reads, {ASKING} connections | a second | p50 ms | p99 ms |");
    println!("|---|---|---|---|");
    for (name, pace) in paces {
        let (half, most) = (pace.took.percentile(50), pace.took.percentile(99));
        println!("| {name} | {} | {} | {} |", pace.per_second, ms(half), ms(most));
    }
    println!(
        "\n| Waiting | bytes each | bare axum, bytes each | provider calls a second | ends late by, \
         p50 / p99 / most ms | money to answer, p50 / p95 / most ms |"
    );
    println!("|---|---|---|---|---|---|");
    for held in held {
        let Held { count, bytes_each, bare_bytes_each, asked_per_second, late, news } = held;
        let (late_half, late_most) = (ms(late.percentile(50)), ms(late.percentile(99)));
        let (news_half, news_most) = (ms(news.percentile(50)), ms(news.percentile(95)));
        println!(
            "| {count} | {bytes_each} | {bare_bytes_each} | {asked_per_second} | {late_half} / \
             {late_most} / {} of {} | {news_half} / {news_most} / {} |",
            ms(late.most()),
            late.len(),
            ms(news.most()),
        );
    }
}
