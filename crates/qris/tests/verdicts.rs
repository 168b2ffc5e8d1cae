//! The verdict: amounts, kinds, pins, warnings, and the words they are told in.

mod common;

use common::{Shop, order, template, told};
use paywith_qris::{
    Expected, ParseError, PictureReason, Refusal, Verdict, Warning, parse, verify, verify_optional,
};

#[test]
fn an_amount_is_the_same_money_or_a_refusal() {
    let cases = [
        ("15023", "redraw"),
        ("15023.", "redraw"),
        ("15023.0", "redraw"),
        ("15023.00", "redraw"),
        ("0000000015023", "redraw amount_padded"),
        ("15023.000", "refuse amount_malformed"),
        ("15023.01", "refuse amount_differs"),
        ("15023.10", "refuse amount_differs"),
        ("15000", "refuse amount_differs"),
        ("150230", "refuse amount_differs"),
        ("9999999999999", "refuse amount_differs"),
        ("00000000015023", "refuse amount_malformed"),
        ("15.023", "refuse amount_malformed"),
        ("15,023", "refuse amount_malformed"),
        ("15023,00", "refuse amount_malformed"),
        ("15 023", "refuse amount_malformed"),
        ("+15023", "refuse amount_malformed"),
        ("-15023", "refuse amount_malformed"),
        ("15023..", "refuse amount_malformed"),
        ("1.5e4", "refuse amount_malformed"),
        ("١٥٠٢٣", "refuse amount_malformed"),
        (".00", "refuse amount_malformed"),
        (".", "refuse amount_malformed"),
        ("", "refuse amount_malformed"),
        ("0", "refuse amount_zero"),
        ("0.00", "refuse amount_zero"),
    ];
    for (amount, expected) in cases {
        let shop = Shop { amount: Some(amount.to_owned()), ..Shop::sound() };
        assert_eq!(told(&verify(&shop.payload(), &order(15_023))), expected, "{amount:?}");
    }
}

#[test]
fn an_expected_zero_or_an_immense_amount_matches_nothing() {
    for amount_rupiah in [0, u64::MAX] {
        for amount in ["0", "1", "15023"] {
            let shop = Shop { amount: Some(amount.to_owned()), ..Shop::sound() };
            let verdict = told(&verify(&shop.payload(), &order(amount_rupiah)));
            assert!(verdict.starts_with("refuse "), "{amount} for {amount_rupiah}");
        }
    }
}

#[test]
fn only_a_code_that_calls_itself_dynamic_must_carry_an_amount() {
    let cases = [
        (Some("12"), "refuse dynamic_without_amount"),
        (Some("11"), "picture static_without_amount"),
        (Some("13"), "picture static_without_amount"),
        (None, "picture static_without_amount"),
    ];
    for (initiation, expected) in cases {
        let shop = Shop { initiation, amount: None, ..Shop::sound() };
        assert_eq!(told(&verify(&shop.payload(), &order(15_023))), expected, "{initiation:?}");
    }
}

#[test]
fn one_changed_element_gets_the_verdict_of_its_tag() {
    let long_city = "KOTA YANG PANJANG";
    let transfer = template(&[(8, "DMCT")]);
    let cases: [(u8, Option<&str>, &str); 16] = [
        (1, Some("11"), "redraw static_with_amount"),
        (1, Some("99"), "redraw initiation_unknown"),
        (1, None, "redraw initiation_missing"),
        (51, None, "redraw"),
        (52, Some("581"), "redraw category_odd"),
        (52, Some("4829"), "redraw"),
        (53, Some("840"), "refuse currency_not_rupiah"),
        (53, None, "refuse currency_not_rupiah"),
        (55, Some("01"), "redraw tip_asked"),
        (58, Some("SG"), "refuse country_not_indonesia"),
        (58, None, "refuse country_not_indonesia"),
        (59, None, "redraw merchant_name_missing"),
        (59, Some("TOKO\u{202E}HOTNOC"), "redraw unprintable_text"),
        (60, Some(long_city), "redraw merchant_city_too_long"),
        (60, Some(""), "redraw merchant_city_missing empty_value"),
        (62, Some(&transfer), "refuse person_to_person"),
    ];
    for (tag, value, expected) in cases {
        let payload = Shop::sound().payload_with(tag, value);
        assert_eq!(told(&verify(&payload, &order(15_023))), expected, "{tag} {value:?}");
    }
}

