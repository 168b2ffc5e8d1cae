//! Reads the text from a provider's picture of a QR code.
//!
//! The provider only sends a picture; the widget needs to check the code and draw it itself, so the
//! text is decoded here. It knows pixels and nothing about what the text means. A picture that
//! cannot be read is not an error in itself: the shopper then sees the picture as received. Start
//! at [`decode`].

use std::fmt;
use std::io::Cursor;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::WINDOWS_1252;
use paywith_protocol::payload_text;
use paywith_providers::cashi::{MOST_PIXELS, PictureFlaw, picture_uri};
use rxing::{BarcodeFormat, DecodeHints};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

/// Browsers accept base64 whose last letter has unused bits set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
/// How many bytes the decoder may use for a PNG within the pixel limit.
const MOST_PNG_BYTES: usize = 64 << 20;
/// Wide enough to replace a missing quiet zone.
const PADDING_PX: usize = 40;
/// Below this width a padded picture is enlarged for the second try.
const COMFORTABLE_PX: usize = 500;
const WHITE: u8 = 255;

/// Why no text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is not a picture format that we show.
    Flaw(PictureFlaw),
    /// It has a picture's header, but its data is invalid.
    Broken,
    /// It contains no readable code.
    NoCode,
}

impl fmt::Display for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Flaw(flaw) => flaw.fmt(formatter),
            Unread::Broken => formatter.write_str("the picture's data is damaged"),
            Unread::NoCode => formatter.write_str("no QR code can be read in the picture"),
        }
    }
}

/// Rows of grey pixels, top to bottom.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The text of the code in a PNG or JPEG. It takes milliseconds, so call it where blocking is fine.
///
/// # Errors
/// Why no text could be read.
pub fn decode(image: &str) -> Result<String, Unread> {
    let uri = picture_uri(image).map_err(Unread::Flaw)?;
    let (head, data) = uri.split_once(',').ok_or(Unread::Broken)?;
    let bytes = BASE64.decode(data).map_err(|_| Unread::Broken)?;
    let grey = if head.contains("png") { read_png(&bytes) } else { read_jpeg(&bytes) };
    let grey = grey.filter(|grey| grey.width > 0).ok_or(Unread::Broken)?;
    find_code(&grey)
        .or_else(|| find_code(&enlarged(&padded(&grey)?)?))
        // Paper texture and compression artefacts disappear in a smaller picture.
        .or_else(|| find_code(&halved(&grey)?))
        .ok_or(Unread::NoCode)
}

fn find_code(grey: &Grey) -> Option<String> {
    let width = u32::try_from(grey.width).ok()?;
    let height = u32::try_from(grey.height).ok()?;
    let format = Some(BarcodeFormat::QR_CODE);
    // One character for each byte: the decoder's guesses at character sets are not ours.
    let byte_by_byte = Some("iso-8859-1".to_owned());
    let mut hints = DecodeHints { CharacterSet: byte_by_byte, ..DecodeHints::default() };
    let pixels = &grey.pixels;
    let found =
        rxing::helpers::detect_in_luma_slice_with_hints(pixels, width, height, format, &mut hints);
    let text = letters(found.ok()?.getText());
    Some(payload_text(&text).to_owned()).filter(|text| !text.is_empty())
}

/// UTF-8 if the bytes are UTF-8; otherwise each byte is its windows-1252 letter, which includes
/// Latin-1.
fn letters(byte_by_byte: &str) -> String {
    let (bytes, _, has_others) = WINDOWS_1252.encode(byte_by_byte);
    match str::from_utf8(&bytes) {
        Ok(text) if !has_others => text.to_owned(),
        Ok(_) | Err(_) => byte_by_byte.to_owned(),
    }
}

/// The PNG's pixels in grey, with white behind transparent parts.
fn read_png(png: &[u8]) -> Option<Grey> {
    let limits = png::Limits { bytes: MOST_PNG_BYTES };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(png), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    let mut bytes = vec![0; reader.output_buffer_size().filter(|_| is_fit(width, height))?];
    let info = reader.next_frame(&mut bytes).ok()?;
    let rows = bytes.get(..info.buffer_size())?;
    grey(info.width, info.height, info.color_type.samples(), rows)
}

fn read_jpeg(jpeg: &[u8]) -> Option<Grey> {
    let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let channels = decoder.output_colorspace()?.num_components();
    let pixels = is_fit(width, height).then(|| decoder.decode().ok()).flatten()?;
    grey(width, height, channels, &pixels)
}

fn is_fit(width: u32, height: u32) -> bool {
    (1..=MOST_PIXELS).contains(&(u64::from(width) * u64::from(height)))
}

fn grey(width: u32, height: u32, channels: usize, bytes: &[u8]) -> Option<Grey> {
    let pixels: Vec<u8> = bytes.chunks_exact(channels.max(1)).map(grey_on_white).collect();
    let (width, height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
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

/// Half the width and height: each pixel is the mean of four.
fn halved(grey: &Grey) -> Option<Grey> {
    let (width, height) = (grey.width / 2, grey.height / 2);
    let mut pixels = Vec::new();
    for pair in grey.pixels.chunks_exact(grey.width.checked_mul(2)?) {
        let (upper, lower) = pair.split_at_checked(grey.width)?;
        for (above, below) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
            let sum: u16 = above.iter().chain(below).map(|pixel| u16::from(*pixel)).sum();
            pixels.push(u8::try_from(sum / 4).unwrap_or(WHITE));
        }
    }
    (width > 0 && pixels.len() == width.checked_mul(height)?).then_some(Grey {
        width,
        height,
        pixels,
    })
}

#[cfg(test)]
mod tests;
