//! The dialog of mode `modal`: a place for the screens, which decides nothing about a payment.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, kashier};
use paywith_checkout::{Config, Effect, Event, Mode, Moment, ScreenModel};
use paywith_protocol::{Provider, Status};

fn modal() -> Config {
    Config { mode: Mode::Modal, ..config(&[Provider::Cashi, Provider::Kashier]) }
}

fn at_the_buttons() -> Page {
    let mut page = Page::new();
    page.reload(modal(), None);
    page
}

fn at_the_code() -> Page {
    let mut page = at_the_buttons();
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

fn moments(effects: &[Effect]) -> Vec<Moment> {
    let moment = |effect: &Effect| match effect {
        Effect::Emit(moment, _) => Some(*moment),
        _ => None,
    };
    effects.iter().filter_map(moment).collect()
}

fn is_code(page: &Page) -> bool {
    matches!(page.screen(), ScreenModel::Code(_))
}

#[test]
fn a_press_opens_it_and_the_buttons_stay_in_the_page() {
    let mut page = at_the_buttons();
    assert!(!page.view().is_in_dialog);
    page.start(Provider::Cashi);
    assert!(page.view().is_in_dialog, "while the payment is being asked for");
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(page.view().is_in_dialog && is_code(&page));
}

#[test]
fn a_start_that_the_page_prevents_does_not_open_it() {
    let mut page = at_the_buttons();
    page.on(Event::StartAsked(Some(Provider::Cashi)));
    assert!(!page.view().is_in_dialog);
}

#[test]
fn closing_it_ends_nothing_and_leaves_the_way_to_the_code_in_the_page() {
    let mut page = at_the_code();
    let effects = page.on(Event::DismissAsked);
    assert_eq!(moments(&effects), [Moment::Dismissed]);
    assert!(!page.view().is_in_dialog);
    assert!(matches!(page.screen(), ScreenModel::Open { can_continue: true, .. }));
    assert!(!page.view().counts_down(), "nothing on the screen runs down");
    assert_eq!(moments(&page.on(Event::DismissAsked)), [], "it is closed once");
    page.next_status(cashi("pay_1", Status::Paid));
    assert!(matches!(page.screen(), ScreenModel::Paid { .. }));
    assert!(
        page.log
            .iter()
            .any(|effect| { matches!(effect, Effect::Emit(Moment::Paid { replayed: false }, _)) })
    );
    assert!(!page.view().is_in_dialog, "nothing opens it by itself");
}

#[test]
fn who_closes_it_while_the_payment_begins_is_not_taken_away() {
    let mut page = at_the_buttons();
    page.start(Provider::Kashier);
    page.on(Event::DismissAsked);
    let effects = page.create_answers(Ok(kashier("pay_1", Status::Pending)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Navigate { .. })), "{effects:?}");
    assert!(matches!(page.screen(), ScreenModel::Open { can_continue: true, .. }));
    let effects = page.on(Event::ContinueAsked);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Navigate { .. })), "{effects:?}");
    assert!(page.view().is_in_dialog);
}

#[test]
fn a_renewal_with_nothing_to_renew_does_not_open_it() {
    let mut page = at_the_code();
    page.on(Event::DismissAsked);
    page.on(Event::RenewAsked);
    assert!(!page.view().is_in_dialog);
}

#[test]
fn a_mode_that_becomes_modal_while_a_code_is_shown_opens_nothing() {
    let mut page = Page::new();
    page.reload(Config { mode: Mode::Auto, ..modal() }, None);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page.on(Event::Configured { config: Ok(modal()), record: None });
    assert!(!page.view().is_in_dialog);
    assert!(matches!(page.screen(), ScreenModel::Open { can_continue: true, .. }));
}

#[test]
fn a_code_expires_behind_a_closed_dialog_too() {
    let mut page = at_the_code();
    page.on(Event::DismissAsked);
    page.pass(700_000);
    let is_over = matches!(
        page.screen(),
        ScreenModel::Confirming | ScreenModel::Ended { was_code: true, .. }
    );
    assert!(is_over, "{:?}", page.screen());
}

#[test]
fn going_on_and_starting_again_open_the_same_payment() {
    for event in [Event::ContinueAsked, Event::StartAsked(None)] {
        let mut page = at_the_code();
        page.on(Event::DismissAsked);
        let before = page.keys_sent().len();
        page.on(event);
        assert!(page.view().is_in_dialog && is_code(&page));
        assert_eq!(page.keys_sent().len(), before, "nothing is created");
    }
}

#[test]
fn a_reload_does_not_open_it_and_the_code_is_one_press_away() {
    let mut page = at_the_code();
    page.reload(modal(), None);
    page.status_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(!page.view().is_in_dialog);
    assert!(matches!(page.screen(), ScreenModel::Open { can_continue: true, .. }));
    page.on(Event::ContinueAsked);
    assert!(page.view().is_in_dialog && is_code(&page));
}

#[test]
fn back_at_the_buttons_it_is_closed_which_nobody_dismissed() {
    let mut page = at_the_code();
    let effects = page.on(Event::ResetAsked);
    assert!(!moments(&effects).contains(&Moment::Dismissed));
    assert!(!page.view().is_in_dialog);
    page.reload(modal(), None);
    assert!(!page.view().is_in_dialog);
}

#[test]
fn what_another_tab_has_begun_opens_in_it_after_a_press() {
    let mut first = at_the_code();
    let mut second = at_the_buttons();
    let record = first.record.clone().expect("remembered");
    second.on(Event::TabMessageReceived(paywith_checkout::TabMessage::HasRecord(record)));
    assert!(matches!(second.screen(), ScreenModel::Elsewhere { .. }));
    assert!(!second.view().is_in_dialog);
    second.stored.clone_from(&first.record);
    second.on(Event::StartAsked(None));
    second.status_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(second.view().is_in_dialog && is_code(&second));
    assert!(matches!(first.on(Event::Ticked).as_slice(), [.., Effect::Wake { .. }]));
}

#[test]
fn another_mode_has_none() {
    for mode in [Mode::Auto, Mode::Redirect, Mode::Popup] {
        let mut page = Page::new();
        page.reload(Config { mode, ..modal() }, None);
        page.start(Provider::Cashi);
        page.create_answers(Ok(cashi("pay_1", Status::Pending)));
        let before = page.screen();
        assert_eq!(moments(&page.on(Event::DismissAsked)), []);
        assert_eq!(page.screen(), before);
        assert!(!page.view().is_in_dialog);
    }
}

#[test]
fn a_changed_mode_takes_effect_at_once() {
    let mut page = at_the_code();
    let config = Config { mode: Mode::Auto, ..modal() };
    page.on(Event::Configured { config: Ok(config), record: None });
    assert!(!page.view().is_in_dialog && is_code(&page), "the code is in the page");
    page.on(Event::Configured { config: Ok(modal()), record: None });
    assert!(page.view().is_in_dialog && is_code(&page));
}
