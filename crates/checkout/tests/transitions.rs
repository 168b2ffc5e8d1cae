//! What a change of the state brings with it, where no other test looks: each was written for a mutant of
//! `cargo mutants` that survived all the others.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id};
use paywith_checkout::{
    Config, Effect, Event, Failure, Moment, Record, Returned, ScreenModel, StoredPayment,
    TabMessage,
};
use paywith_protocol::{Payment, Provider, Status};

fn at_the_code() -> Page {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

fn is_fetch(effect: &Effect) -> bool {
    matches!(effect, Effect::FetchStatus { .. })
}

/// The page shows another order, of which this browser knows `record`.
fn show_order(page: &mut Page, order: &str, record: Option<Record>) -> Vec<Effect> {
    let config = Config { order: order.to_owned(), ..config(&[Provider::Cashi]) };
    page.on(Event::Configured { config: Ok(config), record })
}

fn record_of(payment_id: &str) -> Record {
    let payment = StoredPayment {
        id: id(payment_id),
        provider: Some(Provider::Cashi),
        is_of_attempt: true,
        paid_event_sent: false,
    };
    Record { payment: Some(payment), ..Record::default() }
}

/// A document that looks nothing up, of the same browser.
fn reload_without_resuming(page: &mut Page) {
    page.reload(Config { is_resuming: false, ..config(&[Provider::Cashi]) }, None);
}

#[test]
fn another_order_ends_the_calls_of_the_one_before_and_gives_the_leadership_back() {
    let mut page = at_the_code();
    page.on(Event::CheckAsked);
    let (call, _) = page.ask_call();
    let effects = show_order(&mut page, "INV-2", None);
    assert!(effects.contains(&Effect::Abort { call }), "{effects:?}");
    assert!(effects.contains(&Effect::RequestLeadership(false)), "{effects:?}");
    assert!(!page.pass(120_000).iter().any(is_fetch), "nobody asks about the order before");
}

#[test]
fn another_order_resumes_its_own_payment_and_numbers_its_calls_on() {
    let mut page = at_the_code();
    page.on(Event::CheckAsked);
    let (before, _) = page.ask_call();
    show_order(&mut page, "INV-2", Some(record_of("pay_2")));
    assert!(matches!(page.screen(), ScreenModel::Checking { .. }), "{:?}", page.screen());
    page.pass(2_000);
    let (call, asked) = page.ask_call();
    assert_eq!(asked, id("pay_2"));
    assert!(call > before, "an answer to call {before} is not taken for one to {call}");
}

#[test]
fn paid_is_told_once_in_a_document_that_shows_another_order_meanwhile() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Paid));
    let record = Record { ..record_of("pay_1") };
    show_order(&mut page, "INV-2", None);
    show_order(&mut page, "INV-9921", Some(record));
    page.pass(2_000);
    page.status_answers(Ok(cashi("pay_1", Status::Paid)));
    assert!(matches!(page.screen(), ScreenModel::Paid { .. }));
    let paid = page.log.iter().filter(|e| matches!(e, Effect::Emit(Moment::Paid { .. }, _)));
    assert_eq!(paid.count(), 1);
}

#[test]
fn another_order_changes_neither_who_leads_nor_whether_the_page_is_seen() {
    let mut page = at_the_code();
    page.on(Event::LeadershipChanged(false));
    show_order(&mut page, "INV-2", None);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    assert!(!page.pass(20_000).iter().any(is_fetch), "another tab polls");

    let mut page = at_the_code();
    page.on(Event::Hidden);
    let effects = show_order(&mut page, "INV-2", Some(record_of("pay_2")));
    assert!(!effects.iter().any(is_fetch) && !page.pass(20_000).iter().any(is_fetch));
    assert!(page.on(Event::Woken).iter().any(is_fetch));
}

#[test]
fn a_clock_that_is_set_after_another_order_came_is_noticed() {
    let mut page = at_the_code();
    page.pass(1_000);
    let effects = show_order(&mut page, "INV-2", Some(record_of("pay_2")));
    assert!(effects.iter().any(is_fetch), "{effects:?}");
    let (call, _) = page.ask_call();
    page.now.wall_ms += 3_600_000;
    let effects = page.on(Event::Ticked);
    assert!(effects.contains(&Effect::Abort { call }), "{effects:?}");
}

