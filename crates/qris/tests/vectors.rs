//! The invented payloads of `vectors.json`, each with the verdict it must get.

mod common;

use common::{order, told};
use paywith_qris::{parse, verify};
use serde_json::Value;

/// What each vector is refused, degraded or warned for, in the file's order.
const TOLD: [&str; 25] = [
    "redraw",
    "redraw",
    "redraw",
    "redraw initiation_missing",
    "redraw static_with_amount",
    "redraw",
    "refuse text_after_checksum",
    "refuse checksum_wrong",
    "refuse value_cut_short",
    "refuse amount_differs",
    "refuse amount_differs",
    "refuse amount_malformed",
    "refuse amount_zero",
    "refuse dynamic_without_amount",
    "picture static_without_amount",
    "refuse currency_not_rupiah",
    "refuse country_not_indonesia",
    "refuse fee_or_tip",
    "redraw tip_asked",
    "refuse format_indicator_not_first",
    "refuse text_after_checksum",
    "redraw merchant_name_too_long",
    "redraw template_odd",
    "redraw payload_too_long",
    "refuse person_to_person",
];

#[test]
fn every_vector_gets_its_verdict_for_its_reason() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert_eq!(vectors.len(), TOLD.len());
    for (vector, expected) in vectors.iter().zip(TOLD) {
        let payload = vector["payload"].as_str().unwrap();
        let why = &vector["why"];
        let verdict = told(&verify(payload, &order(vector["displayed_amount"].as_u64().unwrap())));
        assert_eq!(verdict, expected, "{why}");
        let kind = match vector["expect"].as_str().unwrap() {
            "ok" => verdict == "redraw",
            "ok-warn" => verdict.starts_with("redraw "),
            "degrade" => verdict.starts_with("picture "),
            "refuse" => verdict.starts_with("refuse "),
            other => panic!("the file has a new expectation: {other}"),
        };
        assert!(kind, "{why}: {verdict}");
    }
}

#[test]
fn parse_finds_an_error_wherever_the_file_says_form_or_checksum_is_wrong() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let mut wrong = 0;
    for vector in vectors.iter().filter(|v| v["crc_ok"] == false || v["tlv_ok"] == false) {
        wrong += 1;
        assert!(parse(vector["payload"].as_str().unwrap()).is_err(), "{}", vector["why"]);
    }
    assert_eq!(wrong, 4);
}
