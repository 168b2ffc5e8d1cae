//! Payments, made through the backend's own API: the demonstration shop signs an order, CashPay
//! (simulated) makes the payment. CashPay's have no picture, which would have to be decoded.

use crate::spread::Spread;
use crate::wire::{Wire, said};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// So many connections work at a time where it does not matter.
const MAKERS: usize = 16;

/// An order that the shop has signed.
pub(crate) struct Order {
    id: String,
    token: String,
}

/// A payment as its shopper knows it.
#[derive(Clone)]
pub(crate) struct Payment {
    /// The backend's id.
    pub(crate) id: String,
    /// Its address with the order's token, without a wish to wait.
    pub(crate) path: String,
    /// The provider's id.
    pub(crate) charge: String,
}

/// What came of creating payments without a pause.
pub(crate) struct Created {
    pub(crate) payments: Vec<Payment>,
    /// Each create call alone.
    pub(crate) took: Spread,
    /// All of them.
    pub(crate) elapsed: Duration,
}

/// Makes so many payments, each of an order of its own.
///
/// # Errors
/// When an answer is none, or no payment.
pub(crate) async fn make(server: SocketAddr, count: usize) -> Result<Vec<Payment>, String> {
    let mut made = Vec::new();
    // The demonstration draws short order ids: of so many, two may be the same.
    while made.len() < count {
        let orders = sign(server, count - made.len()).await?;
        made.extend(create(server, orders, MAKERS).await?.payments);
    }
    Ok(made)
}

/// So many signed orders; nothing is stored for them.
///
/// # Errors
/// When an answer is none.
pub(crate) async fn sign(server: SocketAddr, count: usize) -> Result<Vec<Order>, String> {
    let mut signing = JoinSet::new();
    for maker in 0..MAKERS {
        let share = count / MAKERS + usize::from(maker < count % MAKERS);
        signing.spawn(async move {
            let (mut wire, mut orders) = (Wire::open(server).await?, Vec::new());
            for _ in 0..share {
                orders.push(sign_one(&mut wire).await?);
            }
            Ok::<_, String>(orders)
        });
    }
    all(signing).await
}

/// Creates a payment for each order: so many shoppers at a time, each on a connection of its own.
///
/// # Errors
/// When an answer is none, or no payment.
pub(crate) async fn create(
    server: SocketAddr,
    orders: Vec<Order>,
    shoppers: usize,
) -> Result<Created, String> {
    let orders = Arc::new(Mutex::new(orders));
    let (begun, mut creating) = (Instant::now(), JoinSet::new());
    for _ in 0..shoppers {
        creating.spawn(create_some(server, Arc::clone(&orders)));
    }
    let each = all(creating).await?;
    let elapsed = begun.elapsed();
    let (payments, took): (Vec<_>, Vec<_>) = each.into_iter().unzip();
    let payments = payments.into_iter().flatten().collect();
    Ok(Created { payments, took: took.into_iter().collect(), elapsed })
}

type Timed = (Option<Payment>, Duration);

async fn create_some(
    server: SocketAddr,
    orders: Arc<Mutex<Vec<Order>>>,
) -> Result<Vec<Timed>, String> {
    let (mut wire, mut each) = (Wire::open(server).await?, Vec::new());
    let next = || orders.lock().unwrap_or_else(PoisonError::into_inner).pop();
    while let Some(order) = next() {
        let asked = Instant::now();
        let payment = create_one(&mut wire, &order).await?;
        each.push((payment, asked.elapsed()));
    }
    Ok(each)
}

async fn all<T: 'static>(mut tasks: JoinSet<Result<Vec<T>, String>>) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended.map_err(said)??);
    }
    Ok(all)
}

pub(crate) async fn sign_one(wire: &mut Wire) -> Result<Order, String> {
    let items = r#"{"items":[{"id":"honey","quantity":1}]}"#;
    let order = wire.post("/api/demo/orders", "", items).await?;
    let (token, id) = (order.text("/order"), order.text("/order_id"));
    if token.is_empty() {
        return Err(format!("no order: {}", String::from_utf8_lossy(&order.body)));
    }
    Ok(Order { id, token })
}

/// `None` when the order had a payment already.
pub(crate) async fn create_one(wire: &mut Wire, order: &Order) -> Result<Option<Payment>, String> {
    let Order { id, token } = order;
    let body = format!(
        r#"{{"order":"{token}","provider":"cashpay","return_url":"https://shop.example/cart"}}"#
    );
    let key = format!("idempotency-key: key-{id}\r\n");
    let payment = wire.post("/api/payments", &key, &body).await?;
    let id = payment.text("/id");
    let charge = payment.text("/action/url").rsplit('/').next().unwrap_or_default().to_owned();
    match payment.status {
        201 if !charge.is_empty() => {
            let path = format!("/api/payments/{id}?order={token}");
            Ok(Some(Payment { id, path, charge }))
        }
        200 => Ok(None),
        _ => Err(format!("no payment: {}", String::from_utf8_lossy(&payment.body))),
    }
}