#[test]
fn a_payment_of_which_another_tab_was_told_paid_is_asked_about_here() {
    let key = at_the_code().record.and_then(|record| record.attempt);
    for paid_event_sent in [false, true] {
        let mut page = Page::open(&[Provider::Cashi]);
        let mut record = Record { attempt: key.clone(), version: 9, ..record_of("pay_1") };
        if let Some(payment) = &mut record.payment {
            payment.paid_event_sent = paid_event_sent;
        }
        page.on(Event::TabMessageReceived(TabMessage::HasRecord(record)));
        let is_checking = matches!(page.screen(), ScreenModel::Checking { .. });
        assert_eq!(is_checking, paid_event_sent, "{:?}", page.screen());
    }
}

#[test]
fn a_paid_payment_stays_that_of_its_attempt_and_no_other_becomes_one() {
    let stored = |page: &Page| page.record.clone().and_then(|record| record.payment);
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Paid));
    assert!(stored(&page).is_some_and(|payment| payment.is_of_attempt && payment.paid_event_sent));

    let mut page = Page::new();
    let returned = Returned { paywith: Some("pay_9".to_owned()), provider: None, id: None };
    page.reload(config(&[Provider::Cashi]), Some(returned));
    page.status_answers(Ok(cashi("pay_9", Status::Paid)));
    assert!(stored(&page).is_some_and(|payment| !payment.is_of_attempt && payment.paid_event_sent));
}

#[test]
fn a_status_that_changes_is_told_once_and_one_that_does_not_is_not() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Pending));
    assert_eq!(page.told(Moment::StatusChange), 0);
    page.next_status(cashi("pay_1", Status::Processing));
    page.next_status(cashi("pay_1", Status::Processing));
    assert_eq!(page.told(Moment::StatusChange), 1);
}

#[test]
fn a_create_answer_forgets_neither_that_paid_was_told_nor_what_was_shown_before() {
    let stored = |page: &Page| page.record.clone().and_then(|record| record.payment);
    // Told before, and answered again: it stays told.
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Paid));
    reload_without_resuming(&mut page);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Paid)));
    assert!(stored(&page).is_some_and(|payment| payment.paid_event_sent));
    // Never told: it does not become so.
    let mut page = at_the_code();
    reload_without_resuming(&mut page);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(stored(&page).is_some_and(|payment| !payment.paid_event_sent));
    let retired =
        |page: &Page| page.record.clone().map(|record| record.retired).unwrap_or_default();
    assert!(retired(&page).is_empty(), "what is shown is not retired");
    // The same key brings another payment: the one before can still be paid.
    reload_without_resuming(&mut page);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    assert!(retired(&page).iter().any(|watch| watch.id == id("pay_1")), "{:?}", retired(&page));
}

#[test]
fn a_create_call_without_an_answer_is_sent_again_after_pauses_that_double() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    for pause_ms in [1_500, 3_000, 6_000, 12_000, 15_000, 15_000] {
        page.create_answers(Err(Failure::Unreachable));
        let is_create = |effect: &Effect| matches!(effect, Effect::Create { .. });
        assert!(!page.pass(pause_ms - 50).iter().any(is_create), "{pause_ms}");
        assert!(page.pass(100).iter().any(is_create), "{pause_ms}");
    }
    page.create_answers(Err(Failure::Busy { retry_after_ms: Some(40_000) }));
    assert_eq!(page.keys_sent().len(), 7);
    page.pass(39_000);
    assert_eq!(page.keys_sent().len(), 7, "the server's pause is longer");
    page.pass(1_100);
    assert_eq!(page.keys_sent().len(), 8);
}

#[test]
fn a_code_that_ended_here_comes_back_while_the_backend_names_time_left() {
    for (left_ms, comes_back) in [(300_000, true), (0, false)] {
        let mut page = at_the_code();
        page.pass(620_000);
        assert!(matches!(page.screen(), ScreenModel::Ended { .. }), "{:?}", page.screen());
        let payment = cashi("pay_1", Status::Pending);
        page.next_status(Payment { expires_in_ms: Some(left_ms), ..payment });
        let is_code = matches!(page.screen(), ScreenModel::Code(_));
        assert_eq!(is_code, comes_back, "{left_ms}: {:?}", page.screen());
    }
}
