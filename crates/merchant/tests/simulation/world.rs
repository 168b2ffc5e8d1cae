//! The other side of the wire: four providers with a ledger, a network that fails, a clock that
//! jumps, reproducible randomness.

use super::random::Random;
use paywith_merchant::environment::{HttpResponse, TransportError};
use paywith_merchant::store::StoreError;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    ServerError,
    TooManyRequests,
    Html,
    TruncatedJson,
    UnknownWord,
    SlowAnswer,
    NoAnswer,
    AnswerLostAfterwards,
    PostTwice,
    PostLate,
    PostBeforeTheAnswer,
    PostLost,
    PostForged,
    PostToADeadProcess,
    DatabaseRefuses,
    DatabaseSilentAfterCommit,
    ProcessKilled,
    ShopperHangsUp,
    DoubleClick,
    SecondTab,
    OtherProvider,
    CanceledByTheShopper,
    ClockJumps,
    AnotherAmountSettled,
    PaidAfterExpiry,
    OldCodePaid,
    PaidTwice,
    DeclinedThenPaid,
    Refunded,
}

impl Fault {
    pub(super) const ALL: [Fault; 29] = [
        Fault::ServerError,
        Fault::TooManyRequests,
        Fault::Html,
        Fault::TruncatedJson,
        Fault::UnknownWord,
        Fault::SlowAnswer,
        Fault::NoAnswer,
        Fault::AnswerLostAfterwards,
        Fault::PostTwice,
        Fault::PostLate,
        Fault::PostBeforeTheAnswer,
        Fault::PostLost,
        Fault::PostForged,
        Fault::PostToADeadProcess,
        Fault::DatabaseRefuses,
        Fault::DatabaseSilentAfterCommit,
        Fault::ProcessKilled,
        Fault::ShopperHangsUp,
        Fault::DoubleClick,
        Fault::SecondTab,
        Fault::OtherProvider,
        Fault::CanceledByTheShopper,
        Fault::ClockJumps,
        Fault::AnotherAmountSettled,
        Fault::PaidAfterExpiry,
        Fault::OldCodePaid,
        Fault::PaidTwice,
        Fault::DeclinedThenPaid,
        Fault::Refunded,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    Failed,
    Paid,
    Refunded,
}

/// A payment as its provider knows it. Amounts are in hundredths.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) provider: &'static str,
    pub(super) id: String,
    /// The order reference that we sent.
    pub(super) reference: String,
    pub(super) asked: u64,
    pub(super) received: u64,
    pub(super) currency: String,
    pub(super) state: State,
    pub(super) was_failed: bool,
    pub(super) last_read: Option<Instant>,
    /// Reads that came too soon after another.
    pub(super) hasty_reads: u64,
    /// It has sent a webhook, which makes us read at once.
    pub(super) has_posted: bool,
    /// Where its webhooks go, if we gave an address.
    pub(super) post_url: Option<String>,
}

/// Everything simulated that is not one of our processes.
pub(super) struct World {
    pub(super) random: Random,
    pub(super) rows: Vec<Row>,
    pub(super) faults: BTreeMap<Fault, u64>,
    /// Whether anything goes wrong now.
    pub(super) is_stormy: bool,
    pub(super) deadline: Duration,
    pub(super) clock_offset_ms: i64,
    pub(super) clock_jumped: bool,
    /// Payments whose webhook arrives before their create answer.
    pub(super) early: Vec<String>,
    pub(super) bell: Rc<Notify>,
    begun: Instant,
    drawn: u64,
}

/// Our five seconds, less the variation that the network may add.
pub(super) const SHORTEST_READ_INTERVAL: Duration = Duration::from_millis(4_500);
/// 2027-01-15.
const EPOCH_MS: i64 = 1_800_000_000_000;

thread_local! {
    static WORLD: RefCell<Option<Rc<RefCell<World>>>> = const { RefCell::new(None) };
}

/// The world of this thread, while a scenario runs.
pub(super) fn world() -> Option<Rc<RefCell<World>>> {
    WORLD.with_borrow(Clone::clone)
}

/// Does something with the world while nothing else can run.
pub(super) fn with<T>(act: impl FnOnce(&mut World) -> T) -> T {
    let world = world().expect("a scenario runs");
    let mut world = world.borrow_mut();
    act(&mut world)
}

