//! The checkout against a world that goes wrong, all from one number.
//!
//! The code under test is the machine itself, in up to three tabs at once. Simulated are the shop's
//! backend with the provider behind it ([`backend`]), the network ([`world`]), the browsers with their
//! storage, locks and clocks ([`browser`], [`shell`]), the [`shopper`] and her [`device`]. Time is virtual;
//! the same seed is the same story. A [`witness`] beside each document knows only what can be seen
//! from outside, and complains when a promise is broken; at the end of a [`story`] nothing goes wrong
//! any more, and the right end must be reached in time. [`mutants`] are planted at the machine's edge, and
//! each must be found.
//!
//! `CHECKOUT_SEEDS` (default 10,000) is how many stories are told, `CHECKOUT_FIRST` the first of them:
//! a seed that fails prints itself, and is told again by the two. With `CHECKOUT_GO_ON` all seeds are
//! told, and each that fails is named in a line. With `CHECKOUT_FINGERPRINT` one number is printed for
//! everything that the machine did in all of them: a change that is to leave its behaviour alone leaves
//! that number alone.

mod backend;
mod browser;
mod device;
mod fault;
mod mutants;
mod quiet;
mod shell;
mod shopper;
mod story;
mod witness;
mod world;

use fault::Fault;
use mutants::Mutant;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::thread;

/// How many stories a mutant may take to be found.
const MOST_FOR_A_MUTANT: u64 = 30_000;

/// A sound QRIS payload over 15,023 rupiah, invented.
const SOUND_CODE: &str = "00020101021226690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000000303UMI51440014ID.CO.QRIS.WWW0215ID10200000000000303UMI5204581253033605405150235802ID5911TOKO CONTOH6013JAKARTA PUSAT61051064062190108INV-99210703A016304314B";

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What became of many stories.
#[derive(Default)]
struct Sum {
    faults: BTreeMap<Fault, u64>,
    /// Stories that ended on the paid screen.
    paid: u64,
    asks: u64,
    waits: u64,
    /// Stories in which a promise was broken.
    failed: u64,
    /// Of all transcripts, where it was asked for.
    fingerprint: u64,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        self.paid += other.paid;
        self.asks += other.asks;
        self.waits += other.waits;
        self.failed += other.failed;
        self.fingerprint ^= other.fingerprint;
    }
}

fn tell_all(seeds: impl Iterator<Item = u64>) -> Sum {
    let goes_on = std::env::var_os("CHECKOUT_GO_ON").is_some();
    let is_hashed = std::env::var_os("CHECKOUT_FINGERPRINT").is_some();
    let mut sum = Sum::default();
    for seed in seeds {
        let story = story::tell(seed, is_hashed);
        if !story.complaints.is_empty() && goes_on {
            println!("CHECKOUT_FIRST={seed} CHECKOUT_SEEDS=1: {:?}", story.complaints);
            sum.failed += 1;
        } else if !story.complaints.is_empty() {
            let story = story::tell(seed, true);
            let transcript = story.transcript.unwrap_or_default().join("\n");
            panic!(
                "CHECKOUT_FIRST={seed} CHECKOUT_SEEDS=1: {:#?} after\n{transcript}",
                story.complaints
            );
        }
        let mut hasher = DefaultHasher::new();
        (seed, &story.transcript).hash(&mut hasher);
        sum.add(Sum {
            faults: story.faults,
            paid: u64::from(story.is_paid),
            asks: story.asks,
            waits: story.waits,
            failed: 0,
            fingerprint: if is_hashed { hasher.finish() } else { 0 },
        });
    }
    sum
}

#[test]
fn whatever_goes_wrong_the_checkout_never_lies_and_reaches_the_right_end() {
    let first = from_environment("CHECKOUT_FIRST", 1);
    let seeds = from_environment("CHECKOUT_SEEDS", 10_000);
    // Two at a time; each story is told by one thread.
    let end = first.saturating_add(seeds);
    let sum = thread::scope(|scope| {
        let other = scope.spawn(|| tell_all((first..end).skip(1).step_by(2)));
        let mut sum = tell_all((first..end).step_by(2));
        sum.add(other.join().expect("its panic is above"));
        sum
    });
    let Sum { faults, paid, asks, waits, failed, fingerprint } = sum;
    if fingerprint != 0 {
        println!("fingerprint: {fingerprint:016x}");
    }
    println!("{seeds} stories, {paid} ended paid, {asks} status calls, {waits} of them waits");
    println!("faults: {faults:#?}");
    assert_eq!(failed, 0, "they are named above");
    if seeds >= 1_000 {
        let missing: Vec<&Fault> =
            Fault::ALL.iter().filter(|fault| !faults.contains_key(fault)).collect();
        assert!(missing.is_empty(), "these never happened: {missing:?}");
        assert!(paid > seeds / 4, "many stories end well: {paid}");
    }
}

#[test]
fn the_same_seed_is_the_same_story() {
    for seed in [1, 7, 4_711] {
        let (one, other) = (story::tell(seed, true), story::tell(seed, true));
        assert_eq!((one.faults, one.transcript), (other.faults, other.transcript), "{seed}");
    }
}

#[test]
fn every_planted_defect_is_found() {
    use Mutant::{
        CountdownByTicks, CreateAnswerBelieved, ExpiryIsFinal, FailureOverwritesPaid, FollowersAsk,
        HiddenPageAsks, LoopDies, MirroredPaidBelieved, NewKeyOnRetry, PaidToldTwice, PauseIgnored,
        ReplacedForgotten, SecondCreateAfterReload, TickOnlyRedraws, TroubleIsFailed,
        UnknownWordPaid, WakeIgnored,
    };
    for (mutant, complaint) in [
        (UnknownWordPaid, "is shown paid, and is not"),
        (FailureOverwritesPaid, "paid was left"),
        (NewKeyOnRetry, "a retry took a new key"),
        (SecondCreateAfterReload, "a second payment beside"),
        (MirroredPaidBelieved, "without proof"),
        (CreateAnswerBelieved, "without proof"),
        (CountdownByTicks, "ms left shown"),
        (LoopDies, "is settled, and the page shows"),
        (TroubleIsFailed, "nobody said so"),
        (ExpiryIsFinal, "is settled, and the page shows"),
        (ReplacedForgotten, "is settled, and the page shows"),
        (HiddenPageAsks, "a hidden page asks"),
        (PauseIgnored, "before the server's pause"),
        (FollowersAsk, "both tabs ask"),
        (WakeIgnored, "woken, and asks nothing"),
        (TickOnlyRedraws, "0:00 is shown beside a code"),
        (TickOnlyRedraws, "the clock has jumped, and nothing is asked"),
        (PaidToldTwice, "told paid twice"),
    ] {
        mutants::plant(Some(mutant));
        let found = (1..=MOST_FOR_A_MUTANT).find_map(|seed| {
            let complaints = story::tell(seed, false).complaints;
            let found = complaints.into_iter().find(|text| text.contains(complaint));
            found.map(|text| (seed, text))
        });
        mutants::plant(None);
        let (seed, text) = found.unwrap_or_else(|| panic!("{mutant:?} is not found"));
        println!("{mutant:?}: found in story {seed}: {text}");
    }
}
