//! One scenario: some minutes of a shopper's life in which anything may go wrong, and then a calm end
//! at which the promises are called in.

use super::backend::{Backend, Kind, Pay};
use super::fault::Fault;
use super::quiet;
use super::world::{Place, Scheduled, World};
use crate::event::Event;
use crate::model::{Stage, State};
use crate::view::ScreenModel;
use paywith_protocol::PaymentId;
use std::collections::BTreeMap;

/// When nothing goes wrong any more, the right end is reached within this time by a page that is
/// looked at again.
const PROMISE_WOKEN_MS: u64 = 60_000;
/// By a page that lies open all the time: another tab may have to fall silent first.
const PROMISE_OPEN_MS: u64 = 110_000;
/// So long for each that is not shown any more: they are asked about in turn.
const RETIRED_ROUND_MS: u64 = 25_000;
/// A question that left just before and is lost is given up after this time; until then no other one leaves.
const LOST_CALL_MS: u64 = 15_000;
/// A question and its answer, when nothing goes wrong.
const TRANSIT_MS: u64 = 1_000;
/// A screen on which something is under way stays no longer than this.
const LONG_MS: u64 = 30_000;
/// A woken page asks within this time.
const AT_ONCE_MS: u64 = 1_200;
/// Some backends want to be asked less often.
const SLOW_PACE_MS: u64 = 20_000;

/// What became of a scenario.
pub(super) struct Outcome {
    pub(super) violations: Vec<String>,
    pub(super) faults: BTreeMap<Fault, u64>,
    pub(super) is_paid: bool,
    pub(super) asks: u64,
    pub(super) waits: u64,
    pub(super) transcript: Option<Vec<String>>,
}

/// Runs the scenario of a seed. Every twentieth is quiet: nothing goes wrong, two tabs wait for ten
/// minutes, and what they ask is counted.
pub(super) fn run(seed: u64, is_told: bool) -> Outcome {
    let mut world = World::new(seed, backend(seed), is_told);
    if seed.is_multiple_of(20) {
        quiet::run(&mut world);
    } else {
        troubled(&mut world);
    }
    end(world)
}

fn backend(seed: u64) -> Backend {
    let mut random = fastrand::Rng::with_seed(seed ^ 0xBACC);
    let kind = if random.u64(..3) == 0 { Kind::Relay } else { Kind::Contract };
    let has_wait = kind == Kind::Contract && random.bool();
    Backend {
        kind,
        wait_ms: has_wait.then_some(25_000),
        payments: Vec::new(),
        says_strange_words: random.u64(..4) == 0,
        strange_words: 0,
        life_ms: random.u64(60_000..600_000),
        pace_ms: if random.u64(..4) == 0 { SLOW_PACE_MS } else { 3_000 },
    }
}

fn troubled(world: &mut World) {
    world.furnish();
    world.load(0, None);
    world.later(500, Scheduled::Shopper);
    world.later(10_000, Scheduled::Incident);
    let calm_ms = world.random.u64(60_000..780_000);
    world.later(calm_ms, Scheduled::Calm);
    while let Some(happening) = world.next() {
        if matches!(happening, Scheduled::Verdict) {
            let early_ms = world.verdict_ms.saturating_sub(world.now_ms);
            if early_ms == 0 {
                return verdict(world);
            }
            world.later(early_ms, Scheduled::Verdict);
        }
        handle(world, happening);
        if !world.violations.is_empty() {
            return;
        }
    }
}

/// One thing after another.
pub(super) fn handle(world: &mut World, happening: Scheduled) {
    match happening {
        Scheduled::Alarm { at, token } => world.alarm(at, token),
        Scheduled::Tick { at, token } => world.tick(at, token),
        Scheduled::ClockJumps { browser } => world.clock_jumps(browser),
        Scheduled::Jumped { at, at_ms, settings } => world.jumped(at, at_ms, settings),
        Scheduled::RequestArrives { at, call, question, way } => {
            world.arrives(at, call, &question, way);
        }
        Scheduled::Held { at, call, id, status, until_ms, way } => {
            world.held(at, call, id, status, until_ms, way);
        }
        Scheduled::Event { at, event } => reaches(world, at, *event),
        Scheduled::Answer { at, call, event } => answers(world, at, call, *event),
        Scheduled::Shopper => world.shopper(),
        Scheduled::VisitEnds { at, id, is_window } => world.visit_ends(at, id, is_window),
        Scheduled::Incident => world.incident(),
        Scheduled::BackToNormal { browser } => world.back_to_normal(browser),
        Scheduled::Thawed { tab } => {
            world.tabs[tab].frozen_until_ms = 0;
        }
        Scheduled::Calm => calm(world),
        Scheduled::Verdict => {}
    }
    collect(world);
}

