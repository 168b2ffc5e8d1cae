//! What every storage must do with the queues: payments to read, webhooks to process, events to send.

use super::{NOW_MS, add_made};
use paywith_merchant::store::{Backlog, ChangeReason, Lease, NewWebhook, Store, StoredPayment};
use paywith_protocol::{Provider, Review, Status};
use std::sync::Arc;

pub(super) async fn what_is_taken_from_a_queue_is_not_taken_twice_and_comes_back(
    store: Arc<dyn Store>,
) {
    for number in 0..6 {
        add_made(&*store, &format!("pay_{number}"), "INV-1").await;
    }
    let take = |now_ms: i64, most: u32| Lease { now_ms, until_ms: now_ms + 500, most };
    let due_ms = NOW_MS + 10_000;
    let early = store.take_due(Provider::Cashi, take(due_ms - 1, 9)).await.expect("an answer");
    assert!(early.is_empty());
    let other = store.take_due(Provider::Kashier, take(due_ms, 9)).await.expect("an answer");
    assert!(other.is_empty());
    let (one, two) = tokio::join!(
        store.take_due(Provider::Cashi, take(due_ms, 3)),
        store.take_due(Provider::Cashi, take(due_ms, 3)),
    );
    let mut taken: Vec<String> = Vec::new();
    for payment in one.expect("an answer").into_iter().chain(two.expect("an answer")) {
        taken.push(payment.id);
    }
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 6, "three each, none twice");
    let none = store.take_due(Provider::Cashi, take(due_ms + 499, 9)).await.expect("an answer");
    assert!(none.is_empty());
    // Nobody has set the next reading: the process that took them died.
    let back = store.take_due(Provider::Cashi, take(due_ms + 500, 9)).await.expect("an answer");
    assert_eq!(back.len(), 6);
    // The first reader of a payment has it for the interval.
    assert!(store.claim_read("pay_0", NOW_MS, NOW_MS - 5_000).await.expect("an answer"));
}

pub(super) async fn whoever_is_due_longest_comes_first_however_old_it_is(store: Arc<dyn Store>) {
    for (number, due_ms) in [(0, 30), (1, 10), (2, 20), (3, 40)] {
        let id = format!("pay_{number}");
        add_made(&*store, &id, "INV-1").await;
        let rule = move |stored: &mut StoredPayment, _: &[StoredPayment]| {
            stored.next_check_ms = Some(NOW_MS + due_ms);
        };
        store.change(&id, ChangeReason::Schedule, Box::new(rule)).await.expect("an answer");
    }
    let lease = Lease { now_ms: NOW_MS + 40, until_ms: NOW_MS + 500, most: 3 };
    let due = store.take_due(Provider::Cashi, lease).await.expect("an answer");
    let ids: Vec<&str> = due.iter().map(|payment| payment.id.as_str()).collect();
    assert_eq!(ids, ["pay_1", "pay_2", "pay_0"]);
}

pub(super) async fn a_post_is_kept_once_and_worked_on_until_it_is_done(store: Arc<dyn Store>) {
    add_made(&*store, "pay_1", "INV-1").await;
    let new = NewWebhook {
        provider: Provider::CashPay,
        digest: "digest",
        body: b"{\0\xff}",
        payment_id: Some("pay_1"),
        now_ms: NOW_MS,
    };
    let kept = store.add_webhook(&new).await.expect("an answer").expect("it is new");
    assert_eq!((kept.body.as_slice(), kept.tries), (new.body, 0));
    assert!(store.add_webhook(&new).await.expect("an answer").is_none());
    let take = |now_ms: i64| Lease { now_ms, until_ms: now_ms + 500, most: 9 };
    assert!(store.take_webhooks(take(NOW_MS + 4_999)).await.expect("an answer").is_empty());
    assert_eq!(
        store.take_webhooks(take(NOW_MS + 5_000)).await.expect("an answer"),
        std::slice::from_ref(&kept)
    );
    assert!(store.take_webhooks(take(NOW_MS + 5_499)).await.expect("an answer").is_empty());
    store.postpone_webhook(kept.id, NOW_MS + 60_000).await.expect("kept");
    assert!(store.take_webhooks(take(NOW_MS + 59_999)).await.expect("an answer").is_empty());
    let again = store.take_webhooks(take(NOW_MS + 60_000)).await.expect("an answer");
    assert_eq!(again.iter().map(|webhook| webhook.tries).collect::<Vec<_>>(), [1]);
    store.finish_webhook(kept.id, "read").await.expect("kept");
    assert!(store.take_webhooks(take(i64::MAX - 500)).await.expect("an answer").is_empty());
}

