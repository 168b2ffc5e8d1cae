//! What every storage must do: one suite, run against SQLite, PostgreSQL and the in-memory one.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod audit;
#[path = "../common/memory/mod.rs"]
mod memory;
mod places;
mod queues;

use audit::{
    a_change_leaves_a_line_and_setting_a_time_leaves_none,
    done_posts_are_forgotten_when_they_are_old, of_many_answers_the_first_and_the_newest_stay,
    payments_are_found_page_by_page, what_a_provider_repeats_is_kept_once,
    what_is_stored_comes_back_as_it_was,
};
use paywith_merchant::Database;
use paywith_merchant::store::{
    Attempt, ChangeReason, Claim, Creation, Filter, Lease, Store, StoreError, StoredPayment,
};
use paywith_protocol::{Money, Provider, Status};
use places::open;
use queues::{
    a_post_is_kept_once_and_worked_on_until_it_is_done,
    an_event_is_sent_again_when_somebody_asks_for_it, an_event_is_sent_until_it_arrives,
    the_backlog_is_the_longest_waiting_of_each_kind,
    what_is_taken_from_a_queue_is_not_taken_twice_and_comes_back,
    whoever_is_due_longest_comes_first_however_old_it_is,
};
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

const NOW_MS: i64 = 1_800_000_000_000;