fn collect(world: &mut World) {
    for tab in 0..world.tabs.len() {
        for text in std::mem::take(&mut world.tabs[tab].observer.violations) {
            world.violation(format!("tab {tab}: {text}"));
        }
    }
    for text in std::mem::take(&mut world.attempts.violations) {
        world.violation(text);
    }
}

/// Whether what is meant for a document finds it, and when it arrives.
fn delay_of(world: &World, at: Place) -> Option<u64> {
    let here = &world.tabs[at.tab];
    if here.document != at.document || !here.is_open || here.is_away {
        return None;
    }
    let until_ms = world.browsers[here.browser].asleep_until_ms.max(here.frozen_until_ms);
    Some(until_ms.saturating_sub(world.now_ms))
}

fn reaches(world: &mut World, at: Place, event: Event) {
    match delay_of(world, at) {
        Some(0) if !world.tabs[at.tab].is_cached => {
            // What a frozen page hears late of the locks is how it stands now.
            let is_leading =
                matches!(event, Event::LeadershipChanged(_)).then(|| world.is_first(at.tab));
            world.dispatch(at.tab, is_leading.map_or(event, Event::LeadershipChanged));
        }
        Some(wait_ms) if wait_ms > 0 => {
            world.later(wait_ms, Scheduled::Event { at, event: Box::new(event) });
        }
        Some(_) | None => {}
    }
}

/// An answer that comes while the device sleeps is lost with its connection.
fn answers(world: &mut World, at: Place, call: u32, event: Event) {
    let Some(wait_ms) = delay_of(world, at) else { return };
    let here = &mut world.tabs[at.tab];
    if here.is_cached || !here.in_flight.contains(&call) {
        return;
    }
    if wait_ms > 0 && world.browsers[here.browser].asleep_until_ms > world.now_ms {
        return;
    }
    if wait_ms > 0 {
        return world.later(wait_ms, Scheduled::Answer { at, call, event: Box::new(event) });
    }
    if here.in_flight.iter().any(|other| *other < call) {
        world.count(Fault::Reordered);
    }
    let is_create = matches!(event, Event::CreateAnswered { .. });
    world.dispatch(at.tab, event);
    if !is_create {
        world.tabs[at.tab].in_flight.remove(&call);
    }
}

/// Everything works again; one page lies open, or is looked at again.
fn calm(world: &mut World) {
    world.is_calm = true;
    world.broken_until_ms = 0;
    for browser in 0..world.browsers.len() {
        let device = &mut world.browsers[browser];
        if device.asleep_until_ms > world.now_ms {
            device.slept_ms +=
                device.sleeps_for_ms.saturating_sub(device.asleep_until_ms - world.now_ms);
        }
        device.asleep_until_ms = 0;
        device.offline_until_ms = 0;
    }
    for tab in &mut world.tabs {
        tab.frozen_until_ms = 0;
    }
    world.set_alarms_again();
    let is_there = |tab: usize, world: &World| {
        let here = &world.tabs[tab];
        here.is_open && !here.is_away && !here.is_cached && here.browser == 0
    };
    let there: Vec<usize> = (0..world.tabs.len()).filter(|tab| is_there(*tab, world)).collect();
    let seen = there.iter().copied().find(|tab| world.tabs[*tab].is_visible);
    let active = seen.or(there.first().copied());
    let active = active.unwrap_or_else(|| {
        world.load(0, None);
        0
    });
    world.active = active;
    let is_woken = seen.is_none() || world.random.bool();
    world.log(|| format!("calm, tab {active}, woken: {is_woken}"));
    // Where it slept and its clock was set, a call that is long dead looks as if it had just left.
    let can_tell = !world.tabs[active].observer.is_unknowable;
    world.woken_ms = (seen.is_none() && is_watching(world) && can_tell).then_some(world.now_ms);
    if is_woken {
        world.all_asked_ms = Some(world.now_ms);
        world.wake(active);
    }
    world.known = known(world);
    let retired = world.tabs[active].checkout.retired.len() as u64;
    let in_turn_ms = LOST_CALL_MS + RETIRED_ROUND_MS * retired + TRANSIT_MS;
    let promise_ms = if is_woken { PROMISE_WOKEN_MS } else { PROMISE_OPEN_MS.max(in_turn_ms) };
    world.verdict_ms = world.now_ms + promise_ms;
    world.later(promise_ms, Scheduled::Verdict);
}

