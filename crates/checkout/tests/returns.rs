//! Reloads, returns and other browsers: what was known is found again, and nothing is believed.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{Effect, Event, Failure, Fault, FaultCode, Moment, Returned, ScreenModel};
use paywith_protocol::{Provider, Status};

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
