//! How news spreads over three processes with many waiting shoppers, in virtual time: the real
//! router, waiting list and background work, with a simulated provider, storage and wake-ups.
//!
//! `FAN_OUT` is the number of shoppers (default 3,000; 60,000 take some minutes).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

#[path = "../common/memory/mod.rs"]
mod memory;
mod provider;
mod stage;

use provider::TAKES;
use stage::{PROCESSES, Stage, Subject};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

const PAID_PER_SECOND: u32 = 200;
/// One of so many wake-ups is lost.
const LOSE_ONE_OF: usize = 50;
/// One of so many shoppers has a second tab, at another process.
const SECOND_TAB: usize = 10;
/// A shopper learns of her payment within the time that a call may be held: its end looks at the
/// storage. With a wake-up it takes the provider's answer to the webhook's reading.
const HELD: Duration = Duration::from_secs(25);
const WOKEN: Duration = Duration::from_secs(1);
/// The pause between two readings of a payment with a waiter, if its provider sends webhooks.
const PAUSE: Duration = Duration::from_secs(20);

fn shoppers() -> usize {
    std::env::var("FAN_OUT").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000)
}

/// How long one shopper waited from the money to the news, and where she began to wait.
struct Told {
    number: usize,
    at: usize,
    after: Duration,
}

/// Who was told when, while payments are paid at a steady pace and a process dies halfway.
async fn rush(stage: &Arc<Stage>, subjects: &Arc<Vec<Subject>>, paid: usize) -> Vec<Told> {
    let mut waiting = JoinSet::new();
    for number in 0..subjects.len() {
        let tabs = if number.is_multiple_of(SECOND_TAB) { 2 } else { 1 };
        for tab in 0..tabs {
            let (stage, subjects) = (stage.clone(), subjects.clone());
            let at = (number + tab) % PROCESSES;
            waiting.spawn(async move {
                stage.wait(at, &subjects[number], 25_000).await;
                (number, at, Instant::now())
            });
        }
    }
    sleep(HELD).await;
    let mut settled = Vec::new();
    let mut ticks = interval(Duration::from_secs(1) / PAID_PER_SECOND);
    let mut posting = JoinSet::new();
    for number in 0..paid {
        ticks.tick().await;
        if number == paid / 2 {
            stage.kill(0);
        }
        settled.push(Instant::now());
        let (stage, subjects) = (stage.clone(), subjects.clone());
        // Never where the shopper's first tab waits.
        posting.spawn(async move { stage.settle(number + 1, &subjects[number]).await });
    }
    posting.join_all().await;
    sleep(HELD + WOKEN).await;
    let mut told = Vec::new();
    while let Some(ended) = waiting.try_join_next() {
        let (number, at, when) = ended.expect("a shopper");
        told.push(Told { number, at, after: when - settled[number] });
    }
    told
}

#[tokio::test(start_paused = true)]
async fn every_shopper_learns_of_her_payment_in_time_though_wake_ups_are_lost_and_a_process_dies() {
    let (wall, begun, count) = (std::time::Instant::now(), Instant::now(), shoppers());
    let stage = Stage::set(LOSE_ONE_OF, |_| {}).await;
    let subjects = Arc::new(stage.payments(count - count / SECOND_TAB).await);
    let paid = (count / 5).max(subjects.len().min(1_000));
    let told = rush(&stage, &subjects, paid).await;

    let tabs = |number: usize| if number.is_multiple_of(SECOND_TAB) { 2 } else { 1 };
    assert_eq!(told.len(), (0..paid).map(tabs).sum::<usize>(), "who paid was told, nobody else");
    let slowest = told.iter().map(|told| told.after).max().expect("some");
    assert!(slowest <= HELD + WOKEN, "{slowest:?}");
    // Who neither lost a wake-up nor her process was woken.
    let lost = stage.wires.lost();
    let is_undisturbed =
        |told: &&Told| told.at != 0 && !lost.contains(&(told.at, subjects[told.number].id.clone()));
    let undisturbed: Vec<&Told> = told.iter().filter(is_undisturbed).collect();
    let slow = undisturbed.iter().filter(|told| told.after > WOKEN).count();
    // A webhook that the dead process had begun to work on is worked on again by another.
    let at_death = usize::try_from(PAID_PER_SECOND).expect("small") / 5;
    assert!(undisturbed.len() > paid / 2 && slow <= at_death, "{slow} of {}", undisturbed.len());

    // At most one reading a pause at each process where she waits, one for the webhook, and two by
    // the background.
    let elapsed = begun.elapsed();
    let pauses = u32::try_from(elapsed.as_millis() / PAUSE.as_millis() + 1).expect("small");
    let charges = stage.provider.charges();
    let reads = |number: usize| charges.get(&subjects[number].charge).map_or(0, |one| one.reads);
    for number in 0..subjects.len() {
        let places = u32::try_from(tabs(number)).expect("small") + 1;
        assert!(reads(number) <= places * pauses + 3, "{} readings of {number}", reads(number));
    }
    let all: u32 = (0..subjects.len()).map(reads).sum();
    let most = (0..subjects.len()).map(reads).max().expect("some");
    let mut after: Vec<Duration> = told.iter().map(|told| told.after).collect();
    after.sort_unstable();
    let part = |percent: usize| after[(after.len() * percent / 100).min(after.len() - 1)];
    println!(
        "{count} waiting, {paid} paid, {} told: p50 {:?}, p95 {:?}, p99 {:?}, most {slowest:?}; {} \
         wake-ups, {} lost; {all} readings in {elapsed:?}, {most} at most of one payment; took {:?}",
        told.len(),
        part(50),
        part(95),
        part(99),
        stage.wires.sent(),
        lost.len(),
        wall.elapsed()
    );
}