/// Each rule, once per storage.
macro_rules! rules {
    ($($rule:ident),* $(,)?) => {
        mod on_sqlite { $(#[tokio::test] async fn $rule() { super::$rule(super::places::sqlite().await).await; })* }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $rule() { super::$rule(super::places::postgres().await).await; })* }
        mod behind_a_pooler { $(#[tokio::test(flavor = "multi_thread")] async fn $rule() { super::$rule(super::places::pooler().await).await; })* }
        mod in_memory { $(#[tokio::test] async fn $rule() { super::$rule(super::places::memory().await).await; })* }
    };
}

rules!(
    what_is_stored_comes_back_as_it_was,
    a_key_leads_to_one_payment_for_ever,
    only_one_at_a_time_has_the_claim_and_the_slow_one_commits_nothing,
    a_superseded_payment_is_of_the_same_order_only,
    a_payment_is_found_by_what_its_provider_calls_it,
    a_change_sees_the_others_of_the_order_and_is_told_once,
    of_two_that_are_paid_at_once_one_sees_the_other,
    what_is_taken_from_a_queue_is_not_taken_twice_and_comes_back,
    whoever_is_due_longest_comes_first_however_old_it_is,
    a_post_is_kept_once_and_worked_on_until_it_is_done,
    an_event_is_sent_until_it_arrives,
    an_event_is_sent_again_when_somebody_asks_for_it,
    the_backlog_is_the_longest_waiting_of_each_kind,
    the_newest_come_first,
    what_a_provider_repeats_is_kept_once,
    of_many_answers_the_first_and_the_newest_stay,
    a_change_leaves_a_line_and_setting_a_time_leaves_none,
    payments_are_found_page_by_page,
    done_posts_are_forgotten_when_they_are_old,
);

fn money(value: &str) -> Money {
    Money::parse(value, "IDR").expect("money")
}

fn payment(id: &str, order: &str) -> StoredPayment {
    StoredPayment {
        id: id.to_owned(),
        order_id: order.to_owned(),
        provider: Provider::Cashi,
        provider_order: format!("{order}-{id}"),
        creation: Creation::Unknown,
        status: Status::Pending,
        review: None,
        price: money("15000"),
        amount: money("15000"),
        qr_payload: None,
        qr_image: None,
        redirect_url: None,
        checkout_url: None,
        return_url: Some("https://shop.example/cart?x=1&y='\"".to_owned()),
        created_ms: NOW_MS,
        expires_ms: None,
        paid_ms: None,
        superseded_by: None,
        webhook_token: Some(format!("token-of-{id}")),
        next_check_ms: None,
        facts: paywith_protocol::ProviderFacts::default(),
    }
}

fn attempt(key: &str) -> Attempt {
    Attempt { key: key.to_owned(), payload_hash: format!("hash-of-{key}") }
}

async fn claim(store: &dyn Store, order: &str, owner: &str) -> Claim {
    let claim = Claim { order_id: order.to_owned(), owner: owner.to_owned() };
    assert!(store.claim_order(&claim, NOW_MS, NOW_MS + 1_000).await.expect("an answer"));
    claim
}

/// A payment that the provider has made.
async fn add_made(store: &dyn Store, id: &str, order: &str) -> StoredPayment {
    let claim = claim(store, order, "test").await;
    let mut made = payment(id, order);
    store.add_intent(&claim, &attempt(&format!("key-{id}")), &made).await.expect("stored");
    made.creation = Creation::Made { provider_payment: format!("there-{id}") };
    made.next_check_ms = Some(NOW_MS + 10_000);
    store.store_created(&claim, &made, None).await.expect("stored");
    store.release_order(&claim).await.expect("given back");
    made
}

async fn a_key_leads_to_one_payment_for_ever(store: Arc<dyn Store>) {
    let one = add_made(&*store, "pay_1", "INV-1").await;
    let known = store.attempt("key-pay_1").await.expect("an answer");
    assert_eq!(known, Some((attempt("key-pay_1"), one.clone())));
    assert_eq!(store.attempt("key-pay_2").await.expect("an answer"), None);
    let claim = claim(&*store, "INV-2", "b").await;
    let other = payment("pay_2", "INV-2");
    let again = store.add_intent(&claim, &attempt("key-pay_1"), &other).await;
    assert!(matches!(again, Err(StoreError::KeyTaken)), "{again:?}");
    assert_eq!(store.payment("pay_2").await.expect("an answer"), None, "nothing of it stays");
    store.add_attempt(&attempt("k2"), &one).await.expect("stored");
    assert!(matches!(store.add_attempt(&attempt("k2"), &one).await, Err(StoreError::KeyTaken)));
    let (_, found) = store.attempt("k2").await.expect("an answer").expect("an attempt");
    assert_eq!(found.id, "pay_1");
}

async fn only_one_at_a_time_has_the_claim_and_the_slow_one_commits_nothing(store: Arc<dyn Store>) {
    let slow = claim(&*store, "INV-1", "slow").await;
    let quick = Claim { owner: "quick".to_owned(), ..slow.clone() };
    let at = |now_ms: i64| (now_ms, now_ms + 1_000);
    let (now_ms, until_ms) = at(NOW_MS + 999);
    assert!(!store.claim_order(&quick, now_ms, until_ms).await.expect("an answer"));
    assert!(store.claim_order(&slow, now_ms, until_ms).await.expect("renewed"));
    let (now_ms, until_ms) = at(NOW_MS + 1_998);
    assert!(!store.claim_order(&quick, now_ms, until_ms).await.expect("an answer"));
    let mut one = payment("pay_1", "INV-1");
    store.add_intent(&slow, &attempt("k1"), &one).await.expect("stored");
    let (now_ms, until_ms) = at(NOW_MS + 1_999);
    assert!(store.claim_order(&quick, now_ms, until_ms).await.expect("it was over"));
    assert!(!store.claim_order(&slow, now_ms, until_ms).await.expect("an answer"));
    one.creation = Creation::Made { provider_payment: "there".to_owned() };
    let late = store.store_created(&slow, &one, None).await;
    assert!(matches!(late, Err(StoreError::ClaimLost)), "{late:?}");
    let second = payment("pay_2", "INV-1");
    let late = store.add_intent(&slow, &attempt("k2"), &second).await;
    assert!(matches!(late, Err(StoreError::ClaimLost)), "{late:?}");
    assert!(store.attempt("k2").await.expect("an answer").is_none());
    // It cannot give back what it does not hold, either.
    store.release_order(&slow).await.expect("nothing");
    store.store_created(&quick, &one, None).await.expect("stored");
    store.release_order(&quick).await.expect("given back");
    claim(&*store, "INV-1", "third").await;
    claim(&*store, "INV-2", "slow").await;
}

async fn a_superseded_payment_is_of_the_same_order_only(store: Arc<dyn Store>) {
    add_made(&*store, "pay_1", "INV-1").await;
    add_made(&*store, "pay_x", "INV-X").await;
    let claim = claim(&*store, "INV-1", "b").await;
    let mut next = payment("pay_2", "INV-1");
    store.add_intent(&claim, &attempt("k2"), &next).await.expect("stored");
    next.creation = Creation::Made { provider_payment: "there-2".to_owned() };
    for old in ["pay_x", "pay_1", "pay_nobody"] {
        store.store_created(&claim, &next, Some(old)).await.expect("stored");
    }
    let by = async |id: &str| {
        store.payment(id).await.expect("an answer").expect("a payment").superseded_by
    };
    assert_eq!(by("pay_1").await.as_deref(), Some("pay_2"));
    assert_eq!(by("pay_x").await, None);
}

async fn a_payment_is_found_by_what_its_provider_calls_it(store: Arc<dyn Store>) {
    add_made(&*store, "pay_1", "INV-1").await;
    for (provider, reference, expected) in [
        (Provider::Cashi, "INV-1-pay_1", true),
        (Provider::Cashi, "there-pay_1", true),
        (Provider::Kashier, "there-pay_1", false),
        (Provider::Cashi, "pay_1", false),
        (Provider::Cashi, "", false),
    ] {
        let found = store.payment_by_reference(provider, reference).await.expect("an answer");
        assert_eq!(found.is_some(), expected, "{reference}");
    }
    let found = store.payment_by_webhook_token("token-of-pay_1").await.expect("an answer");
    assert_eq!(found.map(|payment| payment.id).as_deref(), Some("pay_1"));
    assert!(store.payment_by_webhook_token("token").await.expect("an answer").is_none());
}

async fn a_change_sees_the_others_of_the_order_and_is_told_once(store: Arc<dyn Store>) {
    add_made(&*store, "pay_1", "INV-1").await;
    add_made(&*store, "pay_2", "INV-1").await;
    add_made(&*store, "pay_3", "INV-2").await;
    assert!(
        store
            .change("pay_9", ChangeReason::Read, Box::new(|_, _| {}))
            .await
            .expect("an answer")
            .is_none()
    );
    let seen = Mutex::new(Vec::new());
    let rule = |stored: &mut StoredPayment, others: &[StoredPayment]| {
        stored.status = Status::Paid;
        *seen.lock().expect("alone") = others.iter().map(|other| other.id.clone()).collect();
    };
    let (before, after) = store
        .change("pay_1", ChangeReason::Read, Box::new(rule))
        .await
        .expect("an answer")
        .expect("a payment");
    assert_eq!((before.status, after.status), (Status::Pending, Status::Paid));
    assert_eq!(*seen.lock().expect("alone"), ["pay_2"]);
    assert_eq!(store.payment("pay_1").await.expect("an answer"), Some(after));
    let back = |stored: &mut StoredPayment, _: &[StoredPayment]| stored.status = Status::Pending;
    store.change("pay_1", ChangeReason::Read, Box::new(back)).await.expect("an answer");
    let again = |stored: &mut StoredPayment, _: &[StoredPayment]| stored.status = Status::Paid;
    store.change("pay_1", ChangeReason::Read, Box::new(again)).await.expect("an answer");
    let lease = Lease { now_ms: i64::MAX - 2, until_ms: i64::MAX - 1, most: 10 };
    let events = store.take_events(lease).await.expect("an answer");
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["payment.paid"], "once per payment and kind");
    assert_eq!(events[0].id, "evt_1_payment_paid");
    let history = store.history("pay_1").await.expect("an answer");
    let events = history.iter().filter(|moment| moment.text.starts_with("payment.paid"));
    assert_eq!(events.count(), 1);
}

async fn of_two_that_are_paid_at_once_one_sees_the_other(store: Arc<dyn Store>) {
    for round in 0..10 {
        let (one, other) = (format!("pay_{round}a"), format!("pay_{round}b"));
        let order = format!("INV-{round}");
        add_made(&*store, &one, &order).await;
        add_made(&*store, &other, &order).await;
        let pay = |id: String| {
            let store = store.clone();
            tokio::spawn(async move {
                let is_second = AtomicBool::new(false);
                let rule = |stored: &mut StoredPayment, others: &[StoredPayment]| {
                    // What was seen last counts: a first try may have been without a lock.
                    is_second.store(others.iter().any(StoredPayment::has_money), Ordering::Relaxed);
                    stored.status = Status::Paid;
                };
                store.change(&id, ChangeReason::Read, Box::new(rule)).await.expect("an answer");
                is_second.into_inner()
            })
        };
        let (one, other) = tokio::join!(pay(one), pay(other));
        assert!(one.expect("it ends") != other.expect("it ends"), "just one is the second");
    }
}

async fn the_newest_come_first(store: Arc<dyn Store>) {
    let claim = claim(&*store, "INV-1", "a").await;
    for (id, at_ms) in [("pay_b", 2), ("pay_c", 3), ("pay_a", 1)] {
        let one = StoredPayment { created_ms: NOW_MS + at_ms, ..payment(id, "INV-1") };
        store.add_intent(&claim, &attempt(id), &one).await.expect("stored");
    }
    let ids = |payments: Vec<StoredPayment>| -> Vec<String> {
        payments.into_iter().map(|payment| payment.id).collect()
    };
    let all = store.payments_of_order("INV-1").await.expect("an answer");
    assert_eq!(ids(all), ["pay_c", "pay_b", "pay_a"]);
    let newest = store.find_payments(&Filter::newest(2)).await.expect("an answer");
    assert_eq!(ids(newest), ["pay_c", "pay_b"]);
    assert!(store.payments_of_order("INV-2").await.expect("an answer").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_over_one_server_read_a_payment_once_in_the_interval() {
    let url = SecretString::from(places::POSTGRES.new_database().expect("a database"));
    let database = Database::Postgres(url);
    // Both bring the tables up to date at once.
    let (one, other) = tokio::join!(open(&database), open(&database));
    let (one, other) = (one.expect("a server"), other.expect("a server"));
    let by = async |store: &Arc<dyn Store>, now_ms: i64| {
        store.claim_read("pay_1", now_ms, now_ms - 5_000).await.expect("an answer")
    };
    assert!(by(&one, NOW_MS).await);
    assert!(!by(&other, NOW_MS + 4_999).await);
    assert!(by(&other, NOW_MS + 5_000).await);
    assert!(!by(&one, NOW_MS + 9_999).await);
    assert!(other.claim_read("pay_1", NOW_MS + 5_001, i64::MAX).await.expect("an answer"), "now");
}
