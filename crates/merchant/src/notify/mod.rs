//! Notifies the shop's own server about payments: events from the store, signed as Standard
//! Webhooks 1.0, sent until they arrive.
//!
//! It changes nothing about payments. Start at [`send_due`].

mod signing;

pub(crate) use signing::key;

use crate::clients::Call;
use crate::config::NotifyConfig;
use crate::environment::rfc3339;
use crate::store::Event;
use crate::{Shop, pay};
use serde_json::value::RawValue;

const BATCH: u32 = 20;
/// The pauses after each failed try: 75 and a half hours in total.
const PAUSES_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Sends what is due, if the shop wants to be notified.
pub(crate) async fn send_due(shop: &Shop) {
    let Some(config) = &shop.config.notify else { return };
    let due = match shop.store.take_events(pay::take(shop, BATCH)).await {
        Ok(due) => due,
        Err(error) => return tracing::error!(%error, "events could not be looked for"),
    };
    for event in due {
        let told = tell(shop, config, &event).await;
        shop.metrics.event(if told.is_ok() { "arrived" } else { "failed" });
        let stored = match &told {
            Ok(()) => shop.store.event_arrived(&event.id, shop.now_ms()).await,
            Err(why) => {
                let next_ms = next_try(&event, shop.now_ms());
                let is_given_up = next_ms.is_none();
                tracing::warn!(event = event.id, why, is_given_up, "the shop was not told");
                shop.store.event_failed(&event.id, next_ms).await
            }
        };
        if let Err(error) = stored {
            // It is sent again: the shop recognizes it by its id.
            tracing::error!(event = event.id, %error, "the outcome of an event was not stored");
        }
    }
}

/// When a failed event is sent again; `None`: never.
fn next_try(event: &Event, now_ms: i64) -> Option<i64> {
    let pause_s = usize::try_from(event.tries).ok().and_then(|tries| PAUSES_S.get(tries))?;
    Some(now_ms.saturating_add(pause_s * 1_000))
}

async fn tell(shop: &Shop, config: &NotifyConfig, event: &Event) -> Result<(), String> {
    let body = body(event, shop.config.test).ok_or("the event's data is damaged")?;
    let sent_s = shop.now_ms() / 1_000;
    let signature = signing::signature(&config.secret, &event.id, sent_s, &body);
    let signature = signature.ok_or("the secret cannot sign")?;
    let call = Call::post_text(&config.url, body)
        .header("webhook-id", &event.id)
        .header("webhook-timestamp", &sent_s.to_string())
        .header("webhook-signature", &signature);
    match shop.clients.notify_shop(call).await.ok_or("no answer")? {
        200..300 => Ok(()),
        status => Err(format!("the answer is {status}")),
    }
}

/// The same bytes on every try.
fn body(event: &Event, test: bool) -> Option<String> {
    #[derive(serde::Serialize)]
    struct Body<'a> {
        r#type: &'a str,
        timestamp: String,
        test: bool,
        data: &'a RawValue,
    }
    let data = serde_json::from_str(&event.data).ok()?;
    let timestamp = rfc3339(event.created_ms);
    serde_json::to_string(&Body { r#type: &event.kind, timestamp, test, data }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(tries: i64) -> Event {
        Event {
            id: "evt_1".to_owned(),
            kind: "payment.paid".to_owned(),
            data: r#"{"payment":"pay_1"}"#.to_owned(),
            created_ms: 0,
            tries,
        }
    }

    #[test]
    fn a_deaf_shop_is_told_ten_times_in_three_days() {
        let mut at_ms = 0;
        let mut tries = 0;
        while let Some(next_ms) = next_try(&event(tries), at_ms) {
            assert!(next_ms > at_ms);
            at_ms = next_ms;
            tries += 1;
        }
        assert_eq!(tries, 9, "nine more after the first");
        let hours = at_ms / 3_600_000;
        assert_eq!(hours, 75);
        assert_eq!(next_try(&event(-1), 0), None);
    }

    #[test]
    fn the_body_is_the_standards_and_never_changes() {
        let told = body(&event(0), true).expect("a body");
        assert_eq!(
            told,
            r#"{"type":"payment.paid","timestamp":"1970-01-01T00:00:00Z","test":true,"data":{"payment":"pay_1"}}"#
        );
        assert_eq!(body(&event(7), true), Some(told));
    }
}
