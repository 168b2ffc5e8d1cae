//! Sections 4 and 7 of the public contract, a test for each of their statements, in their order.
//!
//! What only a browser shows of them (who hears which event of the page, what lies in the storage), and
//! section 6, is among the journeys: `tests/e2e/tests/journeys/contract.rs`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{
    Effect, Ending, Event, Failure, Fault, FaultCode, Moment, Returned, ScreenModel, TabMessage,
};
use paywith_protocol::{Payment, Provider, Status};

fn at_the_code() -> Page {
    let mut page = Page::open(&[Provider::Cashi, Provider::Kashier]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

fn is_ask(effect: &Effect) -> bool {
    matches!(effect, Effect::FetchStatus { .. })
}

/// When the next questions leave, in milliseconds after each other, if every answer is the same.
fn gaps_ms(page: &mut Page, payment: &Payment, count: usize) -> Vec<u64> {
    let mut gaps = Vec::new();
    let mut last_ms = page.now.monotonic_ms;
    while gaps.len() < count {
        let effects = page.pass(50);
        if effects.iter().any(is_ask) {
            gaps.push(page.now.monotonic_ms - last_ms);
            last_ms = page.now.monotonic_ms;
            page.status_answers(Ok(payment.clone()));
        }
        assert!(page.now.monotonic_ms < last_ms + 100_000, "no question for 100 s");
    }
    gaps
}

/// A payment of which the backend says nothing but its status: no time left, no pace.
fn bare(status: Status) -> Payment {
    Payment { expires_in_ms: None, poll_after_ms: None, ..cashi("pay_1", status) }
}

// 4. What is true

#[test]
fn row_4_1_only_a_status_answer_that_says_paid_shows_success() {
    // A create answer.
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Paid)));
    assert!(matches!(page.screen(), ScreenModel::Checking { .. }));
    assert_eq!((page.told(Moment::Paid { replayed: false }), page.ask_call().1), (0, id("pay_1")));

    // A return address.
    let mut page = Page::new();
    let returned = Returned { paywith: Some("pay_1".to_owned()), provider: None, id: None };
    page.reload(config(&[Provider::Cashi]), Some(returned));
    assert!(matches!(page.screen(), ScreenModel::Checking { .. }));
    assert_eq!((page.told(Moment::Paid { replayed: false }), page.ask_call().1), (0, id("pay_1")));

    // What is stored: a payment that an earlier document was told to be paid.
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Paid));
    page.log.clear();
    page.reload(config(&[Provider::Cashi]), None);
    assert!(matches!(page.screen(), ScreenModel::Checking { .. }), "{:?}", page.screen());
    assert_eq!((page.told(Moment::Paid { replayed: true }), page.ask_call().1), (0, id("pay_1")));
    // It was a lie, or was taken back: the backend's word counts.
    page.status_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(matches!(page.screen(), ScreenModel::Code(_)), "{:?}", page.screen());

    // Another tab: see `row_7_9_paid_is_never_mirrored_it_makes_each_tab_ask_for_itself`.
}

#[test]
fn row_4_2_paid_is_left_for_refunded_only() {
    for word in Status::ALL {
        let mut page = at_the_code();
        page.next_status(cashi("pay_1", Status::Paid));
        page.pass(2_000);
        page.on(Event::CheckAsked);
        page.status_answers(Ok(cashi("pay_1", word)));
        let is_refunded = matches!(page.screen(), ScreenModel::Refunded { .. });
        assert_eq!(is_refunded, word == Status::Refunded, "{word:?}");
        assert!(is_refunded || matches!(page.screen(), ScreenModel::Paid { .. }), "{word:?}");
    }
}

#[test]
fn row_4_2_what_expired_failed_or_was_canceled_may_still_become_paid() {
    for end in [Status::Expired, Status::Failed, Status::Canceled] {
        let mut page = at_the_code();
        page.next_status(cashi("pay_1", end));
        assert!(matches!(page.screen(), ScreenModel::Ended { .. }), "{end:?}");
        page.next_status(cashi("pay_1", Status::Paid));
        assert!(matches!(page.screen(), ScreenModel::Paid { is_late: true, .. }), "{end:?}");
    }
}

#[test]
fn row_4_2_cancel_stops_showing_but_never_watching() {
    let mut page = at_the_code();
    let effects = page.on(Event::CancelAsked);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::CancelPayment { .. })));
    assert!(matches!(page.screen(), ScreenModel::Ended { ending: Ending::Canceled, .. }));
    page.next_status(cashi("pay_1", Status::Paid));
    assert!(matches!(page.screen(), ScreenModel::Paid { .. }));
}

