//! A shop in a test: steps a checkout, keeps the clock, and remembers what it asked for.

#![allow(dead_code, reason = "each test file uses its own part of the harness")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_checkout::{
    Answer, Checkout, Config, Context, Effect, Event, Failure, Mode, Moment, Now, Record, Returned,
    ScreenModel, View, step, view,
};
use paywith_protocol::{
    Action, AttemptKey, Money, Payment, PaymentId, Provider, ProviderFacts, Status,
};

/// One page with its checkout.
pub(crate) struct Page {
    pub(crate) checkout: Checkout,
    pub(crate) now: Now,
    pub(crate) keys: u32,
    pub(crate) jitter_permille: u16,
    /// Every effect since the page was opened.
    pub(crate) log: Vec<Effect>,
    pub(crate) wake_at_ms: Option<u64>,
    pub(crate) record: Option<Record>,
    /// What another tab has written, for the steps that look.
    pub(crate) stored: Option<Record>,
}

impl Page {
    pub(crate) fn new() -> Page {
        Page {
            checkout: Checkout::new(),
            now: Now { monotonic_ms: 1_000, wall_ms: 1_700_000_000_000 },
            keys: 0,
            jitter_permille: 0,
            log: Vec::new(),
            wake_at_ms: None,
            record: None,
            stored: None,
        }
    }

    pub(crate) fn open(providers: &[Provider]) -> Page {
        let mut page = Page::new();
        page.reload(config(providers), None);
        page
    }

    /// A new document of the same browser.
    pub(crate) fn reload(&mut self, config: Config, returned: Option<Returned>) -> Vec<Effect> {
        self.checkout = Checkout::new();
        let record = self.record.clone();
        self.on(Event::Opened { config: Ok(config), record, returned })
    }

    pub(crate) fn on(&mut self, event: Event) -> Vec<Effect> {
        self.keys += 1;
        let key = format!("00000000-0000-4000-8000-{:012}", self.keys);
        let fresh_key = AttemptKey::parse(&key).expect("a key");
        let (now, jitter_permille) = (self.now, self.jitter_permille);
        let kept = self.stored.clone();
        let stored = || kept.clone();
        let context = Context { now, fresh_key, jitter_permille, stored: &stored };
        let (checkout, effects) = step(std::mem::take(&mut self.checkout), event, &context);
        self.checkout = checkout;
        for effect in &effects {
            match effect {
                Effect::Wake { at_ms } => self.wake_at_ms = *at_ms,
                Effect::Remember(record) => self.record = Some(record.clone()),
                _ => {}
            }
        }
        self.log.extend(effects.iter().cloned());
        effects
    }

    /// Lets `ms` pass on both clocks, waking the checkout whenever it asked to be woken, and each half
    /// second while something on the screen runs down.
    pub(crate) fn pass(&mut self, ms: u64) -> Vec<Effect> {
        let end_ms = self.now.monotonic_ms + ms;
        let mut effects = Vec::new();
        loop {
            let tick_ms = self.now.monotonic_ms + 500;
            let tick_at_ms = self.view().counts_down().then_some(tick_ms);
            let next_ms = self.wake_at_ms.into_iter().chain(tick_at_ms).min();
            let Some(at_ms) = next_ms.filter(|at_ms| *at_ms <= end_ms) else { break };
            self.advance(at_ms.saturating_sub(self.now.monotonic_ms));
            effects.extend(self.on(Event::Ticked));
        }
        self.advance(end_ms - self.now.monotonic_ms);
        effects
    }

    pub(crate) fn advance(&mut self, ms: u64) {
        self.now.monotonic_ms += ms;
        self.now.wall_ms += ms;
    }

    /// Presses a provider's button on a page that does not object.
    pub(crate) fn start(&mut self, provider: Provider) -> Vec<Effect> {
        let proposed = self.on(Event::StartAsked(Some(provider)));
        if proposed.contains(&Effect::ProposeStart(provider)) {
            self.on(Event::StartAllowed(provider))
        } else {
            proposed
        }
    }

    pub(crate) fn view(&self) -> View {
        view(&self.checkout)
    }

    pub(crate) fn screen(&self) -> ScreenModel {
        self.view().screen
    }

