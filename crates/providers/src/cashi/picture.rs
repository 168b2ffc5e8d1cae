//! The guard for the picture that an answer carries: only a small PNG, only as a data URI.

const PREFIX: &str = "data:image/png;base64,";
/// The longest URI, in characters; a 1,000-pixel code takes about a tenth of it.
const MOST_CHARACTERS: usize = 200_000;
/// The largest side, in pixels.
const MOST_PIXELS: u32 = 2_000;
const SIGNATURE_AND_HEADER: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";

/// Whether the text is a `data:image/png;base64,` URI of at most 200,000 characters that holds a
/// PNG of 1 to 2,000 pixels a side. Nothing is decoded beyond its header.
pub fn is_small_png_uri(uri: &str) -> bool {
    let Some(base64) = uri.strip_prefix(PREFIX) else { return false };
    if uri.len() > MOST_CHARACTERS || !is_base64(base64) {
        return false;
    }
    let Some(head) = decode_head(base64) else { return false };
    let side = |from: usize| {
        let bytes = head.get(from..from + 4)?;
        Some(bytes.iter().fold(0u32, |side, byte| side << 8 | u32::from(*byte)))
    };
    let is_small = |side: Option<u32>| side.is_some_and(|side| (1..=MOST_PIXELS).contains(&side));
    head.starts_with(SIGNATURE_AND_HEADER) && is_small(side(16)) && is_small(side(20))
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| value(b).is_some())
}

/// The first 24 bytes: signature, header, width and height.
fn decode_head(base64: &str) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    for quad in base64.as_bytes().get(..32)?.chunks(4) {
        let mut bits = 0u32;
        for byte in quad {
            bits = bits << 6 | u32::from(value(*byte)?);
        }
        let [_, first, second, third] = bits.to_be_bytes();
        head.extend([first, second, third]);
    }
    Some(head)
}

fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG header of the given size, followed by filler.
    const ONE_PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

    #[test]
    fn only_small_png_data_uris_pass() {
        assert!(is_small_png_uri(ONE_PIXEL));
        let huge = ONE_PIXEL.replace("AAAAEAAAABCA", "AAD//wAAABCA");
        let cases = [
            "",
            "data:image/png;base64,",
            "data:image/png;base64,AAAA",
            "data:image/svg+xml;base64,PHN2Zz4=",
            "https://cashi.id/qr.png",
            "javascript:alert(1)",
            huge.as_str(),
            &ONE_PIXEL.replace("iVBORw0KGgo", "R0lGODlhAQA"),
            &ONE_PIXEL.replace("42mNk", "42 Nk"),
            &format!("{ONE_PIXEL}===="),
            &format!("{ONE_PIXEL}\" onerror=\"alert(1)"),
            &format!("{ONE_PIXEL}{}", "AAAA".repeat(60_000)),
        ];
        for case in cases {
            assert!(!is_small_png_uri(case), "{}", case.chars().take(80).collect::<String>());
        }
    }
}
