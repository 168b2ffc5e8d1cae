//! Codes of honest shops as they are met outside, and the dishonest ones beside them: what could
//! take another amount, pay another payee or add a fee is refused, everything else is sold.

mod common;

use common::{Shop, order, sealed, sealed_latin1, template, told};
use paywith_qris::{Expected, Payee, Verdict, parse, verify};

/// The invented shop of the outside world's codes, up to its tag 58.
const FRONT: &str = "00020101021226680016ID.CO.CONTOH.WWW01189360008900000123450215CONTOH0000123450303UMI51440014ID.CO.QRIS.WWW0215ID10200000000120303UMI520458125303360540515023";
const BACK: &str = "5802ID5911TOKO CONTOH6004KOTA61051011062070703A01";

fn verdict(payload: &str) -> String {
    told(&verify(payload, &order(15_023)))
}

/// The shop's code with `middle` before its tag 58.
fn with(middle: &str) -> String {
    sealed(&format!("{FRONT}{middle}{BACK}"))
}

#[test]
fn e1_a_tip_that_the_payer_may_leave_out_is_drawn_and_told() {
    let payload = format!("{FRONT}550201{BACK}6304C7DE");
    let verified = verify(&payload, &order(15_023));
    assert_eq!((told(&verified).as_str(), verified.asks_for_tip()), ("redraw tip_asked", true));
    let plain = with("");
    assert!(!verify(&plain, &order(15_023)).asks_for_tip());
    let other = verify(&payload, &order(15_000));
    assert_eq!((told(&other).as_str(), other.asks_for_tip()), ("refuse amount_differs", false));
    // A static code of the same shop: the provider's picture, and the shopper is told of the tip too.
    let open = payload.replacen("540515023", "", 1).replacen("010212", "010211", 1);
    let open = sealed(open.split_at(open.len() - 8).0);
    let verified = verify(&open, &order(15_023));
    assert_eq!(told(&verified), "picture static_without_amount");
    assert!(verified.asks_for_tip());
}

#[test]
fn e2_a_fee_of_zero_is_no_fee() {
    let no_fee = [
        "55020256010",
        "55020256040.00",
        "55020357010",
        "550203570500.00",
        "55020357040.00",
        "56010",
        "570500.00",
        "55005600",
        "5500",
    ];
    for middle in no_fee {
        let payload = with(middle);
        let verified = verify(&payload, &order(15_023));
        assert!(matches!(verified, Verdict::Redraw(..)), "{middle}: {}", told(&verified));
        assert!(!verified.asks_for_tip(), "{middle}");
    }
    // A fee that is announced and not stated may be asked of the payer.
    for middle in ["550202", "550203", "55020256005700", "55020257010", "550204", "55011"] {
        let payload = with(middle);
        let verified = verify(&payload, &order(15_023));
        assert!(matches!(verified, Verdict::Redraw(..)), "{middle}: {}", told(&verified));
        assert!(verified.asks_for_tip(), "{middle}");
    }
}

#[test]
fn e3_a_fee_above_zero_or_one_that_nobody_can_read_is_refused() {
    let fees = [
        "5502025603500",
        "55020256041.00",
        "55020256040.01",
        "55020357041.00",
        "550203570501.00",
        "550203570500.01",
        "5502015603500",
        "5502025601057041.00",
        "5603500",
        "57041.00",
        "5603abc",
        "5601.",
        "560310%",
        "56040,00",
        "56050.0.0",
        "5602-0",
        "5602+0",
        "56030e0",
        "5603٠٠٠",
    ];
    for middle in fees {
        assert_eq!(verdict(&with(middle)), "refuse fee_or_tip", "{middle}");
    }
}

#[test]
fn e4_a_code_is_drawn_in_the_bytes_over_which_its_checksum_is_right() {
    let latin1 = format!("{FRONT}5802ID5909KOPI CAFÉ6004KOTA61051011062070703A0163044FD9");
    let Verdict::Redraw(payload, warnings) = verify(&latin1, &order(15_023)) else {
        panic!("{}", verdict(&latin1))
    };
    assert_eq!(
        warnings.iter().map(|warning| warning.code()).collect::<Vec<_>>(),
        ["single_byte_text"]
    );
    let bytes = payload.bytes();
    assert_eq!(bytes.len(), latin1.chars().count(), "one byte per character");
    assert!(bytes.windows(6).any(|part| part == b"CAF\xC960"));
    assert_eq!(payload.payee().name.as_deref(), Some("KOPI CAFÉ"));

    let utf8 = sealed(&format!("{FRONT}5802ID5909KOPI CAFÉ6004KOTA"));
    let Verdict::Redraw(payload, _) = verify(&utf8, &order(15_023)) else { panic!("sound") };
    assert_eq!(payload.bytes().as_ref(), utf8.as_bytes());

    let wrong = latin1.replace("4FD9", "4FD8");
    assert_eq!(verdict(&wrong), "refuse checksum_wrong");
    let other_amount = verify(&latin1, &order(15_000));
    assert_eq!(told(&other_amount), "refuse amount_differs");
}

