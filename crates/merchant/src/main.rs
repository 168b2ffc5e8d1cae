//! The merchant backend as a program: reads its configuration, listens, stops gracefully.

use paywith_merchant::check::check;
use paywith_merchant::config::LogFormat;
use paywith_merchant::support::{self, Question};
use paywith_merchant::{Backend, Config, Stop, open, serve};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::services::ServeDir;

const HELP: &str = "\
The Paywith merchant backend.

  paywith-merchant [--config paywith.toml]
      reads the file and the PAYWITH_ variables; see paywith.example.toml

  paywith-merchant --demo [--sandbox URL] [--port N] [--public-url URL]
                   [--shop-origin URL]... [--database FILE] [--site FOLDER]
      everything on this machine, against the sandbox; no account needed.
      --site serves a folder of pages beside the API

  paywith-merchant check [--config paywith.toml]
      tries the configuration: database, addresses, and each provider with its keys. Makes no
      payment.

  paywith-merchant payments list [--order ID] | show PAYMENT | recheck PAYMENT
                   [--config paywith.toml]
      what became of payments: the newest fifty or an order's; one with its history; the same
      after asking its provider. The backend may run meanwhile.
";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("paywith-merchant: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let mut words = std::env::args().skip(1).peekable();
    if words.next_if_eq("payments").is_some() {
        let (file, question) = read_question(words)?;
        let config = Config::load(&file).map_err(|error| error.to_string())?;
        begin_log(config.log_format);
        print!("{}", support::answer(config, &question).await?);
        return Ok(());
    }
    if words.next_if_eq("check").is_some() {
        return try_configuration(words).await;
    }
    let Some(Arguments { config, site }) = read_arguments(words)? else {
        println!("{HELP}");
        return Ok(());
    };
    begin_log(config.log_format);
    let listen = config.listen;
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
        let flag = "set another one with `listen` or --port";
        format!("port {} cannot be used ({error}); {flag}", listen.port())
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let Backend { router: mut app, stop } =
        open(config).await.map_err(|error| error.to_string())?;
    if let Some(folder) = site {
        app = app.fallback_service(ServeDir::new(folder));
    }
    // Before the announcement: a program that reads it may stop us at once.
    let stopped = stop_signal(stop.clone()).map_err(|error| error.to_string())?;
    println!("merchant on http://{address}");
    tokio::join!(stopped, serve(listener, app, &stop));
    Ok(())
}

/// The log goes to standard error.
fn begin_log(format: LogFormat) {
    let log = tracing_subscriber::fmt().with_target(false).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Prints what was found; fails if something must be fixed.
async fn try_configuration(mut words: impl Iterator<Item = String>) -> Result<(), String> {
    let file = match (words.next().as_deref(), words.next()) {
        (None, _) => PathBuf::from("paywith.toml"),
        (Some("--config"), Some(file)) => PathBuf::from(file),
        (Some(name), _) => return Err(format!("{name} is unknown or lacks a value; see --help")),
    };
    let config = Config::load(&file).map_err(|error| error.to_string())?;
    begin_log(config.log_format);
    let report = check(&config).await?;
    println!("{}", report.lines.join("\n"));
    if report.is_broken { Err("something must be mended".to_owned()) } else { Ok(()) }
}

/// The question about payments, and the configuration file.
fn read_question(mut words: impl Iterator<Item = String>) -> Result<(PathBuf, Question), String> {
    let usage = || "payments list [--order ID] | show PAYMENT | recheck PAYMENT".to_owned();
    let mut question = match words.next().as_deref() {
        Some("list") => Question::List { order: None },
        Some("show") => Question::Show { id: words.next().ok_or_else(usage)? },
        Some("recheck") => Question::Recheck { id: words.next().ok_or_else(usage)? },
        Some(_) | None => return Err(usage()),
    };
    let mut file = PathBuf::from("paywith.toml");
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value; see --help"))?;
        match (name.as_str(), &mut question) {
            ("--config", _) => file = PathBuf::from(value),
            ("--order", Question::List { order }) => *order = Some(value),
            _ => return Err(format!("{name} is unknown; see --help")),
        }
    }
    Ok((file, question))
}

struct Arguments {
    config: Config,
    /// A folder of pages to serve next to the API, for a demonstration.
    site: Option<PathBuf>,
}

/// Parses the command line; `None` if help was requested.
fn read_arguments(arguments: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut arguments = arguments;
    let (mut is_demo, mut port, mut origins, mut site) = (false, 8090u16, Vec::new(), None);
    let (mut file, mut database) =
        (PathBuf::from("paywith.toml"), PathBuf::from("paywith-demo.sqlite"));
    let (mut sandbox, mut public_url) = ("http://127.0.0.1:8091".to_owned(), None);
    while let Some(name) = arguments.next() {
        let mut value =
            || arguments.next().ok_or_else(|| format!("{name} needs a value; see --help"));
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--demo" => is_demo = true,
            "--config" => file = PathBuf::from(value()?),
            "--database" => database = PathBuf::from(value()?),
            "--sandbox" => sandbox = value()?,
            "--public-url" => public_url = Some(value()?),
            "--shop-origin" => origins.push(value()?),
            "--site" => site = Some(PathBuf::from(value()?)),
            "--port" => {
                port = value()?.parse().map_err(|_| "--port must be 1 to 65535".to_owned())?;
            }
            other => return Err(format!("{other} is unknown; see --help")),
        }
    }
    if !is_demo {
        if site.is_some() {
            return Err("--site goes with --demo; a real shop has a web server".to_owned());
        }
        let config = Config::load(&file).map_err(|error| error.to_string())?;
        return Ok(Some(Arguments { config, site }));
    }
    if let Some(folder) = site.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(format!("--site {} is not a folder", folder.display()));
    }
    if origins.is_empty() {
        origins = vec!["http://127.0.0.1:8080".to_owned(), "http://localhost:8080".to_owned()];
    }
    let public_url = public_url.unwrap_or_else(|| format!("http://127.0.0.1:{port}"));
    let config = Config::demo(&sandbox, &public_url, &origins, &database);
    let config = config.map_err(|error| error.to_string())?;
    let config = Config { listen: SocketAddr::from(([127, 0, 0, 1], port)), ..config };
    Ok(Some(Arguments { config, site }))
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
