//! The merchant backend as a program: reads its configuration, listens, stops gracefully.

mod arguments;

use arguments::{Arguments, Command, Serve};
use clap::{CommandFactory, Parser};
use paywith_merchant::check::check;
use paywith_merchant::config::LogFormat;
use paywith_merchant::support::{self, Question};
use paywith_merchant::{Backend, Config, Stop, open, serve};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::services::ServeDir;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => listen(arguments.serve).await,
        Some(Command::Check { config }) => try_configuration(&config).await,
        Some(Command::Payments { question, config }) => answer(question.into(), &config).await,
        Some(Command::Events { question, config }) => answer(question.into(), &config).await,
        Some(Command::Completions { shell }) => {
            let mut command = Arguments::command();
            clap_complete::generate(
                shell,
                &mut command,
                "paywith-merchant",
                &mut std::io::stdout(),
            );
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("paywith-merchant: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn listen(arguments: Serve) -> Result<(), String> {
    let config = arguments.config()?;
    let _log = begin_log(config.log_format)?;
    let listen = config.listen;
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
        let flag = "set another one with `listen` or --port";
        format!("port {} cannot be used ({error}); {flag}", listen.port())
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let Backend { router: mut app, stop } =
        open(config).await.map_err(|error| error.to_string())?;
    if let Some(folder) = arguments.site {
        app = app.fallback_service(ServeDir::new(folder));
    }
    // Before the announcement: a program that reads it may stop us at once.
    let stopped = stop_signal(stop.clone()).map_err(|error| error.to_string())?;
    println!("merchant on http://{address}");
    tokio::join!(stopped, serve(listener, app, &stop));
    Ok(())
}

/// The log goes to standard error, in color only on a terminal; with the feature `otlp`, spans go to a
/// collector until the end.
fn begin_log(format: LogFormat) -> Result<impl Sized, String> {
    #[cfg(feature = "otlp")]
    let (traced, traces) = paywith_traces::to_collector("paywith-merchant")?.unzip();
    #[cfg(not(feature = "otlp"))]
    let (traced, traces) = (None::<LevelFilter>, ());
    let registry = tracing_subscriber::registry().with(LevelFilter::INFO).with(traced);
    let is_colorful = std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = tracing_subscriber::fmt::layer().with_target(false).with_ansi(is_colorful);
    let log = log.with_writer(std::io::stderr);
    match format {
        LogFormat::Text => registry.with(log).init(),
        LogFormat::Json => registry.with(log.json()).init(),
    }
    Ok(traces)
}

/// Prints what was found; fails if something must be fixed.
async fn try_configuration(file: &Path) -> Result<(), String> {
    let config = Config::load(file).map_err(|error| error.to_string())?;
    let _log = begin_log(config.log_format)?;
    let report = check(&config).await?;
    println!("{}", report.lines.join("\n"));
    if report.is_broken { Err("something must be mended".to_owned()) } else { Ok(()) }
}

async fn answer(question: Question, file: &Path) -> Result<(), String> {
    let config = Config::load(file).map_err(|error| error.to_string())?;
    let _log = begin_log(config.log_format)?;
    print!("{}", support::answer(config, &question).await?);
    Ok(())
}

/// Listens from now on for Ctrl-C and for the signal that a service manager sends; on either,
/// waiting callers are answered.
fn stop_signal(stop: Stop) -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        stop.begin();
    })
}
