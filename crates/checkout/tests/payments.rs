//! The contract, told as what happens to one shopper.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Page, cashi, config, id, kashier};
use paywith_checkout::{
    Answer, Drawing, Effect, Ending, Event, Failure, Fault, FaultCode, Moment, Picture,
    PictureNote, ScreenModel, TabMessage,
};
use paywith_protocol::{Action, Money, Payment, Provider, Status};

fn at_the_code() -> Page {
    let mut page = Page::open(&[Provider::Cashi, Provider::Kashier]);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    page
}

fn without_time(payment: Payment) -> Payment {
    Payment { expires_in_ms: None, ..payment }
}

#[test]
fn a_code_is_shown_and_paid_after_a_status_answer_only() {
    let mut page = at_the_code();
    let ScreenModel::Code(code) = page.screen() else { panic!("{:?}", page.screen()) };
    assert_eq!((code.unique, code.picture), (Some(23), Picture::Drawing));
    page.on(Event::CodeDrawn {
        id: id("pay_1"),
        picture: Some(Drawing {
            url: "data:,x".to_owned(),
            outline: String::new(),
            side_modules: 65,
        }),
    });
    page.next_status(cashi("pay_1", Status::Pending));
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
    page.next_status(cashi("pay_1", Status::Paid));
    assert!(matches!(page.screen(), ScreenModel::Paid { is_late: false, .. }));
    assert_eq!(page.told(Moment::Paid { replayed: false }), 1);
}

#[test]
fn the_code_ends_at_zero_after_a_last_check_and_a_new_one_replaces_it() {
    let mut page = at_the_code();
    for _ in 0..600 {
        let effects = page.pass(1_000);
        if effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            page.status_answers(Ok(without_time(cashi("pay_1", Status::Pending))));
        }
    }
    assert!(
        matches!(page.screen(), ScreenModel::Ended { ending: Ending::Expired, was_code: true, .. }),
        "{:?}",
        page.screen()
    );
    assert_eq!(page.told(Moment::Expired), 1);
    page.on(Event::RenewAsked);
    assert_eq!(page.superseded(), Some(id("pay_1")));
    assert_eq!(page.told(Moment::Superseded), 1);
    let keys = page.keys_sent();
    assert_ne!(keys.first(), keys.last(), "a new code is a new attempt");
}

#[test]
fn an_old_code_that_is_paid_late_ends_in_paid_whatever_is_shown() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Expired));
    page.on(Event::RenewAsked);
    page.create_answers(Ok(cashi("pay_2", Status::Pending)));
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
    for _ in 0..60 {
        let effects = page.pass(500);
        if effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })) {
            let (_, asked) = page.ask_call();
            let status = if asked == id("pay_1") { Status::Paid } else { Status::Pending };
            page.status_answers(Ok(cashi(asked.as_str(), status)));
        }
    }
    let ScreenModel::Paid { is_late, .. } = page.screen() else { panic!("{:?}", page.screen()) };
    assert!(is_late);
    assert_eq!(page.told(Moment::Paid { replayed: false }), 1);
}

#[test]
fn an_unsafe_address_that_comes_after_paid_takes_nothing_back() {
    let mut page = at_the_code();
    page.next_status(cashi("pay_1", Status::Paid));
    page.pass(2_000);
    page.on(Event::CheckAsked);
    let (call, _) = page.ask_call();
    let payment = cashi("pay_1", Status::Pending);
    page.on(Event::StatusAnswered {
        call,
        result: Ok(Answer { payment, refused_address: Some("scheme") }),
    });
    assert!(matches!(page.screen(), ScreenModel::Paid { .. }));
}

#[test]
fn a_lost_create_answer_is_asked_for_again_with_the_same_key() {
    let mut page = Page::open(&[Provider::Kashier]);
    page.start(Provider::Kashier);
    page.create_answers(Err(Failure::Unreachable));
    let trouble = page.view().trouble.expect("trouble is told");
    assert!(trouble.is_network && page.view().countdown.retry_s.is_some_and(|left_s| left_s > 0));
    page.pass(2_000);
    page.create_answers(Err(Failure::Busy { retry_after_ms: Some(7_000) }));
    assert!(page.pass(6_500).iter().all(|effect| !matches!(effect, Effect::Create { .. })));
    page.pass(1_000);
    page.pass(31_000); // No answer at all: the call is ended, and asked again.
    page.pass(20_000);
    let keys = page.keys_sent();
    assert!(keys.len() >= 4, "{keys:?}");
    assert!(keys.windows(2).all(|pair| pair.first() == pair.last()), "{keys:?}");
}

#[test]
fn a_payment_open_elsewhere_is_superseded_by_the_shoppers_choice() {
    let mut page = Page::open(&[Provider::Cashi, Provider::Kashier]);
    page.start(Provider::Cashi);
    let open = kashier("pay_9", Status::Pending);
    page.create_answers(Err(Failure::PaymentOpen(Box::new(open.clone()))));
    assert_eq!(page.superseded(), Some(id("pay_9")));
    page.create_answers(Err(Failure::PaymentOpen(Box::new(open))));
    assert_eq!(page.keys_sent().len(), 2, "a backend that repeats itself is not asked for ever");
}

#[test]
fn a_clock_that_jumps_causes_a_check_and_the_code_comes_back() {
    let mut page = at_the_code();
    page.now.wall_ms += 3_600_000;
    let effects = page.on(Event::Ticked);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::FetchStatus { .. })));
    assert!(matches!(page.screen(), ScreenModel::Confirming));
    page.status_answers(Ok(cashi("pay_1", Status::Pending)));
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
}

