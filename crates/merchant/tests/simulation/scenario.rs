//! One scenario: two of our machines on one storage, shoppers, and the faults around them.

use super::environment::{Machine, WorldClock};
use super::memory::MemoryStore;
use super::mutants;
use super::random::Random;
use super::shopper;
use super::verdict;
use super::world::{self, Fault, State, with};
use axum::Router;
use paywith_merchant::{Config, Metrics, Parts, assemble, clients};
use paywith_protocol::Status;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, LocalSet, spawn_local};
use tokio::time::{Instant, sleep};

pub(super) const CASHI_SECRET: &str = "sk_cashi";
/// How long things go wrong, and how long nothing does afterwards: long enough for the sweeper's
/// hourly reading.
const STORM: Duration = Duration::from_secs(15 * 60);
const CALM: Duration = Duration::from_secs(3 * 3_600);

/// The result of a scenario.
pub(super) struct Story {
    pub(super) violations: Vec<String>,
    pub(super) faults: BTreeMap<Fault, u64>,
    pub(super) settled: u64,
    /// What happened, in order.
    pub(super) transcript: Vec<String>,
}

/// One of our machines.
pub(super) struct Process {
    router: Router,
    machine: Machine,
    /// Its running tasks, which end with the machine.
    tasks: Vec<JoinHandle<()>>,
}

/// Everything in one scenario.
pub(super) struct Stage {
    pub(super) config: Config,
    pub(super) storage: Arc<MemoryStore>,
    metrics: Metrics,
    processes: RefCell<[Option<Process>; 2]>,
    /// Payments that were disclosed to a browser: the order, our id, the provider's id.
    pub(super) disclosed: RefCell<Vec<(String, String, String)>>,
    violations: RefCell<Vec<String>>,
    transcript: RefCell<Vec<String>>,
    seen: RefCell<BTreeMap<String, Status>>,
}

/// Runs the scenario for this seed.
pub(super) fn tell(seed: u64) -> Story {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    LocalSet::new().block_on(&runtime, scenario(seed))
}

async fn scenario(seed: u64) -> Story {
    let config = config(&mut Random::new(!seed));
    world::begin(seed, config.provider_deadline);
    let stage = Rc::new(Stage {
        config,
        metrics: Metrics::default(),
        storage: Arc::new(MemoryStore::new(Arc::new(WorldClock))),
        processes: RefCell::new([None, None]),
        disclosed: RefCell::default(),
        violations: RefCell::default(),
        transcript: RefCell::default(),
        seen: RefCell::default(),
    });
    stage.start(0);
    stage.start(1);
    let orders = with(|world| 1 + world.random.below(2));
    let shoppers: Vec<JoinHandle<()>> =
        (0..orders).map(|number| spawn_local(shopper::shop(stage.clone(), number))).collect();
    let early = spawn_local(shopper::post_early(stage.clone()));
    let begun = Instant::now();
    while begun.elapsed() < STORM {
        sleep(Duration::from_millis(with(|world| 500 + world.random.below(20_000)))).await;
        stage.weather();
        stage.look();
    }
    with(world::World::becomes_calm);
    early.abort();
    for shopper in shoppers {
        shopper.abort();
    }
    stage.start(0);
    stage.start(1);
    let calm = Instant::now();
    while calm.elapsed() < CALM {
        sleep(Duration::from_secs(300)).await;
        stage.look();
    }
    verdict::judge(&stage);
    stage.kill(0);
    stage.kill(1);
    let (violations, transcript) = (stage.violations.take(), stage.transcript.take());
    let world = world::end();
    let has_money = |row: &&world::Row| matches!(row.state, State::Paid | State::Refunded);
    let settled = u64::try_from(world.rows.iter().filter(has_money).count()).expect("small");
    Story { violations, faults: world.faults, settled, transcript }
}