#[test]
fn row_4_3_trouble_is_never_shown_as_a_failed_payment() {
    let fault = Fault::new(FaultCode::NotJson, "HTML");
    let troubles = [
        Failure::Unreachable,
        Failure::Busy { retry_after_ms: None },
        Failure::Unreadable(fault.clone()),
        Failure::Refused(fault),
    ];
    for trouble in troubles {
        let mut page = at_the_code();
        page.next_status(cashi("pay_1", Status::Pending));
        page.pass(20_000);
        page.status_answers(Err(trouble.clone()));
        assert!(matches!(page.screen(), ScreenModel::Code(_)), "{trouble:?}");
        assert!(page.view().trouble.is_some_and(|trouble| trouble.has_payment));
        page.next_status(cashi("pay_1", Status::Paid));
        assert_eq!(page.view().trouble, None);
        assert!(matches!(page.screen(), ScreenModel::Paid { .. }), "{trouble:?}");
    }
}

#[test]
fn row_4_4_one_click_is_one_payment() {
    // A double click.
    let mut page = Page::open(&[Provider::Kashier]);
    page.start(Provider::Kashier);
    page.start(Provider::Kashier);
    page.on(Event::StartAllowed(Provider::Kashier));
    assert_eq!(page.keys_sent().len(), 1);
    // A lost response: the same key again.
    page.create_answers(Err(Failure::Unreachable));
    page.pass(2_000);
    // A reload or the back button before there is an answer: nothing by itself, and the same key.
    page.reload(config(&[Provider::Kashier]), None);
    page.pass(60_000);
    assert_eq!(page.keys_sent().len(), 2, "nothing is created on load");
    page.start(Provider::Kashier);
    // A second tab of the same browser: the same key.
    let mut other = Page::new();
    other.keys = 500;
    other.stored.clone_from(&page.record);
    other.record.clone_from(&page.record);
    other.reload(config(&[Provider::Kashier]), None);
    other.start(Provider::Kashier);
    let keys: Vec<String> = page.keys_sent().into_iter().chain(other.keys_sent()).collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(keys.windows(2).all(|pair| pair.first() == pair.last()), "{keys:?}");
}

#[test]
fn row_4_5_a_payment_once_shown_is_found_again() {
    // After a reload.
    let mut page = at_the_code();
    page.reload(config(&[Provider::Cashi]), None);
    assert_eq!(page.ask_call().1, id("pay_1"));
    // After the tab has slept for a day: the clocks stood still, and then jumped.
    page.status_answers(Ok(cashi("pay_1", Status::Pending)));
    page.on(Event::Hidden);
    page.advance(24 * 3_600_000);
    assert!(page.on(Event::Woken).iter().any(is_ask));
    assert_eq!(page.ask_call().1, id("pay_1"));
    // In another tab.
    let mut other = Page::open(&[Provider::Cashi]);
    let record = page.record.clone().expect("remembered");
    other.on(Event::TabMessageReceived(TabMessage::HasRecord(record)));
    other.on(Event::ContinueAsked);
    assert_eq!(other.ask_call().1, id("pay_1"));
    // In another browser, to which nothing but the address has come.
    let mut elsewhere = Page::new();
    let returned = Returned { paywith: Some("pay_7".to_owned()), provider: None, id: None };
    elsewhere.reload(config(&[Provider::Kashier]), Some(returned));
    assert_eq!(elsewhere.ask_call().1, id("pay_7"));
    elsewhere.status_answers(Ok(kashier("pay_7", Status::Paid)));
    assert!(matches!(elsewhere.screen(), ScreenModel::Paid { .. }));
}

// 7. Waiting

#[test]
fn row_7_1_one_question_at_a_time_and_each_has_a_limit() {
    let mut page = at_the_code();
    page.pass(3_000);
    let (call, _) = page.ask_call();
    // Whatever happens meanwhile, no second one leaves beside it.
    page.on(Event::CheckAsked);
    page.on(Event::Woken);
    assert!(!page.pass(10_000).iter().any(is_ask));
    let effects = page.pass(6_000);
    assert!(effects.contains(&Effect::Abort { call }), "after 15 s it is given up: {effects:?}");
    assert!(page.pass(20_000).iter().any(is_ask), "and asked again");
}

#[test]
fn row_7_2_without_a_pace_of_the_server_two_and_a_half_seconds_grow_to_fifteen() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(bare(Status::Pending)));
    let gaps = gaps_ms(&mut page, &bare(Status::Pending), 60);
    assert!(gaps.first().is_some_and(|gap_ms| (2_500..2_600).contains(gap_ms)), "{gaps:?}");
    assert!(gaps.last().is_some_and(|gap_ms| (14_900..=15_100).contains(gap_ms)), "{gaps:?}");
    assert!(gaps.is_sorted_by(|one, next| *one <= next + 50), "{gaps:?}");
    // Jitter, so that not all shops' pages ask in the same moment.
    page.jitter_permille = 999;
    let later = gaps_ms(&mut page, &bare(Status::Pending), 2);
    assert!(later.last() > gaps.last(), "{later:?} is no later than {gaps:?}");
}

#[test]
fn row_7_2_the_servers_pause_is_kept() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page.pass(3_000);
    page.status_answers(Err(Failure::Busy { retry_after_ms: Some(20_000) }));
    assert!(!page.pass(19_000).iter().any(is_ask));
    assert!(page.pass(6_000).iter().any(is_ask));
}

