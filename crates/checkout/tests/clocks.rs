//! Row A4: clocks that are set, stand still or sleep. A tick is an event, what is shown follows from the
//! machine's state alone, and clocks that disagree are a reason to ask at once.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, id};
use paywith_checkout::{Effect, Event, Failure, Moment, ScreenModel};
use paywith_protocol::{Payment, Provider, Status};

const HOUR_MS: i64 = 3_600_000;

fn is_ask(effect: &Effect) -> bool {
    matches!(effect, Effect::FetchStatus { .. })
}

fn slow(left_ms: u64) -> Payment {
    let payment = cashi("pay_1", Status::Pending);
    Payment { poll_after_ms: Some(60_000), expires_in_ms: Some(left_ms), ..payment }
}

/// A code at a backend that wants to be asked once a minute, `left_ms` before its end.
fn at_a_slow_code(left_ms: u64) -> Page {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(slow(left_ms)));
    page.pass(1_000);
    page
}

fn set_clock(page: &mut Page, by_ms: i64) {
    page.now.wall_ms = page.now.wall_ms.saturating_add_signed(by_ms);
}

fn is_code(page: &Page) -> bool {
    matches!(page.screen(), ScreenModel::Code(_))
}

#[test]
fn a4_a_clock_set_an_hour_ahead_asks_at_the_next_tick_and_the_countdown_is_based_anew() {
    let mut page = at_a_slow_code(600_000);
    let before = page.view();
    set_clock(&mut page, HOUR_MS);
    assert_eq!(page.view(), before, "nothing is shown that the machine does not know");
    let effects = page.pass(500);
    assert!(effects.iter().any(is_ask), "{effects:?}");
    assert!(matches!(page.screen(), ScreenModel::Confirming), "{:?}", page.screen());
    page.status_answers(Ok(slow(590_000)));
    assert!(is_code(&page));
    assert_eq!(page.view().countdown.code_s, Some(590));
    assert!(!page.pass(50_000).iter().any(is_ask), "the server's pace counts again");
    assert_eq!(page.view().countdown.code_s, Some(540));
}

#[test]
fn a4_more_than_five_seconds_are_a_reason_to_ask() {
    for (by_ms, asks) in [
        (HOUR_MS, true),
        (-HOUR_MS, true),
        (6_000, true),
        (-6_000, true),
        (5_000, false),
        (4_000, false),
        (-4_000, false),
        (24 * HOUR_MS, true),
    ] {
        let mut page = at_a_slow_code(600_000);
        set_clock(&mut page, by_ms);
        let effects = page.pass(500);
        assert_eq!(effects.iter().any(is_ask), asks, "{by_ms}");
        // Where it is set back, or on a little, nobody is frightened by a code that disappears.
        assert_eq!(is_code(&page), by_ms < HOUR_MS, "{by_ms}");
        let shown_s = page.view().countdown.code_s.unwrap_or(0);
        assert!(shown_s <= 599, "{by_ms}: {shown_s} s");
    }
}

#[test]
fn a4_two_small_steps_of_the_clock_add_up() {
    let mut page = at_a_slow_code(600_000);
    set_clock(&mut page, 4_000);
    assert!(!page.pass(3_000).iter().any(is_ask));
    set_clock(&mut page, 4_000);
    assert!(page.pass(500).iter().any(is_ask));
}

#[test]
fn a4_a_clock_set_on_to_the_very_end_leads_to_the_last_check() {
    for (left_ms, by_ms) in [(5_000, 4_000), (5_000, 3_500), (11_000, 10_000), (11_000, 9_999)] {
        let mut page = at_a_slow_code(left_ms);
        set_clock(&mut page, by_ms);
        let effects = page.pass(500);
        assert!(effects.iter().any(is_ask), "{left_ms} {by_ms}");
        assert!(matches!(page.screen(), ScreenModel::Confirming), "{left_ms} {by_ms}");
    }
}

#[test]
fn a4_a_clock_set_ahead_twice_is_asked_about_twice() {
    let mut page = at_a_slow_code(600_000);
    set_clock(&mut page, HOUR_MS);
    page.pass(500);
    let (first, _) = page.ask_call();
    set_clock(&mut page, HOUR_MS);
    let effects = page.pass(2_000);
    // How old the answer to the first question will be no clock can tell.
    let effects: Vec<Effect> = effects.into_iter().chain(page.on(Event::Ticked)).collect();
    assert!(effects.contains(&Effect::Abort { call: first }), "{effects:?}");
    assert!(effects.iter().any(is_ask), "{effects:?}");
    page.status_answers(Ok(slow(580_000)));
    assert_eq!((is_code(&page), page.view().countdown.code_s), (true, Some(580)));
    assert_eq!(page.told(Moment::Expired), 0);
}

