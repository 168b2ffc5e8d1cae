//! Several tabs of one browser with one order, and windows of their own.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{
    Config, Effect, Event, Failure, Mode, Moment, Record, ScreenModel, TabMessage,
};
use paywith_protocol::{Payment, Provider, Status};

fn said(effects: &[Effect]) -> Vec<TabMessage> {
    let word = |effect: &Effect| match effect {
        Effect::Broadcast(word) => Some(word.clone()),
        _ => None,
    };
    effects.iter().filter_map(word).collect()
}

fn at_the_code() -> Page {
    let mut page = Page::open(&[Provider::Cashi, Provider::Kashier]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

fn receive(page: &mut Page, message: TabMessage) -> Vec<Effect> {
    page.on(Event::TabMessageReceived(message))
}

#[test]
fn a_second_tab_says_where_the_payment_is_and_goes_on_with_it() {
    let mut first = at_the_code();
    let record = first.record.clone().expect("remembered");
    let mut second = Page::open(&[Provider::Cashi, Provider::Kashier]);
    receive(&mut second, TabMessage::HasRecord(record));
    assert!(
        matches!(second.screen(), ScreenModel::Elsewhere { provider: Some(Provider::Cashi) }),
        "{:?}",
        second.screen()
    );
    second.stored.clone_from(&first.record);
    second.on(Event::ContinueAsked);
    assert_eq!(second.ask_call().1, id("pay_1"));
    second.status_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(matches!(second.screen(), ScreenModel::Code(_)));
    assert!(second.keys_sent().is_empty(), "nothing was created");
    assert!(matches!(first.on(Event::Ticked).as_slice(), [.., Effect::Wake { .. }]));
}

#[test]
fn a_message_that_was_long_on_its_way_adds_no_time() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Pending));
    page.on(Event::LeadershipChanged(false));
    page.pass(30_000);
    let left_ms = |page: &Page| match page.screen() {
        ScreenModel::Code(_) => page.view().countdown.code_s.expect("a deadline") * 1_000,
        other => panic!("{other:?}"),
    };
    let before = left_ms(&page);
    receive(
        &mut page,
        TabMessage::StillPending { id: id("pay_1"), left_ms: Some(before + 30_000) },
    );
    assert_eq!(left_ms(&page), before);
    receive(&mut page, TabMessage::StillPending { id: id("pay_1"), left_ms: Some(before - 7_000) });
    assert_eq!(left_ms(&page), before - 7_000);
}

#[test]
fn a_click_goes_on_with_what_another_tab_has_begun() {
    let first = at_the_code();
    let mut second = Page::open(&[Provider::Cashi]);
    second.on(Event::StartAsked(Some(Provider::Cashi)));
    second.stored.clone_from(&first.record);
    second.on(Event::StartAllowed(Provider::Cashi));
    assert!(second.keys_sent().is_empty(), "no second payment");
    assert_eq!(second.ask_call().1, id("pay_1"));
}

#[test]
fn two_tabs_that_start_in_the_same_moment_go_on_with_one_key() {
    let mut one = Page::open(&[Provider::Cashi]);
    let mut two = Page::open(&[Provider::Cashi]);
    two.keys = 500;
    let (of_one, of_two) = (one.start(Provider::Cashi), two.start(Provider::Cashi));
    for word in said(&of_two) {
        receive(&mut one, word);
    }
    for word in said(&of_one) {
        receive(&mut two, word);
    }
    assert_eq!(one.keys_sent().last(), two.keys_sent().last());
}

#[test]
fn a_code_that_another_tab_has_replaced_leaves_the_screen() {
    let mut shown = at_the_code();
    let mut other = Page::new();
    other.record.clone_from(&shown.record);
    other.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
    other.next_status(cashi("pay_1", Status::Expired));
    other.stored.clone_from(&shown.record);
    let effects = other.on(Event::RenewAsked);
    for word in said(&effects) {
        receive(&mut shown, word);
    }
    assert!(matches!(shown.screen(), ScreenModel::Elsewhere { .. }), "{:?}", shown.screen());
    assert_eq!(shown.told(Moment::Superseded), 1);
}

#[test]
fn of_two_records_the_one_with_more_changes_stays_and_old_payments_add_up() {
    let page = at_the_code();
    let newer = page.record.clone().expect("remembered");
    let older = Record { version: newer.version - 1, ..newer.clone() };
    assert_eq!(newer.clone().reconcile(Some(older.clone())), (newer.clone(), None));
    assert_eq!(older.reconcile(Some(newer.clone())), (newer.clone(), Some(newer)));
}

