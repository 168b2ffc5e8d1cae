//! Draws a QRIS payload as a picture: black on white, four quiet modules, whole pixels per module.
//!
//! It takes bytes, not text: a code whose name is Latin-1 has to hold the very bytes over which its
//! checksum is right.

mod base64;
mod png;

use paywith_checkout::Drawing;
use paywith_protocol::whole_text;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

/// Modules of white on each side, as the standard asks.
const QUIET: i32 = 4;
/// A saved picture should have at least this many pixels a side.
const LEAST_PIXELS: u32 = 1_000;

/// The picture, or `None` where the payload is too long.
pub(crate) fn draw(payload: &[u8]) -> Option<Drawing> {
    let (side_modules, file, outline) = picture(payload)?;
    let url = ["data:image/png;base64,", &base64::encode(&file)].concat();
    Some(Drawing { url, outline, side_modules })
}

/// Modules along a side, the quiet zone included; the PNG file; the outline.
fn picture(payload: &[u8]) -> Option<(u32, Vec<u8>, String)> {
    let code = QrCode::encode_segments(&[segment(payload)], QrCodeEcc::Medium).ok()?;
    let side_modules = u32::try_from(code.size() + 2 * QUIET).ok()?;
    // Outside the code, in the quiet zone, every module is white.
    let place = |at: u32| i32::try_from(at).unwrap_or(i32::MAX).saturating_sub(QUIET);
    let is_black = |x: u32, y: u32| code.get_module(place(x), place(y));
    let file = png::write(side_modules, LEAST_PIXELS, is_black);
    Some((side_modules, file, outline(side_modules, is_black)))
}

/// The black modules as an SVG path, one unit a module: for pages whose policy refuses pictures.
fn outline(side: u32, is_black: impl Fn(u32, u32) -> bool) -> String {
    let number = |value: u32| whole_text(u64::from(value));
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let end = (x..side).find(|x| !is_black(*x, y)).unwrap_or(side);
            if end > x {
                let width = number(end - x);
                let place = ["M", &number(x), " ", &number(y)].concat();
                path.push_str(&[&place, "h", &width, "v1h-", &width, "z"].concat());
            }
            x = end + 1;
        }
    }
    path
}

/// Capital letters and digits fit a coarser code, which a weak camera reads sooner.
fn segment(payload: &[u8]) -> QrSegment {
    let is_coarse = |byte: &u8| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" $%*+-./:".contains(byte)
    };
    match str::from_utf8(payload) {
        Ok(text) if payload.iter().all(is_coarse) => QrSegment::make_alphanumeric(text),
        Ok(_) | Err(_) => QrSegment::make_bytes(payload),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;

    /// What a scanner reads out of a picture.
    fn scanned(file: &[u8]) -> Vec<u8> {
        let (side, pixels) = png::tests::decode(file);
        let is_black = |x: usize, y: usize| pixels[y * side + x];
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, is_black);
        let grids = picture.detect_grids();
        let mut bytes = Vec::new();
        grids.first().expect("a code").decode_to(&mut bytes).expect("a sound code");
        bytes
    }

    #[test]
    fn e4_a_drawn_code_holds_the_very_bytes_that_it_was_given() {
        let payloads: [&[u8]; 5] = [
            b"00020101021226690017ID.CO.EXAMPLE.WWW5909KOPI CAF\xC96004KOTA63044FD9",
            "5909KOPI CAF\u{C9}6304ABCD".as_bytes(),
            b"5909TOKO O\x92Z6304abcd",
            b"000201 ONLY $%*+-./: CAPITALS 6304ABCD",
            b"5911Toko Contoh6304ABCD",
        ];
        for payload in payloads {
            let (_, file, _) = picture(payload).expect("short enough");
            assert_eq!(scanned(&file), payload, "{}", payload.escape_ascii());
        }
    }

    #[test]
    fn a7_the_outline_has_the_same_black_modules_as_the_picture() {
        let (side, file, outline) = picture(b"000201 A CODE 6304ABCD").expect("short enough");
        let (pixels, read) = png::tests::decode(&file);
        let side = usize::try_from(side).expect("a size");
        let scale = pixels / side;
        let black = |x: usize, y: usize| read[y * scale * pixels + x * scale] == 0;
        let in_picture = (0..side * side).filter(|at| black(at % side, at / side)).count();
        let mut in_outline = 0;
        for run in outline.split('M').filter(|run| !run.is_empty()) {
            let (place, width) = run.split_once('h').expect("a run");
            let (x, y) = place.split_once(' ').expect("a place");
            let number = |text: &str| text.parse::<usize>().expect("a number");
            let width = number(width.split_once('v').expect("its height").0);
            in_outline += width;
            assert!((0..width).all(|step| black(number(x) + step, number(y))), "{run}");
        }
        assert_eq!(in_outline, in_picture);
    }
}