#[test]
fn a4_while_the_last_check_runs_a_clock_that_is_set_does_not_end_it() {
    for by_ms in [HOUR_MS, -HOUR_MS, 6_000] {
        let mut page = at_a_slow_code(3_000);
        page.pass(2_500);
        assert!(matches!(page.screen(), ScreenModel::Confirming), "{by_ms}");
        page.pass(8_000);
        set_clock(&mut page, by_ms);
        page.on(Event::Ticked);
        page.pass(4_000);
        assert!(matches!(page.screen(), ScreenModel::Confirming), "{by_ms}: {:?}", page.screen());
        assert!(page.log.iter().rev().any(is_ask));
        page.pass(7_000);
        assert!(matches!(page.screen(), ScreenModel::Ended { .. }), "{by_ms}: in the end it ends");
    }
}

#[test]
fn a4_a_clock_that_is_set_while_nobody_looks_is_asked_about_when_somebody_does() {
    for by_ms in [HOUR_MS, -HOUR_MS] {
        let mut page = at_a_slow_code(600_000);
        page.on(Event::Hidden);
        set_clock(&mut page, by_ms);
        assert!(!page.pass(3_000).iter().any(is_ask), "{by_ms}");
        let effects = page.on(Event::Woken);
        assert!(effects.iter().any(is_ask), "{by_ms}");
        assert_ne!((is_code(&page), page.view().countdown.code_s), (true, Some(0)), "{by_ms}");
        page.status_answers(Ok(slow(590_000)));
        assert_eq!((is_code(&page), page.view().countdown.code_s), (true, Some(590)), "{by_ms}");
    }
}

#[test]
fn a4_while_trouble_counts_down_a_clock_that_is_set_tries_at_once() {
    for by_ms in [HOUR_MS, -HOUR_MS] {
        let mut page = at_a_slow_code(600_000);
        page.on(Event::CheckAsked);
        page.pass(1_000);
        page.status_answers(Err(Failure::Unreachable));
        assert_eq!(page.view().countdown.retry_s, Some(15), "at most, whatever the pace is");
        page.pass(2_000);
        assert_eq!(page.view().countdown.retry_s, Some(13));
        set_clock(&mut page, by_ms);
        let effects = page.pass(500);
        assert!(effects.iter().any(is_ask), "{by_ms}");
        assert_eq!(page.view().countdown.retry_s, Some(0), "{by_ms}: it is under way");
    }
}

#[test]
fn a4_the_time_to_the_next_try_is_the_machines_own() {
    let mut page = at_a_slow_code(600_000);
    page.on(Event::CheckAsked);
    page.pass(1_000);
    page.status_answers(Ok(slow(598_000)));
    page.on(Event::CheckAsked);
    page.pass(1_000);
    page.status_answers(Err(Failure::Unreachable));
    // Another tab asks from now on, so this one tries later.
    page.on(Event::LeadershipChanged(false));
    let left_s = page.view().countdown.retry_s.expect("trouble");
    assert!(left_s >= 40, "{left_s}");
    assert!(!page.pass(20_000).iter().any(is_ask));
    assert_eq!(page.view().countdown.retry_s, Some(left_s - 20));
}

#[test]
fn a4_a_clock_that_is_set_during_a_call_makes_no_end_of_its_answer() {
    // While a payment is looked for, an answer of unknown age must not say that it has expired.
    let mut page = at_a_slow_code(600_000);
    page.reload(common::config(&[Provider::Cashi]), None);
    assert!(matches!(page.screen(), ScreenModel::Checking { .. }));
    let (call, _) = page.ask_call();
    page.advance(300);
    set_clock(&mut page, HOUR_MS);
    let effects = page.status_answers(Ok(slow(590_000)));
    assert!(effects.contains(&Effect::Abort { call }), "{effects:?}");
    assert_eq!(page.told(Moment::Expired), 0);
    assert!(page.pass(1_500).iter().any(is_ask), "it is asked again at once");
    page.status_answers(Ok(slow(589_000)));
    assert_eq!((is_code(&page), page.view().countdown.code_s), (true, Some(589)));
    // The same while the code is shown, and at the answer to the very first call.
    page.on(Event::CheckAsked);
    page.pass(1_500);
    set_clock(&mut page, HOUR_MS);
    page.status_answers(Ok(slow(580_000)));
    page.pass(1_500);
    page.status_answers(Ok(slow(578_000)));
    assert_eq!((is_code(&page), page.view().countdown.code_s), (true, Some(578)));
    assert_eq!(page.told(Moment::Expired), 0);
}

#[test]
fn a4_a_create_answer_after_a_clock_was_set_is_kept_and_asked_about() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.advance(300);
    set_clock(&mut page, HOUR_MS);
    page.create_answers(Ok(slow(600_000)));
    page.pass(1_500);
    assert_eq!(page.keys_sent().len(), 1, "it is not asked for again");
    assert_eq!(page.ask_call().1, id("pay_1"));
    page.status_answers(Ok(slow(598_000)));
    assert_eq!((is_code(&page), page.view().countdown.code_s), (true, Some(598)));
    assert_eq!(page.told(Moment::Expired), 0);
}

