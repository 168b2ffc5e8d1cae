//! Payments that become paid at a steady pace while their shoppers wait: where each waited, where the
//! webhook arrived, and how long the news took.

use crate::nginx::SERVED_BY;
use crate::orders::Payment;
use crate::waiting;
use crate::wire::{Wire, said};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

/// After a call was sent it is held.
const SETTLED_DOWN: Duration = Duration::from_millis(1_500);
/// Longer than two calls in a row are held.
const PATIENCE: Duration = Duration::from_secs(60);

/// A payment, and the process that created it: its webhook arrives there.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) payment: Payment,
    pub(crate) home: SocketAddr,
}

/// What became of one payment.
pub(crate) struct News {
    pub(crate) id: String,
    /// The shopper waited at another process than the one that the webhook came to.
    pub(crate) is_across: bool,
    pub(crate) settled: Instant,
    pub(crate) answered: Instant,
}

/// Settles so many a second, each while its shopper waits at the next of `fronts`.
///
/// # Errors
/// When a payment does not become paid.
pub(crate) async fn settle_at(
    per_second: u32,
    fronts: &[SocketAddr],
    sandbox: SocketAddr,
    made: &[Made],
) -> Result<Vec<News>, String> {
    let mut ticks = interval(Duration::from_secs(1) / per_second);
    let (mut settling, mut all) = (JoinSet::new(), Vec::new());
    for (number, made) in made.iter().enumerate() {
        ticks.tick().await;
        // With the processes as fronts it is the one after the webhook's.
        let home = fronts.iter().position(|front| *front == made.home).unwrap_or(number);
        let front = fronts.get((home + 1) % fronts.len().max(1)).ok_or("nothing to wait at")?;
        settling.spawn(settle(*front, sandbox, made.clone()));
    }
    while let Some(ended) = settling.join_next().await {
        all.push(ended.map_err(said)??);
    }
    Ok(all)
}

async fn settle(front: SocketAddr, sandbox: SocketAddr, made: Made) -> Result<News, String> {
    let (mut shopper, mut phone) = (Wire::open(front).await?, Wire::open(sandbox).await?);
    let Made { payment, home } = made;
    let path = waiting::held(&payment);
    let wait = async {
        loop {
            let answer = shopper.get(&path).await?;
            let answered = Instant::now();
            match (answer.status, answer.text("/status").as_str()) {
                (200, "paid") => {
                    let at = answer.header(SERVED_BY).and_then(|text| text.parse().ok());
                    return Ok::<_, String>((at.unwrap_or(front), answered));
                }
                (200, "pending" | "processing") => {}
                (status, word) => return Err(format!("a settled payment: {status}, {word}")),
            }
        }
    };
    let pay = async {
        sleep(SETTLED_DOWN).await;
        let settled = Instant::now();
        phone.post(&format!("/control/cashpay/{}/settle", payment.charge), "", "").await?;
        Ok::<_, String>(settled)
    };
    let both = tokio::time::timeout(PATIENCE, async { tokio::try_join!(wait, pay) }).await;
    let ((waited_at, answered), settled) =
        both.map_err(|_| "a shopper never learns of her payment".to_owned())??;
    Ok(News { id: payment.id, is_across: waited_at != home, settled, answered })
}
