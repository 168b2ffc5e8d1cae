//! Three processes over one storage with wake-ups between them, and payments that are waited for.

use super::memory::{MemoryStore, Wires};
use super::provider::{CashPay, VirtualClock};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use paywith_merchant::environment::{Environment, SystemRandomness};
use paywith_merchant::store::{Attempt, Claim, Creation, Payments, StoredPayment};
use paywith_merchant::{Config, Metrics, Order, OrderExtras, Parts, assemble, clients};
use paywith_protocol::Money;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tower::ServiceExt;

pub(super) const PROCESSES: usize = 3;
/// What a provider waits before it sends a webhook again.
const AGAIN: Duration = Duration::from_secs(1);

/// A running process: its router, and a word for everybody who is connected when it dies.
#[derive(Clone)]
struct Process {
    router: Router,
    is_dead: watch::Receiver<bool>,
}

/// Everything around the shoppers.
pub(super) struct Stage {
    pub(super) config: Config,
    pub(super) provider: Arc<CashPay>,
    pub(super) wires: Arc<Wires>,
    storage: Arc<MemoryStore>,
    processes: Mutex<Vec<Option<Process>>>,
    deaths: Vec<watch::Sender<bool>>,
}

/// A payment and what one needs to ask for it.
#[derive(Clone)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) charge: String,
    webhook_token: String,
    order_token: String,
}

impl Stage {
    /// The demonstration with CashPay alone and webhooks, changed like this.
    pub(super) async fn set(lose_one_of: usize, change: impl FnOnce(&mut Config)) -> Arc<Stage> {
        let origins = ["https://shop.example".to_owned()];
        let address = "http://127.0.0.1:9";
        let config = Config::demo(address, "https://pay.example", &origins, Path::new("none"));
        let mut config = config.expect("a configuration");
        (config.cashii, config.kashier, config.cashi) = (None, None, None);
        (config.read_interval, config.webhooks) = (Duration::from_secs(5), true);
        (config.rate_limit.per_order, config.rate_limit.per_client) = (0, 0);
        config.rate_limit.status_per_client = 0;
        change(&mut config);
        let wires = Arc::new(Wires::that_lose_one_of(lose_one_of));
        let clock = Arc::new(VirtualClock(Instant::now()));
        let storage = Arc::new(MemoryStore::wired(clock.clone(), wires.clone()));
        let provider = Arc::new(CashPay::default());
        let (mut processes, mut deaths) = (Vec::new(), Vec::new());
        for _ in 0..PROCESSES {
            let transport = provider.clone();
            let randomness = Arc::new(SystemRandomness);
            let parts = Parts {
                environment: Environment { clock: clock.clone(), randomness, transport },
                store: storage.clone(),
                clients: clients::configured(&config),
                metrics: Metrics::default(),
            };
            let (backend, background) = assemble(config.clone(), parts);
            background.start().await.expect("background work");
            let (death, is_dead) = watch::channel(false);
            processes.push(Some(Process { router: backend.router, is_dead }));
            deaths.push(death);
        }
        let processes = Mutex::new(processes);
        Arc::new(Stage { config, provider, wires, storage, processes, deaths })
    }

    /// So many payments, each of an order of its own. The first is made by the backend, and the
    /// others are stored like it: making is not what is tested.
    pub(super) async fn payments(&self, count: usize) -> Vec<Subject> {
        let order_token = self.sign("order-first");
        let body = json!({ "order": order_token, "provider": "cashpay",
            "return_url": "https://shop.example/cart", "locale": "en" });
        let request = Request::post("/api/payments").header("content-type", "application/json");
        let request = request.header("idempotency-key", "key-of-the-first");
        let request = request.body(Body::from(body.to_string())).expect("a request");
        let router = self.living(0).router;
        let (status, first) = call(router, request).await;
        assert_eq!(status, 201, "{first}");
        let first = self.storage.payment(first["id"].as_str().expect("an id")).await;
        let first = first.expect("the storage works").expect("stored");
        let mut all = Vec::new();
        for number in 0..count {
            all.push(self.add_like(&first, number).await);
        }
        all
    }

