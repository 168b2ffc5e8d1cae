//! Payments, made through the backend's own API: the demonstration shop signs an order, CashPay
//! (simulated) makes the payment. CashPay's have no picture, which would have to be decoded.

use crate::wire::{Wire, said};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// So many create at a time.
const MAKERS: usize = 16;

/// A payment as its shopper knows it.
#[derive(Clone)]
pub(crate) struct Payment {
    /// Its address with the order's token, without a wish to wait.
    pub(crate) path: String,
    /// The provider's id.
    pub(crate) charge: String,
}

/// Makes so many payments, each of an order of its own.
///
/// # Errors
/// When an answer is none, or no payment.
pub(crate) async fn make(server: SocketAddr, count: usize) -> Result<Vec<Payment>, String> {
    let (next, made) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let mut making = JoinSet::new();
    for maker in 0..MAKERS {
        let (next, made) = (next.clone(), made.clone());
        making.spawn(async move {
            let mut wire = Wire::open(server, maker).await?;
            while next.fetch_add(1, Ordering::Relaxed) < count {
                // The demonstration draws short order ids: of so many, two may be the same.
                let payment = loop {
                    if let Some(payment) = make_one(&mut wire).await? {
                        break payment;
                    }
                };
                made.lock().await.push(payment);
            }
            Ok::<(), String>(())
        });
    }
    while let Some(ended) = making.join_next().await {
        ended.map_err(said)??;
    }
    let made = made.lock().await.clone();
    Ok(made)
}

/// `None` when the order had a payment already.
async fn make_one(wire: &mut Wire) -> Result<Option<Payment>, String> {
    let items = r#"{"items":[{"id":"honey","quantity":1}]}"#;
    let order = wire.post("/api/demo/orders", "", items).await?;
    let (token, id) = (order.text("/order"), order.text("/order_id"));
    let body = format!(
        r#"{{"order":"{token}","provider":"cashpay","return_url":"https://shop.example/cart"}}"#
    );
    let key = format!("idempotency-key: key-{id}\r\n");
    let payment = wire.post("/api/payments", &key, &body).await?;
    let id = payment.text("/id");
    let charge = payment.text("/action/url").rsplit('/').next().unwrap_or_default().to_owned();
    match payment.status {
        201 if !charge.is_empty() => {
            Ok(Some(Payment { path: format!("/api/payments/{id}?order={token}"), charge }))
        }
        200 => Ok(None),
        _ => Err(format!("no payment: {}", String::from_utf8_lossy(&payment.body))),
    }
}