#[test]
fn row_7_3_a_long_wait_where_the_backend_offers_it() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    let payment = Payment { wait_ms: Some(25_000), ..cashi("pay_1", Status::Pending) };
    page.create_answers(Ok(payment.clone()));
    let is_wait =
        |effect: &Effect| matches!(effect, Effect::FetchStatus { wait_ms: Some(25_000), .. });
    assert!(page.pass(3_000).iter().any(is_wait));
    page.advance(25_000);
    page.status_answers(Ok(payment));
    assert!(page.pass(400).iter().any(is_wait), "the next one follows at once");
}

#[test]
fn row_7_4_nothing_while_hidden_and_at_once_when_seen_again() {
    let mut page = at_the_code();
    page.on(Event::Hidden);
    let effects = page.pass(300_000);
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::FetchStatus { .. })));
    let effects = page.on(Event::Woken);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })));
}

#[test]
fn a_code_that_nobody_sees_wants_no_call_at_all() {
    let mut page = at_the_code();
    let effects = page.on(Event::Hidden);
    assert!(effects.contains(&Effect::Wake { at_ms: None }), "{effects:?}");
    page.advance(900_000);
    page.on(Event::Woken);
    assert!(!matches!(page.screen(), ScreenModel::Code(_)), "{:?}", page.screen());
}

#[test]
fn row_7_5_a_ten_minute_wait_costs_at_most_120_requests_at_any_pace_of_the_server() {
    for (poll_after_ms, wait_ms) in [
        (None, None),
        (Some(1), None),
        (Some(2_000), None),
        (Some(3_000), None),
        (Some(3_000), Some(25_000)),
    ] {
        let mut page = Page::open(&[Provider::Cashi]);
        page.start(Provider::Cashi);
        let payment = Payment { poll_after_ms, wait_ms, ..cashi("pay_1", Status::Pending) };
        page.create_answers(Ok(payment.clone()));
        let (mut asked, end_ms) = (0, page.now.monotonic_ms + 600_000);
        while page.now.monotonic_ms < end_ms {
            let effects = page.pass(100);
            let asks = effects.iter().find_map(|effect| match effect {
                Effect::FetchStatus { wait_ms, .. } => Some(wait_ms.unwrap_or(0)),
                _ => None,
            });
            if let Some(waits_ms) = asks {
                asked += 1;
                page.advance(waits_ms);
                page.status_answers(Ok(payment.clone()));
            }
        }
        println!("{asked} requests, pace {poll_after_ms:?}, wait {wait_ms:?}");
        assert!((20..=120).contains(&asked), "{asked} at {poll_after_ms:?}, {wait_ms:?}");
    }
}

#[test]
fn row_7_6_growth_applies_above_the_servers_pace_which_is_a_minimum() {
    let slow = Payment { poll_after_ms: Some(9_000), ..bare(Status::Pending) };
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(slow.clone()));
    let gaps = gaps_ms(&mut page, &slow, 60);
    assert!(gaps.iter().all(|gap_ms| *gap_ms >= 9_000), "{gaps:?}");
    assert!(gaps.last() > gaps.first(), "{gaps:?}");
}

#[test]
fn row_7_7_one_tab_asks_and_the_others_mirror_it_until_it_falls_silent() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Pending));
    page.on(Event::LeadershipChanged(false));
    for _ in 0..10 {
        let effects = page.pass(20_000);
        assert!(!effects.iter().any(is_ask), "it hears that nothing is new");
        let left_ms = Some(400_000);
        page.on(Event::TabMessageReceived(TabMessage::StillPending { id: id("pay_1"), left_ms }));
    }
    let effects = page.pass(60_000);
    assert!(effects.iter().any(is_ask), "nobody speaks: it asks itself");
}

#[test]
fn row_7_8_a_tab_that_goes_hidden_gives_the_asking_away() {
    let mut page = at_the_code();
    assert!(page.log.contains(&Effect::RequestLeadership(true)), "it has something to ask");
    assert!(page.on(Event::Hidden).contains(&Effect::RequestLeadership(false)));
    assert!(page.on(Event::Woken).contains(&Effect::RequestLeadership(true)));
}

#[test]
fn row_7_9_paid_is_never_mirrored_it_makes_each_tab_ask_for_itself() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Pending));
    page.on(Event::LeadershipChanged(false));
    page.pass(5_000);
    let effects = page.on(Event::TabMessageReceived(TabMessage::StatusChanged { id: id("pay_1") }));
    assert!(effects.iter().any(is_ask), "{effects:?}");
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
    assert_eq!(page.told(Moment::Paid { replayed: false }), 0);
    let effects = page.status_answers(Ok(cashi("pay_1", Status::Paid)));
    assert!(matches!(page.screen(), ScreenModel::Paid { .. }));
    assert!(
        effects.contains(&Effect::Broadcast(TabMessage::StatusChanged { id: id("pay_1") })),
        "the others look, too"
    );
}