/// The demonstration's configuration with simulated providers. In a third of scenarios CashPay
/// cannot be read.
fn config(random: &mut Random) -> Config {
    let origins = ["https://shop.example".to_owned()];
    let config =
        Config::demo("http://127.0.0.1:9", "https://pay.example", &origins, Path::new("none"));
    let mut config = config.expect("a configuration");
    config.read_interval = Duration::from_secs(5);
    config.claim = Duration::from_secs(5);
    config.webhooks = true;
    // Nobody has an address here, and every shopper buys one thing.
    config.rate_limit.per_order = 0;
    mutants::configure(&mut config);
    let cashi = config.cashi.as_mut().expect("cashi");
    cashi.webhook_secret = Some(CASHI_SECRET.to_owned().into());
    if random.percent(33) {
        config.cashpay.as_mut().expect("cashpay").read_path = None;
    }
    config
}

impl Stage {
    /// Starts a machine if none is running in this place.
    pub(super) fn start(self: &Rc<Stage>, number: usize) {
        let mut processes = self.processes.borrow_mut();
        if processes[number].is_some() {
            return;
        }
        let machine = Machine::default();
        let parts = Parts {
            environment: machine.environment(),
            store: Arc::new(machine.over(&self.storage)),
            clients: clients::configured(&self.config),
            metrics: self.metrics.clone(),
        };
        let (backend, background) = assemble(self.config.clone(), parts);
        let working = spawn_local(work(background));
        processes[number] = Some(Process { router: backend.router, machine, tasks: vec![working] });
    }

    /// Stops a machine in the middle of whatever it is doing; none of its tasks continues.
    fn kill(&self, number: usize) {
        let Some(process) = self.processes.borrow_mut()[number].take() else { return };
        process.machine.die();
        for task in process.tasks {
            task.abort();
        }
    }

    /// Runs something on one of the machines; `None` if it is dead, or dies meanwhile.
    pub(super) async fn on<T: 'static, F: Future<Output = T> + 'static>(
        &self,
        number: usize,
        work: impl FnOnce(Router) -> F,
    ) -> Option<T> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        {
            let mut processes = self.processes.borrow_mut();
            let process = processes[number].as_mut()?;
            process.tasks.retain(|task| !task.is_finished());
            let work = work(process.router.clone());
            process.tasks.push(spawn_local(async move {
                // The caller may have hung up.
                drop(sender.send(work.await));
            }));
        }
        receiver.await.ok()
    }

    /// Machines die and come back, the clock jumps.
    fn weather(self: &Rc<Stage>) {
        let number = with(|world| usize::from(world.random.percent(50)));
        if with(|world| world.strikes(Fault::ProcessKilled, 6)) {
            self.kill(number);
        } else if with(|world| world.random.percent(40)) {
            self.start(number);
        }
        if with(|world| world.strikes(Fault::ClockJumps, 1)) {
            let hour_ms = 3_600_000;
            with(|world| {
                world.clock_offset_ms = world.random.one_of(&[-hour_ms, 0, hour_ms]);
                world.clock_jumped = true;
            });
        }
    }

    /// What must hold at every moment: paid can only become refunded.
    pub(super) fn look(&self) {
        let mut seen = self.seen.borrow_mut();
        for payment in self.storage.all_payments() {
            let before = seen.insert(payment.id.clone(), payment.status);
            if before == Some(payment.status) {
                continue;
            }
            self.note(format!("{} is {}", payment.order_id, payment.status.as_str()));
            let was_paid = matches!(before, Some(Status::Paid | Status::Refunded));
            if was_paid && payment.status != Status::Refunded {
                let word = payment.status.as_str();
                self.violation(format!("{} is {word} after it was paid", payment.id));
            }
        }
    }

    pub(super) fn note(&self, text: String) {
        self.transcript.borrow_mut().push(text);
    }

    pub(super) fn violation(&self, text: String) {
        self.violations.borrow_mut().push(text);
    }
}

/// The background of one machine.
async fn work(mut background: paywith_merchant::Background) {
    while background.round().await {
        let pause_ms =
            with(|world| if world.is_stormy { world.random.below(15_000) } else { 180_000 });
        sleep(Duration::from_millis(pause_ms)).await;
    }
}
