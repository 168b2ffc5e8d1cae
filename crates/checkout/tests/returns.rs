//! Reloads, returns and other browsers: what was known is found again, and nothing is believed.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{Effect, Event, Failure, Fault, FaultCode, Moment, Returned, ScreenModel};
use paywith_protocol::{Payment, Provider, Status};

fn at_the_code() -> Page {
    let mut page = Page::open(&[Provider::Cashi, Provider::Kashier]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

#[test]
fn a_reload_before_the_create_answer_creates_nothing_by_itself_and_keeps_the_key() {
    let mut page = Page::open(&[Provider::Kashier]);
    page.start(Provider::Kashier);
    let before = page.keys_sent();
    page.log.clear();
    page.reload(config(&[Provider::Kashier]), None);
    page.pass(60_000);
    assert!(page.keys_sent().is_empty(), "the widget never creates on load");
    assert!(matches!(page.screen(), ScreenModel::Choose { .. }));
    page.start(Provider::Kashier);
    assert_eq!(page.keys_sent(), before);
}

#[test]
fn a_return_is_checked_and_a_forged_one_stays_unpaid() {
    let mut page = Page::open(&[Provider::Kashier]);
    page.start(Provider::Kashier);
    let effects = page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    assert!(effects.contains(&Effect::Navigate { url: "https://pay.example/1".to_owned() }));
    let returned =
        Returned { paywith: Some("pay_1".to_owned()), provider: Some(Provider::Kashier), id: None };
    page.reload(config(&[Provider::Kashier]), Some(returned));
    assert!(matches!(page.screen(), ScreenModel::Checking { .. }));
    page.status_answers(Ok(kashier("pay_1", Status::Pending)));
    assert!(matches!(page.screen(), ScreenModel::Open { can_continue: true, .. }));
    assert_eq!(page.told(Moment::Paid { replayed: false }), 0);
    let effects = page.on(Event::ContinueAsked);
    assert!(effects.contains(&Effect::Navigate { url: "https://pay.example/1".to_owned() }));
}

#[test]
fn an_address_with_a_foreign_id_does_not_push_the_own_payment_aside() {
    let forged = [
        Returned { paywith: None, provider: Some(Provider::CashPay), id: Some(id("chg_1")) },
        Returned { paywith: Some("pay_forged".to_owned()), provider: None, id: None },
    ];
    for returned in forged {
        let mut page = Page::open(&[Provider::Kashier]);
        page.start(Provider::Kashier);
        page.create_answers(Ok(kashier("pay_1", Status::Pending)));
        page.reload(config(&[Provider::Kashier]), Some(returned));
        if page.ask_call().1 != id("pay_1") {
            let fault = Fault::new(FaultCode::NotFound, "404");
            page.status_answers(Err(Failure::Refused(fault)));
            page.pass(2_000);
        }
        assert_eq!(page.ask_call().1, id("pay_1"));
        page.status_answers(Ok(kashier("pay_1", Status::Pending)));
        assert!(matches!(page.screen(), ScreenModel::Open { .. }));
    }
}

#[test]
fn the_key_of_a_relayed_attempt_in_the_address_finds_its_payment() {
    let mut page = Page::open(&[Provider::Kashier]);
    page.start(Provider::Kashier);
    let key = page.keys_sent().first().cloned();
    page.create_answers(Ok(kashier("67ad", Status::Pending)));
    let returned = Returned { paywith: key, provider: Some(Provider::Kashier), id: None };
    page.reload(config(&[Provider::Kashier]), Some(returned));
    assert_eq!(page.ask_call().1, id("67ad"));
}

#[test]
fn paid_is_told_again_after_a_reload_and_says_so() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Paid));
    page.reload(config(&[Provider::Cashi]), None);
    page.status_answers(Ok(cashi("pay_1", Status::Paid)));
    assert_eq!(page.told(Moment::Paid { replayed: true }), 1);
}

#[test]
fn a_remembered_payment_that_the_backend_does_not_know_leads_back_to_the_buttons() {
    let mut page = at_the_code();
    page.reload(config(&[Provider::Cashi]), None);
    let fault = Fault::new(FaultCode::NotFound, "404");
    page.status_answers(Err(Failure::Refused(fault)));
    assert!(matches!(page.screen(), ScreenModel::Choose { notice: Some(FaultCode::NotFound), .. }));
}

