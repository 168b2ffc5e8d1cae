//! Waiting for news: long waits, pauses, pages that nobody looks at.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, id};
use paywith_checkout::{Effect, Event, Failure, Fault, FaultCode, ScreenModel, StoredWatch};
use paywith_protocol::{Payment, Provider, Status};

fn waiting(payment: Payment) -> Payment {
    Payment { wait_ms: Some(25_000), ..payment }
}

fn asks(effects: &[Effect]) -> Vec<Option<u64>> {
    let ask = |effect: &Effect| match effect {
        Effect::FetchStatus { wait_ms, .. } => Some(*wait_ms),
        _ => None,
    };
    effects.iter().filter_map(ask).collect()
}

fn at_a_waiting_code() -> Page {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(waiting(cashi("pay_1", Status::Pending))));
    page
}

#[test]
fn a_backend_that_answers_waits_at_once_is_asked_at_its_pace() {
    let mut page = at_a_waiting_code();
    page.pass(3_000);
    let mut count = 0;
    for _ in 0..600 {
        let effects = page.pass(1_000);
        count += asks(&effects).len();
        let is_asked =
            page.log.iter().rev().any(|effect| matches!(effect, Effect::FetchStatus { .. }));
        if is_asked {
            let payment = waiting(cashi("pay_1", Status::Pending));
            page.status_answers(Ok(Payment { expires_in_ms: None, ..payment }));
        }
    }
    assert!(count <= 120, "{count} calls in ten minutes");
}

#[test]
fn a_look_that_somebody_asks_for_ends_the_wait() {
    let mut page = at_a_waiting_code();
    page.pass(3_000);
    let (call, _) = page.ask_call();
    page.advance(5_000);
    let effects = page.on(Event::CheckAsked);
    assert!(effects.contains(&Effect::Abort { call }));
    assert_eq!(asks(&effects), [None], "a short call");
}

#[test]
fn a_wait_never_reaches_beyond_the_end_of_the_code() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    let payment = Payment { expires_in_ms: Some(15_000), ..cashi("pay_1", Status::Pending) };
    page.create_answers(Ok(waiting(payment)));
    assert_eq!(asks(&page.pass(3_000)), [Some(12_000)]);
}

#[test]
fn where_waits_are_cut_off_calls_answer_at_once() {
    let mut page = at_a_waiting_code();
    for _ in 0..2 {
        page.pass(3_000);
        page.advance(20_000);
        page.status_answers(Err(Failure::Unreachable));
        assert_eq!(page.view().trouble, None, "it was perhaps only too long");
        page.pass(1_500);
        page.status_answers(Ok(waiting(cashi("pay_1", Status::Pending))));
    }
    assert_eq!(asks(&page.pass(6_000)), [None]);
}

#[test]
fn a_hidden_page_keeps_no_call_open_and_asks_at_once_when_it_is_seen_again() {
    let mut page = at_a_waiting_code();
    page.pass(3_000);
    let (call, _) = page.ask_call();
    assert!(page.on(Event::Hidden).contains(&Effect::Abort { call }));
    assert!(asks(&page.pass(200_000)).is_empty());
    assert_eq!(asks(&page.on(Event::Woken)), [None]);
}

#[test]
fn a_call_from_before_the_page_was_hidden_is_given_up() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page.pass(3_000);
    let (call, _) = page.ask_call();
    page.on(Event::Hidden);
    page.advance(10_000);
    let effects = page.on(Event::Woken);
    assert!(effects.contains(&Effect::Abort { call }));
    assert_eq!(asks(&effects).len(), 1);
}

#[test]
fn an_answer_that_was_long_on_its_way_promises_no_time_that_has_passed() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page.pass(3_000);
    page.advance(12_000);
    let payment = Payment { expires_in_ms: Some(100_000), ..cashi("pay_1", Status::Pending) };
    page.status_answers(Ok(payment));
    assert!(matches!(page.screen(), ScreenModel::Code(_)), "{:?}", page.screen());
    assert_eq!(page.view().countdown.code_s, Some(88));
}

#[test]
fn what_support_needs_names_the_order_and_every_state_and_nobody() {
    let mut page = at_a_waiting_code();
    page.next_status(waiting(cashi("pay_1", Status::Paid)));
    let support = page.checkout.support();
    assert_eq!(support.order.as_deref(), Some("INV-9921"));
    assert_eq!(support.payment_id, Some(id("pay_1")));
    let words: Vec<&str> = support.entries.iter().map(|(_, word)| *word).collect();
    assert_eq!(words, ["choosing", "creating", "code", "paid"]);
}

#[test]
fn the_first_question_of_a_page_waits_for_nothing() {
    let mut page = at_a_waiting_code();
    // A browser's monotonic clock begins with each document.
    page.now.monotonic_ms = 120;
    let effects = page.reload(common::config(&[Provider::Cashi]), None);
    assert_eq!(asks(&effects), [None]);
}

#[test]
fn a_payment_that_does_not_exist_leaves_its_turns_to_the_others() {
    // Three payments that an address named, and one that was shown.
    let mut page = Page::open(&[Provider::Cashi]);
    page.jitter_permille = 999;
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page.on(Event::ResetAsked);
    let mut record = page.record.clone().expect("remembered");
    for name in ["no_1", "no_2", "no_3", "no_4"] {
        let until_wall_ms = page.now.wall_ms;
        record.retired.push(StoredWatch {
            id: id(name),
            provider: None,
            until_wall_ms,
            is_sure: false,
        });
    }
    record.payment = None;
    record.attempt = None;
    page.record = Some(record);
    page.reload(common::config(&[Provider::Cashi]), None);
    page.on(Event::Woken);
    for _ in 0..5 {
        let (_, asked) = page.ask_call();
        let result = if asked == id("pay_1") {
            Err(Failure::Unreachable)
        } else {
            Err(Failure::Refused(Fault::new(FaultCode::NotFound, "404")))
        };
        page.status_answers(result);
    }
    assert_eq!(asks(&page.pass(26_000)), [None], "one that is left is asked as often as one");
}

#[test]
fn a_wait_never_reaches_beyond_the_turn_of_a_payment_that_is_not_shown() {
    let mut page = at_a_waiting_code();
    page.on(Event::ResetAsked);
    page.start(Provider::Kashier);
    page.create_answers(Ok(waiting(common::kashier("pay_2", Status::Pending))));
    page.on(Event::Woken);
    // Both are asked now; from here on the one that is shown waits for news.
    for _ in 0..2 {
        let (_, asked) = page.ask_call();
        page.status_answers(Ok(waiting(Payment {
            id: asked,
            ..common::kashier("x", Status::Pending)
        })));
        page.pass(1_000);
    }
    let last_ms = page.now.monotonic_ms;
    page.log.clear();
    let is_other = |effect: &Effect| matches!(effect, Effect::FetchStatus { id: asked, .. } if *asked == id("pay_1"));
    while !page.log.iter().any(is_other) {
        assert!(page.now.monotonic_ms < last_ms + 60_000, "nobody asks about the other one");
        let waits_ms = page.pass(100).iter().find_map(|effect| match effect {
            Effect::FetchStatus { wait_ms, .. } => *wait_ms,
            _ => None,
        });
        if let Some(wait_ms) = waits_ms {
            page.advance(wait_ms);
            page.status_answers(Ok(waiting(common::kashier("pay_2", Status::Pending))));
        }
    }
    let after_ms = page.now.monotonic_ms - last_ms;
    assert!(after_ms < 22_000, "its turn came after {after_ms} ms");
}