/// The shopper comes back to the page in front from a hosted page, where it could ask nothing: the
/// promise counts from here.
pub(super) fn promise_again(world: &mut World, tab: usize) {
    if world.is_calm && world.active == tab {
        world.all_asked_ms = Some(world.now_ms);
        world.verdict_ms = world.verdict_ms.max(world.now_ms + PROMISE_WOKEN_MS);
    }
}

/// What the page in front knows of.
fn known(world: &World) -> Vec<PaymentId> {
    let checkout = &world.tabs[world.active].checkout;
    let shown = match &checkout.state {
        State::Paying { tracked, .. } => Some(tracked.id.clone()),
        _ => None,
    };
    shown
        .into_iter()
        .chain(checkout.retired.iter().map(|retired| retired.tracked.id.clone()))
        .collect()
}

/// Payments that the page in front knows of, and that money has come for.
fn settled_and_known(world: &World) -> Vec<&Pay> {
    let remembers = world.browsers[0].storage == super::browser::Storage::Works;
    // Of those that are not shown one after the other is asked about; of all, when the page is seen again.
    let retired = world.tabs[world.active].checkout.retired.len() as u64;
    let of_round_ms = world.now_ms.saturating_sub(RETIRED_ROUND_MS * retired);
    let asked_ms = world.all_asked_ms.unwrap_or(0).max(of_round_ms);
    let since_ms = asked_ms.min(world.now_ms.saturating_sub(PROMISE_WOKEN_MS));
    let is_settled = |pay: &&Pay| {
        let is_disclosed = remembers && pay.disclosed_ms.is_some();
        let is_known = is_disclosed || world.known.contains(&pay.id);
        let is_fickle = pay.is_fickle && pay.said_paid;
        let is_refunded = pay.refunded_ms.is_some_and(|at_ms| at_ms <= world.now_ms);
        is_known && !is_refunded && pay.is_settled(since_ms) && !is_fickle
    };
    world.backend.payments.iter().filter(is_settled).collect()
}

fn verdict(world: &mut World) {
    let here = &world.tabs[world.active];
    if here.is_away || here.is_cached || !here.is_open {
        // A payment that was on its way took the shopper to a hosted page.
        return;
    }
    let view = here.view();
    let snapshot = here.checkout.snapshot();
    let mut violations = Vec::new();
    let settled = settled_and_known(world);
    let is_right = match &view.screen {
        ScreenModel::Paid { .. } | ScreenModel::Refunded { .. } => true,
        ScreenModel::Processing { .. } => settled.iter().any(|pay| pay.is_review),
        // News of an earlier failure that came after a paid one nobody here has seen.
        _ => false,
    };
    if let (Some(pay), false) = (settled.first(), is_right) {
        let id = pay.id.as_str();
        violations.push(format!("{id} is settled, and the page shows {:?}", view.screen));
    }
    if let ScreenModel::Paid { .. } = view.screen {
        let id = snapshot.payment_id.expect("paid has an id");
        let pay = world.backend.find(&id);
        if !pay.is_some_and(|pay| pay.is_settled(world.now_ms)) {
            violations.push(format!("{} is shown paid, and is not", id.as_str()));
        }
    }
    if view.trouble.is_some() {
        violations.push("trouble is shown, and there is none".to_owned());
    }
    let is_stuck = matches!(
        view.screen,
        ScreenModel::Starting { .. }
            | ScreenModel::Checking { .. }
            | ScreenModel::Confirming
            | ScreenModel::Loading
    );
    if is_stuck && here.shown_since_ms + LONG_MS < world.now_ms {
        violations.push(format!("still at {:?}", view.screen));
    }
    violations.extend(asks_at_once(world));
    for text in violations {
        world.violation(text);
    }
    budget(world);
}

