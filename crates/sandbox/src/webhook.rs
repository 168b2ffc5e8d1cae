//! What providers post to the merchant when a payment changes: CashPay's charge (unsigned),
//! Kashier's signed event, Cashi's signed event. Cashii has none.
//!
//! Webhooks go to plain HTTP on this machine only, once, in the background; a failure is a line on
//! standard error. It deliberately does not retry: a merchant that polls must get by without.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cashpay::charge_object;
use crate::clock::{iso, now_ms, wib};
use crate::details::{CashiWebhook, Details};
use crate::faults::Twist;
use crate::kashier;
use crate::kashier_signing::sign_webhook;
use crate::ledger::Payment;
use crate::provider::State;
use crate::settings::Settings;
use crate::signing::hmac_hex;
use crate::world::Sandbox;

const TIME_LIMIT: Duration = Duration::from_secs(5);

struct Post {
    url: String,
    /// The signature header's name and value, where the provider signs.
    signature: Option<(&'static str, String)>,
    body: String,
}

/// Tells the merchant about the payment as it is now, if its provider would. Returns at once.
pub(crate) fn notify(sandbox: &Sandbox, payment: &Payment) {
    let cashi = sandbox.ledger().cashi_webhook.clone();
    let Some(post) = compose(sandbox.settings(), cashi, payment) else { return };
    tokio::spawn(async move {
        let sent = tokio::time::timeout(TIME_LIMIT, send(&post)).await;
        let outcome = sent.unwrap_or_else(|_| Err("no answer in five seconds".to_owned()));
        if let Err(why) = outcome {
            eprintln!("webhook to {} failed: {why}", post.url);
        }
    });
}

fn compose(settings: &Settings, cashi: Option<CashiWebhook>, payment: &Payment) -> Option<Post> {
    match &payment.details {
        Details::Cashii(_) => None,
        Details::Cashpay(details) => Some(Post {
            url: details.post_url.clone()?,
            signature: None,
            body: charge_object(payment, &Twist::new(Vec::new())).to_string(),
        }),
        Details::Kashier(details) => {
            let (body, signature) = kashier_event(&settings.kashier_api_key, payment)?;
            let signature = Some(("x-kashier-signature", signature));
            Some(Post { url: details.server_webhook.clone()?, signature, body })
        }
        Details::Cashi(_) => {
            let webhook = cashi.filter(|_| payment.state() == State::Paid)?;
            let body = cashi_event(payment);
            let signature = Some(("X-Gateway-Signature", hmac_hex(&webhook.secret, &body)));
            Some(Post { url: webhook.url, signature, body })
        }
    }
}

fn cashi_event(order: &Payment) -> String {
    let data = json!({
        "order_id": order.id,
        "amount": order.money.units,
        "status": "SETTLED",
        "paid_at": wib(now_ms()),
    });
    json!({ "event": "PAYMENT_SETTLED", "data": data }).to_string()
}

/// A failed payment is a `pay` event too; a canceled or expired session sends nothing.
fn kashier_event(key: &str, session: &Payment) -> Option<(String, String)> {
    let (event, status) = match session.state() {
        State::Paid if session.refunded.is_some() => ("partial_refund", "SUCCESS"),
        State::Paid => ("pay", "SUCCESS"),
        State::Declined => ("pay", "FAILED"),
        State::Refunded => ("refund", "SUCCESS"),
        State::Open | State::Canceled | State::Expired => return None,
    };
    // A refund is a transaction of its own, over its own amount.
    let part = session.refunded.as_ref().filter(|_| event == "partial_refund");
    let amount = part.unwrap_or(&session.money);
    let transaction = match event {
        "pay" => kashier::transaction_id(session),
        _ => format!("{}-{event}-{}", kashier::transaction_id(session), amount.units),
    };
    let data = json!({
        "merchantOrderId": session.order_ref,
        "kashierOrderId": kashier::order_id(session),
        "orderReference": format!("TEST-ORD-{}", session.id),
        "transactionId": transaction,
        "status": status,
        "method": "card",
        "creationDate": iso(session.created_ms),
        "amount": amount.json_number(),
        "currency": session.money.currency,
        "transactionResponseCode": if status == "SUCCESS" { "00" } else { "05" },
        "channel": "online | e-commerce",
        // A wallet has no card: one name of the list is null, one is not there at all.
        "maskedCard": null,
        "signatureKeys": [
            "amount", "cardDataToken", "channel", "currency", "kashierOrderId", "maskedCard",
            "merchantOrderId", "method", "orderReference", "status", "transactionId",
            "transactionResponseCode",
        ],
    });
    let signature = data.as_object().map(|fields| sign_webhook(key, fields))?;
    Some((json!({ "event": event, "data": Value::clone(&data) }).to_string(), signature))
}

/// Host with port, and path, of a plain HTTP address on this machine.
fn local_target(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let clean = rest.chars().all(|letter| letter.is_ascii_graphic());
    let split = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(split)?;
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let local = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
    (clean && local && path.starts_with('/')).then_some((authority, path))
}

async fn send(post: &Post) -> Result<(), String> {
    let (authority, path) =
        local_target(&post.url).ok_or("not a local http address with a path")?;
    let mut stream = TcpStream::connect(authority).await.map_err(|why| why.to_string())?;
    let signature = match &post.signature {
        Some((name, value)) => format!("{name}: {value}\r\n"),
        None => String::new(),
    };
    let length = post.body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{signature}Connection: close\r\n\r\n{}",
        post.body
    );
    stream.write_all(request.as_bytes()).await.map_err(|why| why.to_string())?;
    let mut status_line = [0_u8; 12];
    stream.read_exact(&mut status_line).await.map_err(|why| why.to_string())?;
    let status_line = String::from_utf8_lossy(&status_line);
    if status_line.starts_with("HTTP/1.1 2") { Ok(()) } else { Err(status_line.into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_go_to_plain_http_on_this_machine_only() {
        for (url, expected) in [
            ("http://127.0.0.1:8090/hook?x=1", Some(("127.0.0.1:8090", "/hook?x=1"))),
            ("http://localhost:80/h", Some(("localhost:80", "/h"))),
            ("http://[::1]:80/h", Some(("[::1]:80", "/h"))),
            ("https://127.0.0.1:8090/h", None),
            ("http://127.0.0.1.example:80/h", None),
            ("http://127.0.0.1:80@shop.example:80/h", None),
            ("http://shop.example:80/h", None),
            ("http://127.0.0.1:80/h\r\nx: y", None),
            ("http://127.0.0.1:80", None),
        ] {
            assert_eq!(local_target(url), expected, "{url:?}");
        }
    }
}
