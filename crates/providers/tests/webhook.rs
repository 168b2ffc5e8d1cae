//! The providers' webhooks, on the published examples and on what was changed in them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_protocol::{Json, Money, ReadError, Status};
use paywith_providers::{SignedBody, webhook};

fn json(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}

fn signed(body: &str) -> Result<String, ReadError> {
    serde_json::from_str::<SignedBody>(body).expect("JSON").text()
}

fn money(value: &str, currency: &str) -> Money {
    Money::parse(value, currency).expect("money")
}

const KASHIER: &str = r#"{"event":"pay","data":{"merchantOrderId":"1653481557813",
  "kashierOrderId":"9ad06b17-755b-4e21-9774-aff3e2726ac9","orderReference":"TEST-ORD-38855",
  "transactionId":"TX-249893963","status":"SUCCESS","method":"card","amount":1.0,"currency":"EGP",
  "transactionResponseCode":"00","channel":"online | e-commerce",
  "signatureKeys":["orderReference","transactionId","status","method","merchantOrderId",
    "kashierOrderId","currency","channel","amount","transactionResponseCode"]}}"#;

/// Source: Kashier's page on webhooks; its HMAC is a test of the backend.
#[test]
fn kashiers_published_example_is_signed_over_the_published_text() {
    assert_eq!(
        signed(KASHIER).expect("a text"),
        "amount=1&channel=online%20%7C%20e-commerce&currency=EGP&\
         kashierOrderId=9ad06b17-755b-4e21-9774-aff3e2726ac9&merchantOrderId=1653481557813&\
         method=card&orderReference=TEST-ORD-38855&status=SUCCESS&transactionId=TX-249893963&\
         transactionResponseCode=00"
    );
}

#[test]
fn numbers_are_signed_as_javascript_prints_them() {
    for (written, printed) in
        [("250", "250"), ("250.0", "250"), ("165.50", "165.5"), ("0.1", "0.1")]
    {
        let body = KASHIER.replace("\"amount\":1.0", &format!("\"amount\":{written}"));
        let text = signed(&body).expect("a text");
        assert!(text.starts_with(&format!("amount={printed}&")), "{written}: {text}");
    }
}

/// The list of signed keys is part of the body: a shorter list would leave the rest unsigned.
#[test]
fn a_list_without_order_amount_currency_or_status_is_refused() {
    for key in ["merchantOrderId", "amount", "currency", "status"] {
        let at = KASHIER.rfind(&format!("\"{key}\"")).expect("the key in the list");
        let mut body = KASHIER.to_owned();
        body.replace_range(at..at + key.len() + 2, "\"method\"");
        assert!(signed(&body).is_err(), "{key}");
    }
    for list in ["null", "[]", "\"amount\"", "[1]", "[{\"a\":1}]"] {
        let start = KASHIER.find("[\"orderReference\"").expect("the list");
        let body = format!("{}{list}}}}}", &KASHIER[..start]);
        assert!(signed(&body).is_err(), "{list}");
    }
    let absent = KASHIER.replace("\"method\":\"card\",", "");
    assert!(signed(&absent).is_ok(), "a key that is not there is not signed");
}

#[test]
fn kashiers_status_is_the_datas_and_event_proves_nothing() {
    let read = |text: &str| webhook::kashier(&json(text)).expect("a webhook");
    let paid = read(KASHIER);
    assert_eq!(paid.order.as_deref(), Some("1653481557813"));
    assert_eq!((paid.status, paid.amount), (Status::Paid, Some(money("1", "EGP"))));
    assert_eq!(read(&KASHIER.replace("SUCCESS", "FAILED")).status, Status::Failed);
    assert_eq!(read(&KASHIER.replace("SUCCESS", "FAILURE")).status, Status::Failed);
    assert_eq!(read(&KASHIER.replace("SUCCESS", "NEWS")).status, Status::Pending);
    for event in ["refund", "authorize", "void", "capture", "partial_refund", ""] {
        let other = KASHIER.replace("\"event\":\"pay\"", &format!("\"event\":\"{event}\""));
        assert_eq!(read(&other).status, Status::Pending, "{event}");
    }
}