#[test]
fn e4_every_way_to_write_a_name_is_read() {
    // windows-1252: the apostrophe is byte 92, the euro sign byte 80.
    let bytes = [format!("{FRONT}5802ID5908TOKO O").as_bytes(), b"\x92Z6004\x80OTA6304"].concat();
    let covered = format!("{FRONT}5802ID5908TOKO O’Z6004€OTA6304");
    let windows = format!("{covered}{:04X}", paywith_qris::checksum(&bytes));
    let Verdict::Redraw(payload, _) = verify(&windows, &order(15_023)) else {
        panic!("{}", verdict(&windows))
    };
    assert!(payload.bytes().starts_with(&bytes));
    assert_eq!(payload.payee().name.as_deref(), Some("TOKO O’Z"));

    // A name in two characters for one letter, and one of a smiling face.
    let combining = sealed(&format!("{FRONT}5802ID5910KOPI CAFE\u{301}6004KOTA"));
    assert_eq!(verdict(&combining), "redraw");
    let name = parse(&combining).unwrap().payee().name;
    assert_eq!(name.as_deref(), Some("KOPI CAFE\u{301}"));
    for length in [6, 7, 9] {
        let face = sealed(&format!("{FRONT}5802ID59{length:02}TOKO \u{1F600}6004KOTA"));
        let expected = if length == 6 { "redraw" } else { "redraw lengths_not_characters" };
        assert_eq!(verdict(&face), expected, "characters, UTF-16 units, bytes: {length}");
        assert_eq!(parse(&face).unwrap().payee().city.as_deref(), Some("KOTA"));
    }
    let eight = sealed(&format!("{FRONT}5802ID5908TOKO \u{1F600}6004KOTA"));
    assert!(verdict(&eight).starts_with("refuse "), "{}", verdict(&eight));

    // A decoder took UTF-8 for Latin-1: the bytes are the issuer's, and the name is read right.
    for length in ["09", "10"] {
        let misread = sealed_latin1(&format!("{FRONT}5802ID59{length}KOPI CAFÃ\u{89}6004KOTA"));
        let Verdict::Redraw(payload, _) = verify(&misread, &order(15_023)) else {
            panic!("{}", verdict(&misread))
        };
        assert_eq!(payload.payee().name.as_deref(), Some("KOPI CAFÉ"));
        let issued = String::from_utf8(payload.bytes().into_owned()).unwrap();
        assert!(issued.contains("KOPI CAFÉ6004"), "{issued}");
    }
}

#[test]
fn e4_two_readings_that_disagree_are_refused() {
    // Counted in characters it asks for 15,023; counted in bytes tag 81 swallows that amount, and
    // another one appears behind the accents of tag 83.
    let two_faces = format!(
        "{}8008ÉÉÉÉ8109540515023{}{BACK}",
        FRONT.replacen("540515023", "", 1),
        format_args!("8318{}540599999", "É".repeat(9)),
    );
    assert_eq!(verdict(&sealed(&two_faces)), "refuse amount_differs");
    let other_order = two_faces.replacen("540515023", "5405X5023", 1);
    assert_eq!(verdict(&sealed(&other_order)), "refuse amount_malformed");
    // An amount that only one of the readings has leaves the other open.
    let half_open = two_faces.replacen("010212", "010211", 1).replacen("540599999", "850599999", 1);
    assert_eq!(verdict(&sealed(&half_open)), "refuse amount_differs");
}

#[test]
fn e5_flaws_that_decide_nothing_are_drawn_as_they_are() {
    let free_text = format!("{FRONT}5802ID5911TOKO CONTOH6004KOTA6105101106207INV-0016304973C");
    assert_eq!(verdict(&free_text), "redraw template_odd");
    let shop = Shop::sound;
    let twice = template(&[(1, "A"), (7, "B"), (1, "C")]);
    let same_twice = template(&[(0, "ID.CO.X"), (1, "9360"), (1, "9360"), (3, "UMI"), (3, "UME")]);
    let cases: [(u8, Option<&str>, &str); 12] = [
        (62, Some(&twice), "redraw template_odd"),
        (26, Some(&same_twice), "redraw template_odd"),
        (26, Some("9360008900000012345"), "redraw template_odd"),
        (26, Some("no elements"), "redraw template_odd"),
        (50, Some("x"), "redraw template_odd"),
        (64, Some("0002ZH0199"), "redraw template_odd"),
        (2, Some("4000123456789"), "redraw"),
        (61, None, "redraw"),
        (65, Some("anything"), "redraw"),
        (79, Some("anything"), "redraw"),
        (80, Some("anything"), "redraw"),
        (99, Some("anything"), "redraw"),
    ];
    for (tag, value, expected) in cases {
        assert_eq!(verdict(&shop().payload_with(tag, value)), expected, "{tag} {value:?}");
    }
    // The entry in the national register names the payee, and so does a second PAN.
    let other = template(&[(0, "ID.CO.X"), (1, "9360"), (1, "9361")]);
    assert_eq!(verdict(&shop().payload_with(26, Some(&other))), "refuse payee_ambiguous");
    let other = template(&[(2, "ID1020000000012"), (2, "ID1020000000013")]);
    assert_eq!(verdict(&shop().payload_with(51, Some(&other))), "refuse payee_ambiguous");
    assert_eq!(verdict(&shop().payload_with(51, Some("no elements"))), "refuse tag_not_digits");
}