    pub(crate) fn create_call(&self) -> u32 {
        let created = self.log.iter().rev().find_map(|effect| match effect {
            Effect::Create { call, .. } => Some(*call),
            _ => None,
        });
        created.expect("a create call")
    }

    /// The payment that the last create call says it replaces.
    pub(crate) fn superseded(&self) -> Option<PaymentId> {
        let request = self.log.iter().rev().find_map(|effect| match effect {
            Effect::Create { request, .. } => Some(request),
            _ => None,
        });
        request.expect("a create call").supersedes.clone()
    }

    pub(crate) fn ask_call(&self) -> (u32, PaymentId) {
        let asked = self.log.iter().rev().find_map(|effect| match effect {
            Effect::FetchStatus { call, id, .. } => Some((*call, id.clone())),
            _ => None,
        });
        asked.expect("a status call")
    }

    pub(crate) fn create_answers(&mut self, result: Result<Payment, Failure>) -> Vec<Effect> {
        let call = self.create_call();
        let result = result.map(|payment| Answer { payment, refused_address: None });
        self.on(Event::CreateAnswered { call, result })
    }

    pub(crate) fn status_answers(&mut self, result: Result<Payment, Failure>) -> Vec<Effect> {
        let (call, _) = self.ask_call();
        let result = result.map(|payment| Answer { payment, refused_address: None });
        self.on(Event::StatusAnswered { call, result })
    }

    /// Lets time pass until the next status call goes out, and answers it with `status`.
    pub(crate) fn next_status(&mut self, payment: Payment) -> Vec<Effect> {
        for _ in 0..200 {
            let effects = self.pass(500);
            if effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
                return self.status_answers(Ok(payment));
            }
        }
        panic!("no status call within 100 s");
    }

    pub(crate) fn told(&self, wanted: Moment) -> usize {
        let told =
            |effect: &&Effect| matches!(effect, Effect::Emit(moment, _) if *moment == wanted);
        self.log.iter().filter(told).count()
    }

    pub(crate) fn keys_sent(&self) -> Vec<String> {
        let key = |effect: &Effect| match effect {
            Effect::Create { request, .. } => Some(request.key.as_str().to_owned()),
            _ => None,
        };
        self.log.iter().filter_map(key).collect()
    }
}

pub(crate) fn config(providers: &[Provider]) -> Config {
    Config {
        order: "INV-9921".to_owned(),
        providers: Some(providers.to_vec()),
        hint: Money::parse("15000", "IDR").ok(),
        mode: Mode::Auto,
        success_url: None,
        is_resuming: true,
        is_disabled: false,
    }
}

pub(crate) fn id(text: &str) -> PaymentId {
    PaymentId::parse(text).expect("an id")
}

/// A sound QRIS payload over 15,023 rupiah, invented.
pub(crate) const SOUND_CODE: &str = "00020101021226690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000000303UMI51440014ID.CO.QRIS.WWW0215ID10200000000000303UMI5204581253033605405150235802ID5911TOKO CONTOH6013JAKARTA PUSAT61051064062190108INV-99210703A016304314B";

pub(crate) fn cashi(payment_id: &str, status: Status) -> Payment {
    Payment {
        id: id(payment_id),
        order: Some("INV-9921".to_owned()),
        merchant_name: Some("Toko Contoh".to_owned()),
        provider: Provider::Cashi,
        status,
        amount: Money::parse("15023", "IDR").ok(),
        base_amount: Money::parse("15000", "IDR").ok(),
        action: Some(Action::Qr {
            payload: Some(SOUND_CODE.to_owned()),
            image: None,
            checkout_url: None,
        }),
        expires_at: None,
        expires_in_ms: Some(600_000),
        poll_after_ms: Some(3_000),
        wait_ms: None,
        test: false,
        review: None,
        facts: ProviderFacts::default(),
    }
}

pub(crate) fn kashier(payment_id: &str, status: Status) -> Payment {
    Payment {
        provider: Provider::Kashier,
        amount: Money::parse("15000", "IDR").ok(),
        base_amount: None,
        action: Some(Action::Redirect { url: "https://pay.example/1".to_owned() }),
        expires_in_ms: None,
        ..cashi(payment_id, status)
    }
}
