//! How many requests a second, from a few connections that ask without a pause.

use crate::spread::Spread;
use crate::wire::{Wire, said};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Not measured: caches and pools fill.
const WARMING: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(6);

/// What came of it.
pub(crate) struct Pace {
    pub(crate) per_second: u64,
    pub(crate) took: Spread,
}

/// One connection per path, all at once.
///
/// # Errors
/// When an answer is none, or not 200.
pub(crate) async fn measure(server: SocketAddr, paths: &[String]) -> Result<Pace, String> {
    let mut asking = JoinSet::new();
    for path in paths.iter().cloned() {
        asking.spawn(ask_on(server, path));
    }
    let mut all = Vec::new();
    while let Some(ended) = asking.join_next().await {
        all.extend(ended.map_err(said)??);
    }
    let count = u64::try_from(all.len()).unwrap_or(0);
    Ok(Pace { per_second: count / MEASURED.as_secs(), took: all.into_iter().collect() })
}

async fn ask_on(server: SocketAddr, path: String) -> Result<Vec<Duration>, String> {
    let mut wire = Wire::open(server).await?;
    let (begun, mut took) = (Instant::now(), Vec::new());
    while begun.elapsed() < WARMING + MEASURED {
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