#[test]
fn e5_a_pin_that_cannot_be_found_refuses() {
    let pan = Some("936000000000000000");
    let nmid = Some("ID1020000000000");
    let broken = format!("{}99", template(&[(1, "936000000000000000")]));
    let cases = [
        (26, Some("936000000000000000"), None, pan, "refuse pinned_pan_missing"),
        (26, Some(broken.as_str()), None, pan, "refuse pinned_pan_missing"),
        (51, None, nmid, None, "refuse pinned_nmid_missing"),
        (62, Some("INV-001"), nmid, pan, "redraw template_odd"),
    ];
    for (tag, value, pinned_nmid, pinned_pan, expected) in cases {
        let payload = Shop::sound().payload_with(tag, value);
        let order = Expected { amount_rupiah: 15_023, pinned_nmid, pinned_pan };
        assert_eq!(told(&verify(&payload, &order)), expected, "{tag} {value:?}");
    }
}

#[test]
fn e6_a_shop_of_money_transfer_is_a_shop() {
    let shop = with("").replacen("52045812", "52044829", 1);
    let shop = sealed(shop.split_at(shop.len() - 8).0);
    assert_eq!(verdict(&shop), "redraw");
    let account = template(&[(0, "ID.CO.EXAMPLE.WWW"), (1, "936000000000000000")]);
    let beside = [(40, Some(account.as_str()), "refuse person_to_person")];
    for (tag, value, expected) in beside {
        let elements = Shop::sound().payload_with(tag, value).replacen("52045812", "52044829", 1);
        let payload = sealed(elements.split_at(elements.len() - 8).0);
        assert_eq!(verdict(&payload), expected);
    }
    let purpose = template(&[(7, "A01"), (8, "X"), (8, "DMCT")]);
    let payload = Shop::sound().payload_with(62, Some(&purpose));
    assert_eq!(verdict(&payload), "refuse person_to_person");
}

#[test]
fn e8_what_has_lost_its_checksum_or_states_two_amounts_is_refused() {
    let sound = with("");
    let cases = [
        (sound.split_at(sound.len() - 8).0.to_owned(), "refuse checksum_missing"),
        (sound.split_at(sound.len() - 4).0.to_owned(), "refuse value_cut_short"),
        (with("540515023"), "refuse tag_repeated"),
        (with("5303360"), "refuse tag_repeated"),
        (
            sealed(&sound.replacen("540515023", "540615.023", 1)[..sound.len() - 7]),
            "refuse amount_malformed",
        ),
        (
            sealed(&sound.replacen("5303360", "5303840", 1)[..sound.len() - 8]),
            "refuse currency_not_rupiah",
        ),
    ];
    for (payload, expected) in cases {
        assert_eq!(verdict(&payload), expected, "{payload}");
    }
}

#[test]
fn the_payee_is_who_the_shoppers_app_will_show() {
    let payee = |payload: &str| verify(payload, &order(15_023)).payee();
    let shown = payee(&with(""));
    let text = |text: &str| Some(text.to_owned());
    let expected =
        Payee { name: text("TOKO CONTOH"), city: text("KOTA"), nmid: text("ID1020000000012") };
    assert_eq!(shown, expected);
    let noisy = Shop {
        name: " TOKO\n\u{202E}CONTOH\u{7}\u{200B} ".to_owned(),
        city: "\u{FEFF}".to_owned(),
        nmid: None,
        ..Shop::sound()
    };
    let expected = Payee { name: text("TOKOCONTOH"), ..Payee::default() };
    assert_eq!(payee(&noisy.payload()), expected);
    assert_eq!(payee("nothing"), Payee::default());
    let open = Shop { initiation: Some("11"), amount: None, ..Shop::sound() };
    assert_eq!(payee(&open.payload()).city, text("JAKARTA PUSAT"));
}