pub(super) async fn an_event_is_sent_until_it_arrives(store: Arc<dyn Store>) {
    for id in ["pay_1", "pay_2"] {
        add_made(&*store, id, id).await;
        let fail = |stored: &mut StoredPayment, _: &[StoredPayment]| stored.status = Status::Failed;
        store.change(id, ChangeReason::Read, Box::new(fail)).await.expect("an answer");
    }
    let far_ms = i64::MAX / 2;
    let take = |now_ms: i64| Lease { now_ms, until_ms: now_ms + 500, most: 9 };
    let events = store.take_events(take(far_ms)).await.expect("an answer");
    assert_eq!(events.len(), 2);
    assert!(store.take_events(take(far_ms)).await.expect("an answer").is_empty());
    store.event_arrived(&events[0].id, far_ms).await.expect("kept");
    store.event_failed(&events[1].id, Some(far_ms + 100)).await.expect("kept");
    let again = store.take_events(take(far_ms + 100)).await.expect("an answer");
    assert_eq!(again.len(), 1);
    assert_eq!((&again[0].id, again[0].tries), (&events[1].id, 1));
    store.event_failed(&events[1].id, None).await.expect("kept");
    assert!(store.take_events(take(i64::MAX - 500)).await.expect("an answer").is_empty());
}

/// Its number of vain tries begins anew: it is sent as patiently as the first time.
pub(super) async fn an_event_is_sent_again_when_somebody_asks_for_it(store: Arc<dyn Store>) {
    let far_ms = i64::MAX / 2;
    let take = |now_ms: i64| Lease { now_ms, until_ms: now_ms + 500, most: 9 };
    let mut ids = Vec::new();
    for id in ["pay_1", "pay_2"] {
        add_made(&*store, id, id).await;
        let fail = |stored: &mut StoredPayment, _: &[StoredPayment]| stored.status = Status::Failed;
        store.change(id, ChangeReason::Read, Box::new(fail)).await.expect("an answer");
        let [event] = &store.take_events(take(far_ms)).await.expect("an answer")[..] else {
            panic!("one event");
        };
        ids.push((event.id.clone(), event.created_ms));
    }
    let [(arrived, _), (given_up, since_ms)] = &ids[..] else { panic!("two events") };
    store.event_arrived(arrived, far_ms).await.expect("stored");
    store.event_failed(given_up, None).await.expect("stored");
    let later = take(far_ms + 1_000);
    assert!(store.take_events(later).await.expect("an answer").is_empty());
    assert!(store.resend_event(arrived, far_ms).await.expect("an answer"));
    assert!(!store.resend_event("evt_unknown", far_ms).await.expect("an answer"));
    let again = store.take_events(later).await.expect("an answer");
    assert_eq!(
        again.iter().map(|event| (&event.id, event.tries)).collect::<Vec<_>>(),
        [(arrived, 0)]
    );
    store.event_arrived(arrived, far_ms).await.expect("stored");
    let history = store.history("pay_1").await.expect("an answer");
    assert!(history.iter().any(|moment| moment.event.as_ref() == Some(arrived)), "{history:?}");
    let count = store.resend_events_since(*since_ms, far_ms + 2_000).await.expect("an answer");
    let again = store.take_events(take(far_ms + 2_000)).await.expect("an answer");
    assert_eq!(count, again.len());
    assert!(again.iter().any(|event| (&event.id, event.tries) == (given_up, 0)), "{again:?}");
    let none = store.resend_events_since(i64::MAX, far_ms).await.expect("an answer");
    assert_eq!(none, 0);
}

pub(super) async fn the_backlog_is_the_longest_waiting_of_each_kind(store: Arc<dyn Store>) {
    let at = async |now_ms: i64| store.backlog(now_ms).await.expect("an answer");
    assert_eq!(at(i64::MAX / 2).await, Backlog::default());
    add_made(&*store, "pay_1", "INV-1").await;
    assert_eq!(at(NOW_MS + 9_999).await, Backlog::default());
    assert_eq!(at(NOW_MS + 10_000).await.payment_ms, Some(NOW_MS + 10_000));
    let new = NewWebhook {
        provider: Provider::Cashi,
        digest: "digest",
        body: b"{}",
        payment_id: None,
        now_ms: NOW_MS + 7,
    };
    store.add_webhook(&new).await.expect("an answer");
    assert_eq!(at(NOW_MS + 5_006).await.webhook_ms, None, "it is being processed");
    assert_eq!(at(NOW_MS + 5_007).await.webhook_ms, Some(NOW_MS + 7));
    let process =
        |stored: &mut StoredPayment, _: &[StoredPayment]| stored.status = Status::Processing;
    store.change("pay_1", ChangeReason::Read, Box::new(process)).await.expect("an answer");
    assert_eq!(
        at(NOW_MS).await,
        Backlog { processing: vec![(Provider::Cashi, NOW_MS)], ..Backlog::default() }
    );
    let review = |stored: &mut StoredPayment, _: &[StoredPayment]| {
        stored.review = Some(Review::PaidTwice);
    };
    store.change("pay_1", ChangeReason::Read, Box::new(review)).await.expect("an answer");
    let backlog = at(NOW_MS).await;
    assert!(backlog.event_ms.is_some() && backlog.processing.is_empty(), "{backlog:?}");
}