pub(super) fn begin(seed: u64, deadline: Duration) {
    let world = World {
        random: Random::new(seed),
        rows: Vec::new(),
        faults: BTreeMap::new(),
        is_stormy: true,
        deadline,
        clock_offset_ms: 0,
        clock_jumped: false,
        early: Vec::new(),
        bell: Rc::default(),
        begun: Instant::now(),
        drawn: 0,
    };
    WORLD.set(Some(Rc::new(RefCell::new(world))));
}

pub(super) fn end() -> World {
    let world = WORLD.take().expect("a scenario runs");
    Rc::try_unwrap(world).ok().expect("nobody else has it").into_inner()
}

impl World {
    pub(super) fn happened(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    /// Whether this goes wrong now.
    pub(super) fn strikes(&mut self, fault: Fault, percent: u64) -> bool {
        let strikes = self.is_stormy && self.random.percent(percent);
        if strikes {
            self.happened(fault);
        }
        strikes
    }

    /// Whether the newest payment's webhook arrives before its create answer.
    fn posts_early(&mut self) -> bool {
        let strikes = self.strikes(Fault::PostBeforeTheAnswer, 10);
        if strikes && let Some(row) = self.rows.last() {
            self.early.push(row.id.clone());
            self.bell.notify_one();
        }
        strikes
    }

    pub(super) fn becomes_calm(&mut self) {
        self.is_stormy = false;
        self.clock_offset_ms = 0;
    }

    pub(super) fn row(&mut self, id: &str) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.id == id)
    }

    fn now_ms(&self) -> i64 {
        let since = i64::try_from(self.begun.elapsed().as_millis()).expect("small");
        EPOCH_MS + since + self.clock_offset_ms
    }
}

/// What the machines' clocks show.
pub(super) fn now_ms() -> i64 {
    with(|world| world.now_ms())
}

/// Reproducible randomness, separate from the scenario's own random numbers.
pub(super) fn fill(bytes: &mut [u8]) {
    with(|world| {
        world.drawn += 1;
        let mut random = Random::new(world.drawn << 32);
        bytes.fill_with(|| random.next().to_le_bytes()[0]);
    });
}

/// Lets others run between two steps of a process.
pub(super) async fn between_steps() {
    match with(|world| if world.is_stormy { world.random.below(8) } else { 0 }) {
        0..=3 => {}
        4..=6 => tokio::task::yield_now().await,
        _ => sleep(Duration::from_millis(with(|world| world.random.below(40)))).await,
    }
}

/// The database does nothing and reports an error, or commits and reports an error.
pub(super) fn database_fails(fault: Fault) -> Result<(), StoreError> {
    match with(|world| world.strikes(fault, 1)) {
        true => Err(StoreError::database("the simulated database failed")),
        false => Ok(()),
    }
}

/// One of our calls to a provider.
pub(super) async fn network(
    method: &str,
    url: &str,
    body: &str,
) -> Result<HttpResponse, TransportError> {
    let deadline = with(|world| world.deadline);
    if with(|world| world.strikes(Fault::NoAnswer, 4)) {
        sleep(deadline).await;
        return Err(TransportError::Unreachable);
    }
    sleep(Duration::from_millis(with(|world| 20 + world.random.below(400)))).await;
    if let Some((status, text)) = with(trouble) {
        return Ok(response(status, text.as_bytes()));
    }
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let (status, text) = with(|world| world.answer(method, url, &body));
    if method == "POST" && with(World::posts_early) {
        sleep(Duration::from_millis(500)).await;
    }
    if with(|world| world.strikes(Fault::AnswerLostAfterwards, 4)) {
        sleep(deadline).await;
        return Err(TransportError::Unreachable);
    }
    if with(|world| world.strikes(Fault::SlowAnswer, 5)) {
        sleep(deadline / 2).await;
    }
    if with(|world| world.strikes(Fault::TruncatedJson, 2)) {
        return Ok(response(status, &text.as_bytes()[..text.len() / 2]));
    }
    Ok(response(status, text.as_bytes()))
}

fn response(status: u16, body: &[u8]) -> HttpResponse {
    HttpResponse { status, body: body.to_vec(), date: None }
}

/// An answer before the provider has done anything.
fn trouble(world: &mut World) -> Option<(u16, &'static str)> {
    if world.strikes(Fault::ServerError, 4) {
        return Some((502, "{\"message\":\"bad gateway\"}"));
    }
    if world.strikes(Fault::TooManyRequests, 2) {
        return Some((429, "{\"message\":\"slow down\"}"));
    }
    let html = "<!doctype html><title>One moment</title>";
    world.strikes(Fault::Html, 2).then_some((200, html))
}
