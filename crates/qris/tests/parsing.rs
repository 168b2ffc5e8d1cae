//! The form: checksum, lengths, order, duplicates, templates, and what the accessors give.

mod common;

use common::{Shop, element, order, sealed_elements, template, told};
use paywith_qris::{Initiation, ParseError, Verdict, checksum, parse, verify};

#[test]
fn the_checksum_is_the_published_one() {
    let cases: [(&[u8], u16); 3] = [(b"", 0xFFFF), (b"123456789", 0x29B1), (b"A", 0xB915)];
    for (bytes, expected) in cases {
        assert_eq!(checksum(bytes), expected, "{bytes:?}");
    }
}

#[test]
fn lengths_count_characters_and_the_checksum_runs_over_bytes() {
    let local = template(&[(0, "ZH"), (1, "雅加达商店"), (2, "雅加达")]);
    assert_eq!(local, "0002ZH0105雅加达商店0203雅加达");
    let payload = Shop::sound().payload_with(64, Some(&local));
    assert!(payload.contains("64220002ZH"), "22 characters, although 38 bytes");
    let parsed = parse(&payload).unwrap();
    assert_eq!(parsed.merchant_name_local(), Some("雅加达商店"));
    assert_eq!(parsed.merchant_name(), Some("TOKO CONTOH"));

    let covered = &payload[..payload.len() - 4];
    let units: Vec<u8> = covered.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect();
    let summed_over_units = format!("{covered}{:04X}", checksum(&units));
    assert_eq!(parse(&summed_over_units), Err(ParseError::ChecksumWrong));
}

#[test]
fn a_checksum_with_leading_zeros_is_four_digits() {
    let mut found = 0;
    for terminal in 0..2000 {
        let shop = Shop { terminal: format!("T{terminal}"), ..Shop::sound() };
        let payload = shop.payload();
        let Some(digits) = payload[payload.len() - 4..].strip_prefix('0') else { continue };
        found += 1;
        assert_eq!(told(&verify(&payload, &order(15_023))), "redraw");
        let shortened = format!("{}6303{digits}", &payload[..payload.len() - 8]);
        assert_eq!(parse(&shortened), Err(ParseError::ChecksumMalformed));
    }
    assert!(found > 50, "one in sixteen checksums begins with a zero, found {found}");
}

#[test]
fn a_broken_form_is_named() {
    let good = Shop::sound().payload();
    let body = &good[..good.len() - 8];
    let elements = Shop::sound().elements();
    let twice = [elements.clone(), vec![(59, "TOKO LAIN".to_owned())]].concat();
    let without_account: Vec<_> =
        elements.iter().filter(|(tag, _)| !matches!(tag, 26 | 51)).cloned().collect();
    let cases = [
        (String::new(), ParseError::Empty),
        ("https://cashi.example/pay".to_owned(), ParseError::TagNotDigits),
        ("00xx01".to_owned(), ParseError::LengthNotDigits),
        ("00".to_owned(), ParseError::LengthNotDigits),
        ("0002".to_owned(), ParseError::ValueCutShort),
        ("0002é".to_owned(), ParseError::ValueCutShort),
        ("é1".to_owned(), ParseError::TagNotDigits),
        ("+102".to_owned(), ParseError::TagNotDigits),
        ("٠٠٠٢٠١".to_owned(), ParseError::TagNotDigits),
        (sealed_elements(&twice), ParseError::TagRepeated),
        (Shop::sound().payload_with(0, None), ParseError::FormatIndicatorNotFirst),
        (body.replacen("000201", "000202", 1), ParseError::FormatVersionUnknown),
        (sealed_elements(&without_account), ParseError::AccountMissing),
        (body.to_owned(), ParseError::ChecksumMissing),
        (format!("{body}6304+12A"), ParseError::ChecksumMalformed),
        (format!("{body}6304M2B3"), ParseError::ChecksumMalformed),
        (format!("{body}63030A1"), ParseError::ChecksumMalformed),
        (format!("{good} "), ParseError::TextAfterChecksum),
        (format!("{good}6304ABCD"), ParseError::TextAfterChecksum),
        (format!("{body}63041234{}", element(80, "X")), ParseError::TextAfterChecksum),
    ];
    for (payload, error) in cases {
        assert_eq!(parse(&payload), Err(error), "{payload}");
    }
}

#[test]
fn a_payload_cut_anywhere_is_no_payload() {
    let payload = Shop::sound().payload();
    for end in 0..payload.len() {
        assert!(parse(&payload[..end]).is_err(), "{end}");
    }
}

#[test]
fn only_the_template_that_names_the_payee_is_parsed() {
    let inner = "no elements at all";
    assert_eq!(parse(&Shop::sound().payload_with(51, Some(inner))), Err(ParseError::TagNotDigits));
    for tag in [2, 25, 26, 45, 50, 62, 64, 65, 79, 80, 99] {
        assert!(parse(&Shop::sound().payload_with(tag, Some(inner))).is_ok(), "{tag}");
    }
}

#[test]
fn accessors_give_the_values_of_their_tags() {
    let payload = Shop::sound().payload();
    let parsed = parse(&payload).unwrap();
    assert_eq!(parsed.as_str(), payload);
    assert_eq!(parsed.merchant_name(), Some("TOKO CONTOH"));
    assert_eq!(parsed.merchant_name_local(), None);
    assert_eq!(parsed.merchant_city(), Some("JAKARTA PUSAT"));
    assert_eq!(parsed.nmid(), Some("ID1020000000000"));
    assert_eq!(parsed.pans().collect::<Vec<_>>(), ["936000000000000000"]);
    assert_eq!(parsed.terminal_label(), Some("A01"));
    assert_eq!(parsed.amount_text(), Some("15023"));
    assert_eq!(parsed.currency(), Some("360"));
    assert_eq!(parsed.country(), Some("ID"));
    assert_eq!(parsed.category(), Some("5812"));
    assert_eq!(parsed.initiation(), Initiation::Dynamic);
    assert!(!parsed.is_static());
}

#[test]
fn the_nmid_of_an_account_is_told_from_a_merchant_id_by_its_form() {
    let cases = [
        ("ID1020000000000", Some("ID1020000000000")),
        ("ID102000000000", Some("ID102000000000")),
        ("000000000000000", None),
        ("ID10200000000X0", None),
        ("ID1", None),
    ];
    for (merchant_id, expected) in cases {
        let account = template(&[(0, "ID.CO.EXAMPLE.WWW"), (1, "9360"), (2, merchant_id)]);
        let shop = Shop { nmid: None, ..Shop::sound() };
        let payload = shop.payload_with(26, Some(&account));
        assert_eq!(parse(&payload).unwrap().nmid(), expected, "{merchant_id}");
    }
}

#[test]
fn what_is_empty_or_asked_of_the_payer_is_no_label() {
    let asking = Shop { terminal: "***".to_owned(), ..Shop::sound() }.payload();
    assert_eq!(parse(&asking).unwrap().terminal_label(), None);
    let empty = Shop { terminal: String::new(), name: String::new(), ..Shop::sound() }.payload();
    let Verdict::Redraw(payload, _) = verify(&empty, &order(15_023)) else {
        panic!("empty labels must not stop a payment")
    };
    assert_eq!((payload.terminal_label(), payload.merchant_name()), (None, None));
}
