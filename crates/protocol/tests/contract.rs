//! The contract's own examples, and what is wrong with their broken copies.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_protocol::{Action, Json, Money, Offer, Payment, Problem, Provider, Review, Status};

const EXAMPLE: &str = r#"{ "id": "pay_1", "order": "INV-9921", "merchant_name": "Toko Contoh",
  "provider": "cashi", "status": "pending",
  "amount": { "value": "15023", "currency": "IDR" },
  "base_amount": { "value": "15000", "currency": "IDR" },
  "action": { "type": "qr", "payload": "0002", "image": "data:image/png;base64,AA", "checkout_url": "https://cashi.id/pay/1" },
  "expires_at": "2026-11-20T07:35:00Z", "expires_in_ms": 598000, "poll_after_ms": 3000,
  "wait_ms": 25000, "test": false }"#;

fn json(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn the_example_is_read_whole() {
    let payment = Payment::read(&json(EXAMPLE)).expect("a payment");
    assert_eq!(payment.id.as_str(), "pay_1");
    assert_eq!(payment.provider, Provider::Cashi);
    assert_eq!(payment.status, Status::Pending);
    assert_eq!(payment.amount.map(|money| money.value.to_string()).as_deref(), Some("15023"));
    assert_eq!(payment.expires_in_ms, Some(598_000));
    assert!(matches!(payment.action, Some(Action::Qr { payload: Some(_), .. })));
}

#[test]
fn what_the_backend_writes_the_widget_reads() {
    let payment = Payment::read(&json(EXAMPLE)).expect("a payment");
    let written = serde_json::to_string(&payment).expect("text");
    assert_eq!(Payment::read(&json(&written)), Ok(payment.clone()));
    let idle = Payment { action: None, ..payment };
    let written = serde_json::to_string(&idle).expect("text");
    assert!(written.contains(r#""action":null"#), "a Payment is what has the key `action`");
}

#[test]
fn a_broken_field_is_named() {
    let cases = [
        (r#""id": "pay_1""#, r#""id": 7"#, "id"),
        (r#""id": "pay_1""#, r#""id": """#, "id"),
        (r#""provider": "cashi""#, r#""provider": "stripe""#, "provider"),
        (r#""status": "pending""#, r#""status": true"#, "status"),
        (r#""value": "15023""#, r#""value": 15023"#, "amount"),
        (r#""value": "15000""#, r#""value": "15.000,00""#, "base_amount"),
        (r#""type": "qr""#, r#""type": "eval""#, "action.type"),
        (r#""payload": "0002""#, r#""payload": {}"#, "payload"),
    ];
    for (good, bad, field) in cases {
        assert!(EXAMPLE.contains(good), "{good}");
        let error = Payment::read(&json(&EXAMPLE.replace(good, bad))).expect_err(bad);
        assert_eq!(error.field, field, "{bad}");
    }
}

#[test]
fn a_broken_hint_is_dropped_and_an_unknown_word_is_harmless() {
    let text = EXAMPLE
        .replace("598000", "\"soon\"")
        .replace("3000", "-1")
        .replace("\"pending\"", "\"REVIEWING\"")
        .replace("\"test\": false", "\"review\": \"new_reason\"");
    let payment = Payment::read(&json(&text)).expect("a payment");
    assert_eq!((payment.expires_in_ms, payment.poll_after_ms), (None, None));
    assert_eq!(payment.status, Status::Pending);
    assert_eq!(payment.review, Some(Review::Other));
}

#[test]
fn a_problem_needs_a_code_and_tells_whether_to_try_again() {
    assert_eq!(Problem::read(500, &json(r#"{"error":"x"}"#)), None);
    let cases = [(503, true), (429, true), (408, true), (404, false), (422, false)];
    for (status, retryable) in cases {
        let problem = Problem::read(status, &json(r#"{"code":"x"}"#)).expect("a problem");
        assert_eq!(problem.retryable, retryable, "{status}");
    }
    let open = format!(r#"{{"code":"payment_open","retryable":false,"payment":{EXAMPLE}}}"#);
    let problem = Problem::read(409, &json(&open)).expect("a problem");
    assert_eq!(problem.payment.expect("the payment").id.as_str(), "pay_1");
}

#[test]
fn an_offer_is_read_with_either_form_of_amount() {
    for amount in
        [r#""amount":"15000","currency":"IDR""#, r#""amount":{"value":"15000","currency":"IDR"}"#]
    {
        let text = format!(
            r#"{{"order":"INV-1",{amount},"providers":["cashi","later","kashier"],"payment":null}}"#
        );
        let offer = Offer::read(&json(&text)).expect("an offer");
        assert_eq!(offer.providers, [Provider::Cashi, Provider::Kashier]);
        assert_eq!(offer.amount, Money::parse("15000", "IDR").ok());
    }
    let bare = json(r#"{"order":"INV-1","amount":15000,"providers":[]}"#);
    assert_eq!(Offer::read(&bare).map_err(|error| error.field), Err("amount"));
}

#[test]
fn d5_what_decoders_leave_around_a_payload_is_dropped_at_the_door() {
    for payload in [
        r"00020101\n",
        r"00020101\r\n",
        r"\uFEFF00020101",
        r" \t00020101 \u0000",
        r"\u200B00020101\u200E\u00A0",
        r"QR-Code:00020101\n",
        r"\uFEFFQR-Code: 00020101",
        r"\u00EF\u00BB\u00BF00020101",
        r#"\"00020101\"\n"#,
    ] {
        let text = EXAMPLE.replace(r#""payload": "0002""#, &format!(r#""payload": "{payload}""#));
        let payment = Payment::read(&json(&text)).expect("a payment");
        let Some(Action::Qr { payload: Some(read), .. }) = payment.action else {
            panic!("a payload: {payload}")
        };
        assert_eq!(read, "00020101", "{payload}");
    }
    let nothing = EXAMPLE.replace(r#""payload": "0002""#, r#""payload": " \n""#);
    let payment = Payment::read(&json(&nothing)).expect("a payment");
    assert!(matches!(payment.action, Some(Action::Qr { payload: None, .. })));
    let inside = EXAMPLE.replace(r#""payload": "0002""#, r#""payload": "00 02""#);
    let payment = Payment::read(&json(&inside)).expect("a payment");
    let Some(Action::Qr { payload, .. }) = payment.action else { panic!("a code") };
    assert_eq!(payload.as_deref(), Some("00 02"));
}