#[test]
fn a4_after_sleep_the_next_tick_asks_whichever_clock_went_on() {
    for monotonic_ms in [0, 1, 300_000] {
        let mut page = at_a_slow_code(600_000);
        page.now.monotonic_ms += monotonic_ms;
        page.now.wall_ms += 300_000;
        let effects = page.on(Event::Ticked);
        assert!(effects.iter().any(is_ask), "{monotonic_ms}");
        assert_eq!(page.view().countdown.code_s, Some(299), "{monotonic_ms}");
    }
}

#[test]
fn a4_a_monotonic_clock_that_stands_still_stops_nothing() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    let payment =
        |left_ms| Payment { expires_in_ms: Some(left_ms), ..cashi("pay_1", Status::Pending) };
    page.create_answers(Ok(payment(60_000)));
    let (mut asked, mut last_s) = (0, 60);
    for half_second in 1..=150_u64 {
        page.now.wall_ms += 500;
        let effects = page.on(Event::Ticked);
        if effects.iter().any(is_ask) {
            asked += 1;
            page.status_answers(Ok(payment(60_000_u64.saturating_sub(half_second * 500))));
        }
        let shown_s = page.view().countdown.code_s.unwrap_or(0);
        assert!(shown_s <= last_s, "{shown_s} s after {last_s}");
        last_s = shown_s;
    }
    assert!((10..=30).contains(&asked), "{asked} questions in 75 seconds");
    assert!(matches!(page.screen(), ScreenModel::Ended { .. }), "{:?}", page.screen());
}

#[test]
fn a4_a_tick_changes_the_countdown_and_nothing_else() {
    let mut page = at_a_slow_code(600_000);
    for _ in 0..40 {
        let before = page.view();
        page.advance(500);
        let effects = page.on(Event::Ticked);
        assert!(matches!(effects.as_slice(), [Effect::Wake { .. }]), "{effects:?}");
        let after = page.view();
        assert!(after.countdown.code_s <= before.countdown.code_s);
        assert_eq!(paywith_checkout::View { countdown: before.countdown, ..after }, before);
    }
    assert_eq!(page.view().countdown.code_s, Some(579));
}

#[test]
fn a4_no_code_is_shown_whose_time_is_over_wherever_the_clock_goes() {
    for seed in 0..300_u64 {
        let mut page = at_a_slow_code(20_000 + seed * 700);
        let mut dice = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for _ in 0..60 {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let sizes = [0, 0, 0, 0, 4_000, 6_000, -4_000, -6_000, HOUR_MS, -HOUR_MS, 30_000];
            let place = usize::try_from(dice >> 33).expect("31 bits") % sizes.len();
            set_clock(&mut page, sizes.get(place).copied().unwrap_or(0));
            let shown = page.view();
            assert!(
                !matches!(shown.screen, ScreenModel::Code(_)) || shown.countdown.code_s != Some(0)
            );
            let effects = page.pass(dice >> 40 & 0xfff);
            if effects.iter().any(is_ask) {
                page.status_answers(Ok(slow(40_000)));
            }
        }
    }
}

#[test]
fn a4_after_sleep_and_a_clock_set_back_the_call_in_flight_is_asked_again() {
    let mut page = at_a_slow_code(600_000);
    page.on(Event::CheckAsked);
    page.pass(1_000);
    let (call, _) = page.ask_call();
    // The monotonic clock stood still meanwhile, and the other one says that it is earlier than before.
    page.on(Event::Hidden);
    set_clock(&mut page, -HOUR_MS / 2);
    let effects = page.on(Event::Woken);
    assert!(effects.contains(&Effect::Abort { call }), "{effects:?}");
    assert!(effects.iter().any(is_ask), "{effects:?}");
}

#[test]
fn a4_the_servers_pause_counts_although_the_clock_was_set_during_the_call() {
    let mut page = at_a_slow_code(600_000);
    page.on(Event::ResetAsked);
    page.start(Provider::Kashier);
    page.create_answers(Ok(common::kashier("pay_2", Status::Pending)));
    page.on(Event::Woken);
    set_clock(&mut page, -HOUR_MS);
    // It was answered in the very moment in which the clocks are found to disagree.
    let effects = page.status_answers(Err(Failure::Busy { retry_after_ms: Some(30_000) }));
    let effects: Vec<Effect> = effects.into_iter().chain(page.pass(1_000)).collect();
    assert!(effects.iter().any(is_ask), "one question, because the clock was set: {effects:?}");
    assert_eq!(page.ask_call().1, id("pay_2"), "about what is shown");
    page.status_answers(Err(Failure::Unreachable));
    assert!(!page.pass(28_000).iter().any(is_ask), "then the pause counts, for every payment");
}

#[test]
fn a4_what_is_not_shown_can_wait_for_its_own_time() {
    let mut page = at_a_slow_code(600_000);
    page.on(Event::ResetAsked);
    page.pass(5_000);
    set_clock(&mut page, HOUR_MS);
    assert!(!page.on(Event::Ticked).iter().any(is_ask));
    assert!(page.pass(30_000).iter().any(is_ask), "and is not forgotten");
}