#[test]
fn cashi_says_the_total_with_its_unique_digits() {
    let text = r#"{"event":"PAYMENT_SETTLED","data":{"order_id":"INV-1","amount":15023,"status":"SETTLED"}}"#;
    let event = webhook::cashi(&json(text)).expect("a webhook");
    assert_eq!((event.order.as_deref(), event.status), (Some("INV-1"), Status::Paid));
    assert_eq!(event.amount, Some(money("15023", "IDR")));
    assert!(!webhook::is_cashi_trial(&event));
    let trial = webhook::cashi(&json(&text.replace("INV-1", "TEST-1"))).expect("a webhook");
    assert!(webhook::is_cashi_trial(&trial));
    for flaw in ["{}", r#"{"data":{}}"#, r#"{"data":{"order_id":7,"status":"SETTLED"}}"#, "[]"] {
        assert!(webhook::cashi(&json(flaw)).is_err(), "{flaw}");
    }
    // An amount that is not whole rupiah is left out.
    let odd = webhook::cashi(&json(&text.replace("15023", "15023.5"))).expect("a webhook");
    assert_eq!(odd.amount, None);
}

#[test]
fn cashpays_charge_is_read_with_its_exponent() {
    let text = r#"{"id":"chg_1","status":"CAPTURED","amount":2000,"currency":"YER"}"#;
    let event = webhook::cashpay(&json(text), 0).expect("a webhook");
    assert_eq!((event.id.as_deref(), event.status), (Some("chg_1"), Status::Paid));
    assert_eq!(event.amount, Some(money("2000", "YER")));
    let hundredths = webhook::cashpay(&json(text), 2).expect("a webhook");
    assert_eq!(hundredths.amount, Some(money("20.00", "YER")));
    let unsaid = webhook::cashpay(&json(&text.replace("\"YER\"", "null")), 0).expect("a webhook");
    assert_eq!(unsaid.amount, None);
    assert!(webhook::cashpay(&json(&text.replace("chg_1", "1")), 0).is_err());
}

#[test]
fn the_hashstring_is_made_of_the_fields_in_their_order() {
    let text = r#"{"id":"chg_1","amount":"1.500","currency":"KWD","status":"CAPTURED",
        "reference":{"gateway":"gw","payment":"py"},"transaction":{"created":"1700"}}"#;
    assert_eq!(
        webhook::hashstring_text(&json(text)),
        "x_idchg_1x_amount1.500x_currencyKWDx_gateway_referencegwx_payment_referencepy\
         x_statusCAPTUREDx_created1700"
    );
}

/// A webhook of Kashier whose `data` has these members beside order, amount, currency and status.
fn kashier_with(members: &str, keys: &str) -> String {
    format!(
        r#"{{"event":"pay","data":{{"merchantOrderId":"INV-7","amount":250,"currency":"EGP",
        "status":"SUCCESS","transactionId":"TX-7"{members},
        "signatureKeys":["merchantOrderId","amount","currency","status","transactionId"{keys}]}}}}"#
    )
}