#[test]
fn a_code_that_contradicts_the_amount_is_refused_and_told_once() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    let other =
        Payment { amount: Money::parse("15024", "IDR").ok(), ..cashi("pay_1", Status::Pending) };
    page.create_answers(Ok(other));
    assert!(matches!(
        page.screen(),
        ScreenModel::Choose { notice: Some(FaultCode::UnsafeCode), .. }
    ));
    let faults = page.log.iter().filter(|effect| matches!(effect, Effect::EmitFault(_)));
    assert_eq!(faults.count(), 1);
    page.start(Provider::Cashi);
    let keys = page.keys_sent();
    assert_ne!(keys.first(), keys.last(), "the same key would meet the same code");
}

#[test]
fn without_a_payload_the_providers_picture_is_shown_and_marked() {
    let mut page = Page::open(&[Provider::Cashi]);
    page.start(Provider::Cashi);
    let image = Some("data:image/png;base64,AA".to_owned());
    let action = Some(Action::Qr { payload: None, image, checkout_url: None });
    page.create_answers(Ok(Payment { action, ..cashi("pay_1", Status::Pending) }));
    let ScreenModel::Code(code) = page.screen() else { panic!("{:?}", page.screen()) };
    assert!(matches!(code.picture, Picture::Provided(_, PictureNote::Unchecked)));
}

#[test]
fn another_price_than_the_page_stated_is_shown() {
    let mut page = Page::new();
    let stated = Money::parse("14000", "IDR").ok();
    let config = paywith_checkout::Config { hint: stated, ..config(&[Provider::Cashi]) };
    page.reload(config, None);
    page.start(Provider::Cashi);
    page.create_answers(Ok(cashi("pay_1", Status::Pending)));
    let difference = page.view().difference.expect("a difference");
    assert_eq!(
        (Some(difference.stated), difference.asked.value.to_string().as_str()),
        (stated, "15000")
    );
}

#[test]
fn a_new_order_starts_afresh_and_other_changes_keep_the_payment() {
    let mut page = at_the_code();
    let same = paywith_checkout::Config { is_disabled: true, ..config(&[Provider::Cashi]) };
    page.on(Event::Configured { config: Ok(same), record: None });
    assert!(matches!(page.screen(), ScreenModel::Code(_)));
    let other =
        paywith_checkout::Config { order: "INV-2".to_owned(), ..config(&[Provider::Cashi]) };
    let effects = page.on(Event::Configured { config: Ok(other), record: None });
    assert!(matches!(page.screen(), ScreenModel::Choose { notice: None, .. }));
    // What is remembered from here on belongs to the new order, and the old payment does not.
    let tells_of_old = |effect: &Effect| match effect {
        Effect::Remember(record) | Effect::Broadcast(TabMessage::HasRecord(record)) => {
            format!("{record:?}").contains("pay_1")
        }
        _ => false,
    };
    assert!(!effects.iter().any(tells_of_old), "{effects:?}");
    let resolved = effects.iter().find_map(|effect| match effect {
        Effect::Resolve(snapshot) => snapshot.payment_id.clone(),
        _ => None,
    });
    assert_eq!(resolved, Some(id("pay_1")), "who waits is told of the order that it asked for");
    page.start(Provider::Cashi);
    let keys = page.keys_sent();
    assert_ne!(keys.first(), keys.last());
}

#[test]
fn a_broken_attribute_is_a_fault_and_a_change_fixes_it() {
    let mut page = Page::new();
    let fault = Fault::new(FaultCode::MissingOrder, "`order` is missing");
    page.on(Event::Opened { config: Err(fault), record: None, returned: None });
    assert!(matches!(page.screen(), ScreenModel::Broken(_)));
    page.on(Event::Configured { config: Ok(config(&[Provider::Cashi])), record: None });
    assert!(matches!(page.screen(), ScreenModel::Choose { .. }));
}

#[test]
fn e1_the_code_screen_says_who_is_paid_and_whether_the_app_may_ask_for_a_tip() {
    let shop = "00020101021226680016ID.CO.CONTOH.WWW01189360008900000123450215CONTOH0000123450303UMI51440014ID.CO.QRIS.WWW0215ID10200000000120303UMI520458125303360540515023";
    let cases = [
        ("5502015802ID5911TOKO CONTOH6004KOTA61051011062070703A016304C7DE", "TOKO CONTOH", true),
        ("5802ID5909KOPI CAF\u{C9}6004KOTA61051011062070703A0163044FD9", "KOPI CAF\u{C9}", false),
    ];
    for (rest, name, asks_for_tip) in cases {
        let mut page = Page::open(&[Provider::Cashi]);
        page.start(Provider::Cashi);
        let payload = format!("{shop}{rest}");
        let characters = payload.chars().count();
        let action = Some(Action::Qr { payload: Some(payload), image: None, checkout_url: None });
        page.create_answers(Ok(Payment { action, ..cashi("pay_1", Status::Pending) }));
        let ScreenModel::Code(code) = page.screen() else { panic!("{:?}", page.screen()) };
        assert_eq!(code.payee.name.as_deref(), Some(name));
        assert_eq!(code.payee.city.as_deref(), Some("KOTA"));
        assert_eq!(code.payee.nmid.as_deref(), Some("ID1020000000012"));
        assert_eq!(code.asks_for_tip, asks_for_tip);
        let drawn = page.log.iter().find_map(|effect| match effect {
            Effect::DrawCode { bytes, .. } => Some(bytes.len()),
            _ => None,
        });
        assert_eq!(drawn, Some(characters), "these codes have one byte per character");
    }
}
