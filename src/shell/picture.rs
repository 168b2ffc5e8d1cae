//! Draws a QRIS payload as a PNG: black on white, four quiet modules, whole pixels per module.

use paywith_checkout::Drawing;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Modules of white on each side, as the standard asks.
const QUIET: i32 = 4;
/// A saved picture should have at least this many pixels a side.
const LEAST_PIXELS: i32 = 1_000;

/// The picture, or `None` where the payload is too long or the browser gives no canvas.
pub(crate) fn draw(payload: &str) -> Option<Drawing> {
    let code = QrCode::encode_segments(&[segment(payload)], QrCodeEcc::Medium).ok()?;
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

/// Capital letters and digits fit a coarser code, which a weak camera reads sooner.
fn segment(payload: &str) -> QrSegment {
    let is_coarse = |byte: u8| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" $%*+-./:".contains(&byte)
    };
    if payload.bytes().all(is_coarse) {
        QrSegment::make_alphanumeric(payload)
    } else {
        QrSegment::make_bytes(payload.as_bytes())
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
