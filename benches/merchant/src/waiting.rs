//! Shoppers who wait: each on a connection of its own for a payment of its own, asking again as
//! soon as an answer says that nothing has happened, as the widget does.

use crate::orders::Payment;
use crate::programs::Program;
use crate::spread::Spread;
use crate::wire::{Wire, said};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What each call is held for: what the backend allows unless told otherwise.
pub(crate) const WAIT: Duration = Duration::from_secs(25);
/// So many connect at a time.
const OPENING: usize = 64;
/// Longer than everybody needs to be held.
const PATIENCE: Duration = Duration::from_secs(180);
/// So many payments are settled at a time.
const LANES: usize = 4;
/// After a call was sent it is held.
const SETTLED_DOWN: Duration = Duration::from_millis(250);

/// Shoppers who wait until this is dropped.
pub(crate) struct Crowd {
    /// Dropping it ends them.
    _tasks: JoinSet<Result<(), String>>,
    /// How long calls were held that ended without news.
    ended: Arc<Mutex<Vec<Duration>>>,
    errors: Arc<Mutex<Vec<String>>>,
}

impl Crowd {
    /// How long calls were held that ended without news.
    pub(crate) fn ended(&self) -> Spread {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// What went wrong.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Lets one shopper a payment wait, and returns when all are connected and have asked.
///
/// # Errors
/// When that takes too long.
pub(crate) async fn gather(server: SocketAddr, paths: Vec<String>) -> Result<Crowd, String> {
    let (ended, errors) = (Arc::default(), Arc::<Mutex<Vec<String>>>::default());
    let opening = Arc::new(Semaphore::new(OPENING));
    let mut tasks = JoinSet::new();
    for path in paths {
        let turn = opening.clone().acquire_owned().await.map_err(said)?;
        let (all, errors) = (Arc::clone(&ended), Arc::clone(&errors));
        tasks.spawn(async move {
            let ended = keep_asking(server, &path, turn, &all).await;
            if let Err(error) = &ended {
                errors.lock().unwrap_or_else(PoisonError::into_inner).push(error.clone());
            }
            ended
        });
    }
    let most = u32::try_from(OPENING).map_err(said)?;
    let all = tokio::time::timeout(PATIENCE, opening.acquire_many(most)).await;
    drop(all.map_err(|_| "the shoppers do not connect in time".to_owned())?.map_err(said)?);
    Ok(Crowd { _tasks: tasks, ended, errors })
}

async fn keep_asking(
    server: SocketAddr,
    path: &str,
    turn: OwnedSemaphorePermit,
    ended: &Mutex<Vec<Duration>>,
) -> Result<(), String> {
    let mut wire = Wire::open(server).await?;
    drop(turn);
    loop {
        let asked = Instant::now();
        let answer = wire.get(path).await?;
        if answer.status != 200 {
            return Err(format!("{path} answers {}", answer.status));
        }
        ended.lock().unwrap_or_else(PoisonError::into_inner).push(asked.elapsed());
    }
}

/// The path of a call that is held.
pub(crate) fn held(payment: &Payment) -> String {
    format!("{}&status=pending&wait_ms={}", payment.path, WAIT.as_millis())
}

/// Returns when the backend itself says that so many wait, give or take those who ask just now.
///
/// # Errors
/// When they never are.
pub(crate) async fn until_held(merchant: &Program, count: usize) -> Result<(), String> {
    let begun = Instant::now();
    while counter(merchant.address, "paywith_waiting_shoppers").await? < count - count / 50 {
        if begun.elapsed() > PATIENCE {
            return Err(format!("{count} shoppers are never held at a time"));
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// A number of `/metrics`; 0 when it is not there.
///
/// # Errors
/// When there is no answer.
pub(crate) async fn counter(server: SocketAddr, name: &str) -> Result<usize, String> {
    let answer = Wire::open(server).await?.get("/metrics").await?;
    let text = String::from_utf8_lossy(&answer.body);
    let of = text.lines().filter(|line| line.starts_with(name));
    Ok(of.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum())
}

/// The times from the provider's being paid, with its webhook, to the waiting shopper's answer; a few
/// payments at a time.
///
/// # Errors
/// When a payment does not become paid.
pub(crate) async fn settle_each(
    merchant: &Program,
    sandbox: &Program,
    payments: &[Payment],
) -> Result<Spread, String> {
    let mut settling = JoinSet::new();
    for lane in payments.chunks(payments.len().div_ceil(LANES).max(1)) {
        settling.spawn(settle_lane(merchant.address, sandbox.address, lane.to_vec()));
    }
    let mut took = Vec::new();
    while let Some(ended) = settling.join_next().await {
        took.extend(ended.map_err(said)??);
    }
    Ok(took.into_iter().collect())
}

async fn settle_lane(
    server: SocketAddr,
    sandbox: SocketAddr,
    payments: Vec<Payment>,
) -> Result<Vec<Duration>, String> {
    let (mut shopper, mut phone) = (Wire::open(server).await?, Wire::open(sandbox).await?);
    let mut took = Vec::new();
    for payment in &payments {
        took.push(settle(&mut shopper, &mut phone, payment, SETTLED_DOWN).await?);
    }
    Ok(took)
}

/// The shopper waits, and after a pause the provider is paid: how long the answer took from then.
///
/// # Errors
/// When the answer is anything but paid.
pub(crate) async fn settle(
    shopper: &mut Wire,
    phone: &mut Wire,
    payment: &Payment,
    pause: Duration,
) -> Result<Duration, String> {
    let path = held(payment);
    let wait = async {
        let answer = shopper.get(&path).await?;
        Ok::<_, String>((answer.text("/status"), Instant::now()))
    };
    let pay = async {
        sleep(pause).await;
        let begun = Instant::now();
        phone.post(&format!("/control/cashpay/{}/settle", payment.charge), "", "").await?;
        Ok::<_, String>(begun)
    };
    let ((status, answered), begun) = tokio::try_join!(wait, pay)?;
    if status != "paid" {
        return Err(format!("a settled payment is {status}"));
    }
    Ok(answered.saturating_duration_since(begun))
}