#[test]
fn the_transfer_account_alone_is_a_transfer() {
    let account = template(&[(0, "ID.CO.EXAMPLE.WWW"), (1, "936000000000000000")]);
    let beside_others = Shop::sound().payload_with(40, Some(&account));
    assert_eq!(told(&verify(&beside_others, &order(15_023))), "redraw");
    let mut alone = Shop::sound().elements();
    alone.retain(|(tag, _)| !matches!(tag, 26 | 51));
    alone.push((40, account));
    let alone = common::sealed_elements(&alone);
    assert_eq!(told(&verify(&alone, &order(15_023))), "refuse person_to_person");
}

#[test]
fn a_pin_must_be_found_and_nothing_beside_it() {
    let (nmid, pan) = ("ID1020000000000", "936000000000000000");
    let sound = Shop::sound().payload();
    let nameless = Shop { nmid: None, ..Shop::sound() }.payload();
    let other_nmid = Shop { nmid: Some("ID9999999999999".into()), ..Shop::sound() }.payload();
    let other_pan = Shop { pan: "936099999999999999".into(), ..Shop::sound() }.payload();
    let second = template(&[(0, "ID.CO.OTHER.WWW"), (1, "936099999999999999")]);
    let second_pan = Shop::sound().payload_with(27, Some(&second));
    let second = template(&[(0, "ID.CO.OTHER.WWW")]);
    let second_without_pan = Shop::sound().payload_with(27, Some(&second));
    let second = template(&[(1, pan), (2, "ID9999999999999")]);
    let second_nmid = Shop::sound().payload_with(27, Some(&second));
    let cases = [
        (&sound, Some(nmid), None, "redraw"),
        (&sound, Some(nmid), Some(pan), "redraw"),
        (&nameless, None, Some(pan), "redraw"),
        (&nameless, Some(nmid), None, "refuse pinned_nmid_missing"),
        (&other_nmid, Some(nmid), None, "refuse pinned_nmid_differs"),
        (&other_nmid, None, Some(pan), "redraw"),
        (&second_nmid, Some(nmid), None, "refuse pinned_nmid_differs"),
        (&other_pan, Some(nmid), None, "redraw"),
        (&other_pan, None, Some(pan), "refuse pinned_pan_differs"),
        (&second_pan, None, Some(pan), "refuse pinned_pan_differs"),
        (&second_without_pan, None, Some(pan), "refuse pinned_pan_missing"),
        (&sound, Some(""), None, "refuse pinned_nmid_differs"),
    ];
    for (payload, pinned_nmid, pinned_pan, expected) in cases {
        let expected_order = Expected { amount_rupiah: 15_023, pinned_nmid, pinned_pan };
        let verdict = told(&verify(payload, &expected_order));
        assert_eq!(verdict, expected, "{payload} {pinned_nmid:?} {pinned_pan:?}");
    }
}

#[test]
fn a_pin_is_checked_before_a_static_code_is_shown() {
    let payload = Shop { initiation: Some("11"), amount: None, ..Shop::sound() }.payload();
    let other = Some("ID9999999999999");
    let expected = Expected { amount_rupiah: 15_023, pinned_nmid: other, pinned_pan: None };
    assert_eq!(told(&verify(&payload, &expected)), "refuse pinned_nmid_differs");
}