#[test]
fn a_replaced_payment_is_watched_by_the_next_document_too() {
    let mut page = at_the_code();
    page.on(Event::ResetAsked);
    page.start(Provider::Kashier);
    page.create_answers(Ok(kashier("pay_2", Status::Pending)));
    page.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
    page.status_answers(Ok(kashier("pay_2", Status::Pending)));
    for _ in 0..60 {
        let effects = page.pass(1_000);
        if effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            let (_, asked) = page.ask_call();
            let paid = Payment { id: asked.clone(), ..cashi("x", Status::Paid) };
            let pending = Payment { id: asked.clone(), ..kashier("x", Status::Pending) };
            page.status_answers(Ok(if asked == id("pay_1") { paid } else { pending }));
        }
    }
    assert!(
        matches!(page.screen(), ScreenModel::Paid { is_late: true, .. }),
        "{:?}",
        page.screen()
    );
}

fn popup() -> Page {
    let mut page = Page::new();
    let config = Config { mode: Mode::Popup, ..config(&[Provider::Kashier]) };
    page.reload(config, None);
    page
}

#[test]
fn the_window_is_opened_in_the_click_and_filled_when_its_address_is_known() {
    let mut page = popup();
    let effects = page.start(Provider::Kashier);
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted);
    let opened = place(|effect| matches!(effect, Effect::OpenWindow)).expect("opened");
    let created = place(|effect| matches!(effect, Effect::Create { .. })).expect("created");
    assert!(opened < created);
    let effects = page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ShowInWindow { .. })));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Navigate { .. })));
    let effects = page.next_status(kashier("pay_1", Status::Paid));
    assert!(effects.contains(&Effect::CloseWindow));
}

#[test]
fn a_window_that_the_browser_refuses_falls_back_to_this_tab() {
    let mut page = popup();
    page.start(Provider::Kashier);
    page.on(Event::WindowBlocked);
    let effects = page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Navigate { .. })));
}

#[test]
fn a_window_that_is_closed_causes_one_question_and_offers_to_go_on() {
    let mut page = popup();
    page.start(Provider::Kashier);
    page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    let effects = page.on(Event::WindowClosed);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })));
    assert!(matches!(page.screen(), ScreenModel::Open { can_continue: true, .. }));
    let effects = page.on(Event::ContinueAsked);
    assert!(effects.contains(&Effect::OpenWindow));
}

#[test]
fn a_code_needs_no_window() {
    let mut page = Page::new();
    page.reload(Config { mode: Mode::Popup, ..config(&[Provider::Cashi]) }, None);
    assert!(!page.start(Provider::Cashi).contains(&Effect::OpenWindow));
}

#[test]
fn in_redirect_mode_a_code_is_shown_on_the_providers_own_page() {
    let mut page = Page::new();
    page.reload(Config { mode: Mode::Redirect, ..config(&[Provider::Cashi]) }, None);
    page.start(Provider::Cashi);
    let Some(paywith_protocol::Action::Qr { payload, image, .. }) =
        cashi("pay_1", Status::Pending).action
    else {
        panic!("a code");
    };
    let checkout_url = Some("https://cashi.example/1".to_owned());
    let action = Some(paywith_protocol::Action::Qr { payload, image, checkout_url });
    let effects = page.create_answers(Ok(Payment { action, ..cashi("pay_1", Status::Pending) }));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Navigate { .. })));
}

#[test]
fn an_attempt_of_another_tab_that_brought_no_payment_yet_says_which_one_is_open() {
    let mut first = Page::open(&[Provider::Cashi, Provider::Kashier]);
    first.start(Provider::Cashi);
    first.create_answers(Ok(cashi("pay_1", Status::Pending)));
    first.next_status(cashi("pay_1", Status::Failed));
    first.on(Event::ResetAsked);
    first.start(Provider::Kashier);
    let open = Payment { provider: Provider::CashPay, ..kashier("pay_9", Status::Pending) };
    first.create_answers(Err(Failure::PaymentOpen(Box::new(open))));
    // The answer to the next call is on its way when another tab is opened and begins anew.
    let mut second = Page::new();
    second.keys = 500;
    second.record.clone_from(&first.record);
    second.stored.clone_from(&first.record);
    second.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
    second.on(Event::TabMessageReceived(TabMessage::HasRecord(
        first.record.clone().expect("remembered"),
    )));
    second.on(Event::ResetAsked);
    second.start(Provider::CashPay);
    assert_eq!(second.superseded(), Some(id("pay_9")));
}

