//! The outside world, as far as the machine answers it: each test is named after its row in
//! `docs/reliability.md`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{
    Check, Config, Effect, Event, Failure, Fault, FaultCode, Moment, Picture, ScreenModel,
};
use paywith_protocol::{Action, Payment, Provider, Status};

fn fault(code: FaultCode) -> Fault {
    Fault::new(code, "what it may be")
}

fn faults(page: &Page, code: FaultCode) -> usize {
    let is_it = |effect: &&Effect| matches!(effect, Effect::EmitFault(fault) if fault.code == code);
    page.log.iter().filter(is_it).count()
}

fn at_the_code(config: Config) -> Page {
    let mut page = Page::new();
    page.reload(config, None);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

fn picture(page: &Page) -> Picture {
    match page.screen() {
        ScreenModel::Code(code) => code.picture,
        other => panic!("{other:?}"),
    }
}

/// Draws the code as the shell does.
fn draw(page: &mut Page) {
    let drawing = paywith_checkout::Drawing {
        url: "data:,x".to_owned(),
        outline: "M0 0h1v1h-1z".to_owned(),
        side_modules: 65,
    };
    page.on(Event::CodeDrawn { id: id("pay_1"), picture: Some(drawing) });
}

#[test]
fn a7_a_picture_that_is_not_shown_becomes_an_outline_and_one_fault() {
    let mut page = at_the_code(config(&[Provider::Cashi]));
    draw(&mut page);
    for _ in 0..2 {
        page.on(Event::PictureBlocked { id: id("pay_1") });
        assert!(matches!(picture(&page), Picture::Outlined(_)));
    }
    assert_eq!(faults(&page, FaultCode::PictureBlocked), 1);
    page.next_status(cashi("pay_1", Status::Paid));
    assert!(matches!(page.screen(), ScreenModel::Paid { .. }));
}

#[test]
fn a7_a_providers_picture_that_is_not_shown_leaves_its_page_or_the_buttons() {
    for page_url in [Some("https://cashi.id/pay/1".to_owned()), None] {
        let mut page = Page::open(&[Provider::Cashi]);
        page.start(Provider::Cashi);
        let image = Some("data:image/png;base64,AA".to_owned());
        let action = Action::Qr { payload: None, image, checkout_url: page_url.clone() };
        page.create_answers(Ok(Payment {
            action: Some(action),
            ..cashi("pay_1", Status::Pending)
        }));
        page.on(Event::PictureBlocked { id: id("pay_1") });
        match page_url {
            Some(_) => assert_eq!(picture(&page), Picture::Elsewhere),
            None => assert!(matches!(
                page.screen(),
                ScreenModel::Choose { notice: Some(FaultCode::PictureBlocked), .. }
            )),
        }
        assert_eq!(faults(&page, FaultCode::PictureBlocked), 1);
    }
}

#[test]
fn a7_news_of_another_codes_picture_changes_nothing() {
    let mut page = at_the_code(config(&[Provider::Cashi]));
    draw(&mut page);
    page.on(Event::PictureBlocked { id: id("pay_2") });
    assert!(matches!(picture(&page), Picture::Drawn(_)));
}

#[test]
fn b3_a_call_that_is_kept_from_the_backend_is_told_once_and_tried_again() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    page.create_answers(Err(Failure::Unreachable));
    assert!(page.view().trouble.is_some_and(|trouble| trouble.is_network));
    for _ in 0..3 {
        page.pass(20_000);
        page.create_answers(Err(Failure::Blocked(fault(FaultCode::CallBlocked))));
        assert!(page.view().trouble.is_some_and(|trouble| !trouble.is_network));
    }
    assert_eq!(faults(&page, FaultCode::CallBlocked), 1);
    let keys = page.keys_sent();
    assert!(keys.len() > 3 && keys.iter().all(|key| Some(key) == keys.first()), "{keys:?}");
    page.pass(20_000);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
    page.pass(3_000);
    page.status_answers(Err(Failure::Blocked(fault(FaultCode::CallBlocked))));
    assert!(matches!(page.screen(), ScreenModel::Code(_)), "trouble is no state");
}

#[test]
fn b3_an_offer_that_is_kept_from_the_page_is_asked_for_again() {
    let mut page = Page::new();
    page.reload(Config { providers: None, ..config(&[]) }, None);
    for tried in 1..4 {
        let call = page.log.iter().rev().find_map(|effect| match effect {
            Effect::LoadOffer { call } => Some(*call),
            _ => None,
        });
        let result = Err(Failure::Blocked(fault(FaultCode::CallBlocked)));
        page.on(Event::OfferAnswered { call: call.expect("a call"), result });
        page.pass(20_000);
        let asked = |effect: &&Effect| matches!(effect, Effect::LoadOffer { .. });
        assert_eq!(page.log.iter().filter(asked).count(), tried + 1);
    }
    assert_eq!(faults(&page, FaultCode::CallBlocked), 1);
}

