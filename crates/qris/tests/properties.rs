//! What holds for every text: no panic, no damaged or altered code is ever drawn, and what was
//! composed is read back.

mod common;

use common::{Shop, order, sealed, told};
use paywith_qris::{Refusal, Verdict, parse, verify, verify_optional};
use proptest::prelude::*;

fn is_redrawn(payload: &str) -> bool {
    matches!(verify(payload, &order(15_023)), Verdict::Redraw(..))
}

/// Any shop that the standard allows, with names in any script.
fn shops() -> impl Strategy<Value = Shop> {
    (
        prop_oneof![Just(Some("12")), Just(Some("11")), Just(None)],
        "[0-9]{16,19}",
        proptest::option::of("ID[0-9]{13}"),
        1_u64..=9_999_999_999_999,
        "[A-Z][A-Z0-9 .']{0,24}|[店雅加达é\u{1F600}]{1,25}",
        "[A-Z]{1,15}",
        "[A-Z0-9]{1,8}",
    )
        .prop_map(|(initiation, pan, nmid, rupiah, name, city, terminal)| Shop {
            initiation,
            pan,
            nmid,
            amount: Some(rupiah.to_string()),
            name,
            city,
            terminal,
        })
}

/// Texts that look like payloads long enough to reach the deeper checks, checksum included.
fn near_payloads() -> impl Strategy<Value = String> {
    let elements = proptest::collection::vec((0_u8..100, ".{0,20}|[0-9]{0,40}"), 0..12);
    (elements, any::<bool>()).prop_map(|(elements, begins_well)| {
        let body: String =
            elements.iter().map(|(tag, value)| common::element(*tag, value)).collect();
        sealed(&if begins_well { format!("000201{body}") } else { body })
    })
}

/// Hexadecimal digits are the same number in small letters.
fn is_same_checksum(payload: &str, changed: &str) -> bool {
    let (covered, digits) = payload.split_at(payload.len() - 4);
    changed.strip_prefix(covered).is_some_and(|other| other.eq_ignore_ascii_case(digits))
}

#[test]
fn no_single_changed_character_is_drawn() {
    let payload = Shop::sound().payload();
    let wide = ['é', '店', '\u{1F600}', '٣'];
    for (at, old) in payload.char_indices() {
        for new in (0..128_u8).map(char::from).chain(wide).filter(|new| *new != old) {
            let mut changed = payload.clone();
            changed.replace_range(at..=at, new.encode_utf8(&mut [0; 4]));
            if is_same_checksum(&payload, &changed) {
                continue;
            }
            assert!(!is_redrawn(&changed), "{at}: {old:?} became {new:?}");
        }
    }
    assert!(is_redrawn(&payload));
}

#[test]
fn no_two_exchanged_neighbours_are_drawn() {
    let payload = Shop::sound().payload();
    let mut exchanged_pairs = 0;
    for at in 0..payload.len() - 1 {
        let mut bytes = payload.clone().into_bytes();
        bytes.swap(at, at + 1);
        let exchanged = String::from_utf8(bytes).unwrap();
        if exchanged != payload {
            exchanged_pairs += 1;
            assert!(!is_redrawn(&exchanged), "{at}: {exchanged}");
        }
    }
    assert!(exchanged_pairs > 100);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_only_a_parsed_one_is_drawn(
        text in prop_oneof![any::<String>(), "[0-9]{0,300}", near_payloads()],
        rupiah in any::<u64>(),
    ) {
        let verdict = verify_optional(Some(&text), &order(rupiah));
        match parse(&text) {
            Ok(parsed) => {
                prop_assert_eq!(parsed.as_str(), text.as_str());
                prop_assert!(!matches!(verdict, Verdict::Refuse(Refusal::Broken(_))));
                // Every accessor is called for its panics; the table tests hold their values.
                let _ = (parsed.nmid(), parsed.pans().count(), parsed.terminal_label());
            }
            Err(_) if text.is_empty() => {
                prop_assert_eq!(told(&verdict), "picture no_payload");
            }
            Err(error) => prop_assert_eq!(verdict, Verdict::Refuse(Refusal::Broken(error))),
        }
    }

    #[test]
    fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(!is_redrawn(&text));
    }

    #[test]
    fn a_composed_code_is_read_back(shop in shops()) {
        let payload = shop.payload();
        let parsed = parse(&payload).unwrap();
        prop_assert_eq!(parsed.merchant_name(), Some(shop.name.as_str()));
        prop_assert_eq!(parsed.merchant_city(), Some(shop.city.as_str()));
        prop_assert_eq!(parsed.nmid(), shop.nmid.as_deref());
        prop_assert_eq!(parsed.pans().collect::<Vec<_>>(), vec![shop.pan.as_str()]);
        prop_assert_eq!(parsed.terminal_label(), Some(shop.terminal.as_str()));
        prop_assert_eq!(parsed.amount_text(), shop.amount.as_deref());
        prop_assert_eq!(parsed.is_static(), shop.initiation == Some("11"));
        let rupiah = shop.amount.unwrap().parse().unwrap();
        prop_assert!(matches!(verify(&payload, &order(rupiah)), Verdict::Redraw(..)));
    }

    #[test]
    fn a_changed_character_of_any_composed_code_is_not_drawn(
        shop in shops(),
        at in any::<prop::sample::Index>(),
        new in 0_u8..128,
    ) {
        let payload = shop.payload();
        let (start, old) = payload.char_indices().nth(at.index(payload.chars().count())).unwrap();
        let new = char::from(new);
        // A wide character replaced by a narrow one moves all that follows, and then one checksum
        // in 65536 fits by chance: only changes that keep the length are surely found.
        prop_assume!(old.is_ascii() && new != old);
        let mut changed = payload.clone();
        changed.replace_range(start..=start, new.encode_utf8(&mut [0; 4]));
        prop_assume!(!is_same_checksum(&payload, &changed));
        let rupiah = shop.amount.unwrap().parse().unwrap();
        prop_assert!(!matches!(verify(&changed, &order(rupiah)), Verdict::Redraw(..)));
    }

    #[test]
    fn an_amount_changed_with_a_new_checksum_is_refused(
        shop in shops(),
        other in 1_u64..=9_999_999_999_999,
    ) {
        let shown: u64 = shop.amount.clone().unwrap().parse().unwrap();
        prop_assume!(shown != other);
        let altered = Shop { amount: Some(other.to_string()), ..shop }.payload();
        prop_assert_eq!(
            verify(&altered, &order(shown)),
            Verdict::Refuse(Refusal::AmountDiffers)
        );
    }
}
