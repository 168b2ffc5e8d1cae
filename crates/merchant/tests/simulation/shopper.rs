//! What one shopper does about one order, with a bad connection and little patience.

use super::call::{Answer, call};
use super::scenario::Stage;
use super::webhooks::ProviderWebhook;
use super::world::{self, Fault, State, with};
use axum::body::Body;
use axum::http::Request;
use paywith_merchant::{Order, OrderExtras};
use paywith_protocol::{Money, Provider, code};
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

const PRICES: [(&str, &str); 4] =
    [("100.98", "SYP"), ("165.50", "EGP"), ("2000", "YER"), ("15000", "IDR")];

pub(super) async fn pause(most_ms: u64) {
    let pause_ms = with(|world| world.random.below(most_ms));
    sleep(Duration::from_millis(pause_ms)).await;
}

/// Buys one thing, with as many attempts as it takes.
pub(super) async fn shop(stage: Rc<Stage>, number: u64) {
    let (amount, currency) = with(|world| world.random.one_of(&PRICES));
    let order = Order {
        id: format!("INV-{number}"),
        price: Money::parse(amount, currency).expect("money"),
        description: None,
        providers: Vec::new(),
        extras: OrderExtras::default(),
    };
    let token = order.sign(&stage.config.order_token_secret, 4_000_000_000).expect("a token");
    let providers = Provider::ALL;
    let mut provider = with(|world| world.random.one_of(&providers));
    let mut last: Option<String> = None;
    for attempt in 0..4 {
        pause(60_000).await;
        let supersedes = last.clone();
        let buying =
            Buying { stage: &stage, order: &order.id, token: &token, provider, supersedes };
        let Some(payment) = buying.begin(&format!("attempt-{number}-{attempt}")).await else {
            provider = with(|world| world.random.one_of(&providers));
            continue;
        };
        pause(30_000).await;
        buying.finish(&payment).await;
        buying.watch(&payment).await;
        let is_over = with(|world| world.random.percent(50));
        if is_over {
            return;
        }
        // Another code, or another provider.
        last = with(|world| world.random.percent(60)).then_some(payment);
        if with(|world| world.strikes(Fault::OtherProvider, 40)) {
            provider = with(|world| world.random.one_of(&providers));
        }
    }
}

/// Sends webhooks for payments whose create answer is still on its way.
pub(super) async fn post_early(stage: Rc<Stage>) {
    let bell = with(|world| world.bell.clone());
    loop {
        bell.notified().await;
        while let Some(there) = with(|world| world.early.pop()) {
            stage.post(&there);
        }
    }
}

/// One attempt.
struct Buying<'a> {
    stage: &'a Rc<Stage>,
    order: &'a str,
    token: &'a str,
    provider: Provider,
    supersedes: Option<String>,
}

impl Buying<'_> {
    /// Creates a payment, retrying with the same key; returns its id.
    async fn begin(&self, key: &str) -> Option<String> {
        if with(|world| world.strikes(Fault::DoubleClick, 20)) {
            let (one, other) = tokio::join!(self.ask(key), self.ask(key));
            if let Some(id) = one.or(other) {
                return Some(id);
            }
        }
        if with(|world| world.strikes(Fault::SecondTab, 20)) {
            let other_key = format!("{key}-tab");
            let (one, other) = tokio::join!(self.ask(key), self.ask(&other_key));
            if let Some(id) = one.or(other) {
                return Some(id);
            }
        }
        for _ in 0..6 {
            if let Some(id) = self.ask(key).await {
                return Some(id);
            }
            pause(20_000).await;
        }
        None
    }

    /// One create call, to either machine; returns the disclosed id.
    async fn ask(&self, key: &str) -> Option<String> {
        let number = with(|world| usize::from(world.random.percent(50)));
        let body = json!({
            "order": self.token,
            "provider": self.provider.id(),
            "return_url": "https://shop.example/cart",
            "locale": "en",
            "supersedes": self.supersedes,
        });
        let request = Request::post("/api/payments")
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()))
            .expect("a request");
        let patience_ms = match with(|world| world.strikes(Fault::ShopperHangsUp, 10)) {
            true => with(|world| world.random.below(3_000)),
            false => 120_000,
        };
        let (stage, order) = (self.stage.clone(), self.order.to_owned());
        // Every answer counts as disclosed, whether or not anybody is still there to read it.
        let creating = self.stage.on(number, move |router| async move {
            tell(&stage, &order, &call(router, request).await)
        });
        timeout(Duration::from_millis(patience_ms), creating).await.ok()??
    }

    /// Pays, or does not.
    async fn finish(&self, payment: &str) {
        let there = self.stage.there(payment);
        let Some(there) = there else { return };
        match with(|world| world.random.below(12)) {
            0 => self.stage.forge(&there),
            1 => {
                self.stage.pay(&there, Some(Fault::AnotherAmountSettled));
            }
            2 => {
                self.stage.becomes(&there, State::Failed);
                pause(20_000).await;
                self.stage.pay(&there, Some(Fault::DeclinedThenPaid));
            }
            3 => {
                sleep(Duration::from_secs(11 * 60)).await;
                self.stage.pay(&there, Some(Fault::PaidAfterExpiry));
            }
            4 => {
                let number = with(|world| usize::from(world.random.percent(50)));
                let path = format!("/api/payments/{payment}/cancel?order={}", self.token);
                let pays_meanwhile = with(|world| world.random.percent(60));
                if pays_meanwhile {
                    self.stage.pay(&there, None);
                    pause(3_000).await;
                }
                with(|world| world.happened(Fault::CanceledByTheShopper));
                let request = Request::post(path).body(Body::empty()).expect("a request");
                self.stage.on(number, move |router| call(router, request)).await;
            }
            5..=7 => {
                // A code that was saved before.
                let is_old =
                    |told: &&(String, String, String)| told.0 == self.order && told.1 != payment;
                let old = self.stage.disclosed.borrow().iter().rfind(is_old).cloned();
                if let Some((order, _, old)) = old {
                    self.stage.note(format!("{order} by an old code"));
                    self.stage.pay(&old, Some(Fault::OldCodePaid));
                }
                if with(|world| world.random.percent(50)) {
                    self.stage.pay(&there, Some(Fault::PaidTwice));
                }
            }
            _ => {
                self.stage.pay(&there, None);
                if with(|world| world.random.percent(20)) {
                    pause(200_000).await;
                    self.stage.becomes(&there, State::Refunded);
                }
            }
        }
    }

    /// Several browsers ask for the status.
    async fn watch(&self, payment: &str) {
        let questions = with(|world| world.random.below(40));
        for _ in 0..questions {
            pause(3_000).await;
            let number = with(|world| usize::from(world.random.percent(50)));
            // Some wait for news, as the widget does.
            let wait = with(|world| world.random.percent(20));
            let wait = if wait { "&status=pending&wait_ms=20000" } else { "" };
            let path = format!("/api/payments/{payment}?order={}{wait}", self.token);
            let request = Request::get(path).body(Body::empty()).expect("a request");
            self.stage.on(number, move |router| call(router, request)).await;
        }
    }
}

