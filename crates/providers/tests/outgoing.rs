//! What we send and how a list goes on: exact amounts with their limits, and pages without circles.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use paywith_protocol::{Currency, Decimal, Json, Money, Status};
use paywith_providers::kashier::{self, Page};
use paywith_providers::{AmountError, cashi, cashii, cashpay};

fn money(text: &str) -> Money {
    let (value, currency) = text.split_once(' ').expect("a value and a currency");
    Money {
        value: Decimal::parse(value).expect("a decimal"),
        currency: Currency::parse(currency).expect("a currency"),
    }
}

/// What a check compares: the wire's text, or the message of the error.
fn told<T: ToString>(outcome: Result<T, AmountError>) -> String {
    outcome.map_or_else(|error| error.to_string(), |wire| wire.to_string())
}

const ZERO: &str = "`amount` must be more than zero";

#[test]
fn cashii_takes_hundredths_of_its_four_currencies() {
    let currency = "`currency` must be SYP, USD, TRY, EUR";
    let cases = [
        ("100.98 SYP", 2, "10098"),
        ("100.9 USD", 2, "10090"),
        ("100 TRY", 2, "10000"),
        ("0.01 EUR", 2, "1"),
        ("100.9800 SYP", 2, "10098"),
        ("999999999999999 SYP", 2, "99999999999999900"),
        ("100 SYP", 0, "100"),
        ("100.981 SYP", 2, "`amount` must have at most 2 decimals"),
        ("100.5 SYP", 0, "`amount` must have at most 0 decimals"),
        ("0 SYP", 2, ZERO),
        ("0.00 SYP", 2, ZERO),
        ("100 IDR", 2, currency),
        ("0 EGP", 2, currency),
    ];
    for (amount, exponent, expected) in cases {
        assert_eq!(told(cashii::wire_amount(&money(amount), exponent)), expected, "{amount}");
    }
    assert!(cashii::wire_amount(&money("1 SYP"), 5).is_err());
}

#[test]
fn cashpay_takes_whole_units_unless_told_otherwise() {
    let cases = [
        ("2000 YER", cashpay::EXPONENT, "2000"),
        ("2000.00 YER", 0, "2000"),
        ("20.5 YER", 2, "2050"),
        ("20.5 YER", 0, "`amount` must have at most 0 decimals"),
        ("0 YER", 0, ZERO),
    ];
    for (amount, exponent, expected) in cases {
        assert_eq!(told(cashpay::wire_amount(&money(amount), exponent)), expected, "{amount}");
    }
}

#[test]
fn kashier_takes_two_decimals_as_text() {
    let cases = [
        ("165 EGP", "165.00"),
        ("165.5 EGP", "165.50"),
        ("165.50 EGP", "165.50"),
        ("99.20 USD", "99.20"),
        ("0.01 EGP", "0.01"),
        ("999999999999999.99 EGP", "999999999999999.99"),
        ("165.555 EGP", "`amount` must have at most 2 decimals"),
        ("0 EGP", ZERO),
    ];
    for (amount, expected) in cases {
        assert_eq!(told(kashier::wire_amount(&money(amount))), expected, "{amount}");
    }
}

#[test]
fn cashi_takes_whole_rupiah_and_names_its_limits() {
    let range = "`amount` must be between 2000 and 10000000";
    let cases = [
        ("2000 IDR", "2000"),
        ("15000.00 IDR", "15000"),
        ("10000000 IDR", "10000000"),
        ("1999 IDR", range),
        ("10000001 IDR", range),
        ("999999999999999 IDR", range),
        ("15000.5 IDR", "`amount` must have at most 0 decimals"),
        ("0 IDR", ZERO),
        ("15000 USD", "`currency` must be IDR"),
    ];
    for (amount, expected) in cases {
        assert_eq!(told(cashi::wire_amount(&money(amount))), expected, "{amount}");
    }
    assert_eq!(cashi::LIMITS_IDR, (2_000, 10_000_000));
}