/// Kashier's sample code: `_.pick`, then `query-string`.
#[test]
fn d3_the_signed_text_is_that_of_kashiers_own_sample_code() {
    let plain = "amount=250&currency=EGP&merchantOrderId=INV-7&status=SUCCESS&transactionId=TX-7";
    let behind = |added: &str| format!("{plain}&{added}");
    let cases = [
        ("", r#","cardDataToken""#, plain.to_owned()),
        ("", r#","amount","status","transactionId""#, plain.to_owned()),
        (r#","z":null"#, r#","z""#, behind("z")),
        (r#","z":"""#, r#","z""#, behind("z=")),
        (r#","z":["a","b c",null,1]"#, r#","z""#, behind("z=a&z=b%20c&z&z=1")),
        (r#","z":[]"#, r#","z""#, plain.to_owned()),
        (r#","z":[[1,null,"x"],{"a":1}]"#, r#","z""#, behind("z=1%2C%2Cx&z=%5Bobject%20Object%5D")),
        (r#","z":{"a":1}"#, r#","z""#, behind("z=%5Bobject%20Object%5D")),
        (r#","z":true"#, r#","z""#, behind("z=true")),
        (r#","z":1e21"#, r#","z""#, behind("z=1e%2B21")),
        (r#","z":0.1"#, r#","z""#, behind("z=0.1")),
        (r#","z":[]"#, r#","z""#, plain.to_owned()),
        (r#","z":[[1,[2,null]],{}]"#, r#","z""#, behind("z=1%2C2%2C&z=%5Bobject%20Object%5D")),
        (r#","z":-0.0"#, r#","z","z""#, behind("z=0")),
        (r#","z":1e21"#, r#","z""#, behind("z=1e%2B21")),
        (r#","z":"\u00e9\ud83d\ude00""#, r#","z""#, behind("z=%C3%A9%F0%9F%98%80")),
        (r#","z":100.0"#, r#","z""#, behind("z=100")),
        (
            r#","z":"!'()*~-._ /&=+é""#,
            r#","z""#,
            behind("z=%21%27%28%29%2A~-._%20%2F%26%3D%2B%C3%A9"),
        ),
        (r#","z !":"a""#, r#","z !""#, behind("z%20%21=a")),
        (r#","__proto__":"a""#, r#","__proto__""#, plain.to_owned()),
        // By UTF-16 units a smiling face (D83D) stands before a full-width letter (FF21).
        (
            ",\"\u{FF21}\":1,\"\u{1F600}\":2",
            ",\"\u{FF21}\",\"\u{1F600}\"",
            behind("%F0%9F%98%80=2&%EF%BC%A1=1"),
        ),
    ];
    for (members, keys, text) in cases {
        assert_eq!(signed(&kashier_with(members, keys)), Ok(text), "{members} {keys}");
    }
    let masked = r#","maskedCard":null"#;
    assert_eq!(
        signed(&kashier_with(masked, r#","maskedCard""#)).as_deref(),
        Ok(
            "amount=250&currency=EGP&maskedCard&merchantOrderId=INV-7&status=SUCCESS&transactionId=TX-7"
        )
    );
}

#[test]
fn d3_what_decides_must_be_signed_and_there() {
    let sound = kashier_with("", "");
    assert!(signed(&sound).is_ok());
    let without = [
        r#""merchantOrderId":"INV-7","#,
        r#""amount":250,"#,
        r#""currency":"EGP","#,
        r#""status":"SUCCESS","#,
    ];
    for member in without {
        assert!(signed(&sound.replacen(member, "", 1)).is_err(), "{member}");
    }
    for amount in ["null", "[250]", "{}", "true"] {
        let odd = sound.replace("\"amount\":250", &format!("\"amount\":{amount}"));
        assert!(signed(&odd).is_err(), "{amount}");
    }
    // Of two values the same one is signed and read: the last, as in Kashier's own sample code.
    let twice = kashier_with(r#","status":"FAILED""#, "");
    assert!(signed(&twice).is_ok_and(|text| text.contains("status=FAILED")));
    assert_eq!(webhook::kashier(&json(&twice)).expect("a webhook").status, Status::Failed);
}

#[test]
fn d1_a_webhook_may_state_its_amount_as_digits() {
    let cashi = |amount: &str| {
        let data = format!(r#"{{"order_id":"INV-1","status":"SETTLED","amount":{amount}}}"#);
        let body = format!(r#"{{"event":"PAYMENT_SETTLED","data":{data}}}"#);
        webhook::cashi(&json(&body)).expect("a webhook").amount
    };
    for amount in ["15023", "15023.0", "\"15023\"", "\"15023.00\"", "\" 15023 \""] {
        assert_eq!(cashi(amount), Some(money("15023", "IDR")), "{amount}");
    }
    for amount in ["\"15,023\"", "\"15.023\"", "\"1e3\"", "\"15023.50\"", "\"+1\"", "true", "[]"] {
        assert_eq!(cashi(amount), None, "{amount}");
    }
    let charge = r#"{"id":"chg_1","status":"CAPTURED","amount":"2000.00","currency":"YER"}"#;
    let event = webhook::cashpay(&json(charge), 0).expect("a webhook");
    assert_eq!(event.amount, Some(money("2000", "YER")));
    let text = kashier_with("", "").replace("\"amount\":250", "\"amount\":\"250.00\"");
    assert_eq!(
        webhook::kashier(&json(&text)).expect("a webhook").amount,
        Some(money("250", "EGP"))
    );
}
