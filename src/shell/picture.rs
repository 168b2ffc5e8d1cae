//! Draws a QRIS payload as a PNG: black on white, four quiet modules, whole pixels per module.
//!
//! It takes bytes, not text: a code whose name is Latin-1 has to hold the very bytes over which its
//! checksum is right.

use paywith_checkout::Drawing;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Modules of white on each side, as the standard asks.
const QUIET: i32 = 4;
/// A saved picture should have at least this many pixels a side.
const LEAST_PIXELS: i32 = 1_000;

/// The picture, or `None` where the payload is too long or the browser gives no canvas.
pub(crate) fn draw(payload: &[u8]) -> Option<Drawing> {
    let code = encode(payload)?;
    let side = code.size() + 2 * QUIET;
    let scale = LEAST_PIXELS / side + 1;
    let canvas = canvas(u32::try_from(side * scale).ok()?)?;
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let fill = |color: &str, x: i32, y: i32, width: i32, height: i32| {
        context.set_fill_style_str(color);
        let at = |modules: i32| f64::from(modules * scale);
        context.fill_rect(at(x), at(y), at(width), at(height));
    };
    fill("#fff", 0, 0, side, side);
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                fill("#000", x + QUIET, y + QUIET, 1, 1);
            }
        }
    }
    let url = canvas.to_data_url().ok()?;
    // Browsers that blur canvases against fingerprinting still answer a PNG; a blank answer is no
    // picture.
    let is_picture = url.starts_with("data:image/png;base64,");
    is_picture.then_some(Drawing { url, side_modules: side.unsigned_abs() })
}

fn encode(payload: &[u8]) -> Option<QrCode> {
    QrCode::encode_segments(&[segment(payload)], QrCodeEcc::Medium).ok()
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

fn canvas(pixels: u32) -> Option<HtmlCanvasElement> {
    let document = web_sys::window()?.document()?;
    let canvas = document.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    canvas.set_width(pixels);
    canvas.set_height(pixels);
    Some(canvas)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    /// What a scanner reads out of the code.
    fn scanned(code: &QrCode) -> Vec<u8> {
        let side = usize::try_from(code.size() + 2 * QUIET).expect("a small code") * 4;
        let module = |pixels: usize| i32::try_from(pixels / 4).expect("a small code") - QUIET;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if code.get_module(module(x), module(y)) { 0 } else { 255 }
        });
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
            let code = encode(payload).expect("short enough");
            assert_eq!(scanned(&code), payload, "{}", payload.escape_ascii());
        }
    }
}