/// Kashier's payment was replaced by one at CashPay, perhaps in another tab; then the shopper comes
/// back from Kashier's page.
fn back_from_a_replaced_payment() -> Page {
    let mut page = Page::open(&[Provider::Kashier, Provider::CashPay]);
    page.start(Provider::Kashier);
    page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    page.on(Event::Woken);
    page.status_answers(Ok(kashier("pay_1", Status::Pending)));
    page.start(Provider::CashPay);
    page.create_answers(Ok(at_cashpay("pay_2")));
    let returned =
        Returned { paywith: Some("pay_1".to_owned()), provider: Some(Provider::Kashier), id: None };
    page.log.clear();
    page.reload(config(&[Provider::Kashier, Provider::CashPay]), Some(returned));
    assert_eq!(page.ask_call().1, id("pay_1"));
    page
}

fn at_cashpay(payment_id: &str) -> Payment {
    Payment { provider: Provider::CashPay, ..kashier(payment_id, Status::Pending) }
}

fn recorded(page: &Page) -> Option<String> {
    let payment = page.record.as_ref()?.payment.as_ref()?;
    Some(payment.id.as_str().to_owned())
}

#[test]
fn a_return_from_a_payment_that_has_ended_leads_to_the_one_that_is_open() {
    for end in [Status::Expired, Status::Failed, Status::Canceled] {
        let mut page = back_from_a_replaced_payment();
        page.status_answers(Ok(kashier("pay_1", end)));
        assert_eq!(recorded(&page).as_deref(), Some("pay_2"), "{end:?}: the open one stays known");
        page.pass(1_500);
        assert_eq!(page.ask_call().1, id("pay_2"));
        page.status_answers(Ok(at_cashpay("pay_2")));
        let screen = page.screen();
        let is_open = matches!(
            screen,
            ScreenModel::Open { provider: Some(Provider::CashPay), can_continue: true, .. }
        );
        assert!(is_open, "{end:?}: {screen:?}");
        // The one that has ended may still be paid.
        page.pass(25_000);
        let asked = page.log.iter().filter(
            |effect| matches!(effect, Effect::FetchStatus { id: asked, .. } if *asked == id("pay_1")),
        );
        assert!(asked.count() >= 1, "{end:?}");
        assert!(page.keys_sent().is_empty(), "{end:?}");
    }
}

#[test]
fn a_new_code_is_not_asked_for_while_another_payment_may_be_open() {
    let mut page = back_from_a_replaced_payment();
    page.status_answers(Ok(kashier("pay_1", Status::Expired)));
    page.pass(1_500);
    // How the other one stands is not known yet.
    page.status_answers(Err(Failure::Unreachable));
    page.on(Event::RenewAsked);
    assert!(page.keys_sent().is_empty(), "two payments could be paid");
    page.pass(2_000);
    assert_eq!(page.ask_call().1, id("pay_2"));
    page.status_answers(Ok(at_cashpay("pay_2")));
    assert!(matches!(page.screen(), ScreenModel::Open { provider: Some(Provider::CashPay), .. }));
}

#[test]
fn a_start_after_a_return_from_an_ended_payment_replaces_the_open_one() {
    let mut page = back_from_a_replaced_payment();
    page.status_answers(Ok(kashier("pay_1", Status::Expired)));
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_2")));
}

#[test]
fn once_both_have_ended_the_returned_one_is_remembered_and_a_new_code_is_a_new_attempt() {
    let mut page = back_from_a_replaced_payment();
    page.status_answers(Ok(kashier("pay_1", Status::Failed)));
    page.pass(1_500);
    page.status_answers(Ok(Payment { status: Status::Expired, ..at_cashpay("pay_2") }));
    assert!(matches!(page.screen(), ScreenModel::Ended { provider: Some(Provider::Kashier), .. }));
    assert_eq!(recorded(&page).as_deref(), Some("pay_1"));
    page.on(Event::RenewAsked);
    assert_eq!(page.keys_sent().len(), 1, "the shopper is not kept from paying");
}

