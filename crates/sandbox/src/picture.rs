//! The picture of a code: black on white, whole pixels, the quiet zone of four modules, as a PNG
//! data address. It knows nothing of what the text means.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};

const QUIET_MODULES: usize = 4;
const PIXELS_PER_MODULE: usize = 6;

/// The text as a picture's data address; `None` when it is too long for any code.
pub(crate) fn data_address(text: &str) -> Option<String> {
    Some(as_data_address(&png_of(text)?))
}

/// Bytes that claim to be a PNG, whatever they are.
pub(crate) fn as_data_address(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}

fn png_of(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let modules = usize::try_from(code.size()).ok()?;
    let side = (modules + 2 * QUIET_MODULES) * PIXELS_PER_MODULE;
    let mut pixels = Vec::with_capacity(side * side);
    for row in 0..side {
        for column in 0..side {
            pixels.push(if is_dark(&code, column, row) { 0 } else { 255 });
        }
    }
    let side = u32::try_from(side).ok()?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// Outside the code all modules are light, which makes the quiet zone.
fn is_dark(code: &QrCode, column: usize, row: usize) -> bool {
    let module = |pixel: usize| {
        let inside = (pixel / PIXELS_PER_MODULE).checked_sub(QUIET_MODULES)?;
        i32::try_from(inside).ok()
    };
    match (module(column), module(row)) {
        (Some(x), Some(y)) => code.get_module(x, y),
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Side in pixels and the gray values, row by row.
    fn pixels_of(file: Vec<u8>) -> (usize, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let frame = reader.next_frame(&mut pixels).expect("an image");
        assert_eq!(frame.width, frame.height);
        (usize::try_from(frame.width).expect("a size"), pixels)
    }

    #[test]
    fn the_picture_is_a_square_png_with_a_white_border() {
        let (side, pixels) = pixels_of(png_of("123").expect("short text fits"));
        assert_eq!(side, (21 + 8) * 6);
        assert!(pixels[..side * 24].iter().all(|pixel| *pixel == 255));
        assert_eq!(pixels[side * 24 + 24], 0, "the finder pattern starts after the border");
    }

    #[test]
    fn a_decoder_reads_the_text_back() {
        let text = crate::qris::compose(15_023, "INV-9921");
        let (side, pixels) = pixels_of(png_of(&text).expect("the text fits"));
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| pixels[y * side + x]);
        let (_, read) = image.detect_grids()[0].decode().expect("a sound code");
        assert_eq!(read, text);
    }

    #[test]
    fn a_text_too_long_for_any_code_has_no_picture() {
        assert_eq!(data_address(&"x".repeat(4000)), None);
    }
}