fn asks_at_once(world: &World) -> Option<String> {
    let woken_ms = world.woken_ms?;
    // A question that had only just left is as good.
    let at_once = woken_ms.saturating_sub(3_000)..=woken_ms + AT_ONCE_MS;
    let asks_ms = &world.tabs[world.active].observer.asks_ms;
    let has_asked = asks_ms.iter().any(|at_ms| at_once.contains(at_ms));
    (!has_asked).then(|| "woken, and asks nothing".to_owned())
}

fn is_watching(world: &World) -> bool {
    match &world.tabs[world.active].checkout.state {
        State::Paying { stage: Stage::Paid(_) | Stage::Refunded, .. } => false,
        State::Paying { .. } => true,
        _ => false,
    }
}

/// A ten-minute wait costs at most 120 questions, and some for each look that was asked for.
fn budget(world: &mut World) {
    let mut most = Vec::new();
    for (tab, here) in world.tabs.iter().enumerate() {
        let asks = here.observer.asks_ms.len() as u64;
        let allowed = 180 + here.observer.causes * 6;
        if asks > allowed {
            most.push(format!("tab {tab}: {asks} questions, {allowed} would do"));
        }
    }
    for text in most {
        world.violation(text);
    }
}

fn end(mut world: World) -> Outcome {
    if world.backend.strange_words > 0 {
        world.count(Fault::StrangeWord);
    }
    let asks = world.tabs.iter().map(|tab| tab.observer.asks_ms.len() as u64).sum();
    let is_paid = world.tabs.iter().any(|tab| {
        matches!(tab.view().screen, ScreenModel::Paid { .. } | ScreenModel::Refunded { .. })
    });
    Outcome {
        violations: world.violations,
        faults: world.faults,
        is_paid,
        asks,
        waits: world.waits,
        transcript: world.transcript,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Mode, Returned};
    use crate::simulation::browser::{Browser, Tab};

    #[test]
    fn a_minute_at_a_hosted_page_is_no_minute_in_which_the_page_could_ask() {
        let mut world = World::new(1, backend(1), false);
        world.browsers.push(Browser::new(true, false));
        world.tabs.push(Tab::new(0, Mode::Auto));
        world.load(0, None);
        calm(&mut world);
        let end_ms = world.verdict_ms;
        world.now_ms = end_ms - 700;
        world.comes_back(0, None);
        assert_eq!(world.verdict_ms, end_ms - 700 + PROMISE_WOKEN_MS);
        // Nobody has asked before that, so nothing older counts either.
        assert_eq!(world.all_asked_ms, Some(end_ms - 700));
    }

    #[test]
    fn nobody_is_blamed_for_a_call_whose_age_no_clock_can_tell() {
        for (is_asleep, is_set) in [(true, false), (false, true), (true, true)] {
            let mut world = World::new(1, backend(1), false);
            world.browsers.push(Browser::new(true, true));
            world.tabs.push(Tab::new(0, Mode::Auto));
            world.load(0, None);
            let returned = Returned { paywith: Some("pay_1".to_owned()), provider: None, id: None };
            world.load(0, Some(returned));
            world.hide(0);
            let happened = [(is_asleep, true), (is_set, false)];
            for (_, is_sleep) in happened.into_iter().filter(|(happens, _)| *happens) {
                world.tabs[0].observer.clock_or_sleep(is_sleep);
            }
            calm(&mut world);
            assert_eq!(world.woken_ms.is_some(), !(is_asleep && is_set), "{is_asleep} {is_set}");
        }
    }
}
