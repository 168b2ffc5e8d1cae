//! Reading the text out of Cashi's QR picture.
//!
//! The provider sends a picture only; the widget wants to draw the code itself and to check it,
//! so the text is decoded here. It knows pixels and nothing of what the text means. A picture
//! that cannot be read is no error: the shopper then sees the picture as it came.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paywith_providers::cashi::is_small_png_uri;
use rxing::BarcodeFormat;

const URI_START: &str = "data:image/png;base64,";
/// Wide enough for the quiet zone that a picture may lack.
const PADDING_PX: usize = 40;
/// Below this width a padded picture is enlarged for the second try.
const COMFORTABLE_PX: usize = 500;
const WHITE: u8 = 255;

/// Rows of grey pixels, top to bottom.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The text of the code in a PNG `data:` address; `None` when the address is no small PNG or no
/// code is found. Takes milliseconds: call it where blocking is fine.
pub(crate) fn decode(uri: &str) -> Option<String> {
    if !is_small_png_uri(uri) {
        return None;
    }
    let png = STANDARD.decode(uri.strip_prefix(URI_START)?).ok()?;
    let grey = read_png(&png)?;
    find_code(&grey).or_else(|| find_code(&enlarged(&padded(&grey)?)?))
}

fn find_code(grey: &Grey) -> Option<String> {
    let width = u32::try_from(grey.width).ok()?;
    let height = u32::try_from(grey.height).ok()?;
    let format = Some(BarcodeFormat::QR_CODE);
    let found = rxing::helpers::detect_in_luma_slice(&grey.pixels, width, height, format).ok()?;
    Some(found.getText().to_owned()).filter(|text| !text.is_empty())
}

/// The PNG's pixels in grey, on white where it is transparent.
fn read_png(png: &[u8]) -> Option<Grey> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    let channels = info.color_type.samples();
    let rows = bytes.get(..info.buffer_size())?;
    let pixels: Vec<u8> = rows.chunks_exact(channels).map(grey_on_white).collect();
    let (width, height) = (usize::try_from(info.width).ok()?, usize::try_from(info.height).ok()?);
    (pixels.len() == width.checked_mul(height)?).then_some(Grey { width, height, pixels })
}

fn grey_on_white(pixel: &[u8]) -> u8 {
    let average = |red: u8, green: u8, blue: u8| {
        let sum = u16::from(red) + u16::from(green) + u16::from(blue);
        u8::try_from(sum / 3).unwrap_or(WHITE)
    };
    let over_white = |grey: u8, opacity: u8| {
        let (grey, opacity, white) = (u16::from(grey), u16::from(opacity), u16::from(WHITE));
        let mixed = (grey * opacity + white * (white - opacity)) / white;
        u8::try_from(mixed).unwrap_or(WHITE)
    };
    match *pixel {
        [grey] => grey,
        [grey, opacity] => over_white(grey, opacity),
        [red, green, blue] => average(red, green, blue),
        [red, green, blue, opacity] => over_white(average(red, green, blue), opacity),
        _ => WHITE,
    }
}

/// The picture with a white margin: decoders miss codes without a quiet zone.
fn padded(grey: &Grey) -> Option<Grey> {
    let width = grey.width.checked_add(2 * PADDING_PX)?;
    let height = grey.height.checked_add(2 * PADDING_PX)?;
    let margin = vec![WHITE; width.checked_mul(PADDING_PX)?];
    let side = [WHITE; PADDING_PX];
    let mut pixels = margin.clone();
    for row in grey.pixels.chunks_exact(grey.width) {
        pixels.extend_from_slice(&side);
        pixels.extend_from_slice(row);
        pixels.extend_from_slice(&side);
    }
    pixels.extend_from_slice(&margin);
    Some(Grey { width, height, pixels })
}

/// Whole multiples only, so that modules keep their proportions.
fn enlarged(grey: &Grey) -> Option<Grey> {
    let factor = COMFORTABLE_PX.div_ceil(grey.width.max(1)).clamp(1, 8);
    let mut pixels = Vec::new();
    for row in grey.pixels.chunks_exact(grey.width) {
        let wide: Vec<u8> =
            row.iter().flat_map(|pixel| std::iter::repeat_n(*pixel, factor)).collect();
        for _ in 0..factor {
            pixels.extend_from_slice(&wide);
        }
    }
    let (width, height) = (grey.width.checked_mul(factor)?, grey.height.checked_mul(factor)?);
    Some(Grey { width, height, pixels })
}