/// How often the calls were worked on: of those who wait for this payment, and of all others.
async fn work_of_a_change(others: usize, tabs: usize) -> (usize, usize) {
    // Nothing but a change ends a wait.
    let long = Duration::from_secs(3_600);
    let stage = Stage::set(0, |config| (config.wait, config.poll_after) = (long, long)).await;
    let subjects = Arc::new(stage.payments(others + 1).await);
    let counts = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
    let [own, other] = &counts;
    let (mut asking, mut waiting) = (JoinSet::new(), JoinSet::new());
    for tab in 0..tabs {
        asking.spawn(counted(stage.clone(), subjects.clone(), (0, tab), own.clone()));
    }
    for number in 1..=others {
        waiting.spawn(counted(stage.clone(), subjects.clone(), (number, number), other.clone()));
    }
    // Until each payment has been read once: so many at a time at each process.
    let at_a_time = stage.config.provider_reads * PROCESSES;
    sleep(TAKES * u32::try_from(2 * (others + tabs) / at_a_time + 20).expect("small")).await;
    for count in &counts {
        count.store(0, Ordering::Relaxed);
    }
    stage.settle(1, &subjects[0]).await;
    asking.join_all().await;
    assert_eq!(waiting.len(), others);
    (own.load(Ordering::Relaxed), other.load(Ordering::Relaxed))
}

/// Waits for a payment at a process, and counts how often that is worked on.
async fn counted(
    stage: Arc<Stage>,
    subjects: Arc<Vec<Subject>>,
    (number, at): (usize, usize),
    count: Arc<AtomicUsize>,
) {
    let mut waiting = pin!(stage.wait(at, &subjects[number], 3_600_000));
    std::future::poll_fn(|context| {
        count.fetch_add(1, Ordering::Relaxed);
        waiting.as_mut().poll(context)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_change_is_worked_on_by_those_who_wait_for_it_however_many_others_wait() {
    let (few, many) = (100, shoppers() / 2);
    let (own, others) = work_of_a_change(few, 12).await;
    assert_eq!(work_of_a_change(many, 12).await, (own, others), "{few} and {many} others");
    assert_eq!(others, 0);
    let (more, _) = work_of_a_change(few, 48).await;
    assert!(more <= 4 * own, "twelve: {own}, four times as many: {more}");
}

#[tokio::test(start_paused = true)]
async fn who_does_not_know_yet_is_told_at_once_however_long_the_line_of_readings_is() {
    let stage = Stage::set(0, |config| config.provider_reads = 1).await;
    let subjects = Arc::new(stage.payments(500).await);
    stage.settle(1, &subjects[0]).await;
    sleep(WOKEN).await;
    let mut waiting = JoinSet::new();
    for number in 1..subjects.len() {
        let (stage, subjects) = (stage.clone(), subjects.clone());
        waiting.spawn(async move { stage.wait(0, &subjects[number], 25_000).await });
    }
    sleep(WOKEN).await;
    let asked = Instant::now();
    stage.wait(0, &subjects[0], 25_000).await;
    assert!(asked.elapsed() < WOKEN, "{:?}", asked.elapsed());
}