#[test]
fn without_a_storage_the_payment_that_is_known_to_be_open_is_named_whatever_another_tab_says() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Pending));
    // The other tab has never heard of it, and has changed its own record more often.
    let mut other = Page::open(&[Provider::Kashier]);
    other.keys = 500;
    other.start(Provider::Kashier);
    other.create_answers(Ok(kashier("pay_7", Status::Pending)));
    other.on(Event::Woken);
    other.status_answers(Ok(kashier("pay_7", Status::Failed)));
    other.start(Provider::CashPay);
    let record = other.record.clone().expect("remembered");
    receive(&mut page, TabMessage::HasRecord(Record { version: 9, ..record }));
    assert!(matches!(page.screen(), ScreenModel::Elsewhere { .. }), "{:?}", page.screen());
    page.on(Event::ResetAsked);
    page.log.clear();
    page.start(Provider::Cashi);
    assert_eq!(page.superseded(), Some(id("pay_1")));
}

#[test]
fn a_payment_that_another_tab_has_open_is_still_known_to_be_open() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    let refused = kashier("pay_1", Status::Pending);
    page.create_answers(Err(Failure::PaymentOpen(Box::new(refused))));
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    page.next_status(cashi("pay_2", Status::Pending));
    page.on(Event::ResetAsked);
    let record = page.record.clone().expect("remembered");
    // The other tab has given the payment up, and the backend has not heard of that.
    receive(&mut page, TabMessage::HasRecord(Record { attempt: None, version: 9, ..record }));
    page.on(Event::ResetAsked);
    page.log.clear();
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_2")));
}

#[test]
fn a_payment_that_is_looked_for_again_is_still_known_to_be_open() {
    let mut page = at_the_code();
    page.on(Event::ResetAsked);
    page.on(Event::ResumeAsked);
    // Without a storage another tab's word may be the newer one, and know nothing of the payment.
    let mut other = Page::open(&[Provider::CashPay]);
    other.keys = 500;
    other.start(Provider::CashPay);
    let record = other.record.clone().expect("remembered");
    receive(&mut page, TabMessage::HasRecord(Record { version: 9, ..record }));
    page.on(Event::ResetAsked);
    page.log.clear();
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_1")));
}

#[test]
fn what_was_replaced_here_is_not_taken_for_open_because_it_was_so_before() {
    let mut page = Page::open(&[Provider::Kashier, Provider::Cashi]);
    page.start(Provider::Kashier);
    page.create_answers(Err(Failure::PaymentOpen(Box::new(cashi("pay_2", Status::Pending)))));
    page.create_answers(Ok(kashier("pay_3", Status::Pending)));
    // Without a storage: the other tab only knows that the replaced one has ended.
    let mut other = at_the_code();
    other.next_status(cashi("pay_1", Status::Expired));
    let mut record = other.record.clone().expect("remembered");
    record.version = 9;
    record.payment.as_mut().expect("a payment").id = id("pay_2");
    receive(&mut page, TabMessage::HasRecord(record));
    assert!(matches!(page.screen(), ScreenModel::Elsewhere { .. }), "{:?}", page.screen());
    page.on(Event::ResetAsked);
    page.log.clear();
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_3")));
}

#[test]
fn of_two_open_payments_the_one_that_was_answered_last_is_named() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Pending));
    let mut other = Page::new();
    other.keys = 500;
    other.record.clone_from(&page.record);
    other.reload(config(&[Provider::Cashi, Provider::Kashier]), None);
    other.next_status(cashi("pay_1", Status::Expired));
    other.stored.clone_from(&other.record);
    other.on(Event::RenewAsked);
    other.on(Event::CancelAsked);
    other.start(Provider::CashPay);
    other.create_answers(Err(Failure::PaymentOpen(Box::new(cashi("pay_2", Status::Pending)))));
    let record = other.record.clone().expect("remembered");
    receive(&mut page, TabMessage::HasRecord(record.clone()));
    page.on(Event::Woken);
    for _ in 0..3 {
        let (_, asked) = page.ask_call();
        if asked == id("pay_2") {
            page.status_answers(Ok(cashi("pay_2", Status::Pending)));
        } else {
            page.status_answers(Err(Failure::Unreachable));
        }
        page.pass(1_500);
    }
    // The same record once more puts the other payment behind it in the order of looking.
    receive(&mut page, TabMessage::HasRecord(Record { version: record.version + 1, ..record }));
    page.on(Event::ResetAsked);
    page.log.clear();
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_2")));
}
