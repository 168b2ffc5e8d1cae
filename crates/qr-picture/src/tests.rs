//! Pictures as providers and relays send them, each read back.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
use base64::engine::general_purpose;
use paywith_qris::{Expected, Verdict, verify};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

const FRONT: &str = "00020101021226680016ID.CO.CONTOH.WWW01189360008900000123450215CONTOH0000123450303UMI51440014ID.CO.QRIS.WWW0215ID10200000000120303UMI520458125303360540515023";

fn sound() -> String {
    format!("{FRONT}550201{}", "5802ID5911TOKO CONTOH6004KOTA61051011062070703A016304C7DE")
}

/// A code with six pixels per module in the middle of a white picture.
fn poster(text: &[u8], width: usize, height: usize) -> Grey {
    let segment = QrSegment::make_bytes(text);
    let code = QrCode::encode_segments(&[segment], QrCodeEcc::Medium).expect("short enough");
    let side = usize::try_from(code.size()).expect("a size") * 6;
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let mut pixels = vec![WHITE; width * height];
    for (place, pixel) in pixels.iter_mut().enumerate() {
        let module = |at: usize, start: usize| {
            let inside = at.checked_sub(start).map(|inside| inside / 6);
            inside.and_then(|module| i32::try_from(module).ok()).unwrap_or(-1)
        };
        if code.get_module(module(place % width, left), module(place / width, top)) {
            *pixel = 0;
        }
    }
    Grey { width, height, pixels }
}

fn png(picture: &Grey) -> Vec<u8> {
    let size = |length: usize| u32::try_from(length).expect("a size");
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size(picture.width), size(picture.height));
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&picture.pixels).expect("pixels");
    writer.finish().expect("an end");
    file
}

fn jpeg(picture: &Grey, quality: u8) -> Vec<u8> {
    let size = |length: usize| u16::try_from(length).expect("a size");
    let mut file = Vec::new();
    jpeg_encoder::Encoder::new(&mut file, quality)
        .encode(
            &picture.pixels,
            size(picture.width),
            size(picture.height),
            jpeg_encoder::ColorType::Luma,
        )
        .expect("a JPEG");
    file
}

fn uri(kind: &str, bytes: &[u8]) -> String {
    format!("data:image/{kind};base64,{}", general_purpose::STANDARD.encode(bytes))
}

#[test]
fn d2_pictures_are_read_in_every_shape_that_browsers_read() {
    let text = sound();
    let small = png(&poster(text.as_bytes(), 500, 500));
    let plain = uri("png", &small);
    let base64 = plain.split_once(',').expect("a URI").1;
    let lines: Vec<String> = base64
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let shapes = [
        plain.clone(),
        plain.trim_end_matches('=').to_owned(),
        format!("data:image/png;base64,{}", lines.join("\n")),
        base64.to_owned(),
        plain.replace('+', "%2B").replace('=', "%3D"),
        format!(
            "DATA:image/png;charset=utf-8;BASE64,{}",
            base64.replace('+', "-").replace('/', "_")
        ),
        uri("jpeg", &jpeg(&poster(text.as_bytes(), 500, 500), 80)),
        uri("png", &jpeg(&poster(text.as_bytes(), 500, 500), 60)),
    ];
    for shape in shapes {
        assert_eq!(decode(&shape).as_deref(), Ok(text.as_str()), "{}", &shape[..60]);
    }
}

#[test]
fn d2_a_poster_of_900_by_1200_and_260_kb_is_read() {
    let text = sound();
    let mut picture = poster(text.as_bytes(), 900, 1_200);
    // Ornaments around the code, so that the file is as large as a poster's.
    let mut noise = 1_u32;
    for (place, pixel) in picture.pixels.iter_mut().enumerate() {
        let (x, y) = (place % 900, place / 900);
        if !(200..700).contains(&x) || !(350..850).contains(&y) {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *pixel = if y % 4 == 0 { noise.to_be_bytes()[0] } else { 200 };
        }
    }
    let file = png(&picture);
    assert!((200_000..1_000_000).contains(&file.len()), "{} bytes", file.len());
    assert_eq!(decode(&uri("png", &file)).as_deref(), Ok(text.as_str()));
    assert_eq!(decode(&uri("jpeg", &jpeg(&picture, 70))).as_deref(), Ok(text.as_str()));
}

#[test]
fn d2_what_cannot_be_read_says_why() {
    let white = Grey { width: 300, height: 300, pixels: vec![WHITE; 90_000] };
    assert_eq!(decode(&uri("png", &png(&white))), Err(Unread::NoCode));
    assert_eq!(decode(&uri("jpeg", &jpeg(&white, 80))), Err(Unread::NoCode));
    let file = png(&poster(sound().as_bytes(), 500, 500));
    assert_eq!(decode(&uri("png", &file[..file.len() / 2])), Err(Unread::Broken));
    assert_eq!(decode("https://cashi.id/qr.png"), Err(Unread::Flaw(PictureFlaw::NoData)));
    let many = Grey { width: 2_100, height: 2_000, pixels: vec![WHITE; 4_200_000] };
    assert_eq!(decode(&uri("png", &png(&many))), Err(Unread::Flaw(PictureFlaw::TooManyPixels)));
}

#[test]
fn d5_what_stands_around_the_text_in_a_code_is_dropped() {
    for text in [format!("{}\n", sound()), format!("\u{FEFF}{}\r\n ", sound())] {
        let picture = uri("png", &png(&poster(text.as_bytes(), 500, 500)));
        assert_eq!(decode(&picture), Ok(sound()));
    }
}

#[test]
fn e4_a_code_in_single_bytes_is_read_so_that_its_very_bytes_can_be_drawn() {
    let utf8 = format!("{FRONT}5802ID5909KOPI CAF\u{C9}6004KOTA6304");
    let checksum = paywith_qris::checksum(utf8.as_bytes());
    let utf8 = format!("{utf8}{checksum:04X}").into_bytes();
    let front = FRONT.as_bytes();
    let rest = b"5802ID5909KOPI CAF\xC96004KOTA61051011062070703A0163044FD9";
    let latin1 = [front, rest].concat();
    let windows = [front, b"5802ID5906TOKO\x92S6004\x80OTA6304"].concat();
    let windows =
        [windows.clone(), format!("{:04X}", paywith_qris::checksum(&windows)).into_bytes()]
            .concat();
    for bytes in [utf8, latin1, windows] {
        let text = decode(&uri("png", &png(&poster(&bytes, 500, 500)))).expect("a text");
        let expected = Expected { amount_rupiah: 15_023, pinned_nmid: None, pinned_pan: None };
        let Verdict::Redraw(payload, _) = verify(&text, &expected) else {
            unreachable!("{}", bytes.escape_ascii())
        };
        assert_eq!(payload.bytes().as_ref(), bytes, "{text}");
    }
}
