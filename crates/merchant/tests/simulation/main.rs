//! The backend against a world in which things go wrong, all from one seed.
//!
//! The code under test is the real one: each machine is a backend put together by `assemble`, asked
//! through its own router. The four providers with their network ([`world`]), the storage
//! ([`environment`], which fails and dies with its machine), the clock, shoppers and the machines
//! ([`scenario`]) are simulated. Time is virtual; the same seed gives the same scenario. Afterwards
//! [`verdict`] compares what the providers know with what the backend believes.
//!
//! `SIMULATION_SEEDS` (default 10,000) is the number of scenarios, `SIMULATION_FIRST` the first
//! seed: a failing scenario prints its seed, and the two variables run it again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod call;
mod environment;
#[path = "../common/memory/mod.rs"]
mod memory;
mod mutants;
mod providers;
mod random;
mod scenario;
mod shopper;
mod verdict;
mod webhooks;
mod world;

use mutants::Mutant;
use std::collections::BTreeMap;
use std::thread;
use world::Fault;

/// Within how many scenarios a mutant must be found.
const MOST_FOR_A_DEFECT: u64 = 3_000;

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs the scenarios: how many payments were settled, and how often each fault happened.
fn tell_all(seeds: impl Iterator<Item = u64>) -> (u64, BTreeMap<Fault, u64>) {
    let mut faults: BTreeMap<Fault, u64> = BTreeMap::new();
    let mut settled = 0;
    for seed in seeds {
        let scenario = scenario::tell(seed);
        assert!(
            scenario.violations.is_empty(),
            "SIMULATION_FIRST={seed} SIMULATION_SEEDS=1: {:#?} after {:#?}",
            scenario.violations,
            scenario.transcript
        );
        settled += scenario.settled;
        for (fault, count) in scenario.faults {
            *faults.entry(fault).or_default() += count;
        }
    }
    (settled, faults)
}

#[test]
fn whatever_goes_wrong_no_money_is_lost_and_none_is_invented() {
    let first = from_environment("SIMULATION_FIRST", 1);
    let seeds = from_environment("SIMULATION_SEEDS", 10_000);
    // Two at a time; each scenario runs in one thread.
    let end = first.saturating_add(seeds);
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(|| tell_all((first..end).skip(1).step_by(2)));
        (tell_all((first..end).step_by(2)), other.join().expect("its panic is above"))
    });
    let settled = one.0 + other.0;
    let mut faults = one.1;
    for (fault, count) in other.1 {
        *faults.entry(fault).or_default() += count;
    }
    println!("{seeds} scenarios, {settled} settled payments, faults: {faults:#?}");
    if seeds >= 1_000 {
        let missing: Vec<Fault> =
            Fault::ALL.into_iter().filter(|fault| !faults.contains_key(fault)).collect();
        assert!(missing.is_empty(), "these never happened: {missing:?}");
        assert!(settled > seeds / 2, "most scenarios have money in them: {settled}");
    }
}

#[test]
fn the_same_seed_is_the_same_story() {
    for seed in [1, 7, 4_711] {
        let (one, other) = (scenario::tell(seed), scenario::tell(seed));
        assert_eq!((one.faults, one.transcript), (other.faults, other.transcript), "{seed}");
    }
}

#[test]
fn every_planted_defect_is_found() {
    use Mutant::{
        AmountNotCompared, CancelOverwritesPaid, ClaimIgnored, DisclosedBeforeCommit,
        ExpiryIsFinal, FailureOverwritesPaid, LivePaymentNotSeen, ReadsUnbounded,
        SecondMoneyNotSeen, SupersededForgotten, SweepForgets, TroubleIsFailed,
        UnsignedWebhookBelieved, WebhookNotStored,
    };
    for (mutant, complaint) in [
        (TroubleIsFailed, "was never declined"),
        (FailureOverwritesPaid, "after it was paid"),
        (CancelOverwritesPaid, "after it was paid"),
        (ExpiryIsFinal, "is lost"),
        (AmountNotCompared, "over another amount"),
        (SecondMoneyNotSeen, "paid twice"),
        (DisclosedBeforeCommit, "not on the disk"),
        (ClaimIgnored, "live at once"),
        (LivePaymentNotSeen, "live at once"),
        (UnsignedWebhookBelieved, "without money"),
        (WebhookNotStored, "is lost"),
        (SweepForgets, "is lost"),
        (SupersededForgotten, "is lost"),
        (ReadsUnbounded, "was read too soon"),
    ] {
        mutants::set(Some(mutant));
        let found = (1..=MOST_FOR_A_DEFECT).find_map(|seed| {
            let violations = scenario::tell(seed).violations;
            let found = violations.into_iter().find(|text| text.contains(complaint));
            found.map(|text| (seed, text))
        });
        mutants::set(None);
        let (seed, text) = found.unwrap_or_else(|| panic!("{mutant:?} is not found"));
        println!("{mutant:?}: found in scenario {seed}: {text}");
    }
}