#[test]
fn b5_an_answer_that_names_the_same_time_left_again_never_puts_the_end_off() {
    let mut page = at_the_code(config(&[Provider::Cashi]));
    for _ in 0..400 {
        let is_over = matches!(page.screen(), ScreenModel::Ended { .. });
        if is_over {
            break;
        }
        if page.pass(3_000).iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            // From a cache: what was said when the code was new.
            page.status_answers(Ok(cashi("pay_1", Status::Pending)));
        }
    }
    assert!(matches!(page.screen(), ScreenModel::Ended { .. }), "{:?}", page.screen());
    assert_eq!(page.told(Moment::Expired), 1);
}

#[test]
fn h9_a_look_of_the_shoppers_says_when_it_was_and_that_it_was_not_paid() {
    let mut page = Page::open(&[Provider::Kashier]);
    page.start(Provider::Kashier);
    page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    page.on(Event::Hidden);
    page.on(Event::Woken);
    page.status_answers(Ok(kashier("pay_1", Status::Pending)));
    assert_eq!(page.view().check, None, "nobody asked");
    page.on(Event::CheckAsked);
    assert_eq!(page.view().check, Some(Check::Asked));
    page.pass(2_000);
    page.status_answers(Ok(kashier("pay_1", Status::Pending)));
    let at_wall_ms = page.now.wall_ms;
    assert_eq!(page.view().check, Some(Check::Answered { at_wall_ms }));
    page.on(Event::CheckAsked);
    page.pass(2_000);
    page.status_answers(Err(Failure::Unreachable));
    assert_eq!(page.view().check, None, "the trouble says it");
    page.next_status(kashier("pay_1", Status::Paid));
    assert_eq!(page.view().check, None, "it is paid");
}

fn going_on() -> Config {
    let success_url = Some("https://shop.example/thanks/INV-9921".to_owned());
    Config { success_url, ..config(&[Provider::Cashi]) }
}

fn leaves(page: &Page) -> usize {
    page.log.iter().filter(|effect| matches!(effect, Effect::Leave { .. })).count()
}

#[test]
fn success_url_is_a_button_at_once_and_the_page_goes_by_itself_after_three_seconds() {
    let mut page = at_the_code(going_on());
    page.next_status(cashi("pay_1", Status::Paid));
    assert!(matches!(page.screen(), ScreenModel::Paid { next: Some(_), .. }));
    page.pass(2_900);
    assert_eq!(leaves(&page), 0);
    page.pass(60_000);
    assert_eq!(leaves(&page), 1, "once");
}

#[test]
fn success_url_waits_for_a_page_that_is_looked_at() {
    let mut page = at_the_code(going_on());
    page.next_status(cashi("pay_1", Status::Paid));
    page.on(Event::Hidden);
    page.pass(60_000);
    assert_eq!(leaves(&page), 0);
    page.on(Event::Woken);
    page.pass(100);
    assert_eq!(leaves(&page), 1);
}

#[test]
fn success_url_stays_a_button_where_the_page_prevented_paid_or_was_told_before() {
    let mut page = at_the_code(going_on());
    page.next_status(cashi("pay_1", Status::Paid));
    page.on(Event::StayAsked);
    page.pass(60_000);
    assert_eq!(leaves(&page), 0);
    assert!(matches!(page.screen(), ScreenModel::Paid { next: Some(_), .. }));
    // The back button leads from the thank-you page to this one: it must not lead there again.
    page.reload(going_on(), None);
    page.status_answers(Ok(cashi("pay_1", Status::Paid)));
    page.pass(60_000);
    assert_eq!(page.told(Moment::Paid { replayed: true }), 1);
    assert_eq!(leaves(&page), 0);
    assert!(matches!(page.screen(), ScreenModel::Paid { next: Some(_), .. }));
}

#[test]
fn h8_an_ended_payment_is_watched_for_fifteen_minutes_and_then_no_more() {
    let mut page = at_the_code(config(&[Provider::Cashi]));
    page.next_status(Payment { expires_in_ms: None, ..cashi("pay_1", Status::Failed) });
    let asks_within = |page: &mut Page, ms: u64| {
        let mut asks = 0;
        for _ in 0..ms / 1_000 {
            let effects = page.pass(1_000);
            if effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
                asks += 1;
                let answer = Payment { expires_in_ms: None, ..cashi("pay_1", Status::Failed) };
                page.status_answers(Ok(answer));
            }
        }
        asks
    };
    assert!(asks_within(&mut page, 14 * 60_000) > 10);
    asks_within(&mut page, 2 * 60_000);
    assert_eq!(asks_within(&mut page, 30 * 60_000), 0, "nobody asks any more");
}
