//! Draws a QRIS payload as a picture: black on white, four quiet modules, whole pixels per module.

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
pub(crate) fn draw(payload: &str) -> Option<Drawing> {
    let code = QrCode::encode_segments(&[segment(payload)], QrCodeEcc::Medium).ok()?;
    let side_modules = u32::try_from(code.size() + 2 * QUIET).ok()?;
    // Outside the code, in the quiet zone, every module is white.
    let place = |at: u32| i32::try_from(at).unwrap_or(i32::MAX).saturating_sub(QUIET);
    let is_black = |x: u32, y: u32| code.get_module(place(x), place(y));
    let file = png::write(side_modules, LEAST_PIXELS, is_black);
    let url = ["data:image/png;base64,", &base64::encode(&file)].concat();
    Some(Drawing { url, outline: outline(side_modules, is_black), side_modules })
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
