//! The benchmark of the merchant backend: real processes on this machine, a few tables.
//!
//! `cargo xtask bench merchant` builds and starts it. It knows the backend from outside only: HTTP,
//! its database's tables for the yardsticks, and what the system says of the processes. Each part
//! (`reads`, `creates`, `hold`, `soak`, `scale_out`) is independent: when one fails, the others go on. Start at
//! [`measure`].

mod creates;
mod hold;
mod nginx;
mod options;
mod orders;
mod pace;
mod plots;
mod programs;
mod reads;
mod report;
mod scale_out;
mod scale_out_row;
mod settling;
mod soak;
mod spread;
mod svg;
mod trend;
mod waiting;
mod wakeups;
mod wire;
mod writes;
mod yardstick;

use options::{Options, Plan, Task};
use programs::Place;
use report::Report;
use serde_json::json;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ended = match options::parse(&words) {
        Ok(Task::Yardstick(source)) => yardstick::serve(source).await,
        Ok(Task::Measure(options)) => measure(&options).await,
        Err(usage) => Err(usage),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("paywith-bench-merchant: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Measures everything and prints it. The folder must be empty and is left behind; the results are
/// appended to the file beside it that is called like it.
async fn measure(options: &Options) -> Result<(), String> {
    let mut report = Report::open(&options.folder.with_extension("jsonl"))?;
    let most_files = programs::most_files();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    report.note("run", json!({ "cores": cores, "open_files": most_files }));
    let place = Place::new(options.folder.clone())?;
    match &options.plan {
        Plan::Table(sizes) => {
            reads::run(&place, &mut report).await;
            creates::run(&place, &mut report).await;
            hold::run(&place, &mut report, &allowed(sizes, most_files)).await;
        }
        Plan::Soak(minutes, kind) => soak::run(&place, &mut report, *minutes, *kind).await,
        Plan::ScaleOut(waiting) => {
            let waiting = allowed(&[*waiting], most_files).first().copied().unwrap_or(0);
            scale_out::run(&place, &mut report, waiting).await;
        }
    }
    if let Some(pictures) = &options.pictures {
        let drawn = plots::draw(&report, pictures);
        report.attempt("plots", &pictures.display().to_string(), drawn);
    }
    report.finish()
}

/// Each waiting shopper is an open file; the programs have others, too.
fn allowed(sizes: &[usize], most_files: usize) -> Vec<usize> {
    let most = most_files.saturating_sub(500);
    if sizes.iter().any(|size| *size > most) {
        eprintln!("the limit on open files is {most_files}: at most {most} wait");
    }
    sizes.iter().map(|size| (*size).min(most)).collect()
}
