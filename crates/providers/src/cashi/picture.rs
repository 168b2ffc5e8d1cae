//! The guard for the picture that an answer carries: a PNG or JPEG in the answer itself, small enough
//! for every device. Nothing is fetched, and nothing is decoded beyond the header.
//!
//! Relays leave such data in many shapes: without padding, broken into lines, URL-safe, escaped,
//! without its prefix, under a wrong type. What browsers read all the same is brought into one shape.
//! Start at [`picture_uri`].

use super::image_header::{Data, JPEG_HEAD, PNG_HEAD, jpeg_size, value};
use crate::urls::percent_bytes;
use std::fmt;

/// The longest picture, in bytes.
pub const MOST_BYTES: usize = 1_000_000;
/// The most pixels of a picture; a poster has about one million.
pub const MOST_PIXELS: u64 = 4_000_000;
/// The longest text that is looked at: a picture, escaped and broken into lines.
const MOST_CHARACTERS: usize = 1_800_000;

/// The same two heads in base64.
const BARE_STARTS: [&str; 2] = ["iVBORw0KGgo", "/9j/"];

/// Why a text is not a picture that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFlaw {
    /// Neither a `data:` URI nor base64: an address, for example. Addresses are not fetched.
    NoData,
    /// Not base64, or broken off.
    NotBase64,
    /// Neither a PNG nor a JPEG, whatever it calls itself.
    NeitherPngNorJpeg,
    /// More bytes than [`MOST_BYTES`].
    TooManyBytes,
    /// More pixels than [`MOST_PIXELS`], or none.
    TooManyPixels,
}

impl PictureFlaw {
    /// What should have stood there; it follows "must be".
    pub const fn expected(self) -> &'static str {
        match self {
            PictureFlaw::NoData => "a data: URI of a PNG or JPEG; addresses are not fetched",
            PictureFlaw::NotBase64 => "a PNG or JPEG in whole base64",
            PictureFlaw::NeitherPngNorJpeg => "a PNG or a JPEG",
            PictureFlaw::TooManyBytes => "a picture of at most 1,000,000 bytes",
            PictureFlaw::TooManyPixels => "a picture of 1 to 4,000,000 pixels",
        }
    }
}

impl fmt::Display for PictureFlaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the picture must be ")?;
        formatter.write_str(self.expected())
    }
}

impl std::error::Error for PictureFlaw {}

/// The picture as a `data:` URI with its true type and plain, padded base64.
///
/// # Errors
/// The flaw, which names the limit that was hit.
pub fn picture_uri(text: &str) -> Result<String, PictureFlaw> {
    if text.len() > MOST_CHARACTERS {
        return Err(PictureFlaw::TooManyBytes);
    }
    let mut base64 = plain_base64(text)?;
    if base64.len() / 4 * 3 > MOST_BYTES {
        return Err(PictureFlaw::TooManyBytes);
    }
    let kind = kind_of(&base64)?;
    while !base64.len().is_multiple_of(4) {
        base64.push('=');
    }
    Ok([kind, &base64].concat())
}

/// The letters of the data, without padding and white space.
fn plain_base64(text: &str) -> Result<String, PictureFlaw> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let is_uri = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let escaped = match text.split_once(',') {
        Some((head, data)) if is_uri => {
            let mark = head.rsplit(';').next().unwrap_or_default().trim();
            Some(data).filter(|_| mark.eq_ignore_ascii_case("base64"))
        }
        Some(_) => None,
        None if is_uri => None,
        None => Some(text),
    };
    let mut letters = String::new();
    for byte in percent_bytes(escaped.ok_or(PictureFlaw::NoData)?) {
        match byte {
            b'-' => letters.push('+'),
            b'_' => letters.push('/'),
            b' ' | b'\t' | b'\r' | b'\n' | b'\x0C' => {}
            other => letters.push(char::from(other)),
        }
    }
    // Without its prefix it has to begin as one of the two kinds does.
    if !is_uri && !BARE_STARTS.iter().any(|start| letters.starts_with(start)) {
        return Err(PictureFlaw::NoData);
    }
    let data = letters.trim_end_matches('=');
    let padding = letters.len() - data.len();
    let is_whole = data.len() % 4 != 1 && padding <= 2;
    if !is_whole || !data.bytes().all(|letter| value(letter).is_some()) {
        return Err(PictureFlaw::NotBase64);
    }
    letters.truncate(data.len());
    Ok(letters)
}