/// Records what the browser gets as disclosed, and checks it.
fn tell(stage: &Stage, order: &str, answer: &Answer) -> Option<String> {
    let payment = if matches!(answer.status, 200 | 201) {
        &answer.body
    } else {
        let refusal = answer.body["code"].as_str().unwrap_or_default();
        stage.note(format!("{order}: {refusal}"));
        let is_shown = [code::PAYMENT_OPEN, code::ALREADY_PAID].contains(&refusal);
        return answer.body["payment"]["id"].as_str().filter(|_| is_shown).map(str::to_owned);
    };
    let id = payment["id"].as_str().expect("an id").to_owned();
    stage.note(format!("{order} is shown"));
    let stored = stage.storage.all_payments().into_iter().find(|stored| stored.id == id);
    let there = stored.as_ref().and_then(|stored| stored.creation.provider_payment());
    match there {
        Some(there) => {
            let told = (order.to_owned(), id.clone(), there.to_owned());
            let mut disclosed = stage.disclosed.borrow_mut();
            if !disclosed.contains(&told) {
                disclosed.push(told);
            }
        }
        None => stage.violation(format!("{id} was shown and is not on the disk")),
    }
    super::verdict::one_live_payment(stage, order);
    Some(id)
}

impl Stage {
    /// The provider's id of a payment that was disclosed to a browser.
    fn there(&self, payment: &str) -> Option<String> {
        let disclosed = self.disclosed.borrow();
        disclosed.iter().find(|(_, id, _)| id == payment).map(|(_, _, there)| there.clone())
    }

    /// The shopper's money arrives.
    fn pay(self: &Rc<Stage>, there: &str, fault: Option<Fault>) {
        let is_paid = with(|world| {
            let surplus = if fault == Some(Fault::AnotherAmountSettled) { 100 } else { 0 };
            let Some(row) = world.row(there) else { return false };
            if matches!(row.state, State::Paid | State::Refunded) {
                return false;
            }
            row.state = State::Paid;
            row.received = row.asked + surplus;
            if let Some(fault) = fault {
                world.happened(fault);
            }
            true
        });
        if is_paid {
            self.note(format!("{there} is settled"));
            self.post(there);
        }
    }

    fn becomes(self: &Rc<Stage>, there: &str, state: State) {
        with(|world| {
            if state == State::Refunded {
                world.happened(Fault::Refunded);
            }
            let before = if state == State::Failed { State::Open } else { State::Paid };
            if let Some(row) = world.row(there).filter(|row| row.state == before) {
                row.state = state;
                row.was_failed |= state == State::Failed;
            }
        });
        self.post(there);
    }

    /// The provider sends a webhook, in the background.
    fn post(self: &Rc<Stage>, there: &str) {
        let Some(row) = with(|world| world.row(there).cloned()) else { return };
        with(|world| world.row(there).map(|row| row.has_posted = true));
        let is_only_word = row.provider == "cashpay";
        if !is_only_word && with(|world| world.strikes(Fault::PostLost, 20)) {
            return;
        }
        let times = if with(|world| world.strikes(Fault::PostTwice, 20)) { 3 } else { 1 };
        for _ in 0..times {
            if let Some(post) = ProviderWebhook::about(&row) {
                spawn_local(post.deliver(self.clone()));
            }
        }
    }

    /// A forged webhook says that it was paid.
    fn forge(self: &Rc<Stage>, there: &str) {
        let Some(row) = with(|world| world.row(there).cloned()) else { return };
        let forged = world::Row { state: State::Paid, received: row.asked, ..row };
        if let Some(post) = ProviderWebhook::about(&forged) {
            with(|world| world.row(there).map(|row| row.has_posted = true));
            with(|world| world.happened(Fault::PostForged));
            spawn_local(post.forged().deliver(self.clone()));
        }
    }
}