#[test]
fn a_payment_that_a_refused_create_told_of_is_named_by_the_next_one() {
    let mut page = Page::open(&[Provider::Cashi, Provider::Kashier]);
    page.start(Provider::Cashi);
    let open = Failure::PaymentOpen(Box::new(at_cashpay("pay_9")));
    page.create_answers(Err(open));
    page.on(Event::CancelAsked);
    page.pass(25_000);
    assert_eq!(page.ask_call().1, id("pay_9"));
    page.status_answers(Ok(at_cashpay("pay_9")));
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_9")));
}

#[test]
fn a_payment_that_comes_back_promises_no_time_that_has_passed() {
    let mut page = Page::open(&[Provider::Kashier, Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    let returned =
        Returned { paywith: Some("pay_1".to_owned()), provider: Some(Provider::Kashier), id: None };
    page.reload(config(&[Provider::Kashier, Provider::Cashi]), Some(returned));
    page.status_answers(Ok(kashier("pay_1", Status::Failed)));
    page.pass(1_500);
    assert_eq!(page.ask_call().1, id("pay_2"));
    // Its answer is long on its way.
    page.advance(12_000);
    let payment = Payment { expires_in_ms: Some(100_000), ..cashi("pay_2", Status::Pending) };
    page.status_answers(Ok(payment));
    assert!(matches!(page.screen(), ScreenModel::Code(_)), "{:?}", page.screen());
    assert!(page.view().countdown.code_s.is_some_and(|left_s| left_s <= 88));
}

#[test]
fn the_open_payment_is_asked_about_before_it_is_shown_when_its_news_is_old() {
    let mut page = Page::open(&[Provider::Kashier, Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    let returned =
        Returned { paywith: Some("pay_1".to_owned()), provider: Some(Provider::Kashier), id: None };
    page.reload(config(&[Provider::Kashier, Provider::Cashi]), Some(returned));
    page.status_answers(Err(Failure::Unreachable));
    assert_eq!(page.ask_call().1, id("pay_2"));
    page.status_answers(Ok(cashi("pay_2", Status::Pending)));
    page.pass(8_000);
    assert_eq!(page.ask_call().1, id("pay_1"));
    page.status_answers(Ok(kashier("pay_1", Status::Failed)));
    assert!(matches!(page.screen(), ScreenModel::Checking { provider: Some(Provider::Cashi) }));
    page.pass(1_000);
    assert_eq!(page.ask_call().1, id("pay_2"));
    page.status_answers(Ok(cashi("pay_2", Status::Pending)));
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
}

#[test]
fn a_look_that_was_asked_for_is_owed_to_a_payment_that_gives_way() {
    let mut page = back_from_a_replaced_payment();
    page.status_answers(Ok(kashier("pay_1", Status::Expired)));
    page.pass(1_500);
    assert_eq!(page.ask_call().1, id("pay_2"));
    // The page is looked at while that question is under way.
    page.on(Event::Woken);
    let before = page.log.len();
    page.status_answers(Ok(at_cashpay("pay_2")));
    page.pass(2_000);
    let is_asked = |effect: &Effect| matches!(effect, Effect::FetchStatus { id: asked, .. } if *asked == id("pay_1"));
    assert!(page.log.iter().skip(before).any(is_asked));
}

#[test]
fn a_code_whose_time_is_over_here_is_named_by_the_next_one_not_the_payment_that_it_replaced() {
    let mut page = Page::open(&[Provider::Kashier, Provider::Cashi]);
    page.start(Provider::Kashier);
    page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    page.on(Event::ResetAsked);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    // The replaced one is answered about later than the code, and the code never again.
    for _ in 0..400 {
        let effects = page.pass(2_000);
        if effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            let is_old = page.ask_call().1 == id("pay_1");
            let open = kashier("pay_1", Status::Pending);
            page.status_answers(if is_old { Ok(open) } else { Err(Failure::Unreachable) });
        }
    }
    assert!(matches!(page.screen(), ScreenModel::Ended { .. }), "{:?}", page.screen());
    page.on(Event::ResetAsked);
    page.start(Provider::Cashi);
    assert_eq!(page.superseded(), Some(id("pay_2")));
    // The answer to that is lost, and the shopper chooses otherwise.
    page.create_answers(Err(Failure::Unreachable));
    page.on(Event::CancelAsked);
    page.start(Provider::Kashier);
    assert_eq!(page.superseded(), Some(id("pay_2")));
}