/// The start of the URI for what the data really is.
fn kind_of(base64: &str) -> Result<&'static str, PictureFlaw> {
    let data = Data::new(base64);
    let (kind, size) = if data.starts_with(PNG_HEAD) {
        ("data:image/png;base64,", data.number(16, 4).zip(data.number(20, 4)))
    } else if data.starts_with(JPEG_HEAD) {
        ("data:image/jpeg;base64,", jpeg_size(data))
    } else {
        return Err(PictureFlaw::NeitherPngNorJpeg);
    };
    let (width, height) = size.ok_or(PictureFlaw::NotBase64)?;
    let is_fit = width.checked_mul(height).is_some_and(|all| (1..=MOST_PIXELS).contains(&all));
    if is_fit { Ok(kind) } else { Err(PictureFlaw::TooManyPixels) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
    /// Start, an application segment, a progressive frame of 16 by 8, and no end.
    const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/wgARCAAIABADAREAAhEBAxEB";

    fn png(rest: &str) -> String {
        format!("data:image/png;base64,{rest}")
    }

    #[test]
    fn d2_what_browsers_read_is_brought_into_one_shape() {
        let lines = PNG.as_bytes().chunks(20).map(|line| String::from_utf8_lossy(line));
        let broken = lines.collect::<Vec<_>>().join("\r\n");
        let shapes = [
            png(PNG),
            png(PNG.trim_end_matches('=')),
            png(&broken),
            png(&broken.replace("\r\n", " \t")),
            png(&PNG.replace('+', "-").replace('/', "_")),
            png(&PNG.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D")),
            PNG.to_owned(),
            format!("\u{FEFF} {PNG}\n"),
            format!("DATA:IMAGE/PNG;BASE64,{PNG}"),
            format!("data:image/png;charset=utf-8;base64,{PNG}"),
            format!("data:image/png; base64 , {PNG}"),
            format!("data:image/jpeg;base64,{PNG}"),
            format!("data:;base64,{PNG}"),
            format!("data:text/html;base64,{PNG}"),
        ];
        for shape in shapes {
            assert_eq!(picture_uri(&shape), Ok(png(PNG)), "{shape}");
        }
        let jpeg = format!("data:image/jpeg;base64,{JPEG}");
        let safe = JPEG.replace('+', "-").replace('/', "_");
        let escaped = JPEG.replace('/', "%2F");
        for shape in [JPEG.to_owned(), jpeg.clone(), png(JPEG), safe, escaped] {
            assert_eq!(picture_uri(&shape), Ok(jpeg.clone()), "{shape}");
        }
    }

    #[test]
    fn d2_what_is_no_picture_is_refused_with_the_limit_that_was_hit() {
        use PictureFlaw::{NeitherPngNorJpeg, NoData, NotBase64, TooManyBytes, TooManyPixels};
        let sized = |width: u32, height: u32| {
            let mut bytes = PNG_HEAD.to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(height.to_be_bytes());
            bytes.extend([8, 0, 0]);
            let bits: Vec<u8> =
                bytes.iter().flat_map(|b| (0..8).rev().map(move |n| b >> n & 1)).collect();
            let six = |bits: &[u8]| bits.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit));
            png(&bits.chunks(6).map(|bits| char::from(LETTERS[six(bits)])).collect::<String>())
        };
        assert!(picture_uri(&sized(900, 1_200)).is_ok(), "a poster");
        assert!(picture_uri(&sized(2_000, 2_000)).is_ok());
        let long = |bytes: usize| {
            format!("{}{}", png(PNG.trim_end_matches('=')), "A".repeat(bytes / 3 * 4 + 1))
        };
        assert!(picture_uri(&long(260_000)).is_ok(), "a heavy one");
        let cases = [
            (String::new(), NoData),
            ("data:image/png;base64".to_owned(), NoData),
            (format!("data:image/png,{PNG}"), NoData),
            ("https://cashi.id/qr.png".to_owned(), NoData),
            ("javascript:alert(1)".to_owned(), NoData),
            ("AAAA".to_owned(), NoData),
            (png(""), NeitherPngNorJpeg),
            (png("AAAA"), NeitherPngNorJpeg),
            ("data:image/svg+xml;base64,PHN2Zz4=".to_owned(), NeitherPngNorJpeg),
            (png("R0lGODlhAQABAAAAACw="), NeitherPngNorJpeg),
            (png(&PNG.replace("42mNk", "42*Nk")), NotBase64),
            (png(&PNG.replace("42mNk", "42éNk")), NotBase64),
            (format!("{}====", png(PNG)), NotBase64),
            (format!("{}\" onerror=\"alert(1)", png(PNG)), NotBase64),
            (png("iVBORw0KGgoAAAANSUhEUgAAAAE"), NotBase64),
            (png("/9j/4AAQSkZJ"), NotBase64),
            (sized(0, 1), TooManyPixels),
            (sized(2_000, 2_001), TooManyPixels),
            (sized(u32::MAX, u32::MAX), TooManyPixels),
            (long(1_000_000), TooManyBytes),
            (long(2_000_000), TooManyBytes),
        ];
        for (text, flaw) in cases {
            let shown: String = text.chars().take(80).collect();
            assert_eq!(picture_uri(&text), Err(flaw), "{shown}");
        }
    }
}
