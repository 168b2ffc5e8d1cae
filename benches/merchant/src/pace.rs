//! How many requests a second, from a few connections that ask without a pause.

use crate::spread::Spread;
use crate::wire::{Wire, said};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Not measured: caches and pools fill.
const WARMING: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(6);
/// Two servers take turns so often, each for a part of the time: whatever else slows the machine
/// down for some seconds then slows both down.
const TURNS: u32 = 6;
const TURN: Duration = Duration::from_secs(2);

/// What came of it.
pub(crate) struct Pace {
    pub(crate) per_second: u64,
    pub(crate) took: Spread,
}

/// A server, and the paths that it is asked for: one connection per path, all at once.
pub(crate) struct Asked<'a> {
    pub(crate) server: SocketAddr,
    pub(crate) paths: &'a [String],
}

/// The pace of one server.
///
/// # Errors
/// When an answer is none, or not 200.
pub(crate) async fn measure(server: SocketAddr, paths: &[String]) -> Result<Pace, String> {
    Ok(pace(ask(&Asked { server, paths }, MEASURED).await?, MEASURED))
}

/// The paces of two servers that take turns.
///
/// # Errors
/// As [`measure`].
pub(crate) async fn compare(one: &Asked<'_>, other: &Asked<'_>) -> Result<(Pace, Pace), String> {
    let (mut by_one, mut by_other) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        by_one.extend(ask(one, TURN).await?);
        by_other.extend(ask(other, TURN).await?);
    }
    Ok((pace(by_one, TURNS * TURN), pace(by_other, TURNS * TURN)))
}

fn pace(took: Vec<Duration>, measured: Duration) -> Pace {
    let count = u64::try_from(took.len()).unwrap_or(0);
    Pace { per_second: count / measured.as_secs(), took: took.into_iter().collect() }
}

/// How long each answer took within this time.
async fn ask(asked: &Asked<'_>, measured: Duration) -> Result<Vec<Duration>, String> {
    let mut asking = JoinSet::new();
    for path in asked.paths.iter().cloned() {
        asking.spawn(ask_on(asked.server, path, measured));
    }
    let mut all = Vec::new();
    while let Some(ended) = asking.join_next().await {
        all.extend(ended.map_err(said)??);
    }
    Ok(all)
}

async fn ask_on(
    server: SocketAddr,
    path: String,
    measured: Duration,
) -> Result<Vec<Duration>, String> {
    let mut wire = Wire::open(server).await?;
    let (begun, mut took) = (Instant::now(), Vec::new());
    while begun.elapsed() < WARMING + measured {
        let asked = Instant::now();
        let answer = wire.get(&path).await?;
        if answer.status != 200 {
            return Err(format!("{path} answers {}", answer.status));
        }
        if begun.elapsed() > WARMING {
            took.push(asked.elapsed());
        }
    }
    Ok(took)
}
