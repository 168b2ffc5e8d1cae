//! The sandbox as a program: `paywith-sandbox [--port N] [--public-url URL] [--cashi-life-ms N]`.
//!
//! It listens on the loopback interface only, because its control API has no authentication,
//! and stops on Ctrl-C or SIGTERM. What it serves is in the library; start with `app` there.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::time::Duration;

use paywith_sandbox::{Settings, app};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

const USAGE: &str = "paywith-sandbox [--port 8091] [--public-url URL] [--cashi-life-ms 600000]";

/// How long calls in flight may take to end after the program was asked to stop.
const GRACE: Duration = Duration::from_secs(2);

struct Arguments {
    port: u16,
    public_url: Option<String>,
    cashi_life_ms: Option<u64>,
}

fn read_arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { port: 8091, public_url: None, cashi_life_ms: None };
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => arguments.port = value.parse().map_err(|why| format!("--port: {why}"))?,
            "--public-url" => arguments.public_url = Some(value),
            "--cashi-life-ms" => {
                let life_ms = value.parse().map_err(|why| format!("--cashi-life-ms: {why}"))?;
                arguments.cashi_life_ms = Some(life_ms);
            }
            other => return Err(format!("unknown argument {other}")),
        }
    }
    Ok(arguments)
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let outcome = match read_arguments(words.into_iter()) {
        Ok(arguments) => serve(arguments).await,
        Err(why) => Err(format!("{why}\nusage: {USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("paywith-sandbox: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: Arguments) -> Result<(), String> {
    let port = arguments.port;
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|why| match why.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("port {port} is in use; stop the other program or pass --port")
            }
            _ => format!("cannot listen on port {port}: {why}"),
        })?;
    // Port 0 asks the system for a free one, so the address is known only now.
    let here = listener.local_addr().map_err(|why| why.to_string())?;
    let mut settings =
        Settings::demo(arguments.public_url.unwrap_or_else(|| format!("http://{here}")));
    settings.cashi_life_ms = arguments.cashi_life_ms.unwrap_or(settings.cashi_life_ms);
    println!("sandbox on {}", settings.public_url);
    let stop = stop_signal().map_err(|why| why.to_string())?;
    let (asked, when_asked) = oneshot::channel();
    let server = axum::serve(listener, app(settings)).with_graceful_shutdown(async move {
        stop.await;
        // If the server has ended by itself, there is no receiver, and none is needed.
        let _ = asked.send(());
    });
    tokio::select! {
        outcome = server.into_future() => outcome.map_err(|why| why.to_string()),
        () = grace(when_asked) => Ok(()),
    }
}

/// Ends a while after the program was asked to stop: a call that hangs on purpose must not keep
/// it alive.
async fn grace(when_asked: oneshot::Receiver<()>) {
    if when_asked.await.is_ok() {
        tokio::time::sleep(GRACE).await;
    } else {
        std::future::pending::<()>().await;
    }
}

/// Ends when the program is asked to stop. The signals are caught from the moment of the call.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