#[test]
fn h5_a_list_goes_on_only_to_a_page_ahead_of_the_one_that_was_asked_for() {
    let page = |page, total_pages, next_page| Ok(Some(Page { page, total_pages, next_page }));
    let astray = |field| Err(Some(field));
    let (moved, next) = (astray("pagination.page"), astray("pagination.nextPage"));
    let cases = [
        // The documented fragment.
        (
            1,
            r#"{"totalDocs":211,"limit":1000000,"totalPages":1,"page":1,"pagingCounter":1,
                "hasPrevPage":false,"hasNextPage":false,"prevPage":null,"nextPage":null}"#,
            page(1, 1, None),
        ),
        (2, r#"{"page":2,"totalPages":9,"hasNextPage":true,"nextPage":3}"#, page(2, 9, Some(3))),
        (1, r#"{"hasNextPage":true,"nextPage":"2"}"#, page(1, 1, Some(2))),
        (2, r#"{"page":1,"totalPages":9,"hasNextPage":true,"nextPage":2}"#, moved),
        (1, r#"{"page":2,"totalPages":9,"hasNextPage":true,"nextPage":3}"#, moved),
        (2, r#"{"page":2,"totalPages":9,"hasNextPage":true,"nextPage":2}"#, next),
        (2, r#"{"page":2,"totalPages":9,"hasNextPage":true,"nextPage":1}"#, next),
        (1, r#"{"page":1,"totalPages":9,"hasNextPage":true,"nextPage":null}"#, next),
        (1, r#"{"hasNextPage":true,"nextPage":-2}"#, next),
        (1, r#"{"page":1,"totalPages":1,"hasNextPage":false,"nextPage":2}"#, page(1, 1, None)),
        (1, r#"{"page":1,"totalPages":1,"nextPage":2}"#, page(1, 1, None)),
        (1, r#"{"hasNextPage":"true","nextPage":2}"#, page(1, 1, Some(2))),
        (1, r#"{"hasNextPage":1,"nextPage":2}"#, page(1, 1, Some(2))),
        (1, r#"{"hasNextPage":"","nextPage":2}"#, astray("pagination.hasNextPage")),
        (1, r#"{"page":"1","totalPages":"3","limit":"100"}"#, page(1, 3, Some(2))),
        (3, r#"{"page":3,"totalPages":3}"#, page(3, 3, None)),
        (1, r#"{"page":1,"nextPage":2}"#, page(1, 1, Some(2))),
        (2, r#"{"page":2,"nextPage":2}"#, next),
        (1, r#"{"page":1,"nextPage":null}"#, page(1, 1, None)),
        (3, "{}", page(3, 1, None)),
        (1, "[]", page(1, 1, None)),
        (1, "null", Ok(None)),
    ];
    for (asked, pagination, expected) in cases {
        for body in [
            format!(r#"{{"pagination":{pagination}}}"#),
            format!(r#"{{"response":{{"data":[],"pagination":{pagination}}}}}"#),
        ] {
            let body: Json = serde_json::from_str(&body).expect("JSON");
            let read = kashier::read_pagination(&body, asked).map_err(|flaw| Some(flaw.field));
            assert_eq!(read, expected, "{asked} {pagination}");
        }
    }
    assert_eq!(kashier::read_pagination(&Json::Null, 1), Ok(None));
}

#[test]
fn a_response_is_an_object_a_list_or_nothing() {
    let cases = [
        (r#"{"response":{"a":1}}"#, 1),
        (r#"{"response":[{"a":1},{"a":2}]}"#, 2),
        (r#"{"response":[]}"#, 0),
        (r#"{"response":{"data":[{"a":1},{"a":2},{"a":3}],"pagination":{"page":1}}}"#, 3),
        (r#"{"response":{"data":{"a":1}}}"#, 1),
        (r#"{"response":{"data":[]}}"#, 0),
        (r#"{"response":{"data":null}}"#, 1),
        (r#"{"response":{"merchantOrderId":"A","data":[1,2]}}"#, 1),
        (r#"{"response":null}"#, 0),
        (r#"{"response":"text"}"#, 0),
        (r#"{"data":{"a":1}}"#, 0),
        ("[]", 0),
    ];
    for (body, count) in cases {
        let body: Json = serde_json::from_str(body).expect("JSON");
        assert_eq!(kashier::responses(&body).len(), count, "{body:?}");
    }
}

#[test]
fn kashier_has_one_word_of_success_for_each_place() {
    let tables = [
        ("session", kashier::session_word as fn(&str) -> Status, "PAID"),
        ("order", kashier::order_word, "CAPTURED"),
        ("return", kashier::return_word, "SUCCESS"),
    ];
    for (place, table, success) in tables {
        for word in ["PAID", "CAPTURED", "SUCCESS", "SETTLED", "FAILURE", "PENDING", "", "PAID "] {
            let is_paid = table(word) == Status::Paid;
            assert_eq!(is_paid, word == success, "{place} {word}");
            assert_eq!(table(word), table(&word.to_lowercase()), "{place} {word}");
        }
    }
    for word in ["FAILED", "FAILURE", "failure"] {
        assert_eq!(kashier::return_word(word), Status::Failed, "{word}");
    }
}