    async fn add_like(&self, first: &StoredPayment, number: usize) -> Subject {
        let (order_id, charge) = (format!("order-{number}"), format!("chg_{number}"));
        let (id, webhook_token) = (format!("pay_{number:032x}"), format!("{number:032x}"));
        let payment = StoredPayment {
            id: id.clone(),
            order_id: order_id.clone(),
            provider_order: format!("{order_id}-1"),
            creation: Creation::Made { provider_payment: charge.clone() },
            webhook_token: Some(webhook_token.clone()),
            ..first.clone()
        };
        let claim = Claim { order_id: order_id.clone(), owner: id.clone() };
        let attempt = Attempt { key: id.clone(), payload_hash: String::new() };
        let is_ours = self.storage.claim_order(&claim, 0, i64::MAX).await;
        assert!(is_ours.expect("the storage works"));
        self.storage.add_intent(&claim, &attempt, &payment).await.expect("stored");
        Subject { id, charge, webhook_token, order_token: self.sign(&order_id) }
    }

    fn sign(&self, order: &str) -> String {
        let order = Order {
            id: order.to_owned(),
            price: Money::parse("2000", "YER").expect("money"),
            description: None,
            providers: Vec::new(),
            extras: OrderExtras::default(),
        };
        order.sign(&self.config.order_token_secret, 4_000_000_000).expect("a token")
    }

    /// The process with this number, or the next one that lives.
    fn living(&self, number: usize) -> Process {
        let processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        let from_here = (0..PROCESSES).map(|step| &processes[(number + step) % PROCESSES]);
        from_here.flatten().next().expect("one lives").clone()
    }

    /// The process is gone, and with it every call that it holds.
    pub(super) fn kill(&self, number: usize) {
        let mut processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        processes[number] = None;
        self.deaths[number].send_replace(true);
    }

    /// Asks a process; `None` if it dies meanwhile.
    async fn ask(&self, number: usize, request: Request<Body>) -> Option<(u16, Value)> {
        let Process { router, mut is_dead } = self.living(number);
        tokio::select! {
            answer = call(router, request) => Some(answer),
            _ = is_dead.wait_for(|is_dead| *is_dead) => None,
        }
    }

    /// Waits at this process until the payment is paid, asking again as the widget does, and at
    /// another process at once if it dies.
    pub(super) async fn wait(&self, number: usize, subject: &Subject, wait_ms: u32) {
        let Subject { id, order_token, .. } = subject;
        let path =
            format!("/api/payments/{id}?order={order_token}&status=pending&wait_ms={wait_ms}");
        let mut number = number;
        loop {
            let request = Request::get(&path).body(Body::empty()).expect("a request");
            match self.ask(number, request).await {
                Some((200, payment)) if payment["status"] == "paid" => return,
                Some((200, payment)) => assert_eq!(payment["status"], "pending", "{payment}"),
                Some((status, problem)) => panic!("{status} {problem}"),
                // Half of its shoppers go to each of the others.
                None => {
                    let is_odd = subject.charge.ends_with(['1', '3', '5', '7', '9']);
                    number += if is_odd { 2 } else { 1 };
                }
            }
        }
    }

    /// The shopper pays, and CashPay posts to this process, and again until it is heard.
    pub(super) async fn settle(&self, number: usize, subject: &Subject) {
        self.provider.settle(&subject.charge);
        loop {
            let path = format!("/api/webhooks/cashpay/{}", subject.webhook_token);
            let body = CashPay::words(&subject.charge, true);
            let request = Request::post(path).body(Body::from(body)).expect("a request");
            match self.ask(number, request).await {
                Some((200, _)) => return,
                Some((status, problem)) => panic!("{status} {problem}"),
                None => sleep(AGAIN).await,
            }
        }
    }
}

async fn call(router: Router, request: Request<Body>) -> (u16, Value) {
    let response = router.oneshot(request).await.expect("a router always answers");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}