#[test]
fn a_checksum_in_small_letters_is_drawn_as_it_is_but_hides_no_contradiction() {
    let payload = (0..)
        .map(|n| Shop { terminal: format!("T{n}"), ..Shop::sound() }.payload())
        .find(|payload| payload[payload.len() - 4..].contains('A'))
        .unwrap();
    let (covered, digits) = payload.split_at(payload.len() - 4);
    let small = format!("{covered}{}", digits.to_ascii_lowercase());
    assert_eq!(told(&verify(&small, &order(15_023))), "redraw checksum_lower_case");
    assert_eq!(told(&verify(&small, &order(15_024))), "refuse amount_differs");
}

#[test]
fn a_picture_nobody_could_read_stays_the_providers() {
    let sound = Shop::sound().payload();
    let cases = [
        (None, "picture no_payload"),
        (Some(""), "picture no_payload"),
        (Some(" "), "refuse tag_not_digits"),
        (Some(sound.as_str()), "redraw"),
    ];
    for (payload, expected) in cases {
        assert_eq!(told(&verify_optional(payload, &order(15_023))), expected, "{payload:?}");
    }
}

#[test]
fn a_redrawn_code_holds_the_text_that_was_verified() {
    let payload = Shop::sound().payload();
    let Verdict::Redraw(verified, _) = verify(&payload, &order(15_023)) else {
        panic!("a sound code is redrawn")
    };
    assert_eq!(verified.as_str(), payload);
}

#[test]
fn codes_are_snake_case_and_never_twice_and_messages_are_one_sentence() {
    let errors = [
        ParseError::Empty,
        ParseError::TagNotDigits,
        ParseError::LengthNotDigits,
        ParseError::ValueCutShort,
        ParseError::TagRepeated,
        ParseError::FormatIndicatorNotFirst,
        ParseError::FormatVersionUnknown,
        ParseError::AccountMissing,
        ParseError::ChecksumMissing,
        ParseError::ChecksumMalformed,
        ParseError::ChecksumWrong,
        ParseError::TextAfterChecksum,
    ];
    let refusals = [
        Refusal::CurrencyNotRupiah,
        Refusal::CountryNotIndonesia,
        Refusal::PersonToPerson,
        Refusal::PayeeAmbiguous,
        Refusal::FeeOrTip,
        Refusal::PinnedNmidMissing,
        Refusal::PinnedNmidDiffers,
        Refusal::PinnedPanMissing,
        Refusal::PinnedPanDiffers,
        Refusal::DynamicWithoutAmount,
        Refusal::AmountMalformed,
        Refusal::AmountZero,
        Refusal::AmountDiffers,
    ];
    let sound = Shop::sound().payload();
    let payload = parse(&sound).unwrap();
    let pictures = [PictureReason::NoPayload, PictureReason::StaticWithoutAmount(payload)];
    let warnings = [
        Warning::InitiationMissing,
        Warning::InitiationUnknown,
        Warning::StaticWithAmount,
        Warning::AmountPadded,
        Warning::MerchantNameMissing,
        Warning::MerchantNameTooLong,
        Warning::MerchantCityMissing,
        Warning::MerchantCityTooLong,
        Warning::CategoryOdd,
        Warning::EmptyValue,
        Warning::UnprintableText,
        Warning::PayloadTooLong,
        Warning::TemplateOdd,
        Warning::TipAsked,
        Warning::ChecksumLowerCase,
        Warning::SingleByteText,
        Warning::LengthsNotCharacters,
    ];
    let mut words: Vec<(&str, &str)> = Vec::new();
    words.extend(errors.map(|error| (Refusal::Broken(error).code(), error.message())));
    words.extend(refusals.map(|refusal| (refusal.code(), refusal.message())));
    words.extend(pictures.map(|reason| (reason.code(), reason.message())));
    words.extend(warnings.map(|warning| (warning.code(), warning.message())));
    for (code, message) in &words {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
        assert!(message.ends_with('.') && message.matches(". ").count() == 0, "{message}");
    }
    let codes: std::collections::BTreeSet<_> = words.iter().map(|(code, _)| code).collect();
    assert_eq!(codes.len(), words.len());
}
