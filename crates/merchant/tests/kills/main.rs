//! SIGKILL at every named instant and at random ones, on the real program: alone with its SQLite
//! file, and beside another one over PostgreSQL, which goes on meanwhile. The simulated providers keep
//! a ledger of their own; afterwards the two are compared.
//!
//! `KILL_ROUNDS` (default 5) is how often each named instant is killed; as many again, per four of
//! them, are at random.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

#[path = "../common/mod.rs"]
mod common;
mod machine;

use machine::{Machine, PATIENCE, Shopping};
use paywith_test_postgres::Postgres;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const INSTANTS: [&str; 8] = [
    "IntentBeforeCommit",
    "IntentCommitted",
    "ProviderAnswered",
    "AnswerCommitted",
    "WebhookBeforeCommit",
    "WebhookCommitted",
    "StatusRead",
    "StatusCommitted",
];

/// A shopper buys while the process is killed at this instant, or at a random one; then it is
/// started again, and the shopper's browser tries again with the same key. Returns whether it was at
/// this instant.
async fn buy(machine: &mut Machine, order: &Shopping, stop_at: Option<&str>) -> bool {
    let is_early = INSTANTS.iter().position(|one| Some(*one) == stop_at).is_none_or(|at| at < 4);
    let mut is_at_instant = false;
    if is_early {
        machine.start(stop_at).await;
        let (calls, order) = (machine.calls.clone(), order.clone());
        let creating = async move { drop(calls.create(&order).await) };
        is_at_instant = kill_while(machine, stop_at, creating).await;
        if machine.other.is_none() {
            machine.start(None).await;
        }
    } else {
        machine.start(None).await;
    }
    // The shopper's next try meets whoever lives.
    let calls = if is_early { machine.calls.by_the_other() } else { machine.calls.clone() };
    let payment = loop_until(|| calls.create(order)).await;
    // The shopper pays what was disclosed, and nothing else.
    let id = payment["id"].as_str().expect("an id").to_owned();
    let known = loop_until(|| calls.record(&order.id)).await;
    assert!(known.to_string().contains(&id), "what was disclosed is on the disk: {known}");
    let rows = calls.ledger().await;
    let ours: Vec<&Value> = rows
        .iter()
        .filter(|row| row["order_ref"].as_str().expect("text").contains(&order.id))
        .collect();
    let row = *ours.last().expect("a payment at the provider");
    if is_early {
        calls.settle(row).await;
    } else {
        machine.kill();
        machine.start(stop_at).await;
        let (calls, row, id) = (machine.calls.clone(), row.clone(), id.clone());
        let order = order.clone();
        let paying = async move {
            calls.settle(&row).await;
            calls.watch(&id, &order).await;
        };
        is_at_instant = kill_while(machine, stop_at, paying).await;
        if machine.other.is_none() {
            machine.start(None).await;
        }
    }
    let calls = machine.calls.by_the_other();
    if machine.other.is_some() {
        // The shopper's page goes on asking. Alone on SQLite nobody asks: there the sweeper finds it.
        calls.watch(&id, order).await;
    }
    let begun = Instant::now();
    loop {
        // Right after a kill the other program may be busy with what it takes over.
        let known = loop_until(|| calls.record(&order.id)).await;
        if known["paid"] == true {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{} at {stop_at:?}: {known}", order.id);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    machine.kill();
    is_at_instant
}

async fn loop_until<T, F: Future<Output = Option<T>>>(mut attempt: impl FnMut() -> F) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = attempt().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "no answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Does something, and kills the program at the instant, or after a random time. `false` if it did
/// not come to the instant, because the other program was quicker at this work: then it is killed
/// nevertheless, for it may still stop at its instant, and then it answers nobody.
async fn kill_while(
    machine: &mut Machine,
    stop_at: Option<&str>,
    action: impl Future<Output = ()> + Send + 'static,
) -> bool {
    let doing = tokio::spawn(action);
    let begun = Instant::now();
    let is_over = || begun.elapsed() > PATIENCE || doing.is_finished();
    let mut is_at_instant = true;
    if stop_at.is_some() {
        while is_at_instant && !machine.stop_file().is_file() {
            is_at_instant = !is_over();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    } else {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").subsec_nanos();
        tokio::time::sleep(Duration::from_micros(u64::from(nanos) % 60_000)).await;
    }
    machine.kill();
    doing.await.expect("the call ends");
    is_at_instant
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_instant_the_process_is_killed_at_no_money_is_lost() {
    kill_at_all_instants(Machine::new(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_over_postgresql_one_dies_and_no_money_is_lost() {
    let server = Postgres::start().expect("PostgreSQL");
    kill_at_all_instants(Machine::new(Some(&server)).await).await;
}

async fn kill_at_all_instants(mut machine: Machine) {
    let rounds: usize =
        std::env::var("KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut kills = vec![0; INSTANTS.len() + 1];
    let mut number = 0;
    for _ in 0..rounds {
        for (at, instant) in INSTANTS.iter().enumerate() {
            number += 1;
            let mut order = Shopping::new(number);
            if instant.starts_with("Webhook") && order.provider == "cashii" {
                // Cashii posts nothing.
                order = Shopping { id: order.id, ..Shopping::new(number + 1) };
            }
            let is_at_instant = buy(&mut machine, &order, Some(instant)).await;
            kills[at] += usize::from(is_at_instant);
        }
        for _ in 0..2 {
            number += 1;
            buy(&mut machine, &Shopping::new(number), None).await;
            kills[INSTANTS.len()] += 1;
        }
    }
    println!("kills per instant, the last at random: {kills:?}");
    assert!(kills.iter().all(|count| *count > 0), "{kills:?}");
    compare(&mut machine, number).await;
}

/// The providers' ledger against ours: all that was settled is paid or under review, nothing else
/// is, and no order is paid twice.
async fn compare(machine: &mut Machine, orders: usize) {
    machine.start(None).await;
    let ledger = machine.calls.ledger().await;
    for number in 1..=orders {
        let order = Shopping::new(number).id;
        let settled = ledger.iter().filter(|row| {
            row["order_ref"].as_str().expect("text").contains(&order) && row["state"] == "paid"
        });
        assert_eq!(settled.count(), 1, "{order}: the shopper paid once");
        let known = machine.calls.record(&order).await.expect("a record");
        let payments = known["payments"].as_array().expect("payments");
        let paid = payments.iter().filter(|payment| payment["status"] == "paid").count();
        let reviewed = payments.iter().filter(|payment| payment["review"].is_string()).count();
        assert_eq!((paid, reviewed), (1, 0), "{order}: {known}");
    }
}
